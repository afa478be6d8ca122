"""Tables align by terminal cells, stream, and let no text drive the terminal."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.cli.cases.todo import waiting_lines
from lifecycle.cli.terminal import output, refusal, table
from lifecycle.cli.terminal.output import say
from lifecycle.cli.terminal.paragraph import flow
from lifecycle.cli.terminal.text import cut, pad, safe, wrap, wrap_all
from lifecycle.errors import cell_width

if TYPE_CHECKING:
    from lifecycle.office.cases.cases import Gate


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        """Claim it."""
        return True


def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal of 40 columns in place of standard output."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_of_waiting_letters_each_command_stands_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow terminal the line is parted between its two commands, not within one."""
    stream = at_terminal(monkeypatch)
    for line in waiting_lines(14, 3, 0):
        say(line)
    assert stream.getvalue().splitlines() == [
        "  送达　lifecycle notice deliver",
        "        待送公文 11 件；清单：",
        "        lifecycle notice outbox",
        "  送达　lifecycle notice outbox",
        "        3 件的收文单位没有送达方式：人工",
        "        送达后登记",
        "        （lifecycle notice sent），或请",
        "        管理员在送达设置里写上怎么送",
    ]


def test_columns_align_with_mixed_widths(capsys: pytest.CaptureFixture[str]) -> None:
    """Each column starts at one cell, whether what stands before it is wide or narrow; numbers
    stand right.
    """
    count = table.write_table(
        ("编号", "项目", "万元"),
        [("LS-F-2026-001", "云和沐溪康养小镇", "126000"), ("LS-2", "大垟 Resort 𡶴头", "800")],
        align="<<>",
    )
    assert count == 2
    assert capsys.readouterr().out == (
        "编号           项目                万元\n"
        "LS-F-2026-001  云和沐溪康养小镇  126000\n"
        "LS-2           大垟 Resort 𡶴头     800\n"
    )


def test_a_table_streams(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows are printed page by page; no more than a page is ever held."""
    taken = 0

    def rows() -> Iterator[tuple[str]]:
        nonlocal taken
        for number in range(10):
            assert number - len(capsys.readouterr().out.split()) <= 10
            taken += 1
            yield (str(number),)

    assert table.write_table(("号",), islice(rows(), 10), page=3) == 10
    assert taken == 10


def test_heads_are_repeated_where_columns_move(capsys: pytest.CaptureFixture[str]) -> None:
    """A later page with wider cells gets its heads again, so that they stand over their columns."""
    table.write_table(("甲", "乙"), [("1", "x"), ("22222", "y")], page=1)
    assert capsys.readouterr().out == "甲  乙\n1   x\n甲     乙\n22222  y\n"


def test_a_terminal_gets_no_broken_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the cells of the widest columns go on in further lines; colours go with them,
    and nothing is cut off.
    """
    terminal = at_terminal(monkeypatch)
    name = "很长很长很长很长很长很长很长很长很长的名称"
    table.write_table(("编号", "项目"), [("LS-F-2026-001", output.paint(name, "red"))])
    assert "\x1b[31m很长很长很长的名称\x1b[0m" in terminal.getvalue()
    assert plain(terminal) == (
        "编号           项目\n"
        "LS-F-2026-001  很长很长很长很长很长很长\n"
        "               很长很长很长的名称\n"
    )


def plain(terminal: Terminal) -> str:
    """Give what stands on a terminal, without its colours."""
    return re.sub(r"\x1b\[\d+m", "", terminal.getvalue())


def test_a_terminal_breaks_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one copies stays whole: where columns do not fit beside each other, rows are notes, each
    cell after its title; what is empty is left out.
    """
    terminal = at_terminal(monkeypatch)
    heads = ("事项", "公文", "日期", "文号", "标题")
    row = ("LS-F-2026-001", "14-siting-consultation", "2026-11-30", "", "关于选址征求意见的函")
    table.write_table(heads, [row])
    assert plain(terminal) == (
        "LS-F-2026-001\n"
        "    公文：14-siting-consultation\n"
        "    日期：2026-11-30\n"
        "    标题：关于选址征求意见的函\n"
    )


def test_no_column_is_narrow_and_tall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a long cell would run down a narrow column, rows are notes as well."""
    terminal = at_terminal(monkeypatch)
    row = ("LS-F-2026-001", "2026-11-30", "很长" * 20)
    table.write_table(("编号", "期限", "见于"), [row])
    assert plain(terminal) == (
        "LS-F-2026-001\n"
        "    期限：2026-11-30\n"
        "    见于：很长很长很长很长很长很长很长很\n"
        "      长很长很长很长很长很长很长很长很长\n"
        "      很长很长很长很长\n"
    )


WHOLE = [
    "lifecycle sign LS-1 to_siting agree",
    "lifecycle attach LS-1 report 文件",
    "lifecycle notice draft LS-1 公文 --to 角色",
    "lifecycle notice sent LS-1 9-x --unit 市政府",
    "2026年9月30日",
    "2026-09-30",
    "第 137 笔",
    "13.8 米",
    "15 个工作日",
    "32000 万元",
    "≤30%",
    "丽招商函〔2026〕17号",
    "“召开设计评审会”",
    "《关于征求选址意见的函》",
    "planning_conditions",
    "选址论证报告.pdf",
]


@given(
    st.sampled_from(WHOLE), st.text("选址意见和规划条件的复函", max_size=40), st.integers(50, 90)
)
def test_what_is_read_as_one_stands_on_one_line(whole: str, before: str, width: int) -> None:
    """A command, a date, a number with its unit, a letter's number, a quoted name, an identifier, a
    file's name is never broken, wherever in a paragraph it stands; no line is too long, and none
    begins with closing punctuation.
    """
    text = f"{before}{whole}，{before}。"
    lines = wrap(text, width, rest="    ").split("\n")
    assert any(whole in line for line in lines), lines
    assert all(cell_width(line) <= width for line in lines)
    assert not any(line.strip().startswith(("，", "。", "）")) for line in lines)
    assert "".join(line.strip() for line in lines) == text


def test_quoted_names_one_after_the_other_are_parted() -> None:
    """Between two of them a line may end; within one it does not."""
    names = "“转入规划选址”“转入签订意向书”“签订意向书”"
    assert wrap(f"会签过{names}的单位", 34) == (
        "会签过“转入规划选址”\n“转入签订意向书”“签订意向书”的单位"
    )


def test_a_command_wider_than_its_place_moves_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it does not fit under what it mends, a command begins further left; one wider than the
    terminal goes on after a backslash, so that what is copied runs, and no word of it is cut.
    """
    terminal = at_terminal(monkeypatch)
    for name in ("to_siting", "a_long_transition_of_this_office"):
        gate = Condition(
            "会签", "缺 国土 的同意意见，须先送会签再办理", f"lifecycle sign LS-1 {name} agree"
        )
        refusal.print_gates([cast("Gate", gate)])
    assert plain(terminal).splitlines() == [
        "  ✗ 会签　　缺 国土 的同意意见，须先送会",
        "            签再办理",
        "     lifecycle sign LS-1 to_siting agree",
        "  ✗ 会签　　缺 国土 的同意意见，须先送会",
        "            签再办理",
        "    lifecycle sign LS-1 \\",
        "      a_long_transition_of_this_office \\",
        "      agree",
    ]


def as_a_shell_reads(line: str) -> list[str]:
    """Give the words after the command's name as a shell hands them over."""
    script = f"lifecycle() {{ printf '%s\\n' \"$@\"; }}\n{line}"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize("columns", [80, 60, 40])
def test_a_command_of_several_lines_is_one_to_a_shell(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """However a long command reaches the screen (under a gate, in a paragraph, after it, in an
    answer), the shell reads the words that were meant, a value in quotes with its spaces.
    """
    words = ["LS-F-2026-003", "47-design-revision", "--unit", "龙泉市文旅公司（示例）", "--note"]
    command = " ".join(("lifecycle notice sent", *words, '"当面  送到"', "--by 方式"))
    monkeypatch.setenv("COLUMNS", str(columns))
    prints: list[Callable[[], None]] = [
        lambda: refusal.print_gates([cast("Gate", Condition("会签", "缺 意见", command))]),
        lambda: flow("　　　", "送到以后登记：", command=command),
        lambda: say(f"送到以后登记：{command}"),
        lambda: say(f"      {command}"),
    ]
    for show in prints:
        terminal = at_terminal(monkeypatch)
        monkeypatch.setenv("COLUMNS", str(columns))
        show()
        told = plain(terminal)
        meant = told[told.index("lifecycle ") :]
        assert as_a_shell_reads(meant) == shlex.split(command)[1:]
        assert max(map(cell_width, told.splitlines())) <= columns


def test_what_is_typed_is_not_cut() -> None:
    """Where a line is cut, a command, an identifier or a date is there whole or not at all; only
    what alone is wider is cut.
    """
    told = "第 7 笔更正待 市招商局 确认：lifecycle confirm LS-F-2026-003 7"
    for width in range(30, 60):
        assert cut(told, width) == "第 7 笔更正待 市招商局 确认：…"
    assert cut("转入设计评审（to_design）", 18) == "转入设计评审…"
    assert cut("x" * 25, 10) == "x" * 9 + "…"


def test_answers_and_messages_are_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command says goes on in the next line, standing in or under its label, with its
    colours; into a file or pipe it is one line.
    """
    terminal = at_terminal(monkeypatch)
    output.say(
        "已办理：LS-1　", output.paint("剑瓷文化体验街区转入规划选址", "bold"), "，限 2026-09-30"
    )
    assert plain(terminal) == ("已办理：LS-1　剑瓷文化体验街区转入规划选\n    址，限 2026-09-30\n")
    assert "\x1b[1m址\x1b[0m" in terminal.getvalue()
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    output.warn("  改法：写标题里的一段，或用：lifecycle notice list LS-1 查看")
    assert stderr.getvalue() == (
        "  改法：写标题里的一段，或用：\n        lifecycle notice list LS-1 查看\n"
    )


class Condition(NamedTuple):
    """A gate, as far as it is printed."""

    label: str
    text: str
    mend: str
    met: bool = False
    basis: str = ""


def test_a_terminal_breaks_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a gate a mend stands only where it fits; else it begins a line, and long words are
    wrapped under themselves.
    """
    terminal = at_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    gates = [
        Condition("要素", "缺 总投资", "lifecycle set 1 a=…"),
        Condition("材料", "缺 考察报告", "lifecycle attach 1 report 文件"),
        Condition(
            "会签", "国土 不同意：权属未清，征收也没有完成", "由其撤回：lifecycle resolve 1 a"
        ),
    ]
    refusal.print_gates(cast("list[Gate]", gates))
    assert terminal.getvalue() == (
        "  ✗ 要素　　缺 总投资\n"
        "            lifecycle set 1 a=…\n"
        "  ✗ 材料　　缺 考察报告\n"
        "          lifecycle attach 1 report 文件\n"
        "  ✗ 会签　　国土 不同意：权属未清，征收\n"
        "            也没有完成\n"
        "            由其撤回：\n"
        "            lifecycle resolve 1 a\n"
    )


def test_block_aligns_values_and_their_further_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Values stand in one column, and a value's second line under its first."""
    table.write_block([("编号", "LS-1"), ("牵头单位", "国土\n规划")], indent="  ")
    assert capsys.readouterr().out == "  编号      LS-1\n  牵头单位  国土\n            规划\n"


def test_colours_only_where_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours, NO_COLOR and dumb terminals do not; painted cells count their plain
    width.
    """
    terminal = at_terminal(monkeypatch)
    assert output.mark(True) == "\x1b[32m✓\x1b[0m"
    table.write_table(("关",), [(output.mark(False),)])
    assert "\x1b[31m✗\x1b[0m" in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    assert (output.mark(True), output.mark(False), output.mark(None)) == ("✓", "✗", "－")
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert output.mark(True) == "✓"


@given(st.text())
def test_safe_text_is_printable_and_stays_safe(text: str) -> None:
    """No control, direction mark or lone surrogate survives, and what is safe is not
    changed again.
    """
    once = safe(text)
    assert safe(once) == once
    assert not any(
        ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u200e\u200f\u202a\u202e\u2066\u2069\ufeff"
        for c in once
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\x00\x1b[31m\x7f", "a␉b␀␛[31m␡"),
        ("\x9b2J", "\\u009b2J"),
        ("正\u202e反", "正\\u202e反"),
        ("\ud800", "\\ud800"),
        ("垟峃漈𡶴　全角空格", "垟峃漈𡶴　全角空格"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("\ue000自造字", "\ue000自造字"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_could_drive_a_terminal_is_shown(text: str, shown: str) -> None:
    """Controls become pictures or escapes; rare characters, private ones, wide spaces and emoji
    stay.
    """
    assert safe(text) == shown


@given(
    st.text(alphabet=st.sampled_from("国土，。（）“”abc 123-　"), max_size=120), st.integers(8, 40)
)
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    """Lines hold all that is not space; only punctuation that must cling may overhang."""
    lines = wrap(text, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert (
            cell_width(line.rstrip("，。）”").rstrip("（“")) <= width + 2
            or "（" in line
            or "“" in line
            or "，" in line
        )


def test_wrapping_respects_punctuation_and_words() -> None:
    """No line begins with closing punctuation or ends with opening; Latin words stay whole; long
    ones are broken.
    """
    assert wrap("依据国土资源部令第39号，公告期。", 22) == "依据国土资源部令\n第39号，公告期。"
    assert wrap("运行 lifecycle advance", 18) == "运行\nlifecycle advance"
    assert wrap("x" * 25, 10) == "x" * 10 + "\n" + "x" * 10 + "\n" + "x" * 5
    assert wrap("甲乙丙（丁", 8) == "甲乙丙\n（丁"


def test_paragraphs_are_joined_and_verbatim_ones_kept() -> None:
    """Source lines join without a space between Chinese; a paragraph after \\b is left alone."""
    assert wrap_all("甲\n乙\n\n\b\n  a\n  b", 20, indent=" ") == " 甲乙\n\n   a\n   b"


def test_pad_and_cut_count_cells() -> None:
    """A wide character is never halved."""
    assert pad("国", 4) == "国  "
    assert pad("国", 4, ">") == "  国"
    assert cut("国土规划", 5) == "国土…"
    assert cut("国土规划", 6) == "国土…"
    assert cut("国土", 4) == "国土"


@pytest.mark.parametrize("text", ["\x1b\x9b\u202e\u2028\x7f", "\U000e0041", "正常", "\u3000"])
def test_json_carries_any_text_unharmed(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The document holds the text exactly, but no character on its way that could drive
    a terminal.
    """
    output.write_json({"text": text})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": text}
    assert safe(out, "\n") == out


def test_progress_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Items pass through unchanged; nothing is drawn into a file, and a terminal's line is wiped at
    the end.
    """
    assert list(output.progress(range(3), title="核对", total=3)) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(output.progress(range(2), title="核对", total=2)) == [0, 1]
    assert "核对" in stream.getvalue()
    assert stream.getvalue().endswith("\r")
