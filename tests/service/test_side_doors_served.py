"""The thin client is no side door: what the command refuses, the service refuses, and nobody is
another there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve an office in which a case is open; this account is bureau01's."""
    with serving(tmp_path_factory.mktemp("served")) as one:
        sets = ("name=剑瓷街区", "investment=32000", "owner_unit=owner", "x_units=wenwu")
        one.do("open", "visit", *(word for fact in sets for word in ("--set", fact)))
        yield one


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "剑瓷", "x_units=xiao"), "不能直接去掉"),
        (("set", "-", "x_units=xiao"), "不能直接去掉"),
        (("clear", "剑瓷", "x_units", "--note", "填错"), "不能直接去掉"),
        (("clear", "剑瓷", "name", "--note", "填错"), "立项起就须有"),
        (("set", "剑瓷", "people=3"), "不能单独填"),
        (("set", "剑瓷", "announced_on=2199-01-01"), "最迟"),
        (("sign", "剑瓷", "to_siting", "agree"), "您不在其中"),
        (("sign", "剑瓷", "to_siting", "agree", "--as", "land01"), ""),
        (("sign", "剑瓷", "to_siting", "agree", "--for", "land01"), "没有委托"),
        (("cancel", "剑瓷", "--note", "　"), "须写明撤销的理由"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_client_is_no_side_door(served: Served, words: tuple[str, ...], told: str) -> None:
    """A1 to A10: typed, from standard input, as somebody else or in their name; nothing is
    recorded, also for machines and beforehand.
    """
    before = len(served.asks("log", "剑瓷")["entries"])
    for more in ((), ("--json",), ("--dry-run",)):
        done = served.call(*words, *more, text="剑瓷\n".encode())
        assert done.returncode in (1, 2), done.stdout
        assert told in done.stdout + done.stderr
    assert len(served.asks("log", "剑瓷")["entries"]) == before


def test_a_used_id_sets_nothing_else(served: Served, tmp_path: Path) -> None:
    """A1: an id is of the act that it came with, whoever sends it through the service."""
    once = ("set", "剑瓷", "kind=文旅", "--request-id", "door-9")
    served.do(*once)
    assert "此前已办" in served.do(*once)
    other = served.call("set", "剑瓷", "kind=康养", "--request-id", "door-9")
    assert (other.returncode, "已用于另一条指令" in other.stderr) == (1, True)
