"""The JSON Schema says what the reader says: the same keys, the same required ones, the
same words.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from lifecycle import places
from lifecycle.exchange.schema import schema, schema_text
from lifecycle.workflow.reader import examine

SCHEMA = schema()
DEFINED = {
    name: rule
    for of in ("workflow", "choice_list", "bases")
    for name, rule in schema(of)["definitions"].items()
}
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def faults(value: Any, rule: dict[str, Any], at: str = "") -> list[str]:
    """Judge a value by the few words of JSON Schema that ours uses."""
    if "$ref" in rule:
        return faults(value, DEFINED[rule["$ref"].rpartition("/")[2]], at)
    if "anyOf" in rule:
        tries = [faults(value, option, at) for option in rule["anyOf"]]
        return [] if [] in tries else min(tries, key=len)
    if "enum" in rule:
        return [] if value in rule["enum"] else [f"{at}: {value!r} not in {rule['enum']}"]
    kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    if not any(
        isinstance(value, TYPES[kind]) and (kind == "boolean") >= isinstance(value, bool)
        for kind in kinds
    ):
        return [f"{at}: {value!r} is no {kinds}"]
    found: list[str] = []
    if isinstance(value, str) and not re.search(rule.get("pattern", ""), value):
        found.append(f"{at}: {value!r} does not match")
    if isinstance(value, int) and value < rule.get("minimum", value):
        found.append(f"{at}: {value} too small")
    for number, item in enumerate(value if isinstance(value, list) else ()):
        found += faults(item, rule["items"], f"{at}[{number}]")
    if isinstance(value, dict):
        found += [f"{at}: no {key}" for key in rule.get("required", ()) if key not in value]
        for key, item in value.items():
            inner = rule.get("properties", {}).get(key, rule["additionalProperties"])
            found += faults(item, inner, f"{at}.{key}") if inner else [f"{at}: unknown {key}"]
            found += (
                faults(key, rule["propertyNames"], f"{at}.{key}") if "propertyNames" in rule else []
            )
    return found


SPECIMEN = """\
zz: 1
roles: {r: {zz: 1}}
parties: {p: {zz: 1}}
panel: {zz: 1}
facts: {f: {zz: 1}}
materials: {m: {zz: 1}}
states:
  s: {zz: 1, limits: [{zz: 1}]}
lights: [{zz: 1}]
transitions:
  - zz: 1
    from: {zz: 1}
    notices: [{zz: 1}]
    needs:
      zz: 1
      cosign:
        zz: 1
        quorum: {zz: 1}
        within: {zz: 1}
      guards: [{zz: 1}]
      dwell: {zz: 1}
      counter: {zz: 1}
"""


def mappings(rule: dict[str, Any]) -> list[dict[str, Any]]:
    """List the mappings that a rule allows, itself or among its choices."""
    if "$ref" in rule:
        return mappings(DEFINED[rule["$ref"].rpartition("/")[2]])
    return (
        [rule]
        if "properties" in rule
        else [found for option in rule.get("anyOf", ()) for found in mappings(option)]
    )


def at(*keys: str) -> dict[str, Any]:
    """Follow keys down the schema; `*` is any name or any item."""
    rule = SCHEMA
    for key in keys:
        rule = (
            mappings(rule)[0]["properties"][key]
            if key != "*"
            else rule.get("items") or rule["additionalProperties"]
        )
    return mappings(rule)[0]


GO = ("transitions", "*")
LINES = {
    1: at(),
    2: at("roles", "*"),
    3: at("parties", "*"),
    4: at("panel"),
    5: at("facts", "*"),
    6: at("materials", "*"),
    8: at("states", "*"),
    9: at("lights", "*"),
    11: at(*GO),
    12: at(*GO, "from"),
    13: at(*GO, "notices", "*"),
    15: at(*GO, "needs"),
    17: at(*GO, "needs", "cosign"),
    18: at(*GO, "needs", "cosign", "quorum"),
    19: at(*GO, "needs", "cosign", "within"),
    20: at(*GO, "needs", "guards", "*"),
    21: at(*GO, "needs", "dwell"),
    22: at(*GO, "needs", "counter"),
}


def test_schema_and_reader_know_the_same_keys() -> None:
    """Given an unknown key in every mapping, the reader lists the known ones: exactly those of the
    schema.
    """
    _, problems, _ = examine(SPECIMEN, "a.yaml", checked=False)
    told: dict[int, set[str]] = {}
    for problem in problems:
        if problem.rule == "unknown-key":
            told.setdefault(
                problem.location.line, set(problem.mend.rpartition("：")[2].split("、"))
            )
    assert told == {line: set(rule["properties"]) for line, rule in LINES.items()}


def test_schema_and_reader_require_the_same_keys() -> None:
    """What the reader misses in every mapping is what the schema requires there."""
    _, problems, _ = examine(SPECIMEN, "a.yaml", checked=False)
    missed = {
        problem.message.rpartition("缺少 ")[2]
        for problem in problems
        if problem.rule == "missing-key"
    }
    required = {key for rule in LINES.values() for key in rule.get("required", ())} - {
        *SCHEMA["properties"]
    }
    assert required - {"from"} <= missed  # `from` stands in the specimen, to look into it


@pytest.mark.parametrize("path", places.workflow_files(), ids=lambda path: path.name)
def test_shipped_workflows_fit_the_schema(path: Any) -> None:
    """No editor underlines anything in the workflows that we ship."""
    assert faults(yaml.safe_load(path.read_text("utf-8")), SCHEMA) == []


def test_schema_finds_what_is_wrong() -> None:
    """Unknown keys, missing keys, wrong words and wrong names are faults."""
    wrong = {
        "workflow": "Project",
        "title": "甲",
        "version": 0,
        "number": "{serial}",
        "subject": "name",
        "roles": {"a": {"titel": "甲"}},
        "facts": {"f": {"title": "己", "type": "float"}},
        "states": {},
        "transitions": [{"name": "go", "title": "走", "from": {"phases": "前期"}, "by": "a"}],
    }
    found = "\n".join(faults(wrong, SCHEMA))
    for fault in (
        ".workflow: 'Project' does not match",
        ".version: 0 too small",
        "'float' not in",
        ".transitions[0].from",
    ):
        assert fault in found
    assert "roles.a" in found


def test_schema_is_json_and_its_references_lead_somewhere() -> None:
    """The file can be handed to an editor as it is."""
    text = schema_text()
    assert json.loads(text) == SCHEMA
    assert set(re.findall(r"#/definitions/(\w+)", text)) == set(SCHEMA["definitions"])
    lists = schema_text("choice_list")
    assert json.loads(lists) == schema("choice_list")
    assert set(re.findall(r"#/definitions/(\w+)", lists)) == {"list_entry"}
