"""A workflow as data: it says what the YAML says, and whatever is no such data is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import places
from lifecycle.expression.expression import Expression
from lifecycle.workflow.compiled import (
    PROGRAM,
    NotCompiledError,
    compile_definition,
    load_compiled,
)
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.reader import examine

SPECIMENS = Path(__file__).parents[1] / "specimens"
VISIT = SPECIMENS.parent / "data" / "tiny" / "workflows" / "visit.yaml"
FILES = sorted([VISIT, *places.workflow_files(), *SPECIMENS.glob("*.yaml")])


def workflow_in(path: Path) -> Workflow | None:
    """Read a workflow, be it sound or not; None where there is nothing to look at."""
    return examine(path.read_bytes(), "flow", checked=False)[0]


def expressions_in(value: Any) -> Iterator[Expression]:
    """Give every expression of a workflow."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, dict):
        yield from expressions_in(tuple(value.values()))
    elif isinstance(value, tuple):
        for inner in value:
            yield from expressions_in(inner)
    elif is_dataclass(value):
        yield from expressions_in(tuple(getattr(value, f.name) for f in fields(value)))


READABLE = [path for path in FILES if workflow_in(path) is not None]


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_a_compiled_workflow_says_what_the_yaml_says(path: Path) -> None:
    """Written and read back, every field is equal; only the list of uses, which none but the
    checker reads, is left out. Written again, it is the same bytes.
    """
    workflow = workflow_in(path)
    assert workflow is not None
    body = compile_definition(workflow)
    loaded = load_compiled(body, "flow", Workflow)
    assert vars(loaded) == {**vars(workflow), "uses": ()}
    assert compile_definition(loaded) == body


@pytest.mark.parametrize("path", places.workflow_files(), ids=lambda path: path.stem)
def test_its_expressions_are_read_without_parsing(path: Path) -> None:
    """Each expression comes with the tree that its text parses into."""
    workflow = workflow_in(path)
    assert workflow is not None
    loaded = load_compiled(compile_definition(workflow), "flow", Workflow)
    found = list(expressions_in(loaded))
    assert found
    for kept in found:
        parsed = Expression(kept.source)
        assert kept.parsed == parsed.tree
        assert (kept.names, kept.paths) == (parsed.names, parsed.paths)
        assert kept.compiled.certain == parsed.compiled.certain
        assert kept.compiled.equalities == parsed.compiled.equalities


def test_the_name_of_the_file_is_given_when_it_is_read() -> None:
    """The same YAML gives the same bytes, whatever its file is called."""
    body = (SPECIMENS / "valid.yaml").read_bytes()
    here, there = (examine(body, name, checked=False)[0] for name in ("here", "there"))
    assert here is not None
    assert there is not None
    assert compile_definition(here) == compile_definition(there)
    assert load_compiled(compile_definition(here), "there", Workflow).location == there.location


def test_what_another_program_makes_has_another_name() -> None:
    """These bytes are what this program makes of this workflow. Whoever changes them raises the
    number in `PROGRAM`, or what older programs kept would be read as if nothing had changed.
    """
    workflow = workflow_in(VISIT)
    assert workflow is not None
    known = {"0.1.0/26": "426b74eb6550e588"}
    assert known[PROGRAM] == sha256(compile_definition(workflow)).hexdigest()[:16]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{}",
        b"[]",
        b'"x"',
        b'["Workflow"]',
        b'["Popen", "id"]',
        b'["Decimal", "x"]',
        b'[["a"]]',
        b'["@", 1, 2, 3]',
        b'["Role", "lead"]',
        b"[" * 100_000,
    ],
)
def test_what_is_no_compiled_workflow_is_refused(body: bytes) -> None:
    """Nothing but a whole workflow is made of it, and nothing but the model's classes."""
    with pytest.raises(NotCompiledError):
        load_compiled(body, "flow", Workflow)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.tuples(st.sampled_from(["@", "", "Decimal", "Role", "Expression", "Add"]), inner).map(
            list
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_other_data_is_refused(data: object) -> None:
    """Whatever JSON it is, it is refused as what it is, by no other error."""
    with pytest.raises(NotCompiledError):
        load_compiled(json.dumps(data).encode(), "flow", Workflow)
