"""What may be the code of a unit or an officer, and the name of an operating-system account."""

from __future__ import annotations

import re

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,63}")
"""What `useradd` admits (shadow's default and --badname without blanks), and names of a domain."""


def is_code(text: str) -> bool:
    """Tell whether a text may be the code of a unit or an officer."""
    return _CODE.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """Tell whether a text may be the name of an operating-system account."""
    return _ACCOUNT.fullmatch(text) is not None
