"""Numbers of cases and of letters go on where the registers on paper stand: proposed by one person,
confirmed by another from a register of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle.correspondence.signing_off import rules_in_force
from lifecycle.correspondence.writing import UnpublishedError
from lifecycle.errors import EnteredFault, InvalidError, UnknownError, at_once
from lifecycle.ledger.sql import text
from lifecycle.people.changes import ConfirmNumbering, ProposeNumbering
from lifecycle.people.decided import SeriesStart
from lifecycle.workflow.numbers import facts_in, number_of, read_number

if TYPE_CHECKING:
    from lifecycle.ledger.register import Request
    from lifecycle.office.office import Office
    from lifecycle.people.decided import Numbering


@dataclass(frozen=True, slots=True)
class StartsPlan:
    """Where series are to go on, or do: who proposed it, and who may confirm it."""

    starts: tuple[SeriesStart, ...]
    officer: str
    confirmers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A series of numbers: the last that it gave (0: none), the last on paper as declared ("": not
    declared), by whom that was proposed and confirmed ("": not yet).
    """

    series: str
    last: int
    on_paper: str
    proposed_by: str
    confirmed_by: str


def propose_starts(office: Office, request: Request, numbers: Sequence[str]) -> StartsPlan:
    """Propose to go on after the last numbers on paper; a dry run only reads them. Raises every
    fault at once.
    """
    starts = tuple(_read(office, numbers))
    if not request.dry_run:
        office.register.change_office(request, ProposeNumbering(starts))
    return StartsPlan(starts, request.officer, office.confirmers(request.officer))


def confirm_starts(office: Office, request: Request, numbers: Sequence[str]) -> StartsPlan:
    """Confirm, by the last numbers as one reads them oneself, what was proposed."""
    starts = tuple(_read(office, numbers))
    wanted = {start.series: start for start in starts}
    proposed = [one for one in office.directory.numberings if _series(one) & wanted.keys()]
    if not proposed:
        raise InvalidError(
            "没有提出过这些系列的编号起点", "管理员先提出：lifecycle number propose 编号 …"
        )
    meant = proposed[-1]
    if wanted != {start.series: start for start in meant.starts}:
        raise _unlike(meant, wanted)
    if not request.dry_run:
        office.register.change_office(request, ConfirmNumbering(meant.id))
    return StartsPlan(meant.starts, meant.officer, office.confirmers(meant.officer))


def series_lines(office: Office) -> list[SeriesLine]:
    """List the series that have given a number, or of which somebody has said where they go on."""
    given = dict(office.store.rows(text.LAST_NUMBERS))
    told: dict[str, tuple[SeriesStart, Numbering]] = {}
    for one in office.directory.numberings:
        for start in one.starts:
            if start.series not in told or not told[start.series][1].confirmed:
                told[start.series] = (start, one)
    lines = []
    for series in sorted({*given, *told}):
        last = given.get(series, 0)
        if series in told:
            start, one = told[series]
            lines.append(SeriesLine(series, last, start.number, one.officer, one.confirmed_by))
        else:
            lines.append(SeriesLine(series, last, "", "", ""))
    return lines


def _series(one: Numbering) -> set[str]:
    return {start.series for start in one.starts}


def _unlike(meant: Numbering, wanted: dict[str, SeriesStart]) -> InvalidError:
    """Say where the second person read something else."""
    proposed = {start.series: start.number for start in meant.starts}
    told = []
    for series in sorted({*proposed, *wanted}):
        mine = wanted[series].number if series in wanted else "没有写"
        its = proposed.get(series, "没有写")
        if mine != its:
            told.append(f"{its}（您：{mine}）")
    message = f"与 {meant.officer} 提出的不一致：{'、'.join(told)}"
    return InvalidError(message, "两人一起核对纸质登记簿；提出的有误，请管理员重新提出")


def _read(office: Office, numbers: Sequence[str]) -> Iterator[SeriesStart]:
    """Read the last numbers on paper; raises all faults at once."""
    patterns = [*_of_cases(office), *_of_letters(office)]
    faults = []
    found = []
    for number in dict.fromkeys(map(str.strip, numbers)):
        read = (read_number(one.pattern, number, one.codes) for one in patterns)
        meant = next((one for one in read if one is not None), None)
        if meant is None:
            faults.append(EnteredFault("", _unknown(office, number, patterns)))
        else:
            found.append(SeriesStart(meant.series, number, meant.year))
    if faults:
        raise at_once(faults)
    yield from found


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How numbers are written: the pattern, and what may stand in its slots."""

    pattern: str
    codes: Mapping[str, Sequence[str]]


def _of_cases(office: Office) -> Iterator[_Pattern]:
    """Give how the workflows in force number their cases."""
    lists = office.library.lists(office.directory)
    for workflow in office.workflows():
        codes: dict[str, Sequence[str]] = {}
        for name in facts_in(workflow.number):
            fact = workflow.facts[name]
            entries = lists[fact.listed].entries if fact.listed else ()
            codes[name] = [entry.code for entry in entries] or fact.choices
        yield _Pattern(workflow.number, codes)


def _of_letters(office: Office) -> Iterator[_Pattern]:
    """Give how the issuing rules in force number letters, each unit's and kind's."""
    try:
        rules = rules_in_force(office.library, office.directory)
    except UnpublishedError:
        return
    codes = [issuer.code for issuer in rules.issuers.values()]
    for pattern in dict.fromkeys(rules.patterns.values()):
        yield _Pattern(pattern, {"code": codes})


def _unknown(office: Office, number: str, patterns: Sequence[_Pattern]) -> UnknownError:
    """Say that a number is of no series, and how numbers are written here."""
    year = str(office.register.today().year)
    written = []
    for one in patterns:
        shown = one.pattern.replace("{year}", year)
        for name, codes in one.codes.items():
            shown = shown.replace(f"{{{name}}}", codes[0]) if codes else shown
        written.append(number_of(shown, 1))
    told = "、".join(dict.fromkeys(written))
    return UnknownError("编号系列", number, (), f"照登记簿写全最后一个号，样子如：{told}")
