"""What libyaml says about a text it cannot read, said again so that a clerk can mend it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle.errors import Location, Problem

if TYPE_CHECKING:
    import yaml

_QUOTING = '整个值加上引号，例如 title: "…"'


def within(text: str, place: Location) -> Location:
    """Move a place that lies behind the end of a line or of the text back to that end."""
    lines = text.splitlines() or [""]
    if place.line > len(lines):
        return Location(place.file, len(lines), len(lines[-1]) + 1)
    if place.column > len(lines[place.line - 1]) + 1:
        return Location(place.file, place.line, len(lines[place.line - 1]) + 1)
    return place


def explain(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Tell what is wrong and how to mend it.

    An error without a known cause keeps the parser's words and place.
    """
    lines = text.splitlines() or [""]
    said = str(getattr(error, "problem", None) or error)
    context = str(getattr(error, "context", None) or "")
    mark = getattr(error, "problem_mark", None)
    opened = getattr(error, "context_mark", None) or mark
    here = (mark.line, mark.column) if mark else (0, 0)
    start = (opened.line, opened.column) if opened else here
    rule, spot, length, message, mend = (
        _tab(lines, here)
        or _quote(said, context, start)
        or _folded(context, lines, start)
        or _sign(said, lines, here)
        or _bracket(said, context, lines, start, here)
        or _colon(said, lines, start, here)
        or _indent(said, here)
        or (
            "yaml-syntax",
            here,
            1,
            f"不是合法的 YAML（{said}）",
            "检查这一处的缩进、冒号、引号和括号",
        )
    )
    return Problem(
        rule, within(text, Location(file, spot[0] + 1, spot[1] + 1, length)), message, mend
    )


_Spot = tuple[int, int]
_Fault = tuple[str, _Spot, int, str, str]


def _tab(lines: list[str], here: _Spot) -> _Fault | None:
    line = lines[here[0]] if here[0] < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" not in indent:
        return None
    spot = (here[0], indent.index("\t"))
    return "yaml-tab", spot, 1, "缩进用了制表符（Tab）", "缩进只能用空格：把每个 Tab 换成两个空格"


def _quote(said: str, context: str, start: _Spot) -> _Fault | None:
    if "quoted scalar" not in context:
        return None
    if "escape" in said:
        return (
            "yaml-escape",
            start,
            1,
            "双引号里有不认识的反斜线写法",
            "改用单引号：单引号里的反斜线就是反斜线",
        )
    return "yaml-quote", start, 1, "引号没有配对", "在这段文字的末尾补上同样的引号"


def _folded(context: str, lines: list[str], start: _Spot) -> _Fault | None:
    if "block scalar" not in context:
        return None
    sign = lines[start[0]][start[1] : start[1] + 1]
    return "yaml-start", start, 1, f"值不能以 “{sign}” 开头", _QUOTING


def _sign(said: str, lines: list[str], here: _Spot) -> _Fault | None:
    if "cannot start any token" not in said:
        return None
    sign = lines[here[0]][here[1] : here[1] + 1]
    return "yaml-start", here, 1, f"值不能以 “{sign}” 开头", _QUOTING


def _bracket(said: str, context: str, lines: list[str], start: _Spot, here: _Spot) -> _Fault | None:
    if "flow sequence" not in context and "flow mapping" not in context:
        return None
    sign, wanted = ("[", "]") if "sequence" in context else ("{", "}")
    message = (
        f"“{sign}” 没有配对的 “{wanted}”，"
        f"或两项之间缺逗号（读到第 "
        f"{min(here[0] + 1, len(lines))} "
        f"行时发现）"
    )
    return (
        "yaml-bracket",
        start,
        1,
        message,
        f"补上 “{wanted}” 或逗号；值里有冒号、逗号或括号时加引号",
    )


def _colon(said: str, lines: list[str], start: _Spot, here: _Spot) -> _Fault | None:
    """Tell apart the causes of a misplaced or missing colon by looking at the line, as the parser
    does not.
    """
    if "mapping values are not allowed" in said:
        line = lines[here[0]]
        if re.match(r"[\s-]*[^\s'\"{\[#][^'\"{\[#]*:\s", line[: here[1]]):
            return (
                "yaml-colon",
                here,
                1,
                "一行里出现了第二个冒号",
                "值里有冒号加空格时，" + _QUOTING,
            )
        above = next((n for n in range(here[0] - 1, -1, -1) if lines[n].strip()), -1)
        return (_glued(lines, above) if above >= 0 else None) or _shifted(here)
    if "could not find expected ':'" in said:
        message = "这一行缺冒号"
        return _glued(lines, start[0]) or (
            "yaml-colon",
            start,
            1,
            message,
            "写成 “键: 值”，冒号用半角，后面空一格",
        )
    return None


def _glued(lines: list[str], number: int) -> _Fault | None:
    """Find a full-width colon, or a colon without its space, in a line that should have been `key:
    value`.
    """
    match = re.match(
        r"[\s-]*(?P<key>[^\s:：'\"{\[#]+)(?P<colon>[:：])(?P<rest>\s*\S.*)?$", lines[number]
    )
    if match is None:
        return None
    key, spot = match["key"], (number, match.start("colon"))
    if match["colon"] == "：":
        return "yaml-colon", spot, 1, f"“{key}” 后面用了全角冒号", f"改为半角冒号加空格：“{key}: …”"
    if match["rest"] and not match["rest"][0].isspace():
        return (
            "yaml-space",
            spot,
            1,
            f"“{key}” 的冒号后缺一个空格",
            f"写成 “{key}: {match['rest']}”",
        )
    return None


def _shifted(here: _Spot) -> _Fault:
    message = "缩进与上文不一致，或括号、引号、短横没有写对"
    return "yaml-indent", here, 1, message, "同一层的各项左端对齐，下一层多缩进两个空格"


def _indent(said: str, here: _Spot) -> _Fault | None:
    if "'-' indicator" in said:
        return (
            "yaml-dash",
            here,
            1,
            "列表里混入了不以 “- ” 开头的一行",
            "补上 “- ”，或改正这一行的缩进",
        )
    wanted = ("expected key", "<document start>", "<block end>", "node content")
    return _shifted(here) if any(words in said for words in wanted) else None
