"""What of a template does not parse, said in Chinese.

Importing this module imports Jinja2.
"""

from __future__ import annotations

import re

from jinja2.exceptions import TemplateSyntaxError

from lifecycle.template.sandbox import environment

_TRANSLATIONS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), message, mend)
    for pattern, message, mend in (
        (
            r"Unexpected end of template.*needs to be closed is '(\w+)'",
            "{{% {0} %}} 没有结束",
            "请在它管的内容之后另写一行 {{% end{0} %}}；在表头里须写在同一行",
        ),
        (
            r"Encountered unknown tag '(end\w+|else|elif)'",
            "{{% {0} %}} 没有对应的开头",
            "请检查前面的 {{% if %}} 或 {{% for %}}",
        ),
        (r"Encountered unknown tag '(\w+)'", "不认识的标签“{0}”", "公文模板里可以用 if、for、set"),
        (r"[Mm]issing end of comment tag", "注释没有结束", "请以 #}} 结束注释"),
        (r"Missing end of raw", "{{% raw %}} 没有结束", "请删去 {{% raw %}}"),
        (
            r"unexpected char '(.+?)' at",
            "花括号里不应出现“{0}”",
            "请检查是否用了全角标点，或引号没有成对",
        ),
        (
            r"Expected an expression, got 'end of",
            "花括号里是空的",
            "请写出变量名，如 {{{{ case_title }}}}",
        ),
        (
            r"expected token 'end of (?:print statement|statement block)', got '(.+)'",
            "花括号里“{0}”处写法不对",
            "一对花括号里只写一个变量或式子",
        ),
        (r"unexpected '(.+)'", "花括号里“{0}”处写法不对", "请检查括号与引号是否成对"),
        (r"unexpected end of template|end of template", "花括号没有结束", "请补上 }}}} 或 %}}"),
        (
            r"expected token '(.+?)', got '(.+)'",
            "花括号里“{1}”处写法不对，应为“{0}”",
            "请检查括号与引号是否成对",
        ),
    )
)


def translated(error: TemplateSyntaxError) -> tuple[str, str]:
    """Say in Chinese what Jinja2 found wrong, and the mend."""
    text = error.message or ""
    for pattern, message, mend in _TRANSLATIONS:
        found = pattern.search(text)
        if found:
            words = [
                re.sub("end of (print statement|statement block)", "结尾", g)
                for g in found.groups()
            ]
            return message.format(*words), mend.format(*words)
    return "花括号里的写法不对", "请检查括号与引号是否成对"


def parse_faults(text: str) -> list[tuple[int, int, str, str]]:
    """Find what does not parse: as (offset, length, message, mend), every `{{ … }}` by itself, then
    the whole.
    """
    faults = []
    rest = text
    for found in re.finditer(r"\{\{.*?\}\}", text, re.DOTALL):
        try:
            environment().parse(found.group())
        except TemplateSyntaxError as error:
            faults.append((found.start(), found.end() - found.start(), *translated(error)))
            blank = re.sub(r"[^\n]", " ", found.group())
            rest = rest[: found.start()] + blank + rest[found.end() :]
    try:
        environment().parse(rest)
    except TemplateSyntaxError as error:
        lines = rest.split("\n")[: error.lineno - 1]
        start = sum(len(line) + 1 for line in lines)
        line = rest[start:].split("\n", 1)[0]
        opening = re.search(r"\{[{%#]", line)
        offset = opening.start() if opening else 0
        faults.append((start + offset, max(1, len(line.rstrip()) - offset), *translated(error)))
    return faults
