"""The database's tables.

`entry` is the record; everything else is either published bytes or computed from it.
"""

from __future__ import annotations

from sqlalchemy import Index, Integer, LargeBinary, UniqueConstraint, text
from sqlmodel import Column, Field, SQLModel

from lifecycle.ledger.sql.dialects import LARGE, ONLY, by_code_point


class EntryTable(SQLModel, table=True):
    """One accepted command: its place, and its canonical bytes with their SHA-256."""

    __tablename__ = "entry"
    idx: int | None = Field(default=None, sa_column=Column(LARGE, primary_key=True))
    case_id: str
    seq: int
    eid: str = Field(unique=True)
    hash: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = (UniqueConstraint("case_id", "seq"),)


class CaseRow(SQLModel, table=True):
    """A case after its last entry: `snapshot` is the case in canonical JSON.

    The other columns serve lists. `viewers` are those that may see it, as `,role/unit,…,`, ""
    where everybody may.
    """

    __tablename__ = "cases"
    id: str = Field(primary_key=True)
    number: str = Field(unique=True)
    workflow: str
    digest: str
    title: str
    state: str
    phase: str | None
    lead: str | None
    final: bool
    units: str
    viewers: str
    opened_on: str
    entered_on: str
    last_on: str
    due_on: str | None
    yellow_on: str | None
    red_on: str | None
    seq: int
    head: str
    snapshot: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = (
        Index("cases_by_state", "workflow", "state", "number"),
        Index("cases_by_due", "final", "due_on", "number"),
        Index("cases_for_board", "workflow", "state", "final", "due_on", "yellow_on", "red_on"),
        Index(
            "cases_limited",
            "number",
            sqlite_where=text("viewers <> ''"),
            postgresql_where=text("(viewers)::text <> ''::text"),  # as the server gives it back
        ),
    )


class OfficeRow(SQLModel, table=True):
    """The office after its last entry, in canonical JSON; one row."""

    __tablename__ = "office"
    id: int | None = Field(default=None, primary_key=True)
    seq: int
    head: str
    snapshot: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Definition(SQLModel, table=True):
    """The exact bytes of a published workflow, template or calendar, by their SHA-256."""

    sha256: str = Field(primary_key=True)
    kind: str
    name: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CompiledRow(SQLModel, table=True):
    """A published workflow as data (`lifecycle.workflow.compiled`), by the SHA-256 of its YAML:
    written by `program`, which alone reads it.
    """

    __tablename__ = "compiled"
    sha256: str = Field(primary_key=True)
    program: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Series(SQLModel, table=True):
    """The last number taken in a series; taken last in the transaction, so there are no gaps."""

    name: str = Field(primary_key=True)
    last: int


class RefusalTable(SQLModel, table=True):
    """A refused attempt: counted, though it changes nothing."""

    __tablename__ = "refusal"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    officer: str
    case_id: str
    asked_for: str
    gates: str


class Meta(SQLModel, table=True):
    """Facts about the database itself, such as the log's origin."""

    key: str = Field(primary_key=True)
    value: str


class TaskTable(SQLModel, table=True):
    """One thing that a case asks of somebody: an opinion (`sign`), a transition (`move`), a record
    that one waits for (`step`), a fact or material that one needs (`item`, its name is in
    `transition`), to lead it (`lead`), or of the clock, to make a transition by itself (`clock`).

    Whether the gates hold is not said here. `unit` is "" where any unit with the role may do it;
    `due_on` is the case's next day due, `9999-12-31` where it has none; `number` is the case's.
    """

    __tablename__ = "task"
    case_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    transition: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    due_on: str
    number: str
    __table_args__ = (Index("tasks_by_role", "role", "unit", "due_on", "number", "case_id"),)


class LetterRow(SQLModel, table=True):
    """A letter of a case after the case's last entry: `body` is its life in canonical JSON.

    The other columns serve lists: `seq` and `place` say which entry drafted it and where among that
    one's letters, `asks` on which transition it asks opinions (`*`: only an answer), `waiting` are
    the units that owe a receipt or an answer.
    """

    __tablename__ = "letter"
    case_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    seq: int
    place: int
    state: str
    unit: str
    number: str | None = Field(unique=True)
    code: str | None = Field(unique=True)
    title: str
    issued_on: str
    asks: str
    waiting: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = (
        Index("letters_by_case", "case_id", "seq", "place"),
        Index("letters_by_question", "case_id", "asks", "state"),
        Index("letters_by_unit", "unit", "state"),
        Index("letters_waiting", "waiting"),
    )


class FormRow(SQLModel, table=True):
    """One frozen form of a letter, so that a file can be looked up by its SHA-256."""

    __tablename__ = "form"
    case_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    sha256: str = Field(index=True)


class OutboxRow(SQLModel, table=True):
    """A letter to be handed over to one addressee: put here with the entry that froze it, gone by
    `letter_sent`.

    `state` is pending, dead, sent or cancelled; times are UTC.
    """

    __tablename__ = "outbox"
    id: str = Field(primary_key=True)
    case_id: str
    name: str
    addressee: str
    unit: str
    state: str
    attempts: int
    next_at: str
    error: str
    __table_args__ = (
        Index("outbox_by_state", "state", "next_at"),
        Index("outbox_by_case", "case_id", "name"),
    )


class SearchTextRow(SQLModel, table=True):
    """What of a case is searched, normalised, every line of it ended by a line feed.

    `facts` has a line for each value of the facts that its workflow has searched, units by their
    codes. `place` counts the cases; so many after each other are a block.
    """

    __tablename__ = "search_text"
    place: int = Field(sa_column=Column(LARGE, primary_key=True, autoincrement=False))
    case_id: str = Field(unique=True)
    number: str
    title: str
    facts: str


class SearchGramRow(SQLModel, table=True):
    """Two characters that follow each other in a line of the searched text of some case of a block,
    the line feed at its end among them.
    """

    __tablename__ = "search_gram"
    gram: str = Field(primary_key=True)
    block: int = Field(sa_column=Column(LARGE, primary_key=True, autoincrement=False))
    __table_args__ = ({"sqlite_with_rowid": False},)


class FactValueRow(SQLModel, table=True):
    """One edition of a fact of a case: what the entry with this `seq` changed it to.

    Editions count 1, 2 … for each fact; `on_day` is the act's day; `value` is canonical JSON, NULL
    where the fact was cleared.
    """

    __tablename__ = "fact_value"
    case_id: str = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    edition: int = Field(primary_key=True)
    seq: int
    on_day: str
    value: str | None
    __table_args__ = (
        Index("values_by_fact", "fact", "case_id", "edition"),
        {"sqlite_with_rowid": False},
    )


class StepRow(SQLModel, table=True):
    """A transition of a case that was made and stands, by the `seq` of its entry: `body` is what it
    read, in canonical JSON.
    """

    __tablename__ = "step"
    case_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    transition: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = (
        Index("steps_by_transition", "case_id", "transition", "seq"),
        {"sqlite_with_rowid": False},
    )


class LinkRow(SQLModel, table=True):
    """A case that names, or once named, another: `target` is the number of that one, `workflow` the
    name of the workflow of the case that names it, `seq` of which entry first did.
    """

    __tablename__ = "link"
    target: str = Field(primary_key=True)
    workflow: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    seq: int
    __table_args__ = (Index("links_by_case", "case_id"), {"sqlite_with_rowid": False})


class FilePartTable(SQLModel, table=True):
    """A part of a material or a frozen letter, kept by the SHA-256 of the whole.

    Only PostgreSQL has this table: beside a file, materials lie in a folder.
    """

    __tablename__ = "file_part"
    sha256: str = Field(primary_key=True)
    part: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    __table_args__ = ({"info": {ONLY: "postgresql"}},)


by_code_point(SQLModel.metadata)
