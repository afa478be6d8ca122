"""A definition that is gone or altered in the database: one finding, and the audit goes on with all
else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from ledger_office import copied, forged
from paper_office import ISSUING, Paper

from lifecycle.ledger.audit import bare

SLOW_ON_A_SERVER = True
FIRST, SECOND = "KC-2026-001", "KC-2026-002"
LETTER = "2-consultation"
LETTERS = f"公文 2 件：{FIRST} {LETTER}、{SECOND} {LETTER}"
ALL = f"记录 10 条：25（{FIRST}）、26（{FIRST}）、27（{FIRST}） 等；{LETTERS}"
RESTS: dict[str, tuple[str, str]] = {
    "workflow visit": ("流程", f"{ALL}；存储的事项状态 2 个：{FIRST}、{SECOND}"),
    "calendar CN": ("工作日历", f"{ALL}；存储的到期日 2 个：{FIRST}、{SECOND}"),
    "template consultation": (
        "公文模板",
        f"记录 4 条：27（{FIRST}）、28（{FIRST}）、32（{SECOND}） 等；{LETTERS}",
    ),
    "issuing issuing": ("发文规则", f"记录 2 条：28（{FIRST}）、33（{SECOND}）；{LETTERS}"),
}
"""For each definition what people call its kind, and what rests on it in the office of
these tests.
"""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Paper]:
    """Issue two letters once."""
    with pytest.MonkeyPatch.context() as patch:
        paper = Paper(tmp_path_factory.mktemp("pristine"), patch, home).founded()
        for name in ("剑瓷文化体验街区", "温泉康养"):
            paper.issued(paper.asked(name))
        yield paper


@pytest.fixture
def paper(pristine: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give a copy that may be damaged, and stand in its folder."""
    found = copied(pristine, tmp_path / "copy")
    monkeypatch.chdir(found.folder)
    assert isinstance(found, Paper)
    return found


def published(paper: Paper, definition: str) -> tuple[int, str]:
    """Give the index of the entry that published a definition, and its SHA-256."""
    with paper.sql() as database:
        bodies = [row[0] for row in database.execute("SELECT idx FROM entry ORDER BY idx")]
    for idx in bodies:
        intent = paper.body(idx)["intent"]
        data = intent["data"]
        if (
            intent["type"] == "definition_published"
            and f"{data['kind']} {data['name']}" == definition
        ):
            return idx, intent["files"][0]["sha256"]
    raise AssertionError(definition)


def damaged(paper: Paper, definition: str, how: str) -> tuple[str, int, str, str]:
    """Alter or delete a definition; give the finding that the audit must make of it."""
    idx, digest = published(paper, definition)
    with paper.sql() as database:
        if how == "altered":
            found = "SELECT body FROM definition WHERE sha256 = ?"
            ((body,),) = database.execute(found, (digest,)).fetchall()
            change = "UPDATE definition SET body = ? WHERE sha256 = ?"
            database.execute(change, (body + b" ", digest))
        else:
            database.execute("DELETE FROM definition WHERE sha256 = ?", (digest,))
    kind, rests = RESTS[definition]
    what = "的内容被改动" if how == "altered" else "不见了"
    said = f"已发布的{kind} {definition.split()[1]}（{digest[:12]}…）{what}"
    return (
        "definition",
        idx,
        "office",
        f"{said}；因此未能完全核对 {rests}；请从备份恢复这份定义后再审计",
    )


def told(paper: Paper) -> list[tuple[str, int, str, str]]:
    """Audit; give the findings as plain values."""
    return [(f.code, f.idx, f.case, f.message) for f in paper.findings()]


@pytest.mark.parametrize("how", ["altered", "missing"])
@pytest.mark.parametrize("definition", RESTS)
def test_a_damaged_definition_is_one_finding(paper: Paper, definition: str, how: str) -> None:
    """C3: it is the only finding, at its publication, and says what rests on it; exit 1, and not
    called complete.
    """
    wanted = damaged(paper, definition, how)
    assert told(paper) == [wanted]
    result = paper.run("audit")
    assert (result.exit_code, "没有发现问题" in result.stdout) == (1, False)
    assert "因已发布的定义损坏而未能完全核对：" in result.stdout
    document = paper.asks("audit")
    (row,) = document["unjudged"]["definitions"]
    assert (document["ok"], document["complete"], document["error"]) == (False, False, None)
    assert (f"{row['kind']} {row['name']}", row["entry"]) == (definition, wanted[1])
    assert document["unjudged"]["entries"] == row["unjudged_entries"] > 0
    assert document["unjudged"]["letters"] == row["unjudged_letters"] == 2


@pytest.mark.parametrize("how", ["altered", "missing"])
@pytest.mark.parametrize("definition", RESTS)
def test_other_forgeries_are_still_found(paper: Paper, definition: str, how: str) -> None:
    """C3: a number book, a sending of no case and a frozen form that were tampered with are found
    beside it.
    """
    wanted = damaged(paper, definition, how)
    with paper.sql() as database:
        database.execute("UPDATE series SET last = 9 WHERE name LIKE '丽招商函%'")
        database.execute(
            "INSERT INTO outbox VALUES ('x.1', 'nocase', 'n', '某局', 'land', 'pending', 0, '', '')"
        )
    idx = paper.entry("letter_frozen")[0]
    file = paper.body(idx)["intent"]["files"][0]
    paper.home.spoil(paper.path, file["sha256"])
    assert sorted(told(paper)) == sorted(
        [
            wanted,
            ("number", 0, "-", "编号 丽招商函〔2026〕{serial}号 簿上记到第 9 号，实际编到第 2 号"),
            ("outbox", 0, "-", "outbox x.1 不属于任何事项"),
            ("letter", idx, FIRST, f"固定的版式文件 {file['name']}：文件内容被改动"),
        ]
    )


@pytest.mark.parametrize("definition", ["template consultation", "issuing issuing"])
def test_what_needs_no_definition_is_judged_all_the_same(paper: Paper, definition: str) -> None:
    """C3: of a letter whose template or rules are damaged, signer, pinned digests and forms are
    still judged.
    """
    damaged(paper, definition, "altered")
    drafter = forged("letter_issued", lambda body: body["intent"]["actor"].update(id="bureau01"))
    other = forged("letter_issued", lambda body: body["intent"]["data"].update(rules="0" * 64), 1)
    first, second = drafter(paper)[0], other(paper)[0]
    found = {(code, idx, message) for code, idx, _case, message in told(paper)}
    assert ("illegal", first, "回避：拟稿人 bureau01 不得签发，须换人") in found
    assert ("letter", second, f"{LETTER} 签发的所依据的发文规则与按当时规则写出的不符") in found


@pytest.mark.parametrize("definition", ["template consultation", "issuing issuing", "calendar CN"])
def test_the_stored_state_is_compared_all_the_same(paper: Paper, definition: str) -> None:
    """C3: what is stored of a case is compared with the replay where its workflow is whole."""
    wanted = damaged(paper, definition, "missing")
    with paper.sql() as database:
        database.execute("UPDATE cases SET title = '别的' WHERE number = ?", (SECOND,))
    found = told(paper)
    assert sorted(f for f in found if f[0] != "state") == [wanted]
    assert [f[2:] for f in found if f[0] == "state"] == [
        (SECOND, "存储的状态与回放结果不一致：title")
    ]


BARE = {
    "seq": "seq + 1",
    "head": "'0'",
    "number": "'KC-2026-009'",
    "workflow": "'别的'",
    "digest": "'0'",
    "state": "'done'",
    "opened_on": "'2020-01-01'",
    "last_on": "'2030-01-01'",
    "snapshot": "?",
}
"""For each column of a case's row that its entries tell without rules, what somebody writes
there.
"""


@pytest.mark.parametrize("how", ["altered", "missing"])
@pytest.mark.parametrize("column", BARE)
def test_without_the_workflow_a_row_is_held_against_the_entries(
    paper: Paper, column: str, how: str
) -> None:
    """C3: of a case whose workflow is damaged, what its entries say by themselves is compared with
    the stored row; that the rest could not be judged is still counted.
    """
    wanted = damaged(paper, "workflow visit", how)
    _rewrite(paper, column)
    found = told(paper)
    last = paper.entry("letter_frozen", 1)[0]
    name = "KC-2026-009" if column == "number" else SECOND
    message = f"存储的状态与各条记录不一致：{column}"
    assert [f for f in found if f[0] == "state"] == [("state", last, name, message)]
    (definition,) = [f for f in found if f[0] == "definition"]
    assert definition[3].replace(name, SECOND) == wanted[3]
    (row,) = paper.asks("audit")["unjudged"]["definitions"]
    assert row["unjudged_entries"] == 10


@pytest.mark.parametrize("column", BARE)
def test_an_audit_that_leaves_the_bare_row_out_misses_it(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    """The test above proves something: without the comparison, nothing of the row is found."""
    damaged(paper, "workflow visit", "altered")
    _rewrite(paper, column)
    monkeypatch.setattr(bare, "wrong_bare_columns", lambda *_: [])
    assert [f[0] for f in told(paper)] == ["definition"]


def _rewrite(paper: Paper, column: str) -> None:
    """Write something else into a column of the second case's row."""
    with paper.sql() as database:
        found = "SELECT snapshot FROM cases WHERE number = ?"
        ((snapshot,),) = database.execute(found, (SECOND,)).fetchall()
        value = [snapshot.replace(b'"seq":', b'"seq":1')] if BARE[column] == "?" else []
        change = f"UPDATE cases SET {column} = {BARE[column]} WHERE number = ?"
        database.execute(change, (*value, SECOND))


def test_without_the_workflow_a_case_without_a_row_is_found(paper: Paper) -> None:
    """C3: entries of a case that has no row are a finding though its workflow is damaged."""
    damaged(paper, "workflow visit", "missing")
    last, case_id, _name = paper.entry("letter_frozen", 1)
    with paper.sql() as database:
        database.execute("DELETE FROM cases WHERE number = ?", (SECOND,))
    assert ("lost", last, case_id, "有记录而无事项") in told(paper)


def test_without_the_workflow_an_altered_opening_is_found(paper: Paper) -> None:
    """C3: the first entry's bytes are held against its hash as well, and the second's link to
    it.
    """
    damaged(paper, "workflow visit", "altered")
    paper.forge(paper.entry("case_opened", 1)[0], lambda body: body["intent"].update(seq=7))
    found = told(paper)
    idx = paper.entry("case_opened", 1)[0]
    assert ("chain", idx, SECOND, "应为第 1 条，写的是第 7 条") in found


@pytest.mark.parametrize("how", ["altered", "missing"])
@pytest.mark.parametrize(
    "command", [("show", SECOND), ("why", SECOND, "ask"), ("advance", SECOND, "ask")]
)
def test_a_command_on_such_a_case_names_the_workflow(
    paper: Paper, command: tuple[str, ...], how: str
) -> None:
    """C3: whoever works on a case of a damaged workflow reads which one it is, and how to mend
    it.
    """
    _idx, digest = published(paper, "workflow visit")
    damaged(paper, "workflow visit", how)
    what = "的内容被改动" if how == "altered" else "不见了"
    code, said = paper.fails(*command, by="bureau01")
    assert code == 3
    assert f"已发布的流程 visit（{digest[:12]}…）{what}" in said
    assert "先运行 lifecycle audit" in said
    assert "再从备份恢复：lifecycle restore 备份文件 --db 新位置" in said


def test_a_gap_in_the_numbers_is_seen_without_the_workflow(paper: Paper) -> None:
    """C3: case numbers are followed by their series where the workflow that patterns
    them is gone.
    """
    wanted = damaged(paper, "workflow visit", "missing")
    idx, _ = forged("case_opened", lambda body: body["numbers"].update(case="KC-2026-005"), 1)(
        paper
    )
    found = told(paper)
    assert ("number", idx, SECOND, "编号 KC-2026-005 断号：缺第 2 至 4 号") in found
    assert ("number", 0, "-", "编号 KC-2026-{serial} 簿上记到第 2 号，实际编到第 5 号") in found
    assert wanted in found


def test_two_damaged_definitions_are_two_findings(paper: Paper) -> None:
    """C3: each damaged definition is told for itself, with what rests on it."""
    wanted = [
        damaged(paper, name, "altered") for name in ("issuing issuing", "template consultation")
    ]
    found = told(paper)
    assert [f[:3] for f in found] == [w[:3] for w in wanted]
    assert paper.asks("audit")["unjudged"]["entries"] == 4, (
        "an entry that rests on both is counted once"
    )


def test_a_definition_published_twice_is_one_finding(paper: Paper) -> None:
    """C3: rules that were published, replaced and published again are one finding, which names both
    publications.
    """
    for text in (ISSUING.replace("丽招商,", "丽招促,"), ISSUING):
        paper.write("issuing.yaml", text)
        paper.do("notice", "publish", "issuing.yaml", by="admin")
    first, digest = published(paper, "issuing issuing")
    with paper.sql() as database:
        (last,) = database.execute("SELECT max(idx) FROM entry").fetchone()
        database.execute("DELETE FROM definition WHERE sha256 = ?", (digest,))
    (found,) = told(paper)
    said = f"已发布的发文规则 issuing（{digest[:12]}…）不见了（第 {last} 条又发布过）"
    rests = RESTS["issuing issuing"][1]
    wanted = f"{said}；因此未能完全核对 {rests}；请从备份恢复这份定义后再审计"
    assert found == ("definition", first, "office", wanted)


# Whatever else ended the audit in the same way.


def test_a_lost_text_of_an_edited_letter_does_not_end_the_audit(paper: Paper) -> None:
    """C3: an officer's own text that is gone is a finding; that its letter could not be judged is
    told, exit 1.
    """
    number = paper.asked("总部基地")
    text = (
        "文种：函\n标题：关于征求意见的函\n主送：{{ to }}\n抄送：{{ cc }}\n发文单位：{{ "
        "issuer "
        "}}\n---\n一段。\n"
    )
    paper.write("改.txt", text)
    paper.do("notice", "draft", number, "--replace", LETTER, "--text", "改.txt", by="bureau01")
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    paper.issued(number, name)
    idx = paper.entry("letter_drafted")[0]
    digest = paper.body(idx)["intent"]["files"][0]["sha256"]
    paper.home.put(paper.path, digest, None)
    unread = f"{name} 未能核对：保存的文件 {digest[:12]}… 文件不见了"
    assert told(paper) == [
        ("material", idx, number, "改.txt：文件不见了"),
        ("unread", paper.entry("letter_reviewed", 2)[0], number, unread),
        ("unread", paper.entry("letter_issued", 2)[0], number, unread),
    ]
    assert paper.run("audit").exit_code == 1


def test_a_draft_of_a_template_that_never_was_does_not_end_the_audit(paper: Paper) -> None:
    """C3: a forged draft that names an unpublished template is a finding at what was
    checked of it.
    """
    number = paper.asked("总部基地")
    paper.do("notice", "draft", number, "consultation", "--to", "land", by="bureau01")
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    paper.do("notice", "approve", number, name, by="bureau03")
    forged("letter_drafted", lambda body: body["intent"]["data"].update(template="nowhere"))(paper)
    fake = name.replace("consultation", "nowhere")
    idx, _ = forged("letter_reviewed", lambda body: body["intent"]["data"].update(letter=fake), 2)(
        paper
    )
    assert ("letter", idx, number, "公文模板 nowhere 当时尚未发布") in told(paper)


def test_a_forged_letter_that_cannot_be_printed_does_not_end_the_audit(paper: Paper) -> None:
    """C3: where a forged letter cannot be printed again, that is a finding at its frozen forms."""

    def change(body: dict[str, Any]) -> None:
        body["intent"]["data"]["content"]["title"] = "关于🦄的函"

    forged("letter_issued", change)(paper)
    found = [f for f in told(paper) if (f[0], f[1]) == ("letter", paper.entry("letter_frozen")[0])]
    why = "这份公文不能排印：小标宋没有“🦄”（U+1F984），见“关于🦄的函”"
    assert [f[3] for f in found] == [f"{LETTER} 按签发的内容排不出版式：{why}"]
