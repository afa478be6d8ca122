"""When to try again, and when to stop: a pure function of the attempts made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from `first` to `most`.

    After so many `attempts` a sending is dead (20 of them take 3 days).
    """

    first: timedelta = timedelta(minutes=1)
    most: timedelta = timedelta(hours=6)
    attempts: int = 20


def next_attempt(
    attempts: int,
    *,
    sending: str,
    backoff: Backoff,
    now: datetime,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """Say when to try a sending again after `attempts` (≥ 1) in vain, the last of them `now`.

    None when it is dead. The pause is 75 to 100 % of first × 2^(attempts−1), at most `most`; where
    in that range follows from the sending's id and the attempt, so that sendings that failed
    together do not all come back together, and a test knows the answer. `retry_after` makes the
    pause longer, never shorter, by at most a day.
    """
    if attempts >= backoff.attempts:
        return None
    # As floats: the power of many attempts is beyond what a timedelta holds.
    pause = min(
        backoff.most.total_seconds(),
        backoff.first.total_seconds() * 2.0 ** min(max(attempts, 1) - 1, 900),
    )
    share = int.from_bytes(sha256(f"{sending} {attempts}".encode()).digest()[:4], "big") / 2**32
    wait = timedelta(seconds=pause * (1 - share / 4))
    return now + max(wait, min(retry_after or wait, _DAY))
