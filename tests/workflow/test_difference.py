"""What changes from one workflow to another, as an officer reads it."""

from __future__ import annotations

from small import TEXT

from lifecycle.workflow.difference import Change, compare
from lifecycle.workflow.reader import read_workflow


def changed(before: str, after: str) -> list[Change]:
    """List what changes when the quorum of the small workflow is written so."""
    old, new = (read_workflow(TEXT.replace("QUORUM", text), "s.yaml") for text in (before, after))
    return list(compare(old, new))


def test_a_quorum_is_written_as_in_the_file() -> None:
    """How many must agree, that objections count, and who must agree in any case: each change shows
    in the words of the language.
    """
    plain = "{roles: land、finance、x，quorum: {at_least: 2}，within: "
    assert [(c.kind, c.section, c.name, c.field) for c in changed("all", "{at_least: 2}")] == [
        ("changed", "流转", "go", "cosigns")
    ]
    (change,) = changed("{at_least: 2}", "majority, objection: counts, must: [land]")
    assert (change.before or "").startswith(plain)
    assert (change.before or "").endswith("，asked: entering，objection: blocks}")
    assert (change.after or "").endswith("，asked: entering，objection: counts，must: land}")
    assert "，quorum: majority，" in (change.after or "")
    (change,) = changed("any", "{share: 2/3}")
    assert "，quorum: any，" in (change.before or "")
    assert "，quorum: {share: 2/3}，" in (change.after or "")


def test_several_co_signs_are_told_by_their_names() -> None:
    """Each says what it is called; their order is an item of its own."""
    several = (
        "      cosign: [{name: staff, roles: [land, finance]}, {name: rest, roles: x}]\n"
        "      order: [staff, rest]\n"
    )
    start = TEXT.index("      cosign: {roles: [land")
    after = TEXT[:start] + several + TEXT[TEXT.index("\n", start) + 1 :]
    old, new = (read_workflow(text.replace("QUORUM", "all"), "s.yaml") for text in (TEXT, after))
    found = {change.field: change.after for change in compare(old, new)}
    covers = "covers: amount、report，objection: blocks"
    assert found == {
        "cosigns": (
            f"{{name: staff，roles: land、finance，quorum: all，{covers}}}、"
            f"{{name: rest，roles: x，quorum: all，{covers}}}"
        ),
        "order": "staff、rest",
    }
