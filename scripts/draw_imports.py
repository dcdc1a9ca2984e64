"""Draw which parts of the packages import which, into docs/architecture.md.

    python scripts/draw_imports.py FOLDER...

Each folder is a package, each module or package at its top a node. What a module imports inside a
function counts; what it imports for types alone (`if TYPE_CHECKING`) does not. An arrow a -> c is
left out where a -> b and b -> c lead there too, else there would be twice as many.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"
BEGIN, END = "<!-- imports: drawn by scripts/draw_imports.py -->", "<!-- end of the imports -->"
# The package itself: what `from package import name` imports from.
ITSELF = "__init__"

# The package and the name of a part.
Part = tuple[str, str]
Graph = dict[Part, set[Part]]


def imports(folders: list[Path]) -> Graph:
    """The parts of the packages, each with those that it imports."""
    files = [(folder, file) for folder in folders for file in sorted(folder.rglob("*.py"))]
    graph: Graph = {_part(folder, file): set() for folder, file in files}
    for folder, file in files:
        part = _part(folder, file)
        package = (folder.name, *file.relative_to(folder).parts[:-1])
        # A package hands on the names of its parts; that says nothing about who needs whom.
        if part[1] != ITSELF:
            found = {
                _imported(name, graph) for name in _names(ast.parse(file.read_text()), package)
            }
            graph[part] |= {other for other in found if other is not None and other != part}
    return graph


def _part(folder: Path, file: Path) -> Part:
    return folder.name, file.relative_to(folder).parts[0].removesuffix(".py")


def _names(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The full names that are imported, in their parts. The last may be a name in a module."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = node.module.split(".") if node.module else ()
            yield from ((*above, *module, alias.name) for alias in node.names)
        else:
            yield from _names(node, package)


def _imported(name: tuple[str, ...], graph: Graph) -> Part | None:
    """The part that a full name is in; None where it is in none of the packages."""
    package, part = (*name, ITSELF)[:2]
    return next((each for each in ((package, part), (package, ITSELF)) if each in graph), None)


def reduced(graph: Graph) -> Graph:
    """The graph without the arrows that follow from others. Those inside a circle all stay."""
    reached = {part: _reached(part, graph) for part in graph}

    def follows(part: Part, other: Part) -> bool:
        return any(
            other in reached[between]
            and part not in reached[between]
            and between not in reached[other]
            for between in graph[part] - {other}
        )

    return {
        part: {other for other in others if not follows(part, other)}
        for part, others in graph.items()
    }


def _reached(part: Part, graph: Graph) -> set[Part]:
    found: set[Part] = set()
    waiting = [part]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def mermaid(graph: Graph) -> str:
    """The graph as Mermaid reads it, each package a box around its parts."""
    lines = ["graph TD"]
    for package in dict.fromkeys(package for package, _ in graph):
        parts = sorted(part for part in graph if part[0] == package and part[1] != ITSELF)
        nodes = [f'    {_id(part)}["{part[1]}"]' for part in parts]
        lines += [f"  subgraph {package}", *nodes, "  end"]
    lines += [
        f"  {_id(part)} --> {_id(other)}"
        for part, others in sorted(reduced(graph).items())
        for other in sorted(others)
    ]
    return "\n".join(lines)


def _id(part: Part) -> str:
    return part[0] if part[1] == ITSELF else ".".join(part)


def main(folders: list[str]) -> None:
    """Put the picture between the page's markers."""
    picture = mermaid(imports([Path(folder) for folder in folders]))
    block = f"{BEGIN}\n\n```mermaid\n{picture}\n```\n\n{END}"
    before, after = re.split(f"{BEGIN}.*{END}", PAGE.read_text(), flags=re.DOTALL)
    PAGE.write_text(before + block + after)


if __name__ == "__main__":
    main(sys.argv[1:])
