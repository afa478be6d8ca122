"""The definitions that the office published: whether their bytes are still there, and readable,
and what is kept compiled of them is what they say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lifecycle.errors import LifecycleError, UnavailableError
from lifecycle.ledger.audit.damage import Damage
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.library import Library
from lifecycle.ledger.record import OFFICE, hash_of
from lifecycle.ledger.rows.compiled_rows import KINDS, is_as_written
from lifecycle.ledger.sql import text
from lifecycle.ledger.store import Store
from lifecycle.people.changes import WithDefinition
from lifecycle.people.directory import Directory
from lifecycle.workflow.bases import NAME as BASES


def damage_of(
    library: Library, idx: int, published: WithDefinition, known: Damage | None
) -> Damage | None:
    """Give what is wrong with the definition that an entry published, None if nothing.

    `known` is what was found at an earlier publication of the same bytes.
    """
    if known is not None:
        return replace(known, again=(*known.again, idx))
    kind, name, digest = published.kind, published.name, published.digest
    wrong = wrong_with(library, kind, digest, published.size)
    return Damage(idx, kind, name, digest, wrong) if wrong else None


def wrong_with(library: Library, kind: str, digest: str, size: int) -> str:
    """Say what is wrong with a definition's bytes; empty if nothing."""
    row = library.store.row(text.DEFINITION_AS_STORED, sha256=digest)
    if row is None:
        return "不见了"
    if not isinstance(row[0], bytes) or hash_of(row[0]) != digest or len(row[0]) != size:
        return "的内容被改动"
    try:
        if kind == "workflow":
            library.workflow(digest)
        elif kind == "calendar":
            library.calendar(digest)
        elif kind == "map":
            library.version_map(digest)
        elif kind == "list":
            library.choice_list(digest)
        elif kind == BASES:
            library.bases_as_published(digest)
    except UnavailableError:
        raise
    except (LifecycleError, ValueError, KeyError, TypeError):
        return "读不出来"
    return ""


def unpublished(kept: list[tuple[str, str, str]], directory: Directory) -> Iterator[Finding]:
    """Name the definitions (digest, kind, name) that are kept and that no entry published."""
    # A list, for a forged entry may name what cannot be a member of a set.
    published = [(d.digest, d.kind, d.name) for d in directory.documents]
    published += [(one.digest, "calendar", one.name) for one in directory.proposals]
    published += [(one.map, "map", one.name) for one in directory.migrations]
    for digest, kind, name in kept:
        if (digest, kind, name) not in published:
            yield Finding("definition", 0, OFFICE, f"{kind} {name}（{str(digest)[:12]}…）未经发布")


def miscompiled(store: Store, kept: list[str], directory: Directory) -> Iterator[Finding]:
    """Name the definitions (by digest) whose compiled form is not what their YAML gives, or that no
    entry published: commands would be judged by it.
    """
    published = {d.digest: d.kind for d in directory.documents if d.kind in KINDS}
    for digest in kept:
        kind = published.get(digest)
        if kind is None:
            wrong = "有编译形式而未经发布"
        elif is_as_written(store, digest, kind):
            continue
        else:
            wrong = "的编译形式与其原文不符"
        yield Finding("definition", 0, OFFICE, f"{kind or 'workflow'} {digest[:12]}… {wrong}")
