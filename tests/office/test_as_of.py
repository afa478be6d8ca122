"""As of a day, and as recorded at a time: `show`, `list`, `board`, `todo` and `replay` tell what
there was then, by one function.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from tiny_office import NOW, Tiny

from lifecycle.ledger.reading.as_of import NOW as AS_IT_IS
from lifecycle.ledger.reading.as_of import AsOf, case_as_of

FIRST, SECOND = "KC-2026-001", "KC-2026-002"


def at_ten(day: int) -> datetime:
    """Give ten in the morning in Beijing on a day of September."""
    return NOW.replace(day=day)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Tiny]:
    """Make a history that was recorded day by day: a case that goes to siting on the 4th and whose
    investment is corrected on the 20th; one opened on the 7th with an area recorded late.
    """
    with pytest.MonkeyPatch.context() as patch:
        tiny = Tiny(tmp_path_factory.mktemp("kept"), patch, home)
        tiny.now = at_ten(1)
        tiny.founded()
        facts = ("name=剑瓷文化体验街区", "investment=32000", "owner_unit=owner", "x_units=wenwu")
        sets = [part for fact in facts for part in ("--set", fact)]
        tiny.do("open", "visit", *sets, by="bureau01")
        tiny.now = at_ten(2)
        tiny.write("报告.pdf", "选址论证")
        tiny.do("attach", FIRST, "report", "报告.pdf", by="planning01")
        tiny.now = at_ten(3)
        for code in ("land01", "wenwu01"):
            tiny.do("sign", FIRST, "to_siting", "agree", by=code)
        tiny.now = at_ten(4)
        tiny.do("advance", FIRST, "to_siting", by="bureau01")
        tiny.now = at_ten(7)
        tiny.do("open", "visit", "--set", "name=温泉康养", by="bureau02")
        tiny.now = at_ten(10)
        tiny.do("set", SECOND, "area=3", "--on", "2026-09-08", by="bureau01")
        tiny.now = at_ten(15)
        tiny.do("unit", "change", "wenwu", "--title", "市文化遗产局", by="admin")
        tiny.do("officer", "leave", "xiao01", by="admin")
        tiny.now = at_ten(20)
        words = ("correct", FIRST, "investment=31000", "--note", "少算一项")
        tiny.do(*words, by="bureau01")
        tiny.do("confirm", FIRST, "6", by="bureau02")
        tiny.now = at_ten(28)
        tiny.do("set", SECOND, "area=5", by="bureau01")
        tiny.now = at_ten(30)
        yield tiny


@pytest.fixture
def tiny(kept: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give it, its folder the present one."""
    monkeypatch.chdir(kept.folder)
    return kept


# ── One case ──


def test_b5_a_case_is_shown_as_it_was(tiny: Tiny) -> None:
    """B5: the state, the values, the opinions and the days of that day, under a heading that says
    so; no command to type is given.
    """
    told = tiny.do("show", FIRST, "--on", "2026-09-03").splitlines()
    assert told[0] == "截至 2026-09-03（按当日）"
    assert told[2] == "环节　考察导入（前期）　● 绿灯"
    assert told[4] == "进入  2026-09-01，第 3 天"
    assert "可办　转入规划选址（to_siting）　由 市招商局 办理" in told
    assert not [line for line in told if "lifecycle advance" in line]
    shown = tiny.asks("show", FIRST, "--on", "2026-09-03")
    assert (shown["as_of"], shown["as_recorded_at"]) == ("2026-09-03", None)
    assert (shown["state"], shown["seq"], shown["last_on"]) == ("scouting", 4, "2026-09-03")
    assert [one["verdict"] for one in shown["opinions"]] == ["agree", "agree"]
    assert [body["intent"]["seq"] for body in shown["entries"]] == [1, 2, 3, 4]
    before = tiny.asks("show", FIRST, "--on", "2026-09-02")
    assert [one["status"] for one in before["opinions"]] == ["awaited", "awaited"]
    assert list(tiny.asks("show", FIRST, "--on", "2026-09-01")["materials"]) == []


def test_b5_a_case_not_open_yet_says_so(tiny: Tiny) -> None:
    """B5: on a day before its opening there is no case: refused, with the day of the opening; so is
    a time at which it was not recorded, and a time before the office.
    """
    assert tiny.fails("show", SECOND, "--on", "2026-09-06") == (
        1,
        (
            f"{SECOND} 在 2026-09-06 还没有立项，2026-09-07 才立项\n"
            "  改法：--on 写 2026-09-07 或以后的日期\n"
        ),
    )
    words = ("show", SECOND, "--on", "2026-09-10", "--as-recorded-at", "2026-09-06T18:00")
    assert tiny.fails(*words) == (
        1,
        f"{SECOND} 在 2026-09-06 18:00:00 还没有录入\n  改法：写以后的时刻\n",
    )
    assert tiny.fails("list", "--as-recorded-at", "2026-08-01") == (
        1,
        "2026-08-01 23:59:59 还没有建库\n  改法：写建库以后的时刻\n",
    )
    assert tiny.fails("show", FIRST, "--on", "2026-10-01") == (
        1,
        "2026-10-01 在今天（2026-09-30）之后\n  改法：--on 只能写今天或以前的日期\n",
    )


def test_a_later_correction_amends_an_earlier_day(tiny: Tiny) -> None:
    """A correction amends the value of every day on which its edition held, and says so; by who
    asks what was known before, it was not.
    """
    shown = tiny.asks("show", FIRST, "--on", "2026-09-05")
    assert (shown["state"], shown["facts"]["investment"]) == ("siting", "31000")
    assert shown["amended"] == [
        {
            "name": "investment",
            "title": "总投资",
            "seq": 7,
            "on": "2026-09-20",
            "before": "32000",
            "after": "31000",
        }
    ]
    line = "后更正　总投资 32000 万元 → 31000 万元（第 7 笔，2026-09-20）"
    assert line in tiny.do("show", FIRST, "--on", "2026-09-05").splitlines()
    known = ("--on", "2026-09-05", "--as-recorded-at", "2026-09-19")
    shown = tiny.asks("show", FIRST, *known)
    assert (shown["facts"]["investment"], shown["amended"]) == ("32000", [])
    assert (shown["as_of"], shown["as_recorded_at"]) == (
        "2026-09-05",
        "2026-09-19T15:59:59.999999Z",
    )
    after = tiny.asks("show", FIRST, "--on", "2026-09-20")
    assert (after["facts"]["investment"], after["amended"]) == ("31000", [])


def test_what_was_recorded_late_is_known_from_its_recording(tiny: Tiny) -> None:
    """What was done on the 8th and recorded on the 10th was so on the 8th, and was not known on the
    9th; Beijing time.
    """
    assert tiny.asks("show", SECOND, "--on", "2026-09-08")["facts"]["area"] == "3"
    assert "area" not in tiny.asks("show", SECOND, "--on", "2026-09-07")["facts"]
    for time, known in (("2026-09-10T09:59", False), ("2026-09-10T10:01", True)):
        shown = tiny.asks("show", SECOND, "--as-recorded-at", time)
        assert ("area" in shown["facts"], shown["as_of"]) == (known, "2026-09-10")
    told = tiny.do("show", SECOND, "--as-recorded-at", "2026-09-10T09:59")
    assert told.startswith("截至 2026-09-10（按 2026-09-10 09:59:00 止已录入的）\n")


def test_replay_gives_the_values(tiny: Tiny) -> None:
    """`replay --at` gives the values as `show --on` does, for one case and for all."""
    one = tiny.asks("replay", FIRST, "--at", "2026-09-05")
    shown = tiny.asks("show", FIRST, "--on", "2026-09-05")
    assert one["case"] == shown["case"]
    assert (one["as_of"], one["as_recorded_at"]) == ("2026-09-05", None)
    assert one["amended"] == shown["amended"]
    told = tiny.do("replay", FIRST, "--at", "2026-09-05")
    assert "；总投资 31000 万元；" in told
    assert "后更正　总投资 32000 万元 → 31000 万元（第 7 笔，2026-09-20）" in told
    everything = tiny.asks("replay", "--at", "2026-09-05")["cases"]
    assert [(row["case"], row["amended"]) for row in everything] == [
        (shown["case"], shown["amended"])
    ]


def test_who_was_not_in_office_looks_as_anybody(tiny: Tiny) -> None:
    """Who looks at a day on which they were not in office could do nothing then; a code that there
    is not is refused as always.
    """
    tiny.do("show", FIRST, "--on", "2026-09-20", by="xiao01")
    code, message = tiny.fails("show", FIRST, "--on", "2026-09-20", by="xiao02")
    assert (code, message.startswith("没有经办人“xiao02”")) == (1, True)


# ── Many cases ──


def listed(tiny: Tiny, *args: str) -> list[tuple[str, str, str | None]]:
    """List number, state and day due."""
    cases = tiny.asks("list", *args)["cases"]
    return [(row["number"], row["state"], row["due_on"]) for row in cases]


def test_b5_a_list_is_as_it_was(tiny: Tiny) -> None:
    """B5: cases opened later are left out, the others stand where they stood; every filter is
    judged on that day.
    """
    assert listed(tiny, "--on", "2026-09-03") == [(FIRST, "scouting", "2026-09-15")]
    assert listed(tiny, "--on", "2026-09-08") == [
        (FIRST, "siting", "2026-09-24"),
        (SECOND, "scouting", "2026-09-14"),
    ]
    for words, numbers in (
        (("--state", "scouting"), [SECOND]),
        (("--where", "area == 3"), [SECOND]),
        (("--where", "investment == 31000"), [FIRST]),
        (("--unit", "wenwu"), [FIRST]),
        (("--phase", "前期", "--after", FIRST), [SECOND]),
        (("--mine", "--as", "planning01"), [FIRST]),
        (("--overdue",), []),
    ):
        found = tiny.asks("list", "--on", "2026-09-09", *words)["cases"]
        assert [row["number"] for row in found] == numbers, words
    assert [one[0] for one in listed(tiny, "--overdue", "--on", "2026-09-15")] == [SECOND]
    assert [one[0] for one in listed(tiny, "--as-recorded-at", "2026-09-06")] == [FIRST]


def test_a_list_says_as_of_when_it_is(tiny: Tiny) -> None:
    """The heading names the day; what was corrected later is named below the list; machines are
    told both.
    """
    told = tiny.do("list", "--on", "2026-09-05").splitlines()
    assert (told[0], told[-1]) == ("截至 2026-09-05（按当日）", f"后更正　{FIRST}：总投资")
    answer = tiny.asks("list", "--on", "2026-09-05")
    assert (answer["as_of"], answer["as_recorded_at"]) == ("2026-09-05", None)
    assert [row["amended"] for row in answer["cases"]] == [["总投资"]]
    today = tiny.asks("list")
    assert {"as_of", "as_recorded_at"} & today.keys() == set()
    assert "amended" not in today["cases"][0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_says_as_of_when_it_is(tiny: Tiny, kind: str) -> None:
    """In columns of its own: the day, the time of recording, what was corrected later."""
    file = f"then.{kind}"
    words = ("--on", "2026-09-05", "--as-recorded-at", "2026-09-25T12:00")
    told = tiny.do("list", *words, f"--{kind}", file)
    assert told == (f"已导出 1 件：{file}　截至 2026-09-05（按 2026-09-25 12:00:00 止已录入的）\n")
    rows = list(_rows(tiny.folder / file))
    assert rows[0][-3:] == ["截至", "录入截至", "后更正"]
    assert rows[1][-3:] == ["2026-09-05", "2026-09-25 12:00:00", "总投资"]


def _rows(file: Path) -> Iterator[list[Any]]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as text:
            yield from csv.reader(text)
    else:
        from openpyxl import load_workbook

        for row in load_workbook(file).worksheets[0].iter_rows(values_only=True):
            yield list(row)


def test_b5_the_board_is_as_it_was(tiny: Tiny) -> None:
    """B5: the board counts the cases where they stood, with the lights of that day."""

    def stages(*args: str) -> dict[str, tuple[int, dict[str, int]]]:
        (found,) = tiny.asks("board", *args)["workflows"]
        return {s["state"]: (s["count"], s["lights"]) for s in found["states"] if s["count"]}

    green = {"green": 1, "yellow": 0, "red": 0}
    assert stages("--on", "2026-09-03") == {"scouting": (1, green)}
    assert stages("--on", "2026-09-08") == {"scouting": (1, green), "siting": (1, green)}
    late = {"green": 0, "yellow": 1, "red": 0}
    assert stages("--on", "2026-09-15") == {"scouting": (1, late), "siting": (1, green)}
    assert tiny.asks("board", "--on", "2026-09-03")["as_of"] == "2026-09-03"
    assert tiny.do("board", "--on", "2026-09-03").startswith("截至 2026-09-03（按当日）\n")
    assert tiny.do("board", "--as-recorded-at", "2026-09-01T10:00") == (
        "截至 2026-09-01（按 2026-09-01 10:00:00 止已录入的）\n考察接待流程　共 1 件\n"
    ) + "".join(tiny.do("board", "--on", "2026-09-01").splitlines(keepends=True)[2:])


def tasks(tiny: Tiny, *args: str, by: str) -> list[tuple[str, str, str | None, str | None]]:
    """List number, kind, transition and day due of what waits."""
    found = tiny.asks("todo", *args, by=by)["tasks"]
    return [(t["number"], t["kind"], t["transition"], t["due_on"]) for t in found]


def test_b5_tasks_are_as_they_were(tiny: Tiny) -> None:
    """B5: the opinion that was owed, by its own day; the transition that could be made; nothing on
    cases that came later.
    """
    signing = (FIRST, "sign", "to_siting", "2026-09-08")
    assert tasks(tiny, "--on", "2026-09-02", by="land01") == [signing]
    assert tasks(tiny, "--on", "2026-09-02", by="planning01") == [signing]  # by delegation
    assert tasks(tiny, "--on", "2026-09-03", by="land01") == []
    assert tasks(tiny, "--on", "2026-09-03", by="bureau01") == [
        (FIRST, "advance", "to_siting", "2026-09-15")
    ]
    assert tasks(tiny, "--on", "2026-09-09", by="bureau01") == [
        (SECOND, "supply", "to_siting", "2026-09-20")
    ]
    assert tasks(tiny, "--as-recorded-at", "2026-09-02", by="wenwu01") == [signing]
    told = tiny.do("todo", "--on", "2026-09-02", by="land01")
    assert told.startswith("截至 2026-09-02（按当日）\n七日内到期\n")
    answer = tiny.run("todo", "--on", "2026-09-02", "--json", "--as", "land01")
    assert '"next":[]' in answer.stdout.replace(" ", "")


def test_units_and_officers_are_as_they_were(tiny: Tiny) -> None:
    """The names of units are those of the day, and who was in office; as known at a time, what was
    registered later is not known.
    """
    (seat,) = [o for o in tiny.asks("show", FIRST, "--on", "2026-09-02")["opinions"] if o["unit"]]
    assert seat["unit"] == "wenwu"
    assert "市文物局" in tiny.do("show", FIRST, "--on", "2026-09-02")
    assert "市文化遗产局" in tiny.do("show", FIRST)
    assert tasks(tiny, "--on", "2026-09-14", by="xiao01") == []
    assert tiny.fails("todo", "--on", "2026-09-15", by="xiao01")[1].startswith(
        "xiao01（防火科经办人）"
    )
    assert tasks(tiny, "--on", "2026-09-15", "--as-recorded-at", "2026-09-14", by="xiao01") == []


def test_looking_back_writes_nothing(tiny: Tiny) -> None:
    """No table changes by looking at a day before."""

    def tables() -> dict[str, list[Any]]:
        names = ("entry", "cases", "task", "letter", "fact_value", "refusal", "office")
        with tiny.home.outside(tiny.path) as database:
            return {
                name: sorted(map(repr, database.execute(f"SELECT * FROM {name}"))) for name in names
            }

    before = tables()
    for words in (("show", FIRST), ("list",), ("board",), ("todo",)):
        tiny.do(*words, "--on", "2026-09-05", by="bureau01")
    tiny.do("replay", "--at", "2026-09-05")
    assert tables() == before


def test_one_function_gives_the_case(tiny: Tiny) -> None:
    """With nothing bounded it is the case as it is kept; a case of no entries then is None."""
    with closing(tiny.office()) as office:
        case = office.case(FIRST)
        found = case_as_of(office.library, case.id, AS_IT_IS)
        assert found is not None
        assert (found.case, found.amended) == (case, ())
        late = datetime(2026, 9, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert case_as_of(office.library, case.id, AsOf(at=late)) is None


def test_b5_a_case_cancelled_since_was_there_on_its_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    """B5: a list, a board and a to-do of a day before the cancellation have the case; those of the
    day itself, or of what was recorded then, have it not.
    """
    tiny = Tiny(tmp_path, monkeypatch, home)
    tiny.now = at_ten(1)
    tiny.founded()
    tiny.do("open", "visit", "--set", "name=温泉康养", by="bureau02")
    tiny.now = at_ten(10)
    tiny.do("cancel", FIRST, "--note", "重复立项", by="bureau02")
    tiny.now = at_ten(20)
    for on, there in (("2026-09-09", True), ("2026-09-10", False), ("2026-09-20", False)):
        listed = tiny.asks("list", "--on", on)["cases"]
        assert [row["number"] for row in listed] == ([FIRST] if there else [])
        boards = tiny.asks("board", "--on", on)["workflows"]
        assert [board["total"] for board in boards] == ([1] if there else [])
        tasks = tiny.asks("todo", "--on", on, by="bureau01")["tasks"]
        assert bool(tasks) is there
    assert tiny.asks("list")["cases"] == []
