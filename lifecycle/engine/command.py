"""What an officer asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lifecycle.engine.case import File
from lifecycle.engine.values import Value

Verdict = Literal["agree", "conditional", "object"]


@dataclass(frozen=True, slots=True)
class Open:
    """Open a case with these facts."""

    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Record:
    """Set facts of a case."""

    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Attach:
    """Attach a file as a material; a later file of the same material takes the earlier one's place."""

    material: str
    file: File


@dataclass(frozen=True, slots=True)
class Sign:
    """Give one's unit's opinion on a transition; role None means the role through which the officer is asked."""

    transition: str
    verdict: Verdict
    note: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take one's unit's opinion on a transition back."""

    transition: str
    note: str = ""
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Resolve:
    """Record, as the lead, how an objection was resolved."""

    transition: str
    role: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class Advance:
    """Make a transition, with the reason and the facts it asks for."""

    transition: str
    note: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftNotice:
    """Draft a letter of a template to roles and parties of the workflow; `replaces` an earlier one of the case.

    `about`, `units` and `debt`: it reminds these units of the `receipt` or `reply` that they owe on that letter.
    `text`: as edited, instead of the template.
    """

    template: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    note: str = ""
    replaces: str = ""
    about: str = ""
    units: tuple[str, ...] = ()
    debt: str = ""
    text: File | None = None


@dataclass(frozen=True, slots=True)
class CheckNotice:
    """Find a draft in order (核稿); `letter` is the SHA-256 of what was read, `writer` tells how it was written."""

    notice: str
    letter: str
    writer: int


@dataclass(frozen=True, slots=True)
class IssueNotice:
    """Sign a checked letter off (签发), which gives it its number.

    `letter` is the letter's data, `digest` the SHA-256 of its draft, `series` what the number counts in, `rules` and
    `template` the SHA-256 of the definitions gone by, `addressed` who gets it.
    """

    notice: str
    letter: Mapping[str, Any]
    digest: str
    series: str
    rules: str
    template: str
    addressed: tuple[Mapping[str, Any], ...]
    writer: int


@dataclass(frozen=True, slots=True)
class FreezeNotice:
    """Fix the bytes of every form of an issued letter: `forms` names them in the order of `files`."""

    notice: str
    forms: tuple[str, ...]
    files: tuple[File, ...]
    made_with: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VoidNotice:
    """Declare a letter void, with the reason; a number taken stays taken."""

    notice: str
    note: str


@dataclass(frozen=True, slots=True)
class DispatchNotice:
    """Record that a letter was handed over for an addressee: by which channel, where to, under which id."""

    notice: str
    addressee: str
    channel: str
    address: str
    parcel: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveNotice:
    """Record the receipt (签收) of a letter by an addressee."""

    notice: str
    addressee: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReplyNotice:
    """Record an addressee's answer (复函) with its file; with a verdict it is the unit's opinion as well."""

    notice: str
    addressee: str
    note: str = ""
    verdict: Verdict | None = None
    file: File | None = None


Command = (
    Open | Record | Attach | Sign | Withdraw | Resolve | Advance
    | DraftNotice | CheckNotice | IssueNotice | FreezeNotice | VoidNotice | DispatchNotice | ReceiveNotice | ReplyNotice
)  # fmt: skip
