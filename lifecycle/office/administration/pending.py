"""What somebody proposed for the office and a second person has not confirmed yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from lifecycle.engine.entry import recorded_day
from lifecycle.frozen import dataclass
from lifecycle.ledger.sql import text
from lifecycle.people.clock import open_step

if TYPE_CHECKING:
    from lifecycle.engine.world.moment import Officer
    from lifecycle.office.office import Office


@dataclass(frozen=True, slots=True)
class PendingDecision:
    """One thing that waits for a second person: of what `kind`, who proposed it, what it is, and
    what to type.
    """

    kind: str
    officer: str
    text: str
    command: str


def decisions_for(office: Office, officer: Officer, at: str) -> tuple[PendingDecision, ...]:
    """Give what an officer may confirm at a time: what other people proposed, where they are an
    administrator or an auditor.
    """
    if not {"admin", "auditor"} & officer.held.keys():
        return ()
    found = chain(
        _clock(office, at),
        _grants(office, officer),
        _calendar(office),
        _migrations(office),
        _take_overs(office, recorded_day(at)),
        _numberings(office),
    )
    return tuple(one for one in found if one.officer != officer.id)


def _clock(office: Office, at: str) -> Iterator[PendingDecision]:
    step = open_step(office.directory, at)
    if step is not None:
        yield PendingDecision("clock", step.officer, "系统时钟无误", "lifecycle clock confirm")


def _grants(office: Office, officer: Officer) -> Iterator[PendingDecision]:
    for grant in office.directory.grants:
        if grant.waits and grant.officer != officer.id:
            for role in grant.roles:
                command = f"lifecycle officer confirm {grant.officer} {role}"
                yield PendingDecision(
                    "grant", grant.proposed_by, f"授予 {grant.officer} {role}", command
                )


def _calendar(office: Office) -> Iterator[PendingDecision]:
    proposed = office.directory.open_proposal
    if proposed is not None:
        command = "lifecycle calendar confirm 文件"
        yield PendingDecision("calendar", proposed.officer, "日历，用自己核对过的文件", command)


def _migrations(office: Office) -> Iterator[PendingDecision]:
    directory = office.directory
    for name in dict.fromkeys(one.name for one in directory.migrations):
        meant = directory.migration(name)
        if meant is not None:
            before, after = map(office.library.workflow, (meant.before, meant.after))
            told = f"{after.title} 第 {before.version} 版的在办事项迁到第 {after.version} 版"
            yield PendingDecision(
                "migration", meant.officer, told, f"lifecycle workflow confirm {name}"
            )


def _take_overs(office: Office, today: str) -> Iterator[PendingDecision]:
    directory = office.directory
    if today > directory.take_over_until:
        return
    for name in dict.fromkeys(one.name for one in directory.declarations):
        one = directory.declaration(name)
        if one is not None and directory.document("workflow", name) == one.workflow:
            told = f"接管 {len(one.rows)} 件在办事项，用自己的一份核对；截止 "
            told += directory.take_over_until
            command = f"lifecycle takeover confirm {name} 文件"
            yield PendingDecision("take_over", one.officer, told, command)


def _numberings(office: Office) -> Iterator[PendingDecision]:
    numberings = office.directory.numberings
    if all(one.confirmed for one in numberings):
        return
    begun = {
        *office.directory.starts(),
        *(name for name, _last in office.store.rows(text.LAST_NUMBERS)),
    }
    last = {start.series: one for one in numberings for start in one.starts}
    for one in numberings:
        stands = all(
            last[start.series] is one and start.series not in begun for start in one.starts
        )
        if stands:
            names = "、".join(start.series.replace("{serial}", "…") for start in one.starts)
            told = f"编号起点，对照登记簿再写一遍（{names}）"
            yield PendingDecision("numbering", one.officer, told, "lifecycle number confirm 编号 …")
