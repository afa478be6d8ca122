"""The command line through a service: the same words, bytes in place of paths, and an account that
is nobody else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import pytest
from serving import COMMAND, ME, Served, question, serving

from lifecycle.cli.files import CaseOrTable, InputFile
from lifecycle.cli.root import root
from lifecycle.cli.terminal.chinese import Command, Group
from lifecycle.wire import REQUEST_MB

SMALLER = "减少或压缩文件；存成普通文件的，以服务的上限为准（settings/service.yaml）"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one office to all tests of this file, with one case in it."""
    with serving(tmp_path_factory.mktemp("served")) as made:
        made.do("open", "visit", "--set", "name=剑瓷文化体验街区", "--set", "investment=32000")
        yield made


@pytest.mark.parametrize(
    "words",
    [
        ("show", "剑瓷"),
        ("show", "剑瓷", "--json"),
        ("show", "剑瓷", "--full"),
        ("why", "剑瓷", "to_siting"),
        ("list",),
        ("list", "--where", "investment >= 10000", "--json"),
        ("board",),
        ("list", "--on", "2026-01-05", "--json"),
        ("show", "剑瓷", "--on", "2026-01-05"),
        ("show", "剑瓷", "--as-recorded-at", "2099-01-01", "--json"),
        ("todo", "--as-recorded-at", "2099-01-01", "--json"),
        ("board", "--as-recorded-at", "2026-01-05"),
        ("replay", "--at", "2026-01-05", "--as-recorded-at", "2026-01-05"),
        ("search", "剑瓷", "文化"),
        ("search", "瓷", "--json"),
        ("search",),
        ("log", "剑瓷"),
        ("log", "剑瓷", "--json"),
        ("todo",),
        ("officer", "list"),
        ("unit", "list", "--json"),
        ("workflow", "list"),
        ("workflow", "diff", "visit", "visit"),
        ("calendar", "list"),
        ("number", "list"),
        ("notice", "list"),
        ("notice", "catalogue"),
        ("replay",),
        ("audit",),
        ("show", "没有的"),
        ("list", "--no-such"),
        ("sign", "剑瓷", "to_siting", "agree", "--dry-run"),
        ("open", "visit", "--from", "没有.csv"),
        ("replay", "--under", "没有.yaml"),
        ("--db", "unix:/nowhere", "list", "--page", "x"),
    ],
)
def test_a_command_answers_as_it_does_on_the_file(served: Served, words: tuple[str, ...]) -> None:
    """Exit code and what is printed are, byte for byte, those of the same command on the file."""
    if words[0] == "--db":
        words = words[2:]
    through = served.call(*words)
    there = served.on_the_file(*words)
    assert through.returncode == there.returncode
    assert (through.stdout, through.stderr) == (there.stdout, there.stderr)


def test_numbers_go_on_from_paper_through_the_service(tmp_path: Path) -> None:
    """What an administrator proposed is confirmed through the service, by a register of one's own;
    the next case has the number after it.
    """
    with serving(tmp_path) as own:
        year = own.tiny.now.year
        own.tiny.do("officer", "grant", "bureau01", "auditor", by="admin")
        own.tiny.do("number", "propose", f"KC-{year}-012", by="admin")
        other = own.call("number", "confirm", f"KC-{year}-021")
        assert (other.returncode, "与 admin 提出的不一致" in other.stderr) == (1, True)
        own.do("number", "confirm", f"KC-{year}-012")
        opened = own.do("open", "visit", "--set", "name=剑瓷文化体验街区")
        assert opened.strip() == f"KC-{year}-013"
        (told,) = own.asks("number", "list")["series"]
        assert (told["on_paper"], told["confirmed_by"]) == (f"KC-{year}-012", "bureau01")
        assert own.asks("audit")["findings"] == []


def leaves(group: Group, lead: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Give every command with the words that call it."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        if isinstance(found, Group):
            yield from leaves(found, (*lead, name))
        elif isinstance(found, Command):
            yield (*lead, name), found


def test_every_verb_has_its_place() -> None:
    """Each verb goes through the service, is done where the officer sits, or is refused with what
    to do: a new one must say which.
    """
    found = dict(leaves(root))
    here = {" ".join(words) for words, verb in found.items() if verb.here}
    alone = {" ".join(words) for words, verb in found.items() if verb.alone}
    rules = {f"workflow {verb}" for verb in ("check", "schema", "flat", "test", "new")}
    rules |= {"choices check", "choices schema"}
    assert here == {*rules, "notice check", "demo"}
    assert alone == {"init", "backup", "restore", "upgrade", "serve", "db copy"}


_WRITTEN = {"target", "picture", "folder", "csv_file", "xlsx_file"}
"""Parameters that name what is written: `outfile` asks whose path it is."""
_REFUSED = {"config"}
"""The settings of delivery, which no caller may bring."""


def test_every_file_that_is_read_is_asked_for() -> None:
    """A parameter that names a file is one to read, of a type that asks for its bytes, or one to
    write: none is a plain text that somebody might open.
    """
    wrong = []
    for words, verb in leaves(root):
        if verb.here or verb.alone:
            continue
        for param in verb.params:
            metavar = str(param.metavar)
            files = any(word in metavar for word in ("FILE", "文件", "DIR", "PNG"))
            if not files or param.name in _WRITTEN | _REFUSED:
                continue
            if not isinstance(param.type, (InputFile, CaseOrTable)):
                wrong.append((words, param.name))
    assert wrong == []


@pytest.mark.parametrize("verb", ["init", "backup", "restore", "upgrade", "serve", "db copy"])
def test_what_makes_no_sense_is_refused(served: Served, verb: str) -> None:
    """It says that it is not done through the service, and what to do."""
    given = {"backup": ["x.tar"], "restore": ["x.tar"], "db copy": ["x.db", "y.db"]}
    words = [*verb.split(), *given.get(verb, [])]
    done = served.call(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{verb} 不能通过服务办理：")
    assert "以服务的账户运行" in done.stderr


def test_what_needs_no_office_is_done_here(served: Served) -> None:
    """A workflow is checked where its file lies, with the notices beside it."""
    (served.desk / "坏.yaml").write_text("workflow: x\n", "utf-8")
    done = served.call("workflow", "check", "坏.yaml")
    assert done.returncode == 1
    assert "坏.yaml:1" in done.stdout
    assert served.do("--version").startswith("lifecycle ")
    assert "用法：" in served.do("show", "--help")


def test_a_material_comes_as_bytes(served: Served) -> None:
    """What is attached is what lay on the client's side, under its own name."""
    body = bytes(range(256)) * 2000
    (served.desk / "报告.pdf").write_bytes(body)
    served.do("attach", "剑瓷", "report", "./报告.pdf")
    [file] = served.asks("log", "剑瓷")["entries"][-1]["intent"]["files"]
    assert file == {"name": "报告.pdf", "size": len(body), "sha256": sha256(body).hexdigest()}


@pytest.mark.parametrize("name", ["没有.pdf", "空.pdf", "夹"])
def test_a_file_that_cannot_be_sent_is_told_as_on_the_file(served: Served, name: str) -> None:
    """A missing file, an empty one and a folder are refused in the words of the file itself."""
    (served.desk / "空.pdf").touch()
    (served.desk / "夹").mkdir(exist_ok=True)
    words = ("attach", "剑瓷", "report", name)
    through = served.call(*words)
    there = served.on_the_file(*words)
    assert through.returncode == there.returncode == 1
    assert through.stderr == there.stderr


def test_many_cases_come_from_a_table_and_from_standard_input(served: Served) -> None:
    """A table and `-` are read on the client's side; each line has its result."""
    table = "name,investment\n云栖,100\n瓯江,不是数\n古堰,300\n"
    (served.desk / "表.csv").write_text(table, "utf-8")
    done = served.call("open", "visit", "--from", "表.csv")
    assert done.returncode == 1
    assert [line[:1] for line in done.stdout.splitlines()] == ["✓", "✗", "✓", "已"]
    typed = served.call("set", "-", "area=5", text="云栖\n古堰\n".encode())
    assert typed.returncode == 0, typed.stderr
    assert [line[:4] for line in typed.stdout.splitlines()] == ["✓ -:", "✓ -:", "已办理 "]


def test_a_table_and_its_map_are_the_clients(served: Served) -> None:
    """A map is proposed for a table of the client's, written on the client's side, never over
    another, and read from there.
    """
    table = "项目表,,\n序号,项目名称,总投资（亿元）\n1,云和木玩,1.2\n合计,,1.2\n"
    (served.desk / "台账.csv").write_text(table, "utf-8")
    command = ("open", "visit", "--from", "台账.csv")
    proposed = served.call(*command, "--propose-map", "对照.yaml")
    assert proposed.returncode == 0, proposed.stderr
    assert proposed.stdout.startswith("已提出对照 对照.yaml，没有写入任何事项\n")
    text = (served.desk / "对照.yaml").read_text("utf-8")
    assert "unit: 亿元 # 表头写的单位" in text
    assert served.call(*command, "--propose-map", "对照.yaml").returncode == 1
    assert (served.desk / "对照.yaml").read_text("utf-8") == text
    done = served.call(*command, "--map", "对照.yaml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "已办理 1 件，未办理 0 件"
    shown = served.call("show", "云和木玩", "--json").stdout
    assert '"investment":"12000"' in shown.replace(" ", "")


def test_what_is_written_is_written_by_the_client(served: Served) -> None:
    """Tables, reports, pictures are, byte for byte, those that the same command writes on the file,
    and lie on the client's side; what is there already is not replaced.
    """
    for words, name in (
        (("list", "--csv"), "表.out.csv"),
        (("audit", "--report"), "审计.txt"),
        (("workflow", "graph", "visit", "-o"), "图.svg"),
    ):
        through = served.call(*words, name)
        body = (served.desk / name).read_bytes()
        (served.desk / name).unlink()
        local = served.on_the_file(*words, name)
        assert (through.returncode, through.stdout) == (local.returncode, local.stdout)
        assert body == (served.desk / name).read_bytes()
    (served.desk / "别人的.csv").write_text("x", "utf-8")
    refused = served.call("list", "--csv", "别人的.csv")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "别人的.csv 已存在，不是本程序存出的" in refused.stderr
    assert (served.desk / "别人的.csv").read_text("utf-8") == "x"
    away = served.call("list", "--csv", "没有这个夹/x.csv")
    assert (away.returncode, "文件夹 没有这个夹 不存在" in away.stderr) == (1, True)


def test_the_entry_says_which_account_called(served: Served) -> None:
    """What is recorded through the service is `local`, with the account; the audit is clean."""
    number = served.do("open", "visit", "--set", "name=侨乡").strip()
    authority = served.asks("log", number)["entries"][0]["authority"]
    assert (authority["auth"], authority["account"]) == ("local", ME)
    audited = served.asks("audit")
    assert (audited["findings"], audited["auth"]["local"] > 1) == ([], True)


def test_nobody_is_somebody_else(served: Served) -> None:
    """`--as` and the environment may name the account's own officer only; who would be another is
    refused and counted, and a delegation is judged as ever.
    """
    refused = served.asks("audit")["refused_attempts"]
    assert served.call("show", "剑瓷", "--as", "bureau01").returncode == 0
    for done in (
        served.call("set", "剑瓷", "area=3", "--as", "admin"),
        served.call("set", "剑瓷", "area=3", LIFECYCLE_OFFICER="admin"),
    ):
        assert (done.returncode, done.stdout) == (1, "")
        assert f"账户 {ME} 登记为 bureau01，不能以 admin 的身份办理" in done.stderr
    forged = served.call("sign", "剑瓷", "to_siting", "agree", "--for", "land01")
    assert (forged.returncode, "没有委托 bureau01 代办" in forged.stderr) == (1, True)
    assert served.asks("audit")["refused_attempts"] == refused + 2


def test_another_database_is_not_opened(served: Served) -> None:
    """A client cannot name a database for the service to open."""
    status, answer = served.raw(question("list", "--db", f"sqlite:///{served.tiny.path}"))
    assert (status, answer["exit"], answer["pieces"]) == (200, 1, [2])


def test_the_same_request_has_one_effect(served: Served) -> None:
    """The client's own id makes a request that is sent twice one: an officer's `--request-id` goes
    before it.
    """
    words = ("open", "visit", "--set", "name=仙都")
    first, second = (served.raw(question(*words, request_id="twice-1")) for _ in range(2))
    assert (first[1]["exit"], second[1]["exit"]) == (0, 0)
    given = served.do(*words, "--request-id", "given-1")
    assert served.do(*words, "--request-id", "given-1") == given
    assert served.do("log", "--request-id", "given-1").startswith("given-1：")
    names = [row["title"] for row in served.asks("list")["cases"]]
    assert names.count("仙都") == 2


def opened_paths(served: Served, scratch: Path, words: tuple[str, ...]) -> tuple[int, list[str]]:
    """Run a command in this process as a worker does; give its exit code and every path that was
    opened, listed, made, moved or removed meanwhile.
    """
    from lifecycle.service.worker import Holding, Question, answered

    seen: list[str] = []
    events = ("open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "os.link")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if listening and event in events and args and isinstance(args[0], (str, bytes)):
            seen.append(str(args[0]))

    listening = True
    sys.addaudithook(hook)
    holding = Holding(str(served.tiny.path), served.tiny.path)
    scratch.mkdir()
    try:
        body = question(*words, files={words[-1]: b"sent"})
        answer = answered(holding, Question(ME, body), scratch, 1 << 20)
    finally:
        listening = False
        holding.drop()
    return answer.exit, seen


@pytest.mark.parametrize(
    "words",
    [
        ("attach", "剑瓷", "report"),
        ("open", "visit", "--from"),
        ("open", "visit", "--from", "a.csv", "--map"),
        ("set", "{}.csv", "area=3", "--request-id"),
        ("replay", "--under"),
        ("workflow", "graph", "visit", "-o"),
        ("workflow", "diff", "visit"),
        ("workflow", "publish"),
        ("calendar", "publish"),
        ("calendar", "confirm"),
        ("notice", "publish"),
        ("notice", "lint"),
        ("notice", "verify"),
        ("notice", "verify", "x", "--bundle"),
        ("notice", "diff", "a.j2"),
        ("notice", "render", "--all", "--into"),
        ("notice", "catalogue", "--samples"),
        ("notice", "deliver", "--config"),
        ("notice", "outbox", "--config"),
        ("list", "--csv"),
        ("list", "--xlsx"),
        ("audit", "--report"),
    ],
    ids=" ".join,
)
def test_no_path_of_a_client_is_opened(
    served: Served, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A name that a client gives is neither read nor written with the service's rights, though a
    file of that name is there for it.
    """
    folder = tmp_path / "canary"
    folder.mkdir()
    canary = folder / "canary.csv"
    canary.write_text("secret", "utf-8")
    _code, seen = opened_paths(served, tmp_path / "scratch", (*words, str(canary)))
    assert [path for path in seen if "canary" in path] == []
    assert [path.name for path in folder.iterdir()] == ["canary.csv"]
    assert canary.read_text("utf-8") == "secret"


@pytest.mark.parametrize("target", [".", "/"])
def test_a_folder_in_place_of_a_file_is_told_as_on_the_file(served: Served, target: str) -> None:
    """What names no file is refused in the same words, through the service and on the file."""
    told = (1, "", f"{target} 是文件夹，不是文件\n  改法：请换一个文件名\n")
    for words in (("list", "--csv", target), ("audit", "--report", target)):
        through, local = served.call(*words), served.on_the_file(*words)
        assert (through.returncode, through.stdout, through.stderr) == told
        assert (local.returncode, local.stdout, local.stderr) == told


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device without end here")
def test_a_file_without_end_is_not_read_to_its_end(served: Served) -> None:
    """A device or a pipe is read as far as a request may go, and refused with nothing done."""
    told = (1, "", f"文件 /dev/zero 超过 {REQUEST_MB} MB，没有办理\n  改法：{SMALLER}\n")
    done = served.call("attach", "剑瓷", "report", "/dev/zero")
    assert (done.returncode, done.stdout, done.stderr) == told
    with Path("/dev/zero").open("rb") as endless:
        typed = subprocess.run(
            [*COMMAND, "open", "visit", "--from", "-"],
            env={**os.environ, "LIFECYCLE_DB": served.url},
            stdin=endless,
            capture_output=True,
            check=False,
        )
    assert typed.returncode == 1
    assert typed.stderr.decode().startswith(f"标准输入 超过 {REQUEST_MB} MB，没有办理\n")
