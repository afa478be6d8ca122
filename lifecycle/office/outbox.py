"""The post goes out: what lies in the outbox is handed over, and what was taken becomes an entry.

A sending is sent only after the entry that froze its letter is durable. Should the machine stop
between the sending and the entry, the sending is sent again under the same id: at least once, never
lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lifecycle.correspondence.press import SUFFIXES
from lifecycle.delivery.backoff import next_attempt
from lifecycle.delivery.channels import Channel, Channels, deliver
from lifecycle.delivery.sending import Attached, DeliveryError, Receipt, Sending
from lifecycle.engine.acts import SendLetter
from lifecycle.engine.case import Case
from lifecycle.engine.notice import Notice
from lifecycle.errors import LifecycleError
from lifecycle.ledger.letter_rows import QueuedSending, due_sendings, lease, note_failure
from lifecycle.ledger.record import stamp_text
from lifecycle.ledger.register import Request
from lifecycle.office.letters import Chancery
from lifecycle.people.clock import BEIJING

LEASE = timedelta(minutes=15)
"""So long a sending being sent is left alone by other senders; a conversation lasts at most ten
time-outs of 60 s.
"""
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""The forms that are sent, with their media types; the text stands in the message itself."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one sending: the receipt, or why there is none, and whether it will be tried
    again (`next_at`).
    """

    sending: QueuedSending
    number: str
    title: str
    receipt: Receipt | None = None
    error: LifecycleError | None = None
    next_at: datetime | None = None


def dispatch(
    chancery: Chancery,
    request: Request,
    channels: Channels,
    clock: Callable[[], datetime],
    *,
    lease_for: timedelta = LEASE,
) -> Iterator[Sent]:
    """Hand over every sending whose time has come and whose receiver has a channel; the others wait
    for a messenger.
    """
    down: list[Channel] = []
    allowed = _allowed(chancery, request, clock)
    chancery.register.check_clock()
    for waiting in due_sendings(chancery.store, stamp_text(clock())):
        channel = channels.units.get(waiting.unit) or channels.parties.get(waiting.addressee)
        if channel is None or any(_shared(channel) == _shared(other) for other in down):
            continue
        case = chancery.case(waiting.case_id)
        notice = case.notices[waiting.name]
        now = clock()
        if allowed not in (None, notice.unit) or not lease(
            chancery.store, waiting, stamp_text(now + lease_for)
        ):
            continue
        sent = Sent(waiting, notice.number, notice.title)
        try:
            receipt = deliver(sending_of(chancery, case, notice, waiting), channel, now=now)
        except LifecycleError as error:
            if isinstance(error, DeliveryError) and error.shared:
                down.append(channel)
            yield _failed(chancery, sent, error, channels, clock())
            continue
        command = SendLetter(
            notice.name,
            waiting.addressee,
            receipt.channel,
            receipt.address,
            waiting.id,
            receipt.answer,
        )
        try:
            chancery.dispatched(replace(request, request_id=f"sent:{waiting.id}"), case, command)
            yield replace(sent, receipt=receipt)
        except (
            LifecycleError
        ) as error:  # it went out; should it go again, the receiver knows it by its id
            yield replace(sent, error=error, next_at=now + lease_for)


def _allowed(chancery: Chancery, request: Request, clock: Callable[[], datetime]) -> str | None:
    """Say whose letters an officer may send: None for everybody's (a clerk), else those of their
    own unit.
    """
    on = request.on or clock().astimezone(BEIJING).date()
    officer = chancery.library.directory().officer(request.officer, on, principal=request.principal)
    return None if "clerk" in officer.held else officer.unit


def _shared(channel: Channel) -> object:
    """Give what channels have in common that can be down for all of them: the mail server, else the
    channel itself.
    """
    return getattr(channel, "server", channel)


def _failed(
    chancery: Chancery, sent: Sent, error: LifecycleError, channels: Channels, now: datetime
) -> Sent:
    tried = sent.sending.attempts + 1
    again = None
    if isinstance(error, DeliveryError) and (error.shared or not error.permanent):
        again = next_attempt(
            tried,
            sending=sent.sending.id,
            backoff=channels.backoff,
            now=now,
            retry_after=error.retry_after,
        )
    state = "pending" if again else "dead"
    at = stamp_text(again) if again else ""
    note_failure(chancery.store, sent.sending.id, state=state, next_at=at, error=error.message)
    return replace(sent, error=error, next_at=again)


def sending_of(chancery: Chancery, case: Case, notice: Notice, waiting: QueuedSending) -> Sending:
    """Make up a letter for one receiver: its text, and its frozen PDF and DOCX under its number."""
    letter = chancery.letter(case, notice)
    files = tuple(
        Attached(f"{notice.number}.{SUFFIXES[form]}", media, chancery.form(case, notice, form))
        for form, media in MEDIA.items()
    )
    return Sending(
        id=waiting.id,
        title=notice.title,
        number=notice.number,
        kind=letter.kind,
        issuer=letter.issuer,
        recipient=waiting.addressee,
        text=chancery.form(case, notice, "text").decode(),
        files=files,
        code=notice.code,
        on=date.fromisoformat(notice.issued_on),
    )


def without_channel(waiting: QueuedSending, channels: Channels) -> bool:
    """Tell whether a sending waits for a messenger, because its receiver has no channel."""
    return waiting.unit not in channels.units and waiting.addressee not in channels.parties


def settings_of(environ: Mapping[str, str], database: str) -> str:
    """Name the file that says who is reached how: LIFECYCLE_DELIVERY, or beside the database."""
    return environ.get("LIFECYCLE_DELIVERY") or f"{database}.delivery.yaml"
