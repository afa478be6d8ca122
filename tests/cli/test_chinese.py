"""The command line's manners: Chinese help by cell width, one message and one exit code for each
failure.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from answers import answered
from click.testing import CliRunner, Result

from lifecycle.cli.desk import Day, Desk, at_desk
from lifecycle.cli.root import root
from lifecycle.cli.terminal.chinese import Choice, Group, Number, Verb, argument, command, option
from lifecycle.errors import ConflictError, InvalidError, UnavailableError, UnknownError, cell_width

LONG = (
    "“逾期未反馈”不等于同意：牵头单位应当催办（记录入账），仍不反馈的，报分管领导协调；"
    "silence "
    "is not consent。"
)


def shell(function: Callable[..., Any], *decorators: Callable[[Any], Any]) -> Group:
    """Make a group with one verb `go`."""
    for decorate in reversed(decorators):
        function = decorate(function)
    made = command("go", help=LONG + "\n\n" + LONG, examples=["lifecycle go LS-F-2026-003 --json"])(
        function
    )
    group = Group("lifecycle", help="测试用。")
    group.add_command(made)
    return group


def run(group: click.Command, *args: str) -> Result:
    """Run a command line."""
    return CliRunner().invoke(group, args, prog_name="lifecycle")


def fails_with(error: BaseException) -> Group:
    """Make a verb that raises an error."""

    def go(desk: Desk) -> None:
        raise error

    return shell(go, at_desk)


def test_help_is_chinese_and_no_line_is_wider_than_80_cells() -> None:
    """Headings, metavars and notes are Chinese; wide characters count two; no line begins with
    closing punctuation.
    """
    group = shell(
        lambda **_: None,
        argument("case", help="事项编号，或编号、标题中任何不重复的一段"),
        option(
            "--limit",
            type=click.IntRange(1, 100),
            default=20,
            show_default=True,
            help="最多列出几条" + LONG,
        ),
        option("--note", required=True, help="理由"),
        at_desk,
    )
    text = run(group, "go", "--help").stdout
    assert text.startswith("用法：lifecycle go [选项] CASE\n")
    for piece in (
        "参数：",
        "选项：",
        "通用选项：",
        "示例：",
        "（必填）",
        "默认 20；",
        "1<=x<=100）",
        "显示本说明",
    ):
        assert piece.replace(" ", "") in "".join(text.split())
    assert "--note 文字  " in text
    assert "  lifecycle go LS-F-2026-003 --json\n" in text
    lines = text.splitlines()
    assert max(map(cell_width, lines)) <= 80
    assert not [line for line in lines if line.strip()[:1] in tuple("，。；：）”")]
    assert not re.search(r"Usage|Options|Commands|default|required|Show this", text)


def test_explanations_of_all_options_start_in_one_column() -> None:
    """The second column starts at the same cell in each row, however wide the first is."""
    group = shell(lambda **_: None, option("--一", help="甲"), option("--long-name", help="乙"))
    rows = [
        line for line in run(group, "go", "-h").stdout.splitlines() if line.endswith(("甲", "乙"))
    ]
    assert len({cell_width(row[:-1]) for row in rows}) == 1


def test_group_help_imports_no_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of verbs needs their lines only; a verb is imported when called."""
    sections = {"办理": {"lost": Verb("lifecycle.cli.lost:lost", "没有这个模块")}}
    group = Group("lifecycle", sections=sections, help="测试用。")
    assert "办理：\n  lost  没有这个模块\n" in run(group, "--help").stdout
    result = run(group, "lost")
    assert (result.exit_code, "Traceback" in result.output) == (3, False)


def commands_of(group: Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Give every command under a group with the words that call it."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        assert found is not None
        if isinstance(found, Group):
            yield from commands_of(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


def test_what_is_to_be_written_is_named_in_chinese() -> None:
    """No argument and no option of any command asks for an English word; only how a date or an
    address is written, and the names of shells, are as they are.
    """
    plain = {"URL", "YYYY-MM-DD", "bash|zsh|fish"}
    for path, found in commands_of(root, "lifecycle"):
        ctx = click.Context(found)
        for param in found.get_params(ctx):
            if isinstance(param, click.Option) and param.is_flag:
                continue
            word = param.make_metavar(ctx)
            assert word in plain or not re.search("[A-Za-z]{2,}", word), (path, word)


def test_every_verb_of_the_root_can_be_imported() -> None:
    """No line of the help leads nowhere, and each verb's own help opens."""
    ctx = click.Context(root)
    for name in root.list_commands(ctx):
        result = run(root, name, "--help")
        assert (result.exit_code, result.stdout[:3]) == (0, "用法："), name


WRONG = [
    (["gp"], "没有命令“gp”", "是否为“go”？"),
    ([], "用法：lifecycle", ""),
    (["go", "--nots", "x"], "没有选项“--nots”", "是否为“--note”？"),
    (["go"], "缺参数 CASE", ""),
    (["go", "C", "--note"], "选项 --note 后面要写一个值", ""),
    (["go", "C", "D", "E"], "多出的参数：D E", ""),
    (["go", "C", "--json=1"], "选项 --json 后面不带值", ""),
    (["go", "C", "--number", "x"], "--number：“x”不是整数", ""),
    (["go", "C", "--number", "7"], "--number：7 不在允许的范围内，应为 0 至 5", ""),
    (["go", "C", "--verdict", "maybe"], "--verdict：“maybe”不在可选之列：agree、object", ""),
    (["go", "C", "--file", "没有.txt"], "--file：“没有.txt”不存在", ""),
    (["go", "C", "--file", "."], "--file：“.”是目录，这里要文件", ""),
    (["go", "C", "--yes", "perhaps"], "--yes：“perhaps”不是是否值", ""),
    (
        ["go", "C", "--on", "2026-02-30"],
        "--on：“2026-02-30”不是日期；应写作 YYYY-MM-DD，如 2026-08-01",
        "",
    ),
    (["go", "C", "--pair", "a"], "选项 --pair 后面要写 2 个值", ""),
]


@pytest.mark.parametrize(("args", "message", "mend"), WRONG)
def test_wrong_usage_is_told_in_chinese_with_code_2(
    args: list[str], message: str, mend: str
) -> None:
    """Each way of calling a command wrongly has a Chinese message, a suggestion where one is near,
    and exit code 2.
    """
    group = shell(
        lambda *_, **__: None,
        argument("case"),
        option("--note"),
        option("--number", type=Number(0, 5)),
        option("--verdict", type=Choice(["agree", "object"])),
        option("--file", type=click.Path(exists=True, dir_okay=False)),
        option("--yes", type=bool),
        option("--pair", nargs=2),
        at_desk,
    )
    result = run(group, *args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert mend in result.stderr
    assert result.stdout == ""
    assert not re.search(r"Error|Usage|Invalid|Missing|No such|Got", result.stderr)


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (InvalidError("数额不对", "写成数字"), 1, "invalid"),
        (UnknownError("事项", "LS-9", ["LS-8"]), 1, "unknown"),
        (ConflictError("已由他人办理"), 1, "conflict"),
        (UnavailableError("数据库不可用"), 3, "unavailable"),
        (OSError(28, "No space left on device"), 3, "unavailable"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ZeroDivisionError("secret detail"), 3, "internal"),
    ],
)
def test_failures_have_their_exit_code_and_one_json_document(
    error: BaseException, code: int, kind: str
) -> None:
    """Message and mend go to stderr; with --json, the same stands in one document on stdout."""
    plain = run(fails_with(error), "go")
    assert (plain.exit_code, plain.stdout) == (code, "")
    told = run(fails_with(error), "go", "--json")
    document = answered(told.stdout)
    assert told.exit_code == code
    assert set(document) == {"ok", "error"}
    assert document["ok"] is False
    assert document["error"]["kind"] == kind
    assert document["error"]["message"] in told.stderr
    assert document["error"]["mend"] in told.stderr
    assert "secret detail" not in told.output


def test_a_bug_is_logged_in_the_data_folder_and_never_shown(isolated: Path) -> None:
    """The officer sees one sentence that names the log; the log holds the traceback."""
    result = run(fails_with(ZeroDivisionError("secret detail")), "go")
    assert result.exit_code == 3
    assert result.stderr.startswith("程序内部出错，未能办理\n  改法：")
    log = next(isolated.rglob("lifecycle.log"))
    assert str(log) in result.stderr
    assert "ZeroDivisionError: secret detail" in log.read_text("utf-8")


def test_a_bug_is_shown_to_those_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIFECYCLE_DEBUG=1 prints the traceback."""
    monkeypatch.setenv("LIFECYCLE_DEBUG", "1")
    assert "Traceback" in run(fails_with(ZeroDivisionError()), "go").stderr


def test_messages_cannot_drive_the_terminal() -> None:
    """Control characters and direction marks in a message are shown, not obeyed."""
    result = run(fails_with(InvalidError("标题\x1b[2J\u202e反\x07")), "go", "--json")
    assert result.stderr == "标题␛[2J\\u202e反␇\n"
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert answered(result.stdout)["error"]["message"] == "标题\x1b[2J\u202e反\x07"


def test_a_command_may_return_its_exit_code() -> None:
    """An audit with findings returns 1; a command that returns nothing ends with 0."""
    assert run(shell(lambda **_: 1), "go").exit_code == 1
    assert run(shell(lambda **_: None), "go").exit_code == 0
    assert run(shell(lambda **_: True), "go").exit_code == 0


def test_desk_takes_options_before_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--as` and `--db` win over LIFECYCLE_OFFICER and LIFECYCLE_DB; without any officer the error
    says what to do.
    """
    seen: list[tuple[str | None, str, str]] = []
    group = shell(lambda desk: seen.append((desk.db, desk.officer, str(desk.on))), at_desk)
    none = run(group, "go")
    assert none.exit_code == 2
    assert "--as 工号" in none.stderr
    assert "LIFECYCLE_OFFICER" in none.stderr
    monkeypatch.setenv("LIFECYCLE_OFFICER", "land01")
    monkeypatch.setenv("LIFECYCLE_DB", "sqlite:///a.db")
    assert run(group, "go").exit_code == 0
    assert (
        run(group, "go", "--as", "fin01", "--db", "sqlite:///b.db", "--on", "2026-08-01").exit_code
        == 0
    )
    assert seen == [("sqlite:///a.db", "land01", "None"), ("sqlite:///b.db", "fin01", "2026-08-01")]


@pytest.mark.parametrize(
    "text", ["20260801", "2026-W31-6", "2026-8-1", "2026/08/01", "２０２６-08-01", ""]
)
def test_a_day_is_written_in_one_way_only(text: str) -> None:
    """Other spellings of a date are refused rather than guessed."""
    with pytest.raises(click.BadParameter):
        Day().convert(text, None, None)


def checkout(*args: str, **kwargs: Any) -> subprocess.CompletedProcess[bytes]:
    """Run cli.py as a process."""
    cli = Path(__file__).resolve().parents[2] / "cli.py"
    return subprocess.run(
        [sys.executable, str(cli), *args], capture_output=True, check=False, **kwargs
    )


def test_help_imports_click_and_nothing_heavy() -> None:
    """A cold `lifecycle --help` loads none of the libraries that cost time."""
    code = "import sys; from lifecycle.cli.root import root; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout.split()
    assert "click" in loaded
    assert not {
        "sqlmodel",
        "sqlalchemy",
        "jinja2",
        "openpyxl",
        "yaml",
        "transitions",
        "asyncio",
    } & set(loaded)


def test_the_process_ends_with_flushed_output_and_its_code() -> None:
    """The direct exit loses no output; wrong usage ends with 2."""
    assert "用法：lifecycle" in checkout("--help").stdout.decode()
    assert checkout("--nonsense").returncode == 2


@pytest.mark.skipif(os.name == "nt", reason="no /dev/full and no SIGPIPE there")
def test_output_that_cannot_be_written_is_a_failure() -> None:
    """A full disk behind the output gives code 3; a reader that has gone gives no message."""
    with Path("/dev/full").open("wb") as full:
        cli = Path(__file__).resolve().parents[2] / "cli.py"
        assert (
            subprocess.run(
                [sys.executable, str(cli), "--help"], stdout=full, check=False
            ).returncode
            == 3
        )
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, str(cli), "--help"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")
