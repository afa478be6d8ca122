"""Workflow files: each read as far as it can be, a variant with the files that it extends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle import places
from lifecycle.errors import InvalidError, WorkflowError, faults_among
from lifecycle.infile import read_file
from lifecycle.workflow.reader import examine
from lifecycle.workflow.reading.whole import Parents, Whole, read_whole
from lifecycle.workflow.yaml.tree import Scalar, read_tree

if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

MOST_BYTES = 1 << 20
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow file: where it is, what messages call it, and its bytes."""

    path: Path
    file: str
    body: bytes

    @property
    def name(self) -> str:
        """Name the workflow that it says it is; "" where it says nothing that can be read."""
        root = read_tree(self.body, self.file).root
        key = root.pairs.get("workflow") if root is not None else None
        return key[1].value if key and isinstance(key[1], Scalar) else self.path.stem

    @property
    def holds_grounds(self) -> bool:
        """Tell whether it is a file of legal grounds, by its name or by what it begins with."""
        if self.path.name == places.BASES:
            return True
        root = read_tree(self.body, self.file).root
        return root is not None and "bases" in root.pairs and "workflow" not in root.pairs

    def whole(self, parents: Parents) -> Whole:
        """Read it, with what it extends."""
        return read_whole(self.body, self.file, parents)


def read_workflow_file(path: Path, file: str = "") -> WorkflowFile:
    """Read a file; `file` is what messages call it, its path if not given."""
    return WorkflowFile(path, file or str(path), read_file(path, most_bytes=MOST_BYTES))


def parents_beside(given: Iterable[WorkflowFile]) -> Parents:
    """Give the files that variants extend: one of those given, else one of the workflow's name in
    the folder of one given or in the folder above, else the shipped one.
    """
    files = tuple(given)
    folders = {folder: None for one in files for folder in one.path.resolve().parents[:2]}

    def found(name: str) -> tuple[str, bytes] | None:
        return _given(files, name) or _in_folders([*folders, places.workflows()], name)

    return found


def parents_in_force(office: Office, given: Iterable[WorkflowFile]) -> Parents:
    """Give the files that variants extend: one of those given, else what is in force, else one
    beside.
    """
    files = tuple(given)
    beside = parents_beside(files)

    def found(name: str) -> tuple[str, bytes] | None:
        one = _given(files, name)
        digest = office.directory.document("workflow", name)
        if one is None and digest is not None:
            return f"{name}（现行）", office.store.definition(digest)
        return one or beside(name)

    return found


def _given(files: Iterable[WorkflowFile], name: str) -> tuple[str, bytes] | None:
    return next(((one.file, one.body) for one in files if one.name == name), None)


def _in_folders(folders: Iterable[Path], name: str) -> tuple[str, bytes] | None:
    for folder in folders:
        for ending in _ENDINGS:
            path = folder / f"{name}{ending}"
            if path.is_file():
                return str(path), read_file(path, most_bytes=MOST_BYTES)
    return None


def read_one(path: Path, file: str, parents: Parents | None = None) -> Workflow:
    """Read one workflow file, with what it extends of the `parents`, else of the files beside it;
    raises WorkflowError with every fault.
    """
    one = read_workflow_file(path, file)
    found, problems, source = examine(one.body, file, parents=parents or parents_beside([one]))
    faults = faults_among(problems)
    if found is None or faults:
        raise WorkflowError(faults, source)
    return found


def workflows_in(files: Iterable[WorkflowFile], parents: Parents) -> dict[str, Workflow]:
    """Read workflow files as far as they can be read, by name; what is wrong with them is told
    where each is judged.
    """
    found = (examine(one.body, one.file, checked=False, parents=parents)[0] for one in files)
    return {workflow.name: workflow for workflow in found if workflow is not None}


def flat_text(path: Path, file: str) -> str:
    """Give a workflow file as it would be published: a variant with all that it extends; raises
    WorkflowError where it cannot be made whole.
    """
    one = read_workflow_file(path, file)
    whole = one.whole(parents_beside([one]))
    if whole.root is None or whole.problems:
        raise WorkflowError(whole.problems, whole.text)
    try:
        return whole.body.decode()
    except UnicodeDecodeError as error:  # told by the problems above, whatever the reader took
        raise InvalidError(f"{file} 不是 UTF-8 编码", "另存为 UTF-8") from error
