"""Doors round those who sign, in a file and on a server: what is refused leaves nothing, what is
done replays to the same case, and the audit finds nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from tiny_office import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Tiny:
    """Give a small office in each home."""
    return Tiny(tmp_path, monkeypatch, home).founded()


def corrected(tiny: Tiny, number: str, fact: str) -> str:
    """Correct a fact by two persons; give the number of the entry that confirmed it."""
    tiny.do("correct", number, fact, "--note", "填错", by="bureau01")
    return str(tiny.asks("confirm", number, by="bureau02")["seq"])


def sound(tiny: Tiny, number: str) -> None:
    """See that the case replays to what is stored, and that the audit finds nothing."""
    replayed = tiny.asks("replay", number)
    audit = tiny.asks("audit")
    assert (replayed["ok"], replayed["same_as_stored"]) == (True, True)
    assert (audit["ok"], audit["findings"]) == (True, [])


def untouched(tiny: Tiny, number: str, *words: str, by: str, told: str) -> None:
    """Run what must be refused: alone, beforehand, for a machine, and in a bulk from standard
    input; nothing changes.
    """
    before = tiny.asks("show", number)["case"]
    verb, *rest = words
    for given in ((number, *rest), (number, *rest, "--dry-run"), (number, *rest, "--json")):
        result = tiny.run(verb, *given, by=by)
        assert (result.exit_code, told in result.output) == (1, True), result.output
    bulk = tiny.run(verb, "-", *rest, by=by, text=f"{number}\n")
    assert (bulk.exit_code, told in bulk.output) == (1, True), bulk.output
    assert tiny.asks("show", number)["case"] == before


def test_who_was_asked_is_not_cleared_away(tiny: Tiny) -> None:
    """A4: a unit that was asked leaves the panel neither by another value nor by clearing the fact
    that names it, in order to name another.
    """
    number = tiny.ready()
    told = "市文物局 已送“转入规划选址”会签，不能直接去掉"
    untouched(tiny, number, "set", "x_units=xiao", by="bureau01", told=told)
    untouched(tiny, number, "clear", "x_units", "--note", "填错", by="bureau01", told=told)
    corrected(tiny, number, "x_units=xiao")
    assert tiny.fails("advance", number, "to_siting", by="bureau02")[0] == 1
    tiny.do("sign", number, "to_siting", "agree", by="xiao01")
    tiny.do("advance", number, "to_siting", by="bureau02")
    sound(tiny, number)


def test_an_objection_said_anew_is_not_swapped_away(tiny: Tiny) -> None:
    """A4: nor does one that was asked anew after a correction, and has objected; by a correction it
    may, and its objection stays until it is settled, by somebody who does not then go on.
    """
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    correction = corrected(tiny, number, "investment=33000")
    tiny.do("sign", number, correction, "agree", by="land01")
    tiny.do("sign", number, correction, "object", "--note", "不可", by="wenwu01")
    told = "已送“转入规划选址”会签，不能直接去掉"
    untouched(tiny, number, "set", "x_units=xiao", by="bureau01", told=told)
    untouched(tiny, number, "clear", "x_units", "--note", "填错", by="bureau01", told=told)
    corrected(tiny, number, "x_units=xiao")
    tiny.do("sign", number, correction, "agree", by="xiao01")
    assert "市文物局 不同意" in tiny.do("why", number, "to_done", by="planning01")
    tiny.do("resolve", number, correction, "市文物局", "--note", "已协调", by="bureau01")
    assert "不同意" not in tiny.do("why", number, "to_done", by="planning01")
    sound(tiny, number)


def test_what_is_said_last_counts(tiny: Tiny) -> None:
    """Rule 6: an objection on an earlier correction, said after agreeing on a later one, holds the
    case; the number is written any way.
    """
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    first = corrected(tiny, number, "investment=33000")
    second = corrected(tiny, number, "investment=34000")
    for by in ("land01", "wenwu01"):
        tiny.do("sign", number, second, "agree", by=by)
    tiny.do("sign", number, f"00{first}", "object", "--note", "不可", by="wenwu01")
    assert "市文物局 不同意" in tiny.do("why", number, "to_done", by="planning01")
    for other in (str(int(second) + 1), str(int(second) - 1), "0", "７", "1.0"):
        assert tiny.fails("sign", number, other, "agree", by="wenwu01")[0] == 1
    tiny.do("advance", number, "suspend", "--note", "暂缓", by="bureau01")
    tiny.do("advance", number, "go_on", by="bureau01")
    assert "市文物局 不同意" in tiny.do("why", number, "to_done", by="planning01")
    tiny.do("sign", number, first, "agree", by="wenwu01")
    assert "不同意" not in tiny.do("why", number, "to_done", by="planning01")
    sound(tiny, number)


def test_a_suspended_case_is_not_corrected_by_one_person(tiny: Tiny) -> None:
    """A4: what the way ahead demands is a proposal also while the case is suspended, and in its
    words; the same before and after.
    """
    number = tiny.ready()
    tiny.do("advance", number, "to_siting", by="bureau02")
    tiny.do("set", number, "announced_on=2026-09-30", by="planning01")
    change = ("investment=2000", "--note", "填错")
    before = tiny.asks("correct", number, *change, by="bureau01")
    tiny.do("decline", number, "--note", "先放一放", by="bureau01")
    tiny.do("advance", number, "suspend", "--note", "暂缓", by="bureau01")
    during = tiny.asks("correct", number, *change, by="bureau01")
    assert (before["proposal"] > 0, during["changes"]) == (True, before["changes"])
    assert "须换人" in tiny.fails("confirm", number, by="bureau01")[1]
    sound(tiny, number)
