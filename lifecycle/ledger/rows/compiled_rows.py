"""The compiled form kept beside each published workflow, so that a command need not read its YAML.

It is a cache, keyed by the SHA-256 of the YAML and the program that compiled it: what is missing or
another program's is compiled anew, and the audit compares what is there with the YAML.
"""

from __future__ import annotations

from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import LostDefinitionError, Store
from lifecycle.workflow.compiled import (
    PROGRAM,
    NotCompiledError,
    compile_workflow,
    load_workflow,
)
from lifecycle.workflow.model import Workflow


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
    store.definition(digest)
    found = store.row(text.COMPILED, sha256=digest, program=PROGRAM)
    if found is None or not isinstance(found[0], bytes):
        return None
    try:
        workflow = load_workflow(found[0], _file(digest))
    except NotCompiledError:
        return None
    return workflow if workflow.digest == digest else None


def put_compiled(store: Store, workflow: Workflow) -> None:
    """Keep the compiled form of a published workflow; within a transaction."""
    body = compile_workflow(workflow)
    store.put(text.PUT_COMPILED, sha256=workflow.digest, program=PROGRAM, body=body)


def kept_digests(store: Store) -> list[str]:
    """List the digests of the workflows of which a compiled form is kept, by whatever program."""
    return [str(row[0]) for row in store.rows(text.COMPILED_DIGESTS)]


def is_as_written(store: Store, digest: str) -> bool:
    """Tell whether the compiled form that this program would read is what the YAML gives.

    Nothing is judged by one of a workflow whose YAML is damaged, so there it is left alone.
    """
    found = store.row(text.COMPILED, sha256=digest, program=PROGRAM)
    if found is None:
        return True
    try:
        wanted = compile_workflow(read_source(store, digest))
    except LostDefinitionError:
        return True
    except UnavailableError:
        raise
    except (LifecycleError, ValueError, KeyError, TypeError):
        return False
    return bool(found[0] == wanted)


def _file(digest: str) -> str:
    """Say what the places of a published workflow call its file."""
    return f"workflow:{digest[:12]}"
