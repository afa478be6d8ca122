"""A ledger told in lines: every entry, every case's state, every table, and what audit and replay
say of it.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playing import Played, Player, digest, reading

Line = dict[str, Any]
UNTOLD = ("prev", "eid", "log", "seq", "type", "v")
"""Parts of an entry that tell nothing which its line does not tell already."""


def entry_lines(played: Sequence[Played]) -> Iterator[Line]:
    """Tell every entry: the command that made it, its place, its hash, and a short digest of each
    of its parts.
    """
    lasts = [one.last for one in played]
    with reading() as database:
        numbers = dict(database.execute("SELECT id, number FROM cases"))
        rows = database.execute(
            "SELECT idx, case_id, seq, hash, body FROM entry ORDER BY idx"
        ).fetchall()
    for idx, case_id, seq, entry_hash, raw in rows:
        body = json.loads(raw)
        yield {
            "k": "entry",
            "n": played[bisect.bisect_left(lasts, idx)].number,
            "case": numbers.get(case_id, case_id),
            "seq": seq,
            "type": body["intent"]["type"],
            "hash": entry_hash[:16],
            "parts": _parts(body),
        }


def _parts(body: Mapping[str, Any]) -> dict[str, str]:
    flat = {**body["intent"], **{key: value for key, value in body.items() if key != "intent"}}
    return {
        key: _short(value) for key, value in sorted(flat.items()) if key not in UNTOLD and value
    }


def _short(value: Any) -> str:
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False))[:4]


def checkpoint_lines(player: Player) -> Iterator[Line]:
    """Tell how the office stands after the last command: states, tables, audit and replay."""
    at = player.turn.number
    yield from _state_lines(at)
    yield from _table_lines(at)
    yield {"k": "audit", "at": at, "document": player.asks("audit")}
    replayed = player.asks("replay")
    numbers = _numbers()
    for case in replayed["cases"]:
        told = {name: case[name] for name in ("ok", "entries", "problems")}
        yield {"k": "replay", "at": at, "case": numbers[case["id"]], **told}


def replay_surface(player: Player) -> Iterator[Line]:
    """Tell the document that `replay` gives of each case."""
    numbers = _numbers()
    for case in player.asks("replay")["cases"]:
        text = json.dumps(case["case"], sort_keys=True, ensure_ascii=False)
        yield {
            "k": "replayed",
            "at": player.turn.number,
            "case": numbers[case["id"]],
            "out": digest(text),
        }


def _numbers() -> dict[str, str]:
    with reading() as database:
        return dict(database.execute("SELECT id, number FROM cases"))


def _state_lines(at: int) -> Iterator[Line]:
    with reading() as database:
        cases = database.execute(
            "SELECT number, state, seq, snapshot FROM cases ORDER BY number"
        ).fetchall()
        offices = database.execute("SELECT 'office', '', seq, snapshot FROM office").fetchall()
    for number, state, seq, snapshot in cases + offices:
        yield {
            "k": "state",
            "at": at,
            "case": number,
            "state": state,
            "seq": seq,
            "snapshot": digest(snapshot),
        }


CACHE = "compiled"
"""The table that holds what this program makes of the published workflows: another program's is
other, and the audit compares it with the YAML.
"""


def _table_lines(at: int) -> Iterator[Line]:
    with reading() as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        for (name,) in names:
            if name.startswith("sqlite_") or name == CACHE:
                continue
            found = database.execute(f'SELECT * FROM "{name}"')
            columns = [column[0] for column in found.description]
            rows = sorted(_row_text(columns, row) for row in found)
            yield {
                "k": "table",
                "at": at,
                "table": name,
                "rows": len(rows),
                "digest": digest("\n".join(rows)),
            }


def _row_text(columns: Sequence[str], row: Sequence[Any]) -> str:
    plain = {name: _plain(value) for name, value in zip(columns, row, strict=True)}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return digest(value) if isinstance(value, bytes) else value
