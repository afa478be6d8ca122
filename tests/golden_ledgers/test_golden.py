"""The golden ledgers: the commands that are kept, given again, leave the same entries and say the
same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest
from comparing import differences, report
from keeping import KEPT, read_lines, scratch, unpack_definitions
from ledgers import LEDGERS, PREFIX, Recording, play, upto
from playing import Step
from samples import GROUPS

from lifecycle.engine.acts import ACTS
from lifecycle.people.changes import CHANGES

Again = Callable[[str, int], Recording]
WHOLE = 10**6
CASE_TYPES = {
    "case_opened",
    "facts_recorded",
    "material_attached",
    "objection_resolved",
    "opinion_signed",
    "opinion_withdrawn",
    "transition_made",
}
MENDED_TYPES = {
    "correction_made",
    "correction_confirmed",
    "correction_declined",
    "facts_cleared",
    "opening_cancelled",
    "record_taken_back",
}
SELDOM_TYPES = {"material_detached", "opinion_renewed", "opinions_asked", "renewal_settled"}
"""They are drawn, but so seldom that a recording may be without them."""
LETTER_TYPES = {
    "letter_reviewed",
    "letter_sent",
    "letter_drafted",
    "letter_frozen",
    "letter_issued",
    "letter_received",
    "letter_answered",
    "letter_voided",
}
OFFICE_TYPES = {
    "definition_published",
    "delegation_made",
    "delegation_revoked",
    "office_founded",
    "officer_added",
    "officer_left",
    "role_granted",
    "role_revoked",
    "unit_added",
    "unit_changed",
}
UNDRAWN_TYPES = {
    "sending_taken_back",
    "receipt_taken_back",
    "account_mapped",
    "account_unmapped",
    "calendar_confirmed",
    "calendar_proposed",
    "clock_step_announced",
    "clock_step_confirmed",
    "grant_confirmed",
    "post_added",
    "post_held",
    "case_migrated",
    "migration_proposed",
    "migration_confirmed",
    "take_over_limited",
    "take_over_proposed",
    "take_over_confirmed",
    "division_added",
    "division_changed",
    "officer_placed",
    "numbering_proposed",
    "numbering_confirmed",
}
"""No random command makes them: tests of their own do."""
PARTS = [
    pytest.param(("demo", WHOLE), id="demo"),
    pytest.param(("walk", WHOLE), id="walk"),
    pytest.param(("city", PREFIX), id="city-begun"),
    pytest.param(("tiny", WHOLE), id="tiny"),
    pytest.param(("city", WHOLE), id="city", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module")
def again() -> Again:
    """Give what plays the first commands of a ledger again, once for all tests of this file."""
    played: dict[tuple[str, int], Recording] = {}

    def play_again(name: str, most: int) -> Recording:
        if (name, most) not in played:
            steps = islice(map(Step.from_dict, read_lines(f"{name}.commands")), most)
            with scratch() as folder:
                definitions = unpack_definitions(folder / "definitions")
                played[name, most] = play(LEDGERS[name], steps, folder / name, definitions)
        return played[name, most]

    return play_again


@pytest.mark.parametrize("part", PARTS)
def test_the_ledger_is_the_same(again: Again, part: tuple[str, int]) -> None:
    """Every entry has the same hash, every case the same state, every table the same rows; audit
    and replay agree.
    """
    name, most = part
    expected = list(upto(read_lines(f"{name}.ledger"), most))
    found = differences(expected, again(name, most).ledger)
    assert not found, report(name, "ledger", found)


@pytest.mark.parametrize("part", PARTS)
def test_the_surface_is_the_same(again: Again, part: tuple[str, int]) -> None:
    """Every command ends with the same exit code and prints the same, for people and
    for machines.
    """
    name, most = part
    expected = list(upto(read_lines(f"{name}.surface"), most))
    found = differences(expected, again(name, most).surface)
    assert not found, report(name, "surface", found)


def test_the_samples_are_what_the_verbs_give(again: Again) -> None:
    """The documents kept for readers are those that the commands above them give."""
    kept = {path.stem: path.read_text(encoding="utf-8") for path in (KEPT / "samples").iterdir()}
    for name in ("demo", "walk", "tiny"):
        for verb, text in again(name, WHOLE).samples.items():
            same_command = kept[verb].partition("\n")[0] == text.partition("\n")[0]
            assert not same_command or kept[verb] == text, verb


def test_every_verb_that_answered_in_json_has_a_sample() -> None:
    """For each verb of which a command with --json was accepted there is a sample of
    its document.
    """
    lines = [
        line for name in LEDGERS for line in read_lines(f"{name}.surface") if line["k"] == "command"
    ]
    asked = [
        line["argv"].split() for line in lines if "--json" in line["argv"] and line["exit"] == 0
    ]
    verbs = {"-".join(words[: 2 if words[0] in GROUPS else 1]) for words in asked}
    samples = {path.stem for path in (KEPT / "samples").iterdir()}
    assert verbs - samples == set()


def test_the_random_commands_are_of_every_kind() -> None:
    """They make entries of nearly every type, mistakes mended among them; at least two in five are
    accepted, and at least a tenth are not.
    """
    lines = [
        line
        for name in ("city", "tiny")
        for line in read_lines(f"{name}.surface")
        if line["k"] == "command"
    ]
    assert 5000 <= len(lines) <= 5010, "the last draw may be of several commands"
    accepted = sum(line["exit"] == 0 for line in lines)
    assert 2000 <= accepted <= 4500
    entries = [
        line
        for name in ("city", "tiny")
        for line in read_lines(f"{name}.ledger")
        if line["k"] == "entry"
    ]
    types = Counter(line["type"] for line in entries)
    drawn = CASE_TYPES | MENDED_TYPES | LETTER_TYPES
    assert set(types) - SELDOM_TYPES == drawn | OFFICE_TYPES
    assert min(types[kind] for kind in drawn) >= 2


def test_every_act_and_change_is_drawn_or_named_here() -> None:
    """Whoever adds one has random commands make it, or says here that none does."""
    drawn = CASE_TYPES | MENDED_TYPES | SELDOM_TYPES | LETTER_TYPES | OFFICE_TYPES
    assert drawn & UNDRAWN_TYPES == set()
    assert drawn | UNDRAWN_TYPES == {*ACTS, *CHANGES}


def test_no_audit_of_a_kept_ledger_finds_anything() -> None:
    """What is kept is sound: audits are complete and find nothing, and replays agree."""
    for name in LEDGERS:
        for line in read_lines(f"{name}.ledger"):
            if line["k"] == "audit":
                assert (line["document"]["complete"], line["document"]["findings"]) == (True, [])
            if line["k"] == "replay":
                assert (line["ok"], line["problems"]) == (True, [])


def test_a_difference_is_told_with_command_entry_and_field() -> None:
    """The first line that differs is named with its place, the parts that differ and the command to
    record anew.
    """
    kept = {
        "k": "entry",
        "n": 7,
        "case": "A-1",
        "seq": 3,
        "type": "facts_recorded",
        "hash": "aa",
        "parts": {"data": "1"},
    }
    came = {**kept, "hash": "bb", "parts": {"data": "2"}}
    more = {
        "k": "command",
        "n": 8,
        "argv": "show A-1",
        "exit": 0,
        "out": "cc",
        "err": "",
        "said": "",
    }
    found = differences([kept], [came, more])
    assert report("tiny", "ledger", found).splitlines() == [
        "tiny: its ledger is not what was recorded.",
        "k entry, n 7, case A-1, seq 3, type facts_recorded: hash, parts",
        "  hash expected 'aa'",
        "  hash came     'bb'",
        "  parts of the entry that differ: data",
        "k command, n 8, argv show A-1: has come, but was not there",
        "Entries, states and audit may change with the schema or the definitions only.",
        "To record anew: python tests/golden_ledgers/record.py",
    ]
    assert differences([kept], [dict(kept)]) == []
