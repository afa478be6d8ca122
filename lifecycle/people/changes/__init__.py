"""What can change in an office: one file per subject, each change with its fields, wire form, judge
and fold.
"""

from __future__ import annotations

from lifecycle.errors import InvalidError
from lifecycle.people.changes.accounts import MapAccount, UnmapAccount
from lifecycle.people.changes.calendars import ConfirmCalendar, ProposeCalendar
from lifecycle.people.changes.change import DatedChange, OfficeChange, OfficeDocket, OfficeEntry
from lifecycle.people.changes.clock import AnnounceClock, ConfirmClock
from lifecycle.people.changes.definitions import PublishDefinition
from lifecycle.people.changes.delegations import Delegate, RevokeDelegation
from lifecycle.people.changes.divisions import AddDivision, ChangeDivision, PlaceOfficer
from lifecycle.people.changes.founding import FoundOffice
from lifecycle.people.changes.grants import ConfirmGrant, GrantRoles, RevokeRoles
from lifecycle.people.changes.migrations import ConfirmMigration, ProposeMigration
from lifecycle.people.changes.numberings import ConfirmNumbering, ProposeNumbering
from lifecycle.people.changes.officers import AddOfficer, NoteLeave
from lifecycle.people.changes.posts import AddPost, HoldPost
from lifecycle.people.changes.take_overs import ConfirmTakeOver, LimitTakeOver, ProposeTakeOver
from lifecycle.people.changes.units import AddUnit, ChangeUnit
from lifecycle.people.changes.wire import Intent, misshapen

__all__ = [
    "CHANGES",
    "AddDivision",
    "AddOfficer",
    "AddPost",
    "AddUnit",
    "AnnounceClock",
    "ChangeDivision",
    "ChangeUnit",
    "ConfirmCalendar",
    "ConfirmClock",
    "ConfirmGrant",
    "ConfirmMigration",
    "ConfirmNumbering",
    "ConfirmTakeOver",
    "DatedChange",
    "Delegate",
    "FoundOffice",
    "GrantRoles",
    "HoldPost",
    "LimitTakeOver",
    "MapAccount",
    "NoteLeave",
    "OfficeChange",
    "OfficeDocket",
    "OfficeEntry",
    "PlaceOfficer",
    "ProposeCalendar",
    "ProposeMigration",
    "ProposeNumbering",
    "ProposeTakeOver",
    "PublishDefinition",
    "RevokeDelegation",
    "RevokeRoles",
    "UnmapAccount",
    "WithDefinition",
    "read_change",
]

WithDefinition = PublishDefinition | ProposeCalendar | ProposeMigration
"""The changes that bring the bytes of a definition."""

CHANGES: dict[str, type[OfficeChange]] = {
    change.entry_type: change
    for change in (
        FoundOffice,
        AddUnit,
        ChangeUnit,
        AddOfficer,
        NoteLeave,
        AddPost,
        HoldPost,
        AddDivision,
        ChangeDivision,
        PlaceOfficer,
        GrantRoles,
        ConfirmGrant,
        RevokeRoles,
        Delegate,
        RevokeDelegation,
        PublishDefinition,
        ProposeCalendar,
        ConfirmCalendar,
        ProposeMigration,
        ConfirmMigration,
        LimitTakeOver,
        ProposeTakeOver,
        ConfirmTakeOver,
        ProposeNumbering,
        ConfirmNumbering,
        MapAccount,
        UnmapAccount,
        AnnounceClock,
        ConfirmClock,
    )
}
"""Every change of the office by the type of the entries that record it."""


def read_change(intent: Intent) -> OfficeChange:
    """Give the change that an entry records; raises InvalidError where its type is unknown or it
    is not built like one.
    """
    kind = intent["type"]
    if not isinstance(kind, str):
        misshapen("type")
    if kind not in CHANGES:
        raise InvalidError(f"记录种类“{kind}”不认识")
    return CHANGES[kind].from_dict(intent)
