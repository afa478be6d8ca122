"""Other people's tables: what officers have in XLSX, CSV and YAML comes in whole, and goes out
harmless.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lifecycle.engine.values import Entered
from lifecycle.errors import InvalidError
from lifecycle.exchange import csvfile, tables
from lifecycle.exchange.rows import SheetPlace, SheetRow, letters
from lifecycle.exchange.tables import read_rows, write_rows

TEXT = "项目,总投资\n云和大垟康养,126000\n𡶴头文旅,800\n"


def values(path: Path) -> list[dict[str, Entered]]:
    """Read a file that must have no fault."""
    rows = list(read_rows(path))
    assert [row.faults for row in rows] == [()] * len(rows)
    return [row.values for row in rows]


def workbook(path: Path, *rows: list[Any]) -> Path:
    """Save rows as a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_is_read_whatever_its_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    """The encodings and separators of Excel and WPS all give the same rows, rare characters
    included.
    """
    path = tmp_path / "项目.csv"
    path.write_bytes(TEXT.replace(",", separator).encode(encoding))
    assert values(path) == [
        {"项目": "云和大垟康养", "总投资": "126000"},
        {"项目": "𡶴头文旅", "总投资": "800"},
    ]


def test_rows_know_their_lines(tmp_path: Path) -> None:
    """A place is the line on which the record begins, also after empty lines and cells that span
    lines.
    """
    path = tmp_path / "a.csv"
    path.write_text('\n甲,乙\n1,"x\ny"\n\n,\n2,z\n', "utf-8")
    assert list(read_rows(path)) == [
        SheetRow(SheetPlace("a.csv", 3), {"甲": "1", "乙": "x\ny"}),
        SheetRow(SheetPlace("a.csv", 7), {"甲": "2", "乙": "z"}),
    ]


def test_a_bad_row_does_not_stop_the_others(tmp_path: Path) -> None:
    """A cell without a head is that row's fault alone."""
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1,2,3\n4,5\n", "utf-8")
    first, second = read_rows(path)
    assert [fault.message for fault in first.faults] == [
        "a.csv:2：第 3 列（C）有内容，但表头没有这一列"
    ]
    assert second == SheetRow(SheetPlace("a.csv", 3), {"甲": "4", "乙": "5"})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv 是空文件"),
        ("a.csv", b"\n,\n", "a.csv 里什么也没有"),
        ("a.csv", "甲,甲\n".encode(), "a.csv:1：列名“甲”出现两次（A 列和 B 列）"),
        ("a.csv", "甲,,乙\n".encode(), "a.csv:1：第 2 列（B）没有列名"),
        ("a.csv", '甲\n"没有关\n'.encode(), "a.csv:2：从这一行起引号不配对"),
        ("a.csv", b"\xff\x81\xff", "a.csv 的文字编码认不出"),
        (
            "a.csv",
            ("甲\n" + "x" * 200_000).encode(),
            "a.csv:2：从这一行起引号不配对，或一格超过 100000 字",
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0....", "a.xls 是旧的 .xls 格式"),
        ("a.xlsx", b"PK\x03\x04....", "a.xlsx 不是完好的 XLSX 文件"),
        ("a.yaml", b"# nothing\n", "a.yaml 里什么也没有"),
        ("a.yaml", "甲: 1\n甲: 2\n".encode(), "a.yaml:2:1: 错误：键 “甲” 重复"),
        ("a.yaml", "- 甲: 1\n- 甲: [1\n".encode(), "a.yaml:2:6: 错误："),
        ("a.yaml", "甲: \xff".encode("latin1", "replace"), "a.yaml:1:"),
    ],
)
def test_what_is_no_table_is_refused_in_chinese(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """The message names file and place, and says what to do where that is known."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidError) as caught:
        list(read_rows(tmp_path / name))
    assert message in caught.value.message


def test_a_file_that_is_not_there_or_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing files, folders and files over the limit have their own messages."""
    with pytest.raises(InvalidError, match="没有文件"):
        read_rows(tmp_path / "nowhere.csv")
    with pytest.raises(InvalidError, match="是目录"):
        read_rows(tmp_path)
    monkeypatch.setattr(tables, "MOST_MB", 0)
    (tmp_path / "a.csv").write_text("甲\n", "utf-8")
    with pytest.raises(InvalidError, match="超过 0 MB"):
        read_rows(tmp_path / "a.csv")


def test_a_workbook_gives_what_its_reader_sees(tmp_path: Path) -> None:
    """Numbers as shown, dates as dates, yes and no in Chinese, empty cells and rows left out."""
    path = workbook(
        tmp_path / "a.xlsx",
        [" 项目 ", "投资\n（万元）", "公告日", "时刻", "竞得", None],
        [
            "甲",
            0.1 + 0.2,
            datetime.fromisoformat("2026-09-08"),
            datetime.fromisoformat("2026-09-08T09:30"),
            True,
            None,
        ],
        [None, None, None, None, None, None],
        ["乙", 126000.0, date(2026, 9, 9), None, False, None],
        ["丙", 1e-7, None, None, None, None],
    )
    assert values(path) == [
        {
            "项目": "甲",
            "投资 （万元）": "0.3",
            "公告日": "2026-09-08",
            "时刻": "2026-09-08 09:30:00",
            "竞得": "是",
        },
        {"项目": "乙", "投资 （万元）": "126000", "公告日": "2026-09-09", "竞得": "否"},
        {"项目": "丙", "投资 （万元）": "0.0000001"},
    ]
    assert str(next(read_rows(path)).place) == "a.xlsx[Sheet]:2"


def test_formulas_without_values_and_with_errors_are_faults(tmp_path: Path) -> None:
    """A formula never calculated is not read as an empty cell, and #REF! is not read as text."""
    path = workbook(
        tmp_path / "a.xlsx",
        ["甲", "乙"],
        ["=2", "=1+1"],
        ["y", "#REF!"],
        ["z", 1],
        ["#N/A", "#REF!"],
    )
    rows = [([fault.message for fault in row.faults], row.values) for row in read_rows(path)]
    assert rows == [
        (
            [
                "a.xlsx[Sheet]:2：A2 格的公式没有算出的值",
                "a.xlsx[Sheet]:2：B2 格的公式没有算出的值",
            ],
            {},
        ),
        (["a.xlsx[Sheet]:3 “乙”列：公式出错 #REF!"], {"甲": "y"}),
        ([], {"甲": "z", "乙": "1"}),
        (
            ["a.xlsx[Sheet]:5 “甲”列：公式出错 #N/A", "a.xlsx[Sheet]:5 “乙”列：公式出错 #REF!"],
            {},
        ),
    ]


def test_every_visible_sheet_is_read(tmp_path: Path) -> None:
    """Each sheet has its own heads and its own faults; hidden and empty ones are left out."""
    book = Workbook()
    first, second, third, hidden = (
        book.create_sheet(title) for title in ("甲表", "乙表", "丙表", "藏")
    )
    for row in (["名称", "投资"], ["甲", 1]):
        first.append(row)
    for row in (["投资", "名称"], [2, "乙"]):
        second.append(row)
    third.append(["名称", "名称"])
    hidden.append(["名称"])
    hidden.append(["不读"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    rows = list(read_rows(tmp_path / "a.xlsx"))
    assert [(str(row.place), row.values) for row in rows] == [
        ("a.xlsx[甲表]:2", {"名称": "甲", "投资": "1"}),
        ("a.xlsx[乙表]:2", {"名称": "乙", "投资": "2"}),
        ("a.xlsx[丙表]:1", {}),
    ]
    assert [len(row.faults) for row in rows] == [0, 0, 1]
    assert rows[1].places == {"投资": "a.xlsx[乙表]:2:1", "名称": "a.xlsx[乙表]:2:2"}


def test_a_calculated_formula_counts_as_its_value(tmp_path: Path) -> None:
    """What Excel last calculated is what is read."""
    plain = workbook(tmp_path / "a.xlsx", ["甲"], ["=1+1"])
    done = tmp_path / "b.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(done, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            new.writestr(entry, re.sub(rb"</f><v\s*/?>(</v>)?", b"</f><v>2</v>", content))
    assert values(done) == [{"甲": "2"}]


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks into more than the limit is not unpacked."""
    from lifecycle.exchange import workbook as module

    path = workbook(tmp_path / "a.xlsx", ["甲"], ["x"])
    monkeypatch.setattr(module, "MOST_UNPACKED_MB", 0)
    with pytest.raises(InvalidError, match="解开后"):
        list(read_rows(path))


def test_yaml_gives_rows_as_typed(tmp_path: Path) -> None:
    """A list is its rows, a single mapping one row; a list within stays one, and nothing is turned
    into a number.
    """
    path = tmp_path / "a.yaml"
    path.write_text(
        "---\n# 项目\n- 项目: 甲\n  日期: 2026-09-08\n  是否: no\n  部门: [林业, 文物]\n- 项目: "
        "乙\n  空: ~\n",
        "utf-8",
    )
    assert list(read_rows(path)) == [
        SheetRow(
            SheetPlace("a.yaml", 3),
            {"项目": "甲", "日期": "2026-09-08", "是否": "no", "部门": ("林业", "文物")},
        ),
        SheetRow(SheetPlace("a.yaml", 7), {"项目": "乙"}),
    ]
    path.write_text("项目: 甲\n面积: 1e3\n", "utf-8")
    assert values(path) == [{"项目": "甲", "面积": "1e3"}]


def test_yaml_rows_that_are_not_flat_are_faults_of_their_own(tmp_path: Path) -> None:
    """A nested value, a list with an empty item, and an item that is no mapping spoil only their
    row.
    """
    path = tmp_path / "a.yml"
    path.write_text("- 甲: {乙: 1}\n- 甲: [一, ~]\n- 甲\n- 甲: [一、二, 三]\n", "utf-8")
    rows = list(read_rows(path))
    assert [(row.place.row, len(row.faults)) for row in rows] == [(1, 1), (2, 1), (3, 1), (4, 0)]
    assert rows[3].values == {"甲": ("一、二", "三")}


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=20)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_csv_comes_back_as_it_went_out(rows: list[tuple[str, str]]) -> None:
    """Whatever the cells hold, writing and reading gives them back, less outer space; and none can
    run as a formula.
    """
    file = io.StringIO(newline="")
    assert csvfile.write_csv(file, ("甲", "乙"), rows) == len(rows)
    kept = [{k: v.strip() for k, v in zip("甲乙", row, strict=True) if v.strip()} for row in rows]
    with pytest.MonkeyPatch.context() as patch, Temporary(file.getvalue()) as path:
        patch.setattr("lifecycle.exchange.rows.MOST_CELL", 10**9)
        assert [row.values for row in read_rows(path)] == [row for row in kept if row]
    for cell in (cell for row in rows for cell in row):
        assert csvfile.guarded(cell)[:1] not in tuple("=@") or not cell


class Temporary:
    """A CSV file for the length of a block."""

    def __init__(self, text: str) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "a.csv")
        self.path.write_text(text, "utf-8-sig", newline="")

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM", "'@SUM"),
        ("-5.2", "-5.2"),
        ("-A1", "'-A1"),
        ("'=x", "''=x"),
        ("正常", "正常"),
    ],
)
def test_csv_guards_formulas_but_not_numbers(cell: str, written: str) -> None:
    """An apostrophe stands before what a spreadsheet would run; a signed number needs none."""
    assert csvfile.guarded(cell) == written


def test_written_workbook_is_text_only(tmp_path: Path) -> None:
    """Every cell is a string, formulas and control characters included; the heads stay in view."""
    path = tmp_path / "out.xlsx"
    assert write_rows(path, "表", ("甲", "乙"), [("=1+1", "-5"), ("a\x0bb", "2026-01-01")]) == 2
    sheet = load_workbook(path).active
    assert sheet is not None
    assert [[(c.data_type, c.value) for c in row] for row in sheet.iter_rows()] == [
        [("s", "甲"), ("s", "乙")],
        [("s", "=1+1"), ("s", "-5")],
        [("s", "a␋b"), ("s", "2026-01-01")],
    ]
    assert sheet.freeze_panes == "A2"
    assert values(path)[0] == {"甲": "=1+1", "乙": "-5"}


def test_a_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """The new table replaces the old one only when it is complete; nothing half-done is left
    behind.
    """
    path = tmp_path / "out.csv"
    write_rows(path, "表", ("甲",), [("1",)])

    def broken() -> Any:
        yield ("2",)
        raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        write_rows(path, "表", ("甲",), broken())
    assert values(path) == [{"甲": "1"}]
    assert sorted(file.name for file in tmp_path.iterdir()) == [".lifecycle-exports", "out.csv"]


def test_columns_are_named_as_spreadsheets_do() -> None:
    """A to Z, then AA."""
    assert [letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
