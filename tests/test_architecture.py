"""The pages on the architecture tell of the code that there is: its rooms, files and functions."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "lifecycle"
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
_STEP = re.compile(r"`([\w/]+\.py): ([\w.]+)`")
_PATH = re.compile(r"`((?:[\w-]+/)*[\w-]+\.(?:py|yaml|typ|j2)|(?:[\w-]+/)+)")
_ROOM = re.compile(r"^## `([\w/]+)`$")
_FILE = re.compile(r"^- `(\w+\.py)` – \S")
_WIRE_ROOMS = ("engine/acts/", "people/changes/")
"""Where each class reads and writes the keys of its own entries."""
_READS_DATA = {
    "cli/demo.py": "the `data` of a command's JSON answer, not of an entry",
    "ledger/first_form.py": "renames the keys of the first form, before any class reads them",
    "office/administration/people.py": "shows an entry as it is written, from its `to_dict`",
    "office/cases/show.py": "asks whether the `data` is masked; no act stands there then",
}
"""Which files else take something's `data` by that key, and why they may."""


def names_in(body: list[ast.stmt], before: str = "") -> set[str]:
    """List the names that statements define: functions, classes and theirs, constants."""
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(before + statement.name)
        if isinstance(statement, ast.ClassDef):
            found |= names_in(statement.body, f"{before}{statement.name}.")
        if isinstance(statement, ast.Assign):
            found |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found.add(before + statement.target.id)
    return found


@cache
def names_of(file: str) -> frozenset[str]:
    """List the names that a file of the package defines; none where there is no such file."""
    path = PACKAGE / file
    if not path.is_file():
        return frozenset()
    return frozenset(names_in(ast.parse(path.read_text(encoding="utf-8")).body))


def has_code(path: Path) -> bool:
    """Tell whether a file holds more than its docstring."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(not isinstance(statement, ast.Expr) for statement in body)


def listed_files() -> list[str]:
    """Give the files that the list names, by their paths below the package."""
    room, found = "", []
    for line in FILES.splitlines():
        heading, item = _ROOM.match(line), _FILE.match(line)
        if heading:
            room = "" if heading[1] == "lifecycle" else f"{heading[1]}/"
        elif item:
            found.append(room + item[1])
    return found


def takes_data(node: ast.AST) -> bool:
    """Tell whether an expression is `…["data"]` or `….get("data")`."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == "data"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        key = node.args[0]
        return node.func.attr == "get" and isinstance(key, ast.Constant) and key.value == "data"
    return False


def is_there(path: str) -> bool:
    """Tell whether a file or folder stands in the package or in the checkout."""
    return any((top / path).exists() for top in (PACKAGE, ROOT))


def test_every_file_of_the_package_has_its_line() -> None:
    """The list of files names each Python file of the package once and no other; an `__init__.py`
    that only has a docstring needs no line.
    """
    there = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.name != "__init__.py" or has_code(path)
    ]
    assert sorted(listed_files()) == sorted(there)


def test_every_step_of_a_flow_is_in_the_code() -> None:
    """Each `file.py: function` that the page names is defined in that file."""
    steps = _STEP.findall(ARCHITECTURE)
    assert len(steps) > 100
    assert [(file, name) for file, name in steps if name not in names_of(file)] == []


def test_every_path_on_the_page_is_there() -> None:
    """Each file or folder that the page names, with or without a function, exists."""
    named = set(_PATH.findall(ARCHITECTURE))
    assert len(named) > 80
    assert sorted(path for path in named if not is_there(path)) == []


def test_the_drawing_of_the_rooms_is_the_contract() -> None:
    """The page draws the rooms in the layers of the import contract, and in its order."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(
        contract
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    drawing = ARCHITECTURE.split("## The rooms")[1].split("```")[1]
    drawn = [re.split(r"\s{2,}", line)[0] for line in drawing.strip().splitlines()]
    assert drawn == contract["layers"]


def test_the_readme_names_rooms_that_are_there() -> None:
    """Each `lifecycle/…` that README or a page names in code is a file or folder of the package."""
    pages = [README, *(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))]
    named = {path for page in pages for path in re.findall(r"`(lifecycle/[\w/.-]*)`", page)}
    assert sorted(path for path in named if not is_there(path)) == []
    assert named


def test_class_names_are_unique() -> None:
    """A class is found by its name: no two of the package are called the same."""
    named = [
        (node.name, f"{path.relative_to(PACKAGE)}")
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    counted = Counter(name for name, _path in named)
    assert [one for one in named if counted[one[0]] > 1] == []


def test_every_room_keeps_from_sql_but_the_ledger() -> None:
    """A new room is on that contract's list, or this says so."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers, sql = contracts["contracts"][0], contracts["contracts"][2]
    rooms = {room for layer in layers["layers"] for room in layer.split(" | ")}
    kept = {name.removeprefix("lifecycle.") for name in sql["source_modules"]}
    assert rooms - {"ledger"} == kept


def test_only_its_class_reads_what_an_entry_says() -> None:
    """The keys of an entry's `data` are known to the class of its act or change alone: everybody
    else reads the act. A file that may take a `data` all the same is listed, with the reason.
    """
    taking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(takes_data(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert {file for file in taking if not file.startswith(_WIRE_ROOMS)} == set(_READS_DATA)
