"""What stands on one screen: `todo` and `show` at a terminal begin with what matters now, and say
how much more there is.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_office import Bureau
from tiny_office import Tiny

from lifecycle.errors import cell_width


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


def at_screen(monkeypatch: pytest.MonkeyPatch, columns: int, lines: int) -> None:
    """Let commands print to a terminal of a size."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (60, 20)])
def test_todo_fits_a_screen(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, columns: int, lines: int
) -> None:
    """As many tasks as fit, in one or two lines each, the overdue first; the last line counts the
    others and says how they are seen; `--full` gives all in full, and so does a pipe.
    """
    for number in range(12):
        late = "2026-09-01" if number % 2 else "2026-09-29"
        tiny.opened("investment=2000", name=f"第{number}个文旅项目", on=late)
    piped = tiny.do("todo", by="bureau01")
    assert piped.count("尚不能办") == 12
    at_screen(monkeypatch, columns, lines)
    told = tiny.do("todo", by="bureau01").splitlines()
    assert len(told) < lines
    assert max(map(cell_width, told)) <= columns
    assert told[0] == "已逾期"
    listed = sum("lifecycle why" in line for line in told)
    assert told[-1] == f"以上 {listed} 项，还有 {12 - listed} 项：lifecycle todo --full"
    assert sum(line.startswith("          ") for line in told) == listed
    full = tiny.do("todo", "--full", by="bureau01")
    assert full.count("尚不能办") == 12
    assert "…" not in full
    assert max(map(cell_width, full.splitlines())) <= columns


@pytest.mark.parametrize("columns", [80, 60])
def test_show_begins_with_what_matters_now(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """The stage, its limit and what the next step lacks; a correction that waits; opinions that are
    owed; last the newest entries and how much was left out. `--full` leaves nothing out.
    """
    number = tiny.opened("investment=32000", "owner_unit=owner", "x_units=wenwu", on="2026-09-29")
    at_screen(monkeypatch, columns, 24)
    told = tiny.do("show", number, by="land01").splitlines()
    assert len(told) < 24
    assert max(map(cell_width, told)) <= columns
    places = [told.index(next(one for one in told if one.startswith(head))) for head in ORDER]
    assert places == sorted(places)
    assert told[-1] == f"没有列出：其他流转 3 项　lifecycle show {number} --full"
    full = tiny.do("show", number, "--full", by="land01")
    assert "登记到访（note_visit，市招商局）" in full
    assert "没有列出" not in full


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (60, 20), (80, 15)])
def test_a_sheet_fits_its_screen(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, columns: int, lines: int
) -> None:
    """However much there is to tell, the sheet leaves a row for what is typed next, no line is
    wider than the screen; the stage, its limit and the next step with its command stand first, what
    is left out is named.
    """
    number = tiny.opened("investment=2000", "owner_unit=owner", "x_units=wenwu", name="金" * 30)
    at_screen(monkeypatch, columns, lines)
    told = tiny.do("show", number, by="land01").splitlines()
    assert len(told) < lines
    assert max(map(cell_width, told)) <= columns
    heads = [line[:2] for line in told if line[:2].strip()]
    assert heads[1:4] == ["环节", "期限", "未齐"]
    assert any("lifecycle " in line for line in told[:11])
    assert any(line.startswith("没有列出：") for line in told)
    assert told[-1].endswith(f"lifecycle show {number} --full")


def test_letters_are_two_lines_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a screen too narrow for a table a letter is what it is called by and where it stands, and
    under it what it is about.
    """
    office = Bureau(tmp_path, monkeypatch).walked()
    at_screen(monkeypatch, 80, 24)
    assert office.do("notice", "list", "KC-2026-001").splitlines() == [
        "✓ 9-consultation　草稿（所属环节已办结）　2026-09-05",
        "    函　关于征求剑瓷文化体验街区选址意见的函　主送 市建设局、市自然资源局、市文…",
    ]
    assert office.do("notice", "list").splitlines()[0].startswith("✓ KC-2026-001　9-consultation")
    assert office.do("notice", "list", "KC-2026-003") == "还没有公文\n"


def test_a_screen_has_room_for_a_few_gates(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a step that lacks much the first gates stand on the sheet, with how many others there are
    and the command that lists them; a second way on is one line.
    """
    monkeypatch.setattr("lifecycle.cli.cases.screen.MOST_GATES", 2)
    number = tiny.opened("x_units=wenwu", on="2026-09-29")
    at_screen(monkeypatch, 80, 24)
    told = tiny.do("show", number, by="bureau01")
    assert told.count("✗") == 2
    assert f"      另缺 3 项　lifecycle why {number} to_siting\n" in told


ORDER = ("环节", "期限", "未齐", "会签", "要素", "2026-09-29")
"""What begins the lines of a sheet, in order."""
