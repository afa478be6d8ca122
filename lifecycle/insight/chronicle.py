"""An entry told in a line: who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecycle.engine.gates import VERDICTS
from lifecycle.workflow.model import Workflow

WAYS = {"mail": "邮件", "folder": "交换文件夹", "webhook": "接口"}
"""What officers call the channels by which letters go."""


def who(body: Mapping[str, Any]) -> str:
    """Name the officer of an entry and, for a delegation, on whose behalf."""
    actor = body["intent"]["actor"]
    return f"{actor['id']}（代 {actor['for']}）" if "for" in actor else str(actor["id"])


def tell(workflow: Workflow, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Tell what an entry did; `names` are the units' names by code."""
    intent = body["intent"]
    data, kind = intent["data"], intent["type"]
    if kind == "case_opened":
        return f"立项 {body['numbers'].get('case', '')}".rstrip()
    if kind == "facts_recorded":
        return f"填报 {_facts(workflow, data['facts'])}"
    if kind == "material_attached":
        return f"上传 {_title(workflow.materials, data['material'])}（{intent['files'][0]['name']}）"
    if kind.startswith("notice_"):
        return _about_letter(workflow, body)
    title = workflow.titles.get(intent["transition"], intent["transition"])
    if kind == "transition_made":
        return _moved(workflow, intent, title)
    unit = names.get(data["unit"], data["unit"]) or _title(workflow.roles, data["role"])
    note = f"：{data['note']}" if data["note"] else ""
    if kind == "opinion_signed":
        return f"会签 {title}　{unit} {VERDICTS[data['verdict']]}{note}"
    if kind == "opinion_withdrawn":
        return f"撤回对 {title} 的意见　{unit}{note}"
    return f"处理 {unit} 对 {title} 的不同意见{note}"


def _about_letter(workflow: Workflow, body: Mapping[str, Any]) -> str:
    """Tell what an entry did to a letter."""
    intent = body["intent"]
    data, kind = intent["data"], intent["type"].removeprefix("notice_")
    note = f"：{data['note']}" if data.get("note") else ""
    if kind == "drafted":
        instead = f"，替代 {data['replaces']}" if data["replaces"] else f"，催 {data['about']}" if data["about"] else ""
        return f"拟稿 {intent['seq']}-{data['template']}{instead}{note}"
    name = data["notice"]
    if kind == "issued":
        return f"签发 {name}　{body['numbers']['notice']}　{data['letter']['title']}"
    if kind == "dispatched":
        return f"送出 {name} 致 {data['addressee']}（{WAYS.get(data['channel'], data['channel'])} {data['address']}）"
    if kind == "received":
        return f"签收 {name}　{data['addressee']}{note}"
    if kind == "replied":
        verdict = f"　{VERDICTS[data['verdict']]}" if data["verdict"] else ""
        about = f" 对 {workflow.titles.get(intent['transition'], '')}" if verdict else ""
        file = f"（{intent['files'][0]['name']}）" if intent["files"] else ""
        return f"复函 {name}　{data['addressee']}{about}{verdict}{file}{note}"
    words = {"checked": "核稿", "frozen": "固定版式", "voided": "作废"}
    return f"{words[kind]} {name}{note}"


def _moved(workflow: Workflow, intent: Mapping[str, Any], title: str) -> str:
    data = intent["data"]
    way = ""
    if intent["to"] != intent["from"]:
        way = f"　{_title(workflow.states, intent['from'])} → {_title(workflow.states, intent['to'])}"
    facts = f"　填 {_facts(workflow, data['facts'])}" if data["facts"] else ""
    return f"{title}{way}{facts}" + (f"：{data['note']}" if data["note"] else "")


def _facts(workflow: Workflow, facts: Mapping[str, Any]) -> str:
    """Name facts in the order of the workflow: that of the entry is alphabetical."""
    return "、".join(fact.title for fact in workflow.facts.values() if fact.name in facts)


def _title(known: Mapping[str, Any], name: str) -> str:
    return str(known[name].title) if name in known else name
