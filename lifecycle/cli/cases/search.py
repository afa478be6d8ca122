"""Cases found by words: `search`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from lifecycle.cli.cases.as_of import as_if_due
from lifecycle.cli.cases.lists import LIGHTS, row_json
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.terminal.chinese import MOST, Number, argument, command, option
from lifecycle.cli.terminal.output import paint, say
from lifecycle.cli.terminal.table import write_table
from lifecycle.errors import UsageError

if TYPE_CHECKING:
    from lifecycle.office.cases.search import FoundCase, FoundPage

HEADS = ("编号", "名称", "环节", "牵头", "期限", "灯", "见于")


@command(
    "search",
    help="按几个字找事项：编号、名称、投资方等（流程中写明 search: true 的要素），也找已终结的。"
    "几个词用空格隔开，都有的才算；编号中有的在前，名称次之；同样的，编号大的在前。每页 50 件。",
    examples=[
        "lifecycle search 瓯江",
        "lifecycle search 茶旅 景宁",
        "lifecycle search LS-F-2026",
    ],
)
@argument("words", nargs=-1, metavar="词…", help="要找的字，一个也可以")
@option("--page", type=Number(1, MOST), metavar="页数", help="第几页；默认 1")
@at_desk
def search(desk: Desk, words: tuple[str, ...], page: int | None) -> None:
    """Find cases."""
    from lifecycle.office.cases.search import search as find

    if desk.on is not None:
        mend = "去掉 --on；看截至某一天的：lifecycle list --on 日期"
        raise UsageError("search 只找现在的，不看截至哪一天", mend)
    with as_if_due(desk):
        found = find(desk.office, words, page or 1)
    document = {
        "words": list(found.words),
        "cases": [_listed(one) for one in found.cases],
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
    }
    more = found.page < found.pages
    following = (
        [f"lifecycle search {' '.join(found.words)} --page {found.page + 1}"] if more else []
    )
    desk.answer(document, lambda: _print(found), following=following)


def _listed(one: FoundCase) -> dict[str, object]:
    """Give a case as `list` does, and where the words were found."""
    found = asdict(one)
    del found["row"]
    return {**row_json(one.row), **found}


def _print(found: FoundPage) -> None:
    if not found.total:
        say("没有找到；几个词要都有才算，少写一个或换一个试试")
        return
    if not found.cases:
        say(f"只有 {found.pages} 页，共 {found.total} 件")
        return
    write_table(HEADS, map(_cells, found.cases))
    if found.page < found.pages:
        say(f"共 {found.total} 件，还有更多：加 --page {found.page + 1}")
    else:
        say(f"共 {found.total} 件")


def _cells(one: FoundCase) -> tuple[str, ...]:
    row = one.row
    due = row.due_on or ""
    return (
        paint(row.number, "bold") if one.in_number else row.number,
        paint(row.title, "bold") if one.in_title else row.title,
        row.stage,
        row.lead or "",
        paint(due, "red") if row.overdue else due,
        "终结" if row.final else paint("●" + LIGHTS[row.light], row.light),
        _seen_in(one),
    )


def _seen_in(one: FoundCase) -> str:
    """Say where the words were found, a fact with its value."""
    places = ["编号"] * one.in_number + ["名称"] * one.in_title
    return "；".join([*places, *(f"{fact.title} {fact.text}" for fact in one.facts)])
