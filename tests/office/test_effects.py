"""`does`: one act moves and opens other cases, all of them or none; each names its cause."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.engine.acts import Advance
from lifecycle.engine.docket import PlannedEffect
from lifecycle.engine.world.moment import acting_for_cause
from lifecycle.frozen import replace
from lifecycle.ledger import record, register
from lifecycle.ledger.across.causes import Cause
from lifecycle.ledger.register import Register


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with works, their transfer and their inspection."""
    return LinkedOffice(tmp_path, monkeypatch, home, "effects")


def opened(office: LinkedOffice, workflow: str, **facts: str) -> str:
    """Open a case, and give its number."""
    words = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    return office.do("open", workflow, *words, by="b1").strip()


def works(office: LinkedOffice, name: str = "剑瓷园", area: str = "龙泉", **more: str) -> str:
    """Open works."""
    return opened(office, "works", name=name, area=area, **more)


def transfer(office: LinkedOffice, of: str, **more: str) -> str:
    """Open the transfer of works."""
    facts = {"title": "外迁", "ours": "3", "all": "8", **({"works": of} if of else {}), **more}
    return opened(office, "transfer", **facts)


def confirmed(office: LinkedOffice, number: str, *more: str, by: str = "b1") -> dict[str, Any]:
    """Confirm a transfer to 景宁, and give the answer."""
    words = ("advance", number, "--set", "receiver=景宁", *more)
    found: dict[str, Any] = office.asks(*words, by=by)
    return found


def entries(office: LinkedOffice, number: str) -> list[dict[str, Any]]:
    """Give the entries of a case."""
    found: list[dict[str, Any]] = office.asks("log", number)["entries"]
    return found


# ── What is done ──


def test_a_transition_moves_the_case_that_its_link_names(office: LinkedOffice) -> None:
    """The works are moved by the same person, on the same day, with what the transfer computed; the
    log says by what; both are judged again.
    """
    of = works(office)
    found = confirmed(office, transfer(office, of))
    facts = office.asks("show", of)["case"]["facts"]
    assert (facts["area"], facts["moved_on"], facts["share"]) == ("景宁", "2026-09-07", "0.375")
    (effect,) = found["effects"]
    assert (effect["number"], effect["state"]) == (of, "begun")
    last = entries(office, of)[-1]
    assert last["intent"]["actor"]["id"] == "b1"
    assert last["intent"]["cause"]["number"] == "LZ-2026-001"
    assert office.do("log", of).rstrip().endswith("（随 LZ-2026-001 的“确认”）")
    assert office.findings() == []
    assert office.asks("replay", of)["ok"] is True


def test_a_link_that_is_not_filled_moves_nothing(office: LinkedOffice) -> None:
    """Where there is no such case, the transition is made all the same."""
    assert confirmed(office, transfer(office, ""))["effects"] == []
    assert office.findings() == []


def test_all_or_nothing(office: LinkedOffice) -> None:
    """What the other case's own rules refuse refuses the act, naming that case, and nothing is
    recorded on either.
    """
    of = works(office)
    number = transfer(office, of)
    before = entries(office, of), entries(office, number)
    told = office.refusal("advance", number, "--set", "receiver=云和", by="b1")
    refused = "属地 云和，不能是 云和（云和不承接）"
    assert told == [f"带动 {of} 剑瓷园 转移属地：{refused}"]
    assert (entries(office, of), entries(office, number)) == before
    assert office.findings() == []


def test_the_persons_of_the_cause_are_those_of_the_effect(office: LinkedOffice) -> None:
    """Separation of duties holds in the other case as if they had done it there."""
    of = works(office)
    office.do("advance", of, "note", by="b1")
    number = transfer(office, of)
    (told,) = office.refusal("advance", number, "--set", "receiver=景宁", by="b1")
    assert told.startswith(f"带动 {of} 剑瓷园 转移属地：记录 由 b1 办理，须换人")
    assert len(confirmed(office, number, by="b2")["effects"]) == 1
    assert office.findings() == []


def test_one_is_opened_for_each_case_of_a_collection(office: LinkedOffice) -> None:
    """Those that the collection holds on the day, in the order of their numbers, each with what it
    is given of its row; what was computed from the collection is what was opened.
    """
    for name, area in (("甲", "龙泉"), ("乙", "龙泉"), ("丙", "景宁")):
        works(office, name, area, amount="10")
    number = opened(office, "batch", title="九月", area="龙泉")
    found = office.asks("advance", number, "launch", by="b1")
    assert [one["number"] for one in found["effects"]] == ["DJ-2026-001", "DJ-2026-002"]
    facts = [office.asks("show", one["number"])["case"]["facts"] for one in found["effects"]]
    assert [(f["title"], f["works"], f["amount"], f["batch"]) for f in facts] == [
        ("甲", "GC-2026-001", "10", number),
        ("乙", "GC-2026-002", "10", number),
    ]
    assert office.asks("show", number)["case"]["facts"]["launched"] == 2
    assert office.findings() == []


def test_what_a_row_lacks_is_told(office: LinkedOffice) -> None:
    """A figure that is to be carried and is not there refuses, and names the works."""
    works(office, "甲")
    number = opened(office, "batch", title="九月", area="龙泉")
    (told,) = office.refusal("advance", number, "launch", by="b1")
    assert told == "带动 新立的督查件：投资 算不出：缺 投资（GC-2026-001 甲）"


def test_each_case_of_a_collection_is_moved_but_those_that_have_ended(office: LinkedOffice) -> None:
    """What has ended is left alone, whatever its day, and told; the reason goes along."""
    for name in "甲乙":
        works(office, name, amount="10")
    number = opened(office, "batch", title="九月", area="龙泉")
    office.do("advance", number, "launch", by="b1")
    office.do("advance", "DJ-2026-001", "drop", by="l1")
    words = ("advance", number, "close", "--set", "result=良好", "--note", "到期")
    found = office.asks(*words, by="b1")
    assert [one["number"] for one in found["effects"]] == ["DJ-2026-002", "GC-2026-002"]
    (hint,) = found["hints"]
    assert hint["message"] == "办“归档” 1 件：DJ-2026-002 乙；DJ-2026-001 已终结，不带动"
    shown = office.asks("show", "DJ-2026-002")
    assert (shown["state"], shown["case"]["facts"]["result"]) == ("archived", "良好")
    assert entries(office, "DJ-2026-002")[-1]["intent"]["data"]["note"] == "到期"
    assert office.findings() == []


def test_an_effect_has_effects_of_its_own(office: LinkedOffice) -> None:
    """Each follows its own cause, and all of them stand or fall together."""
    for name in "甲乙":
        works(office, name, amount="10")
    number = opened(office, "batch", title="九月", area="龙泉")
    office.do("advance", number, "launch", by="b1")
    office.do("advance", "GC-2026-002", "pause", by="b1")
    words = ("advance", number, "close", "--set", "result=良好", "--note", "到期")
    (told,) = office.refusal(*words, by="b1")
    assert told.startswith("带动 GC-2026-002 乙 记录：现为“停工”，记录 须在“在建”办理")
    assert office.asks("show", "DJ-2026-001")["state"] == "open"
    office.do("advance", "GC-2026-002", "go_on", by="b1")
    found = office.asks(*words, by="b1")
    moved = ["DJ-2026-001", "GC-2026-001", "DJ-2026-002", "GC-2026-002"]
    assert [one["number"] for one in found["effects"]] == moved
    causes = [entries(office, one)[-1]["intent"]["cause"] for one in moved]
    assert [(one["number"], one["by"], one["back"]) for one in causes] == [
        (number, "batch.close", 1),
        ("DJ-2026-001", "inspection.archive", 1),
        (number, "batch.close", 3),
        ("DJ-2026-002", "inspection.archive", 1),
    ]
    assert office.findings() == []


# ── What is not ──


def test_who_is_only_moved_by_others_is_moved_by_nobody_else(office: LinkedOffice) -> None:
    """No role opens what is opened as an effect; the refusal says of what."""
    of = works(office)
    batch = opened(office, "batch", title="九月", area="龙泉")
    facts = ("--set", "title=甲", "--set", f"works={of}", "--set", f"batch={batch}")
    words = ("open", "inspection", *facts)
    assert office.refusal(*words, by="b1") == ["角色 “立项”只随 batch.launch 一并办理，不能单独办"]


def test_a_case_that_has_gone_on_is_not_moved_backwards(office: LinkedOffice) -> None:
    """Where the other case has an entry of a later day, the whole act is refused, and names it."""
    of = works(office)
    number = transfer(office, of)
    office.at("2026-09-10")
    office.do("advance", of, "note", by="b2")
    words = ("advance", number, "--set", "receiver=景宁", "--on", "2026-09-08")
    (told,) = office.refusal(*words, by="b1")
    assert told.startswith(f"带动 {of} 剑瓷园 已办到 2026-09-10，不能在 2026-09-08 带动")
    assert len(confirmed(office, number, "--on", "2026-09-10")["effects"]) == 1
    assert office.findings() == []


def test_a_state_that_has_no_such_transition_refuses(office: LinkedOffice) -> None:
    """Works that stand still are not moved."""
    of = works(office)
    office.do("advance", of, "pause", by="b1")
    (told,) = office.refusal("advance", transfer(office, of), "--set", "receiver=景宁", by="b1")
    assert told.startswith(f"带动 {of} 剑瓷园 转移属地：现为“停工”，转移属地 须在“在建”办理")


def test_a_case_under_an_older_version_is_named(office: LinkedOffice) -> None:
    """Where its version has no such transition, it says which version it is under."""
    file = office.rules / "works.yaml"
    text = file.read_text("utf-8")
    start, end = text.index("  - name: move"), text.index("  - {name: note,")
    older = text.replace("version: 1", "version: 2").replace(text[start:end], "")
    file.write_text(older.replace("not_by: [note]", ""), encoding="utf-8")
    done = office.asks("workflow", "publish", str(file), by="admin")
    warned = [one["message"] for one in done["warnings"] if one["rule"] == "broken-reader"]
    assert warned == ["现行的流程 transfer（流转单）读不成了：工程 没有流转 “move”"]
    of = works(office)
    (told,) = office.refusal("advance", transfer(office, of), "--set", "receiver=景宁", by="b1")
    assert told == f"带动 {of} 剑瓷园 按第 2 版流程办理，没有“move”"


def test_a_dry_run_judges_the_effects_and_records_nothing(office: LinkedOffice) -> None:
    """It tells what would be moved, or who refuses it, and neither case nor number is taken."""
    of = works(office, amount="10")
    number = transfer(office, of)
    before = entries(office, of)
    found = confirmed(office, number, "--dry-run")
    assert (found["dry_run"], [one["number"] for one in found["effects"]]) == (True, [of])
    words = ("advance", number, "--set", "receiver=云和", "--dry-run")
    assert len(office.refusal(*words, by="b1")) == 1
    batch = opened(office, "batch", title="九月", area="龙泉")
    found = office.asks("advance", batch, "launch", "--dry-run", by="b1")
    assert [one["number"] for one in found["effects"]] == [None]
    assert entries(office, of) == before
    office.do("advance", batch, "launch", by="b1")
    assert office.asks("show", "DJ-2026-001")["state"] == "open"
    assert office.findings() == []


def test_why_says_what_the_effects_lack(office: LinkedOffice) -> None:
    """An act whose effects are refused is not told to be ready."""
    of = works(office, amount="10")
    batch = opened(office, "batch", title="九月", area="龙泉")
    assert office.asks("why", batch, "launch", by="b1")["allowed"] is True
    office.do("advance", batch, "launch", by="b1")
    other = works(office, "乙")
    assert other != of
    second = opened(office, "batch", title="十月", area="龙泉")
    found = office.asks("why", second, "launch", by="b1")
    assert found["allowed"] is False
    unmet = [gate["text"] for gate in found["gates"] if not gate["met"]]
    assert unmet == ["新立的督查件：投资 算不出：缺 投资（GC-2026-002 乙）"]


def test_cause_and_effect_are_not_taken_back_apart(office: LinkedOffice) -> None:
    """Neither the record that moved another case, nor the one by which it was moved."""
    of = works(office)
    confirmed(office, transfer(office, of))
    (told,) = office.refusal("take-back", of, "move", "--note", "误", by="b1")[-1:]
    assert "由别的事项的办理（transfer.confirm）带动，不能单独收回" in told
    batch = opened(office, "batch", title="九月", area="景宁")
    office.do("set", of, "amount=10", by="b1")
    office.do("advance", batch, "launch", by="b1")
    office.do("advance", "DJ-2026-001", "chase", by="l1")
    (told,) = office.refusal("take-back", "DJ-2026-001", "chase", "--note", "误", by="l1")
    assert told.startswith("采用 “催办”带动了别的事项，不能收回")


def test_a_request_is_sent_twice_and_done_once(office: LinkedOffice) -> None:
    """The second answer is the first one's; nothing is moved again."""
    of = works(office)
    number = transfer(office, of)
    confirmed(office, number, "--request-id", "r-1")
    before = entries(office, of)
    assert confirmed(office, number, "--request-id", "r-1")["repeated"] is True
    assert entries(office, of) == before


def test_lines_of_a_bulk_are_each_whole(office: LinkedOffice) -> None:
    """One line that is refused for its effect leaves the others; together, none is done."""
    first, second = works(office, "甲"), works(office, "乙")
    office.do("advance", second, "pause", by="b1")
    numbers = [transfer(office, first), transfer(office, second)]
    table = office.write("t.csv", "编号,承接地\n" + "".join(f"{n},景宁\n" for n in numbers))
    office.do_not("advance", str(table), "confirm", "--all-or-nothing", by="b1")
    assert [office.asks("show", n)["state"] for n in numbers] == ["drafted", "drafted"]
    assert office.asks("show", first)["case"]["facts"]["area"] == "龙泉"
    office.do_not("advance", str(table), "confirm", by="b1")
    assert [office.asks("show", n)["state"] for n in numbers] == ["confirmed", "drafted"]
    assert office.findings() == []


def test_lines_tried_out_leave_nothing_to_those_after_them(office: LinkedOffice) -> None:
    """A line that is refused for its effect has itself left nothing when the next is judged, also
    where all are done together; a line accepted has left its effect.
    """
    first, second = works(office, "甲"), works(office, "乙")
    office.do("advance", second, "pause", by="b1")
    numbers = [transfer(office, second), transfer(office, first)]
    lines = [numbers[0], numbers[0], numbers[1], numbers[1]]
    table = office.write("t.csv", "编号,承接地\n" + "".join(f"{n},景宁\n" for n in lines))
    seen = []
    for extra in (("--dry-run",), ("--dry-run", "--all-or-nothing"), ("--all-or-nothing",), ()):
        found = office.asks("advance", str(table), "confirm", *extra, by="b1")
        told = [line.get("error", {}).get("message", "") for line in found["results"]]
        assert [not text for text in told] == [False, False, True, False]
        assert told[0] == told[1]
        seen.append(told)
        if extra:
            assert [office.asks("show", n)["state"] for n in numbers] == ["drafted", "drafted"]
    assert seen == [seen[0]] * 4
    assert office.findings() == []


# ── Honest to a dishonest store ──


def dishonest(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]
) -> list[tuple[str, str, str]]:
    """Confirm a transfer by a register that does other effects than were planned; give what the
    audit finds.
    """
    of = works(office)
    works(office, "别的")
    number = transfer(office, of)
    honest = Register._effects

    def effects(self: Register, request: Any, judged: Any, outcome: Any, now: Any) -> Any:
        accepted = replace(judged.accepted, effects=change(judged.accepted.effects))
        return honest(self, request, replace(judged, accepted=accepted), outcome, now)

    with monkeypatch.context() as patch:
        patch.setattr(Register, "_effects", effects)
        confirmed(office, number)
    return office.findings()


def test_an_effect_not_done_is_found(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the entry that was to have it."""
    found = dishonest(office, monkeypatch, lambda _planned: ())
    assert found == [("cause", "LZ-2026-001", "应带动 1 件，其后的记录有 0 件")]


def test_an_effect_done_twice_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above."""
    found = dishonest(office, monkeypatch, lambda planned: planned * 2)
    assert found == [("cause", "LZ-2026-001", "应带动 1 件，其后的记录有 2 件")]


def test_an_effect_on_another_case_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above."""

    def other(planned: tuple[PlannedEffect, ...]) -> tuple[PlannedEffect, ...]:
        return tuple(replace(one, number="GC-2026-002") for one in planned)

    found = dishonest(office, monkeypatch, other)
    assert found == [("cause", "LZ-2026-001", "带动的第 1 件（GC-2026-001）与应有的不符")]


def test_an_effect_with_other_facts_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above."""

    def other(planned: tuple[PlannedEffect, ...]) -> tuple[PlannedEffect, ...]:
        return tuple(replace(one, facts={**one.facts, "share": "0.5"}) for one in planned)

    found = dishonest(office, monkeypatch, other)
    assert found == [("cause", "LZ-2026-001", "带动的第 1 件（GC-2026-001）与应有的不符")]


def test_an_effect_without_cause_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer who moves works as if a transfer did has no right to; found at that entry."""
    of = works(office)
    acting = register.acting_officer
    with monkeypatch.context() as patch:
        patch.setattr(
            register,
            "acting_officer",
            lambda *told: acting_for_cause(acting(*told), "transfer.confirm"),
        )
        office.do(
            "advance", of, "move", "--set", "area=景宁", "--set", "moved_on=2026-09-07", by="b1"
        )
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("authority", of)


def test_a_cause_invented_is_found(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that names as its cause a confirmation of before is found, at that entry."""
    of = works(office)
    second = works(office, "别的")
    confirmed(office, transfer(office, of))
    acting, shaped = register.acting_officer, record.case_entry
    with closing(office.office()) as looked:
        cause = looked.case("LZ-2026-001")
    told = Cause(cause.id, cause.number, cause.seq, cause.head, "transfer.confirm", 2)
    office.at("2026-09-07", "11:00")
    with monkeypatch.context() as patch:
        patch.setattr(
            register,
            "acting_officer",
            lambda *words: acting_for_cause(acting(*words), "transfer.confirm"),
        )
        patch.setattr(
            register,
            "case_entry",
            lambda *words, **more: shaped(*words, **{**more, "cause": told.to_dict()}),
        )
        words = ("--set", "area=景宁", "--set", "moved_on=2026-09-07")
        office.do("advance", second, "move", *words, by="b1")
    found = office.findings()
    assert found == [("cause", second, "经办人、办理日或记录时间与起因不符")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seq": 1}, "记录写的起因不在那里，或不是那一笔"),
        ({"back": 2}, "记录写的起因不在那里，或不是那一笔"),
        ({"hash": "0" * 64}, "记录写的起因不在那里，或不是那一笔"),
        ({"number": "GC-2026-001"}, "记录写的起因不是 GC-2026-001 的"),
        ({"by": "batch.close"}, "记录写的起因不是 batch.close"),
    ],
)
def test_a_cause_altered_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], said: str
) -> None:
    """Whatever an effect says of its cause is compared; found there once."""
    of = works(office)
    number = transfer(office, of)
    shaped = record.case_entry

    def other(*words: Any, **more: Any) -> Any:
        cause = more.get("cause")
        return shaped(*words, **{**more, "cause": {**cause, **change} if cause else None})

    with monkeypatch.context() as patch:
        patch.setattr(register, "case_entry", other)
        confirmed(office, number)
    assert ("cause", of, said) in office.findings()


def test_who_comes_second_finds_what_the_first_has_moved(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A confirmation judged before another one was recorded is judged again in its turn."""
    of = works(office)
    office.do("advance", of, "note", by="b2")
    first, second = transfer(office, of), transfer(office, of)
    ahead = Register._judge_ahead

    def overtaken(self: Register, *asked: Any) -> Any:
        judged = ahead(self, *asked)
        with monkeypatch.context() as patch:
            patch.setattr(Register, "_judge_ahead", ahead)
            confirmed(office, first)
        return judged

    with monkeypatch.context() as patch:
        patch.setattr(Register, "_judge_ahead", overtaken)
        office.do("advance", second, "--set", "receiver=庆元", by="b1")
    assert office.asks("show", of)["case"]["facts"]["area"] == "庆元"
    places = [entry["intent"].get("cause", {}).get("number") for entry in entries(office, of)]
    assert places == [None, None, first, second]
    assert office.findings() == []


def test_an_extra_effect_of_an_effect_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that names a cause of before, past what follows from it, is found at itself: nothing but
    the run of a cause is its effect.
    """
    for name in "甲乙":
        works(office, name, amount="10")
    third = works(office, "丙", area="景宁")
    number = opened(office, "batch", title="九月", area="龙泉")
    office.do("advance", number, "launch", by="b1")
    honest, shaped, first = Register._effects, record.case_entry, []

    def effects(self: Register, request: Any, judged: Any, outcome: Any, now: Any) -> Any:
        if judged.workflow.name == "inspection":
            first.append((judged, outcome))
        yield from honest(self, request, judged, outcome, now)
        if judged.workflow.name == "batch":
            inner, made = first[0]
            planned = (PlannedEffect("works", third, "note", {}),)
            accepted = replace(inner.accepted, effects=planned)
            with monkeypatch.context() as patch:
                patch.setattr(
                    register,
                    "case_entry",
                    lambda *words, **more: shaped(
                        *words, **{**more, "cause": {**more["cause"], "back": 4}}
                    ),
                )
                yield from honest(self, request, replace(inner, accepted=accepted), made, now)

    with monkeypatch.context() as patch:
        patch.setattr(Register, "_effects", effects)
        words = ("advance", number, "close", "--set", "result=良好", "--note", "到期")
        office.do(*words, by="b1")
    assert office.findings() == [("cause", third, "记录不在它写的起因之后的那一串里")]


def test_another_reason_than_that_of_the_cause_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is carried is the cause's own note."""
    works(office, "甲", amount="10")
    number = opened(office, "batch", title="九月", area="龙泉")
    office.do("advance", number, "launch", by="b1")
    with monkeypatch.context() as patch:
        patch.setattr(
            register, "Advance", lambda made, _note, facts: Advance(made, "编造的理由", facts)
        )
        words = ("advance", number, "close", "--set", "result=良好", "--note", "到期")
        office.do(*words, by="b1")
    assert ("cause", number, "带动的第 1 件（DJ-2026-001）与应有的不符") in office.findings()


# ── Ways round that were tried ──


def published(office: LinkedOffice, name: str, version: int, *changes: tuple[str, str]) -> None:
    """Put a changed version of a workflow into force."""
    file = office.rules / f"{name}.yaml"
    text = file.read_text("utf-8").replace(f"version: {version - 1}", f"version: {version}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    office.do("workflow", "publish", str(file), by="admin")


def test_a_circle_through_versions_is_refused(office: LinkedOffice) -> None:
    """Where no version in force goes in a circle and cases of older ones do, the act says so."""
    text = (office.rules / "transfer.yaml").read_text("utf-8")
    does = text[text.index("    does:") :]
    let_in = ("by: bureau\n    asks", "by: [bureau, works.move]\n    asks")
    end = "  - {name: end, title: 结束, from: drafted, to: confirmed, by: bureau}\n"
    record = ("    to: confirmed\n", "    kind: record\n")
    published(office, "transfer", 2, let_in, record, (does, does + end))
    of = works(office)
    first = transfer(office, of)
    published(office, "transfer", 3, (does, ""))
    back = "    does: {on: slip, transition: confirm, facts: {receiver: area}}\n"
    published(
        office,
        "works",
        2,
        ("  moved_on:", "  slip: {title: 流转单, type: case, workflow: transfer}\n  moved_on:"),
        ("    asks: [area, moved_on]\n", f"    asks: [area, moved_on]\n{back}"),
    )
    second = works(office, "回环", slip=transfer(office, of))
    office.do("correct", first, f"works={second}", "--note", "填错", by="b1")
    office.do("correct", second, f"slip={first}", "--note", "填错", by="b1")
    for number in (first, second):
        office.do("confirm", number, by="b2")
    (told,) = office.refusal("advance", first, "confirm", "--set", "receiver=景宁", by="b1")
    assert told == "带动 带动绕了回来：transfer.confirm → works.move → transfer.confirm"
    assert office.findings() == []


def test_what_was_opened_as_an_effect_is_not_cancelled(office: LinkedOffice) -> None:
    """It was done with its cause; it is ended by its own ways."""
    works(office, "甲", amount="10")
    number = opened(office, "batch", title="九月", area="龙泉")
    office.do("advance", number, "launch", by="b1")
    told = office.refusal("cancel", "DJ-2026-001", "--note", "误", by="b1")
    assert any("由别的事项的办理（batch.launch）带动立项，不能单独撤销" in one for one in told)


def test_what_cannot_be_computed_is_not_carried(office: LinkedOffice) -> None:
    """A division by zero leaves no old value behind: it refuses."""
    of = works(office)
    number = transfer(office, of, all="0")
    (told,) = office.refusal("advance", number, "--set", "receiver=景宁", by="b1")
    assert told == f"带动 {of} 剑瓷园：分成 算不出：除数为零"


def test_who_corrects_what_was_carried_is_told(office: LinkedOffice) -> None:
    """A correction of what an effect carried, or of the case it was on, waits for another person
    and says that it stays there.
    """
    of, other = works(office), works(office, "别的")
    number = transfer(office, of)
    confirmed(office, number)
    told = office.do("correct", number, "ours=4", "--note", "填错", by="b1")
    assert "带到别的事项的内容用到 本地分成：那里照旧，要改的在那里更正" in told
    assert "另一人确认" in told
    told = office.do("correct", number, f"works={other}", "--note", "填错", by="b1")
    assert "带动哪些事项看的是 工程：已带动的照旧" in told


def test_effects_are_the_same_on_both_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """A ledger that was copied to the other kind of store is as clean there."""
    office = LinkedOffice(tmp_path, monkeypatch, home, "effects")
    confirmed(office, transfer(office, works(office)))
    target = tmp_path / "copy.db"
    office.do("db", "copy", office.url, f"sqlite:///{target}")
    found = office.asks("audit", "--db", f"sqlite:///{target}", by="admin")
    assert found["findings"] == []
