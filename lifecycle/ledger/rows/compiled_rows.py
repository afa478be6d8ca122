"""The compiled form kept beside each published workflow, shared list and table of legal grounds, so
that a command need not read its YAML.

It is a cache, keyed by the SHA-256 of the YAML and the program that compiled it: what is missing or
another program's is compiled anew, and the audit compares what is there with the YAML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.frozen import dataclass
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import LostDefinitionError, Store
from lifecycle.workflow.bases import Bases
from lifecycle.workflow.choice_lists import ChoiceList
from lifecycle.workflow.compiled import (
    PROGRAM,
    Made,
    NotCompiledError,
    compile_definition,
    load_compiled,
)
from lifecycle.workflow.model import Workflow


@dataclass(frozen=True, slots=True)
class CompiledKind(Generic[Made]):
    """A kind of definition that is kept compiled: what is made of it, and what reads its YAML."""

    kind: str
    made: type[Made]
    read: Callable[[bytes, str], Made]

    def file(self, digest: str) -> str:
        """Say what the places of a published definition call its file."""
        return f"{self.kind}:{digest[:12]}"


# What reads YAML is imported where it is needed: few commands do, and it is slow to import.


def _workflow(body: bytes, file: str) -> Workflow:
    from lifecycle.workflow.reader import read_workflow

    return read_workflow(body, file, checked=False)


def _list(body: bytes, file: str) -> ChoiceList:
    from lifecycle.workflow.reading.choice_lists import read_list

    return read_list(body, file)


def _bases(body: bytes, file: str) -> Bases:
    from lifecycle.workflow.reading.bases import read_bases

    return read_bases(body, file)


WORKFLOW = CompiledKind("workflow", Workflow, _workflow)
LIST = CompiledKind("list", ChoiceList, _list)
BASES = CompiledKind("bases", Bases, _bases)
KINDS: dict[str, CompiledKind[Any]] = {one.kind: one for one in (WORKFLOW, LIST, BASES)}


def read_source(store: Store, digest: str, kind: CompiledKind[Made]) -> Made:
    """Read a published definition from its YAML.

    Raises LostDefinitionError or WorkflowError where it is not what was published.
    """
    return kind.read(store.definition(digest), kind.file(digest))


def read_compiled(store: Store, digest: str, kind: CompiledKind[Made]) -> Made | None:
    """Give a published definition out of its compiled form.

    None where this program has kept none that can be read. Raises LostDefinitionError where the
    YAML itself is not what was published.
    """
    store.definition(digest)
    found = store.row(text.COMPILED, sha256=digest, program=PROGRAM)
    if found is None or not isinstance(found[0], bytes):
        return None
    try:
        kept = load_compiled(found[0], kind.file(digest), kind.made)
    except NotCompiledError:
        return None
    return kept if kept.digest == digest else None


def put_compiled(store: Store, definition: Workflow | ChoiceList | Bases) -> None:
    """Keep the compiled form of a published definition; within a transaction."""
    body = compile_definition(definition)
    store.put(text.PUT_COMPILED, sha256=definition.digest, program=PROGRAM, body=body)


def kept_digests(store: Store) -> list[str]:
    """List the digests of which a compiled form is kept, by whatever program."""
    return [str(row[0]) for row in store.rows(text.COMPILED_DIGESTS)]


def is_as_written(store: Store, digest: str, kind: str) -> bool:
    """Tell whether the compiled form that this program would read of a definition is what the YAML
    gives.

    Nothing is judged by one whose YAML is damaged, so there it is left alone.
    """
    found = store.row(text.COMPILED, sha256=digest, program=PROGRAM)
    if found is None:
        return True
    try:
        wanted = compile_definition(read_source(store, digest, KINDS[kind]))
    except LostDefinitionError:
        return True
    except UnavailableError:
        raise
    except (LifecycleError, ValueError, KeyError, TypeError):
        return False
    return bool(found[0] == wanted)
