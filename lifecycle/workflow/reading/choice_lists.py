"""A shared list read: YAML text to a ChoiceList, or every fault at once with its place and mend."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from lifecycle.errors import Location, Problem, WorkflowError
from lifecycle.workflow.choice_lists import ChoiceList, ListEntry
from lifecycle.workflow.reading.beside import begin, day, items, told
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.yaml.fields import Reading

SEPARATORS = "、，,；;\n"
"""What parts the items of a fact that has several of the entries."""
_TOP = "顶层写 list:、title:、entries: 各键"


def read_list(body: bytes, file: str) -> ChoiceList:
    """Read a shared list; raises WorkflowError with all its faults."""
    found, problems, text = examine_list(body, file)
    if found is None or problems:
        raise WorkflowError(problems, text)
    return found


def examine_list(
    body: bytes, file: str, before: ChoiceList | None = None
) -> tuple[ChoiceList | None, tuple[Problem, ...], str]:
    """Read and judge a shared list, raising nothing: what was read, all its faults, its text.

    `before` is the version in force, of which nothing that cases have recorded may go away.
    """
    top, problems, text = begin(body, file, "list", "选项表", "choice_list", mend=_TOP)
    if top is None:
        return None, problems, text
    name = top.scalar("list")
    found = ChoiceList(
        name=top.ident(name, "选项表") if name else "",
        title=top.line("title"),
        entries=_read_entries(top),
        digest=hashlib.sha256(body).hexdigest(),
        location=top.at,
        basis=top.text("basis"),
        note=top.text("note"),
    )
    if before is not None and not top.reading.problems:
        _see_kept(top.reading, before, found)
    return found, told(top.reading), text


def _read_entries(top: FormFields) -> tuple[ListEntry, ...]:
    called: dict[str, str] = {}
    found = items(top, "entries", "选项", mend="分成几张表")
    return tuple(_read_entry(fields, called) for fields in found)


def _read_entry(fields: FormFields, called: dict[str, str]) -> ListEntry:
    """Read one entry; `called` are the names of those before it."""
    title = fields.line("title")
    fields.owner = f"选项 {title or fields.written('code')} "
    aliases = tuple(
        fields.check_line(one, f"{fields.owner}的别名") for one in fields.texts("aliases")
    )
    entry = ListEntry(
        code=_read_code(fields),
        title=title,
        location=fields.at,
        aliases=aliases,
        since=day(fields, "from"),
        until=day(fields, "until"),
        note=fields.text("note"),
    )
    for name in dict.fromkeys(entry.names):
        _see_plain(fields, name)
        if name and name in called:
            message = f"{fields.owner}的 “{name}” 与 {called[name]} 的重复：填写时分不清是哪一项"
            fields.fault("ambiguous-entry", fields.at, message, "改掉其中一个")
        called.setdefault(name, f"选项 {title}")
    if entry.since and entry.until and entry.until < entry.since:
        message = f"{fields.owner}的 until {entry.until} 早于 from {entry.since}"
        fields.fault("wrong-bounds", fields.place("until"), message, "改正其一")
    if entry.until and not entry.note:
        message = f"{fields.owner}写了 until，没有写为什么停用"
        mend = "补上 note: 停用的理由，填写的人会看到"
        fields.fault("unexplained-end", fields.place("until"), message, mend)
    return entry


def _see_plain(fields: FormFields, name: str) -> None:
    """See that a name is entered and recorded as it is written, alone and among several."""
    if name != name.strip() or any(sign in name for sign in SEPARATORS):
        message = f"{fields.owner}的 “{name}” 里有顿号、逗号、分号，或前后有空格"
        fields.fault("entry-name", fields.at, message, "去掉它们：填写几项时用它们隔开")


def _read_code(fields: FormFields) -> str:
    code = fields.matched("code") if fields.has("code") else ""
    if code is None:
        message = f"{fields.owner}的 code “{fields.written('code')}” 不是合格的编码"
        mend = "字母或汉字开头，只用字母、数字、汉字，不超过 16 字"
        fields.fault("entry-code", fields.place("code"), message, mend)
    return code or ""


def _see_kept(reading: Reading, before: ChoiceList, after: ChoiceList) -> None:
    """See that each entry of the version in force is still there, under its title and its code."""
    kept: Mapping[str, ListEntry] = after.titled
    coded = {entry.code: entry for entry in after.entries}
    for entry in before.entries:
        now = kept.get(entry.title)
        if now is None:
            renamed = coded.get(entry.code)
            at: Location = renamed.location if renamed is not None else after.location
            message = f"现行的选项“{entry.title}”（{entry.code}）不见了：已填它的事项还要用它"
            mend = f"保留 {{code: {entry.code}, title: {entry.title}}}；不再用的写 until 和 note"
            reading.fault("lost-entry", at, message, mend)
        elif now.code != entry.code:
            message = f"选项“{entry.title}”的编码由 {entry.code} 改成了 {now.code}：编号里用着它"
            mend = f"改回 code: {entry.code}；要换编码的，另写一项，这一项写 until 和 note"
            reading.fault("lost-entry", now.location, message, mend)
