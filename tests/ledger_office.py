"""An office with letters and a history of every kind of entry, for tests of the record."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from homes import FILES, Home
from tiny_office import NOW, TINY, Tiny

from lifecycle import places
from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.record import canonical, hash_of
from lifecycle.ledger.tree import Checkpoint
from lifecycle.office.administration.audit import Audit

CONSULTATION = """\
文种：函
标题：关于征求{{ case_title }}选址意见的函
主送：{{ to }}
抄送：{{ cc }}
附件：{{ materials }}
发文单位：{{ issuer }}
联系人：{{ contact }}
---
{{ case_title }}（{{ case_number }}）总投资{{ investment | money }}万元，\
已于{{ on | date_cn }}由{{ stage }}转入{{ next_stage }}。
一、请贵单位就选址提出意见。
二、请于{{ due_text | default('收到本函后') }}反馈。
"""
CLOSING = """\
文种：公告
标题：关于终止{{ case_title }}的公告
发文单位：{{ issuer }}
---
{{ case_title }}因{{ note }}，自{{ on | date_cn }}起终止。
"""


Damage = Callable[["Bureau"], tuple[int, str]]
"""What somebody does to an office's database; it gives the entry and the case that the audit must
name.
"""


class Bureau(Tiny):
    """A tiny office whose clock moves on a second at every look and whose transitions
    send letters.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, home: Home = FILES) -> None:
        self._now = NOW
        super().__init__(folder, monkeypatch, home)
        self.rules = folder / "rules"
        (self.rules / "workflows").mkdir(parents=True)
        (self.rules / "notices").mkdir()
        (self.rules / "workflows" / "visit.yaml").write_text(with_letters(), encoding="utf-8")
        (self.rules / "notices" / "consultation.j2").write_text(CONSULTATION, encoding="utf-8")
        (self.rules / "notices" / "closing.j2").write_text(CLOSING, encoding="utf-8")
        monkeypatch.setattr(places, "workflows", lambda: self.rules / "workflows")
        monkeypatch.setattr(places, "notices", lambda: self.rules / "notices")

    @property
    def now(self) -> datetime:
        """Give the time, a second later at every look."""
        self._now += timedelta(seconds=1)
        return self._now

    @now.setter
    def now(self, time: datetime) -> None:
        self._now = time

    def founded(self) -> Bureau:
        """Found the office."""
        super().founded()
        return self

    def walked(self) -> Bureau:
        """Make a history with every kind of entry: three cases, one of them walked to its end."""
        self.founded()
        number = self.ready()
        assert (
            self.run("advance", number, "to_siting", "--on", "2026-09-03", by="land01").exit_code
            == 1
        )
        self.opened("investment=1000", name="温泉康养", on="2026-09-02")
        self.do(
            "sign",
            number,
            "to_siting",
            "object",
            "--note",
            "文物未勘探",
            "--on",
            "2026-09-04",
            "--because",
            "当时未及录入",
            by="wenwu01",
        )
        self.do(
            "resolve",
            number,
            "to_siting",
            "x/wenwu",
            "--note",
            "已补勘探",
            "--on",
            "2026-09-04",
            "--because",
            "当时未及录入",
            by="bureau02",
        )
        late = ("--on", "2026-09-04", "--because", "当时未及录入")
        self.do("withdraw", number, "to_siting", "--note", "须再核", *late, by="land01")
        self.do(
            "sign",
            number,
            "to_siting",
            "conditional",
            "--note",
            "控高12米",
            "--for",
            "land01",
            *late,
            by="planning01",
        )
        self.do("advance", number, "to_siting", "--on", "2026-09-05", by="bureau01")
        self.do(
            "officer",
            "add",
            "plan02",
            "用地科科员",
            "--unit",
            "planning",
            "--role",
            "planning",
            by="admin",
        )
        self.do("officer", "grant", "bureau02", "admin", by="admin")
        self.do("set", number, "announced_on=2026-09-06", "--on", "2026-09-06", by="planning01")
        self.do(
            "advance", number, "suspend", "--note", "等批复", "--on", "2026-09-10", by="bureau01"
        )
        self.do("advance", number, "go_on", "--on", "2026-09-12", by="bureau01")
        self.do("advance", number, "to_done", "--on", "2026-09-28", by="planning01")
        self.opened("investment=5000", name="总部基地", on="2026-09-20")
        self.do(
            "advance",
            "温泉康养",
            "close",
            "--note",
            "资金未落实",
            "--on",
            "2026-09-21",
            by="bureau01",
        )
        return self

    def numbers(self) -> list[str]:
        """List the cases' numbers."""
        with self.sql() as database:
            return [row[0] for row in database.execute("SELECT number FROM cases ORDER BY number")]

    @contextmanager
    def sql(self) -> Iterator[Any]:
        """Open the database as somebody who goes round the product."""
        with self.home.outside(self.path) as database:
            yield database

    def findings(self, since: Checkpoint | None = None) -> list[Finding]:
        """Audit."""
        office = self.office()
        try:
            return list(Audit(office, since).findings())
        finally:
            office.close()

    def checkpoint(self) -> Checkpoint:
        """Audit a database that is in order and give its checkpoint."""
        office = self.office()
        try:
            audit = Audit(office)
            assert list(audit.findings()) == []
            return audit.result().checkpoint
        finally:
            office.close()

    def body(self, idx: int) -> Any:
        """Give an entry's body."""
        with self.sql() as database:
            return json.loads(
                database.execute("SELECT body FROM entry WHERE idx = ?", (idx,)).fetchone()[0]
            )

    def forge(
        self, idx: int, change: Callable[[dict[str, Any]], object], *, column: bool = True
    ) -> None:
        """Rewrite an entry's body and, unless told not to, its hash column: what follows is left as
        it was.
        """
        with self.sql() as database:
            (raw,) = database.execute("SELECT body FROM entry WHERE idx = ?", (idx,)).fetchone()
            body = json.loads(raw)
            change(body)
            new = canonical(body)
            digest = (
                (hash_of(new),)
                if column
                else database.execute("SELECT hash FROM entry WHERE idx = ?", (idx,)).fetchone()
            )
            database.execute(
                "UPDATE entry SET body = ?, hash = ? WHERE idx = ?", (new, digest[0], idx)
            )

    def rechain(self, case_id: str) -> None:
        """Make a chain fit together again, as a forger with the program at hand would."""
        with self.sql() as database:
            head = "0" * 64
            rows = database.execute(
                "SELECT idx, body FROM entry WHERE case_id = ? ORDER BY seq", (case_id,)
            ).fetchall()
            for seq, (idx, raw) in enumerate(rows, 1):
                body = json.loads(raw)
                body["intent"]["prev"], body["intent"]["seq"] = head, seq
                new = canonical(body)
                head = hash_of(new)
                database.execute(
                    "UPDATE entry SET body = ?, hash = ?, seq = ? WHERE idx = ?",
                    (new, head, seq, idx),
                )

    def entry(self, kind: str, nth: int = 0) -> tuple[int, str, str]:
        """Find an entry by its type; give its index, its chain, and the name the audit
        calls it by.
        """
        with self.sql() as database:
            found = [
                row[:2]
                for row in database.execute("SELECT idx, case_id, body FROM entry ORDER BY idx")
                if json.loads(row[2])["intent"]["type"] == kind
            ]
            idx, case_id = found[nth]
            name = database.execute("SELECT number FROM cases WHERE id = ?", (case_id,)).fetchone()
        return idx, case_id, name[0] if name else "office"


def with_letters() -> str:
    """Give the tiny workflow with letters at two of its transitions."""
    text = (TINY / "workflows" / "visit.yaml").read_text(encoding="utf-8")
    letter = "    notices: [{template: consultation, to: [planning, land, x], cc: owner}]\n"
    text = text.replace("  - name: to_siting\n", "  - name: to_siting\n" + letter)
    return text.replace(
        "to: closed, by: bureau, reason: required}",
        "to: closed, by: bureau, reason: required, notices: [{template: closing, to: public}]}",
    )


Copied = TypeVar("Copied", bound=Tiny)


def copied(bureau: Copied, folder: Path) -> Copied:
    """Copy an office, so that the copy can be damaged."""
    beside = shutil.ignore_patterns(f"{bureau.path.name}*")
    shutil.copytree(bureau.folder, folder, ignore=beside)
    other = elsewhere(bureau, folder)
    bureau.home.copy(bureau.path, other.path)
    return other


def elsewhere(bureau: Copied, folder: Path) -> Copied:
    """Give the same office with its database in another folder."""
    other = copy.copy(bureau)
    other.folder, other.path = folder, folder / "office.db"
    return other


def forged(kind: str, change: Callable[[dict[str, Any]], object], nth: int = 0) -> Damage:
    """Forge an entry and make the whole chain fit together again."""

    def damage(bureau: Bureau) -> tuple[int, str]:
        idx, case_id, name = bureau.entry(kind, nth)
        bureau.forge(idx, change)
        bureau.rechain(case_id)
        return idx, name

    return damage
