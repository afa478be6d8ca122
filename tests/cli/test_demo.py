"""The demo: ten projects at their stages with their troubles, told so that somebody new can follow
and go on.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from answers import answered
from click.testing import CliRunner, Result
from postgres_server import Server

from lifecycle.cli.root import root
from lifecycle.errors import WorkflowError
from lifecycle.exchange.story_file import read_stories
from lifecycle.ledger.record import OFFICE, stored
from lifecycle.office.clock import BEIJING
from lifecycle.office.office import Office
from lifecycle.office.session import Session

ROOT = Path(__file__).parents[2]
STAGES = {
    "LS-F-2023-001 仙都山居度假酒店": ("acceptance", "yellow"),
    "LS-F-2024-001 木玩亲子主题乐园": ("construction", "red"),
    "LS-F-2025-001 侨乡世界商品展贸中心": ("construction", "yellow"),
    "LS-F-2025-002 南城数贸总部大厦": ("construction", "green"),
    "LS-F-2026-001 瓯江云栖康养度假综合体": ("listing", "green"),
    "LS-F-2026-002 畲乡云中茶旅度假区": ("unsold", "yellow"),
    "LS-F-2026-003 剑瓷文化体验街区": ("design", "yellow"),
    "LS-F-2026-004 松阴溪古村艺术酒店群": ("policy", "yellow"),
    "LS-F-2026-005 金矿遗址研学营地": ("intent", "green"),
    "LS-F-2026-006 香菇文化康养谷": ("transferred", "green"),
}
REFUSAL = """\
$ lifecycle advance LS-F-2023-001 to_siting --as bureau01
不能办理：LS-F-2023-001 仙都山居度假酒店　考察导入 → 规划选址
  ✗ 要素　　缺 项目业主单位　　lifecycle set LS-F-2023-001 owner_unit=…
  ✗ 材料　　缺 考察报告    　　lifecycle attach LS-F-2023-001 survey_report 文件
  ✗ 材料　　缺 产业准入意见　　lifecycle attach LS-F-2023-001 admission_opinion 文件
  ✗ 会签　　缺 发改、国土、市文广旅体局、市林业局、市消防救援支队 的同意意见（逾期未反馈，限 2023-01-17；不视为同意）
"""  # noqa: E501


@dataclass
class Demo:
    """The demo as played: its folder and what it printed."""

    folder: Path
    printed: str

    def run(self, *words: str) -> Result:
        """Run a command line in the demo's office."""
        env = {"LIFECYCLE_DB": str(self.folder / "lifecycle.db")}
        return CliRunner().invoke(root, words, prog_name="lifecycle", env=env)

    def asks(self, *words: str) -> Any:
        """Run a command line for its JSON document."""
        return answered(self.run(*words, "--json").stdout)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Play the demo once; who changes something works on a copy."""
    folder = tmp_path_factory.mktemp("played") / "office"
    result = CliRunner().invoke(root, ["demo", "--into", str(folder)], prog_name="lifecycle")
    assert result.exit_code == 0, result.output
    return Demo(folder, result.stdout)


def test_ten_projects_stand_where_their_stories_end(demo: Demo) -> None:
    """Every project is at its stage, with the light that it had on the day on which the stories
    end.
    """
    cases = demo.asks("list", "--on", "2026-09-30")["cases"]
    assert {f"{c['number']} {c['title']}": (c["state"], c["light"]) for c in cases} == STAGES


def test_one_project_walks_with_all_troubles(demo: Demo) -> None:
    """One went from the first visit to acceptance through a return, 流拍, a second listing and a
    deputy's signature.
    """
    entries = demo.asks("log", "仙都")["entries"]
    made = [
        entry["intent"]["transition"]
        for entry in entries
        if entry["intent"]["type"] == "transition_made"
    ]
    troubles = [
        "to_siting",
        "send_back",
        "to_siting",
        "fail_listing",
        "relist",
        "close_listing",
        "complete_work",
    ]
    walked = iter(made)
    assert all(step in walked for step in troubles), made
    deputies = {
        e["intent"]["actor"]["id"]
        for e in entries
        if e["intent"]["actor"].get("for") == "finance01"
    }
    assert deputies == {"finance02"}


def _log_of(folder: Path) -> list[Any]:
    """Give the bodies of all entries in the order of recording."""
    office = Office.open(f"sqlite:///{folder / 'lifecycle.db'}")
    rows = sorted(office.store.all_entries(upto=office.store.last_index()), key=lambda r: r.idx)
    bodies = [stored(row.raw) for row in rows]
    office.close()
    return bodies


def test_the_log_is_that_of_an_office(demo: Demo) -> None:
    """Every entry is recorded within office hours of the day on which it happened, those of
    different cases in turn; only the one meant as recorded late bears an earlier day.
    """
    bodies = _log_of(demo.folder)
    times = [datetime.fromisoformat(body["recorded_at"]).astimezone(BEIJING) for body in bodies]
    assert times == sorted(times)
    assert {at.time() for at in times if not time(9) <= at.time() < time(17)} == set()
    days = [body["intent"]["occurred_on"] for body in bodies]
    late = [(day, at.date().isoformat()) for day, at in zip(days, times, strict=True)]
    assert [pair for pair in late if pair[0] != pair[1]] == [("2025-01-03", "2025-01-06")]
    chains = [body["intent"]["case"] for body in bodies]
    turns = sum(one != other for one, other in pairwise(chains))
    assert turns > 150, "case after case would be eleven turns"


def test_a_delegation_is_recorded_when_it_begins(demo: Demo) -> None:
    """The officer who was away delegated on that day, not when the office was founded."""
    made = [
        (body["intent"]["actor"]["id"], body["intent"]["occurred_on"])
        for body in _log_of(demo.folder)
        if body["intent"]["case"] == OFFICE and body["intent"]["type"] == "delegation_made"
    ]
    assert made == [("finance01", "2023-05-15")]


def test_long_after_the_stories_the_clock_is_confirmed_first(tmp_path: Path) -> None:
    """Where today is too long after the last story for anything to be recorded, two officers
    confirm the clock, and what is suggested can be done.
    """
    later = Session(clock=lambda: datetime(2027, 3, 1, 2, tzinfo=UTC))
    folder = tmp_path / "office"
    played = CliRunner().invoke(root, ["demo", "--into", str(folder)], obj=later)
    assert played.exit_code == 0, played.output
    assert "已由 admin 提出、auditor01 确认今天的时钟无误" in played.stdout
    assert "没有发现问题" in played.stdout
    signed = CliRunner().invoke(
        root,
        ["sign", "仙都", "approve_cash_in", "agree", "--as", "finance01"],
        obj=later,
        env={"LIFECYCLE_DB": str(folder / "lifecycle.db")},
    )
    assert signed.exit_code == 0, signed.output


def test_a_refusal_is_shown_in_full(demo: Demo) -> None:
    """The walk's refusal is printed as the officer saw it, under the command that was typed."""
    assert REFUSAL in demo.printed


def test_it_ends_with_board_letters_and_a_clean_audit(demo: Demo) -> None:
    """Board, two letters, replay and audit follow the story, each as its own command prints it."""
    sections = demo.printed.split("\n$ ")
    shown = {line: text for line, _, text in (section.partition("\n") for section in sections)}
    lines = [
        line
        for line in shown
        if line.startswith(("lifecycle board", "lifecycle notice", "lifecycle replay"))
    ]
    if (
        "公文没有签发" not in demo.printed
    ):  # where there are fonts, two letters are checked and signed off first
        assert [line.split()[2] for line in lines[:4]] == ["approve", "issue"] * 2
        assert demo.printed.count("文号 ") == 2
        lines = lines[4:]
    assert [line.split()[1] for line in lines] == ["board", "notice", "notice", "replay"]
    for line in lines:
        assert demo.run(*shlex.split(line)[1:]).stdout == shown[line], line
    assert "没有发现问题" in shown["lifecycle audit"]
    assert "关于修改剑瓷文化体验街区项目设计方案的函" in shown[lines[1]]
    assert "关于仙都山居度假酒店项目评价情况的报告" in shown[lines[2]]


def test_every_letter_can_be_written(demo: Demo) -> None:
    """No letter of the ten projects lacks what its template asks for."""
    found = demo.asks("notice", "list")
    assert (found["ok"], [letter["name"] for letter in found["letters"] if letter["error"]]) == (
        True,
        [],
    )
    assert len({letter["letter"]["kind"] for letter in found["letters"]}) >= 4


def test_what_to_try_next_works_as_told(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command that the demo suggests runs; the one said to be refused is, until the missing
    opinion is there.
    """
    told = demo.printed.rpartition("接下来可以试：\n")[2].splitlines()
    exports = [line.strip() for line in told if line.startswith("  export ")]
    assert exports[-1] == f"export LIFECYCLE_DB=sqlite:///{demo.folder}/lifecycle.db"
    copy = Demo(shutil.copytree(demo.folder, tmp_path / "copy"), "")
    commands = [
        shlex.split(line, comments=True)[1:] for line in told if line.startswith("  lifecycle ")
    ]
    monkeypatch.chdir(tmp_path)
    codes = [copy.run(*words).exit_code for words in commands]
    refused = commands.index(["advance", "LS-F-2023-001", "approve_cash_in", "--as", "bureau02"])
    assert codes == [int(number == refused) for number in range(len(commands))]
    assert copy.run(*commands[refused]).exit_code == 0


def test_an_existing_database_is_left_alone(demo: Demo) -> None:
    """Where there is a database already, nothing is written and the message says what to do."""
    file = demo.folder / "lifecycle.db"
    before = file.read_bytes()
    result = CliRunner().invoke(root, ["demo", "--into", str(demo.folder)])
    told = f"{file} 已经有了，没有动它\n  改法：用 --into 换一个文件夹，或先删去原来的文件夹\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", told)
    assert file.read_bytes() == before


def test_a_machine_gets_one_document(tmp_path: Path) -> None:
    """With --json the demo prints one document with cases, refusals, board, letters, replay and
    audit.
    """
    result = CliRunner().invoke(root, ["demo", "--into", str(tmp_path / "演示 office"), "--json"])
    assert (result.exit_code, result.stderr, result.stdout.count("\n")) == (0, "", 1)
    document = answered(result.stdout)
    assert {f"{case['number']} {case['title']}": case["state"] for case in document["cases"]} == {
        name: state for name, (state, _) in STAGES.items()
    }
    assert [refusal["gates"][0]["met"] for refusal in document["cases"][0]["refusals"]] == [True]
    assert [board["total"] for board in document["board"]["workflows"]] == [10]
    assert (document["ok"], document["audit"]["findings"], document["replay"]["ok"]) == (
        True,
        [],
        True,
    )
    assert len(document["letters"]) == 2
    assert shlex.split(json.loads(result.stdout)["next"][-13])[0] == "export"


def test_a_clock_before_the_stories_is_told(tmp_path: Path) -> None:
    """On a machine whose clock is behind the stories nothing is made: what has not happened cannot
    be recorded.
    """
    behind = Session(clock=lambda: datetime(2026, 9, 29, 15, tzinfo=UTC))
    result = CliRunner().invoke(root, ["demo", "--into", str(tmp_path / "office")], obj=behind)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("今天是 2026-09-29，演示的事情到 2026-09-30 为止")
    assert not (tmp_path / "office").exists()


def test_faults_of_a_story_file_are_told_with_their_places(tmp_path: Path) -> None:
    """A step that cannot be read, a day that does not exist, an unknown key and a step before the
    one above it are all reported at once.
    """
    file = tmp_path / "projects.yaml"
    file.write_text(
        "as_of: 2026-09-30\n"
        "projects:\n"
        "  - open: 2026-01-05 bureau01\n"
        "    facts: {name: 甲}\n"
        "    story:\n"
        "      - 2026-01-06 bureau01\n"
        "      - 2026-02-30 bureau01 advance to_siting\n"
        "      - refuse: 2026-01-06 bureau01 advance to_siting\n"
        '      - refused: 2026-01-06 bureau01 advance --note “半句" to_siting\n'
        "      - 2026-01-04 bureau01 advance to_siting\n",
        encoding="utf-8",
    )
    with pytest.raises(WorkflowError) as caught:
        read_stories(file)
    assert [(p.rule, p.location.line) for p in caught.value.problems] == [
        ("wrong-step", 6),
        ("wrong-date", 7),
        ("unknown-key", 8),
        ("wrong-step", 9),
        ("wrong-order", 10),
    ]


@pytest.mark.slow
def test_it_is_played_on_a_server_too(demo: Demo, server: Server, tmp_path: Path) -> None:
    """Where LIFECYCLE_DB names an empty database on a server, the office is there, as in a file,
    and only the materials lie in the folder; what it prints leads there, without a password; a
    second time nothing is touched.
    """
    url = server.url(server.new_database()).replace("root@", "root:S3cret@")
    into = ["demo", "--into", str(tmp_path / "office")]
    played = CliRunner().invoke(root, into, prog_name="lifecycle", env={"LIFECYCLE_DB": url})
    assert played.exit_code == 0, played.output
    assert "S3cret" not in played.output
    assert [path.name for path in (tmp_path / "office").iterdir()] == ["materials"]
    (export,) = [line for line in played.stdout.splitlines() if "export LIFECYCLE_DB=" in line]
    again = shlex.split(export)[1].removeprefix("LIFECYCLE_DB=")
    words = ["list", "--on", "2026-09-30", "--json"]
    listed = CliRunner().invoke(root, words, prog_name="lifecycle", env={"LIFECYCLE_DB": again})
    assert answered(listed.stdout)["cases"] == demo.asks(*words[:-1])["cases"]
    refused = CliRunner().invoke(root, into, prog_name="lifecycle", env={"LIFECYCLE_DB": url})
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "里已有台账，没有动它\n  改法：请另用一个空的库：createdb 新库名" in refused.stderr
    asked = CliRunner().invoke(root, ["audit"], prog_name="lifecycle", env={"LIFECYCLE_DB": again})
    assert asked.exit_code == 0, asked.output


@pytest.mark.slow
def test_make_demo_plays_it_there(server: Server, tmp_path: Path) -> None:
    """`make demo` hands LIFECYCLE_DB on."""
    if not (ROOT / ".venv" / "ready").exists() or not (ROOT / ".venv/fonts/.tried").exists():
        pytest.skip("这份检出还没有 make setup 和 make fonts")
    url = server.url(server.new_database())
    made = subprocess.run(
        ["make", "--no-print-directory", "demo", f"DEMO={tmp_path / 'office'}"],
        cwd=ROOT,
        env={**os.environ, "LIFECYCLE_DB": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("已建库：postgresql://root@/office_")
    assert "没有发现问题" in made.stdout
