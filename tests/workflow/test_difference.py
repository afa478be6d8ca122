"""What changes from one workflow to another, as an officer reads it."""

from __future__ import annotations

from small import TEXT

from lifecycle.workflow.difference import compare
from lifecycle.workflow.reader import read_workflow

Told = list[tuple[str, str, str | None, str | None]]


def changed(*changes: tuple[str, str]) -> Told:
    """List what changes when texts of the small workflow are written otherwise: item, place below
    it, what was written there, what is.
    """
    text = TEXT.replace("QUORUM", "all")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    old = read_workflow(TEXT.replace("QUORUM", "all"), "s.yaml")
    found = compare(old, read_workflow(text, "s.yaml"))
    return [(change.name, change.field, change.before, change.after) for change in found]


def test_a_change_is_told_by_its_place_in_the_words_of_the_file() -> None:
    """Of a limit the number that is another, of a condition the condition; what is as before and
    what no file says is not told.
    """
    assert changed(("due: {in: 10", "due: {in: 15"), ("amount >= 3000", "amount >= 5000")) == [
        ("first", "due.in", "10", "15"),
        ("go", "needs.guards.when", "amount >= 3000", "amount >= 5000"),
    ]
    assert changed(("from: second\n    to: done", "from: [first, second]\n    to: done")) == [
        ("finish", "from", "second", "first、second")
    ]


def test_a_quorum_is_written_as_in_the_file() -> None:
    """How many must agree, that objections count, and who must agree in any case."""
    more = "quorum: {at_least: 2}, objection: counts, must: [land]"
    assert changed(("quorum: all", more)) == [
        ("go", "needs.cosign.quorum", "all", "{at_least: 2}"),
        ("go", "needs.cosign.objection", "blocks", "counts"),
        ("go", "needs.cosign.must", "", "land"),
    ]
    assert changed(("quorum: all", "quorum: {share: 2/3}, covers: report")) == [
        ("go", "needs.cosign.quorum", "all", "{share: 2/3}"),
        ("go", "needs.cosign.covers", "", "report"),
    ]


def test_of_several_each_is_told_by_itself() -> None:
    """Those that have a name by it, whatever their order; those that have none, and are not as
    before, one by one; what is new or gone is written out.
    """
    guard = "        - {when: amount >= 3000, else: 金额不足3000万元}\n"
    assert changed((guard, "        - {when: amount < 9, else: 多}\n" + guard)) == [
        ("go", "needs.guards[1]", "", "{when: amount < 9，else: 多}")
    ]
    two = "        - {when: amount >= 3000, else: 少}\n        - {when: amount < 9000, else: 多}\n"
    assert changed((guard, two)) == [
        ("go", "needs.guards[1].else", "金额不足3000万元", "少"),
        ("go", "needs.guards[2]", "", "{when: amount < 9000，else: 多}"),
    ]
    start = TEXT.index("{roles: [land")
    whole = TEXT[start : TEXT.index("\n", start)].replace("QUORUM", "all")
    several = "[{name: staff, roles: [land, finance]}, {name: rest, roles: x}]"
    within = "within: {title: 会签，in: 3，unit: workday，basis: 内部承诺，inner: 是}"
    assert changed((whole, several)) == [
        ("go", "needs.cosign[1]", f"{{roles: land、finance、x，{within}，asked: entering}}", ""),
        ("go", "needs.cosign[staff]", "", "{name: staff，roles: land、finance}"),
        ("go", "needs.cosign[rest]", "", "{name: rest，roles: x}"),
    ]
