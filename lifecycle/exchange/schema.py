"""The workflow language as JSON Schema, so that an editor completes keys and underlines faults
while one writes.

Draft-07, which the editors' YAML services know. It is written from the language's table
(`workflow.language`), as the reader reads from it. The reader judges more (names, expressions,
soundness) and decides.
"""

from __future__ import annotations

import json
from typing import Any

from lifecycle.workflow.language import (
    FORMS,
    Bound,
    Computed,
    Defined,
    Either,
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

Schema = dict[str, Any]

# The reader takes every scalar as text; an editor's YAML turns some of them into numbers and truth
# values first.
TEXT: Schema = {"type": ["string", "number", "boolean"]}
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
CAUSED: Schema = {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?$"}
FLAG: Schema = {"enum": [True, False, "yes", "no"]}
BOUND: Schema = {"type": ["number", "string"]}


WORKFLOW, CHOICE_LIST, BASES = "workflow", "choice_list", "bases"
"""The forms of what stands in a file of its own."""


def schema(of: str = WORKFLOW) -> Schema:
    """Give the schema of a workflow file, or of that of a shared list."""
    top = FORMS[of]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"lifecycle {top.title}",
        **_mapping(top),
        "definitions": {name: _mapping(FORMS[name]) for name in _within(top)},
    }


def _within(top: Form) -> list[str]:
    """Name the forms that may stand within one, at whatever depth, as the table orders them."""
    found: set[str] = set()
    left = [top]
    while left:
        ways = (way for key in left.pop().keys for way in ways_of(key.value))
        names = {way.form for way in ways if isinstance(way, Inner | Several | Defined)}
        left += [FORMS[name] for name in names - found]
        found |= names
    return [name for name in FORMS if name in found]


def schema_text(of: str = WORKFLOW) -> str:
    """Give the schema as a file's text."""
    return json.dumps(schema(of), ensure_ascii=False, indent=2) + "\n"


def _mapping(form: Form) -> Schema:
    made: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _property(key) for key in form.keys},
    }
    return made | ({"required": list(form.required)} if form.required else {})


def _property(key: Key) -> Schema:
    # Beside `$ref` draft-07 ignores a description, and the editors show it all the same.
    return _value(key.value) | {"description": key.says}


def _value(value: Value) -> Schema:
    """Give what may be written."""
    match value:
        case FreeText() | OneLine():
            return TEXT
        case Patterned():
            return {"type": "string", "pattern": f"^({value.pattern})$"}
        case TextList():
            return _one_or_list(TEXT, some=value.some)
        case Identifier() | Mention():
            return NAME
        case Mentions():
            name = CAUSED if value.caused else NAME
            return _one_or_list(name, some=value.some, unique=True)
        case WholeNumber():
            most = {} if value.most is None else {"maximum": value.most}
            return {"type": "integer", "minimum": value.least, **most}
        case Bound():
            return BOUND
        case YesNo():
            return FLAG
        case OneWord():
            return {"enum": list(value.names)}
        case Either():
            return {"anyOf": [_value(way) for way in value.ways]}
        case Computed() | Inner() | Several() | Defined():
            return _forms(value)


def _forms(value: Computed | Inner | Several | Defined) -> Schema:
    """Give where mappings may be written."""
    if isinstance(value, Computed):
        return {"type": "object", "propertyNames": NAME, "additionalProperties": TEXT}
    form: Schema = {"$ref": f"#/definitions/{value.form}"}
    match value:
        case Inner():
            return form
        case Several():
            items: Schema = {"type": "array", "items": form}
            return {"anyOf": [form, items]} if value.single else items
        case Defined():
            entry = {"anyOf": [TEXT, form]} if value.titled else form
            return {"type": "object", "propertyNames": NAME, "additionalProperties": entry}


def _one_or_list(item: Schema, *, some: bool, unique: bool = False) -> Schema:
    """Give one item or a list of them, with at least one where `some`."""
    items: Schema = {"type": "array", "items": item}
    if unique:
        items["uniqueItems"] = True
    if some:
        items["minItems"] = 1
    return {"anyOf": [item, items]}
