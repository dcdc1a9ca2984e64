"""What a fork touches: an operation more, or another domain, in a copy of the checkout."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
SECONDS = 240
# What reads the contract, and so could count its operations or name them.
READERS = ("docs", "mcp_tools", "own_documents", "shape", "todos")
# Schemathesis makes hundreds of requests up for each operation, whichever they are; and the long
# form alone takes both databases.
BUT = "not schemathesis"
BUT_IN_SHORT = f"{BUT} and not postgres"
TESTS_ABOUT_TODOS = {"test_todos.py", "test_store_model.py"}

MODEL = '''

class ChangeTodo(Model):
    """The body of changeTodo."""

    todo_idx: WholeNumber
    todo: Todo
    revision: WholeNumber | None = None
'''
ROUTE = """

@todos.put("/todos/<username>")
async def change_todo(username: str) -> Response:
    name = await owner(username)
    body = await json_body(ChangeTodo)
    allowed = allowed_tags(body.revision)
    changed = await database().write(store.change_todo, name, body.todo_idx, body.todo, allowed)
    return answer(changed._asdict())
"""
STORE = '''

def change_todo(
    connection: Connection,
    username: str,
    todo_idx: int,
    todo: str,
    allowed: Container[str] | None = None,
) -> Added:
    """Put another todo at `todo_idx`. Raises StaleRevision, and NotFound when none is there."""
    todos, revision, _ = get_todos(connection, username)
    _check_revision(connection, username, revision, allowed)
    if todo_idx >= len(todos):
        raise NotFound("There is no todo with that index.", code="todo_not_found")
    for _ in todos[todo_idx:]:
        delete_todo(connection, username, todo_idx)
    for each in (todo, *todos[todo_idx + 1 :]):
        added = add_todo(connection, username, each)
    return Added(todo, todo_idx, added.revision)
'''
TEST = """

async def test_a_todo_is_changed(client: httpx.AsyncClient) -> None:
    for todo in ("milk", "bread"):
        await client.post("/todos/fork", json={"todo": todo})
    body = {"todo_idx": 0, "todo": "eggs", "revision": 2}
    assert (await client.put("/todos/fork", json=body)).json()["todo"] == "eggs"
    assert (await client.get("/todos/fork")).json()["todos"] == ["eggs", "bread"]
"""


@pytest.fixture(name="checkout")
def fixture_checkout(tmp_path: Path) -> Path:
    """A copy of the checkout, all of it committed."""
    checkout = tmp_path / "checkout"
    listed = git(PROJECT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in listed.split("\0"):
        if name and (PROJECT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, checkout / name)
    git(checkout, "init", "--quiet")
    commit = ("-c", "user.name=fork", "-c", "user.email=fork@example.com", "commit", "--quiet")
    git(checkout, "add", "--all")
    git(checkout, *commit, "--no-gpg-sign", "--message", "The template")
    return checkout


def git(folder: Path, *words: str) -> str:
    run = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return run.stdout


def touched(checkout: Path) -> set[str]:
    """The files that are not as the template has them."""
    status = git(checkout, "status", "--porcelain", "--untracked-files=all", "--no-renames")
    return {line[3:] for line in status.splitlines()}


def run(checkout: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A module of Python, with the code of the copy."""
    outside = {name: text for name, text in os.environ.items() if not name.startswith("PLUGIN_")}
    sources = [checkout, *checkout.glob("packages/*/src")]
    return subprocess.run(
        [sys.executable, "-B", "-m", *words],
        cwd=checkout,
        env={**outside, "PYTHONPATH": os.pathsep.join(map(str, sources))},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def run_tests(checkout: Path, long: bool, *files: str) -> str:
    """What pytest said of these files, which must pass: each test and how it ended."""
    but = BUT if long else BUT_IN_SHORT
    ran = run(checkout, "pytest", "-v", "-n", "0", "-p", "no:cacheprovider", "-k", but, *files)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr
    return ran.stdout


def contract_suite(checkout: Path) -> str:
    """The file that imports the tests of every operation; those of the library import them too."""
    marker = "from plugin_server.testing.contract import"
    (found,) = (
        file
        for file in (checkout / "tests").rglob("test_*.py")
        if file.parent.name != "server" and re.search(rf"^{marker}", file.read_text(), re.MULTILINE)
    )
    return str(found.relative_to(checkout))


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def add_operation(checkout: Path) -> None:
    """changeTodo: in the contract what addTodo is, with the index of deleteTodo's body."""
    contract = checkout / "openapi.yaml"
    text = contract.read_text()
    (added,) = re.findall(r"^    post:\n(?:      .*\n)+", text, re.MULTILINE)
    index = re.findall(r"^                todo_idx:\n(?: {18}.*\n)+", text, re.MULTILINE)[-1]
    changed = (
        added.replace("    post:", "    put:", 1)
        .replace("addTodo", "changeTodo")
        .replace("x-openai-isConsequential: false", "x-openai-isConsequential: true")
        .replace("Add a todo to the list", "Change a todo of the list")
        .replace("Add one todo to the end of the list.", "Put another todo at an index.")
        .replace("cannot add the todo twice", "cannot change another todo")
        .replace("required: [todo]", "required: [todo_idx, todo]")
        .replace("                todo:\n", f"{index}                todo:\n", 1)
        .replace(
            "        '409':",
            "        '404':\n          $ref: '#/components/responses/NotFound'\n        '409':",
        )
    )
    contract.write_text(text.replace(added, added + changed))
    domain = checkout / "app/todos"
    append(domain / "models.py", MODEL)
    append(domain / "store.py", STORE)
    append(domain / "routes.py", ROUTE)
    routes = domain / "routes.py"
    routes.write_text(routes.read_text().replace("import AddTodo,", "import AddTodo, ChangeTodo,"))
    append(next((checkout / "tests").rglob("test_todos.py")), TEST)


def test_an_operation_more_touches_five_files_and_breaks_no_test(
    checkout: Path, long: bool
) -> None:
    add_operation(checkout)
    (own,) = (checkout / "tests").rglob("test_todos.py")
    readers = [
        str(file.relative_to(checkout))
        for name in READERS
        for file in (checkout / "tests").rglob(f"test_{name}.py")
    ]
    told = run_tests(checkout, long, contract_suite(checkout), *readers)
    assert re.search(r"\[sqlite-changeTodo\] PASSED", told)
    assert touched(checkout) == {
        "app/todos/models.py",
        "app/todos/routes.py",
        "app/todos/store.py",
        "openapi.yaml",
        str(own.relative_to(checkout)),
    }


def swap_domain(checkout: Path) -> None:
    """Make the example of the library's README the plugin."""
    app, made = checkout / "app", checkout.parent / "made"
    shutil.rmtree(app)
    sys.path.insert(0, str(PROJECT / "packages/plugin-server/tests"))
    try:
        from plugin_server_tests.notes_plugin import DOCUMENTS, write_examples
    finally:
        sys.path.pop(0)
    shutil.move(write_examples(made) / "notes", app)
    main = app / "__main__.py"
    main.write_text(main.read_text().replace("notes.main", "app.main"))
    shutil.copytree(DOCUMENTS, checkout, dirs_exist_ok=True)
    for name in TESTS_ABOUT_TODOS:
        for file in (checkout / "tests").rglob(name):
            file.unlink()


def test_another_domain_touches_the_plugin_its_documents_and_its_tests(
    checkout: Path, long: bool
) -> None:
    swap_domain(checkout)
    told = run_tests(checkout, long, contract_suite(checkout))
    passed = re.search(r"(\d+) passed", told)
    assert passed
    assert int(passed[1]) >= (70 if long else 40)
    assert run(checkout, "app", "settings").returncode == 0
    assert run(checkout, "plugin_check", ".").returncode == 0
    documents = {"ai-plugin.json", "logo.png", "openapi.yaml"}
    others = {
        name
        for name in touched(checkout) - documents
        if not name.startswith("app/") and Path(name).name not in TESTS_ABOUT_TODOS
    }
    assert not others
    assert documents <= touched(checkout)
