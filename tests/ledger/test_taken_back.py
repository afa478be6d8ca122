"""What is taken back is an entry like any other: judged again by the audit, folded into the same
rows that a fold of the whole log gives, and refused to everybody whose it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from ledger_office import Bureau

from lifecycle.ledger.copies.refold import refold

_TABLES = ("cases", "letter", "fact_value", "task", "outbox")
REFUSED = 1
REOPEN = (
    "  - {name: reopen, title: 重新办理, kind: reopen, from: [done, closed], to: scouting,"
    " by: bureau}\n"
)


@pytest.fixture(scope="module")
def bureau(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Found an office; each test opens cases of its own."""
    with pytest.MonkeyPatch.context() as patch:
        bureau = Bureau(tmp_path_factory.mktemp("office"), patch, home)
        path = bureau.rules / "workflows" / "visit.yaml"
        path.write_text(path.read_text("utf-8").replace("lights:\n", f"{REOPEN}lights:\n"), "utf-8")
        yield bureau.founded()


def kept(bureau: Bureau) -> dict[str, list[Any]]:
    """Read the rows that are kept beside the log."""
    with bureau.sql() as database:
        return {
            table: sorted(map(repr, database.execute(f"SELECT * FROM {table}").fetchall()))
            for table in _TABLES
        }


def sound(bureau: Bureau) -> None:
    """The audit finds nothing, and the log folded anew gives the rows that are kept."""
    assert bureau.findings() == []
    before = kept(bureau)
    with closing(bureau.office()) as office, office.store.writing():
        refold(office.store)
    assert kept(bureau) == before


def values_of(bureau: Bureau, number: str, fact: str) -> list[Any]:
    """Read the editions of a fact that are kept, as (edition, seq, value)."""
    with bureau.sql() as database:
        found = database.execute(
            "SELECT edition, fact_value.seq, value FROM fact_value JOIN cases ON cases.id = case_id"
            " WHERE number = ? AND fact = ? ORDER BY edition",
            (number, fact),
        )
        return [tuple(row) for row in found.fetchall()]


def refused(bureau: Bureau, *args: str, by: str, told: str) -> None:
    """A command is refused with a text, as a dry run too."""
    for more in ((), ("--dry-run",)):
        code, text = bureau.fails(*args, *more, by=by)
        assert code == REFUSED
        assert told in text, text


def case_of(bureau: Bureau, number: str) -> Any:
    """Give a case as machines read it."""
    return bureau.asks("show", number)["case"]


def test_a_cleared_fact_is_missing_again(bureau: Bureau) -> None:
    """It ends its history, makes the opinions on it stale, and no earlier value comes back."""
    number = bureau.ready()
    bureau.do("set", number, "investment=40000", "--on", "2026-09-04", by="bureau02")
    late = ("--on", "2026-09-04", "--because", "当时未及录入")
    bureau.do("sign", number, "to_siting", "agree", *late, by="land01")
    clear = ("clear", number, "总投资", "--note", "填成了别的项目的")
    refused(bureau, "clear", number, "总投资", by="bureau02", told="须写明清除的理由")
    refused(bureau, *clear, by="bureau01", told="只能由本人收回")
    refused(bureau, *clear, by="land01", told="不具备该角色")
    refused(bureau, "clear", number, "name", "--note", "无", by="bureau01", told="不能清除")
    refused(bureau, "clear", number, "area", "--note", "无", by="bureau01", told="没有填")
    told = bureau.do(*clear, "--on", "2026-09-05", by="bureau02")
    said = "清除 总投资（原 40000 万元）：填成了别的项目的"
    assert told == f"已办理：{number}　剑瓷文化体验街区　{said}\n"
    assert said in bureau.do("log", number)
    assert "investment" not in case_of(bureau, number)["facts"]
    assert [row[2] for row in values_of(bureau, number, "investment")][-1] is None
    answer = bureau.run("why", number, "to_siting").stdout
    assert "缺 总投资" in answer
    assert "国土 的意见已失效" in answer or "已失效" in answer
    refused(bureau, *clear, by="bureau02", told="总投资 没有填，无从清除")
    bureau.do("set", number, "investment=32000", by="bureau01")
    sound(bureau)


def test_all_faults_of_a_clearing_are_told_at_once(bureau: Bureau) -> None:
    """Unknown names come together; so do the gates of several facts."""
    number = bureau.opened("investment=100", "area=2")
    _code, text = bureau.fails("clear", number, "甲乙", "丙丁", "--note", "误", by="bureau01")
    assert "甲乙" in text
    assert "丙丁" in text
    _code, text = bureau.fails("clear", number, "investment", "kind", "area", by="bureau02")
    assert text.count("只能由本人收回") == 2
    assert "类别 没有填" in text
    assert "须写明清除的理由" in text


def test_what_was_read_is_corrected_not_cleared(bureau: Bureau) -> None:
    """Once a step that stands has read it; after a return it may be cleared again."""
    number = bureau.ready()
    bureau.do("advance", number, "to_siting", "--on", "2026-09-05", by="bureau01")
    clear = ("clear", number, "investment", "--note", "填错")
    refused(bureau, *clear, by="bureau01", told="总投资 已由“转入规划选址”采用")
    detach = ("detach", number, "report", "--note", "传错")
    refused(bureau, *detach, by="planning01", told="已由“转入规划选址”采用")
    back = ("send_back", "--note", "补正", "--on", "2026-09-06")
    bureau.do("advance", number, *back, by="planning01")
    bureau.do(*clear, by="bureau01")
    bureau.do(*detach, by="planning01")
    assert case_of(bureau, number)["materials"] == {}
    sound(bureau)


def test_what_a_record_entered_is_not_cleared(bureau: Bureau) -> None:
    """It goes with its record only."""
    number = bureau.opened("investment=100")
    bureau.do("advance", number, "note_visit", "--set", "people=12", by="bureau01")
    refused(
        bureau,
        *("clear", number, "people", "--note", "误"),
        by="bureau01",
        told=f"收回那一笔：lifecycle take-back {number} note_visit",
    )


def test_a_detached_material_is_missing_and_its_bytes_stay(bureau: Bureau) -> None:
    """Whoever attached it may take it back, with the reason; the file is kept all the same."""
    number = bureau.ready()
    before = case_of(bureau, number)["materials"]["report"]["sha256"]
    refused(bureau, "detach", number, "report", by="planning01", told="须写明撤下的理由")
    refused(bureau, "detach", number, "report", "--note", "误", by="land01", told="只能由本人")
    refused(bureau, "detach", number, "letter", "--note", "误", by="land01", told="没有传")
    detach = ("detach", number, "选址论证报告", "--note", "传错了")
    told = bureau.do(*detach, "--on", "2026-09-04", by="planning01")
    assert told.endswith("撤下 选址论证报告（报告.pdf）：传错了\n")
    assert case_of(bureau, number)["materials"] == {}
    assert before in bureau.home.kept(bureau.path)
    assert "缺 选址论证报告" in bureau.run("why", number, "to_siting").stdout
    sound(bureau)


def test_the_three_doors(bureau: Bureau) -> None:
    """By delegation, recorded late for a colleague, and in bulk, the same rules hold."""
    first, second = bureau.opened("investment=1"), bureau.opened("investment=2", name="乙")
    note = ("--note", "误填")
    bureau.do("officer", "delegate", "bureau02", "--until", "2026-12-31", by="bureau01")
    refused(bureau, "clear", first, "investment", *note, by="bureau02", told="只能由本人收回")
    late = ("--done-by", "bureau01", "--because", "本人出差", "--on", "2026-09-02")
    bureau.do("clear", first, "investment", *note, *late, by="bureau02")
    bureau.do("set", first, "investment=3", by="bureau01")
    assert (
        "早于"
        in bureau.fails("clear", first, "investment", *note, "--on", "2026-09-01", by="bureau01")[1]
    )
    bureau.do("clear", first, "investment", *note, "--for", "bureau01", by="bureau02")
    table = bureau.write("clear.csv", f"编号,理由\n{first},误填\n{second},误填\n")
    told = bureau.do_not("clear", table, "investment", by="bureau01").splitlines()
    assert "没有填，无从清除" in told[0]
    assert told[1:] == [
        (
            f"✓ clear.csv:3　{second}　乙　清除 总投资（原 2 万元）：误填　"
            "提示：“转入规划选址”的要素不再满足：缺 总投资"
        ),
        "已办理 1 件，未办理 1 件",
    ]
    sound(bureau)


def test_nothing_is_taken_back_after_the_end(bureau: Bureau) -> None:
    """In a final state facts and materials stay."""
    number = bureau.opened("investment=1")
    bureau.do("advance", number, "close", "--note", "不办了", by="bureau01")
    refused(
        bureau,
        "clear",
        number,
        "investment",
        "--note",
        "误",
        by="bureau01",
        told="不再受理任何办理",
    )


def test_a_repeated_request_is_recognised(bureau: Bureau) -> None:
    """Sent again under its request id, a clearing gives the same answer."""
    number = bureau.opened("investment=1")
    clear = ("clear", number, "investment", "--note", "误", "--request-id", f"c-{number}")
    entries = [bureau.asks(*clear, by="bureau01") for _ in range(2)]
    assert entries[0]["entry"] == entries[1]["entry"]
    assert [entry["repeated"] for entry in entries] == [False, True]


def test_a_forged_clearing_is_found(home: Home, tmp_path: Path) -> None:
    """Somebody else's clearing, slipped into the log, is a finding."""
    with pytest.MonkeyPatch.context() as patch:
        bureau = Bureau(tmp_path, patch, home).founded()
        number = bureau.opened("investment=1")
        bureau.do("clear", number, "investment", "--note", "误", by="bureau01")
        if not home.in_files:
            return  # there nobody rewrites an entry
        bureau.forge(
            2 + _before(bureau), lambda body: body["intent"]["actor"].update(id="bureau02")
        )
        codes = {finding.code for finding in bureau.findings()}
    assert "illegal" in codes


def _before(bureau: Bureau) -> int:
    """Count the entries of the office itself."""
    with bureau.sql() as database:
        found = database.execute("SELECT count(*) FROM entry WHERE case_id = 'office'")
        return int(found.fetchone()[0])


def test_a_mistaken_opening_is_cancelled(bureau: Bureau) -> None:
    """By whoever opened it: the number stays as void, lists and to-dos leave the case out, `show`
    tells of it, and nothing is done to it any more.
    """
    number = bureau.opened("investment=1", "owner_unit=owner", name="立重了的项目")
    bureau.do("set", number, "investment=2", by="bureau01")
    refused(bureau, "cancel", number, by="bureau01", told="须写明撤销的理由")
    refused(bureau, "cancel", number, "--note", "重", by="bureau02", told="只能由本人收回")
    listed = [case["number"] for case in bureau.asks("list")["cases"]]
    told = bureau.do("cancel", number, "--note", "重复立项", by="bureau01")
    assert told == f"已办理：{number}　立重了的项目　撤销立项，编号作废：重复立项\n"
    assert [case["number"] for case in bureau.asks("list")["cases"]] == [
        one for one in listed if one != number
    ]
    assert "list --workflow" not in bureau.run("list", "--workflow", "visit").stdout
    waiting = [task["number"] for task in bureau.asks("todo", by="bureau01")["tasks"]]
    assert number not in waiting
    shown = bureau.do("show", number)
    assert "立项已撤销" in shown
    assert "编号作废" in shown
    machine = bureau.asks("show", number)
    assert (machine["stage"], machine["final"], machine["transitions"]) == ("立项已撤销", True, [])
    assert machine["case"]["cancelled"] is True
    assert bureau.asks("search", "立重了的项目")["total"] == 0
    found = bureau.asks("search", number)["cases"]
    assert [(row["number"], row["stage"]) for row in found] == [(number, "立项已撤销")]
    told = f"{number} 的立项已撤销，编号作废，不再受理任何办理"
    for command in (
        ("set", number, "investment=3"),
        ("cancel", number, "--note", "重"),
        ("advance", number, "close", "--note", "终止"),
        ("correct", number, "investment=3", "--note", "误"),
    ):
        refused(bureau, *command, by="bureau01", told=told)
    assert bureau.opened(name="再立的项目") > number
    sound(bureau)


def test_an_opening_that_others_worked_on_is_not_cancelled(bureau: Bureau) -> None:
    """Neither once somebody else has acted, nor once a transition was made."""
    number = bureau.ready()
    cancel = ("cancel", number, "--note", "立错了")
    refused(bureau, *cancel, by="bureau01", told="第 2 笔由 planning01 办理")
    stepped = bureau.opened()
    bureau.do("advance", stepped, "note_visit", "--set", "people=3", by="bureau01")
    refused(bureau, "cancel", stepped, "--note", "错", by="bureau01", told="已办理“登记到访”")
    ended = bureau.opened()
    bureau.do("advance", ended, "close", "--note", "不办", by="bureau01")
    refused(bureau, "cancel", ended, "--note", "错", by="bureau01", told="不再受理任何办理")


def test_a_cancelled_opening_by_three_doors(bureau: Bureau) -> None:
    """By delegation the entries count as the opener's; late for a colleague; in bulk."""
    bureau.do("officer", "delegate", "bureau02", "--until", "2026-12-31", by="bureau01")
    note = ("--note", "重复立项")
    first = bureau.opened(name="代撤的")
    bureau.do("set", first, "investment=1", "--for", "bureau01", by="bureau02")
    bureau.do("cancel", first, *note, "--for", "bureau01", by="bureau02")
    late = ("--done-by", "bureau01", "--because", "出差", "--on", "2026-09-02")
    second = bureau.opened(name="补撤的")
    bureau.do("cancel", second, *note, *late, by="bureau02")
    third, fourth = bureau.opened(name="成批撤的"), bureau.ready()
    table = bureau.write("cancel.csv", f"编号\n{third}\n{fourth}\n")
    told = bureau.do_not("cancel", table, *note, by="bureau01").splitlines()
    assert told[0] == f"✓ cancel.csv:2　{third}　成批撤的　撤销立项，编号作废：重复立项"
    assert "别人已经办过，不能撤销" in told[1]
    sound(bureau)


def test_a_record_is_taken_back(bureau: Bureau) -> None:
    """By whoever made it; what it entered is missing again, and the history says so."""
    number = bureau.opened("investment=1")
    bureau.do("advance", number, "note_visit", "--set", "people=12", by="bureau01")
    bureau.do("advance", number, "note_visit", "--set", "people=120", by="bureau01")
    back = ("take-back", number, "登记到访", "--note", "记到了别的项目")
    refused(bureau, "take-back", number, "note_visit", by="bureau01", told="须写明收回的理由")
    refused(bureau, *back, by="bureau02", told="只能由本人收回")
    refused(bureau, *back, by="land01", told="由 市招商局 办理")
    told = bureau.do(*back, by="bureau01")
    said = "收回 登记到访（第 3 笔）：记到了别的项目"
    assert told == f"已办理：{number}　剑瓷文化体验街区　{said}\n"
    assert said in bureau.do("show", number)
    assert case_of(bureau, number)["facts"]["people"] == 12
    assert case_of(bureau, number)["transitions"]["note_visit"]["count"] == 1
    refused(bureau, *back, by="bureau01", told="已有收回或退回的，还要收回第 2 笔的，须写明")
    refused(bureau, *back, "--entry", "3", by="bureau01", told="不是“登记到访”的最后一笔")
    bureau.do(*back, "--entry", "2", by="bureau01")
    assert [row[2] for row in values_of(bureau, number, "people")] == ["12", "120", "12", None]
    refused(bureau, *back, by="bureau01", told="“登记到访”没有办过，或已退回、收回")
    bureau.do("advance", number, "close", "--note", "不办", by="bureau01")
    refused(bureau, *back, by="bureau01", told="不再受理任何办理")
    sound(bureau)


def test_a_move_is_returned_not_taken_back(bureau: Bureau) -> None:
    """In bulk and late too."""
    number = bureau.ready()
    bureau.do("advance", number, "to_siting", "--on", "2026-09-05", by="bureau01")
    back = ("take-back", number, "to_siting", "--note", "办错")
    refused(bureau, *back, by="bureau01", told="改变了环节，不能收回")
    refused(bureau, *back, "--on", "2026-09-06", by="bureau01", told="改变了环节，不能收回")
    other = bureau.opened()
    bureau.do("advance", other, "note_visit", "--set", "people=2", by="bureau01")
    table = bureau.write("back.csv", f"编号,理由\n{number},错\n{other},错\n")
    told = bureau.do_not("take-back", table, "note_visit", by="bureau01").splitlines()
    assert "没有办过" in told[0]
    assert told[1] == f"✓ back.csv:3　{other}　剑瓷文化体验街区　收回 登记到访（第 2 笔）：错"
    late = ("--done-by", "bureau01", "--because", "出差", "--on", "2026-09-10")
    third = bureau.opened()
    visit = ("note_visit", "--set", "people=2", "--on", "2026-09-09")
    bureau.do("advance", third, *visit, by="bureau01")
    bureau.do("take-back", third, "note_visit", "--note", "错", *late, by="bureau02")
    sound(bureau)


def test_a_case_that_ended_is_reopened(bureau: Bureau) -> None:
    """With a reason and by a second person, whichever way the command comes; it is then among the
    cases that run, with its limits of that day.
    """
    number = bureau.ready()
    note = ("--note", "投资方又来函")
    refused(bureau, "advance", number, "reopen", *note, by="bureau01", told="须在“办结、终止”办理")
    bureau.do("advance", number, "close", "--note", "不办", "--on", "2026-09-10", by="bureau01")
    reopen = ("advance", number, "重新办理")
    told = "确须再办的，先办“重新办理”"
    refused(bureau, "set", number, "area=1", by="bureau01", told=told)
    refused(bureau, *reopen, by="bureau02", told="须说明理由")
    refused(bureau, *reopen, *note, by="bureau01", told="终止 由 bureau01 办理，重新办理 须换人")
    refused(bureau, *reopen, *note, by="land01", told="由 市招商局 办理")
    bureau.do("officer", "delegate", "bureau02", "--until", "2026-12-31", by="bureau01")
    refused(bureau, *reopen, *note, "--for", "bureau01", by="bureau02", told="须换人")
    late = ("--done-by", "bureau01", "--because", "出差", "--on", "2026-09-11")
    refused(bureau, *reopen, *note, *late, by="bureau02", told="须换人")
    told = bureau.do(*reopen, *note, "--on", "2026-09-14", by="bureau02")
    assert told.splitlines()[0].endswith("重新办理　终止 → 考察导入：投资方又来函")
    shown = bureau.asks("show", number)
    assert (shown["state"], shown["final"], shown["entered_on"]) == (
        "scouting",
        False,
        "2026-09-14",
    )
    assert {one["status"] for one in shown["opinions"]} == {"stale"}
    waiting = [task["number"] for task in bureau.asks("todo", by="land01")["tasks"]]
    assert number in waiting
    ended = bureau.opened(name="另一件")
    bureau.do("advance", ended, "close", "--note", "不办", by="bureau02")
    table = bureau.write("reopen.csv", f"编号,理由\n{ended},又要办\n{number},又要办\n")
    lines = bureau.do_not("advance", table, "reopen", by="bureau01").splitlines()
    assert lines[0].startswith(
        f"✓ reopen.csv:2　{ended}　另一件　重新办理　终止 → 考察导入：又要办"
    )
    assert "须在“办结、终止”办理" in lines[1]
    sound(bureau)
