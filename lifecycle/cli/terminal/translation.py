"""Click's own sentences in Chinese, from `locale/zh_CN/LC_MESSAGES/click.po`, whatever the locale.

Click looks its sentences up with the standard library's `gettext`, which asks LANGUAGE, LC_ALL and
LANG on every call and finds nothing under C or POSIX. Rather than change the environment, which
others in the process and programs that it starts would see too, click's modules are given the
catalogue's own `gettext` and `ngettext`.
"""

from __future__ import annotations

import gettext
import os
import sys
from types import ModuleType

import click


def _read(language: str) -> gettext.GNUTranslations:
    # Every command reads it, and most do without pathlib, whose import costs more than the
    # catalogue.
    folder = os.path.dirname(__file__)  # noqa: PTH120
    with open(f"{folder}/locale/{language}/LC_MESSAGES/click.mo", "rb") as file:  # noqa: PTH123
        return gettext.GNUTranslations(file)


CHINESE = _read("zh_CN")
_OURS = {gettext.gettext: CHINESE.gettext, gettext.ngettext: CHINESE.ngettext}


def speak_chinese() -> None:
    """Make the modules of click that are loaded by now speak Chinese."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{click.__name__}."):
            _translate(module)


def _translate(module: ModuleType) -> None:
    """Replace the lookup where the module has it under the names that click gives it."""
    names = vars(module)
    for name in ("_", "ngettext"):
        if names.get(name) in _OURS:
            names[name] = _OURS[names[name]]


def shell_completion() -> ModuleType:
    """Import click's completion for shells, which most commands do without, and give it
    in Chinese.
    """
    import click.shell_completion as found

    speak_chinese()
    return found
