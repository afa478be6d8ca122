"""A limit to a whole conversation: a socket's timeout starts anew with every byte that drips in."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer


@contextmanager
def deadline(seconds: float, current: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut the conversation's socket down after so many seconds.

    Whoever waits on it then sees its end. `current` gives the socket as it is by then: STARTTLS
    puts another in its place.
    """

    def shut() -> None:
        sock = current()
        if sock is not None:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which takes the TLS layer away under the thread that
                # reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
