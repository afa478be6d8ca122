"""Shared lists of choices: entered by any name, recorded under their own, dated, published by
themselves, and pinned by every entry that chose from them.
"""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from linked_office import LinkedOffice

NEW = "  - {code: KF, title: 丽水经开区, aliases: [经开区]}\n"
MERGED = "{code: LQ, title: 龙泉市, aliases: [龙泉], until: 2026-09-10, note: 并入剑池市}"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office whose signings choose an area from a list."""
    return LinkedOffice(tmp_path, monkeypatch, home, "listed")


def opened(office: LinkedOffice, area: str, *more: str) -> str:
    """Open a signing, and give its number."""
    sets = [word for fact in (f"area={area}", *more) for word in ("--set", fact)]
    return office.do("open", "signing", "--set", "name=剑瓷园", *sets, by="b1").strip()


def facts(office: LinkedOffice, number: str) -> dict[str, Any]:
    """Give the facts of a case."""
    found: dict[str, Any] = office.asks("show", number, by="b1")["case"]["facts"]
    return found


def areas(office: LinkedOffice) -> Path:
    """Give the file of the list."""
    return office.rules / "lists" / "areas.yaml"


def republish(office: LinkedOffice, old: str, new: str) -> str:
    """Publish the list with a line changed, and give its SHA-256."""
    text = areas(office).read_text("utf-8")
    assert old in text
    areas(office).write_text(text.replace(old, new), encoding="utf-8")
    office.do("choices", "publish", str(areas(office)), by="admin")
    return sha256(areas(office).read_bytes()).hexdigest()


def withdrawn(office: LinkedOffice) -> str:
    """Withdraw 龙泉市 from 10 September on."""
    return republish(office, "{code: LQ, title: 龙泉市, aliases: [龙泉]}", MERGED)


def pins(office: LinkedOffice, number: str) -> list[list[Any]]:
    """Give, entry by entry, the lists that the entries of a case pin."""
    log = office.asks("log", number, by="b1")["entries"]
    return [[inputs for kind, inputs in entry["gates"] if kind == "list"] for entry in log]


@pytest.mark.parametrize("written", ["龙泉市", "龙泉", "LQ"])
def test_any_name_is_understood_and_the_own_name_is_recorded(
    office: LinkedOffice, written: str
) -> None:
    """Title, alias and code mean the same entry; of a list of several each does."""
    number = opened(office, written, "others=青田、莲都区")
    assert facts(office, number)["area"] == "龙泉市"
    assert facts(office, number)["others"] == ["青田县", "莲都区"]
    assert office.findings() == []


def test_what_the_list_does_not_have_is_refused_with_what_it_has(office: LinkedOffice) -> None:
    """All faults at once, with the entries that may be chosen and the one most likely meant; in a
    table that is imported, at its cell.
    """
    sets = ("--set", "name=甲", "--set", "area=龙泉县", "--set", "others=丽水")
    _, told = office.fails("open", "signing", *sets, by="b1")
    offered = "可选：莲都区、龙泉市、青田县"
    assert [line.strip() for line in told.splitlines()[1:]] == [
        f"属地不能是“龙泉县”，选项表“市县区”里没有　改法：{offered}（是否为“龙泉市”？）",
        f"协办地不能是“丽水”，选项表“市县区”里没有　改法：{offered}",
    ]
    office.write("rows.csv", "name,area\n甲,龙泉县\n乙,龙泉\n")
    told = office.do_not("open", "signing", "--from", "rows.csv", by="b1")
    assert "✗ rows.csv:2:2: 属地不能是“龙泉县”" in told
    assert facts(office, "QY-2026-001")["area"] == "龙泉市"


def test_a_new_entry_needs_no_workflow_anew(office: LinkedOffice) -> None:
    """A case opened before the list grew may choose what was added; each entry pins the version
    that it chose from, whatever order the facts were typed in.
    """
    first = sha256(areas(office).read_bytes()).hexdigest()
    number = opened(office, "莲都")
    second = republish(office, "entries:\n", f"entries:\n{NEW}")
    office.do("set", number, "others=经开区", "area=青田", by="b1")
    assert facts(office, number)["others"] == ["丽水经开区"]
    shared = {"list": "areas", "sha256": second}
    assert pins(office, number) == [
        [{"fact": "area", "list": "areas", "sha256": first}],
        [{"fact": "area", **shared}, {"fact": "others", **shared}],
    ]
    assert office.findings() == []


def test_a_withdrawn_entry_stands_where_it_was_chosen_and_is_not_chosen_anew(
    office: LinkedOffice,
) -> None:
    """It may be chosen for acts up to its last day; later the refusal says why and since when. A
    case that has it may be given it again, also by what is computed, and hand it on to another.
    """
    before = opened(office, "龙泉", "others=龙泉、莲都")
    withdrawn(office)
    office.at("2026-09-11")
    told = office.refusal("open", "signing", "--set", "name=乙", "--set", "area=龙泉", by="b1")
    said = "要素 属地 “龙泉市”在选项表“市县区”里用到 2026-09-10 为止"
    assert told == [f"{said}，2026-09-11 已停用（并入剑池市）〔行政区划〕"]
    late = ("--set", "name=丙", "--set", "area=龙泉", "--on", "2026-09-10")
    later = office.do("open", "signing", *late, by="b1").strip()
    office.do("set", before, "others=青田、龙泉市", by="b1")
    assert facts(office, before)["others"] == ["青田县", "龙泉市"]
    assert facts(office, later)["area"] == "龙泉市"
    office.do("advance", before, "sign", by="b1")
    assert facts(office, before)["place"] == "龙泉市"
    assert facts(office, "LD-LQ-工业-2026Q3-001")["area"] == "龙泉市"
    assert office.findings() == []


def test_what_is_computed_is_of_the_list_too(office: LinkedOffice) -> None:
    """A value that a workflow itself chooses is pinned, and refused once it is withdrawn."""
    number, later = opened(office, "莲都"), opened(office, "莲都")
    office.do("advance", number, "sign", by="b1")
    assert (facts(office, number)["place"], facts(office, number)["archive"]) == (
        "莲都区",
        "龙泉市",
    )
    assert [one["fact"] for one in pins(office, number)[-1]] == ["archive"]
    withdrawn(office)
    office.at("2026-09-11")
    (told,) = office.refusal("advance", later, "sign", by="b1")
    assert told.startswith("要素 存档地 “龙泉市”在选项表“市县区”里用到 2026-09-10 为止")
    assert office.findings() == []


def test_an_entry_does_not_go_away(office: LinkedOffice) -> None:
    """A list that lacks what cases may have recorded is not published."""
    text = areas(office).read_text("utf-8").replace("title: 龙泉市", "title: 剑池市")
    areas(office).write_text(text, encoding="utf-8")
    _, told = office.fails("choices", "publish", str(areas(office)), by="admin")
    assert "现行的选项“龙泉市”（LQ）不见了" in told
    assert opened(office, "龙泉")


def test_only_an_administrator_publishes_and_the_same_is_not_published_twice(
    office: LinkedOffice,
) -> None:
    """As with every definition."""
    path = str(areas(office))
    assert "现行的相同" in office.do("choices", "publish", path, by="admin")
    areas(office).write_text(areas(office).read_text("utf-8") + "\n", encoding="utf-8")
    assert office.fails("choices", "publish", path, by="b1")[0] == 1


def test_a_workflow_brings_the_lists_that_lie_beside_it(office: LinkedOffice) -> None:
    """What it uses and is not in force yet is published before it; a list that is nowhere is a
    fault.
    """
    text = (office.rules / "signing.yaml").read_text("utf-8").replace("list: areas", "list: kinds")
    text = text.replace("青田县'", "工业'").replace("龙泉市'", "工业'")
    text = text[: text.index("    does:")] + text[text.index("    needs:") :]
    path = office.rules / "second.yaml"
    path.write_text(text.replace("workflow: signing", "workflow: second"), encoding="utf-8")
    _, told = office.fails("workflow", "publish", str(path), by="admin")
    assert told.count("没有这张表") == 4
    kinds = "list: kinds\ntitle: 门类\nentries: [{code: GY, title: 工业}]\n"
    (office.rules / "lists" / "kinds.yaml").write_text(kinds, encoding="utf-8")
    assert office.run("workflow", "check", str(path)).exit_code == 0
    told = office.do("workflow", "publish", str(path), by="admin")
    assert [line.split("（")[0] for line in told.splitlines()] == [
        "已发布选项表 kinds",
        "已发布流程 second",
    ]
    assert office.findings() == []


def test_lists_are_listed_shown_and_compared(office: LinkedOffice) -> None:
    """Who uses them, what may be chosen today, what a new file changes."""
    (line,) = office.asks("choices", "list", by="b1")["lists"]
    assert (line["name"], line["offered"], line["entries"]) == ("areas", 3, 3)
    assert line["workflows"] == ["landing", "signing"]
    text = areas(office).read_text("utf-8")
    areas(office).write_text(text.replace("aliases: [青田]", "aliases: [侨乡]"), encoding="utf-8")
    told = office.do("choices", "diff", "市县区", str(areas(office)), by="b1")
    assert told == "～ 选项 QT（青田县）　aliases：青田 → 侨乡\n共 1 处不同\n"
    withdrawn(office)
    office.at("2026-09-11")
    shown = office.asks("choices", "show", "areas", by="b1")["entries"]
    assert [one["title"] for one in shown if not one["offered"]] == ["龙泉市"]


def test_an_altered_list_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the list and the entries that could not be judged for it; the others still are."""
    office = LinkedOffice(tmp_path, monkeypatch, rules="listed")
    number = opened(office, "龙泉")
    office.do("set", number, "name=剑瓷园二期", by="b1")
    other = withdrawn(office)
    opened(office, "莲都")
    first = pins(office, number)[0][0]["sha256"]
    with sqlite3.connect(office.path) as database:
        database.execute(
            "UPDATE definition SET body = replace(body, 'LQ', 'LX') WHERE sha256 = ?", (first,)
        )
    ((code, _case, message),) = office.findings()
    assert code == "definition"
    assert message.startswith(f"已发布的选项表 areas（{first[:12]}…）的内容被改动")
    assert "记录 1 条：" in message
    assert other != first


def test_what_is_kept_compiled_is_what_the_list_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands choose by the compiled form, which is compared with the YAML; where there is none,
    the YAML is read, and compiled again.
    """
    office = LinkedOffice(tmp_path, monkeypatch, rules="listed")
    digest = sha256(areas(office).read_bytes()).hexdigest()
    kept = "SELECT count(*) FROM compiled WHERE sha256 = ?"
    with sqlite3.connect(office.path) as database:
        assert database.execute(kept, (digest,)).fetchone() == (1,)
        database.execute("DELETE FROM compiled WHERE sha256 = ?", (digest,))
    opened(office, "龙泉")
    assert office.findings() == []
    with sqlite3.connect(office.path) as database:
        assert database.execute(kept, (digest,)).fetchone() == (1,)
        found = "SELECT body FROM compiled WHERE sha256 = ?"
        ((body,),) = database.execute(found, (digest,)).fetchall()
        other = bytes(body).replace("青田".encode(), "云和".encode())
        database.execute("UPDATE compiled SET body = ? WHERE sha256 = ?", (other, digest))
    ((code, _case, message),) = office.findings()
    assert (code, message) == ("definition", f"list {digest[:12]}… 的编译形式与其原文不符")


def test_a_pin_that_lies_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that claims another version than the one in force is not what the rules give."""
    office = LinkedOffice(tmp_path, monkeypatch, rules="listed")
    first = sha256(areas(office).read_bytes()).hexdigest()
    second = withdrawn(office)
    number = opened(office, "莲都")
    with sqlite3.connect(office.path) as database:
        raw = bytes(
            database.execute(
                "SELECT body FROM entry WHERE idx = (SELECT max(idx) FROM entry)"
            ).fetchone()[0]
        )
        forged = raw.replace(second.encode(), first.encode())
        assert forged != raw
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute(
            "UPDATE entry SET body = ?, hash = ? WHERE body = ?",
            (forged, sha256(forged).hexdigest(), raw),
        )
    found = [(code, message) for code, case, message in office.findings() if case == number]
    assert any("gates" in message or "关口" in message for _code, message in found), found
