"""The fonts that letters are printed with, for the tests that need them; they skip where they are
not installed.
"""

from __future__ import annotations

from functools import cache

import pytest

from lifecycle.errors import UnavailableError
from lifecycle.letter.fonts import Fonts
from lifecycle.places import fonts as folders

FOLDERS = tuple(folders())


@cache
def installed() -> Fonts | None:
    """Give the installed fonts, None if there are none."""
    try:
        return Fonts.find(FOLDERS)
    except UnavailableError:
        return None


def fonts() -> Fonts:
    """Give the installed fonts to a test marked with `needs_fonts`."""
    found = installed()
    assert found
    return found


needs_fonts = pytest.mark.skipif(installed() is None, reason="字体未安装：make fonts")
