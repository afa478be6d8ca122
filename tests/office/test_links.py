"""Links between cases: entered by their door, read as they stood, pinned, and shown both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from linked_office import LinkedOffice

from lifecycle.engine.world.others import MOST_PINS, OtherCase
from lifecycle.ledger.across import collecting
from lifecycle.ledger.across.others import OtherCases
from lifecycle.ledger.register import Register


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LinkedOffice:
    """Give an office with works and their problems."""
    return LinkedOffice(tmp_path, monkeypatch)


def gates_of(office: LinkedOffice, number: str) -> list[Any]:
    """Give the gates recorded with the last entry of a case."""
    with office.home.outside(office.path) as database:
        rows = database.execute(
            "SELECT body FROM entry WHERE case_id = (SELECT id FROM cases WHERE number = ?)"
            " ORDER BY seq DESC",
            (number,),
        )
        gates: list[Any] = json.loads(next(iter(rows))[0])["gates"]
    return gates


def test_an_open_problem_blocks_its_works_until_it_is_solved(office: LinkedOffice) -> None:
    """The refusal says how many and which; `why`, `todo` and `--dry-run` say what `advance`
    does.
    """
    works = office.works()
    problem = office.problem(works)
    blocked = ["条件 未终结的问题协调 1 件（WT-2026-001 缺地），应为 0（尚有未解决的问题）"]
    assert office.refusal("advance", works, "finish", by="b1") == blocked
    assert office.refusal("advance", works, "finish", "--dry-run", by="b1") == blocked
    why = office.asks("why", works, "finish", by="b1")
    assert [g["text"] for g in why["gates"] if not g["met"]] == [blocked[0].removeprefix("条件 ")]
    tasks = {t["transition"]: t["kind"] for t in office.asks("todo", by="b1")["tasks"]}
    assert tasks == {"finish": "supply", "solve": "advance"}
    office.do("advance", problem, by="b1")
    assert office.asks("why", works, "finish", by="b1")["allowed"] is True
    office.do("advance", works, by="b1")
    assert office.findings() == []


def test_what_reads_no_other_case_is_judged_once(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ahead of its turn, also where other transitions of the workflow read; one that reads is
    judged again in its turn.
    """
    judged: list[str] = []
    judge = Register._judge

    def noting(self: Register, *asked: Any) -> Any:
        judged.append(asked[3].transition)
        return judge(self, *asked)

    works = office.works()
    monkeypatch.setattr(Register, "_judge", noting)
    office.do("advance", works, "inspect", by="l1")
    office.do("advance", works, "finish", by="b1")
    assert judged == ["inspect", "finish", "finish"]


def test_what_was_read_is_pinned(office: LinkedOffice) -> None:
    """The entry names the number, seq and hash of every case that a condition read."""
    works = office.works()
    problem = office.problem(works)
    office.do("advance", problem, by="b1")
    office.do("advance", works, by="b1")
    with office.home.outside(office.path) as database:
        read = "SELECT number, seq, head FROM cases WHERE number = ?"
        (pin,) = database.execute(read, (problem,))
    guards = [inputs for kind, inputs in gates_of(office, works) if kind == "guard"]
    assert [guard["cases"] for guard in guards] == [[list(pin)], [list(pin)]]
    (guard,) = (inputs for kind, inputs in gates_of(office, problem) if kind == "guard")
    assert guard["with"] == {"project": works, "project.state": "begun"}


def test_of_many_cases_an_entry_has_one_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """Above so many the entry has their number and the digest of what was read; it stays small, the
    audit works it out again, and a member left out is found.
    """
    office = LinkedOffice(tmp_path, monkeypatch, home)
    works = office.works()
    for number in range(MOST_PINS + 1):
        problem = office.problem(works, f"问题{number}", cost="1")
        office.do("advance", problem, by="b1")
    honest = collecting._cases
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "_cases", lambda *asked, **more: list(honest(*asked, **more))[1:])
        office.do("advance", works, by="b1")
    guards = [inputs for kind, inputs in gates_of(office, works) if kind == "guard"]
    assert [guard["linked"]["problem"]["count"] for guard in guards] == [MOST_PINS] * 2
    assert [case for _code, case, _message in office.findings()] == [works]


def test_what_links_later_changes_nothing_that_was_recorded(office: LinkedOffice) -> None:
    """However many cases link by now, the audit reads those that did then, in the same way."""
    works = office.works()
    office.do("advance", office.problem(works), by="b1")
    office.at("2026-09-10")
    office.do("advance", works, "finish", by="b1")
    office.at("2026-09-11")
    for number in range(MOST_PINS + 1):
        facts = (f"subject=问题{number}", f"project={works}", "cost=1")
        sets = [word for fact in facts for word in ("--set", fact)]
        office.do("open", "problem", *sets, "--on", "2026-09-08", by="l1")
    assert office.findings() == []


def test_of_many_cases_the_open_one_blocks(office: LinkedOffice) -> None:
    """However many there are, one that is open is told."""
    works = office.works()
    for number in range(MOST_PINS + 1):
        office.do("advance", office.problem(works, f"问题{number}", cost="1"), by="b1")
    office.problem(works, "最后一个", cost="1")
    (told,) = office.refusal("advance", works, "finish", by="b1")
    assert told.startswith("条件 未终结的问题协调 1 件（WT-2026-022 最后一个）")
    assert office.findings() == []


def test_the_sum_over_problems_is_read(office: LinkedOffice) -> None:
    """What the linked cases add up to bounds the works, at the very limit."""
    works = office.works()
    for cost in ("60", "40"):
        office.do("advance", office.problem(works, cost=cost), by="b1")
    assert office.asks("why", works, "finish", by="b1")["allowed"] is True
    office.do("advance", office.problem(works, cost="0.01"), by="b1")
    (told,) = office.refusal("advance", works, "finish", by="b1")
    assert told.startswith("条件 问题协调的花费合计 100.01 万元，至多 100")


def test_a_condition_of_the_opening_reads_the_case_linked_to(office: LinkedOffice) -> None:
    """The opening is judged like a transition: value given and wanted, in the words of the other
    workflow.
    """
    small = office.works("小园", "2999")
    told = office.refusal(
        "open", "problem", "--set", "subject=缺地", "--set", f"project={small}", by="l1"
    )
    assert told == ["条件 项目的总投资 2999 万元，至少 3000 万元（项目已完工，或不足3000万元）"]
    done = office.works("完工园")
    office.do("advance", done, "finish", by="b1")
    words = ("open", "problem", "--set", "subject=缺地", "--set", f"project={done}")
    (told_done,) = office.refusal(*words, by="l1")
    assert told_done.startswith("条件 项目的终结 是，应为 否（")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--set", "subject=缺地", "--set", "project=GC-2026-777"), "没有事项“GC-2026-777”"),
        (("--set", "subject=缺地", "--set", "project=WT-2026-001"), "项目 WT-2026-001 是问题协调"),
        (("--set", "subject=缺地"), "要素 缺 项目"),
        (
            ("--set", "subject=缺地", "--set", "project=剑瓷园", "--set", "answer=好"),
            "填报 办理结果 立项时不填",
        ),
    ],
)
def test_a_link_names_a_case_that_there_is_of_its_workflow(
    office: LinkedOffice, words: tuple[str, ...], told: str
) -> None:
    """Nothing, another workflow's case, none at all, and what the opening does not ask."""
    office.problem(office.works())
    code, output = office.fails("open", "problem", *words, by="l1")
    assert code == 1
    assert told in " ".join(output.split())


def test_a_link_is_named_by_a_part_of_the_title(office: LinkedOffice) -> None:
    """As officers name cases: of the link's own workflow, whatever else is called so."""
    works = office.works("剑瓷园")
    first = office.problem(works, "剑瓷园缺地")
    second = office.problem("剑瓷", "缺水")
    for problem in (first, second):
        assert office.asks("show", problem)["case"]["facts"]["project"] == works


def test_a_link_is_not_set_and_its_correction_is_always_proposed(office: LinkedOffice) -> None:
    """`set` is refused; a correction waits for the lead, and is judged for the case that it then
    leads to: there must be one.
    """
    works, other = office.works(), office.works("另一个园")
    problem = office.problem(works)
    (told,) = office.refusal("set", problem, f"project={other}", by="b1")
    assert told.startswith("填报 项目 立项时填报，不能单独填")
    code, output = office.fails("correct", problem, "project=GC-2026-777", "--note", "错", by="b1")
    assert (code, "没有事项“GC-2026-777”" in output) == (1, True)
    office.do("correct", problem, f"project={other}", "--note", "错了", by="b1")
    assert office.asks("show", problem)["case"]["facts"]["project"] == works
    blocked = office.asks("why", works, "finish", by="b1")["allowed"]
    office.do("confirm", problem, by="b2")
    assert (blocked, office.asks("why", works, "finish", by="b1")["allowed"]) == (False, True)
    assert office.asks("why", other, "finish", by="b1")["allowed"] is False
    assert office.findings() == []


def test_an_act_of_an_earlier_day_reads_that_day(office: LinkedOffice) -> None:
    """A problem solved on the 9th lets no transition dated the 8th through; dated the 9th it goes,
    on the very day.
    """
    works = office.works()
    problem = office.problem(works)
    office.at("2026-09-10")
    office.do("advance", problem, "--on", "2026-09-09", by="b1")
    (told,) = office.refusal("advance", works, "finish", "--on", "2026-09-08", by="b1")
    assert "未终结的问题协调 1 件" in told
    office.do("advance", works, "finish", "--on", "2026-09-09", by="b1")
    assert office.findings() == []


def test_what_is_recorded_later_of_an_earlier_day_was_not_read(office: LinkedOffice) -> None:
    """A problem that is entered after the works ended, of a day before, is no finding."""
    works = office.works()
    office.at("2026-09-10")
    office.do("advance", works, "finish", by="b1")
    office.at("2026-09-11")
    facts = ("subject=缺地", f"project={works}", "cost=10")
    sets = [word for fact in facts for word in ("--set", fact)]
    office.do("open", "problem", *sets, "--on", "2026-09-08", by="l1")
    assert office.findings() == []


def test_a_cancelled_problem_blocks_nothing_and_linked_works_are_not_cancelled(
    office: LinkedOffice,
) -> None:
    """Whoever cancels the opening of works to which a case links is told which."""
    facts = ("--set", "name=新园", "--set", "amount=5000")
    works = office.do("open", "works", *facts, by="b1").strip()
    problem = office.problem(works)
    (told,) = office.refusal("cancel", works, "--note", "重了", by="b1")
    assert told.startswith("关联 WT-2026-001 缺地 关联到本事项")
    office.do("cancel", problem, "--note", "重了", by="l1")
    office.do("advance", works, "begin", by="b1")
    assert office.asks("why", works, "finish", by="b1")["allowed"] is True
    assert office.findings() == []


def test_show_tells_both_directions(office: LinkedOffice) -> None:
    """A problem shows its works with title and state, the works show their problems."""
    works = office.works()
    problem = office.problem(works)
    assert f"项目 {works} 剑瓷园（开工）" in office.do("show", problem)
    assert f"问题协调 {problem} 缺地（提出）" in office.do("show", works)
    told = office.asks("show", problem)["links"]
    assert told == [
        {"fact": "project", "number": works, "title": "剑瓷园", "state": "begun", "final": False}
    ]
    (linked,) = office.asks("show", works)["linked"]
    assert (linked["workflow"], linked["number"], linked["final"]) == ("problem", problem, False)


def test_lists_are_filtered_through_links(office: LinkedOffice) -> None:
    """`--where` reads the case linked to, and faults in it are told."""
    big, small = office.works("大园", "9000"), office.works("中园", "4000")
    first = office.problem(big)
    office.problem(small)
    found = office.asks("list", "--where", "project.amount > 5000")["cases"]
    assert [row["number"] for row in found] == [first]
    code, told = office.fails("list", "--workflow", "problem", "--where", "project.amont > 5000")
    assert (code, "没有 “amont”" in told, "是否为 “amount”" in told) == (1, True, True)


# ── Honest to a dishonest office: each of these gives one finding, at the entry ──


def hidden(_self: OtherCases, _name: str, _case: object, _on: str) -> tuple[OtherCase, ...]:
    """Read no linked case."""
    return ()


def test_an_open_problem_hidden_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office that read none of the problems let the works end: one finding."""
    works = office.works()
    office.problem(works)
    with monkeypatch.context() as patch:
        patch.setattr(OtherCases, "_linking", hidden)
        office.do("advance", works, "finish", by="b1")
    ((code, case, message),) = office.findings()
    assert (code, case) == ("illegal", works)
    assert "未终结的问题协调 1 件" in message


def test_a_set_short_of_a_member_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A solved problem left out of what was read is found, though the works might have ended."""
    works = office.works()
    office.do("advance", office.problem(works), by="b1")
    with monkeypatch.context() as patch:
        patch.setattr(OtherCases, "_linking", hidden)
        office.do("advance", works, "finish", by="b1")
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("illegal", works)


def test_a_case_read_before_its_last_entry_is_found(
    office: LinkedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Works pinned before they ended – as an office would that sleeps – are found at the reader."""
    works = office.works()
    problem = office.problem(works)
    before = office.office().register.others(office.office().directory)
    early = before._at(case_id_of(office, works), "2026-09-07")
    office.do("set", works, "amount=6000", by="b1")
    with monkeypatch.context() as patch:
        patch.setattr(OtherCases, "_at", lambda *_asked: early)
        office.do("advance", problem, by="b1")
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("gates", problem)


def test_a_day_ignored_is_found(office: LinkedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that reads what came after the act's day, to let it through, is found."""
    works = office.works()
    problem = office.problem(works)
    office.at("2026-09-10")
    office.do("advance", problem, by="b1")
    honest = OtherCases._at
    with monkeypatch.context() as patch:
        patch.setattr(OtherCases, "_at", lambda self, case, _on: honest(self, case, "2026-12-31"))
        office.do("advance", works, "finish", "--on", "2026-09-08", by="b1")
    ((code, case, _message),) = office.findings()
    assert (code, case) == ("illegal", works)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM link",
        "UPDATE link SET target = 'GC-2026-002'",
        "UPDATE link SET workflow = 'works'",
        "UPDATE link SET seq = 2",
        "INSERT INTO link SELECT 'GC-2026-002', 'problem', case_id, 1 FROM link",
    ],
)
def test_altered_links_are_found(office: LinkedOffice, damage: str) -> None:
    """A link dropped, turned, renamed or invented beside the log is one finding, of its case."""
    problem = office.problem(office.works())
    with office.home.outside(office.path) as database:
        database.execute(damage)
    assert office.findings() == [("state", problem, "存储的关联与回放结果不一致")]


def case_id_of(office: LinkedOffice, number: str) -> str:
    """Give the id of a case."""
    with office.home.outside(office.path) as database:
        ((case_id,),) = database.execute("SELECT id FROM cases WHERE number = ?", (number,))
    return str(case_id)


# ── On both stores ──


def test_links_are_the_same_on_both_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """Blocked, solved, ended, audited: in a file and on a server."""
    office = LinkedOffice(tmp_path, monkeypatch, home)
    works = office.works()
    problem = office.problem(works)
    assert len(office.refusal("advance", works, "finish", by="b1")) == 1
    office.do("advance", problem, by="b1")
    office.do("advance", works, "finish", by="b1")
    assert office.findings() == []


def test_a_problem_opened_while_its_works_advance_blocks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """What was judged before the turn came, and read other cases, is judged again in its turn."""
    office = LinkedOffice(tmp_path, monkeypatch, home)
    works = office.works()
    ahead = Register._judge_ahead

    def overtaken(self: Register, *asked: Any) -> Any:
        judged = ahead(self, *asked)
        with monkeypatch.context() as patch:
            patch.setattr(Register, "_judge_ahead", ahead)
            office.problem(works)
        return judged

    with monkeypatch.context() as patch:
        patch.setattr(Register, "_judge_ahead", overtaken)
        (told,) = office.refusal("advance", works, "finish", by="b1")
    assert "未终结的问题协调 1 件" in told
    assert office.findings() == []


# ── Ways round that were tried ──


def test_a_link_is_corrected_only_to_what_the_opening_would_have_taken(
    office: LinkedOffice,
) -> None:
    """Works that have ended, or are too small, take no problem by a correction either; nor when
    they end between the proposal and its confirmation.
    """
    works, small, other = office.works(), office.works("小园", "100"), office.works("另一个园")
    problem = office.problem(works)
    told = office.refusal("correct", problem, f"project={small}", "--note", "错", by="b1")
    assert told == ["条件 项目的总投资 100 万元，至少 3000 万元（项目已完工，或不足3000万元）"]
    office.do("correct", problem, f"project={other}", "--note", "错", by="b1")
    office.do("advance", other, "finish", by="b1")
    (late,) = office.refusal("confirm", problem, by="b2")
    assert late.startswith("条件 项目的终结 是")


def test_a_correction_is_judged_in_the_world_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came to the linked cases since hides nothing: the step's condition no longer holds on
    what it read then.
    """
    office = LinkedOffice(tmp_path, monkeypatch)
    path = office.rules / "works.yaml"
    text = path.read_text("utf-8").replace("version: 1", "version: 2")
    begin = "{name: begin, title: 开工, from: planned, to: begun, by: bureau"
    guard = "{when: linked.problem|sum('cost') <= amount, else: 花费超过总投资}"
    assert begin in text
    path.write_text(text.replace(begin, f"{begin}, needs: {{guards: [{guard}]}}"), "utf-8")
    office.do("workflow", "publish", "rules/works.yaml", by="admin")
    facts = ("--set", "name=新园", "--set", "amount=5000")
    works = office.do("open", "works", *facts, by="b1").strip()
    office.problem(works, cost="4000")
    office.do("advance", works, "begin", by="b1")
    office.at("2026-09-08")
    office.problem(works, "后来的", cost="90000")
    office.do("correct", works, "amount=3500", "--note", "多写了", by="b1")
    upsets = office.asks("show", works)["entries"][-1]["intent"]["data"]["upsets"]
    assert any("“开工”（第 2 笔）的条件不再成立" in one for one in upsets)
    assert office.findings() == []


def test_links_are_judged_in_the_order_in_which_they_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts typed in any order make the same entry: an honest ledger has no finding."""
    office = LinkedOffice(tmp_path, monkeypatch)
    path = office.rules / "problem.yaml"
    text = path.read_text("utf-8").replace("version: 1", "version: 2")
    text = text.replace("asks: [subject, project, cost]", "asks: [subject, project, also, cost]")
    link = "  also: {title: 另一项目, type: case, workflow: works}\n"
    path.write_text(text.replace("  cost: {", f"{link}  cost: {{"), "utf-8")
    office.do("workflow", "publish", "rules/problem.yaml", by="admin")
    first, second = office.works(), office.works("另一个园")
    words = ("--set", "subject=两处", "--set", f"project={first}", "--set", f"also={second}")
    office.do("open", "problem", *words, by="l1")
    assert office.findings() == []


def test_a_link_is_not_cleared(office: LinkedOffice) -> None:
    """It goes by its own door only."""
    problem = office.problem(office.works())
    told = office.refusal("clear", problem, "project", "--note", "错", by="l1")
    assert any(one.startswith("填报 项目 立项时填报") for one in told)


def test_an_opening_is_not_cancelled_backwards_from_under_a_link(office: LinkedOffice) -> None:
    """Whatever day the cancelling is said to be of, whoever links there now counts."""
    facts = ("--set", "name=新园", "--set", "amount=5000")
    works = office.do("open", "works", *facts, by="b1").strip()
    office.at("2026-09-09")
    office.problem(works)
    words = ("cancel", works, "--note", "重了", "--on", "2026-09-07")
    (told,) = office.refusal(*words, by="b1")
    assert told.startswith("关联 WT-2026-001 缺地 关联到本事项")


def test_lists_do_not_guess_at_what_links(office: LinkedOffice) -> None:
    """`linked` in `--where` is refused, never an empty set."""
    office.problem(office.works())
    code, told = office.fails("list", "--where", "linked.problem|count == 0")
    assert (code, "不能用 linked" in told) == (1, True)


def test_who_drops_what_others_read_is_warned(office: LinkedOffice) -> None:
    """A new version is published all the same: which workflow in force cannot read it any more, and
    where, is said.
    """
    path = office.rules / "works.yaml"
    text = path.read_text("utf-8").replace("version: 1", "version: 2")
    path.write_text(text.replace("amount", "worth"), "utf-8")
    done = office.asks("workflow", "publish", "rules/works.yaml", by="admin")
    (warning,) = [one for one in done["warnings"] if one["rule"] == "broken-reader"]
    told = "现行的流程 problem（问题协调）读不成了：要素 project 没有 “amount”"
    assert warning["message"] == told
    assert warning["mend"].startswith("把 problem 也改过来（第 11 行）")
    path.write_text(text.replace("version: 2", "version: 3"), "utf-8")
    done = office.asks("workflow", "publish", "rules/works.yaml", by="admin")
    assert [one["rule"] for one in done["warnings"]] == []
