"""The workflow language is one table: reader, schema, manual and checks say what it says."""

from __future__ import annotations

import copy
import re
import runpy
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from test_schema import SCHEMA
from test_schema import faults as schema_faults

from lifecycle import places
from lifecycle.correspondence.letter_names import LetterNames, Reminded
from lifecycle.errors import Problem
from lifecycle.exchange.schema import schema
from lifecycle.expression.language import FUNCTIONS, SPACES, VARIABLES
from lifecycle.template.template import Template, read_template
from lifecycle.workflow import language
from lifecycle.workflow.language import CONDITION_NAMES, FORMS, Key
from lifecycle.workflow.letter_variables import LETTER_VARIABLES
from lifecycle.workflow.model import FactType, Kind, LightColour, Span
from lifecycle.workflow.reader import examine
from lifecycle.workflow.reading.bases import examine_bases
from lifecycle.workflow.reading.choice_lists import examine_list, read_list
from lifecycle.workflow.reading.form_fields import FormFields
from lifecycle.workflow.yaml.fields import Reading
from lifecycle.workflow.yaml.tree import read_tree

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "demo" / "visit.yaml"
PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)

APPROVE, REVISE, PAUSE, CLOSE, LAPSE = (("transitions", number) for number in (0, 1, 3, 5, 7))
PLACES: dict[str, tuple[str | int, ...]] = {
    "workflow": (),
    "opening": ("opening",),
    "opening_needs": ("opening", "needs"),
    "role": ("roles", "spare"),
    "party": ("parties", "spare"),
    "panel": ("panel",),
    "fact": ("facts", "spare"),
    "listed": ("facts", "category", "choices"),
    "column": ("facts", "spare", "columns", "one"),
    "collection": ("collections", "spare"),
    "table": ("tables", "spare"),
    "table_row": ("tables", "scale", "rows", 0),
    "material": ("materials", "spare"),
    "every": ("every",),
    "periodic": ("every", "quarter"),
    "state": ("states", "visiting"),
    "due": ("states", "asked", "due"),
    "limit": ("states", "visiting", "limits", 0),
    "transition": APPROVE,
    "after": (*LAPSE, "after"),
    "does": (*APPROVE, "does"),
    "source": (*PAUSE, "from"),
    "stands": (*APPROVE, "stands"),
    "needs": (*APPROVE, "needs"),
    "read_by": (*APPROVE, "needs", "read_by"),
    "cosign": (*APPROVE, "needs", "cosign"),
    "quorum": (*APPROVE, "needs", "cosign", "quorum"),
    "within": (*APPROVE, "needs", "cosign", "within"),
    "guard": (*APPROVE, "needs", "guards", 0),
    "dwell": (*CLOSE, "needs", "dwell"),
    "counter": (*REVISE, "needs", "counter"),
    "notice": (*APPROVE, "notices", 0),
    "reply": (*APPROVE, "notices", 0, "reply"),
    "light": ("lights", 0),
    "choice_list": (),
    "list_entry": ("entries", 0),
    "bases": (),
    "ground": ("grounds", 0),
    "article": ("grounds", 0, "articles", 0),
}
"""Where in the complete example, or in a small file of its kind, a mapping of each form stands."""
ONE_ENTRY: dict[str, Any] = {
    "list": "areas",
    "title": "市县区",
    "entries": [{"code": "LD", "title": "莲都区"}],
}
FEW_GROUNDS: dict[str, Any] = {
    "bases": "法规依据",
    "grounds": [
        {
            "name": "公平竞争审查条例",
            "from": "2024-08-01",
            "articles": [{"article": "14", "says": "先行初审"}],
        },
        {"name": "国发〔2016〕34号", "from": "2016-06-01"},
        {"name": "土地管理法实施条例", "from": "2021-09-01"},
    ],
}
OTHER_FILES = {
    "choice_list": ONE_ENTRY,
    "list_entry": ONE_ENTRY,
    "bases": FEW_GROUNDS,
    "ground": FEW_GROUNDS,
    "article": FEW_GROUNDS,
}
"""By the forms of what stands in files of another kind, a small file of that kind."""
OWN_FILES = ("choice_list", "bases")
AREAS = read_list((places.workflows() / "lists" / "areas.yaml").read_bytes(), "areas.yaml")
KEYS = [
    pytest.param(form, key, id=f"{form.name}.{key.name}")
    for form in FORMS.values()
    for key in form.keys
]


class _Yaml(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `on` and `yes` are texts."""


_Yaml.yaml_implicit_resolvers = {
    first: [one for one in found if one[0] != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def loaded(text: str) -> Any:
    """Read YAML."""
    return yaml.load(text, _Yaml)


@cache
def templates() -> dict[str, Template]:
    """Read the templates that we ship."""
    return {
        path.stem: read_template(path.stem, path.read_bytes(), path.name)
        for path in places.notices().glob("*.j2")
    }


def example_with(form: language.Form, key: Key, said: Any) -> dict[str, Any]:
    """Give the complete example with one mapping that has what is required and this key."""
    whole: dict[str, Any] = loaded(EXAMPLE.read_text("utf-8"))
    if form.name == "workflow":
        return merged(whole, said)
    if form.name in OWN_FILES:
        return {**OTHER_FILES[form.name], **said}
    if form.name in OTHER_FILES:
        whole = copy.deepcopy(OTHER_FILES[form.name])
    made: dict[str, Any] = {}
    for needed in form.keys:
        if needed.required:
            made |= loaded(needed.example)
    if form.name == "transition" and said.get("kind") != "record":
        made["to"] = "visiting"
    if form.name == "light" and "overdue" not in said:
        made["when"] = "cost > 20000"
    made |= said
    if form.name == "column":
        whole["facts"]["spare"] = {"title": "表", "type": "table"}
    *path, last = PLACES[form.name]
    at: Any = whole
    for step in path:
        at = at.setdefault(step, {}) if isinstance(step, str) else at[step]
    at[last] = made
    return whole


def merged(whole: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Add a section's entries to those of the example; anything else replaces what is there."""
    made = copy.deepcopy(whole)
    for name, value in said.items():
        old = made.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            made[name] = old | value
        elif isinstance(old, list) and isinstance(value, list):
            made[name] = old + value
        else:
            made[name] = value
    return made


def problems(whole: dict[str, Any]) -> tuple[Problem, ...]:
    """Judge a workflow with the letters and the lists that we ship, or a file of another kind."""
    text = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)
    if "list" in whole:
        return examine_list(text.encode(), "a.yaml")[1]
    if "bases" in whole:
        return examine_bases(text.encode(), "a.yaml")[1]
    return examine(text, "a.yaml", templates(), lists={"areas": AREAS})[1]


def of_a_kind(form: language.Form, whole: Any) -> tuple[Any, dict[str, Any]]:
    """Give a file with the schema of such files: days as an editor's YAML has them, as texts."""
    if form.name not in OTHER_FILES:
        return whole, SCHEMA
    of, items = ("choice_list", "entries") if "list" in whole else ("bases", "grounds")
    if not isinstance(whole[items], list):
        return whole, schema(of)
    days = {"from", "until", "to"}
    plain = [{k: str(v) if k in days else v for k, v in one.items()} for one in whole[items]]
    return whole | {items: plain}, schema(of)


@pytest.mark.parametrize(("form", "key"), KEYS)
def test_every_example_of_a_key_is_sound(form: language.Form, key: Key) -> None:
    """What the manual shows for a key, put into the complete example, has no fault for the checker
    and none for the schema.
    """
    said = loaded(key.example)
    assert key.name in said
    whole = example_with(form, key, said)
    assert [problem.render() for problem in problems(whole)] == []
    plain = loaded(yaml.safe_dump(whole).replace("2099-12-31", "'2099-12-31'"))
    assert schema_faults(*of_a_kind(form, plain)) == []


@pytest.mark.parametrize(("form", "key"), KEYS)
def test_every_key_is_read(form: language.Form, key: Key) -> None:
    """No key of the table is passed over: nonsense in it is a fault for the reader and for the
    schema, and the fault is told at that key or below it.
    """
    whole = example_with(form, key, {key.name: {"zz": {"zz": 1}}})
    assert any("zz" in p.message or f"{key.name} " in p.message for p in problems(whole))
    assert schema_faults(*of_a_kind(form, whole))


def test_a_key_that_is_not_in_the_table_cannot_be_read() -> None:
    """Whoever reads what the table does not have, or reads it as something else, gets an error."""
    root = read_tree("title: 甲\nfinal: true\n", "a.yaml").root
    assert root is not None
    reading = Reading("a.yaml")
    state = FormFields(reading, root, "环节", reading.at(root), "state")
    assert (state.line("title"), state.flag("final")) == ("甲", True)
    with pytest.raises(KeyError, match="title_en"):
        state.line("title_en")
    with pytest.raises(TypeError, match=r"state\.final is not written as OneLine"):
        state.line("final")


def test_every_form_has_its_place_and_every_kind_of_name_its_section() -> None:
    """The tests above try all forms; every form that a key leads to is there, and so is every kind
    of thing that a key names.
    """
    assert list(PLACES) == list(FORMS)
    ways = [
        way for form in FORMS.values() for key in form.keys for way in language.ways_of(key.value)
    ]
    led = {
        way.form
        for way in ways
        if isinstance(way, language.Inner | language.Several | language.Defined)
    }
    named = {way.kind for way in ways if isinstance(way, language.Mention | language.Mentions)}
    assert led == set(FORMS) - {"workflow", *OWN_FILES}
    assert named == set(language.MENTIONED)


@pytest.mark.parametrize(
    ("words", "literal"),
    [
        (language.FACT_TYPES, FactType),
        (language.KINDS, Kind),
        (language.SPANS, Span),
        (language.COLOURS, LightColour),
    ],
)
def test_words_are_those_of_the_model(words: tuple[language.Word, ...], literal: Any) -> None:
    """The words that a file may hold are those that the classes of the model have."""
    assert tuple(word.name for word in words) == get_args(literal)


def test_condition_names_are_those_of_expressions() -> None:
    """The manual tells every name that conditions have, and no other."""
    assert {name.name for name in CONDITION_NAMES} == {*VARIABLES, *SPACES, *FUNCTIONS}


@pytest.mark.parametrize("name", CONDITION_NAMES, ids=lambda name: name.name)
def test_every_example_of_a_condition_is_sound(name: language.ConditionName) -> None:
    """What the manual shows for a name of conditions passes the check as a guard; who acts, as what
    is computed.
    """
    if name.name == "officer":
        sets = FORMS["transition"].by_name["sets"]
        said = {"sets": {"host_unit": name.example}}
        assert problems(example_with(FORMS["transition"], sets, said)) == ()
        return
    guard = FORMS["guard"].by_name["when"]
    assert problems(example_with(FORMS["guard"], guard, {"when": name.example})) == ()


HELD = {
    "文字": (str, str | None),
    "清单": (list[str],),
    "整数": (int,),
}


def test_letter_variables_are_what_letters_are_given() -> None:
    """The table of letter variables has the names that letters and samples fill in; what is always
    there is never None.
    """
    hints = get_type_hints(LetterNames) | get_type_hints(Reminded)
    given = [f.name for f in (*fields(LetterNames), *fields(Reminded)) if f.name != "reminded"]
    assert [variable.name for variable in LETTER_VARIABLES] == given
    for variable in LETTER_VARIABLES:
        assert variable.when or type(None) not in get_args(hints[variable.name])
        if variable.holds in HELD:
            assert hints[variable.name] in HELD[variable.holds]


def test_the_pages_say_what_the_tables_say() -> None:
    """`make language` was run: the manuals equal what the tables give."""
    made: dict[Path, str] = runpy.run_path(str(ROOT / "docs" / "build_language.py"))["pages"]()
    assert len(made) == 2
    for page, text in made.items():
        assert page.read_text("utf-8") == text


def complete() -> list[str]:
    """List the workflows that the pages show in full."""
    blocks = [block for page in PAGES for block in BLOCK.findall(page.read_text("utf-8"))]
    return [block for block in blocks if {"workflow", "states"} <= set(loaded(block))]


def test_complete_workflows_of_the_pages_are_sound() -> None:
    """Every workflow that a page shows in full passes the check; the language's manual has one."""
    found = complete()
    assert [problems(loaded(block)) for block in found] == [()] * len(found)
    assert EXAMPLE.read_text("utf-8") in found
