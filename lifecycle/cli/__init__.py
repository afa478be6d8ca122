"""The command line. `main` is its entry: it starts and ends the process as fast as can be."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run `lifecycle` and end the process.

    Officers call it all day, so starting counts: imports make much and drop nothing, so the
    collector only costs time, and there is nothing worth tearing down at the end: what must last is
    committed by then.
    """
    import gc

    # Above what the imports allocate, below what a long audit may let pile up.
    gc.set_threshold(200_000, 20, 20)
    import os
    import sys

    from lifecycle.client import service_url, wants_no_service

    args = sys.argv[1:]
    service = service_url(args)
    if service is not None and not wants_no_service(args):
        from lifecycle.client import main as forward

        forward(service, args)  # comes back only where the command needs no office

    from lifecycle.cli.root import root
    from lifecycle.cli.terminal.output import open_streams

    open_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(
            stream, "reconfigure"
        ):  # characters that an old code page lacks are spelt out, not fatal
            stream.reconfigure(errors="backslashreplace")
    code = 3
    try:
        root.main(prog_name="lifecycle")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 3
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 3  # the answer did not get out, e.g. a full disk behind `> file`
    os._exit(code)
