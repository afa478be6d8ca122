"""`notice verify` and `notice export`: a paper is proved by the ledger, or without it
by a bundle.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from answers import answered
from paper_office import Paper

from lifecycle.correspondence.proof import prove
from lifecycle.engine.acts import FORMS
from lifecycle.errors import InvalidError

LETTER = "2-consultation"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch).founded()


@pytest.fixture
def issued(paper: Paper) -> tuple[str, dict[str, Any]]:
    """Issue a letter; give its case's number and where it stands."""
    number = paper.asked()
    return number, paper.issued(number)


def verdict(paper: Paper, *args: str) -> tuple[int, bool, str | None]:
    """Verify; give exit code, whether it is genuine, and which form it is."""
    result = paper.run("notice", "verify", *args, "--json")
    answer = answered(result.stdout)
    return result.exit_code, answer["genuine"], answer["form"]


def rendered(paper: Paper, number: str, form: str) -> str:
    """Take a form of the letter out."""
    return str(
        paper.asks("notice", "render", number, LETTER, "--into", "公文", f"--{form}")["files"][0]
    )


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_proved_byte_for_byte(
    paper: Paper, issued: tuple[str, dict[str, Any]], form: str
) -> None:
    """The frozen file is the original; with one byte more it is not, and the letter that it claims
    to be is told.
    """
    path = Path(rendered(paper, issued[0], form))
    assert verdict(paper, str(path)) == (0, True, form)
    altered = path.with_name(f"改过{path.suffix}")
    altered.write_bytes(path.read_bytes() + b"\n")
    assert verdict(paper, str(altered)) == (1, False, None)
    told = paper.run("notice", "verify", str(altered)).stdout
    assert "不是原件" in told
    assert "丽招商函〔2026〕1号　关于征求剑瓷文化体验街区选址意见的函" in told


def test_a_code_or_a_number_is_enough(paper: Paper, issued: tuple[str, dict[str, Any]]) -> None:
    """The code off the paper, however typed, and the number find the letter; a mistyped code is
    refused.
    """
    code = issued[1]["code"]
    told = paper.do("notice", "verify", code.lower().replace("-", ""))
    assert told.splitlines()[1:4] == [
        "  丽招商函〔2026〕1号　关于征求剑瓷文化体验街区选址意见的函",
        "  丽水市招商局　2026-09-30 签发（bureau04）　主送 市自然资源局、市文物局",
        "  ✓ 有效",
    ]
    assert verdict(paper, "丽招商函〔2026〕1号") == (0, True, None)
    last = "0" if code[-1] != "0" else "1"
    assert paper.fails("notice", "verify", code[:-1] + last)[0] == 1
    assert paper.run("notice", "verify", "00000000000-0").exit_code == 1


def test_a_letter_that_is_not_ours_is_not(paper: Paper) -> None:
    """A file that was never issued is told so."""
    paper.write("别的.txt", "随便写的函")
    result = paper.run("notice", "verify", "别的.txt")
    assert (result.exit_code, result.stdout) == (
        1,
        "✗ 不是：台账里没有这件公文，文件里也没有验证码\n",
    )
    paper.write("坏.pdf", b"%PDF-1.7 broken")
    paper.write("坏.docx", b"PK\x03\x04 broken")
    for name in ("坏.pdf", "坏.docx"):
        assert paper.run("notice", "verify", name).exit_code == 1


def test_a_number_that_was_never_issued_is_told_as_one(paper: Paper) -> None:
    """Of what has the form of a document number it is said that it was not issued, not that it was
    mistyped; of anything else that it is none.
    """
    assert paper.fails("notice", "verify", "丽招商函〔2026〕77号") == (
        1,
        (
            "“丽招商函〔2026〕77号”形式是文号，但没有签发过\n"
            "  改法：核对文号，或用公文末页的验证码核验\n"
        ),
    )
    for given in ("丽招商函〔26〕77号", "丽招商函〔2026〕0号", "随便写的"):
        assert "或输错了字符" in paper.fails("notice", "verify", given)[1]


def test_what_is_over_is_told(paper: Paper, issued: tuple[str, dict[str, Any]]) -> None:
    """A void or superseded letter is genuine, but no longer in force: exit 1, with the reason or
    the successor.
    """
    number, found = issued
    path = rendered(paper, number, "pdf")
    paper.do("notice", "draft", number, "--replace", LETTER, by="bureau01")
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    paper.issued(number, name)
    assert verdict(paper, path) == (1, True, "pdf")
    assert (
        "已不再有效：2026-09-30 被 丽招商函〔2026〕2号 替代"
        in paper.run("notice", "verify", found["code"]).stdout
    )
    paper.do("notice", "void", number, name, "--note", "有误", by="bureau04")
    told = paper.run("notice", "verify", "丽招商函〔2026〕2号").stdout
    assert "已不再有效：2026-09-30 作废：有误" in told


def test_a_bundle_proves_without_the_ledger(
    paper: Paper, issued: tuple[str, dict[str, Any]]
) -> None:
    """With the bundle a department verifies the paper with no database; an altered bundle or paper
    is told.
    """
    number, _found = issued
    path = rendered(paper, number, "pdf")
    checkpoint = paper.asks("notice", "export", number, LETTER, "包.json")["checkpoint"]
    assert paper.fails("notice", "export", number, LETTER, "包.json")[0] == 1, (
        "nothing is overwritten"
    )
    assert checkpoint == str(paper.checkpoint())
    paper.path.rename(paper.folder / "away.db")
    assert verdict(paper, path, "--bundle", "包.json") == (0, True, "pdf")
    altered = Path("改.pdf")
    altered.write_bytes(Path(path).read_bytes() + b"\n")
    assert verdict(paper, "改.pdf", "--bundle", "包.json") == (1, False, None)
    bundle = json.loads(Path("包.json").read_text("utf-8"))
    for at in range(len(bundle["entries"])):
        forged = dict(
            bundle,
            entries=[
                e.replace("32000", "99000") if n == at else e
                for n, e in enumerate(bundle["entries"])
            ],
        )
        Path("假.json").write_text(json.dumps(forged), "utf-8")
        code = paper.run("notice", "verify", path, "--bundle", "假.json").exit_code
        assert (code == 0) == (forged["entries"] == bundle["entries"])
    paper.write("不是.json", "{}")
    assert paper.fails("notice", "verify", path, "--bundle", "不是.json")[0] == 1


def test_a_forged_form_in_a_bundle_is_not_the_original(
    paper: Paper, issued: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle that names another file is caught by printing the letter again; where that cannot be
    done, exit 3.
    """
    number, _found = issued
    path = rendered(paper, number, "pdf")
    paper.do("notice", "export", number, LETTER, "包.json")
    forged = Path("forged.pdf")
    forged.write_bytes(Path(path).read_bytes() + b"%forged\n")
    bundle = json.loads(Path("包.json").read_text("utf-8"))
    digest = hashlib.sha256(forged.read_bytes()).hexdigest()
    last = bundle["entries"][-1].replace(
        hashlib.sha256(Path(path).read_bytes()).hexdigest(), digest
    )
    Path("假.json").write_text(
        json.dumps({**bundle, "entries": [*bundle["entries"][:-1], last]}), "utf-8"
    )
    assert verdict(paper, "forged.pdf", "--bundle", "假.json") == (1, False, "pdf")
    Path("头.json").write_text(json.dumps({**bundle, "case": "KC-2026-999"}), "utf-8")
    assert paper.fails("notice", "verify", path, "--bundle", "头.json")[0] == 1
    monkeypatch.setattr("lifecycle.correspondence.press.PRESS", 0)
    result = paper.run("notice", "verify", path, "--bundle", "包.json")
    assert (result.exit_code, "未能证实" in result.stdout) == (3, True)


def test_a_letter_that_quotes_another_is_itself(
    paper: Paper, issued: tuple[str, dict[str, Any]]
) -> None:
    """Where a paper names an earlier letter's code too, the very file decides which it is, with a
    bundle as without.
    """
    number, found = issued
    text = (
        "文种：函\n标题：关于补充的函\n主送：{{ to }}\n抄送：{{ cc }}\n发文单位：{{ "
        "issuer "
        "}}\n---\n见{code}。\n"
    )
    paper.write("t.txt", text.replace("{code}", f" {found['code']} "))
    paper.do(
        "notice",
        "draft",
        number,
        "consultation",
        "--to",
        "land",
        "--cc",
        "owner",
        "--text",
        "t.txt",
        by="bureau01",
    )
    name = paper.asks("notice", "list", number)["letters"][-1]["name"]
    paper.issued(number, name)
    (path,) = paper.asks("notice", "render", number, name, "--into", "公文", "--text")["files"]
    paper.do("notice", "export", number, name, "包.json")
    for extra in ((), ("--bundle", "包.json")):
        answer = answered(paper.run("notice", "verify", path, *extra, "--json").stdout)
        assert (answer["genuine"], answer["letter"]["document_number"]) == (
            True,
            "丽招商函〔2026〕2号",
        )


@pytest.mark.parametrize(
    "payload", [b"<" * 3_000_000, "〔".encode() * 500_000], ids=["tags", "text"]
)
def test_hostile_files_are_read_in_time(paper: Paper, payload: bytes) -> None:
    """A DOCX made to keep the reader busy, or damaged inside, is told to be none of ours, soon and
    without a fuss.
    """
    with zipfile.ZipFile("x.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", payload)
    started = time.monotonic()
    assert paper.run("notice", "verify", "x.docx").exit_code == 1
    body = bytearray(Path("x.docx").read_bytes())
    body[60:80] = b"\xff" * 20
    Path("y.docx").write_bytes(bytes(body))
    assert paper.run("notice", "verify", "y.docx").exit_code == 1
    assert time.monotonic() - started < 30


def test_a_chain_that_does_not_hold_proves_nothing(
    paper: Paper, issued: tuple[str, dict[str, Any]]
) -> None:
    """Entries left out, put in another order or altered are refused, whatever they say of the
    letter.
    """
    number, found = issued
    with paper.sql() as database:
        case_id = database.execute("SELECT id FROM cases WHERE number = ?", (number,)).fetchone()[0]
        rows = [
            r[0]
            for r in database.execute(
                "SELECT body FROM entry WHERE case_id = ? ORDER BY seq", (case_id,)
            )
        ]
    proof = prove(rows, found["code"])
    assert proof is not None
    assert (proof.number, proof.in_force, set(proof.forms.values())) == (
        "丽招商函〔2026〕1号",
        True,
        set(FORMS),
    )
    for wrong in (
        rows[1:],
        [*rows[:2], *rows[3:]],
        [rows[1], rows[0], *rows[2:]],
        [rows[0] + b" ", *rows[1:]],
    ):
        with pytest.raises(InvalidError):
            prove(wrong, found["code"])
    assert prove(rows, "0000-0000-0000") is None


def test_nothing_is_exported_from_a_damaged_ledger(
    paper: Paper, issued: tuple[str, dict[str, Any]]
) -> None:
    """A bundle is only made where the audit finds nothing, and only of a letter that was issued."""
    number, _found = issued
    other = paper.asked("温泉康养")
    assert paper.fails("notice", "export", other, LETTER, "x.json")[0] == 1
    with paper.sql() as database:
        database.execute("UPDATE letter SET title = '别的'")
    assert paper.fails("notice", "export", number, LETTER, "x.json")[0] == 1
    assert not Path("x.json").exists()
