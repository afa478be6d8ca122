"""An office's contact list (通讯录) → a directory in YAML, as `directory_file` reads it, for a
clerk to correct: units, and in each the officers with a code and a title. Telephones and the like
are not kept; names of persons stand in comments only, so that the codes can be handed out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lifecycle.errors import InvalidError, nearest
from lifecycle.exchange.sheets.grid import Grid, Sheets
from lifecycle.exchange.sheets.layout import (
    HeadColumn,
    SheetTable,
    find_table,
    is_serial,
    one_line,
    without_brackets,
)
from lifecycle.exchange.sheets.words import CONTACTS, folded, sheet_words
from lifecycle.people.codes import is_code
from lifecycle.people.first_unit import FirstUnit
from lifecycle.workflow.yaml.fields import Fields
from lifecycle.workflow.yaml.file import YamlFile
from lifecycle.workflow.yaml.tree import Node, Scalar
from lifecycle.workflow.yaml.writing import write_text

_TOP = ("office", "units", "duties")
_BETWEEN = re.compile("[、，,；;/]")
_UNTITLED = "经办人"
"""The title of somebody of whom the list says none."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody in a list: the unit's name, the title, the name, the row as spreadsheets name it,
    and whether the unit is that of the row above, since none stands there; the division (处室) they
    are in, and those of which they are in charge.
    """

    unit: str
    title: str
    person: str
    cell: str
    below: bool
    division: str = ""
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactMap:
    """What a clerk has decided of a list: which unit is the office's own, codes and functions of
    units by name, roles by title (`科长`, or `单位/科长` for one unit's).
    """

    office: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    duties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def roles(self, contact: Contact) -> tuple[str, ...]:
        """Give the roles of somebody, by the title in the unit, else by the title."""
        title = folded(contact.title)
        own = self.duties.get(f"{folded(contact.unit)}/{title}")
        return own if own is not None else self.duties.get(title, ())


@dataclass(frozen=True, slots=True)
class ProposedDirectory:
    """A directory proposed, as text, and what it says in short: units, officers, the columns that
    are not kept, the sheets that are not read.
    """

    text: str
    units: tuple[str, ...]
    officers: int
    unkept: tuple[str, ...]
    left_sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactList:
    """What stands in a list, and the columns and sheets that are not read."""

    contacts: tuple[Contact, ...]
    unkept: tuple[str, ...]
    left_sheets: tuple[str, ...]

    @property
    def units(self) -> dict[str, list[Contact]]:
        """Give the contacts of each unit, by the unit's name as first written."""
        names: dict[str, str] = {}
        found: dict[str, list[Contact]] = {}
        for contact in self.contacts:
            name = names.setdefault(folded(contact.unit), contact.unit)
            found.setdefault(name, []).append(contact)
        return found


def read_contacts(sheets: Sheets) -> ContactList:
    """Read a contact list: a sheet for each unit, or one list with a column of units, or with the
    units as captions between the rows.

    Raises InvalidError where no sheet is one.
    """
    contacts: list[Contact] = []
    unkept: dict[str, None] = {}
    left: list[str] = []
    for grid in sheets.grids:
        table = find_table(grid, lambda head: _kind_of(head) is not None)
        columns = _columns(table) if table is not None else {}
        if table is None or not columns.keys() & {"person", "duty"}:
            left.append(grid.title)
            continue
        contacts += _contacts(grid, table, columns)
        used = {column.index for column in columns.values()}
        unkept |= dict.fromkeys(
            column.text or "（没有列名的列）"
            for column in table.columns
            if column.index not in used and not is_serial(column.text)
        )
    if not contacts:
        mend = "表头要有 姓名 或 职务，单位写在“单位”列，或一个单位一张工作表"
        raise InvalidError(f"{sheets.file} 里没有认得的通讯录", mend)
    return ContactList(tuple(contacts), tuple(unkept), tuple(left))


def _kind_of(head: str) -> str | None:
    """Tell what a column of this head holds, as `words.yaml` says."""
    heads = sheet_words().contacts
    said = without_brackets(head)
    return next((kind for kind in CONTACTS if said in heads[kind]), None)


def _columns(table: SheetTable) -> dict[str, HeadColumn]:
    """Give the first column of each kind that is read."""
    found: dict[str, HeadColumn] = {}
    for column in table.columns:
        kind = _kind_of(column.path[-1]) if column.path else None
        if kind is not None and kind != "unkept":
            found.setdefault(kind, column)
    return found


def _contacts(
    grid: Grid, table: SheetTable, columns: Mapping[str, HeadColumn]
) -> Iterator[Contact]:
    captions = {left.row: left.text for left in table.left_out if not _is_other(left.why)}
    unit = "" if "unit" in columns else one_line(grid.title)
    for row in sorted((*table.rows, *captions)):
        if row in captions:
            unit = unit if "unit" in columns else _caption(captions[row])
            continue
        cells = {kind: one_line(grid.text(row, one.index)) for kind, one in columns.items()}
        own = cells.get("unit", "")
        below = "unit" in columns and not own
        unit = own or unit
        title, person = _title(cells), cells.get("person", "")
        if unit and (person or cells.get("duty")):
            division, leads = cells.get("office", ""), _divisions_in(cells.get("leads", ""))
            yield Contact(unit, title, person, grid.cell(row, 0), below, division, leads)


def _divisions_in(text: str) -> tuple[str, ...]:
    """Take apart the divisions that somebody is in charge of."""
    return tuple(name for part in _BETWEEN.split(text) if (name := part.strip()))


def _is_other(why: str) -> bool:
    """Tell whether a row is left out for another reason than that it has one text only."""
    return not why.startswith("只有一格")


def _caption(text: str) -> str:
    """Give the unit that a caption names, without its number: 一、市发改委."""
    number, sign, rest = text.partition("、")
    return rest.strip() if sign and rest and len(number) <= 3 else text


def _title(cells: Mapping[str, str]) -> str:
    """Give somebody's title: the section's name before it, where it does not say that itself."""
    section, duty = cells.get("office", ""), cells.get("duty", "")
    if section and section not in duty:
        return f"{section}{duty or _UNTITLED}"
    return duty or _UNTITLED


def read_contact_map(path: Path, roles: Mapping[str, str], found: ContactList) -> ContactMap:
    """Read what a clerk has decided; `roles` maps the known roles to their titles.

    Raises WorkflowError with every fault: keys, codes, roles, units and titles that there are not.
    """
    file = YamlFile(path, known=_TOP, required=())
    units = {folded(name): name for name in found.units}
    titles = {folded(contact.title) for contact in found.contacts}
    titles |= {f"{folded(c.unit)}/{folded(c.title)}" for c in found.contacts}
    known = {**{title: name for name, title in roles.items()}, **{name: name for name in roles}}
    office = file.top.scalar("office")
    if office is not None:
        _see(file, office, "单位", units)
    codes, functions = {}, {}
    for name, (key, node) in _pairs(file, "units").items():
        keys = ("code", "functions")
        fields = Fields(file.reading, node, f"单位“{name}”", file.reading.at(key), known=keys)
        _see(file, key, "单位", units)
        code = fields.scalar("code")
        if code is not None and not is_code(code.value):
            mend = "用字母、数字、点、横线，最多 40 个"
            fields.fault("wrong-code", code, f"单位代码“{code.value}”不合规", mend)
        if code is not None:
            codes[folded(name)] = code.value
        functions[folded(name)] = _roles(file, fields, "functions", known)
    duties = {}
    section = file.top.inner("duties", "duties ", known=())
    for name, (key, _node) in _pairs(file, "duties").items():
        _see(file, key, "职务", {title: title for title in titles})
        if section is not None:
            duties[folded(name)] = _roles(file, section, name, known)
    file.end()
    return ContactMap(folded(office.value) if office else "", codes, functions, duties)


def _pairs(file: YamlFile, key: str) -> Mapping[str, tuple[Scalar, Node]]:
    section = file.top.inner(key, f"{key} ", known=())
    return section.pairs if section else {}


def _see(file: YamlFile, scalar: Scalar, what: str, known: Mapping[str, str]) -> None:
    """Note a name that is not in the list."""
    if folded(scalar.value) not in known:
        near = nearest(folded(scalar.value), known)
        mend = f"是否为“{known[near]}”？" if near else "写表里的写法"
        file.reading.fault("unknown", scalar, f"表里没有{what}“{scalar.value}”", mend)


def _roles(file: YamlFile, fields: Fields, key: str, known: Mapping[str, str]) -> tuple[str, ...]:
    found = []
    for scalar in fields.scalars(key):
        if scalar.value in known:
            found.append(known[scalar.value])
            continue
        near = nearest(scalar.value, known)
        mend = f"是否为“{near}”？" if near else f"可用：{'、'.join(dict.fromkeys(known.values()))}"
        file.reading.fault("unknown", scalar, f"没有角色“{scalar.value}”", mend)
    return tuple(dict.fromkeys(found))


def propose_directory(
    found: ContactList, roles: Mapping[str, str], decided: ContactMap, first: FirstUnit
) -> ProposedDirectory:
    """Propose a directory of what stands in a list; `roles` maps the functions that units may have
    to their titles, `first` is the unit that an office is founded with.
    """
    writer = _DirectoryWriter(found, roles, decided, first)
    return ProposedDirectory(
        text="\n".join(writer.lines()) + "\n",
        units=tuple(found.units),
        officers=len(found.contacts),
        unkept=found.unkept,
        left_sheets=found.left_sheets,
    )


class _DirectoryWriter:
    """Writes a directory, unit by unit."""

    def __init__(
        self, found: ContactList, roles: Mapping[str, str], decided: ContactMap, first: FirstUnit
    ) -> None:
        self.found = found
        self.roles = roles
        self.decided = decided
        self.units = found.units
        self.own = self._own(first)
        self.functions = {name: self._functions(name) for name in self.units}
        self.codes = self._codes(first)
        self.divisions = {unit: self._divisions(unit) for unit in self.units}

    def _divisions(self, unit: str) -> dict[str, str]:
        """Give the divisions of a unit, by name as first written, each with a code."""
        names: dict[str, str] = {}
        for contact in self.units[unit]:
            if contact.division:
                names.setdefault(folded(contact.division), contact.division)
        code = self.codes[unit]
        return {name: f"{code}-{number}" for number, name in enumerate(names.values(), 1)}

    def _division(self, unit: str, name: str) -> str:
        """Give the code of a unit's division, "" where it has none of that name."""
        known = {folded(title): code for title, code in self.divisions[unit].items()}
        return known.get(folded(name), "")

    def _in_charge(self, unit: str) -> dict[str, str]:
        """Map the divisions of a unit to the code of who is in charge, the first in the list."""
        found: dict[str, str] = {}
        for number, contact in enumerate(self.units[unit], 1):
            for name in contact.leads:
                found.setdefault(self._division(unit, name), f"{self.codes[unit]}{number:02}")
        return found

    def _listed_divisions(self, unit: str) -> str:
        """Write a unit's divisions as a list, "" where it has none."""
        leaders = self._in_charge(unit)
        listed = []
        for title, code in self.divisions[unit].items():
            leader = f", leader: {leaders[code]}" if code in leaders else ""
            listed.append(f"{{code: {code}, title: {write_text(title)}{leader}}}")
        return f"[{', '.join(listed)}]" if listed else ""

    def _own(self, first: FirstUnit) -> str:
        """Tell which unit is the office's own: as decided, by the name of the first unit, or the
        first in the list.
        """
        wanted = self.decided.office or folded(first.title)
        return next((name for name in self.units if folded(name) == wanted), next(iter(self.units)))

    def _functions(self, unit: str) -> tuple[str, ...]:
        """Give a unit's functions: as decided, else the role that is called as it is."""
        decided = self.decided.functions.get(folded(unit))
        if decided is not None:
            return decided
        return tuple(role for role, title in self.roles.items() if folded(title) == folded(unit))

    def _like(self, unit: str) -> list[str]:
        """Name the roles whose titles are much like a unit's name."""
        name = folded(unit)
        if self.functions[unit]:
            return []
        said = {role: without_brackets(title) for role, title in self.roles.items()}
        return [
            f"{self.roles[role]}（{role}）"
            for role, title in said.items()
            if len(title) > 1 and (title in name or name in title)
        ]

    def _codes(self, first: FirstUnit) -> dict[str, str]:
        """Give each unit a code: as decided, that of its function, or a number."""
        codes: dict[str, str] = {}
        for unit in self.units:
            decided = self.decided.codes.get(folded(unit))
            if decided:
                codes[unit] = decided
        for number, unit in enumerate(self.units, 1):
            wanted = [first.code] if folded(unit) == folded(first.title) else []
            wanted += [*self.functions[unit][:1], f"u{number:02}"]
            free = (code for code in wanted if code not in codes.values() and code != "admin")
            codes.setdefault(unit, next(free, f"u{number:02}"))
        return codes

    def lines(self) -> Iterator[str]:
        """Write the file."""
        own = self.own
        yield "# 名册：由通讯录提出，请逐项核对、改正后建库：lifecycle init --from 本文件"
        yield "#   code 是代码，登录和办理时写它，改成好记的（字母、数字、点、横线）；"
        yield "#   functions 是单位的职能，roles 是人的角色，按流程写；职务不会自动成为角色。"
        yield "#   # 后面的姓名只供发工号时对照，不会记入系统；电话等没有保留。"
        if self.found.unkept:
            yield f"# 没有保留的列：{'、'.join(self.found.unkept)}"
        if self.found.left_sheets:
            yield f"# 没有读的工作表：{'、'.join(map(one_line, self.found.left_sheets))}"
        yield "office:"
        yield f"  unit: {self.codes[own]}"
        yield f"  title: {write_text(own)} # 本单位，请核对"
        yield f"  functions: [{', '.join(self.functions[own])}]{self._hint(own)}"
        if listed := self._listed_divisions(own):
            yield f"  divisions: {listed} # 处室，leader 是分管领导"
        yield "  admin: {code: admin, title: 系统管理员}"
        others = [unit for unit in self.units if unit != own]
        if others:
            yield "units:"
        for unit in others:
            functions = ", ".join(self.functions[unit])
            listed = self._listed_divisions(unit)
            divisions = f", divisions: {listed}" if listed else ""
            yield (
                f"  - {{code: {self.codes[unit]}, title: {write_text(unit)}, "
                f"functions: [{functions}]{divisions}}}{self._hint(unit)}"
            )
        yield "officers:"
        for unit in (own, *others):
            yield f"  # {one_line(unit)}"
            yield from self._officers(unit)

    def _hint(self, unit: str) -> str:
        like = self._like(unit)
        return f" # 可能承担：{'、'.join(like)}" if like else ""

    def _officers(self, unit: str) -> Iterator[str]:
        code = self.codes[unit]
        seen: dict[str, str] = {}
        for number, contact in enumerate(self.units[unit], 1):
            roles = self.decided.roles(contact)
            held = f", roles: [{', '.join(roles)}]" if roles else ""
            title = write_text(contact.title)
            place = self._division(unit, contact.division)
            placed = f", division: {place}" if place else ""
            notes = [contact.person] if contact.person else []
            strange = [name for name in contact.leads if not self._division(unit, name)]
            notes += [f"分管的“{one_line('、'.join(strange))}”不在表里的处室中"] if strange else []
            notes += ["单位空着，按上一行"] if contact.below else []
            if contact.person and contact.person in seen:
                notes.append(f"与 {seen[contact.person]} 同名，是同一人的留一个")
            seen.setdefault(contact.person, f"{code}{number:02}")
            note = f" # {'；'.join(notes)}" if notes else ""
            told = f"code: {code}{number:02}, title: {title}, unit: {code}{placed}{held}"
            yield f"  - {{{told}}}{note}"
