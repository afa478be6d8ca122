"""The workflow language as JSON Schema, so that an editor completes keys and underlines faults
while one writes.

Draft-07, which the editors' YAML services know. The reader judges more (names, expressions,
soundness) and decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from lifecycle.workflow.model import FactType, Kind, LightColour, Span

Schema = dict[str, Any]

# The reader takes every scalar as text; an editor's YAML turns some of them into numbers and truth
# values first.
TEXT: Schema = {"type": ["string", "number", "boolean"]}
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
NAMES: Schema = {"anyOf": [NAME, {"type": "array", "items": NAME, "uniqueItems": True}]}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 1}
BOUND: Schema = {"type": ["number", "string"]}


def schema() -> Schema:
    """Give the schema of a workflow file."""
    keys = {
        "workflow": _said(NAME, "流程的标识"),
        "title": _said(TEXT, "流程的中文名称"),
        "version": _said(COUNT, "第几版；改动后加一"),
        "basis": _said(TEXT, "依据的文件和条款"),
        "number": _said(TEXT, "编号的样式，例如 LS-F-{year}-{serial:03}"),
        "subject": _said(NAME, "作为事项名称的要素"),
        "opened_by": _said(NAMES, "可以立项的角色；默认是 panel 的 lead"),
        "note": _said(TEXT, "说明"),
        "roles": _named(_ref("role"), "角色：写职能，不写单位名称"),
        "parties": _named(_ref("party"), "目录之外的收文方"),
        "panel": _ref("panel"),
        "facts": _named(_ref("fact"), "要素"),
        "materials": _named(_ref("material"), "材料"),
        "states": _named(_ref("state"), "环节；第一个是起点"),
        "transitions": _said({"type": "array", "items": _ref("transition")}, "流转"),
        "lights": _said({"type": "array", "items": _ref("light")}, "亮灯规则"),
    }
    required = [
        "workflow",
        "title",
        "version",
        "number",
        "subject",
        "roles",
        "facts",
        "states",
        "transitions",
    ]
    top = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "lifecycle 流程",
        **_mapping(keys, required),
    }
    return top | {
        "definitions": {**_people(), **_things(), **_states(), **_transitions(), **_gates()}
    }


def schema_text() -> str:
    """Give the schema as a file's text."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _people() -> dict[str, Schema]:
    role = {
        "title": TEXT,
        "unit": _said(NAME, "写着承担单位的要素"),
        "units": _said(NAME, "写着若干承担单位的要素"),
    }
    party = {"title": TEXT, "fact": _said(NAME, "写着收文方名称的要素")}
    panel = {
        "lead": _said(NAME, "牵头角色"),
        "core": _said(NAMES, "“5”"),
        "extra": _said(NAME, "“x”"),
    }
    return {
        "role": {"anyOf": [TEXT, _mapping(role, ["title"])]},
        "party": {"anyOf": [TEXT, _mapping(party, ["title"])]},
        "panel": _mapping(panel, ["lead", "core"]),
    }


def _things() -> dict[str, Schema]:
    fact = {
        "title": TEXT,
        "type": _said({"enum": list(get_args(FactType))}, "类型"),
        "unit": _said(TEXT, "计量单位，例如 万元；金额必写"),
        "min": BOUND,
        "max": BOUND,
        "pattern": _said(TEXT, "整段文字须合的正则表达式；清单是每一项须合的"),
        "choices": {"type": "array", "items": TEXT, "minItems": 1},
        "of": _said(
            {"enum": list(get_args(FactType))},
            "清单各项的类型；一行里的顿号、逗号、分号只隔开不会含有它的项：文字没有 pattern 的，"
            "一行就是一项",
        ),
        "required": _said({"anyOf": [FLAG, NAME]}, "立项时必填写 true；自某环节起必填写该环节"),
        "by": _said(NAMES, "可以填写的角色，立项时也是；不写则由牵头角色填，立项时由立项的人填"),
        "note": TEXT,
        "basis": TEXT,
    }
    material = {
        "title": TEXT,
        "keep": _said(
            {"type": "string", "pattern": "^(permanent|[1-9][0-9]?y)$"},
            "保管期限：permanent 或 30y",
        ),
        "max_mb": COUNT,
        "by": NAMES,
        "note": TEXT,
        "basis": TEXT,
    }
    return {"fact": _mapping(fact, ["title", "type"]), "material": _mapping(material, ["title"])}


def _states() -> dict[str, Schema]:
    limit = {
        "in": _said(COUNT, "期限的数目"),
        "unit": _ref("span"),
        "basis": _said(TEXT, "依据；没有外部依据的写 内部承诺"),
        "title": TEXT,
        "since": _said(NAME, "从哪一天起算：entered 或一个日期要素"),
        "done": _said(NAMES, "以哪个要素或流转为办结；几个之一即可"),
        "roll": _said({"enum": ["next_workday", "none"]}, "届满日逢假日是否顺延"),
        "inner": _said(FLAG, "内部时限"),
    }
    state = {
        "title": TEXT,
        "phase": TEXT,
        "lead": _said(NAME, "牵头角色"),
        "due": _ref("limit"),
        "limits": {"type": "array", "items": _ref("limit")},
        "final": _said(FLAG, "终结环节"),
        "note": TEXT,
        "basis": TEXT,
    }
    light = {
        "light": {"enum": list(get_args(LightColour))},
        "title": TEXT,
        "overdue": {"type": "integer", "minimum": 0},
        "unit": _ref("span"),
        "when": _said(TEXT, "条件表达式"),
        "basis": TEXT,
    }
    return {
        "span": {"enum": list(get_args(Span)), "description": "day 日，workday 工作日，month 月"},
        "limit": _mapping(limit, ["in", "unit", "basis"]),
        "state": _mapping(state, ["title"]),
        "light": _mapping(light, ["light", "title"]),
    }


def _transitions() -> dict[str, Schema]:
    group = {"phase": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, "all_but": NAMES}
    notice = {
        "template": _said(TEXT, "notices/ 中的模板"),
        "to": _said(NAMES, "主送"),
        "cc": _said(NAMES, "抄送"),
        "reply": _ref("reply"),
    }
    transition = {
        "name": NAME,
        "title": TEXT,
        "kind": _said({"enum": list(get_args(Kind))}, "种类，默认 forward"),
        "from": _said(
            {"anyOf": [NAMES, _mapping(group)]},
            "出自的环节：一个、一列、all、{phase: …}、{all_but: […]}",
        ),
        "to": _said(NAME, "去往的环节；记录不写，恢复可写 previous"),
        "by": _said(NAMES, "办理的角色"),
        "asks": _said(NAMES, "办理时当场填写的要素"),
        "needs": _ref("needs"),
        "not_by": _said(NAMES, "不得由这些流转的办理人办理；open 指立项"),
        "reason": _said({"enum": ["required", True]}, "必须写理由"),
        "locks": _said(NAMES, "此后不得改动的要素和材料"),
        "unlocks": _said(NAMES, "重新可以改动的要素和材料"),
        "notices": _said(
            {"type": "array", "items": _mapping(notice, ["template", "to"])}, "发出的公文"
        ),
        "note": TEXT,
        "basis": TEXT,
    }
    reply = {
        "in": _said(COUNT, "自收到之日起的数目"),
        "unit": _ref("span"),
        "basis": _said(TEXT, "依据；没有外部依据的写 内部承诺"),
        "roll": _said({"enum": ["next_workday", "none"]}, "届满日逢假日是否顺延"),
        "inner": _said(FLAG, "内部时限"),
        "cosign": _said(NAME, "复函即为对哪个流转的会签意见"),
    }
    return {
        "transition": _mapping(transition, ["name", "title", "from", "by"]),
        "reply": _said(_mapping(reply, ["in", "unit", "basis"]), "收文单位须在何时前复函"),
    }


def _gates() -> dict[str, Schema]:
    share = {"type": "string", "pattern": "^[1-9][0-9]?/[1-9][0-9]?$"}
    quorum = {"anyOf": [{"enum": ["all", "any"]}, _mapping({"at_least": COUNT, "share": share})]}
    within = {
        "in": COUNT,
        "unit": _ref("span"),
        "basis": TEXT,
        "roll": {"enum": ["next_workday", "none"]},
        "inner": FLAG,
    }
    cosign = {
        "roles": NAMES,
        "quorum": _said(quorum, "几家同意：all、any、{at_least: n} 或 {share: 2/3}"),
        "within": _mapping(within, ["in", "unit", "basis"]),
        "covers": _said(NAMES, "意见所据的要素和材料；改动后须重新会签"),
        "basis": TEXT,
    }
    guard = {
        "when": _said(TEXT, "条件表达式"),
        "else": _said(TEXT, "不满足时给经办人看的话"),
        "basis": TEXT,
    }
    dwell = {
        "at_least": COUNT,
        "unit": _ref("span"),
        "since": NAME,
        "clear_days": FLAG,
        "basis": TEXT,
        "inner": FLAG,
    }
    counter = {"of": NAME, "at_most": COUNT, "basis": TEXT}
    needs = {
        "facts": NAMES,
        "materials": NAMES,
        "cosign": _mapping(cosign, ["roles"]),
        "guards": {"type": "array", "items": _mapping(guard, ["when", "else"])},
        "dwell": _one_or_more(_mapping(dwell, ["at_least", "unit", "basis"])),
        "counter": _one_or_more(_mapping(counter, ["of", "at_most"])),
    }
    return {"needs": _mapping(needs)}


def _mapping(properties: Mapping[str, Schema], required: list[str] | None = None) -> Schema:
    made: Schema = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return made | {"required": required} if required else made


def _named(value: Schema, text: str) -> Schema:
    return {
        "type": "object",
        "propertyNames": NAME,
        "additionalProperties": value,
        "description": text,
    }


def _one_or_more(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _said(made: Schema, text: str) -> Schema:
    return made | {"description": text}
