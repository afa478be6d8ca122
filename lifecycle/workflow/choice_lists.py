"""A shared list of choices (选项表) as judged and frozen: areas, industries, which several
workflows offer. It is published by itself, so that an entry more needs no workflow anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import is_

from lifecycle.errors import Location, nearest
from lifecycle.frozen import dataclass, replace
from lifecycle.workflow.model import Fact, Workflow

CODE = "[A-Za-z\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff]{0,15}"
"""What the code of an entry looks like: it stands in numbers of cases, between signs that it cannot
have itself, and is no number.
"""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One choice: its `title` is recorded, its `code` stands in numbers; `aliases` are what people
    write for it, too. It may be chosen from one day to another (both included; "": open).
    """

    code: str
    title: str
    location: Location
    aliases: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Give all that it is called."""
        return (self.title, self.code, *self.aliases)

    def stands_on(self, day: str) -> bool:
        """Tell whether it may be chosen on a day (YYYY-MM-DD)."""
        return self.since <= day and (not self.until or day <= self.until)


@dataclass(frozen=True)
class ChoiceList:
    """A shared list, judged sound. `digest` is the SHA-256 of its exact bytes and names the
    version.
    """

    name: str
    title: str
    entries: tuple[ListEntry, ...]
    digest: str
    location: Location
    basis: str = ""
    note: str = ""

    @cached_property
    def named(self) -> dict[str, ListEntry]:
        """Map all that its entries are called to them."""
        return {name: entry for entry in self.entries for name in entry.names}

    @cached_property
    def titled(self) -> dict[str, ListEntry]:
        """Map the titles of its entries to them, withdrawn ones too."""
        return {entry.title: entry for entry in self.entries}

    def offered(self, day: str) -> tuple[str, ...]:
        """Name the entries that may be chosen on a day."""
        return tuple(entry.title for entry in self.entries if entry.stands_on(day))

    def meant(self, text: str) -> str:
        """Give the title of the entry that is called so, in whichever way; what no entry is called
        as it is.
        """
        entry = self.named.get(text)
        return entry.title if entry is not None else text

    def refusal(self, title: str, day: str) -> tuple[str, str] | None:
        """Say why an entry may not be chosen on a day, and what to write; None where it may."""
        entry = self.titled.get(title)
        where = f"选项表“{self.title}”"
        offered = f"可选：{'、'.join(self.offered(day))}"
        if entry is None:
            near = nearest(title, self.named)
            meant = f"（是否为“{self.meant(near)}”？）" if near else ""
            return f"不能是“{title}”，{where}里没有", f"{offered}{meant}"
        ground = f"（{entry.note}）" if entry.note else ""
        if entry.until and day > entry.until:
            said = f"“{title}”在{where}里用到 {entry.until} 为止，{day} 已停用{ground}"
            return said, f"已填的照旧有效，新填的另选：{offered}"
        if day < entry.since:
            return f"“{title}”在{where}里自 {entry.since} 起才用{ground}", offered
        return None


def with_choices(workflow: Workflow, lists: Mapping[str, ChoiceList]) -> Workflow:
    """Give a workflow as one may check it: facts whose choices a list gives have them as if they
    were written, withdrawn ones too; of a list that is not at hand they have none.
    """
    facts = {name: _with_choices(fact, lists) for name, fact in workflow.facts.items()}
    changed = any(fact is not workflow.facts[name] for name, fact in facts.items())
    return replace(workflow, facts=facts) if changed else workflow


def _with_choices(fact: Fact, lists: Mapping[str, ChoiceList]) -> Fact:
    """Give a fact, or the columns of a table, with the choices of their lists; the very same where
    there are none.
    """
    if fact.listed in lists:
        return replace(fact, choices=tuple(lists[fact.listed].titled))
    columns = tuple(_with_choices(column, lists) for column in fact.columns)
    return fact if all(map(is_, columns, fact.columns)) else replace(fact, columns=columns)


def listed_in(workflow: Workflow) -> Iterator[tuple[Fact, Fact]]:
    """Give the facts whose choices a list gives, each twice; and the tables with the columns of
    which that is so.
    """
    for fact in workflow.facts.values():
        for field in (fact, *fact.columns):
            if field.listed:
                yield fact, field


def lists_of(workflow: Workflow) -> tuple[str, ...]:
    """Name the lists that give choices of a workflow's facts."""
    return tuple(dict.fromkeys(field.listed for _, field in listed_in(workflow)))
