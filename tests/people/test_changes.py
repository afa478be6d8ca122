"""Every change of the office: its wire form is its own, and its judge answers whatever stands in
it, in whatever office.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from lifecycle.engine.world.moment import Officer
from lifecycle.errors import InvalidError, UnknownError
from lifecycle.people.changes import CHANGES, OfficeChange, OfficeDocket, OfficeEntry, read_change
from lifecycle.people.decided import SeriesStart
from lifecycle.people.directory import Directory, dump_directory, load_directory

ON = date(2026, 9, 1)
AT = "2026-09-01T02:00:00.000000Z"
ADMIN = Officer("admin", "管理员", "zsj", {"admin": ("e1",)})
AUDITOR = Officer("land01", "审计员", "land", {"auditor": ("e2",)})
ACTING = Officer("land01", "代办", "zsj", {"admin": ("e1",)}, "admin", ("e3",))
CODES = ["", "zsj", "land", "admin", "land01", "e1", "e2", "clock", "王五", "x" * 99, "\\"]
DAYS = [None, "2026-09-01", "2020-01-01", "9999-12-31", "0001-01-01", "20260901", "x", ""]
TIMES = [AT, "2029-09-01T02:00:00.000000Z", "2026-99-99T99:99:99.999999Z", "", "x"]
TIMES += ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z"]
CHOICES: dict[str, list[Any]] = {
    "since": DAYS,
    "until": DAYS,
    "clock": TIMES,
    "clock_days": [None, 0, 400, -1, 10**18],
    "early_workdays": [None, 0, 5, -1, 10**18],
    "kind": ["workflow", "calendar", "nix", ""],
    "str": CODES,
    "str | None": [None, *CODES],
    "int": [0, 1, -1],
    "bool": [False, True],
    "tuple[str, ...]": [(), ("admin",), ("land", "nix"), ("",)],
    "tuple[str, ...] | None": [None, (), ("land",)],
    "tuple[SeriesStart, ...]": [
        (),
        (SeriesStart("K-2026-{serial}", "K-2026-12", "2026"),),
        (SeriesStart("", "x", ""), SeriesStart("{serial}", "0", "x")),
    ],
}
"""What a field may hold, by its name or by its type."""
JUNK: list[Any] = [None, 0, -1, 1.5, True, "", [], {}, [[]], {"a": 1}, [None], "x"]
TRIES = 200


def drawn(kind: type[OfficeChange], chance: random.Random) -> OfficeChange:
    """Draw a change of a kind, its fields filled with what belongs there and what does not."""
    made: Any = kind  # every change is a dataclass
    values = [
        chance.choice(CHOICES.get(field.name) or CHOICES[str(field.type)]) for field in fields(made)
    ]
    return kind(*values)


def intent_of(change: OfficeChange) -> dict[str, Any]:
    """Give an entry's intent as it is read back."""
    written = json.dumps({**change.to_dict(), "type": change.entry_type})
    read: dict[str, Any] = json.loads(written)
    return read


def offices(chance: random.Random) -> Iterator[Directory]:
    """Give offices as nobody judged them: of whatever changes, one after the other."""
    directory = Directory()
    yield directory
    for seq in range(1, 25):
        kind = chance.choice(list(CHANGES.values()))
        if seq == 1:
            kind = CHANGES["office_founded"]
        entry = OfficeEntry(f"e{seq}", seq, "2026-09-01", AT, chance.choice(CODES))
        directory = drawn(kind, chance).fold(directory, entry)
        yield directory


@pytest.mark.parametrize("kind", CHANGES.values(), ids=list(CHANGES))
def test_a_change_is_read_as_it_was_written(kind: type[OfficeChange]) -> None:
    """Every field goes to the wire and comes back, and the type says which change it is."""
    chance = random.Random(kind.__name__)
    for _ in range(TRIES):
        change = drawn(kind, chance)
        assert read_change(intent_of(change)) == change
        assert read_change(intent_of(change)).to_dict() == change.to_dict()


@pytest.mark.parametrize("kind", CHANGES.values(), ids=list(CHANGES))
def test_the_judge_answers_every_change(kind: type[OfficeChange]) -> None:
    """With a role, or with one of the two errors that an officer is told; and its fold gives an
    office that can be written down.
    """
    chance = random.Random(kind.__name__)
    for _ in range(TRIES // 8):
        for directory in offices(chance):
            change = drawn(kind, chance)
            who = chance.choice((None, ADMIN, AUDITOR, ACTING))
            with suppress(InvalidError, UnknownError):
                role = change.judge(OfficeDocket(directory, who, ON, AT))
                assert role in ("admin", "auditor", "self")
            after = change.fold(directory, OfficeEntry("e99", 99, "2026-09-01", AT, "admin"))
            assert load_directory(json.loads(json.dumps(dump_directory(after)))) == after


@pytest.mark.parametrize("kind", CHANGES.values(), ids=list(CHANGES))
def test_what_is_built_otherwise_is_no_change(kind: type[OfficeChange]) -> None:
    """A field that is missing, or of another type, is told; nothing else is raised."""
    chance = random.Random(kind.__name__)
    for _ in range(TRIES):
        intent = intent_of(drawn(kind, chance))
        place = chance.choice((intent, intent["data"], *intent["files"]))
        key = chance.choice(list(place))
        if chance.random() < 0.3 and place is not intent:
            del place[key]
        else:
            place[key] = chance.choice(JUNK)
        with suppress(InvalidError):
            read_change(intent).to_dict()
