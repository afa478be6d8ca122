"""The compiled form kept beside each published workflow and shared list, so that a command need not
read its YAML.

It is a cache, keyed by the SHA-256 of the YAML and the program that compiled it: what is missing or
another program's is compiled anew, and the audit compares what is there with the YAML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import LostDefinitionError, Store
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.compiled import (
    PROGRAM,
    NotCompiledError,
    compile_workflow,
    load_list,
    load_workflow,
)
from lifecycle.workflow.model import Workflow

Kept = TypeVar("Kept", Workflow, ChoiceList)


def read_source(store: Store, digest: str) -> Workflow:
    """Read a published workflow from its YAML.

    Raises LostDefinitionError or WorkflowError where it is not what was published.
    """
    from lifecycle.workflow.reader import read_workflow

    return read_workflow(store.definition(digest), _file(digest), checked=False)


def read_compiled(store: Store, digest: str) -> Workflow | None:
    """Give a published workflow out of its compiled form.

    None where this program has kept none that can be read. Raises LostDefinitionError where the
    YAML itself is not what was published.
    """
    return _compiled(store, digest, load_workflow, _file(digest))


def read_list_source(store: Store, digest: str) -> ChoiceList:
    """Read a published list from its YAML.

    Raises LostDefinitionError or WorkflowError where it is not what was published.
    """
    from lifecycle.workflow.reading.choice_lists import read_list

    return read_list(store.definition(digest), _list_file(digest))


def read_compiled_list(store: Store, digest: str) -> ChoiceList | None:
    """Give a published list out of its compiled form, as `read_compiled` a workflow."""
    return _compiled(store, digest, load_list, _list_file(digest))


def _compiled(
    store: Store, digest: str, load: Callable[[bytes, str], Kept], file: str
) -> Kept | None:
    store.definition(digest)
    found = store.row(text.COMPILED, sha256=digest, program=PROGRAM)
    if found is None or not isinstance(found[0], bytes):
        return None
    try:
        kept = load(found[0], file)
    except NotCompiledError:
        return None
    return kept if kept.digest == digest else None


def put_compiled(store: Store, workflow: Workflow | ChoiceList) -> None:
    """Keep the compiled form of a published workflow or list; within a transaction."""
    body = compile_workflow(workflow)
    store.put(text.PUT_COMPILED, sha256=workflow.digest, program=PROGRAM, body=body)


def kept_digests(store: Store) -> list[str]:
    """List the digests of the workflows and lists of which a compiled form is kept, by whatever
    program.
    """
    return [str(row[0]) for row in store.rows(text.COMPILED_DIGESTS)]


def is_as_written(store: Store, digest: str, *, of_list: bool = False) -> bool:
    """Tell whether the compiled form that this program would read, of a workflow or of a list, is
    what the YAML gives.

    Nothing is judged by one whose YAML is damaged, so there it is left alone.
    """
    found = store.row(text.COMPILED, sha256=digest, program=PROGRAM)
    if found is None:
        return True
    try:
        read = read_list_source if of_list else read_source
        wanted = compile_workflow(read(store, digest))
    except LostDefinitionError:
        return True
    except UnavailableError:
        raise
    except (LifecycleError, ValueError, KeyError, TypeError):
        return False
    return bool(found[0] == wanted)


def _list_file(digest: str) -> str:
    """Say what the places of a published list call its file."""
    return f"list:{digest[:12]}"


def _file(digest: str) -> str:
    """Say what the places of a published workflow call its file."""
    return f"workflow:{digest[:12]}"
