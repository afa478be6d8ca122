"""The frozen dataclass of the house is the standard library's, only sooner made."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any, ClassVar

import pytest

from lifecycle import frozen


def made_by(dataclass: Any) -> Any:
    """Make the same class by a decorator."""

    @dataclass(frozen=True, slots=True)
    class Parcel:
        """A parcel."""

        kind: ClassVar[str] = "parcel"
        name: str
        weight: int = 3
        marks: list[str] = field(default_factory=list)
        seen: dict[str, int] = field(default_factory=dict, init=False, compare=False, repr=False)

        @property
        def heavy(self) -> bool:
            """Tell whether it is heavy."""
            return self.weight > 10

    return Parcel


OURS, THEIRS = made_by(frozen.dataclass), made_by(dataclasses.dataclass)


def told(work: Callable[[Any], Any], made: Any) -> Any:
    """Say what some work gives or raises; what the class is called stands in no message."""
    try:
        return work(made)
    except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
        return type(error), str(error)


WORKS: dict[str, Callable[[Any], Any]] = {
    "values": lambda made: dataclasses.astuple(made("a", 12, ["x"])),
    "names": lambda made: dataclasses.asdict(made(weight=1, name="b")),
    "defaults": lambda made: dataclasses.astuple(made("a")),
    "a list of its own": lambda made: made("a").marks is made("a").marks,
    "text": lambda made: repr(made("a", marks=["x"])).rpartition("<locals>.")[2],
    "equal": lambda made: made("a", 1) == made("a", 1),
    "unequal": lambda made: made("a", 1) != made("a", 2),
    "another class": lambda made: made("a", 1) == ("a", 1, []),
    "what is not compared": lambda made: made("a").seen.update(x=1) or made("a") == made("a"),
    "unhashable": lambda made: hash(made("a")),
    "hash": lambda made: hash(made("a", 1, ())) == hash(made("a", 1, ())),
    "assigned": lambda made: setattr(made("a"), "name", "b"),
    "deleted": lambda made: delattr(made("a"), "name"),
    "replaced": lambda made: dataclasses.astuple(replace(made("a", 12), name="b")),
    "replaced by ours": lambda made: dataclasses.astuple(frozen.replace(made("a", 12), name="b")),
    "of itself": lambda made: frozen.replace(made("a", 12)) is made("a", 12),
    "no such field": lambda made: told(lambda m: frozen.replace(m("a"), size=3), made)[0],
    "fields": lambda made: [f.name for f in fields(made)],
    "slots": lambda made: (made.__slots__, hasattr(made("a"), "__dict__")),
    "copied": lambda made: copy.deepcopy(made("a", 12, ["x"])) == made("a", 12, ["x"]),
    "matched": lambda made: made.__match_args__,
    "property": lambda made: (made("a").heavy, made("a", 12).heavy, made.kind),
    "missing": lambda made: told(lambda m: m(), made)[0],
    "unknown": lambda made: told(lambda m: m("a", size=3), made)[0],
    "not to be given": lambda made: told(lambda m: m("a", seen={}), made)[0],
}


@pytest.mark.parametrize("work", WORKS)
def test_it_does_what_the_standard_library_does(work: str) -> None:
    """Whatever is done with the class or its objects gives or raises the same."""
    assert told(WORKS[work], OURS) == told(WORKS[work], THEIRS)


def test_nothing_else_can_be_set() -> None:
    """What has no such field refuses as well, and stays what it was."""
    parcel = OURS("a")
    for name in ("size", "seen"):
        with pytest.raises(FrozenInstanceError):
            setattr(parcel, name, {})
    assert dataclasses.astuple(parcel) == ("a", 3, [], {})


def test_what_follows_the_making_is_done() -> None:
    """`__post_init__` is called, at the first object and later."""

    @frozen.dataclass(frozen=True, slots=True)
    class Even:
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError(self.number)

    for _ in range(2):
        with pytest.raises(ValueError, match="3"):
            Even(3)
    assert Even(2).number == 2


def test_replacing_leaves_what_was_replaced_and_is_checked_like_a_new_one() -> None:
    """The first object keeps its values; `__post_init__` sees the second."""

    @frozen.dataclass(frozen=True, slots=True)
    class Even:
        number: int
        name: str = ""

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError(self.number)

    two = Even(2, "two")
    assert (frozen.replace(two, number=4), two) == (Even(4, "two"), Even(2, "two"))
    with pytest.raises(ValueError, match="5"):
        frozen.replace(two, number=5)


def test_other_kinds_are_left_to_the_standard_library() -> None:
    """What may change, or has no slots, is made as ever."""

    @frozen.dataclass(slots=True)
    class Open:
        number: int

    @frozen.dataclass
    class Plain:
        number: int

    for made in (Open(1), Plain(1)):
        made.number = 2
        assert made.number == 2
        assert frozen.replace(made, number=3).number == 3
