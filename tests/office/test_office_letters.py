"""Letters dealt with through the office, without the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from homes import Home
from paper_office import Paper

from lifecycle.delivery.channels import Channels
from lifecycle.engine.case_letter import Letters
from lifecycle.errors import AmbiguousError, UnavailableError
from lifecycle.ledger.register import Request
from lifecycle.office.letters.letters import (
    Wish,
    draft,
    hands_for,
    issue,
    letter_called,
    letters,
    review,
)
from lifecycle.office.letters.outbox import count_unsent, unsent
from lifecycle.office.letters.proof import verify
from lifecycle.office.letters.replies import reply
from lifecycle.office.office import Office

LETTER = "2-consultation"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch, home).founded()


@pytest.fixture
def office(paper: Paper) -> Iterator[Office]:
    """Open that office."""
    with closing(Office.open(paper.url)) as opened:
        yield opened


def test_a_template_named_in_full_is_that_one(paper: Paper, office: Office) -> None:
    """Where its name ends that of another template the letter is found all the same; a part of both
    names is not enough.
    """
    case = office.case(paper.asked())
    letter = case.letters[LETTER]
    longer = replace(letter, name="3-second-consultation", template="second-consultation")
    both = replace(case, letters=Letters({one.name: one for one in (longer, letter)}))
    assert letter_called(both, "consultation") == letter
    assert letter_called(both, "second-consultation") == longer
    with pytest.raises(AmbiguousError):
        letter_called(both, "consult")


def test_a_letter_passes_from_draft_to_outbox(paper: Paper, office: Office) -> None:
    """Reviewed and issued by the two whose business it is, a letter has its number and its code,
    and waits for each addressee.
    """
    number = paper.asked()
    hands = hands_for(office, number, LETTER)
    assert (hands.review.officer, hands.issue.officer) == ("bureau03", "bureau04")
    reviewed = review(office, hands.review, number, LETTER).letter
    issued = issue(office, hands.issue, number, LETTER).letter
    assert [reviewed.state, issued.state, issued.number] == [
        "reviewed",
        "issued",
        "丽招商函〔2026〕1号",
    ]
    waiting = [
        (one.id, one.addressee, one.state, one.by_hand) for one in unsent(office, Channels())
    ]
    assert waiting == [
        (f"{issued.code}.1", "市自然资源局", "pending", True),
        (f"{issued.code}.2", "市文物局", "pending", True),
        (f"{issued.code}.3", "市文旅平台公司", "pending", True),
    ]
    assert count_unsent(office, Channels()) == (3, 0)
    verified = verify(office, issued.code)
    assert (verified.ok, verified.proof and verified.proof.number) == (True, issued.number)


def test_a_reply_says_which_letter_it_answers(paper: Paper, office: Office) -> None:
    """What was done to a letter comes with the letter as it is afterwards, also where its addressee
    did it.
    """
    number = paper.asked()
    paper.issued(number)
    file = Path(paper.write("复函.pdf", "同意选址"))
    answered = reply(office, Request("land01"), number, "1号", file=file, verdict="agree")
    assert answered.letter.name == LETTER
    assert [(a.name, bool(a.replied_on)) for a in answered.letter.addressed] == [
        ("市自然资源局", True),
        ("市文物局", False),
        ("市文旅平台公司", False),
    ]


def test_a_dry_run_drafts_nothing(paper: Paper, office: Office) -> None:
    """A dry run shows the letter that would be drafted, and leaves the case's letters as they
    are.
    """
    number = paper.asked()
    wish = Wish("consultation", to=("land",), note="补充征求")
    tried = draft(office, Request("bureau01", dry_run=True), number, wish)
    assert (tried.letter.name, tried.outcome.body) == ("3-consultation", {})
    assert [(shown.letter.name, shown.state) for shown in letters(office, number)] == [
        (LETTER, "草稿")
    ]


def test_nobody_left_to_review(paper: Paper, office: Office) -> None:
    """Where the issuing unit has no reviewer, who is to be given which duty is said."""
    number = paper.asked()
    paper.do("officer", "revoke", "bureau03", "reviewer", by="admin")
    with pytest.raises(UnavailableError) as caught:
        hands_for(office, number, LETTER)
    assert (caught.value.message, caught.value.mend) == (
        "bureau 没有能办的人",
        "授予 reviewer：lifecycle officer grant",
    )
