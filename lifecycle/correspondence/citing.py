"""How a letter cites its legal grounds: as they stood on the day of the act that it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from lifecycle import places
from lifecycle.errors import InvalidError
from lifecycle.letter.model import Letter, dump_letter
from lifecycle.template.grounds import grounds_in, is_by_number
from lifecycle.workflow.bases import Bases


class Citing:
    """The function `cite` of one letter. `on` is the day of the act of which the letter speaks;
    `load` gives the grounds, None where there are none: they are read only for a letter that cites.
    """

    def __init__(self, on: date, load: Callable[[], Bases | None]) -> None:
        self.on = on
        self.given: set[str] = set()
        self._load = load

    def __call__(self, text: str, day: object = None) -> str:
        """Write grounds as they stood on a day, that of the act if none is given."""
        bases = self._load()
        if bases is None:
            mend = "请管理员先发布：lifecycle workflow publish workflows/bases.yaml"
            raise InvalidError("法规依据表当时尚未发布，不能用 cite 引用", mend)
        if not isinstance(day, date | None):
            raise InvalidError(f"cite 的第二项应为日期，不是“{day}”", "例如 last.fair_review")
        told = bases.cite(text, (day or self.on).isoformat())
        self.given.add(told)
        return told


def misnamed_grounds(letter: Letter, bases: Bases, days: tuple[str, ...], cited: set[str]) -> str:
    """Say which legal ground a letter names in its own words, not by `cite`, that was in force on
    none of some days; "" where there is none.
    """
    for text in _texts(dump_letter(letter)):
        for written in cited:
            text = text.replace(written, "")
        for words, _start, meant in grounds_in(text, bases):
            ground = meant.citations[0].ground
            same = () if is_by_number(words) else bases.titled.get(ground.title, ())
            if any(one.stands_on(day) for one in (ground, *same) for day in days):
                continue
            if days[-1] < ground.since:
                return f"写着“{words}”，{ground.written}自 {ground.since} 起才施行"
            later = f"，由{bases.named[ground.successor].title}接替" if ground.successor else ""
            return f"写着“{words}”，{ground.written}自 {ground.to} 起失效{later}"
    return ""


def _texts(value: object) -> Iterator[str]:
    """Give all texts of a letter's plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def shipped_bases() -> Bases | None:
    """Read the grounds that stand beside the shipped workflows; None where there are none."""
    path = places.workflows() / places.BASES
    return _read(path.read_bytes()) if path.is_file() else None


@lru_cache(maxsize=2)
def _read(body: bytes) -> Bases:
    from lifecycle.workflow.reading.bases import read_bases

    return read_bases(body, f"workflows/{places.BASES}")
