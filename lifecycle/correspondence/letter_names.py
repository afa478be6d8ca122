"""What a letter is given besides the facts of its case: the names of `workflow.letter_variables`,
with their types.

Letters (`scope`) and samples (`sample`) both fill this in, so a name that one of them lacks does
not pass the type checker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from lifecycle.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a reminder says of the letter that it is about."""

    letter_title: str
    letter_number: str | None
    letter_date: date
    overdue_days: int


@dataclass(frozen=True, slots=True)
class LetterNames:
    """The names by what they hold; None is what is not there this time."""

    to: list[str]
    cc: list[str]
    issuer: str
    case_number: str
    case_title: str
    stage: str
    next_stage: str
    on: date
    note: str | None
    contact: str
    division: str | None
    due_on: date | None
    due_text: str | None
    materials: list[str]
    opinions: list[dict[str, str]]
    last: Mapping[str, date]
    count: Mapping[str, int]
    linked: Mapping[str, object]
    limits: list[dict[str, str | bool]]
    reply_due_text: str | None
    reminded: Reminded | None

    def scope(self) -> dict[str, object]:
        """Give them as a template gets them; what only reminders have stands beside the rest."""
        names = {field.name: getattr(self, field.name) for field in fields(self)}
        about = names.pop("reminded")
        if about is not None:
            names |= {field.name: getattr(about, field.name) for field in fields(about)}
        return names
