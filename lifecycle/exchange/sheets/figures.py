"""Values as people write them in tables → as a fact reads them: 1.2亿元, 35,000, 2026.3.1, √, 龙泉.

What cannot be told is never guessed: it raises, and says what is wanted.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from fractions import Fraction

from lifecycle.engine.values import parse_date, plain_decimal
from lifecycle.errors import InvalidError
from lifecycle.exchange.sheets.words import SheetWords, folded, sheet_words
from lifecycle.workflow.model import Fact

_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*(.*)", re.DOTALL)
_COMPACT = re.compile(r"[0-9]{8}")
_SERIAL = re.compile(r"[0-9]{5}")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
"""Serial dates from 1954 to 2119; no project's day lies outside."""
_TIME = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$")
_MONTH = re.compile(r"[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}\s*月?")
_MOST_DIGITS = 30
_TYPED = ("money", "decimal", "integer", "date", "yesno", "choice")


def read_figure(fact: Fact, text: str, unit: str, epoch: date) -> str:
    """Give a cell's text as a fact reads it. `unit` is the unit of its column, `epoch` the day 0 of
    its table's serial dates.

    Raises InvalidError where it cannot be told what is meant.
    """
    words = sheet_words()
    plain = folded(text)
    if plain in words["pending"] or plain in words["blank"]:
        raise InvalidError(f"{fact.title}“{text}”：还没有定，还是不用填", "定了的填上，没有的空着")
    if fact.type in ("money", "decimal", "integer"):
        return plain_decimal_of(_amount(fact, text, unit, words))
    if fact.type == "date":
        return _day(fact, text, epoch, words)
    if fact.type == "yesno":
        return _yes_or_no(text, words)
    if fact.type == "choice":
        return _choice(fact, text)
    return text


def said_figure(fact: Fact, said: str, unit: str, epoch: date) -> str:
    """Give what a map says of a cell as a fact reads it: as if it stood there, but that a text is
    taken as it is. Nothing gives nothing.

    Raises InvalidError where it cannot be told.
    """
    return read_figure(fact, said, unit, epoch) if said and fact.type in _TYPED else said


def plain_decimal_of(number: Fraction) -> str:
    """Write a fraction that is a decimal exactly."""
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 2 * _MOST_DIGITS
        return plain_decimal(Decimal(number.numerator) / Decimal(number.denominator))


def _amount(fact: Fact, text: str, unit: str, words: SheetWords) -> Fraction:
    """Read a number with whatever unit it is written in, in the unit of its fact."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _NUMBER.fullmatch(plain)
    if match is None or len(plain) > 2 * _MOST_DIGITS:
        raise _unclear(fact, text, words)
    sign, digits, decimals, rest = match.groups()
    number = Fraction(f"{sign}{digits.replace(',', '')}{decimals or ''}")
    written = folded(rest).strip("()")
    if written == "%":
        return _percent(fact, text, number)
    if not written:
        return _converted(fact, text, number, unit or (fact.unit or ""), words)
    times, rest = words.parted(written)
    if not rest:
        simple = words.simple(unit or fact.unit or "")
        return _converted(fact, text, number * times, simple, words)
    own = fact.unit is not None and rest == folded(fact.unit)
    if own or words.measure(written) or written == folded(unit):
        return _converted(fact, text, number, written, words)
    if fact.unit is None and not unit and rest in words["counters"]:
        return number * times
    raise _unclear(fact, text, words)


def _percent(fact: Fact, text: str, number: Fraction) -> Fraction:
    if fact.unit in ("%", "％"):
        return number
    if fact.unit is None:
        return number / 100
    raise InvalidError(f"{fact.title}“{text}”是百分数，这里要填{fact.unit}", "填数")


def _converted(fact: Fact, text: str, number: Fraction, unit: str, words: SheetWords) -> Fraction:
    """Convert a number exactly; raises InvalidError where the units differ in kind, or where the
    result has no last digit.
    """
    wanted = fact.unit or ""
    if folded(unit) == folded(wanted):
        return number
    have, want = words.measure(unit), words.measure(wanted)
    if have is None or want is None or have.of != want.of:
        times, rest = words.parted(unit)
        if not wanted and (not rest or rest in words["counters"]):
            return number * times
        named = wanted or "没有单位的数"
        message = f"{fact.title}“{text}”的单位“{unit}”换算不成{named}"
        raise InvalidError(message, f"填成{named}")
    found = number * have.size / want.size
    if not _is_decimal(found):
        about = f"{float(found):.4f}"
        message = f"{fact.title}“{text}”{_said(text, unit)}换算成{wanted}除不尽（约 {about}）"
        raise InvalidError(message, f"按{wanted}填，取几位小数由填的人定")
    return found


def _said(text: str, unit: str) -> str:
    """Name the unit where the text does not."""
    return "" if folded(unit) in folded(text) else f"（{unit}）"


def _is_decimal(number: Fraction) -> bool:
    """Tell whether a fraction is a decimal with a last digit."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _unclear(fact: Fact, text: str, words: SheetWords) -> InvalidError:
    """Say of a text that it is no number that could be told."""
    unit = f"，单位{fact.unit}" if fact.unit else ""
    if any(word in folded(text) for word in words["vague"]):
        return InvalidError(f"{fact.title}“{text}”不是一个确定的数", f"填准确的数{unit}")
    return InvalidError(f"{fact.title}“{text}”看不出是多少", f"填一个数{unit}")


def _day(fact: Fact, text: str, epoch: date, words: SheetWords) -> str:
    """Read a day; a month, a year or a part of one is none."""
    plain = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    if _SERIAL.fullmatch(plain) and _FIRST_SERIAL <= int(plain) <= _LAST_SERIAL:
        return (epoch + timedelta(days=int(plain))).isoformat()
    if _COMPACT.fullmatch(plain):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    try:
        return parse_date(plain.rstrip(".号"), fact.title).isoformat()
    except InvalidError:
        pass
    if _MONTH.fullmatch(plain):
        message = f"{fact.title}“{text}”只写到月"
        raise InvalidError(message, "写到日，如 2026-03-01")
    vague = any(word in plain for word in words["vague"])
    kind = "不是确定的一天" if vague else "不是有效日期"
    raise InvalidError(f"{fact.title}“{text}”{kind}", "写到日，如 2026-03-01")


def _choice(fact: Fact, text: str) -> str:
    """Read a choice; raises InvalidError that asks back where it may be one."""
    found = like_choice(fact, text)
    perhaps = None if found else perhaps_choice(fact, text)
    if perhaps:
        message = f"{fact.title}“{text}”不在可选项里，是否为“{perhaps}”？"
        raise InvalidError(message, f"可选：{'、'.join(fact.choices)}")
    return found or text


def _yes_or_no(text: str, words: SheetWords) -> str:
    said = folded(text).upper()
    if said in words["yes"]:
        return "是"
    return "否" if said in words["no"] else text


def like_choice(fact: Fact, text: str) -> str | None:
    """Give the one choice that a text is, but for blanks and the width of its signs, or for one
    sign at an end: 龙泉 is 龙泉市. None where there is none, or more than one.
    """
    said = folded(text)
    exact = [choice for choice in fact.choices if folded(choice) == said]
    if exact or len(said) < 2:
        return exact[0] if exact else None
    near = [
        choice
        for choice in fact.choices
        if len(folded(choice)) == len(said) + 1 and _ends(folded(choice), said)
    ]
    return near[0] if len(near) == 1 else None


def perhaps_choice(fact: Fact, text: str) -> str | None:
    """Give the one choice that a text may mean: that it begins or ends with, or that begins or ends
    with it. Nobody may take it for that without being asked: a city is not the zone that bears
    its name.
    """
    said = folded(text)
    near = [
        choice
        for choice in fact.choices
        if len(said) > 1
        and len(choice) > 1
        and (_ends(folded(choice), said) or _ends(said, folded(choice)))
    ]
    return near[0] if len(near) == 1 else None


def _ends(text: str, part: str) -> bool:
    return text.startswith(part) or text.endswith(part)
