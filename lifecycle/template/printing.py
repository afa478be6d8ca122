"""How one `{{ … }}` is put into a letter: as text, cleaned of what a reader could not see."""

from __future__ import annotations

import re

from lifecycle.expression.texts import LIMIT, text_of, texts_of, too_long
from lifecycle.template.marks import BREAK, KEPT

_NEWLINES = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)


def cleaned(value: str) -> str:
    """Drop control, invisible and direction-changing characters and lone surrogates.

    Write line breaks as `BREAK`. A direction mark could show a reader another amount than the one
    signed; see Unicode Technical Report 36, 2.5.
    """
    if len(value) > LIMIT:
        raise too_long()
    return _DROPPED.sub("", _NEWLINES.sub("\n", value).replace("\t", " ")).replace("\n", BREAK)


def printed(value: object) -> str:
    """Write the value of one `{{ … }}`, cleaned, with a 、 inside the item of a list marked as not
    separating.
    """
    if type(value) is str:
        return value if value.isprintable() and len(value) <= LIMIT else cleaned(value)
    if isinstance(value, list | tuple):
        items = texts_of(value, printed)
        text = "、".join(items)
        if text.count("、") < len(items):
            return text
        return "、".join(item.replace("、", KEPT) for item in items)
    return cleaned(value) if isinstance(value, str) else text_of(value)
