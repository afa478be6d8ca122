"""A letter's life within its case, folded from the entries: drafted, reviewed, issued under a
number, sent, answered.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from dataclasses import field
from types import MappingProxyType
from typing import Any

from lifecycle.frozen import dataclass, replace
from lifecycle.letter.code import code_of
from lifecycle.workflow.model import NoticeRule, Transition, Workflow

DRAFT, REVIEWED, ISSUED, VOID, SUPERSEDED = "draft", "reviewed", "issued", "void", "superseded"
UNISSUED = (DRAFT, REVIEWED)
"""The states of a letter that was drafted and is not signed off."""
STATES = {
    DRAFT: "草稿",
    REVIEWED: "已核稿",
    ISSUED: "已签发",
    VOID: "已作废",
    SUPERSEDED: "已被替代",
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """One who gets a letter: `unit` is empty for a party outside the directory, `copy` says 抄送.
    Days or "" each.

    `urged` names what it was reminded of: `receipt`, `reply`.
    """

    name: str
    unit: str = ""
    copy: bool = False
    sent_on: str = ""
    received_on: str = ""
    replied_on: str = ""
    urged: tuple[str, ...] = ()

    @property
    def handed_over(self) -> str:
        """Give the day from which the time to answer runs: that of the receipt, or of the sending
        where none is noted; "" while it was not handed over.
        """
        return self.received_on or self.sent_on

    @property
    def has_it(self) -> bool:
        """Tell whether it has signed for the letter, or answered it."""
        return bool(self.received_on or self.replied_on)


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """A letter of a case. `name` is `seq-template`.

    Source, transition and index lead to the rule that sends it. `to` and `cc` name roles and
    parties where an officer chose them. `digest` is the SHA-256 of the letter as drafted,
    `reviewed_by` is everybody who found it in order, `entry` the hash of the entry that issued it,
    `forms` the SHA-256 of every form as frozen, `text` that of the file in which an officer edited
    it; `about` is the letter that it reminds `units` of, `debt` what they owe on it. `first` is the
    seq of the entry that first drafted what this one redoes, 0 where it redoes nothing.
    `answer_on` is the day that its paper names for the answer, "" for none.
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
    reviewed_by: tuple[str, ...] = ()
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
    first: int = 0
    answer_on: str = ""

    @property
    def step(self) -> int:
        """Give the seq of the transition that it tells of, where it tells of one."""
        return self.first or self.seq

    @property
    def code(self) -> str:
        """Give the verification code on the paper, "" before it is issued."""
        return code_of(self.entry) if self.entry else ""

    @property
    def in_force(self) -> bool:
        """Tell whether it was issued and neither voided nor superseded since."""
        return self.state == ISSUED

    def marked(
        self, addressee: str, *, sent_on: str = "", received_on: str = "", replied_on: str = ""
    ) -> CaseLetter:
        """Give the letter with these days noted at one addressee, unless there are some already."""
        addressed = []
        for one in self.addressed:
            if one.name == addressee:
                one = replace(
                    one,
                    sent_on=one.sent_on or sent_on,
                    received_on=one.received_on or received_on,
                    replied_on=one.replied_on or replied_on,
                )
            addressed.append(one)
        return replace(self, addressed=tuple(addressed))

    def not_sent(self, addressee: str) -> CaseLetter:
        """Give the letter with the day taken back on which it was sent to an addressee."""
        return self._changed(addressee, lambda one: replace(one, sent_on=""))

    def not_received(self, addressee: str) -> CaseLetter:
        """Give the letter with the day taken back on which an addressee received it."""
        return self._changed(addressee, lambda one: replace(one, received_on=""))

    def _changed(self, name: str, change: Callable[[Addressee], Addressee]) -> CaseLetter:
        addressed = (change(one) if one.name == name else one for one in self.addressed)
        return replace(self, addressed=tuple(addressed))


_NONE: Mapping[str, CaseLetter] = MappingProxyType({})


class Letters(Mapping[str, CaseLetter]):
    """A case's letters by name, in the order in which they were drafted.

    `changed` are those that entries drafted or changed since the case was read. The others lie
    beneath, where a store gives each when it is asked for: a case may have thousands.
    """

    __slots__ = ("_beneath", "changed")

    def __init__(
        self, beneath: Mapping[str, CaseLetter] = _NONE, changed: Mapping[str, CaseLetter] = _NONE
    ) -> None:
        self._beneath = beneath
        self.changed = changed

    def after(self, *changed: CaseLetter) -> Letters:
        """Give the letters with some of them drafted or changed."""
        return Letters(self._beneath, {**self.changed, **{one.name: one for one in changed}})

    def __getitem__(self, name: str) -> CaseLetter:
        found = self.changed.get(name)
        return self._beneath[name] if found is None else found

    def __iter__(self) -> Iterator[str]:
        yield from self._beneath
        yield from (name for name in self.changed if name not in self._beneath)

    def __len__(self) -> int:
        return len(self._beneath) + sum(name not in self._beneath for name in self.changed)

    def values(self) -> ValuesView[CaseLetter]:
        """Give all letters; those beneath are asked for at once, not one by one."""
        return self._all().values()

    def items(self) -> ItemsView[str, CaseLetter]:
        """Give all letters with their names, asked for likewise."""
        return self._all().items()

    def _all(self) -> dict[str, CaseLetter]:
        return {**dict(self._beneath.items()), **self.changed}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and self._all() == dict(other.items())

    __hash__ = None  # type: ignore[assignment]  # compared by what it holds, like any mapping


def dump_case_letter(letter: CaseLetter) -> dict[str, Any]:
    """Give a letter as plain values for canonical JSON; `first` and `answer_on` only where there
    is one.
    """
    data = {name: getattr(letter, name) for name in CaseLetter.__slots__}
    for name in ("first", "answer_on"):
        if not data[name]:
            del data[name]
    data["addressed"] = [
        {name: getattr(a, name) for name in Addressee.__slots__} for a in letter.addressed
    ]
    return data


def load_case_letter(data: Mapping[str, Any]) -> CaseLetter:
    """Rebuild a letter from `dump_case_letter`'s values."""
    tuples = {
        name: tuple(data[name])
        for name in ("persons", "to", "cc", "reviewed_by", "issued_by", "units")
    }
    return CaseLetter(
        **{**data, **tuples, "addressed": tuple(map(_load_addressee, data["addressed"]))}
    )


def _load_addressee(data: Mapping[str, Any]) -> Addressee:
    return Addressee(**{**data, "urged": tuple(data["urged"])})


def rule_of(workflow: Workflow, letter: CaseLetter) -> NoticeRule | None:
    """Give the rule that sends a letter; None for one that an officer drafted of their own."""
    if not letter.transition:
        return None
    return workflow.leaving[letter.source][letter.transition].notices[letter.index]


def asked_about(workflow: Workflow, letter: CaseLetter) -> str | None:
    """Name the transition on which the answers to a letter are opinions; None where they are
    none.
    """
    rule = rule_of(workflow, letter)
    return rule.reply.cosign if rule is not None and rule.reply is not None else None


def void_drafts(letters: Iterable[CaseLetter]) -> list[CaseLetter]:
    """Give those of some letters that are not issued, as void."""
    return [replace(letter, state=VOID) for letter in letters if letter.state in UNISSUED]


def names_of(seq: int, transition: Transition) -> list[str]:
    """Name the letters of an entry; the second of one template ends in -2, and so on."""
    names: list[str] = []
    for rule in transition.notices:
        name = f"{seq}-{rule.template}"
        times = sum(known == name or known.startswith(f"{name}-") for known in names)
        names.append(f"{name}-{times + 1}" if times else name)
    return names


def addressee_of(letter: CaseLetter, unit: str, name: str = "") -> Addressee | None:
    """Find the addressee that a unit is, or the one outside the directory with a name."""
    for addressee in letter.addressed:
        if (addressee.unit == unit and unit) or (name and addressee.name == name):
            return addressee
    return None
