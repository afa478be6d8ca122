"""A forger who owns the file of a ledger and has the program: whatever he alters, drops, moves or
invents, he makes all of it fit together again. Hashes, links, places and pins follow, and what is
kept beside the log is computed anew: nothing shows but by judging it again.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from linked_office import LinkedOffice

from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.copies.refold import refold
from lifecycle.ledger.reading.chain import Problem
from lifecycle.ledger.reading.entry_checks import differences
from lifecycle.ledger.record import CAUSE, GENESIS, OFFICE, canonical, hash_of, new_eid
from lifecycle.office.administration.audit import Audit
from lifecycle.workflow.migration import BETWEEN


@dataclass(eq=False)
class Line:
    """An entry in the forger's hands: its body, the hash that it has in the file ("": it is not in
    it yet), and the body that it had where it was honest.
    """

    body: dict[str, Any]
    was: str = ""
    honest: dict[str, Any] = field(default_factory=dict)

    @property
    def intent(self) -> dict[str, Any]:
        """Give what it says was done."""
        found: dict[str, Any] = self.body["intent"]
        return found

    @property
    def eid(self) -> str:
        """Give its id."""
        found: str = self.intent["eid"]
        return found

    @property
    def case(self) -> str:
        """Give the id of its case."""
        found: str = self.intent["case"]
        return found

    def guards(self) -> Iterator[dict[str, Any]]:
        """Give what its conditions say that they read."""
        yield from (inputs for kind, inputs in self.body["gates"] if kind == "guard")

    def dated(self, on: str) -> None:
        """Write another day of the act into it."""
        self.intent["occurred_on"] = on


@dataclass
class Forger:
    """The ledger of an office, entry by entry.

    `texts` are what he puts in the place of published texts, by the SHA-256 of these, and `renamed`
    what these digests become; `series` are the last numbers that he writes into the books, `beside`
    the statements by which he alters in the end what is kept beside the log, with their values.
    """

    office: LinkedOffice
    lines: list[Line] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    kept: list[Line] = field(default_factory=list)
    beside: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.office.home.outside(self.office.path) as database:
            rows = database.execute("SELECT body, hash FROM entry ORDER BY idx").fetchall()
            self.lines = [
                Line(json.loads(bytes(raw)), digest, json.loads(bytes(raw))) for raw, digest in rows
            ]
            self.numbers = dict(database.execute("SELECT number, id FROM cases").fetchall())

    def line(self, number: str, what: str, nth: int = -1) -> Line:
        """Find the entry of a case (`office`: of the office) that made a transition, or is of a
        type.
        """
        case = self.numbers.get(number, number)
        found = [one for one in self.lines if one.case == case]
        return [x for x in found if what in (x.intent["transition"], x.intent["type"])][nth]

    def index(self, number: str, what: str, nth: int = -1) -> int:
        """Give the index of an entry in the log."""
        return self.lines.index(self.line(number, what, nth)) + 1

    def drop(self, *lines: Line) -> None:
        """Take entries away."""
        for line in lines:
            self.lines.remove(line)

    def add(self, line: Line, *, after: Line) -> Line:
        """Invent an entry like another one, and put it after one."""
        made = Line(copy.deepcopy(line.body))
        made.intent["eid"] = new_eid()
        self._put(made, after)
        return made

    def move(self, line: Line, *, after: Line) -> None:
        """Put an entry after another one, as if it had been recorded with that."""
        self.lines.remove(line)
        self._put(line, after)

    def _put(self, line: Line, after: Line) -> None:
        line.body["recorded_at"] = after.body["recorded_at"]
        line.intent["signed_at"] = after.body["recorded_at"]
        self.lines.insert(self.lines.index(after) + 1, line)

    def republish(self, old: bytes, new: bytes) -> None:
        """Put a text in the place of one that was published, as if it had always been this."""
        self.texts[hash_of(old)] = new
        self.renamed[hash_of(old)] = hash_of(new)

    def done(self) -> list[Finding]:
        """Write the forged ledger over the honest one, and give what the audit finds. Whoever came
        later has read what the ledger now says: all entries that were neither forged nor `kept` are
        what the program would have recorded.
        """
        forged = [line for line in self.lines if line.body != line.honest]
        forged += self.kept
        while True:
            self._write()
            found, wanted = self._audited()
            later = [one for one in self.lines if one.eid in wanted and one not in forged]
            if not later:
                break
            for line in later:
                body = wanted[line.eid]
                line.body["gates"], line.intent["data"] = body["gates"], body["intent"]["data"]
        if self.beside:
            self.damage(self.office)
            found, _wanted = self._audited()
        return found

    def damage(self, office: LinkedOffice) -> None:
        """Alter what is kept beside the log, in the ledger of an office."""
        with office.home.outside(office.path) as database:
            for words, values in self.beside:
                database.execute(words, values)

    def _audited(self) -> tuple[list[Finding], dict[str, Mapping[str, Any]]]:
        """Audit; give also, by its eid, what the program would record today instead of each entry
        that is not what it would.
        """
        wanted: dict[str, Mapping[str, Any]] = {}

        def noted(body: Mapping[str, Any], *its: Any) -> Iterator[Problem]:
            wanted[body["intent"]["eid"]] = body
            return differences(body, *its)

        with (
            patch("lifecycle.ledger.replay.differences", noted),
            closing(self.office.office()) as opened,
        ):
            return list(Audit(opened).findings()), wanted

    def _write(self) -> None:
        rows = list(self._sealed())
        with self.office.home.outside(self.office.path) as database:
            database.execute("DELETE FROM entry")
            for row in rows:
                words = "INSERT INTO entry (idx, case_id, seq, eid, hash, body)"
                database.execute(f"{words} VALUES (?, ?, ?, ?, ?, ?)", row)
            for old, text in self.texts.items():
                words = "UPDATE definition SET sha256 = ?, body = ? WHERE sha256 = ?"
                database.execute(words, (self.renamed.get(old, old), text, old))
            for name, last in self.series.items():
                database.execute("UPDATE series SET last = ? WHERE name = ?", (last, name))
            for table in ("cases", "task", *(("compiled",) if self.texts else ())):
                database.execute(f"DELETE FROM {table}")
        with closing(self.office.office()) as opened, opened.store.writing():
            refold(opened.store)

    def _sealed(self) -> Iterator[tuple[int, str, int, str, str, bytes]]:
        """Give the rows: each entry follows the one before it in its chain, and what names another
        one names it as it is now.
        """
        ends: dict[str, tuple[int, str]] = {}
        places = {line.was: place for place, line in enumerate(self.lines) if line.was}
        named: dict[str, tuple[int, str]] = {}
        known = 0
        for place, line in enumerate(self.lines):
            body = self._followed(line.body, named)
            intent = body["intent"]
            cause = line.intent.get(CAUSE, {})
            if cause.get("hash") in places:
                intent[CAUSE]["back"] = place - places[cause["hash"]]
            seq, prev = ends.get(line.case, (0, GENESIS))
            intent["seq"], intent["prev"], body["office"] = seq + 1, prev, known
            raw = canonical(body)
            ends[line.case] = (seq + 1, hash_of(raw))
            if line.was:
                named[line.was] = ends[line.case]
            line.body, line.was = body, hash_of(raw)
            known += line.case == OFFICE
            yield place + 1, line.case, seq + 1, intent["eid"], hash_of(raw), raw

    def _followed(self, value: Any, named: Mapping[str, tuple[int, str]]) -> Any:
        """Give a value in which pins, causes and definitions are what they have become."""
        if isinstance(value, dict):
            told = {key: self._followed(item, named) for key, item in value.items()}
            if isinstance(value.get("hash"), str) and value["hash"] in named:
                told["seq"] = named[value["hash"]][0]
            return told
        if isinstance(value, list):
            if len(value) == 3 and isinstance(value[2], str) and value[2] in named:
                return [value[0], *named[value[2]]]
            return [self._followed(item, named) for item in value]
        if not isinstance(value, str):
            return value
        if value in named:
            return named[value][1]
        return BETWEEN.join(self.renamed.get(part, part) for part in value.split(BETWEEN))
