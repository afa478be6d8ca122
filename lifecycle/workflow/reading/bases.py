"""The legal grounds read: YAML text to Bases, or every fault at once with its place and mend."""

from __future__ import annotations

import hashlib
from typing import cast

from lifecycle.errors import Problem, WorkflowError
from lifecycle.workflow.bases import Article, Bases, Ground, Sure
from lifecycle.workflow.reading.beside import begin, day, items, told
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.yaml.fields import Reading

_TOP = "顶层写 bases:、grounds: 各键"


def read_bases(body: bytes, file: str) -> Bases:
    """Read the grounds; raises WorkflowError with all their faults."""
    found, problems, text = examine_bases(body, file)
    if found is None or problems:
        raise WorkflowError(problems, text)
    return found


def examine_bases(body: bytes, file: str) -> tuple[Bases | None, tuple[Problem, ...], str]:
    """Read and judge a file of grounds, raising nothing: what was read, all its faults, its
    text.
    """
    top, problems, text = begin(body, file, "bases", "法规依据表", "bases", mend=_TOP)
    if top is None:
        return None, problems, text
    top.text("note")
    found = Bases(
        title=top.line("bases"),
        digest=hashlib.sha256(body).hexdigest(),
        grounds=_read_grounds(top),
        inner=tuple(scalar.value for scalar in top.texts("inner")),
        location=top.at,
    )
    _see_succession(top.reading, found)
    return found, told(top.reading), text


def _read_grounds(top: FormFields) -> tuple[Ground, ...]:
    called: dict[str, str] = {}
    found = items(top, "grounds", "依据", mend="删去没有用到的")
    return tuple(_read_ground(fields, called) for fields in found)


def _read_ground(fields: FormFields, called: dict[str, str]) -> Ground:
    """Read one ground; `called` are the names of those before it."""
    name = fields.line("name")
    fields.owner = f"依据 {name} " if name else "依据"
    ground = Ground(
        name=name,
        title=fields.line("title") or name,
        location=fields.at,
        sure=cast(Sure, fields.word("sure")),
        aliases=tuple(
            fields.check_line(one, f"{fields.owner}的别名") for one in fields.texts("aliases")
        ),
        number=fields.line("number"),
        issuer=fields.line("issuer"),
        since=day(fields, "from"),
        to=day(fields, "to"),
        successor=fields.line("successor"),
        cited=fields.line("cited"),
        note=fields.text("note"),
        articles=_read_articles(fields),
    )
    for one in ground.names:
        if one in called:
            message = f"{fields.owner}的 “{one}” 与{called[one]}的重复：引用时分不清是哪一项"
            fields.fault("ambiguous-ground", fields.at, message, "改掉其中一个，例如写明修订年份")
        called.setdefault(one, f"依据 {name} ")
    if ground.since and ground.to and ground.to <= ground.since:
        message = f"{fields.owner}的 to {ground.to} 不晚于 from {ground.since}"
        fields.fault(
            "wrong-bounds", fields.place("to"), message, "to 是失效之日，不含当日；改正其一"
        )
    if ground.successor and not ground.to:
        message = f"{fields.owner}写了 successor，没有写哪一天失效"
        fields.fault("endless-ground", fields.place("successor"), message, "补上 to: 失效之日")
    return ground


def _read_articles(fields: FormFields) -> tuple[Article, ...]:
    found: dict[str, Article] = {}
    for each in fields.each("articles", f"{fields.owner}的一条"):
        name = each.line("article")
        article = Article(
            name=name,
            says=each.line("says"),
            sure=cast(Sure, each.word("sure")),
            location=each.at,
            was=each.line("was"),
        )
        if name in found:
            message = f"{fields.owner}的条号 {name} 写了两次"
            each.fault("repeated-article", each.place("article"), message, "合成一条")
        found[name] = article
    return tuple(found.values())


def _see_succession(reading: Reading, bases: Bases) -> None:
    """See that what takes the place of a ground, or stood in the place of an article before, is
    there, and on the right side in time.
    """
    names = {ground.name: ground for ground in bases.grounds}
    for ground in bases.grounds:
        if ground.successor and ground.successor not in names:
            near = reading.likeliest(ground.successor, names)
            mend = f"是否为 “{near}”？" if near else "先登记接替它的依据"
            message = f"接替 {ground.name} 的 “{ground.successor}” 没有登记"
            reading.fault("unknown-successor", ground.location, message, mend)
        elif ground.successor and names[ground.successor].since <= ground.since:
            message = f"接替 {ground.name} 的 {ground.successor} 并不晚于它施行"
            reading.fault("early-successor", ground.location, message, "改正 from 或 successor")
        for article in ground.articles:
            _see_before(reading, bases, ground, article)


def _see_before(reading: Reading, bases: Bases, ground: Ground, article: Article) -> None:
    """See that what stood in the place of an article before is known, and was in force before its
    ground was: so a search for it ends.
    """
    if not article.was:
        return
    meant = bases.understand(article.was)
    if meant.lost or not meant.citations:
        message = f"{ground.name}的 {article.name} 以前的依据 “{article.was}” 没有登记"
        near = bases.likeliest(article.was)
        mend = f"是否为 “{near}”？" if near else "先在 grounds 里登记它"
        reading.fault("unknown-before", article.location, message, mend)
    elif any(one.ground.since >= ground.since for one in meant.citations):
        message = f"{ground.name}的 {article.name} 以前的依据 “{article.was}” 并不先于它施行"
        reading.fault("late-before", article.location, message, "改正 was，或各自的 from")
