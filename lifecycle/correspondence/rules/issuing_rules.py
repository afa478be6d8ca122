"""The issuing rules (发文规则): how units number their letters, when receipt is due, what reminds
of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from lifecycle.errors import InvalidError
from lifecycle.frozen import dataclass
from lifecycle.letter.kinds import kinds
from lifecycle.workflow.model import Limit
from lifecycle.workflow.reading.form_fields import form_within
from lifecycle.workflow.reading.sections import limit_of
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile

ISSUING = "issuing"
"""The kind and the name under which the rules are published."""
_KEYS = ("issuing", "basis", "issuers", "series", "receipt", "urge")
_SLOT = re.compile(r"\{(code|year|serial)\}")


@dataclass(frozen=True, slots=True)
class Issuer:
    """A unit's 机关代字, and its full name (发文机关全称) where that is not what the directory
    calls it.
    """

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Issuing:
    """The rules as judged; `digest` is the SHA-256 of their exact bytes.

    `patterns` maps each kind to its number.
    """

    digest: str
    issuers: Mapping[str, Issuer]
    patterns: Mapping[str, str]
    receipt: Limit | None
    urge: str

    def series(self, unit: str, kind: str, year: int) -> str:
        """Name the series in which a unit numbers letters of a kind in a year: the number, with
        {serial} to fill in.
        """
        issuer = self.issuers.get(unit)
        if issuer is None:
            raise InvalidError(
                f"单位 {unit} 没有登记机关代字，不能编文号",
                "请管理员在 notices/issuing.yaml 的 issuers 下登记后发布",
            )
        pattern = self.patterns.get(kind)
        if pattern is None:
            raise InvalidError(
                f"文种“{kind}”没有文号系列",
                "请管理员在 notices/issuing.yaml 的 series 下登记后发布",
            )
        return pattern.replace("{code}", issuer.code).replace("{year}", str(year))


@lru_cache(maxsize=8)
def read_issuing(body: bytes, file: str = "notices/issuing.yaml") -> Issuing:
    """Read the rules; raises WorkflowError with every fault."""
    yaml = YamlFile(Path(file), known=_KEYS, required=("issuing", "issuers", "series"), body=body)
    top = yaml.top
    issuers: dict[str, Issuer] = {}
    section = top.inner("issuers", "issuers ", known=())
    for name, (key, node) in section.pairs.items() if section else ():
        fields = Fields(
            yaml.reading,
            node,
            f"单位 {name} ",
            yaml.reading.at(key),
            known=("code", "name"),
            required=("code",),
        )
        issuers[name] = Issuer(
            fields.line("code"), fields.line("name") if fields.has("name") else ""
        )
    _see_apart(yaml, issuers, section)
    patterns = _read_series(yaml)
    limit = limit_of(form_within(top, "receipt", "receipt ", "within"), "签收")
    urge = top.inner("urge", "urge ", known=("template", "basis"), required=("template",))
    template = urge.line("template") if urge else ""
    yaml.end()
    return Issuing(sha256(body).hexdigest(), issuers, patterns, limit, template)


def _see_apart(yaml: YamlFile, issuers: Mapping[str, Issuer], section: Fields | None) -> None:
    """See that no two units share a 机关代字: their numbers would be one series and prove nothing
    about either.
    """
    seen: dict[str, str] = {}
    for name, issuer in issuers.items():
        if issuer.code in seen and section is not None:
            message = f"单位 {name} 与 {seen[issuer.code]} 的机关代字都是“{issuer.code}”"
            yaml.reading.fault("repeated", section.pairs[name][0], message, "一个机关一个代字")
        seen.setdefault(issuer.code, name)


def _read_series(yaml: YamlFile) -> dict[str, str]:
    patterns: dict[str, str] = {}
    taken: dict[str, str] = {}
    for node, at in yaml.top.placed("series"):
        fields = Fields(
            yaml.reading,
            node,
            "系列",
            at,
            known=("kinds", "number", "basis"),
            required=("kinds", "number"),
        )
        number = fields.line("number")
        slots = _SLOT.findall(number)
        if number and (
            sorted(slots) != ["code", "serial", "year"] or set("{}") & set(_SLOT.sub("", number))
        ):
            mend = "写成 “{code}函〔{year}〕{serial}号” 的样子，三处各一次"
            yaml.reading.fault(
                "wrong-number-pattern", fields.place("number"), f"“{number}” 不是文号的样式", mend
            )
        if number in taken:
            yaml.reading.fault(
                "repeated",
                fields.place("number"),
                f"文号样式 “{number}” 写了两次",
                "合并成一个系列",
            )
        taken[number] = number
        for scalar in fields.scalars("kinds"):
            if scalar.value not in kinds().all:
                mend = f"文种有 {'、'.join(kinds().all)}"
                yaml.reading.fault("kind", scalar, f"没有文种 “{scalar.value}”", mend)
            elif scalar.value in patterns:
                yaml.reading.fault(
                    "repeated", scalar, f"文种 “{scalar.value}” 归了两个系列", "只归一个系列"
                )
            patterns[scalar.value] = number
    return patterns
