"""A letter's life within its case, folded from the entries: drafted, checked, issued under a number, sent, answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from lifecycle.workflow.model import NoticeRule, Transition, Workflow

if TYPE_CHECKING:
    from lifecycle.engine.case import Case

DRAFT, CHECKED, ISSUED, VOID, SUPERSEDED = "draft", "checked", "issued", "void", "superseded"
STATES = {DRAFT: "草稿", CHECKED: "已核稿", ISSUED: "已签发", VOID: "已作废", SUPERSEDED: "已被替代"}
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that nobody misreads a code from paper."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """One who gets a letter: `unit` is empty for a party outside the directory, `copy` says 抄送. Days or "" each.

    `urged` names what it was reminded of: `receipt`, `reply`.
    """

    name: str
    unit: str = ""
    copy: bool = False
    sent_on: str = ""
    received_on: str = ""
    replied_on: str = ""
    urged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter of a case. `name` is `seq-template`; source, transition and index lead to the rule that sends it.

    `to` and `cc` name roles and parties where an officer chose them. `digest` is the SHA-256 of the letter as drafted,
    `checked_by` is everybody who found it in order,
    `entry` the hash of the entry that issued it, `forms` the SHA-256 of every form as frozen, `text` that of the file
    in which an officer edited it; `about` is the letter that it reminds `units` of, `debt` what they owe on it.
    """

    name: str
    template: str
    seq: int
    on: str
    unit: str
    persons: tuple[str, ...]
    source: str = ""
    transition: str = ""
    index: int = 0
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    text: str = ""
    state: str = DRAFT
    checked_by: tuple[str, ...] = ()
    digest: str = ""
    number: str = ""
    title: str = ""
    issued_on: str = ""
    issued_by: tuple[str, ...] = ()
    issued_seq: int = 0
    entry: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)
    addressed: tuple[Addressee, ...] = ()
    replaces: str = ""
    replaced_by: str = ""
    about: str = ""
    units: tuple[str, ...] = ()
    debt: str = ""

    @property
    def code(self) -> str:
        """Give the verification code on the paper, "" before it is issued."""
        return code_of(self.entry) if self.entry else ""

    @property
    def in_force(self) -> bool:
        """Tell whether it was issued and neither voided nor superseded since."""
        return self.state == ISSUED


def code_of(entry: str) -> str:
    """Give the 12 characters that verify a letter: 55 bits of the entry's hash and one that checks the typing."""
    bits = int.from_bytes(sha256(bytes.fromhex(entry)).digest()[:7], "big") >> 1
    text = "".join(_ALPHABET[bits >> 5 * n & 31] for n in range(10, -1, -1))
    text += _ALPHABET[sum((n + 1) * _ALPHABET.index(c) for n, c in enumerate(text)) % 31]
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def read_code(text: str) -> str | None:
    """Read a code as typed – lower case, O for 0, I or L for 1, with or without dashes; None if it is mistyped."""
    plain = text.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    if len(plain) != 12 or any(c not in _ALPHABET for c in plain):
        return None
    if _ALPHABET[sum((n + 1) * _ALPHABET.index(c) for n, c in enumerate(plain[:11])) % 31] != plain[11]:
        return None
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def dump_notice(notice: Notice) -> dict[str, Any]:
    """Give a notice as plain values for canonical JSON."""
    data = {name: getattr(notice, name) for name in Notice.__slots__}
    data["addressed"] = [{name: getattr(a, name) for name in Addressee.__slots__} for a in notice.addressed]
    return data


def load_notice(data: Mapping[str, Any]) -> Notice:
    """Rebuild a notice from `dump_notice`'s values."""
    tuples = {name: tuple(data[name]) for name in ("persons", "to", "cc", "checked_by", "issued_by", "units")}
    return Notice(**{**data, **tuples, "addressed": tuple(map(_load_addressee, data["addressed"]))})


def _load_addressee(data: Mapping[str, Any]) -> Addressee:
    return Addressee(**{**data, "urged": tuple(data["urged"])})


def rule_of(workflow: Workflow, notice: Notice) -> NoticeRule | None:
    """Give the rule that sends a notice; None for one that an officer drafted of their own."""
    if not notice.transition:
        return None
    return workflow.leaving[notice.source][notice.transition].notices[notice.index]


def names_of(seq: int, transition: Transition) -> list[str]:
    """Name the letters of an entry; the second of one template ends in -2, and so on."""
    names: list[str] = []
    for rule in transition.notices:
        name = f"{seq}-{rule.template}"
        times = sum(known == name or known.startswith(f"{name}-") for known in names)
        names.append(f"{name}-{times + 1}" if times else name)
    return names


def sent_by(case: Case, transition: Transition, intent: Mapping[str, Any], persons: tuple[str, ...]) -> dict[str, Any]:
    """Draft the letters that a transition sends; gives what of the case changes."""
    if not transition.notices:
        return {}
    seq, on, unit = intent["seq"], intent["occurred_on"], intent["actor"]["unit"]
    made = {
        name: Notice(name, rule.template, seq, on, unit, persons, case.state, transition.name, index)
        for index, (name, rule) in enumerate(zip(names_of(seq, transition), transition.notices, strict=True))
    }
    return {"notices": {**case.notices, **made}}


def addressee_of(notice: Notice, unit: str, name: str = "") -> Addressee | None:
    """Find the addressee that a unit is, or the one outside the directory with a name."""
    for addressee in notice.addressed:
        if (addressee.unit == unit and unit) or (name and addressee.name == name):
            return addressee
    return None


def owed(workflow: Workflow, case: Case, notice: Notice) -> Iterator[Addressee]:
    """List who still owes an answer: main recipients within the directory of a letter in force that asks for one.

    An opinion on the transition that the letter asks about, signed since it was issued, is an answer too; and none is
    owed once that transition cannot be made from here, or the case has ended.
    """
    rule = rule_of(workflow, notice)
    if rule is None or rule.reply is None or not notice.in_force or workflow.states[case.state].final:
        return
    asks = rule.reply.cosign
    if asks is not None and asks not in workflow.leaving[case.state]:
        return
    spoken = {o.by_unit for o in case.opinions.values() if o.transition == asks and o.seq > notice.issued_seq}
    for addressee in notice.addressed:
        if addressee.unit and not addressee.copy and not addressee.replied_on and addressee.unit not in spoken:
            yield addressee


Entry = Mapping[str, Any]
Change = Callable[["Case", Entry, str, tuple[str, ...]], dict[str, Notice]]


def _drafted(case: Case, body: Entry, _digest: str, persons: tuple[str, ...]) -> dict[str, Notice]:
    intent = body["intent"]
    data, seq, on = intent["data"], intent["seq"], intent["occurred_on"]
    name = f"{seq}-{data['template']}"
    made = Notice(
        name, data["template"], seq, on, intent["actor"]["unit"], persons,
        to=tuple(data["to"]), cc=tuple(data["cc"]), text=intent["files"][0]["sha256"] if intent["files"] else "",
        replaces=data["replaces"], about=data["about"], units=tuple(data["units"]), debt=data["debt"],
    )  # fmt: skip
    changed: dict[str, Notice] = {}
    old = case.notices.get(data["replaces"])
    if old is not None:
        to, cc = (made.to, made.cc) if made.to or made.cc else (old.to, old.cc)
        authors = tuple(dict.fromkeys((*persons, *old.persons)))  # nobody signs off what they once drafted
        made = replace(
            made, source=old.source, transition=old.transition, index=old.index, to=to, cc=cc, persons=authors,
            about=old.about, units=old.units, debt=old.debt,
        )  # fmt: skip
        if not old.number:  # what it was to replace is now to be replaced by this one
            changed[old.name] = replace(old, state=VOID, replaced_by=name)
            made = replace(made, replaces=old.replaces)
    return {**changed, name: made}


def _checked(case: Case, body: Entry, _digest: str, persons: tuple[str, ...]) -> dict[str, Notice]:
    data = body["intent"]["data"]
    notice = case.notices[data["notice"]]
    checkers = tuple(dict.fromkeys((*notice.checked_by, *persons)))  # who once checked it does not sign it off
    return {notice.name: replace(notice, state=CHECKED, checked_by=checkers, digest=data["letter"])}


def _issued(case: Case, body: Entry, digest: str, persons: tuple[str, ...]) -> dict[str, Notice]:
    intent = body["intent"]
    data = intent["data"]
    notice = case.notices[data["notice"]]
    issued = replace(
        notice, state=ISSUED, number=body["numbers"]["notice"], title=data["letter"]["title"],
        issued_on=intent["occurred_on"], issued_by=persons, issued_seq=intent["seq"], entry=digest,
        addressed=tuple(Addressee(a["name"], a["unit"], a["copy"]) for a in data["addressed"]),
    )  # fmt: skip
    changed = {notice.name: issued}
    old = case.notices.get(notice.replaces)
    if old is not None and old.in_force:
        changed[old.name] = replace(old, state=SUPERSEDED, replaced_by=notice.name)
    elif old is not None and old.number:
        changed[old.name] = replace(old, replaced_by=notice.name)
    about = case.notices.get(notice.about)
    if about is not None:  # only a reminder that goes out is one
        at = (replace(a, urged=(*a.urged, notice.debt)) if a.unit in notice.units else a for a in about.addressed)
        changed[about.name] = replace(about, addressed=tuple(at))
    return changed


def _frozen(case: Case, body: Entry, _digest: str, _persons: tuple[str, ...]) -> dict[str, Notice]:
    intent = body["intent"]
    notice = case.notices[intent["data"]["notice"]]
    forms = {form: file["sha256"] for form, file in zip(intent["data"]["forms"], intent["files"], strict=True)}
    return {notice.name: replace(notice, forms=forms)}


def _voided(case: Case, body: Entry, _digest: str, _persons: tuple[str, ...]) -> dict[str, Notice]:
    notice = case.notices[body["intent"]["data"]["notice"]]
    return {notice.name: replace(notice, state=VOID)}


def _marked(key: str) -> Change:
    """Make the fold that notes a day at one addressee, unless one is noted already."""

    def change(case: Case, body: Entry, _digest: str, _persons: tuple[str, ...]) -> dict[str, Notice]:
        intent = body["intent"]
        data, on = intent["data"], intent["occurred_on"]
        notice = case.notices[data["notice"]]
        days = {key: on} if key != "replied_on" else {"replied_on": on, "received_on": on}
        at = tuple(
            replace(a, **{k: getattr(a, k) or day for k, day in days.items()}) if a.name == data["addressee"] else a
            for a in notice.addressed
        )
        return {notice.name: replace(notice, addressed=at)}

    return change


FOLDS: dict[str, Change] = {
    "notice_drafted": _drafted,
    "notice_checked": _checked,
    "notice_issued": _issued,
    "notice_frozen": _frozen,
    "notice_voided": _voided,
    "notice_dispatched": _marked("sent_on"),
    "notice_received": _marked("received_on"),
    "notice_replied": _marked("replied_on"),
}
"""What each entry about a letter changes among the case's notices."""
