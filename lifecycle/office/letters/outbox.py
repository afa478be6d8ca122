"""What goes out: what lies in the outbox is handed over, and what was taken becomes an entry.

A letter is sent only after the entry that froze it is durable. Should the machine stop between the
sending and the entry, it is sent again under the same id: at least once, never lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.beside import CHANNELS, beside
from lifecycle.correspondence.forms import form_of, letter_of
from lifecycle.correspondence.press import SUFFIXES
from lifecycle.delivery.backoff import next_attempt
from lifecycle.delivery.channels import Channel, Channels, deliver
from lifecycle.delivery.channels_file import read_channels
from lifecycle.delivery.sending import Attached, DeliveryError, Receipt, Sending
from lifecycle.engine.acts import WAYS, SendLetter, TakeBackSending
from lifecycle.engine.values import clean_text
from lifecycle.errors import LifecycleError, UnknownError
from lifecycle.ledger.record import stamp_text
from lifecycle.ledger.rows.letter_rows import (
    QueuedSending,
    all_sendings,
    due_sendings,
    is_there,
    kept_letter,
    lease,
    note_failure,
    revive,
)
from lifecycle.office.letters.letters import letter_called, submit
from lifecycle.office.letters.replies import find_addressee
from lifecycle.office.office import entries

if TYPE_CHECKING:
    from lifecycle.engine.case import Case
    from lifecycle.engine.case_letter import CaseLetter
    from lifecycle.ledger.register import Request
    from lifecycle.office.letters.letters import Handled
    from lifecycle.office.office import Office

LEASE = timedelta(minutes=15)
"""So long a letter being sent is left alone by other senders.

A conversation lasts at most ten time-outs of 60 s.
"""
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""The forms that are sent, with their media types; the text stands in the message itself."""
BY_HAND = "人工"
"""The channel of what a messenger carries."""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """Who is reached how, and the file that says so, which need not be there."""

    path: Path
    channels: Channels

    @property
    def there(self) -> bool:
        """Tell whether there is such a file."""
        return self.path.exists()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one sending: the receipt, or why there is none, and whether it will be tried
    again (`next_at`).
    """

    id: str
    number: str
    addressee: str
    receipt: Receipt | None = None
    error: LifecycleError | None = None
    next_at: datetime | None = None

    @property
    def way(self) -> str:
        """Say by which channel and where to it went, "" if it did not."""
        if self.receipt is None:
            return ""
        return f"{WAYS.get(self.receipt.channel, self.receipt.channel)} {self.receipt.address}"


@dataclass(frozen=True, slots=True)
class Unsent:
    """One sending that waits, or that was given up (`dead`).

    `by_hand`: it waits for a messenger, because its addressee has no channel.
    """

    id: str
    case_number: str
    letter: str
    document_number: str
    addressee: str
    state: str
    by_hand: bool
    attempts: int
    next_at: str
    error: str


def read_settings(office: Office, file: str | None, environ: Mapping[str, str]) -> DeliverySettings:
    """Read who is reached how: from the file given, else from LIFECYCLE_DELIVERY, else from beside
    the database. Only a file that was given must be there.
    """
    default = environ.get("LIFECYCLE_DELIVERY") or str(beside(office.store.place, CHANNELS))
    path = Path(file or default)
    if file is None and not path.exists():
        return DeliverySettings(path, Channels())
    channels = read_channels(path)
    units = office.directory.units
    for code in channels.units:
        if code not in units:
            raise UnknownError(
                f"送达设置 {path} 里的单位", code, units, "写单位代码，用 lifecycle unit list 查"
            )
    return DeliverySettings(path, channels)


def deliver_due(
    office: Office, request: Request, channels: Channels, *, lease_for: timedelta = LEASE
) -> Iterator[Attempt]:
    """Hand over every sending whose time has come and whose addressee has a channel.

    The others wait for a messenger.
    """
    clock = office.register.clock
    down: list[Channel] = []
    allowed = _allowed(office, request)
    office.register.check_clock()
    for queued in due_sendings(office.store, stamp_text(clock())):
        channel = channels.units.get(queued.unit) or channels.parties.get(queued.addressee)
        if channel is None or any(_shared(channel) == _shared(other) for other in down):
            continue
        case = office.register.case(queued.case_id)
        letter = kept_letter(case, queued.name)
        if allowed not in (None, letter.unit) or is_there(letter, queued.addressee):
            continue
        now = clock()
        if not lease(office.store, queued, stamp_text(now + lease_for)):
            continue
        attempt = Attempt(queued.id, letter.number, queued.addressee)
        try:
            receipt = deliver(sending_of(office, case, letter, queued), channel, now=now)
        except LifecycleError as error:
            if isinstance(error, DeliveryError) and error.shared:
                down.append(channel)
            yield _failed(office, attempt, queued, error, channels)
            continue
        try:
            record_receipt(office, request, case, queued, receipt)
            yield replace(attempt, receipt=receipt)
        except LifecycleError as error:
            # It went out; should it go again, the receiver knows it by its id.
            yield replace(attempt, error=error, next_at=now + lease_for)


def record_receipt(
    office: Office, request: Request, case: Case, queued: QueuedSending, receipt: Receipt
) -> Handled:
    """Record that the other side took a letter, once for each sending; once more for one that was
    taken back.
    """
    act = SendLetter(
        queued.name,
        queued.addressee,
        receipt.channel,
        receipt.address,
        queued.id,
        receipt.answer,
    )
    once = replace(request, request_id=_request_id(office, case, queued))
    return submit(office, once, case, act, queued.name)


def _request_id(office: Office, case: Case, queued: QueuedSending) -> str:
    """Give the request id under which a sending is recorded: its own, and a number where the record
    was taken back.
    """
    plain = f"sent:{queued.id}"
    if office.recorded(plain) is None:
        return plain
    intents = (body["intent"] for body in entries(office, case))
    taken_back = (
        TakeBackSending.from_dict(intent)
        for intent in intents
        if intent["type"] == TakeBackSending.entry_type
    )
    about = (queued.name, queued.addressee)
    times = sum((act.letter, act.addressee) == about for act in taken_back)
    return f"{plain}.{times + 1}" if times else plain


def _allowed(office: Office, request: Request) -> str | None:
    """Say whose letters an officer may send: None for everybody's (a clerk), else those of their
    own unit.
    """
    on = request.on or office.register.today()
    officer = office.acting(request, on)
    return None if "clerk" in officer.held else officer.unit


def _shared(channel: Channel) -> object:
    """Give what channels have in common that can be down for all of them: the mail server, else the
    channel itself.
    """
    return getattr(channel, "server", channel)


def _failed(
    office: Office,
    attempt: Attempt,
    queued: QueuedSending,
    error: LifecycleError,
    channels: Channels,
) -> Attempt:
    """Note when to try again, or that it is given up."""
    again = None
    if isinstance(error, DeliveryError) and (error.shared or not error.permanent):
        again = next_attempt(
            queued.attempts + 1,
            sending=queued.id,
            backoff=channels.backoff,
            now=office.register.clock(),
            retry_after=error.retry_after,
        )
    state = "pending" if again else "dead"
    at = stamp_text(again) if again else ""
    note_failure(office.store, queued.id, state=state, next_at=at, error=error.message)
    return replace(attempt, error=error, next_at=again)


def sending_of(office: Office, case: Case, letter: CaseLetter, queued: QueuedSending) -> Sending:
    """Make up a letter for one addressee: its text, and its frozen PDF and DOCX under its
    number.
    """
    paper = letter_of(office.library, case, letter)
    files = []
    for form, media in MEDIA.items():
        body = form_of(office.library, case, letter, form)
        files.append(Attached(f"{letter.number}.{SUFFIXES[form]}", media, body))
    return Sending(
        id=queued.id,
        title=letter.title,
        number=letter.number,
        kind=paper.kind,
        issuer=paper.issuer,
        recipient=queued.addressee,
        text=form_of(office.library, case, letter, "text").decode(),
        files=tuple(files),
        code=letter.code,
        on=date.fromisoformat(letter.issued_on),
    )


def unsent(office: Office, channels: Channels) -> Iterator[Unsent]:
    """Stream what waits in the outbox and what was given up, in the order of their ids; whoever
    has signed for a letter, or answered it, waits for nothing.
    """
    for queued in _seen(office, "pending", "dead"):
        case = office.register.case(queued.case_id)
        yield Unsent(
            id=queued.id,
            case_number=case.number,
            letter=queued.name,
            document_number=kept_letter(case, queued.name).number,
            addressee=queued.addressee,
            state=queued.state,
            by_hand=queued.state == "pending" and _without_channel(queued, channels),
            attempts=queued.attempts,
            next_at=queued.next_at,
            error=queued.error,
        )


def count_unsent(office: Office, channels: Channels) -> tuple[int, int]:
    """Count what waits for a messenger, and what was given up."""
    by_hand = sum(_without_channel(queued, channels) for queued in _seen(office, "pending"))
    return by_hand, sum(1 for _one in _seen(office, "dead"))


def count_by_hand(office: Office, environ: Mapping[str, str]) -> int:
    """Count what waits for a messenger; none while it cannot be read who is reached how, which is
    told to whoever sends.
    """
    try:
        channels = read_settings(office, None, environ).channels
    except LifecycleError:
        return 0
    return sum(_without_channel(one, channels) for one in all_sendings(office.store, "pending"))


def _seen(office: Office, *states: str) -> Iterator[QueuedSending]:
    """Stream the sendings of the cases that whoever looks may see."""
    for queued in all_sendings(office.store, *states):
        case = office.register.case(queued.case_id)
        if office.viewer.sees(office.workflow_of(case), case):
            yield queued


def _without_channel(queued: QueuedSending, channels: Channels) -> bool:
    return queued.unit not in channels.units and queued.addressee not in channels.parties


def retry(office: Office, id_: str) -> None:
    """Put back what was given up, or let what waits go at once; raises UnknownError."""
    known = [queued.id for queued in _seen(office, "pending", "dead")]
    if id_ not in known or not revive(office.store, id_):
        raise UnknownError("待送的件", id_, known, "用 lifecycle notice outbox 查编号")


def record_sent(
    office: Office, request: Request, case: str, name: str, *, unit: str, way: str
) -> Handled:
    """Record that a letter was carried to an addressee, and how."""
    found = office.case(case)
    letter = letter_called(found, name)
    addressee = find_addressee(office, request, letter, unit)
    id_ = f"{letter.code}.{letter.addressed.index(addressee) + 1}"
    act = SendLetter(letter.name, addressee.name, BY_HAND, clean_text(way, "说明"), id_)
    return submit(office, request, found, act, letter.name)


def take_back_sending(
    office: Office, request: Request, case: str, name: str, *, unit: str, note: str
) -> Handled:
    """Take back that a letter was sent to an addressee."""
    found = office.case(case)
    letter = letter_called(found, name)
    addressee = find_addressee(office, request, letter, unit)
    act = TakeBackSending(letter.name, addressee.name, clean_text(note, "说明"))
    return submit(office, request, found, act, letter.name)
