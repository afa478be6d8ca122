"""The audit of letters: what was signed off, the numbers, the frozen forms and the outbox, each
altered and found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from ledger_office import Damage, copied, forged
from paper_office import Paper

from lifecycle.correspondence import judge
from lifecycle.ledger.audit import states
from lifecycle.ledger.audit.passes.numbers import Numbers

CASE = "KC-2026-001"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory, home: Home) -> Iterator[Paper]:
    """Issue two letters once."""
    with pytest.MonkeyPatch.context() as patch:
        paper = Paper(tmp_path_factory.mktemp("pristine"), patch, home).founded()
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
    return forged("letter_issued", change, nth)


def letter_data(**values: Any) -> Callable[[dict[str, Any]], object]:
    """Change what a letter says."""
    return lambda body: body["intent"]["data"]["content"].update(values)


def data(**values: Any) -> Callable[[dict[str, Any]], object]:
    """Change what the entry says of the letter."""
    return lambda body: body["intent"]["data"].update(values)


def sql(statement: str) -> Damage:
    """Change what is kept beside the log."""

    def damage(paper: Any) -> tuple[int, str]:
        with paper.sql() as database:
            database.execute(statement)
        return paper.entry("letter_frozen")[0], CASE

    return damage


def form(paper: Any) -> tuple[int, str]:
    """Change one byte of a frozen form."""
    kept = paper.home.kept(paper.path)
    digest = next(digest for digest, body in kept.items() if body.startswith(b"%PDF"))
    paper.home.put(paper.path, digest, kept[digest][:-2] + b" \n")
    idx = next(
        i
        for i in (paper.entry("letter_frozen", n) for n in (0, 1))
        if digest in str(paper.body(i[0]))
    )
    return idx[0], idx[2]


def forms_swapped(paper: Any) -> tuple[int, str]:
    """Keep another file as the frozen PDF, and rewrite entry, chain, rows and folder so that all
    fit together.
    """
    body = b"%PDF-1.7 another letter"
    digest = hashlib.sha256(body).hexdigest()
    paper.home.put(paper.path, digest, body)

    def change(entry: dict[str, Any]) -> None:
        entry["intent"]["files"][2].update(sha256=digest, size=len(body))

    found = forged("letter_frozen", change)(paper)
    with paper.sql() as database:
        database.execute("UPDATE form SET sha256 = ? WHERE form = 'pdf'", (digest,))
    return found


def orphan(paper: Any) -> tuple[int, str]:
    """Slip in rows of a case that there is not."""
    with paper.sql() as database:
        database.execute(
            "INSERT INTO outbox VALUES ('x.1', 'nocase', 'n', '某局', 'land', 'pending', 0, '', '')"
        )
        database.execute("INSERT INTO form VALUES ('nocase', 'n', 'pdf', 'ff')")
        database.execute(
            "INSERT INTO letter VALUES ('nocase', 'n', 1, 0, 'issued', 'bureau', NULL, NULL, '',"
            " '', '', ',land,', '{}')"
        )
    return 0, "-"


SPECIMENS: dict[str, tuple[str, Damage]] = {
    "a form swapped throughout": ("letter", forms_swapped),
    "rows of no case": ("outbox", orphan),
    "another text": ("letter", issue(letter_data(title="关于别的事的函"))),
    "another recipient": (
        "letter",
        issue(data(addressed=[{"copy": False, "name": "市财政局", "unit": "finance"}])),
    ),
    "another day to answer": ("letter", issue(data(answer_on="2026-12-31"))),
    "asks on behalf of another unit": (
        "illegal",
        issue(data(asks=[["land", "", "wenwu"], ["x", "wenwu", "wenwu"]])),
    ),
    "another draft": ("illegal", issue(data(digest="0" * 64))),
    "another template": ("letter", issue(data(template="0" * 64))),
    "another checked": ("letter", forged("letter_reviewed", data(digest="0" * 64))),
    "a number twice": (
        "number",
        issue(lambda body: body["numbers"].update(letter="丽招商函〔2026〕1号"), 1),
    ),
    "a number left out": (
        "number",
        issue(lambda body: body["numbers"].update(letter="丽招商函〔2026〕3号"), 1),
    ),
    "a number of another series": (
        "number",
        issue(lambda body: body["numbers"].update(letter="丽招商〔2026〕1号")),
    ),
    "a padded number": (
        "number",
        issue(lambda body: body["numbers"].update(letter="丽招商函〔2026〕01号")),
    ),
    "a day before": (
        "illegal",
        issue(lambda body: body["intent"].update(occurred_on="2026-09-29")),
    ),
    "dated back": (
        "number",
        issue(
            lambda b: (
                b["intent"].update(occurred_on="2026-09-29"),
                letter_data(date="2026-09-29")(b),
            )
        ),
    ),
    "signed by the drafter": (
        "illegal",
        issue(lambda body: body["intent"]["actor"].update(id="bureau01")),
    ),
    "a form without a hash": (
        "state",
        forged("letter_frozen", lambda body: body["intent"]["files"][2].update(sha256={})),
    ),
    "a day that is a number": (
        "illegal",
        issue(lambda body: body["intent"].update(occurred_on=20260930)),
    ),
    "a form's byte": ("letter", form),
    "a row's state": ("state", sql("UPDATE letter SET state = 'void'")),
    "a row's code": ("state", sql("UPDATE letter SET code = NULL")),
    "a form's row": ("state", sql("DELETE FROM form WHERE form = 'pdf'")),
    "a sending gone": ("outbox", sql("DELETE FROM outbox")),
    "a sending marked sent": ("outbox", sql("UPDATE outbox SET state = 'sent'")),
    "a sending to somebody else": ("outbox", sql("UPDATE outbox SET addressee = '市财政局'")),
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
    assert [f for f in found if (f.code, f.idx, f.case) == (code, idx, case)], "\n".join(
        map(str, found)
    )


@pytest.mark.parametrize("key", ["series", "writer"])
def test_an_act_that_cannot_be_read_leaves_no_gap(paper: Paper, key: str) -> None:
    """A key left out of the entry that issued a letter is found there; the next number of the
    series is not said to follow a gap.
    """
    idx, _name = issue(lambda body: body["intent"]["data"].pop(key))(paper)
    found = paper.findings()
    assert [f for f in found if f.idx == idx]
    assert [f for f in found if f.code == "number"] == []


@pytest.mark.parametrize(
    ("name", "weakened"),
    [
        (
            "another text",
            lambda patch: patch.setattr(judge.LetterJudge, "look", lambda *_args: iter(())),
        ),
        (
            "a number twice",
            lambda patch: patch.setattr(Numbers, "check_letter", lambda *_args: iter(())),
        ),
        ("dated back", lambda patch: patch.setattr(judge, "_pinned", lambda *_args: iter(()))),
        (
            "a sending gone",
            lambda patch: patch.setattr(states, "check_kept_letters", lambda *_args: iter(())),
        ),
        (
            "a row's state",
            lambda patch: patch.setattr(states, "check_kept_letters", lambda *_args: iter(())),
        ),
    ],
)
def test_a_weakened_audit_misses_it(
    paper: Paper,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    weakened: Callable[[pytest.MonkeyPatch], None],
) -> None:
    """It is this check that finds it: without it, that finding is not made."""
    code, damage = SPECIMENS[name]
    idx, case = damage(paper)
    weakened(monkeypatch)
    assert not [f for f in paper.findings() if (f.code, f.idx, f.case) == (code, idx, case)]


def test_a_row_of_no_case_stops_nobody(paper: Paper) -> None:
    """Rows that somebody slipped in are reported by the audit and hold no command up."""
    orphan(paper)
    for words in (("todo",), ("notice", "outbox"), ("notice", "deliver"), ("notice", "urge")):
        assert paper.run(*words, by="bureau01").exit_code == 0, words


def test_another_way_of_writing_is_no_forgery(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters issued before the program wrote or printed otherwise are neither false findings nor
    silently passed.
    """
    for module in (
        "lifecycle.template.compose",
        "lifecycle.correspondence.signing_off",
        "lifecycle.correspondence.judge",
    ):
        # By the module's own name: in its package, `compose` is the function.
        monkeypatch.setattr(import_module(module), "WRITER", 99)
    monkeypatch.setattr("lifecycle.correspondence.press.PRESS", 0)
    monkeypatch.setattr("lifecycle.correspondence.scope.due_text", lambda *_args: "另一种写法")
    monkeypatch.setattr(
        "lifecycle.correspondence.signing_off.time_to_answer",
        lambda *_args: ("另一种写法", "2026-10-01"),
    )
    assert paper.findings() == []
    assert "2 件公文由别的版本或字体排印，未重排核对" in paper.do("audit")
