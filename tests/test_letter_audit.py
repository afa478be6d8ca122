"""The audit of letters: what was signed off, the numbers, the frozen forms and the outbox, each altered and found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_office import Damage, copied, forged
from paper_office import Paper

from lifecycle.ledger import audit_cases, audit_log
from lifecycle.notice import judge

CASE = "KC-2026-001"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """Issue two letters once."""
    with pytest.MonkeyPatch.context() as patch:
        paper = Paper(tmp_path_factory.mktemp("pristine"), patch).founded()
        for name in ("剑瓷文化体验街区", "温泉康养"):
            paper.issued(paper.asked(name))
        yield paper


@pytest.fixture
def paper(pristine: Paper, tmp_path: Path) -> Paper:
    """Give a copy that may be damaged."""
    found = copied(pristine, tmp_path / "copy")
    assert isinstance(found, Paper)
    return found


def issue(change: Callable[[dict[str, Any]], object], nth: int = 0) -> Damage:
    """Forge an entry that issued a letter, and make its chain fit together again."""
    return forged("notice_issued", change, nth)


def letter_data(**values: Any) -> Callable[[dict[str, Any]], object]:
    """Change what a letter says."""
    return lambda body: body["intent"]["data"]["letter"].update(values)


def data(**values: Any) -> Callable[[dict[str, Any]], object]:
    """Change what the entry says of the letter."""
    return lambda body: body["intent"]["data"].update(values)


def sql(statement: str) -> Damage:
    """Change what is kept beside the log."""

    def damage(paper: Any) -> tuple[int, str]:
        with paper.sql() as database:
            database.execute(statement)
        return paper.entry("notice_frozen")[0], CASE

    return damage


def form(paper: Any) -> tuple[int, str]:
    """Change one byte of a frozen form."""
    path = next(p for p in (paper.folder / "office.db.files").glob("??/*") if p.read_bytes().startswith(b"%PDF"))
    body = path.read_bytes()
    path.write_bytes(body[:-2] + b" \n")
    idx = next(i for i in (paper.entry("notice_frozen", n) for n in (0, 1)) if path.name in str(paper.body(i[0])))
    return idx[0], idx[2]


SPECIMENS: dict[str, tuple[str, Damage]] = {
    "another text": ("letter", issue(letter_data(title="关于别的事的函"))),
    "another recipient": ("letter", issue(data(addressed=[{"copy": False, "name": "市财政局", "unit": "finance"}]))),
    "another draft": ("illegal", issue(data(digest="0" * 64))),
    "another template": ("letter", issue(data(template="0" * 64))),
    "another checked": ("letter", forged("notice_checked", data(letter="0" * 64))),
    "a number twice": ("number", issue(lambda body: body["numbers"].update(notice="丽招商函〔2026〕1号"), 1)),
    "a number left out": ("number", issue(lambda body: body["numbers"].update(notice="丽招商函〔2026〕3号"), 1)),
    "a number of another series": ("number", issue(lambda body: body["numbers"].update(notice="丽招商〔2026〕1号"))),
    "a padded number": ("number", issue(lambda body: body["numbers"].update(notice="丽招商函〔2026〕01号"))),
    "a day before": ("illegal", issue(lambda body: body["intent"].update(occurred_on="2026-09-29"))),
    "dated back": (
        "number",
        issue(lambda b: (b["intent"].update(occurred_on="2026-09-29"), letter_data(date="2026-09-29")(b))),
    ),
    "signed by the drafter": (
        "illegal",
        issue(lambda body: body["intent"]["actor"].update(id="bureau01")),
    ),
    "a form's byte": ("material", form),
    "a row's state": ("state", sql("UPDATE notice SET state = 'void'")),
    "a row's code": ("state", sql("UPDATE notice SET code = NULL")),
    "a form's row": ("state", sql("DELETE FROM form WHERE form = 'pdf'")),
    "a parcel gone": ("outbox", sql("DELETE FROM outbox")),
    "a parcel marked sent": ("outbox", sql("UPDATE outbox SET state = 'sent'")),
    "a parcel to somebody else": ("outbox", sql("UPDATE outbox SET addressee = '市财政局'")),
}


def test_an_untouched_copy_is_clean(paper: Paper) -> None:
    """Nothing is found where nothing was altered."""
    assert paper.findings() == []


@pytest.mark.parametrize("name", SPECIMENS)
def test_each_alteration_is_found(paper: Paper, name: str) -> None:
    """Each alteration is found as what it is, at its entry and in its case."""
    code, damage = SPECIMENS[name]
    idx, case = damage(paper)
    found = paper.findings()
    assert [f for f in found if (f.code, f.idx, f.case) == (code, idx, case)], "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("name", "weakened"),
    [
        ("another text", lambda patch: patch.setattr(judge.LetterJudge, "look", lambda *_args: iter(()))),
        ("a number twice", lambda patch: patch.setattr(audit_log._Numbers, "check_letter", lambda *_args: iter(()))),
        ("dated back", lambda patch: patch.setattr(judge, "_numbered", lambda *_args: iter(()))),
        ("a parcel gone", lambda patch: patch.setattr(audit_cases, "check_post", lambda *_args: iter(()))),
        ("a row's state", lambda patch: patch.setattr(audit_cases, "check_post", lambda *_args: iter(()))),
    ],
)
def test_a_weakened_audit_misses_it(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, name: str, weakened: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """It is this check that finds it: without it, that finding is not made."""
    code, damage = SPECIMENS[name]
    idx, case = damage(paper)
    weakened(monkeypatch)
    assert not [f for f in paper.findings() if (f.code, f.idx, f.case) == (code, idx, case)]
