"""Write what docs/language.md and docs/letters.md tell of the workflow language, from its tables.

`make language` runs it. What stands between the markers is written; the rest of the pages is by
hand. Nothing is written with `--check`: exit code 1 if a page differs.
"""  # noqa: INP001

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from lifecycle.expression.language import ARITHMETIC, COMPARISONS, FILTERS, TESTS
from lifecycle.workflow.language import (
    CONDITION_NAMES,
    FORMS,
    MENTIONED,
    Bound,
    Computed,
    Defined,
    Form,
    FreeText,
    Identifier,
    Inner,
    Key,
    Mention,
    Mentions,
    OneLine,
    OneWord,
    Patterned,
    Several,
    TextList,
    Value,
    WholeNumber,
    YesNo,
    ways_of,
)
from lifecycle.workflow.letter_variables import LETTER_VARIABLES

DOCS = Path(__file__).resolve().parent
WORDS = (
    (COMPARISONS, "甲 {} 乙"),
    (ARITHMETIC, "甲 {} 乙"),
    (FILTERS, "甲 | {}"),
    (TESTS, "甲 is {}"),
)
"""The tables of words besides functions, and how a word of each is written."""
EXAMPLE = DOCS.parent / "demo" / "visit.yaml"
"""The complete workflow that the manual shows, and that the examples of the keys fit into."""


def pages() -> dict[Path, str]:
    """Give the pages as the tables want them."""
    language, letters = DOCS / "language.md", DOCS / "letters.md"
    text = _filled(language.read_text("utf-8"), "example", _block(EXAMPLE.read_text("utf-8")))
    text = _filled(text, "keys", "\n".join(_manual()))
    text = _filled(text, "conditions", "\n".join(_conditions()))
    text = _filled(text, "words", "\n".join(_words()))
    told = _filled(letters.read_text("utf-8"), "variables", "\n".join(_variables()))
    return {language: text, letters: told}


def _filled(text: str, name: str, made: str) -> str:
    """Put what was made between a page's markers."""
    begin, end = f"<!-- {name}：由 make language 写出，不要手改 -->\n", f"<!-- /{name} -->\n"
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"缺少标记 {name}")
    return f"{before}{begin}\n{made}\n\n{end}{after}"


def _manual() -> Iterator[str]:
    told: dict[Key, str] = {}
    for number, form in enumerate(FORMS.values()):
        if number:
            yield ""
        yield f"### {form.title}（{form.place}）"
        yield ""
        yield form.says
        yield ""
        yield from _summary(form)
        for key in form.keys:
            if key not in told:
                yield ""
                yield from _told(key)
        yield from _again(form, told)
        for key in form.keys:
            told.setdefault(key, form.title)


def _again(form: Form, told: dict[Key, str]) -> Iterator[str]:
    """Say where the keys that were told already stand."""
    where: dict[str, list[str]] = {}
    for key in form.keys:
        if key in told:
            where.setdefault(told[key], []).append(f"`{key.name}`")
    if where:
        yield ""
        yield "；".join(f"{'、'.join(names)} 见“{title}”" for title, names in where.items()) + "。"


def _summary(form: Form) -> Iterator[str]:
    yield "| 键 | 名称 | 必写 | 意思 |"
    yield "|---|---|---|---|"
    for key in form.keys:
        needed = "是" if key.required else ""
        yield f"| `{key.name}` | {key.title} | {needed} | {_cell(key.says)} |"


def _told(key: Key) -> Iterator[str]:
    """Tell one key: what it is, what to write, what holds otherwise, and an example."""
    yield f"#### `{key.name}` {key.title}"
    yield ""
    yield f"{_stop(key.says)}{key.more}"
    yield ""
    yield f"- 写什么：{'；或 '.join(_written(way) for way in ways_of(key.value))}。"
    if key.types:
        yield f"- 用于：类型为 {'、'.join(key.types)} 的要素（清单看各项的类型）。"
    yield "- 必须写。" if key.required else f"- 不写时：{_otherwise(key)}。"
    if key.example:
        yield ""
        yield _block(key.example)


def _written(way: Value) -> str:
    """Say how a value is written."""
    match way:
        case FreeText():
            return "文字"
        case OneLine():
            return "一行文字，不超过 200 字"
        case Patterned():
            return way.looks
        case TextList():
            return "一段文字，或 `[甲, 乙]` 这样一列"
        case Identifier():
            return "标识：小写英文字母开头，只用小写英文字母、数字和下划线，不超过 64 字"
        case WholeNumber():
            return f"整数，{way.least} 以上" + (f"，{way.most} 以下" if way.most else "")
        case Bound():
            return "数；日期写成 2026-08-01 的样子"
        case YesNo():
            return "true、yes（是）或 false、no（否）"
        case OneWord():
            return "、".join(f"`{word.name}`（{word.title}）" for word in way.words)
        case Mention() | Mentions():
            return _mentioned(way)
        case _:
            return _forms(way)


def _mentioned(way: Mention | Mentions) -> str:
    target = MENTIONED[way.kind]
    fit = f"，类型须是 {target.fit.strip()}" if target.fit else ""
    many = "一个，或 `[甲, 乙]` 这样一列" if isinstance(way, Mentions) else "一个"
    words = "".join(f"，或 `{word}`" for word in way.words)
    return (
        f"{target.title}的标识（{target.sections.replace(':', '')} 里的名称），{many}{fit}{words}"
    )


def _forms(way: Value) -> str:
    match way:
        case Inner():
            return f"见“{FORMS[way.form].title}”"
        case Several():
            alone = "；只有一项的可以不写短横" if way.single else ""
            return f"一列，每项见“{FORMS[way.form].title}”{alone}"
        case Computed():
            return "每个要素一项：标识后面写怎样算"
        case Defined():
            short = "只有名称的直接写名称，否则" if way.titled else ""
            return f"每个标识一项，{short}见“{FORMS[way.form].title}”"
    raise TypeError(way)


def _otherwise(key: Key) -> str:
    """Say what holds where a key is not written."""
    if key.otherwise:
        return key.otherwise
    if key.needed_by:
        return f"没有；类型为 {'、'.join(key.needed_by)} 的必须写"
    way = next(iter(ways_of(key.value)))
    match way:
        case OneWord() | Patterned() | OneLine() if way.default:
            return way.default
        case WholeNumber() if way.default:
            return str(way.default)
        case YesNo():
            return "false"
    return "没有"


def _block(text: str) -> str:
    return f"```yaml\n{text.rstrip()}\n```"


def _conditions() -> Iterator[str]:
    yield "| 名称 | 意思 | 例子 |"
    yield "|---|---|---|"
    for name in CONDITION_NAMES:
        yield f"| `{name.written}` | {name.says} | `{name.example}` |"


def _words() -> Iterator[str]:
    """Tell operators, filters and tests: what each is and gives, and how it is written."""
    yield "| 写作 | 名称 | 意思 |"
    yield "|---|---|---|"
    for table, written in WORDS:
        for name, word in table.items():
            form = _cell(written.format(name))
            yield f"| `{form}` | {word.title} | {_cell(word.explains)} |"


def _variables() -> Iterator[str]:
    yield "| 名称 | 类型 | 意思 | 何时有 |"
    yield "|---|---|---|---|"
    for variable in LETTER_VARIABLES:
        row = (f"`{variable.name}`", variable.holds, variable.says, variable.when or "总有")
        yield f"| {' | '.join(row)} |"


def _stop(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write the pages, or with `--check` tell whether they are as they should be."""
    stale = [page for page, text in pages().items() if page.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for page in stale:
            print(f"{page.name} 与语言的表不符：运行 make language")
        return 1 if stale else 0
    for page, text in pages().items():
        page.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
