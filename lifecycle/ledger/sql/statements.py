"""The statements, defined once over the tables; `make statements` compiles them to `text.py`.

Nothing imports this but what compiles it and the test that compares: at run time a command reads
the text. A statement is a constant; one that each database has its own clauses for is a pair, for
SQLite and for PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, cast, delete, insert, tuple_, union_all, update
from sqlalchemy.types import Boolean, Integer, LargeBinary, String, Text
from sqlmodel import SQLModel, and_, case, col, func, literal_column, or_, select

from lifecycle.ledger.sql.dialects import (
    LARGE,
    adding,
    number,
    pairs_of,
    position_of,
    room_for_filters,
    texts_of,
    word,
)
from lifecycle.ledger.sql.tables import (
    CaseRow,
    CompiledRow,
    Definition,
    EntryTable,
    FactValueRow,
    FilePartTable,
    FormRow,
    LetterRow,
    LinkRow,
    Meta,
    OfficeRow,
    OutboxRow,
    RefusalTable,
    SearchGramRow,
    SearchTextRow,
    Series,
    StepRow,
    TaskTable,
)


def text_of(name: str) -> Any:
    """Give a text that is bound when the statement runs."""
    return bindparam(name, type_=String())


def number_of(name: str) -> Any:
    """Give a number that is bound when the statement runs."""
    return bindparam(name, type_=Integer())


def index_of(name: str) -> Any:
    """Give a place in the log that is bound when the statement runs."""
    return bindparam(name, type_=LARGE)


def row_of(model: type[SQLModel], *left_out: str) -> dict[str, Any]:
    """Give a bound value for each column of a table, but for some."""
    columns = model.metadata.tables[str(model.__tablename__)].columns
    return {
        column.name: bindparam(column.name, type_=_type_bound(column.type))
        for column in columns
        if column.name not in left_out
    }


def _type_bound(kind: Any) -> Any:
    """Give the type of a value for a column: how texts are compared is the column's business."""
    return String() if isinstance(kind, String) else kind


def selecting(*columns: Any) -> Any:
    """Select columns; SQLModel's own `select` is typed for four of them at most."""
    return select(*columns)


def texts(name: str, alias: str) -> Any:
    """Select the texts of a list that is bound as JSON."""
    listed = texts_of(text_of(name)).table_valued("value", name=alias)
    return select(listed.c.value)


# Entries: the record.

_BODY = cast(col(EntryTable.body), LargeBinary())
"""Bytes, also where somebody put a text there."""
_ROW = (EntryTable.case_id, EntryTable.seq, EntryTable.idx, EntryTable.hash, _BODY, EntryTable.eid)
_place: Any = tuple_(col(EntryTable.case_id), col(EntryTable.seq))

APPEND_ENTRY = (
    insert(EntryTable).values(row_of(EntryTable, "idx")).inline(),
    select(
        func.append_entry(
            cast(text_of("case_id"), Text()),
            cast(number_of("seq"), Integer()),
            cast(text_of("eid"), Text()),
            cast(text_of("hash"), Text()),
            bindparam("body", type_=LargeBinary()),
        )
    ),
)
"""On a server, through a function: nobody may insert an entry otherwise."""
ENTRY = select(EntryTable.body, EntryTable.hash).where(EntryTable.eid == text_of("eid"))
PLACE_OF_ENTRY = select(EntryTable.idx).where(EntryTable.eid == text_of("eid"))
ENTRIES_OF_CASE = (
    selecting(*_ROW)
    .where(EntryTable.case_id == text_of("case_id"), EntryTable.seq > number_of("after"))
    .order_by(col(EntryTable.seq))
    .limit(number_of("most"))
)
ENTRIES_BY_CHAIN = (
    selecting(*_ROW)
    .where(_place > tuple_(text_of("case_id"), number_of("seq")))
    .order_by(col(EntryTable.case_id), col(EntryTable.seq))
    .limit(number_of("most"))
)
ENTRIES_BY_TIME = (
    selecting(EntryTable.idx, EntryTable.case_id, EntryTable.seq, _BODY)
    .where(col(EntryTable.idx) > index_of("after"), col(EntryTable.idx) <= index_of("upto"))
    .order_by(col(EntryTable.idx))
    .limit(number_of("most"))
)
WHOLE_ENTRIES = (
    selecting(
        EntryTable.idx,
        EntryTable.case_id,
        EntryTable.seq,
        EntryTable.eid,
        EntryTable.hash,
        _BODY,
    )
    .where(col(EntryTable.idx) > index_of("after"), col(EntryTable.idx) <= index_of("upto"))
    .order_by(col(EntryTable.idx))
    .limit(number_of("most"))
)
LAST_BODY = select(EntryTable.body).order_by(col(EntryTable.idx).desc()).limit(number(1))
LAST_INDEX = select(func.coalesce(func.max(EntryTable.idx), number(0)))
_TYPES = {"case_id": "text", "seq": "integer", "eid": "text", "hash": "text", "body": "blob"}


def _type_of(column: str) -> Any:
    return func.typeof(getattr(EntryTable, column))


WRONG_TYPES = (
    select(EntryTable.idx, EntryTable.case_id).where(
        or_(*(_type_of(name) != word(kind) for name, kind in _TYPES.items()))
    ),
    None,
)
"""PostgreSQL lets nothing else into a column; SQLite does."""

# The office, definitions, numbers, refusals, the database itself.

OFFICE_HEAD = select(OfficeRow.head).where(OfficeRow.id == number(1))
OFFICE = select(OfficeRow.seq, OfficeRow.head, OfficeRow.snapshot).where(OfficeRow.id == number(1))


def _put(begun: Any, model: type[SQLModel], *key: str) -> Any:
    added = begun.values(row_of(model))
    kept = {name: added.excluded[name] for name in row_of(model, *key)}
    return added.on_conflict_do_update(index_elements=key, set_=kept).inline()


def _put_office(begun: Any) -> Any:
    values = {**row_of(OfficeRow, "id"), "id": number(1)}
    added = begun.values(values)
    kept = {name: added.excluded[name] for name in row_of(OfficeRow, "id")}
    return added.on_conflict_do_update(index_elements=["id"], set_=kept).inline()


PUT_OFFICE = tuple(_put_office(begun) for begun in adding(OfficeRow))
DEFINITION = select(cast(col(Definition.body), LargeBinary())).where(
    Definition.sha256 == text_of("sha256")
)
DEFINITION_AS_STORED = select(Definition.body).where(Definition.sha256 == text_of("sha256"))
DEFINITIONS = select(Definition.sha256, Definition.kind, Definition.name)
PUT_DEFINITION = (
    adding(Definition)[0].values(row_of(Definition)).on_conflict_do_nothing().inline(),
    select(
        func.put_definition(
            cast(text_of("sha256"), Text()),
            cast(text_of("kind"), Text()),
            cast(text_of("name"), Text()),
            bindparam("body", type_=LargeBinary()),
        )
    ),
)
FILE_PART = (
    None,
    select(FilePartTable.body).where(
        FilePartTable.sha256 == text_of("sha256"), FilePartTable.part == number_of("part")
    ),
)
PUT_FILE_PART = (
    None,
    adding(FilePartTable)[1].values(row_of(FilePartTable)).on_conflict_do_nothing().inline(),
)
FILES_KEPT = (
    None,
    select(FilePartTable.sha256)
    .where(col(FilePartTable.sha256) > text_of("after"), FilePartTable.part == number(0))
    .order_by(col(FilePartTable.sha256))
    .limit(number_of("most")),
)
"""Materials: on a server only."""


COMPILED = select(cast(col(CompiledRow.body), LargeBinary())).where(
    CompiledRow.sha256 == text_of("sha256"), CompiledRow.program == text_of("program")
)
COMPILED_DIGESTS = select(CompiledRow.sha256).order_by(col(CompiledRow.sha256))


def _next_number(begun: Any) -> Any:
    added = begun.values(name=text_of("name"), last=number(1))
    more = {"last": col(Series.last) + number(1)}
    return added.on_conflict_do_update(index_elements=["name"], set_=more).returning(
        col(Series.last)
    )


NEXT_NUMBER = tuple(_next_number(begun) for begun in adding(Series))
LAST_NUMBER = select(Series.last).where(Series.name == text_of("name"))
LAST_NUMBERS = select(Series.name, Series.last)
PUT_LAST_NUMBER = tuple(_put(begun, Series, "name") for begun in adding(Series))
PUT_REFUSAL = insert(RefusalTable).values(row_of(RefusalTable, "id")).inline()
REFUSALS = (
    selecting(*(col(getattr(RefusalTable, name)) for name in ("id", *row_of(RefusalTable, "id"))))
    .where(col(RefusalTable.id) > number_of("after"))
    .order_by(col(RefusalTable.id))
    .limit(number_of("most"))
)
COUNT_REFUSALS = select(func.count()).select_from(RefusalTable)
META = select(Meta.value).where(Meta.key == text_of("key"))
PUT_META = insert(Meta).values(row_of(Meta)).inline()

# Cases: one by one.

CASE = select(CaseRow.digest, CaseRow.snapshot).where(CaseRow.id == text_of("id"))
CASE_NUMBERED = select(CaseRow.digest, CaseRow.snapshot).where(CaseRow.number == text_of("number"))
CASE_ROW = selecting(*(col(getattr(CaseRow, name)) for name in row_of(CaseRow))).where(
    col(CaseRow.id) == text_of("id")
)
PLACE_OF_CASE = select(CaseRow.seq, CaseRow.head).where(CaseRow.id == text_of("id"))
NUMBER_OF_CASE = select(CaseRow.number).where(CaseRow.id == text_of("id"))
ADD_CASE = insert(CaseRow).values(row_of(CaseRow)).inline()
MOVE_CASE = (
    update(CaseRow)
    .where(
        col(CaseRow.id) == text_of("id"),
        col(CaseRow.seq) == row_of(CaseRow)["seq"] - number(1),
    )
    .values(row_of(CaseRow, "id"))
)
LATEST_CASES = (
    select(CaseRow.number, CaseRow.title)
    .order_by(col(CaseRow.number).desc())
    .limit(number_of("most"))
)
_OPENING = select(number(1)).where(EntryTable.case_id == CaseRow.id, EntryTable.seq == number(1))
CASES_NEVER_OPENED = select(CaseRow.number).where(
    or_(CaseRow.id == word("office"), ~_OPENING.exists())
)

# Cases: many, by conditions that are put in where the list is asked for.

_LISTED = (
    CaseRow.number,
    CaseRow.title,
    CaseRow.workflow,
    CaseRow.digest,
    CaseRow.state,
    CaseRow.phase,
    CaseRow.lead,
    CaseRow.final,
    CaseRow.entered_on,
    CaseRow.last_on,
    CaseRow.due_on,
    CaseRow.yellow_on,
    CaseRow.red_on,
)


def _page_of(*columns: Any) -> Any:
    return (
        selecting(*columns)
        .where(col(CaseRow.number) > text_of("after"), room_for_filters())
        .order_by(col(CaseRow.number))
        .limit(number_of("most"))
        .offset(number_of("skip"))
    )


LIST_CASES = _page_of(*_LISTED)
LIST_CASES_WITH_SNAPSHOT = _page_of(*_LISTED, CaseRow.snapshot)
CASES_TO_DATE = _page_of(
    *_LISTED, CaseRow.id, CaseRow.units, CaseRow.opened_on, EntryTable.body
).join(
    EntryTable,
    and_(
        col(EntryTable.case_id) == col(CaseRow.id),
        col(EntryTable.seq) == col(CaseRow.seq),
    ),
)
LISTED_CASE = selecting(*_LISTED, CaseRow.snapshot).where(col(CaseRow.id) == text_of("id"))


_RED = func.coalesce(col(CaseRow.red_on) <= text_of("today"), literal_column("FALSE", Boolean()))
_YELLOW = func.coalesce(
    col(CaseRow.yellow_on) <= text_of("today"), literal_column("FALSE", Boolean())
)
BOARD = (
    selecting(
        CaseRow.workflow,
        CaseRow.state,
        func.count(),
        func.sum(case((_RED, number(0)), (_YELLOW, number(1)), else_=number(0))),
        func.sum(case((_RED, number(1)), else_=number(0))),
    )
    .where(room_for_filters())
    .group_by(col(CaseRow.workflow), col(CaseRow.state))
)

# The conditions of a list.

IN_SOME_STATE = col(CaseRow.state) != word("")
"""Leaves out the cases whose opening was cancelled."""
OF_WORKFLOW = col(CaseRow.workflow) == text_of("workflow")
IN_STATE = col(CaseRow.state) == text_of("state")
IN_PHASE = col(CaseRow.phase) == text_of("phase")
NAMING_UNIT = position_of(col(CaseRow.units), word(",") + text_of("unit") + word(",")) > number(0)
_NOT_FINAL = col(CaseRow.final).is_(False)
DUE_BEFORE = and_(_NOT_FINAL, col(CaseRow.due_on) < text_of("due_before"))
LED_BY_OR_NAMING = or_(
    col(CaseRow.lead).in_(texts("roles", "role")),
    position_of(col(CaseRow.units), word(",") + text_of("mine") + word(",")) > number(0),
)
_PARTS = texts_of(text_of("parts")).table_valued("value", name="part")
SEEN_BY = or_(
    col(CaseRow.viewers) == word(""),
    select(_PARTS.c.value)
    .where(position_of(col(CaseRow.viewers), word(",") + _PARTS.c.value + word(",")) > number(0))
    .exists(),
)
"""Of the cases those that somebody may see who has one of these parts (`role/unit`)."""
_LIMITED = col(CaseRow.viewers) != word("")
ANY_LIMITED = select(CaseRow.number).where(_LIMITED).limit(number(1))
"""One of the cases that not everybody may see."""
UNSEEN_IN = select(CaseRow.number).where(
    _LIMITED, ~SEEN_BY, position_of(text_of("text"), col(CaseRow.number)) > number(0)
)
"""The numbers in a text of cases that somebody may not see."""
OPENED_BY = col(CaseRow.opened_on) <= text_of("opened_by")
OPENED_BETWEEN = col(CaseRow.opened_on).between(text_of("first_day"), text_of("last_day"))

# Search: what of each case is searched, and the pairs of characters in each block of cases.

BLOCK = 128
"""Cases of one block: as few rows of pairs as a full-text index needs, and a block is read in the
time that a statement takes."""
_position: Any = col(SearchTextRow.place)
_block: Any = col(SearchGramRow.block)
_SEARCHED = row_of(SearchTextRow, "place")
_ASKED = texts_of(text_of("grams")).table_valued("value", name="asked")
_OF_THESE = col(SearchGramRow.gram).in_(select(_ASKED.c.value))


def _block_of(place: Any) -> Any:
    return place.op(">>")(number(BLOCK.bit_length() - 1))


def _in_block(block: Any) -> Any:
    """Tell that a searched text belongs to a block, by a range of places, which is its key."""
    return _position.between(block * number(BLOCK), block * number(BLOCK) + number(BLOCK - 1))


def _has(part: Any) -> Any:
    """Tell that a searched text has a part."""
    columns = (SearchTextRow.number, SearchTextRow.title, SearchTextRow.facts)
    return or_(*(position_of(col(column), part) > number(0) for column in columns))


_BLOCK_HERE = (
    select(_block_of(_position))
    .where(SearchTextRow.case_id == text_of("case_id"))
    .scalar_subquery()
)
ADD_SEARCH_TEXT = (
    insert(SearchTextRow)
    .from_select(
        ["place", *_SEARCHED],
        selecting(func.coalesce(func.max(_position), number(0)) + number(1), *_SEARCHED.values()),
    )
    .inline()
)
CHANGE_SEARCH_TEXT = (
    update(SearchTextRow)
    .where(col(SearchTextRow.case_id) == text_of("case_id"))
    .values(row_of(SearchTextRow, "place", "case_id"))
)
SEARCH_TEXT = select(SearchTextRow.number, SearchTextRow.title, SearchTextRow.facts).where(
    SearchTextRow.case_id == text_of("case_id")
)


def _add_grams(begun: Any) -> Any:
    asked = (
        select(_ASKED.c.value, _block_of(_position))
        .select_from(SearchTextRow)
        .join(_ASKED, literal_column("TRUE", Boolean()))
        .where(col(SearchTextRow.case_id) == text_of("case_id"))
    )
    return begun.from_select(["gram", "block"], asked).on_conflict_do_nothing().inline()


ADD_GRAMS = tuple(_add_grams(begun) for begun in adding(SearchGramRow))
_GRAM_IS_THERE = (
    select(number(1))
    .select_from(SearchTextRow)
    .where(_in_block(_block), _has(col(SearchGramRow.gram)))
    .correlate(SearchGramRow)
    .exists()
)
DROP_GRAMS = delete(SearchGramRow).where(_OF_THESE, _block == _BLOCK_HERE, ~_GRAM_IS_THERE)
"""Of some pairs of characters those that no case of the block has any more."""
COUNT_GRAMS = (
    select(func.count()).select_from(SearchGramRow).where(_OF_THESE, _block == _BLOCK_HERE)
)
BLOCKS_WITH = (
    select(SearchGramRow.block)
    .where(_OF_THESE)
    .group_by(_block)
    .having(func.count() == number_of("many"))
)
"""The blocks that have each of so many pairs of characters: all that a text can be in."""
BLOCKS_BETWEEN = (
    select(SearchGramRow.block)
    .distinct()
    .where(col(SearchGramRow.gram).between(text_of("low"), text_of("high")))
)
_ASKED_BLOCKS = texts_of(text_of("blocks")).table_valued("value", name="asked")
_IN_ASKED_BLOCK = _in_block(cast(_ASKED_BLOCKS.c.value, LARGE))
_UNITS = texts_of(text_of("units")).table_valued("value", name="named")
_NAMES_UNIT = (
    select(number(1))
    .select_from(_UNITS)
    .where(position_of(col(SearchTextRow.facts), _UNITS.c.value) > number(0))
    .exists()
)
SEARCH = (
    selecting(SearchTextRow.case_id, SearchTextRow.number, SearchTextRow.title, SearchTextRow.facts)
    .select_from(_ASKED_BLOCKS)
    .join(SearchTextRow, _IN_ASKED_BLOCK)
    .where(or_(_has(text_of("part")), and_(text_of("units") != word("[]"), _NAMES_UNIT)))
)
"""The cases of some blocks that have a text, or a line of one of some units."""
CASES_NAMED = (
    select(CaseRow.number, CaseRow.title)
    .select_from(_ASKED_BLOCKS)
    .join(SearchTextRow, _IN_ASKED_BLOCK)
    .join(CaseRow, col(CaseRow.id) == col(SearchTextRow.case_id))
    .where(
        or_(
            position_of(col(SearchTextRow.number), text_of("part")) > number(0),
            position_of(col(SearchTextRow.title), text_of("part")) > number(0),
        ),
        room_for_filters(),
    )
    .order_by(col(CaseRow.title) != text_of("text"), col(CaseRow.number))
    .limit(number_of("most"))
)
GRAMS_TOO_MANY = select(SearchGramRow.gram, SearchGramRow.block).where(
    or_(
        func.length(SearchGramRow.gram) != number(2),
        func.substr(SearchGramRow.gram, number(1), number(1)) < word(" "),
        ~_GRAM_IS_THERE,
    )
)
"""Pairs of characters that no searched text of their block has."""
SEARCHED_CASES = select(SearchTextRow.case_id)
CASES_NOT_SEARCHED = (
    select(CaseRow.number)
    .where(col(CaseRow.id).not_in(select(SearchTextRow.case_id)))
    .limit(number(1))
)
FORGET_SEARCH_TEXTS = delete(SearchTextRow)
FORGET_GRAMS = delete(SearchGramRow)

# The values of facts over time.

_MOVED = pairs_of(text_of("moved")).table_valued("key", "value", name="moved")
_LAST_EDITION = (
    select(func.coalesce(func.max(FactValueRow.edition), number(0)))
    .where(FactValueRow.case_id == text_of("case_id"), FactValueRow.fact == _MOVED.c.key)
    .correlate(_MOVED)
    .scalar_subquery()
)
_EDITION = {
    **row_of(FactValueRow),
    "fact": _MOVED.c.key,
    "edition": _LAST_EDITION + number(1),
    "value": _MOVED.c.value,
}
ADD_FACT_VALUES = (
    insert(FactValueRow)
    .from_select(list(_EDITION), selecting(*_EDITION.values()).select_from(_MOVED))
    .inline()
)
_THIS_FACT = (
    col(FactValueRow.case_id) == text_of("case_id"),
    col(FactValueRow.fact) == text_of("fact"),
)
FACT_VALUE = select(FactValueRow.seq, FactValueRow.on_day, FactValueRow.value).where(
    *_THIS_FACT, col(FactValueRow.edition) == number_of("edition")
)
EDITIONS_OF_CASE = select(FactValueRow.fact, FactValueRow.edition).where(
    col(FactValueRow.case_id) == text_of("case_id")
)
VALUE_ON = (
    select(FactValueRow.value)
    .join(
        EntryTable,
        and_(
            col(EntryTable.case_id) == col(FactValueRow.case_id),
            col(EntryTable.seq) == col(FactValueRow.seq),
        ),
    )
    .where(
        *_THIS_FACT,
        col(FactValueRow.on_day) <= text_of("on_day"),
        col(EntryTable.idx) <= index_of("upto"),
    )
    .order_by(col(FactValueRow.on_day).desc(), col(FactValueRow.edition).desc())
    .limit(number(1))
)
_VALUES = (
    selecting(
        FactValueRow.case_id,
        CaseRow.number,
        CaseRow.title,
        CaseRow.digest,
        FactValueRow.fact,
        FactValueRow.value,
    )
    .join(CaseRow, col(CaseRow.id) == col(FactValueRow.case_id))
    .join(
        EntryTable,
        and_(
            col(EntryTable.case_id) == col(FactValueRow.case_id),
            col(EntryTable.seq) == col(FactValueRow.seq),
        ),
    )
    .where(
        col(FactValueRow.fact).in_(texts("facts", "asked")),
        col(FactValueRow.on_day) <= text_of("on_day"),
        col(EntryTable.idx) < index_of("before"),
    )
    .order_by(
        col(FactValueRow.case_id),
        col(FactValueRow.fact),
        col(FactValueRow.on_day),
        col(FactValueRow.edition),
    )
)
VALUES_OVER = _VALUES.where(col(CaseRow.workflow).in_(texts("workflows", "named")))
VALUES_LINKED = _VALUES.where(
    col(FactValueRow.case_id).in_(
        select(LinkRow.case_id).where(
            col(LinkRow.target) == text_of("target"),
            col(LinkRow.workflow).in_(texts("workflows", "named")),
        )
    )
)
DIGESTS_OF = (
    select(CaseRow.digest).where(col(CaseRow.workflow).in_(texts("workflows", "named"))).distinct()
)
OPEN_BY_DIGEST = (
    selecting(CaseRow.digest, func.count())
    .where(col(CaseRow.final).is_(False))
    .group_by(col(CaseRow.digest))
    .order_by(col(CaseRow.digest))
)
OPEN_CASES = (
    select(CaseRow.id, CaseRow.digest)
    .where(col(CaseRow.workflow) == text_of("workflow"), col(CaseRow.final).is_(False))
    .order_by(col(CaseRow.number))
)
FORGET_FACT_VALUES = delete(FactValueRow)

# Steps: the transitions of a case that stand.

_THIS_STEP = (col(StepRow.case_id) == text_of("case_id"), col(StepRow.seq) == number_of("seq"))
_STEPS: Any = (
    select(StepRow.body)
    .where(col(StepRow.case_id) == text_of("case_id"), col(StepRow.seq) <= number_of("upto"))
    .order_by(col(StepRow.seq))
)
STEPS_OF_CASE = _STEPS
STEPS_AFTER = _STEPS.where(col(StepRow.seq) > number_of("after"))
STEPS_OF_TRANSITION = _STEPS.where(col(StepRow.transition) == text_of("transition"))
STEP = select(StepRow.body).where(*_THIS_STEP)
STEP_ROWS = (
    select(StepRow.seq, StepRow.transition, StepRow.body)
    .where(col(StepRow.case_id) == text_of("case_id"))
    .order_by(col(StepRow.seq))
)
ADD_STEP = insert(StepRow).values(row_of(StepRow)).inline()
DROP_STEP = delete(StepRow).where(*_THIS_STEP)
FORGET_STEPS = delete(StepRow)

# Links: which case names which.

_link_added, _link_added_there = adding(LinkRow)
ADD_LINK = (
    _link_added.values(row_of(LinkRow)).on_conflict_do_nothing().inline(),
    _link_added_there.values(row_of(LinkRow)).on_conflict_do_nothing().inline(),
)
CASES_LINKING = (
    select(LinkRow.case_id)
    .join(
        EntryTable,
        and_(
            col(EntryTable.case_id) == col(LinkRow.case_id), col(EntryTable.seq) == col(LinkRow.seq)
        ),
    )
    .where(
        col(LinkRow.target) == text_of("target"),
        col(LinkRow.workflow).in_(texts("workflows", "named")),
        col(EntryTable.idx) < index_of("before"),
    )
    .order_by(col(LinkRow.case_id))
)
_LINKING_NOW = (
    select(CaseRow.number)
    .join(LinkRow, col(LinkRow.case_id) == col(CaseRow.id))
    .where(
        col(LinkRow.target) == text_of("target"),
        col(LinkRow.workflow) == text_of("workflow"),
        col(CaseRow.state) != word(""),
    )
)
SOME_LINKING = _LINKING_NOW.order_by(col(CaseRow.number)).limit(number_of("most"))
COUNT_LINKING = select(func.count()).select_from(_LINKING_NOW.subquery())
WORKFLOWS_LINKING = (
    select(LinkRow.workflow)
    .where(col(LinkRow.target) == text_of("target"))
    .distinct()
    .order_by(col(LinkRow.workflow))
)
LINKS_OF_CASE = select(LinkRow.target, LinkRow.workflow, LinkRow.seq).where(
    col(LinkRow.case_id) == text_of("case_id")
)
FORGET_LINKS = delete(LinkRow)
ID_NUMBERED = select(CaseRow.id).where(CaseRow.number == text_of("number"))

# Tasks: who is asked for what.

TASKS_OF_CASE = selecting(*(col(getattr(TaskTable, name)) for name in row_of(TaskTable))).where(
    col(TaskTable.case_id) == text_of("case_id")
)
ADD_TASK = insert(TaskTable).values(row_of(TaskTable)).inline()
DROP_TASK = delete(TaskTable).where(
    *(
        col(getattr(TaskTable, name)) == text_of(name)
        for name in ("case_id", "kind", "transition", "role", "unit")
    )
)
TASKS_FOR = (
    select(TaskTable.due_on, TaskTable.number, TaskTable.case_id)
    .distinct()
    .where(
        col(TaskTable.role) == text_of("role"),
        col(TaskTable.unit) == text_of("unit"),
        tuple_(col(TaskTable.due_on), col(TaskTable.number))
        > tuple_(text_of("due_on"), text_of("number")),
    )
    .order_by(col(TaskTable.due_on), col(TaskTable.number))
    .limit(number_of("most"))
)
CASES_DUE = (
    select(TaskTable.due_on, TaskTable.case_id)
    .where(
        col(TaskTable.role) == text_of("role"),
        col(TaskTable.unit) == text_of("unit"),
        col(TaskTable.due_on) <= text_of("day"),
    )
    .order_by(col(TaskTable.due_on), col(TaskTable.number))
)

# Letters: where each stands, its frozen forms, and the outbox of what is to be sent.

_LETTER = (LetterRow.case_id, LetterRow.name)
_OF_A_CASE = select(CaseRow.id).where(CaseRow.id == LetterRow.case_id).exists()
"""Rows of cases that there are: one that somebody slipped in holds nobody up, and the audit tells
of it. Asked of each row that is found: SQLite goes through all cases where it is told `IN`."""


PUT_CASE = tuple(_put(begun, CaseRow, "id") for begun in adding(CaseRow))
"""The row written anew, wherever the case stood: by an upgrade or a copy."""
PUT_LETTER = tuple(_put(begun, LetterRow, "case_id", "name") for begun in adding(LetterRow))
"""A number or code that another letter has aborts the transaction: both are unique."""
PUT_COMPILED = tuple(_put(begun, CompiledRow, "sha256") for begun in adding(CompiledRow))
PUT_FORM = tuple(_put(begun, FormRow, "case_id", "name", "form") for begun in adding(FormRow))
LETTERS_OF_CASE = selecting(*(col(getattr(LetterRow, name)) for name in row_of(LetterRow))).where(
    col(LetterRow.case_id) == text_of("case_id")
)
FORMS_OF_CASE = select(FormRow.name, FormRow.form, FormRow.sha256).where(
    FormRow.case_id == text_of("case_id")
)
_THIS_LETTER = (
    col(LetterRow.case_id) == text_of("case_id"),
    col(LetterRow.name) == text_of("name"),
)
_IN_ORDER = (col(LetterRow.seq), col(LetterRow.place))
LETTER = select(LetterRow.body).where(*_THIS_LETTER)
LETTER_EXISTS = select(number(1)).select_from(LetterRow).where(*_THIS_LETTER)
LETTER_NAMES = select(LetterRow.name).where(_THIS_LETTER[0]).order_by(*_IN_ORDER)
LETTER_BODIES = select(LetterRow.name, LetterRow.body).where(_THIS_LETTER[0]).order_by(*_IN_ORDER)
COUNT_LETTERS = select(func.count()).select_from(LetterRow).where(_THIS_LETTER[0])
COUNT_LETTERS_BY_STATE = (
    select(LetterRow.state, func.count()).where(_THIS_LETTER[0]).group_by(col(LetterRow.state))
)
LETTERS_UNISSUED = (
    select(LetterRow.body)
    .where(
        _THIS_LETTER[0],
        or_(col(LetterRow.state) == word("draft"), col(LetterRow.state) == word("reviewed")),
    )
    .order_by(*_IN_ORDER)
)
LETTERS_ASKING = select(LetterRow.name).where(
    _THIS_LETTER[0],
    col(LetterRow.asks).in_(texts("asks", "asked")),
    col(LetterRow.state) == word("issued"),
)
NOTE_WAITING = (
    update(LetterRow)
    .where(*_THIS_LETTER, col(LetterRow.waiting) != text_of("waiting"))
    .values(waiting=text_of("waiting"))
)
LETTER_WITH_CODE = selecting(*_LETTER).where(col(LetterRow.code) == text_of("code"))
LETTER_NUMBERED = selecting(*_LETTER).where(col(LetterRow.number) == text_of("number"))
LETTER_OF_FORM = select(FormRow.case_id, FormRow.name, FormRow.form).where(
    FormRow.sha256 == text_of("sha256")
)
_drafted_at = (
    select(EntryTable.idx)
    .where(EntryTable.case_id == LetterRow.case_id, EntryTable.seq == LetterRow.seq)
    .scalar_subquery()
)
"""When a letter was drafted, counted in entries: with its place there, the order of making."""
_template = func.substr(LetterRow.name, position_of(col(LetterRow.name), word("-")) + number(1))
"""A letter that a transition drafted is named for the entry and the template: `12-site-reply`."""
LAST_LETTER_OF_TEMPLATE = (
    selecting(*_LETTER)
    .where(
        func.substr(LetterRow.name, number(1), number(1)).between(word("0"), word("9")),
        _template == text_of("template"),
    )
    .order_by(_drafted_at.desc(), col(LetterRow.place).desc())
    .limit(number(1))
)
LETTERS_IN_STATE = (
    selecting(*_LETTER)
    .where(
        col(LetterRow.unit) == text_of("unit"), col(LetterRow.state) == text_of("state"), _OF_A_CASE
    )
    .order_by(_drafted_at, col(LetterRow.place))
    .limit(number_of("most"))
)
_FORM_OF_LETTER = select(number(1)).where(
    FormRow.case_id == LetterRow.case_id, FormRow.name == LetterRow.name
)
LETTERS_UNFROZEN = selecting(*_LETTER).where(
    col(LetterRow.unit) == text_of("unit"),
    col(LetterRow.state) == word("issued"),
    ~_FORM_OF_LETTER.exists(),
)
LETTERS_OWED = (
    select(LetterRow.name)
    .where(
        _THIS_LETTER[0],
        col(LetterRow.state) == word("issued"),
        col(LetterRow.asks) > word(""),
        or_(col(LetterRow.waiting) > word(""), ~_FORM_OF_LETTER.exists()),
    )
    .order_by(*_IN_ORDER)
)
"""Those of a case to which an answer may be owed: nobody waits before the forms are frozen."""
LETTERS_WAITING_FOR = (
    selecting(*_LETTER)
    .where(
        col(LetterRow.waiting) > word(""),
        position_of(col(LetterRow.waiting), word(",") + text_of("unit") + word(",")) > number(0),
        _OF_A_CASE,
    )
    .order_by(col(LetterRow.issued_on))
)
LETTERS_UNANSWERED = (
    selecting(*_LETTER)
    .where(col(LetterRow.waiting) > word(""), _OF_A_CASE)
    .order_by(col(LetterRow.issued_on))
)
LETTERS_UNANSWERED_OF_UNIT = (
    selecting(*_LETTER)
    .where(col(LetterRow.waiting) > word(""), col(LetterRow.unit) == text_of("unit"), _OF_A_CASE)
    .order_by(col(LetterRow.issued_on))
)

_SENDING = tuple(col(getattr(OutboxRow, name)) for name in row_of(OutboxRow))
_PENDING = col(OutboxRow.state) == word("pending")
_SENDING_OF_A_CASE = select(CaseRow.id).where(CaseRow.id == OutboxRow.case_id).exists()
_NEW_SENDING = {
    **row_of(OutboxRow, "state", "attempts", "next_at", "error"),
    "state": word("pending"),
    "attempts": number(0),
    "next_at": word(""),
    "error": word(""),
}
WHOLE_SENDINGS = (
    selecting(*_SENDING)
    .where(col(OutboxRow.id) > text_of("after"))
    .order_by(col(OutboxRow.id))
    .limit(number_of("most"))
)
PUT_WHOLE_SENDING = tuple(_put(begun, OutboxRow, "id") for begun in adding(OutboxRow))
PUT_SENDING = tuple(
    begun.values(_NEW_SENDING).on_conflict_do_nothing().inline() for begun in adding(OutboxRow)
)
END_SENDING = (
    update(OutboxRow).where(col(OutboxRow.id) == text_of("id")).values(state=text_of("state"))
)
REOPEN_SENDING = (
    update(OutboxRow)
    .where(col(OutboxRow.id) == text_of("id"))
    .values(state=word("pending"), attempts=number(0), next_at=word(""), error=word(""))
)
"""What was recorded as sent by mistake is to be sent again, at once."""
SENDINGS_OF_CASE = selecting(
    OutboxRow.id, OutboxRow.name, OutboxRow.addressee, OutboxRow.unit, col(OutboxRow.state)
).where(col(OutboxRow.case_id) == text_of("case_id"))
SENDINGS = (
    selecting(*_SENDING)
    .where(
        col(OutboxRow.state).in_(texts("states", "asked")),
        col(OutboxRow.id) > text_of("after"),
        _SENDING_OF_A_CASE,
    )
    .order_by(col(OutboxRow.id))
    .limit(number_of("most"))
)
COUNT_SENDINGS = (
    select(OutboxRow.state, func.count())
    .where(or_(_PENDING, col(OutboxRow.state) == word("dead")))
    .group_by(col(OutboxRow.state))
)
SENDINGS_DUE = (
    select(OutboxRow.id)
    .where(_PENDING, col(OutboxRow.next_at) <= text_of("now"), _SENDING_OF_A_CASE)
    .order_by(col(OutboxRow.next_at), col(OutboxRow.id))
)
SENDING_IF_DUE = selecting(*_SENDING).where(
    col(OutboxRow.id) == text_of("id"), _PENDING, col(OutboxRow.next_at) <= text_of("now")
)
LEASE_SENDING = (
    update(OutboxRow)
    .where(
        col(OutboxRow.id) == text_of("id"),
        col(OutboxRow.state) == text_of("state"),
        col(OutboxRow.next_at) == text_of("found_next_at"),
    )
    .values(next_at=text_of("next_at"), attempts=col(OutboxRow.attempts) + number(1))
)
NOTE_FAILURE = (
    update(OutboxRow)
    .where(col(OutboxRow.id) == text_of("id"), _PENDING)
    .values({name: text_of(name) for name in ("state", "next_at", "error")})
)
REVIVE_SENDING = (
    update(OutboxRow)
    .where(
        col(OutboxRow.id) == text_of("id"),
        or_(_PENDING, col(OutboxRow.state) == word("dead")),
    )
    .values(state=word("pending"), attempts=number(0), next_at=word(""))
)


def _of_no_case(model: Any, kind: str, name: Any) -> Any:
    return select(word(kind), name).where(col(model.case_id).not_in(select(CaseRow.id)))


ROWS_OF_NO_CASE = union_all(
    _of_no_case(LetterRow, "letter", LetterRow.name),
    _of_no_case(FormRow, "form", FormRow.name),
    _of_no_case(OutboxRow, "outbox", OutboxRow.id),
    _of_no_case(TaskTable, "task", TaskTable.number).where(col(TaskTable.case_id) != word("every")),
    _of_no_case(SearchTextRow, "search_text", SearchTextRow.number),
    _of_no_case(FactValueRow, "fact_value", FactValueRow.fact),
    _of_no_case(StepRow, "step", StepRow.transition),
    _of_no_case(LinkRow, "link", LinkRow.target),
)
