"""Who is reached how, and the one function that sends by any channel."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lifecycle.delivery.backoff import Backoff
from lifecycle.delivery.folder import Folder, put_folder
from lifecycle.delivery.mail import Mail, send_mail
from lifecycle.delivery.sending import Receipt, Sending
from lifecycle.delivery.webhook import Webhook, post_webhook

Channel = Mail | Folder | Webhook


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of units by their codes and of parties by their names, and the pauses between
    attempts.
    """

    units: Mapping[str, Channel] = field(default_factory=dict)
    parties: Mapping[str, Channel] = field(default_factory=dict)
    backoff: Backoff = field(default_factory=Backoff)


def deliver(
    sending: Sending, channel: Channel, *, now: datetime, environ: Mapping[str, str] | None = None
) -> Receipt:
    """Hand a sending to its receiver once.

    Raises DeliveryError. `now` is aware; secrets come from `environ`. It may arrive and yet fail
    here, never the other way round: a receipt is given only for what the other side took.
    """
    secrets = os.environ if environ is None else environ
    if isinstance(channel, Mail):
        return send_mail(sending, channel, now=now, environ=secrets)
    if isinstance(channel, Folder):
        return put_folder(sending, channel, now=now)
    return post_webhook(sending, channel, now=now, environ=secrets)
