"""docs/start-your-own.md is true: its steps, in the environment of the tests."""

import re
from pathlib import Path

from .made_projects import files_of, run_tests, served
from .pages import PAGES, code, shell

PAGE = PAGES["docs/start-your-own.md"]
STEPS = [line.strip() for block in code(PAGE, "sh") for line in block.splitlines()]
# What needs an index, a network or a container engine; tests/soak/test_init.py has the first two.
ELSEWHERE = ("python -m venv", "tools/", "pip ", "docker ", "plugin-check https:", "curl ")

OPERATION = """\
  /notes/{username}/last:
    get:
      operationId: getLastNote
      summary: Get the last note
      description: Get the note that was added last.
      x-openai-isConsequential: false
      parameters: [*username]
      responses: *found
"""
ROUTE = """

@notes.get("/notes/<username>/last")
async def get_last_note(username: str) -> Response:
    return _found(await database().read(store.select_last_note, await owner(username)))
"""
STORE = """

def select_last_note(connection: Connection, owner: str) -> Note | None:
    sql = "SELECT id, text FROM notes WHERE owner = :owner ORDER BY position DESC LIMIT 1"
    row = connection.execute(sql, {"owner": owner}).fetchone()
    return Note(*row) if row else None
"""
TEST = """

async def test_the_last_note_is_the_one_that_was_added_last(client: httpx.AsyncClient) -> None:
    for text in ("Milk", "Bread"):
        await client.post("/notes/ann", json={"text": text})
    assert (await client.get("/notes/ann/last")).json()["text"] == "Bread"
"""


def test_the_steps_work_in_turn(tmp_path: Path) -> None:
    folder = tmp_path
    command = "import my_plugin; my_plugin.main()"
    for step in STEPS:
        if step.startswith(ELSEWHERE):
            continue
        if step.startswith("cd "):
            folder = folder / step.removeprefix("cd ")
            continue
        if step == "my-plugin &":
            with served(folder) as url:
                answer = shell(f"curl -s {url}/notes/ann", folder)
                assert answer.stdout == '{"notes":[],"total":0}'
            continue
        words = step.replace("my-plugin ", f"python -c '{command}' ", step.startswith("my-plugin"))
        words = words.replace("pytest", "pytest -k 'not postgres' -p no:cacheprovider")
        ran = shell(words, folder, PYTHONPATH=str(folder))
        assert ran.returncode == 0, f"{step}: {ran.stdout}{ran.stderr}"
        if step.startswith("find "):
            assert int(ran.stdout) < 450
    assert folder.name == "my-plugin"


def test_an_operation_more_is_four_files(tmp_path: Path) -> None:
    assert shell("plugin-server init my-plugin </dev/null", tmp_path).returncode == 0
    project = tmp_path / "my-plugin"
    before = files_of(project)
    contract = project / "openapi.yaml"
    contract.write_text(contract.read_text().replace("components:\n", f"{OPERATION}components:\n"))
    for name, more in (("my_plugin/routes.py", ROUTE), ("my_plugin/store.py", STORE)):
        (project / name).write_text(before[name] + more)
    tests = project / "tests/test_plugin.py"
    tests.write_text(tests.read_text() + TEST)
    told = run_tests(project, "-k", "sqlite or getLastNote and not postgres")
    assert re.search(r"^\d\d passed", told.splitlines()[-1]), told
    after = files_of(project)
    assert {name for name in after if after[name] != before.get(name)} == {
        *("my_plugin/routes.py", "my_plugin/store.py", "openapi.yaml", "tests/test_plugin.py"),
    }
