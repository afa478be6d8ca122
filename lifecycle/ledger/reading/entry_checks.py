"""The checks of one entry, of a case or of the office: its bytes, its link, its times, and whether
it is what the register would have written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lifecycle.engine.entry import recorded_day
from lifecycle.ledger.reading.chain import Problem
from lifecycle.ledger.record import account_of, canonical, hash_of
from lifecycle.ledger.store import EntryRow
from lifecycle.people.directory import Directory

_CODES = {
    "log": "chain",
    "case": "chain",
    "seq": "chain",
    "prev": "chain",
    "eid": "chain",
    "v": "form",
    "actor": "authority",
    "cause": "cause",
    "authority": "authority",
    "gates": "gates",
    "numbers": "number",
    "calendar": "definition",
    "workflow": "definition",
    "office": "authority",
    "signatures": "form",
    "software": "form",
}
_WORDS = {
    "actor": "经办人或其单位",
    "authority": "所依据的角色与授权",
    "cause": "起因",
    "gates": "各关口的依据",
    "numbers": "编号",
    "data": "内容",
    "files": "文件",
    "from": "所在环节",
    "to": "去往的环节",
    "workflow": "所依据的流程",
    "transition": "流转",
    "type": "种类",
}
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def differences(
    wanted: Mapping[str, Any], body: Mapping[str, Any], only: frozenset[str] | None = None
) -> Iterator[Problem]:
    """Say in which respects an entry's body is not the one wanted.

    `only` names those that are asked about. `check_link` has spoken about seq and prev already.
    Where what it records is another, so are the gates that it rests on: that is said once.
    """
    found: set[str] = set()
    for mine, its in ((wanted["intent"], body["intent"]), (wanted, body)):
        for key in mine:
            if key == "intent" or canonical(mine[key]) == canonical(its[key]):
                continue
            found.add(key)
            if key == "gates" and "data" in found:
                continue
            if (key in only) if only is not None else (key not in ("seq", "prev")):
                yield (
                    _CODES.get(key, "illegal"),
                    f"记录写的{_WORDS.get(key, key)}与重新判定的结果不符",
                )
    if not found and only is None:
        yield "form", "记录不是规范形式"


def check_link(body: Mapping[str, Any], row: EntryRow, seq: int, head: str) -> Iterator[Problem]:
    """Check an entry's bytes against its hash, and its place against the entry before it: that
    one's seq and hash.
    """
    if hash_of(row.raw) != row.hash:
        yield "hash", "记录的内容与其哈希不符"
    intent = body["intent"]
    if intent["seq"] != seq + 1:
        yield "chain", f"应为第 {seq + 1} 条，写的是第 {intent['seq']} 条"
    if intent["prev"] != head:
        yield "chain", "与上一条记录接不上"


def check_account(directory: Directory, body: Mapping[str, Any], seq: int) -> Iterator[Problem]:
    """Check that the account that an entry names was its actor's after so many office entries."""
    account, actor = account_of(body), body["intent"]["actor"]["id"]
    if account and directory.holder(account, seq) != actor:
        yield "authority", f"记录写的操作系统账户 {account} 当时没有登记为 {actor}"


def unreadable(row: EntryRow) -> list[Problem]:
    """Say what is wrong with an entry that cannot be read."""
    changed = [("hash", "记录的内容与其哈希不符")] if hash_of(row.raw) != row.hash else []
    return [*changed, ("form", "记录不是规范形式")]


def check_times(body: Mapping[str, Any], last_on: str) -> Iterator[Problem]:
    """Check how an entry's times are written and that they go together: no day to come, none before
    the last one.
    """
    intent, at = body["intent"], body["recorded_at"]
    on, signed = intent["occurred_on"], intent["signed_at"]
    if not (_STAMP.fullmatch(at) and _STAMP.fullmatch(signed) and _DAY.fullmatch(on)):
        yield "time", f"时间的写法不对：{on}、{signed}、{at}"
        return
    if signed > at:
        yield "time", f"签署时间 {signed} 晚于记录时间 {at}"
    if on < last_on:
        yield "time", f"办理日 {on} 早于上一条 {last_on}"
    # Beijing is ahead of UTC, so a day not after that of the time in UTC is settled: the usual
    # case, and cheap.
    if on > at[:10] and on > recorded_day(at):
        yield "time", f"办理日 {on} 晚于记录时间 {at}"
