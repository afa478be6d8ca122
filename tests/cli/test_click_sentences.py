"""What click says by itself is Chinese: a catalogue holds each of its sentences, and works under
any locale.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import click
import pytest

from lifecycle.cli.desk import Day
from lifecycle.cli.root import root
from lifecycle.cli.terminal.chinese import Argument, Choice, Option, command
from lifecycle.cli.terminal.translation import CHINESE, shell_completion
from lifecycle.cli.terminal.wording import usage_message

CHECKOUT = Path(__file__).resolve().parents[2]
LOCALE = CHECKOUT / "lifecycle" / "cli" / "terminal" / "locale"
CLICK = Path(str(click.__file__)).parent

PROGRAMMER = (
    "said of a command declared wrongly, when its module is imported: every test would fail"
)
NEVER_SAID = {
    "Could not determine name for option with declarations {decls!r}": PROGRAMMER,
    "No options defined but a name was passed ({name}). Did you mean to declare an argument "
    "instead? "
    "Did you mean to pass '--{name}'?": PROGRAMMER,
    "Arguments take exactly one parameter declaration, got {length}: {decls}.": PROGRAMMER,
    "Name '{name}' defined twice": PROGRAMMER,
    "Boolean option {decl!r} cannot use the same flag for true/false.": PROGRAMMER,
    "Invalid start character for option ({option})": PROGRAMMER,
    "Unknown color {colour!r}": "said to a program that names a colour; ours come from a table",
    "Unknown standard stream '{name}'": "said to a program that names a stream",
    "Choice({choices})": "how Python shows a type in a traceback",
    "extra['required']": "written by get_help_record of click's Option, for which ours writes 必填",
    "d": "days on a progress bar",
    "{editor}: Editing failed": "said where an editor is opened",
    "{editor}: Editing failed: {e}": "said where an editor is opened",
    "Windows error: {error}": "text of an OSError, which goes to the log and is never shown",
}
"""Sentences of click that no officer can meet, each with the reason."""

NOT_USED = {"progressbar", "edit", "File", "open_file", "get_text_stream", "get_binary_stream"}
"""Names of click that would say what NEVER_SAID and UNMARKED leave out; the package uses none of
them.
"""

UNMARKED = {"f\"'{format_filename(value)}': {e.strerror}\"": "said by click.File"}
"""Sentences that click gives an error without looking them up, each with the reason why no officer
can meet it.
"""


def trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Parse each module of a package."""
    for file in sorted(folder.rglob("*.py")):
        yield file.name, ast.parse(file.read_text("utf-8"))


def lookups(tree: ast.Module) -> dict[str, str]:
    """Give the names under which a module has gettext's functions."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "gettext":
            found |= {name.asname or name.name: name.name for name in node.names}
    return found


def message(node: ast.expr) -> str:
    """Give a message as written, or the expression where it is not constant."""
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


def said() -> set[str]:
    r"""Find every message that click looks up; singular and plural are joined by `\0`."""
    return set().union(*(said_in(tree) for _, tree in trees(CLICK)))


def said_in(tree: ast.Module) -> set[str]:
    """Find the messages that one module looks up."""
    found = set()
    names = lookups(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            count = 2 if names[node.func.id] == "ngettext" else 1
            found.add("\0".join(message(argument) for argument in node.args[:count]))
    return found


def msgfmt() -> ModuleType:
    """Load the compiler of catalogues, which stands beside them and in no package."""
    spec = spec_from_file_location("msgfmt", LOCALE / "msgfmt.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_of_click_is_in_the_catalogue_or_can_never_be_met() -> None:
    """A version of click that says something new, or says it otherwise, fails here by the
    sentence's name.
    """
    source = (LOCALE / "zh_CN" / "LC_MESSAGES" / "click.po").read_text("utf-8")
    translated = set(msgfmt().read_po(source)) - {""}
    assert said() - translated - set(NEVER_SAID) == set()
    assert translated | set(NEVER_SAID) == said()
    assert translated & set(NEVER_SAID) == set()


def test_no_translation_is_empty_and_each_fills_the_fields_of_its_sentence() -> None:
    """Every message has all its forms, and no form names a field that click does not fill."""
    messages = msgfmt().read_po((LOCALE / "zh_CN" / "LC_MESSAGES" / "click.po").read_text("utf-8"))
    del messages[""]
    for sentence, text in messages.items():
        forms = text.split("\0")
        assert len(forms) == len(sentence.split("\0")), sentence
        assert all(forms), sentence
        assert fields(text) <= fields(sentence), sentence


def fields(text: str) -> set[str]:
    """Give the names of the fields to fill in."""
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_the_compiled_catalogue_is_that_of_the_readable_one() -> None:
    """The `.mo` beside each `.po` is what `make translation` writes."""
    made = msgfmt()
    sources = list(LOCALE.rglob("*.po"))
    assert [source.name for source in sources] == ["click.po"]
    for source in sources:
        assert source.with_suffix(".mo").read_bytes() == made.to_mo(
            made.read_po(source.read_text("utf-8"))
        )


def test_a_message_twice_in_a_catalogue_is_refused() -> None:
    """Neither of two translations wins silently."""
    with pytest.raises(ValueError, match="twice in the catalogue: 'file'"):
        msgfmt().read_po('msgid "file"\nmsgstr "文件"\n\nmsgid "file"\nmsgstr "文档"\n')


def test_click_looks_nothing_up_in_a_way_that_the_catalogue_does_not_reach() -> None:
    """Each module of click has `gettext` as `_` and `ngettext` under its own name, and only these
    are called.
    """
    for name, tree in trees(CLICK):
        assert lookups(tree).items() <= {"_": "gettext", "ngettext": "ngettext"}.items(), name
        imported = [
            a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
        ]
        assert "gettext" not in imported, name


def test_every_module_of_click_that_speaks_to_officers_speaks_chinese() -> None:
    """Each has the catalogue's lookup, completion included; a module that has not says only what
    nobody can meet.
    """
    shell_completion()
    for name, tree in trees(CLICK):
        module = sys.modules.get(f"click.{name.removesuffix('.py')}")
        names = lookups(tree)
        if all(getattr(module, alias, None) == getattr(CHINESE, names[alias]) for alias in names):
            continue
        assert said_in(tree) <= set(NEVER_SAID), name


def test_click_gives_no_error_a_sentence_that_it_does_not_look_up() -> None:
    """A text that click writes into an error without gettext is known by name, with why no officer
    meets it.
    """
    found = set()
    for _, tree in trees(CLICK):
        names = lookups(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _makes_an_error(node.func):
                found |= {ast.unparse(text) for text in _texts(node, names)}
    assert found == set(UNMARKED)


def _makes_an_error(called: ast.expr) -> bool:
    """Tell whether a call is `….fail(…)` or makes one of click's errors."""
    if isinstance(called, ast.Attribute):
        return called.attr == "fail"
    made = getattr(click.exceptions, called.id, None) if isinstance(called, ast.Name) else None
    return isinstance(made, type) and issubclass(made, click.ClickException)


def _texts(node: ast.AST, names: dict[str, str]) -> Iterator[ast.expr]:
    """Find the texts in an expression that are not looked up."""
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.Call)
            and isinstance(child.func, ast.Name)
            and child.func.id in names
        ):
            continue
        if isinstance(child, ast.JoinedStr) or (
            isinstance(child, ast.Constant) and isinstance(child.value, str)
        ):
            if not _joins(node):
                yield child
            continue
        yield from _texts(child, names)


def _joins(node: ast.AST) -> bool:
    """Tell whether a text is only what stands between others: `", ".join(…)`."""
    return isinstance(node, ast.Attribute) and node.attr == "join"


def test_the_package_uses_nothing_of_click_that_speaks_english() -> None:
    """No progress bar, editor or click.File: what they say is not in the catalogue."""
    used = set()
    for _, tree in trees(CHECKOUT / "lifecycle"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "click"
            ):
                used.add(node.attr)
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "click":
                used |= {name.name for name in node.names}
    assert {"Context", "CompletionItem"} <= used
    assert used & NOT_USED == set()


def commands(group: click.Command, ctx: click.Context) -> Iterator[click.Command]:
    """Walk a command and all below it."""
    yield group
    if isinstance(group, click.Group):
        for name in group.list_commands(ctx):
            found = group.get_command(ctx, name)
            assert found is not None
            yield from commands(found, ctx)


def test_every_parameter_is_of_a_type_that_complains_in_chinese() -> None:
    """Each parameter is ours, its type is ours or has a Chinese name, and an option that takes a
    file says 文件.
    """
    ctx = click.Context(root)
    params = [(made.name, param) for made in commands(root, ctx) for param in made.params]
    assert len(params) > 300
    for name, param in params:
        assert isinstance(param, (Argument, Option)), (name, param.name)
        ours = type(param.type).__module__.startswith("lifecycle.")
        assert ours or not param.type.name.isascii(), (name, param.name, param.type)
        assert not isinstance(param, Option) or param.metavar != "FILE", (name, param.name)


LOCALES = [
    {},
    {"LANG": "C"},
    {"LC_ALL": "C"},
    {"LC_ALL": "POSIX"},
    {"LANG": "en_US.UTF-8"},
    {"LC_ALL": "en_US.UTF-8"},
    {"LC_ALL": "de_DE"},
    {"LANG": "zh_TW.UTF-8", "LANGUAGE": "de:fr"},
    {"LANGUAGE": "C", "LC_MESSAGES": "ja_JP.eucJP"},
]


def python(code: str, **environment: str) -> str:
    """Run Python with no locale but the one given; give what it prints."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    kept |= {"PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=CHECKOUT, env=kept
    )
    return done.stdout.decode()


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_click_speaks_chinese_under_any_locale(locale: dict[str, str]) -> None:
    """Which language the machine speaks, or none, changes nothing of what click says."""
    code = (
        "import sys\n"
        "sys.stderr = sys.stdout\n"
        "from lifecycle.cli.root import root\n"
        "for args in (['show', '--json=1'], ['log', 'X', '--after', 'x'], ['show', '--help']):\n"
        "    try: root.main(args)\n"
        "    except SystemExit: pass\n"
    )
    text = python(code, **locale)
    assert "错误：选项 --json 后面不带值\n" in text
    assert "错误：--after：“x”不是整数\n" in text
    assert "显示本说明\n" in text


def test_nobody_else_hears_of_the_catalogue() -> None:
    """The environment, the default domain and the locale of the process stay as they were."""
    code = (
        "import gettext, locale, os\n"
        "def state():\n"
        "    domain = gettext.textdomain()\n"
        "    return dict(os.environ), domain, gettext.bindtextdomain(domain), "
        "locale.setlocale(locale.LC_ALL)"
        "\n"
        "before = state()\n"
        "from lifecycle.cli.root import root\n"
        "print(state() == before, gettext.gettext('Missing command.'), gettext.ngettext('{a}', "
        "'{b}', 2))\n"
    )
    assert python(code, LANG="C") == "True Missing command. {b}\n"


@pytest.mark.skipif(os.name == "nt", reason="the false bash is a shell script")
@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("3.2.57(1)-release", "bash 4.4 以前的版本不能补全命令，请升级 bash 或改用 zsh、fish\n"),
        ("", "查不到 bash 的版本，不能补全命令；请确认 bash 可以运行\n"),
    ],
)
def test_a_bash_too_old_to_complete_is_told_in_chinese(
    tmp_path: Path, version: str, told: str
) -> None:
    """The script comes all the same; the warning beside it is Chinese although click loads that
    module late.
    """
    bash = tmp_path / "bash"
    bash.write_text(f"#!/bin/sh\necho '{version}'\n")
    bash.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    line = [sys.executable, "cli.py", "completion", "bash"]
    done = subprocess.run(line, capture_output=True, check=True, cwd=CHECKOUT, env=environment)
    assert done.stderr.decode() == told
    assert "_LIFECYCLE_COMPLETE=bash_complete" in done.stdout.decode()


def complaint(param: click.Parameter, *args: str) -> tuple[str, str]:
    """Give the message and the mend for a wrong command line of one parameter."""
    made = command("go", help="测试用。")(lambda **_: None)
    made.params.append(param)
    with pytest.raises(click.UsageError) as caught:
        made.make_context("go", list(args))
    return usage_message(caught.value)


@pytest.mark.parametrize(
    ("param", "args", "told"),
    [
        (Option(["--n"], type=int), ["--n", "x'y"], ("--n：“x'y”不是整数", "")),
        (Option(["--n"], type=float), ["--n", "x"], ("--n：“x”不是数", "")),
        (
            Option(["--n"], type=click.FloatRange(0, 1)),
            ["--n", "2"],
            ("--n：2.0 不在允许的范围内，应为 0<=x<=1", ""),
        ),
        (Option(["--n"], type=click.FloatRange(0, 1)), ["--n", "x"], ("--n：“x”不是数", "")),
        (Option(["--n"], type=click.UUID), ["--n", "x"], ("--n：“x”不是 UUID", "")),
        (Option(["--n"], nargs=2), ["--n", "1"], ("选项 --n 后面要写 2 个值", "")),
        (Option(["--n"], required=True), [], ("缺选项 --n", "")),
        (Option(["--n"], type=Choice(["a", "b"]), required=True), [], ("缺选项 --n", "可选：a、b")),
        (
            Option(["--n"], type=Day()),
            ["--n", ""],
            ("--n：“”不是日期；应写作 YYYY-MM-DD，如 2026-08-01", ""),
        ),
        (Option(["--n"], type=click.Path(exists=True)), ["--n", "没有"], ("--n：“没有”不存在", "")),
        (
            Option(["--n"], type=click.Path(exists=True, file_okay=False)),
            ["--n", __file__],
            (f"--n：“{__file__}”是文件，这里要目录", ""),
        ),
        (Argument(["n"], type=int), ["x"], ("N：“x”不是整数", "")),
        (Argument(["n"], nargs=2), ["x"], ("参数 n 要 2 个值", "")),
        (Argument(["n"], type=Choice(["a", "b"])), [], ("缺参数 N", "可选：a、b")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_with_a_value_is_told_whole(
    param: click.Parameter, args: list[str], told: tuple[str, str]
) -> None:
    """The value stands as it was typed, without Python's quotes; what it should be is Chinese."""
    assert complaint(param, *args) == told
