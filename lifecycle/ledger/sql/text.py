"""Tables and statements as text, written by `make statements`; do not edit.

Their definition is in `tables.py` and `statements.py`; a test proves that the two are equal.
"""

from __future__ import annotations

from lifecycle.ledger.sql.statement import Statement

SQLITE_SCHEMA = (
    """
CREATE TABLE cases (
    id VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    workflow VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    phase VARCHAR,
    lead VARCHAR,
    final BOOLEAN NOT NULL,
    units VARCHAR NOT NULL,
    viewers VARCHAR NOT NULL,
    opened_on VARCHAR NOT NULL,
    entered_on VARCHAR NOT NULL,
    last_on VARCHAR NOT NULL,
    due_on VARCHAR,
    yellow_on VARCHAR,
    red_on VARCHAR,
    seq INTEGER NOT NULL,
    head VARCHAR NOT NULL,
    snapshot BLOB NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (number)
)
""",
    "CREATE INDEX cases_by_due ON cases (final, due_on, number)",
    "CREATE INDEX cases_by_state ON cases (workflow, state, number)",
    "CREATE INDEX cases_for_board ON cases (workflow, state, final, due_on, yellow_on, red_on)",
    "CREATE INDEX cases_limited ON cases (number) WHERE viewers <> ''",
    """
CREATE TABLE compiled (
    sha256 VARCHAR NOT NULL,
    program VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (sha256)
)
""",
    """
CREATE TABLE definition (
    sha256 VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (sha256)
)
""",
    """
CREATE TABLE entry (
    idx INTEGER NOT NULL,
    case_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    eid VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (idx),
    UNIQUE (case_id, seq),
    UNIQUE (eid)
)
""",
    """
CREATE TABLE fact_value (
    case_id VARCHAR NOT NULL,
    fact VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    on_day VARCHAR NOT NULL,
    value VARCHAR,
    PRIMARY KEY (case_id, fact, edition)
)
 WITHOUT ROWID
""",
    "CREATE INDEX values_by_fact ON fact_value (fact, case_id, edition)",
    """
CREATE TABLE form (
    case_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    form VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    PRIMARY KEY (case_id, name, form)
)
""",
    "CREATE INDEX ix_form_sha256 ON form (sha256)",
    """
CREATE TABLE letter (
    case_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    number VARCHAR,
    code VARCHAR,
    title VARCHAR NOT NULL,
    issued_on VARCHAR NOT NULL,
    asks VARCHAR NOT NULL,
    waiting VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (case_id, name),
    UNIQUE (number),
    UNIQUE (code)
)
""",
    "CREATE INDEX letters_by_case ON letter (case_id, seq, place)",
    "CREATE INDEX letters_by_question ON letter (case_id, asks, state)",
    "CREATE INDEX letters_by_unit ON letter (unit, state)",
    "CREATE INDEX letters_waiting ON letter (waiting)",
    """
CREATE TABLE link (
    target VARCHAR NOT NULL,
    workflow VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (target, workflow, case_id)
)
 WITHOUT ROWID
""",
    "CREATE INDEX links_by_case ON link (case_id)",
    """
CREATE TABLE meta (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
)
""",
    """
CREATE TABLE office (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    head VARCHAR NOT NULL,
    snapshot BLOB NOT NULL,
    PRIMARY KEY (id)
)
""",
    """
CREATE TABLE outbox (
    id VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    addressee VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    next_at VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    PRIMARY KEY (id)
)
""",
    "CREATE INDEX outbox_by_case ON outbox (case_id, name)",
    "CREATE INDEX outbox_by_state ON outbox (state, next_at)",
    """
CREATE TABLE refusal (
    id INTEGER NOT NULL,
    at VARCHAR NOT NULL,
    officer VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    asked_for VARCHAR NOT NULL,
    gates VARCHAR NOT NULL,
    PRIMARY KEY (id)
)
""",
    """
CREATE TABLE search_gram (
    gram VARCHAR NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (gram, block)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE search_text (
    place INTEGER NOT NULL,
    case_id VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    facts VARCHAR NOT NULL,
    PRIMARY KEY (place),
    UNIQUE (case_id)
)
""",
    """
CREATE TABLE series (
    name VARCHAR NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (name)
)
""",
    """
CREATE TABLE step (
    case_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    transition VARCHAR NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (case_id, seq)
)
 WITHOUT ROWID
""",
    "CREATE INDEX steps_by_transition ON step (case_id, transition, seq)",
    """
CREATE TABLE task (
    case_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    transition VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    due_on VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    PRIMARY KEY (case_id, kind, transition, role, unit)
)
""",
    "CREATE INDEX tasks_by_role ON task (role, unit, due_on, number, case_id)",
)
POSTGRESQL_SCHEMA = (
    """
CREATE TABLE cases (
    id VARCHAR COLLATE "C" NOT NULL,
    number VARCHAR COLLATE "C" NOT NULL,
    workflow VARCHAR COLLATE "C" NOT NULL,
    digest VARCHAR COLLATE "C" NOT NULL,
    title VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    phase VARCHAR COLLATE "C",
    lead VARCHAR COLLATE "C",
    final BOOLEAN NOT NULL,
    units VARCHAR COLLATE "C" NOT NULL,
    viewers VARCHAR COLLATE "C" NOT NULL,
    opened_on VARCHAR COLLATE "C" NOT NULL,
    entered_on VARCHAR COLLATE "C" NOT NULL,
    last_on VARCHAR COLLATE "C" NOT NULL,
    due_on VARCHAR COLLATE "C",
    yellow_on VARCHAR COLLATE "C",
    red_on VARCHAR COLLATE "C",
    seq INTEGER NOT NULL,
    head VARCHAR COLLATE "C" NOT NULL,
    snapshot BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (number)
)
""",
    "CREATE INDEX cases_by_due ON cases (final, due_on, number)",
    "CREATE INDEX cases_by_state ON cases (workflow, state, number)",
    "CREATE INDEX cases_for_board ON cases (workflow, state, final, due_on, yellow_on, red_on)",
    "CREATE INDEX cases_limited ON cases (number) WHERE (viewers)::text <> ''::text",
    """
CREATE TABLE compiled (
    sha256 VARCHAR COLLATE "C" NOT NULL,
    program VARCHAR COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (sha256)
)
""",
    """
CREATE TABLE definition (
    sha256 VARCHAR COLLATE "C" NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (sha256)
)
""",
    """
CREATE TABLE entry (
    idx BIGSERIAL NOT NULL,
    case_id VARCHAR COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    eid VARCHAR COLLATE "C" NOT NULL,
    hash VARCHAR COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (idx),
    UNIQUE (case_id, seq),
    UNIQUE (eid)
)
""",
    """
CREATE TABLE fact_value (
    case_id VARCHAR COLLATE "C" NOT NULL,
    fact VARCHAR COLLATE "C" NOT NULL,
    edition INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    on_day VARCHAR COLLATE "C" NOT NULL,
    value VARCHAR COLLATE "C",
    PRIMARY KEY (case_id, fact, edition)
)
""",
    "CREATE INDEX values_by_fact ON fact_value (fact, case_id, edition)",
    """
CREATE TABLE file_part (
    sha256 VARCHAR COLLATE "C" NOT NULL,
    part INTEGER NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (sha256, part)
)
""",
    """
CREATE TABLE form (
    case_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    form VARCHAR COLLATE "C" NOT NULL,
    sha256 VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (case_id, name, form)
)
""",
    "CREATE INDEX ix_form_sha256 ON form (sha256)",
    """
CREATE TABLE letter (
    case_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    unit VARCHAR COLLATE "C" NOT NULL,
    number VARCHAR COLLATE "C",
    code VARCHAR COLLATE "C",
    title VARCHAR COLLATE "C" NOT NULL,
    issued_on VARCHAR COLLATE "C" NOT NULL,
    asks VARCHAR COLLATE "C" NOT NULL,
    waiting VARCHAR COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (case_id, name),
    UNIQUE (number),
    UNIQUE (code)
)
""",
    "CREATE INDEX letters_by_case ON letter (case_id, seq, place)",
    "CREATE INDEX letters_by_question ON letter (case_id, asks, state)",
    "CREATE INDEX letters_by_unit ON letter (unit, state)",
    "CREATE INDEX letters_waiting ON letter (waiting)",
    """
CREATE TABLE link (
    target VARCHAR COLLATE "C" NOT NULL,
    workflow VARCHAR COLLATE "C" NOT NULL,
    case_id VARCHAR COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (target, workflow, case_id)
)
""",
    "CREATE INDEX links_by_case ON link (case_id)",
    """
CREATE TABLE meta (
    key VARCHAR COLLATE "C" NOT NULL,
    value VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (key)
)
""",
    """
CREATE TABLE office (
    id SERIAL NOT NULL,
    seq INTEGER NOT NULL,
    head VARCHAR COLLATE "C" NOT NULL,
    snapshot BYTEA NOT NULL,
    PRIMARY KEY (id)
)
""",
    """
CREATE TABLE outbox (
    id VARCHAR COLLATE "C" NOT NULL,
    case_id VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    addressee VARCHAR COLLATE "C" NOT NULL,
    unit VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    next_at VARCHAR COLLATE "C" NOT NULL,
    error VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
)
""",
    "CREATE INDEX outbox_by_case ON outbox (case_id, name)",
    "CREATE INDEX outbox_by_state ON outbox (state, next_at)",
    """
CREATE TABLE refusal (
    id SERIAL NOT NULL,
    at VARCHAR COLLATE "C" NOT NULL,
    officer VARCHAR COLLATE "C" NOT NULL,
    case_id VARCHAR COLLATE "C" NOT NULL,
    asked_for VARCHAR COLLATE "C" NOT NULL,
    gates VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
)
""",
    """
CREATE TABLE search_gram (
    gram VARCHAR COLLATE "C" NOT NULL,
    block BIGINT NOT NULL,
    PRIMARY KEY (gram, block)
)
""",
    """
CREATE TABLE search_text (
    place BIGINT NOT NULL,
    case_id VARCHAR COLLATE "C" NOT NULL,
    number VARCHAR COLLATE "C" NOT NULL,
    title VARCHAR COLLATE "C" NOT NULL,
    facts VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (place),
    UNIQUE (case_id)
)
""",
    """
CREATE TABLE series (
    name VARCHAR COLLATE "C" NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (name)
)
""",
    """
CREATE TABLE step (
    case_id VARCHAR COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    transition VARCHAR COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (case_id, seq)
)
""",
    "CREATE INDEX steps_by_transition ON step (case_id, transition, seq)",
    """
CREATE TABLE task (
    case_id VARCHAR COLLATE "C" NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    transition VARCHAR COLLATE "C" NOT NULL,
    role VARCHAR COLLATE "C" NOT NULL,
    unit VARCHAR COLLATE "C" NOT NULL,
    due_on VARCHAR COLLATE "C" NOT NULL,
    number VARCHAR COLLATE "C" NOT NULL,
    PRIMARY KEY (case_id, kind, transition, role, unit)
)
""",
    "CREATE INDEX tasks_by_role ON task (role, unit, due_on, number, case_id)",
)
POSTGRESQL_DESCRIPTION = (
    "主键 cases（id）",
    "主键 compiled（sha256）",
    "主键 definition（sha256）",
    "主键 entry（idx）",
    "主键 fact_value（case_id, fact, edition）",
    "主键 file_part（sha256, part）",
    "主键 form（case_id, name, form）",
    "主键 letter（case_id, name）",
    "主键 link（target, workflow, case_id）",
    "主键 meta（key）",
    "主键 office（id）",
    "主键 outbox（id）",
    "主键 refusal（id）",
    "主键 search_gram（gram, block）",
    "主键 search_text（place）",
    "主键 series（name）",
    "主键 step（case_id, seq）",
    "主键 task（case_id, kind, transition, role, unit）",
    "列 cases.digest：character varying not null C",
    "列 cases.due_on：character varying C",
    "列 cases.entered_on：character varying not null C",
    "列 cases.final：boolean not null",
    "列 cases.head：character varying not null C",
    "列 cases.id：character varying not null C",
    "列 cases.last_on：character varying not null C",
    "列 cases.lead：character varying C",
    "列 cases.number：character varying not null C",
    "列 cases.opened_on：character varying not null C",
    "列 cases.phase：character varying C",
    "列 cases.red_on：character varying C",
    "列 cases.seq：integer not null",
    "列 cases.snapshot：bytea not null",
    "列 cases.state：character varying not null C",
    "列 cases.title：character varying not null C",
    "列 cases.units：character varying not null C",
    "列 cases.viewers：character varying not null C",
    "列 cases.workflow：character varying not null C",
    "列 cases.yellow_on：character varying C",
    "列 compiled.body：bytea not null",
    "列 compiled.program：character varying not null C",
    "列 compiled.sha256：character varying not null C",
    "列 definition.body：bytea not null",
    "列 definition.kind：character varying not null C",
    "列 definition.name：character varying not null C",
    "列 definition.sha256：character varying not null C",
    "列 entry.body：bytea not null",
    "列 entry.case_id：character varying not null C",
    "列 entry.eid：character varying not null C",
    "列 entry.hash：character varying not null C",
    "列 entry.idx：bigint not null",
    "列 entry.seq：integer not null",
    "列 fact_value.case_id：character varying not null C",
    "列 fact_value.edition：integer not null",
    "列 fact_value.fact：character varying not null C",
    "列 fact_value.on_day：character varying not null C",
    "列 fact_value.seq：integer not null",
    "列 fact_value.value：character varying C",
    "列 file_part.body：bytea not null",
    "列 file_part.part：integer not null",
    "列 file_part.sha256：character varying not null C",
    "列 form.case_id：character varying not null C",
    "列 form.form：character varying not null C",
    "列 form.name：character varying not null C",
    "列 form.sha256：character varying not null C",
    "列 letter.asks：character varying not null C",
    "列 letter.body：bytea not null",
    "列 letter.case_id：character varying not null C",
    "列 letter.code：character varying C",
    "列 letter.issued_on：character varying not null C",
    "列 letter.name：character varying not null C",
    "列 letter.number：character varying C",
    "列 letter.place：integer not null",
    "列 letter.seq：integer not null",
    "列 letter.state：character varying not null C",
    "列 letter.title：character varying not null C",
    "列 letter.unit：character varying not null C",
    "列 letter.waiting：character varying not null C",
    "列 link.case_id：character varying not null C",
    "列 link.seq：integer not null",
    "列 link.target：character varying not null C",
    "列 link.workflow：character varying not null C",
    "列 meta.key：character varying not null C",
    "列 meta.value：character varying not null C",
    "列 office.head：character varying not null C",
    "列 office.id：integer not null",
    "列 office.seq：integer not null",
    "列 office.snapshot：bytea not null",
    "列 outbox.addressee：character varying not null C",
    "列 outbox.attempts：integer not null",
    "列 outbox.case_id：character varying not null C",
    "列 outbox.error：character varying not null C",
    "列 outbox.id：character varying not null C",
    "列 outbox.name：character varying not null C",
    "列 outbox.next_at：character varying not null C",
    "列 outbox.state：character varying not null C",
    "列 outbox.unit：character varying not null C",
    "列 refusal.asked_for：character varying not null C",
    "列 refusal.at：character varying not null C",
    "列 refusal.case_id：character varying not null C",
    "列 refusal.gates：character varying not null C",
    "列 refusal.id：integer not null",
    "列 refusal.officer：character varying not null C",
    "列 search_gram.block：bigint not null",
    "列 search_gram.gram：character varying not null C",
    "列 search_text.case_id：character varying not null C",
    "列 search_text.facts：character varying not null C",
    "列 search_text.number：character varying not null C",
    "列 search_text.place：bigint not null",
    "列 search_text.title：character varying not null C",
    "列 series.last：integer not null",
    "列 series.name：character varying not null C",
    "列 step.body：bytea not null",
    "列 step.case_id：character varying not null C",
    "列 step.seq：integer not null",
    "列 step.transition：character varying not null C",
    "列 task.case_id：character varying not null C",
    "列 task.due_on：character varying not null C",
    "列 task.kind：character varying not null C",
    "列 task.number：character varying not null C",
    "列 task.role：character varying not null C",
    "列 task.transition：character varying not null C",
    "列 task.unit：character varying not null C",
    "唯一 cases（number）",
    "唯一 entry（case_id, seq）",
    "唯一 entry（eid）",
    "唯一 letter（code）",
    "唯一 letter（number）",
    "唯一 search_text（case_id）",
    "索引 cases_by_due cases（final, due_on, number）",
    "索引 cases_by_state cases（workflow, state, number）",
    "索引 cases_for_board cases（workflow, state, final, due_on, yellow_on, red_on）",
    "索引 cases_limited cases（number） WHERE ((viewers)::text <> ''::text)",
    "索引 ix_form_sha256 form（sha256）",
    "索引 letters_by_case letter（case_id, seq, place）",
    "索引 letters_by_question letter（case_id, asks, state）",
    "索引 letters_by_unit letter（unit, state）",
    "索引 letters_waiting letter（waiting）",
    "索引 links_by_case link（case_id）",
    "索引 outbox_by_case outbox（case_id, name）",
    "索引 outbox_by_state outbox（state, next_at）",
    "索引 steps_by_transition step（case_id, transition, seq）",
    "索引 tasks_by_role task（role, unit, due_on, number, case_id）",
    "索引 values_by_fact fact_value（fact, case_id, edition）",
)
APPEND_ENTRY = Statement(
    """
INSERT INTO entry (case_id, seq, eid, hash, body) VALUES (:case_id, :seq, :eid, :hash, :body)
""",
    """
SELECT append_entry(CAST(%(case_id)s::VARCHAR AS TEXT), CAST(%(seq)s::INTEGER AS INTEGER),
CAST(%(eid)s::VARCHAR AS TEXT), CAST(%(hash)s::VARCHAR AS TEXT), %(body)s) AS append_entry_1
""",
)
ENTRY = Statement(
    """
SELECT entry.body, entry.hash
FROM entry
WHERE entry.eid = :eid
""",
    """
SELECT entry.body, entry.hash
FROM entry
WHERE entry.eid = %(eid)s::VARCHAR
""",
)
PLACE_OF_ENTRY = Statement(
    """
SELECT entry.idx
FROM entry
WHERE entry.eid = :eid
""",
    """
SELECT entry.idx
FROM entry
WHERE entry.eid = %(eid)s::VARCHAR
""",
)
ENTRIES_OF_CASE = Statement(
    """
SELECT entry.case_id, entry.seq, entry.idx, entry.hash, CAST(entry.body AS BLOB) AS body, entry.eid
FROM entry
WHERE entry.case_id = :case_id AND entry.seq > :after ORDER BY entry.seq
LIMIT :most OFFSET 0
""",
    """
SELECT entry.case_id, entry.seq, entry.idx, entry.hash, CAST(entry.body AS BYTEA) AS body, entry.eid
FROM entry
WHERE entry.case_id = %(case_id)s::VARCHAR AND entry.seq > %(after)s::INTEGER ORDER BY entry.seq
LIMIT %(most)s::INTEGER
""",
)
ENTRIES_BY_CHAIN = Statement(
    """
SELECT entry.case_id, entry.seq, entry.idx, entry.hash, CAST(entry.body AS BLOB) AS body, entry.eid
FROM entry
WHERE (entry.case_id, entry.seq) > (:case_id, :seq) ORDER BY entry.case_id, entry.seq
LIMIT :most OFFSET 0
""",
    """
SELECT entry.case_id, entry.seq, entry.idx, entry.hash, CAST(entry.body AS BYTEA) AS body, entry.eid
FROM entry
WHERE (entry.case_id, entry.seq) > (%(case_id)s::VARCHAR, %(seq)s::INTEGER) ORDER BY entry.case_id,
entry.seq
LIMIT %(most)s::INTEGER
""",
)
ENTRIES_BY_TIME = Statement(
    """
SELECT entry.idx, entry.case_id, entry.seq, CAST(entry.body AS BLOB) AS body
FROM entry
WHERE entry.idx > :after AND entry.idx <= :upto ORDER BY entry.idx
LIMIT :most OFFSET 0
""",
    """
SELECT entry.idx, entry.case_id, entry.seq, CAST(entry.body AS BYTEA) AS body
FROM entry
WHERE entry.idx > %(after)s::BIGINT AND entry.idx <= %(upto)s::BIGINT ORDER BY entry.idx
LIMIT %(most)s::INTEGER
""",
)
WHOLE_ENTRIES = Statement(
    """
SELECT entry.idx, entry.case_id, entry.seq, entry.eid, entry.hash, CAST(entry.body AS BLOB) AS body
FROM entry
WHERE entry.idx > :after AND entry.idx <= :upto ORDER BY entry.idx
LIMIT :most OFFSET 0
""",
    """
SELECT entry.idx, entry.case_id, entry.seq, entry.eid, entry.hash, CAST(entry.body AS BYTEA) AS body
FROM entry
WHERE entry.idx > %(after)s::BIGINT AND entry.idx <= %(upto)s::BIGINT ORDER BY entry.idx
LIMIT %(most)s::INTEGER
""",
)
LAST_BODY = Statement(
    """
SELECT entry.body
FROM entry ORDER BY entry.idx DESC
LIMIT 1 OFFSET 0
""",
    """
SELECT entry.body
FROM entry ORDER BY entry.idx DESC
LIMIT 1
""",
)
LAST_INDEX = Statement(
    """
SELECT coalesce(max(entry.idx), 0) AS coalesce_1
FROM entry
""",
    """
SELECT coalesce(max(entry.idx), 0) AS coalesce_1
FROM entry
""",
)
WRONG_TYPES = Statement(
    """
SELECT entry.idx, entry.case_id
FROM entry
WHERE typeof(entry.case_id) != 'text' OR typeof(entry.seq) != 'integer' OR typeof(entry.eid) !=
'text' OR typeof(entry.hash) != 'text' OR typeof(entry.body) != 'blob'
""",
    "",
)
OFFICE_HEAD = Statement(
    """
SELECT office.head
FROM office
WHERE office.id = 1
""",
    """
SELECT office.head
FROM office
WHERE office.id = 1
""",
)
OFFICE = Statement(
    """
SELECT office.seq, office.head, office.snapshot
FROM office
WHERE office.id = 1
""",
    """
SELECT office.seq, office.head, office.snapshot
FROM office
WHERE office.id = 1
""",
)
PUT_OFFICE = Statement(
    """
INSERT INTO office (id, seq, head, snapshot) VALUES (1, :seq, :head, :snapshot) ON CONFLICT (id) DO
UPDATE SET seq = excluded.seq, head = excluded.head, snapshot = excluded.snapshot
""",
    """
INSERT INTO office (id, seq, head, snapshot) VALUES (1, %(seq)s::INTEGER, %(head)s::VARCHAR,
%(snapshot)s) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, head = excluded.head, snapshot =
excluded.snapshot
""",
)
DEFINITION = Statement(
    """
SELECT CAST(definition.body AS BLOB) AS body
FROM definition
WHERE definition.sha256 = :sha256
""",
    """
SELECT CAST(definition.body AS BYTEA) AS body
FROM definition
WHERE definition.sha256 = %(sha256)s::VARCHAR
""",
)
DEFINITION_AS_STORED = Statement(
    """
SELECT definition.body
FROM definition
WHERE definition.sha256 = :sha256
""",
    """
SELECT definition.body
FROM definition
WHERE definition.sha256 = %(sha256)s::VARCHAR
""",
)
DEFINITIONS = Statement(
    """
SELECT definition.sha256, definition.kind, definition.name
FROM definition
""",
    """
SELECT definition.sha256, definition.kind, definition.name
FROM definition
""",
)
PUT_DEFINITION = Statement(
    """
INSERT INTO definition (sha256, kind, name, body) VALUES (:sha256, :kind, :name, :body) ON CONFLICT
DO NOTHING
""",
    """
SELECT put_definition(CAST(%(sha256)s::VARCHAR AS TEXT), CAST(%(kind)s::VARCHAR AS TEXT),
CAST(%(name)s::VARCHAR AS TEXT), %(body)s) AS put_definition_1
""",
)
FILE_PART = Statement(
    "",
    """
SELECT file_part.body
FROM file_part
WHERE file_part.sha256 = %(sha256)s::VARCHAR AND file_part.part = %(part)s::INTEGER
""",
)
PUT_FILE_PART = Statement(
    "",
    """
INSERT INTO file_part (sha256, part, body) VALUES (%(sha256)s::VARCHAR, %(part)s::INTEGER, %(body)s)
ON CONFLICT DO NOTHING
""",
)
FILES_KEPT = Statement(
    "",
    """
SELECT file_part.sha256
FROM file_part
WHERE file_part.sha256 > %(after)s::VARCHAR AND file_part.part = 0 ORDER BY file_part.sha256
LIMIT %(most)s::INTEGER
""",
)
COMPILED = Statement(
    """
SELECT CAST(compiled.body AS BLOB) AS body
FROM compiled
WHERE compiled.sha256 = :sha256 AND compiled.program = :program
""",
    """
SELECT CAST(compiled.body AS BYTEA) AS body
FROM compiled
WHERE compiled.sha256 = %(sha256)s::VARCHAR AND compiled.program = %(program)s::VARCHAR
""",
)
COMPILED_DIGESTS = Statement(
    """
SELECT compiled.sha256
FROM compiled ORDER BY compiled.sha256
""",
    """
SELECT compiled.sha256
FROM compiled ORDER BY compiled.sha256
""",
)
NEXT_NUMBER = Statement(
    """
INSERT INTO series (name, last) VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET last =
(series.last + 1) RETURNING last
""",
    """
INSERT INTO series (name, last) VALUES (%(name)s::VARCHAR, 1) ON CONFLICT (name) DO UPDATE SET last
= (series.last + 1) RETURNING series.last
""",
)
LAST_NUMBER = Statement(
    """
SELECT series.last
FROM series
WHERE series.name = :name
""",
    """
SELECT series.last
FROM series
WHERE series.name = %(name)s::VARCHAR
""",
)
LAST_NUMBERS = Statement(
    """
SELECT series.name, series.last
FROM series
""",
    """
SELECT series.name, series.last
FROM series
""",
)
PUT_LAST_NUMBER = Statement(
    """
INSERT INTO series (name, last) VALUES (:name, :last) ON CONFLICT (name) DO UPDATE SET last =
excluded.last
""",
    """
INSERT INTO series (name, last) VALUES (%(name)s::VARCHAR, %(last)s::INTEGER) ON CONFLICT (name) DO
UPDATE SET last = excluded.last
""",
)
PUT_REFUSAL = Statement(
    """
INSERT INTO refusal (at, officer, case_id, asked_for, gates) VALUES (:at, :officer, :case_id,
:asked_for, :gates)
""",
    """
INSERT INTO refusal (at, officer, case_id, asked_for, gates) VALUES (%(at)s::VARCHAR,
%(officer)s::VARCHAR, %(case_id)s::VARCHAR, %(asked_for)s::VARCHAR, %(gates)s::VARCHAR)
""",
)
REFUSALS = Statement(
    """
SELECT refusal.id, refusal.at, refusal.officer, refusal.case_id, refusal.asked_for, refusal.gates
FROM refusal
WHERE refusal.id > :after ORDER BY refusal.id
LIMIT :most OFFSET 0
""",
    """
SELECT refusal.id, refusal.at, refusal.officer, refusal.case_id, refusal.asked_for, refusal.gates
FROM refusal
WHERE refusal.id > %(after)s::INTEGER ORDER BY refusal.id
LIMIT %(most)s::INTEGER
""",
)
COUNT_REFUSALS = Statement(
    """
SELECT count(*) AS count_1
FROM refusal
""",
    """
SELECT count(*) AS count_1
FROM refusal
""",
)
META = Statement(
    """
SELECT meta.value
FROM meta
WHERE meta."key" = :key
""",
    """
SELECT meta.value
FROM meta
WHERE meta.key = %(key)s::VARCHAR
""",
)
PUT_META = Statement(
    """
INSERT INTO meta ("key", value) VALUES (:key, :value)
""",
    "INSERT INTO meta (key, value) VALUES (%(key)s::VARCHAR, %(value)s::VARCHAR)",
)
CASE = Statement(
    """
SELECT cases.digest, cases.snapshot
FROM cases
WHERE cases.id = :id
""",
    """
SELECT cases.digest, cases.snapshot
FROM cases
WHERE cases.id = %(id)s::VARCHAR
""",
)
CASE_NUMBERED = Statement(
    """
SELECT cases.digest, cases.snapshot
FROM cases
WHERE cases.number = :number
""",
    """
SELECT cases.digest, cases.snapshot
FROM cases
WHERE cases.number = %(number)s::VARCHAR
""",
)
CASE_ROW = Statement(
    """
SELECT cases.id, cases.number, cases.workflow, cases.digest, cases.title, cases.state, cases.phase,
cases.lead, cases.final, cases.units, cases.viewers, cases.opened_on, cases.entered_on,
cases.last_on, cases.due_on, cases.yellow_on, cases.red_on, cases.seq, cases.head, cases.snapshot
FROM cases
WHERE cases.id = :id
""",
    """
SELECT cases.id, cases.number, cases.workflow, cases.digest, cases.title, cases.state, cases.phase,
cases.lead, cases.final, cases.units, cases.viewers, cases.opened_on, cases.entered_on,
cases.last_on, cases.due_on, cases.yellow_on, cases.red_on, cases.seq, cases.head, cases.snapshot
FROM cases
WHERE cases.id = %(id)s::VARCHAR
""",
)
PLACE_OF_CASE = Statement(
    """
SELECT cases.seq, cases.head
FROM cases
WHERE cases.id = :id
""",
    """
SELECT cases.seq, cases.head
FROM cases
WHERE cases.id = %(id)s::VARCHAR
""",
)
NUMBER_OF_CASE = Statement(
    """
SELECT cases.number
FROM cases
WHERE cases.id = :id
""",
    """
SELECT cases.number
FROM cases
WHERE cases.id = %(id)s::VARCHAR
""",
)
ADD_CASE = Statement(
    """
INSERT INTO cases (id, number, workflow, digest, title, state, phase, lead, final, units, viewers,
opened_on, entered_on, last_on, due_on, yellow_on, red_on, seq, head, snapshot) VALUES (:id,
:number, :workflow, :digest, :title, :state, :phase, :lead, :final, :units, :viewers, :opened_on,
:entered_on, :last_on, :due_on, :yellow_on, :red_on, :seq, :head, :snapshot)
""",
    """
INSERT INTO cases (id, number, workflow, digest, title, state, phase, lead, final, units, viewers,
opened_on, entered_on, last_on, due_on, yellow_on, red_on, seq, head, snapshot) VALUES
(%(id)s::VARCHAR, %(number)s::VARCHAR, %(workflow)s::VARCHAR, %(digest)s::VARCHAR,
%(title)s::VARCHAR, %(state)s::VARCHAR, %(phase)s::VARCHAR, %(lead)s::VARCHAR, %(final)s,
%(units)s::VARCHAR, %(viewers)s::VARCHAR, %(opened_on)s::VARCHAR, %(entered_on)s::VARCHAR,
%(last_on)s::VARCHAR, %(due_on)s::VARCHAR, %(yellow_on)s::VARCHAR, %(red_on)s::VARCHAR,
%(seq)s::INTEGER, %(head)s::VARCHAR, %(snapshot)s)
""",
)
MOVE_CASE = Statement(
    """
UPDATE cases SET number=:number, workflow=:workflow, digest=:digest, title=:title, state=:state,
phase=:phase, lead=:lead, final=:final, units=:units, viewers=:viewers, opened_on=:opened_on,
entered_on=:entered_on, last_on=:last_on, due_on=:due_on, yellow_on=:yellow_on, red_on=:red_on,
seq=:seq, head=:head, snapshot=:snapshot WHERE cases.id = :id AND cases.seq = :seq - 1
""",
    """
UPDATE cases SET number=%(number)s::VARCHAR, workflow=%(workflow)s::VARCHAR,
digest=%(digest)s::VARCHAR, title=%(title)s::VARCHAR, state=%(state)s::VARCHAR,
phase=%(phase)s::VARCHAR, lead=%(lead)s::VARCHAR, final=%(final)s, units=%(units)s::VARCHAR,
viewers=%(viewers)s::VARCHAR, opened_on=%(opened_on)s::VARCHAR, entered_on=%(entered_on)s::VARCHAR,
last_on=%(last_on)s::VARCHAR, due_on=%(due_on)s::VARCHAR, yellow_on=%(yellow_on)s::VARCHAR,
red_on=%(red_on)s::VARCHAR, seq=%(seq)s::INTEGER, head=%(head)s::VARCHAR, snapshot=%(snapshot)s
WHERE cases.id = %(id)s::VARCHAR AND cases.seq = %(seq)s::INTEGER - 1
""",
)
LATEST_CASES = Statement(
    """
SELECT cases.number, cases.title
FROM cases ORDER BY cases.number DESC
LIMIT :most OFFSET 0
""",
    """
SELECT cases.number, cases.title
FROM cases ORDER BY cases.number DESC
LIMIT %(most)s::INTEGER
""",
)
CASES_NEVER_OPENED = Statement(
    """
SELECT cases.number
FROM cases
WHERE cases.id = 'office' OR NOT (EXISTS (SELECT 1
FROM entry
WHERE entry.case_id = cases.id AND entry.seq = 1))
""",
    """
SELECT cases.number
FROM cases
WHERE cases.id = 'office' OR NOT (EXISTS (SELECT 1
FROM entry
WHERE entry.case_id = cases.id AND entry.seq = 1))
""",
)
LIST_CASES = Statement(
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on
FROM cases
WHERE cases.number > :after AND {filters} ORDER BY cases.number
LIMIT :most OFFSET :skip
""",
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on
FROM cases
WHERE cases.number > %(after)s::VARCHAR AND {filters} ORDER BY cases.number
LIMIT %(most)s::INTEGER OFFSET %(skip)s::INTEGER
""",
)
LIST_CASES_WITH_SNAPSHOT = Statement(
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on, cases.snapshot
FROM cases
WHERE cases.number > :after AND {filters} ORDER BY cases.number
LIMIT :most OFFSET :skip
""",
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on, cases.snapshot
FROM cases
WHERE cases.number > %(after)s::VARCHAR AND {filters} ORDER BY cases.number
LIMIT %(most)s::INTEGER OFFSET %(skip)s::INTEGER
""",
)
CASES_TO_DATE = Statement(
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on, cases.id, cases.units, cases.opened_on, entry.body
FROM cases JOIN entry ON entry.case_id = cases.id AND entry.seq = cases.seq
WHERE cases.number > :after AND {filters} ORDER BY cases.number
LIMIT :most OFFSET :skip
""",
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on, cases.id, cases.units, cases.opened_on, entry.body
FROM cases JOIN entry ON entry.case_id = cases.id AND entry.seq = cases.seq
WHERE cases.number > %(after)s::VARCHAR AND {filters} ORDER BY cases.number
LIMIT %(most)s::INTEGER OFFSET %(skip)s::INTEGER
""",
)
LISTED_CASE = Statement(
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on, cases.snapshot
FROM cases
WHERE cases.id = :id
""",
    """
SELECT cases.number, cases.title, cases.workflow, cases.digest, cases.state, cases.phase,
cases.lead, cases.final, cases.entered_on, cases.last_on, cases.due_on, cases.yellow_on,
cases.red_on, cases.snapshot
FROM cases
WHERE cases.id = %(id)s::VARCHAR
""",
)
BOARD = Statement(
    """
SELECT cases.workflow, cases.state, count(*) AS count_1, sum(CASE WHEN coalesce(cases.red_on <=
:today, FALSE) THEN 0 WHEN coalesce(cases.yellow_on <= :today, FALSE) THEN 1 ELSE 0 END) AS sum_1,
sum(CASE WHEN coalesce(cases.red_on <= :today, FALSE) THEN 1 ELSE 0 END) AS sum_2
FROM cases
WHERE {filters} GROUP BY cases.workflow, cases.state
""",
    """
SELECT cases.workflow, cases.state, count(*) AS count_1, sum(CASE WHEN coalesce(cases.red_on <=
%(today)s::VARCHAR, FALSE) THEN 0 WHEN coalesce(cases.yellow_on <= %(today)s::VARCHAR, FALSE) THEN 1
ELSE 0 END) AS sum_1, sum(CASE WHEN coalesce(cases.red_on <= %(today)s::VARCHAR, FALSE) THEN 1 ELSE
0 END) AS sum_2
FROM cases
WHERE {filters} GROUP BY cases.workflow, cases.state
""",
)
IN_SOME_STATE = Statement(
    "cases.state != ''",
    "cases.state != ''",
)
OF_WORKFLOW = Statement(
    "cases.workflow = :workflow",
    "cases.workflow = %(workflow)s::VARCHAR",
)
IN_STATE = Statement(
    "cases.state = :state",
    "cases.state = %(state)s::VARCHAR",
)
IN_PHASE = Statement(
    "cases.phase = :phase",
    "cases.phase = %(phase)s::VARCHAR",
)
NAMING_UNIT = Statement(
    "instr(cases.units, ',' || :unit || ',') > 0",
    "strpos(cases.units, ',' || %(unit)s::VARCHAR || ',') > 0",
)
DUE_BEFORE = Statement(
    "cases.final IS 0 AND cases.due_on < :due_before",
    "cases.final IS false AND cases.due_on < %(due_before)s::VARCHAR",
)
LED_BY_OR_NAMING = Statement(
    """
cases.lead IN (SELECT role.value
FROM json_each(:roles) AS role) OR instr(cases.units, ',' || :mine || ',') > 0
""",
    """
cases.lead IN (SELECT role.value
FROM jsonb_array_elements_text(CAST(%(roles)s::VARCHAR AS JSONB)) AS role) OR strpos(cases.units,
',' || %(mine)s::VARCHAR || ',') > 0
""",
)
SEEN_BY = Statement(
    """
cases.viewers = '' OR (EXISTS (SELECT part.value
FROM json_each(:parts) AS part
WHERE instr(cases.viewers, ',' || part.value || ',') > 0))
""",
    """
cases.viewers = '' OR (EXISTS (SELECT part.value
FROM jsonb_array_elements_text(CAST(%(parts)s::VARCHAR AS JSONB)) AS part
WHERE strpos(cases.viewers, ',' || part.value || ',') > 0))
""",
)
ANY_LIMITED = Statement(
    """
SELECT cases.number
FROM cases
WHERE cases.viewers != ''
LIMIT 1 OFFSET 0
""",
    """
SELECT cases.number
FROM cases
WHERE cases.viewers != ''
LIMIT 1
""",
)
UNSEEN_IN = Statement(
    """
SELECT cases.number
FROM cases
WHERE cases.viewers != '' AND NOT (cases.viewers = '' OR (EXISTS (SELECT part.value
FROM json_each(:parts) AS part
WHERE instr(cases.viewers, ',' || part.value || ',') > 0))) AND instr(:text, cases.number) > 0
""",
    """
SELECT cases.number
FROM cases
WHERE cases.viewers != '' AND NOT (cases.viewers = '' OR (EXISTS (SELECT part.value
FROM jsonb_array_elements_text(CAST(%(parts)s::VARCHAR AS JSONB)) AS part
WHERE strpos(cases.viewers, ',' || part.value || ',') > 0))) AND strpos(%(text)s::VARCHAR,
cases.number) > 0
""",
)
OPENED_BY = Statement(
    "cases.opened_on <= :opened_by",
    "cases.opened_on <= %(opened_by)s::VARCHAR",
)
OPENED_BETWEEN = Statement(
    "cases.opened_on BETWEEN :first_day AND :last_day",
    "cases.opened_on BETWEEN %(first_day)s::VARCHAR AND %(last_day)s::VARCHAR",
)
ADD_SEARCH_TEXT = Statement(
    """
INSERT INTO search_text (place, case_id, number, title, facts) SELECT
coalesce(max(search_text.place), 0) + 1 AS anon_1, :case_id AS anon_2, :number AS anon_3, :title AS
anon_4, :facts AS anon_5
FROM search_text
""",
    """
INSERT INTO search_text (place, case_id, number, title, facts) SELECT
coalesce(max(search_text.place), 0) + 1 AS anon_1, %(case_id)s::VARCHAR AS anon_2,
%(number)s::VARCHAR AS anon_3, %(title)s::VARCHAR AS anon_4, %(facts)s::VARCHAR AS anon_5
FROM search_text
""",
)
CHANGE_SEARCH_TEXT = Statement(
    """
UPDATE search_text SET number=:number, title=:title, facts=:facts WHERE search_text.case_id =
:case_id
""",
    """
UPDATE search_text SET number=%(number)s::VARCHAR, title=%(title)s::VARCHAR,
facts=%(facts)s::VARCHAR WHERE search_text.case_id = %(case_id)s::VARCHAR
""",
)
SEARCH_TEXT = Statement(
    """
SELECT search_text.number, search_text.title, search_text.facts
FROM search_text
WHERE search_text.case_id = :case_id
""",
    """
SELECT search_text.number, search_text.title, search_text.facts
FROM search_text
WHERE search_text.case_id = %(case_id)s::VARCHAR
""",
)
ADD_GRAMS = Statement(
    """
INSERT INTO search_gram (gram, block) SELECT asked.value, search_text.place >> 7 AS anon_1
FROM search_text JOIN json_each(:grams) AS asked ON TRUE = 1
WHERE search_text.case_id = :case_id ON CONFLICT DO NOTHING
""",
    """
INSERT INTO search_gram (gram, block) SELECT asked.value, search_text.place >> 7 AS anon_1
FROM search_text JOIN jsonb_array_elements_text(CAST(%(grams)s::VARCHAR AS JSONB)) AS asked ON TRUE
WHERE search_text.case_id = %(case_id)s::VARCHAR ON CONFLICT DO NOTHING
""",
)
DROP_GRAMS = Statement(
    """
DELETE FROM search_gram WHERE search_gram.gram IN (SELECT asked.value
FROM json_each(:grams) AS asked) AND search_gram.block = (SELECT search_text.place >> 7 AS anon_1
FROM search_text
WHERE search_text.case_id = :case_id) AND NOT (EXISTS (SELECT 1
FROM search_text
WHERE search_text.place BETWEEN search_gram.block * 128 AND search_gram.block * 128 + 127 AND
(instr(search_text.number, search_gram.gram) > 0 OR instr(search_text.title, search_gram.gram) > 0
OR instr(search_text.facts, search_gram.gram) > 0)))
""",
    """
DELETE FROM search_gram WHERE search_gram.gram IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(grams)s::VARCHAR AS JSONB)) AS asked) AND search_gram.block =
(SELECT search_text.place >> 7 AS anon_1
FROM search_text
WHERE search_text.case_id = %(case_id)s::VARCHAR) AND NOT (EXISTS (SELECT 1
FROM search_text
WHERE search_text.place BETWEEN search_gram.block * 128 AND search_gram.block * 128 + 127 AND
(strpos(search_text.number, search_gram.gram) > 0 OR strpos(search_text.title, search_gram.gram) > 0
OR strpos(search_text.facts, search_gram.gram) > 0)))
""",
)
COUNT_GRAMS = Statement(
    """
SELECT count(*) AS count_1
FROM search_gram
WHERE search_gram.gram IN (SELECT asked.value
FROM json_each(:grams) AS asked) AND search_gram.block = (SELECT search_text.place >> 7 AS anon_1
FROM search_text
WHERE search_text.case_id = :case_id)
""",
    """
SELECT count(*) AS count_1
FROM search_gram
WHERE search_gram.gram IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(grams)s::VARCHAR AS JSONB)) AS asked) AND search_gram.block =
(SELECT search_text.place >> 7 AS anon_1
FROM search_text
WHERE search_text.case_id = %(case_id)s::VARCHAR)
""",
)
BLOCKS_WITH = Statement(
    """
SELECT search_gram.block
FROM search_gram
WHERE search_gram.gram IN (SELECT asked.value
FROM json_each(:grams) AS asked) GROUP BY search_gram.block
HAVING count(*) = :many
""",
    """
SELECT search_gram.block
FROM search_gram
WHERE search_gram.gram IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(grams)s::VARCHAR AS JSONB)) AS asked) GROUP BY
search_gram.block
HAVING count(*) = %(many)s::INTEGER
""",
)
BLOCKS_BETWEEN = Statement(
    """
SELECT DISTINCT search_gram.block
FROM search_gram
WHERE search_gram.gram BETWEEN :low AND :high
""",
    """
SELECT DISTINCT search_gram.block
FROM search_gram
WHERE search_gram.gram BETWEEN %(low)s::VARCHAR AND %(high)s::VARCHAR
""",
)
SEARCH = Statement(
    """
SELECT search_text.case_id, search_text.number, search_text.title, search_text.facts
FROM json_each(:blocks) AS asked JOIN search_text ON search_text.place BETWEEN CAST(asked.value AS
INTEGER) * 128 AND CAST(asked.value AS INTEGER) * 128 + 127
WHERE instr(search_text.number, :part) > 0 OR instr(search_text.title, :part) > 0 OR
instr(search_text.facts, :part) > 0 OR :units != '[]' AND (EXISTS (SELECT 1
FROM json_each(:units) AS named
WHERE instr(search_text.facts, named.value) > 0))
""",
    """
SELECT search_text.case_id, search_text.number, search_text.title, search_text.facts
FROM jsonb_array_elements_text(CAST(%(blocks)s::VARCHAR AS JSONB)) AS asked JOIN search_text ON
search_text.place BETWEEN CAST(asked.value AS BIGINT) * 128 AND CAST(asked.value AS BIGINT) * 128 +
127
WHERE strpos(search_text.number, %(part)s::VARCHAR) > 0 OR strpos(search_text.title,
%(part)s::VARCHAR) > 0 OR strpos(search_text.facts, %(part)s::VARCHAR) > 0 OR %(units)s::VARCHAR !=
'[]' AND (EXISTS (SELECT 1
FROM jsonb_array_elements_text(CAST(%(units)s::VARCHAR AS JSONB)) AS named
WHERE strpos(search_text.facts, named.value) > 0))
""",
)
CASES_NAMED = Statement(
    """
SELECT cases.number, cases.title
FROM json_each(:blocks) AS asked JOIN search_text ON search_text.place BETWEEN CAST(asked.value AS
INTEGER) * 128 AND CAST(asked.value AS INTEGER) * 128 + 127 JOIN cases ON cases.id =
search_text.case_id
WHERE (instr(search_text.number, :part) > 0 OR instr(search_text.title, :part) > 0) AND {filters}
ORDER BY cases.title != :text, cases.number
LIMIT :most OFFSET 0
""",
    """
SELECT cases.number, cases.title
FROM jsonb_array_elements_text(CAST(%(blocks)s::VARCHAR AS JSONB)) AS asked JOIN search_text ON
search_text.place BETWEEN CAST(asked.value AS BIGINT) * 128 AND CAST(asked.value AS BIGINT) * 128 +
127 JOIN cases ON cases.id = search_text.case_id
WHERE (strpos(search_text.number, %(part)s::VARCHAR) > 0 OR strpos(search_text.title,
%(part)s::VARCHAR) > 0) AND {filters} ORDER BY cases.title != %(text)s::VARCHAR, cases.number
LIMIT %(most)s::INTEGER
""",
)
GRAMS_TOO_MANY = Statement(
    """
SELECT search_gram.gram, search_gram.block
FROM search_gram
WHERE length(search_gram.gram) != 2 OR substr(search_gram.gram, 1, 1) < ' ' OR NOT (EXISTS (SELECT 1
FROM search_text
WHERE search_text.place BETWEEN search_gram.block * 128 AND search_gram.block * 128 + 127 AND
(instr(search_text.number, search_gram.gram) > 0 OR instr(search_text.title, search_gram.gram) > 0
OR instr(search_text.facts, search_gram.gram) > 0)))
""",
    """
SELECT search_gram.gram, search_gram.block
FROM search_gram
WHERE length(search_gram.gram) != 2 OR substr(search_gram.gram, 1, 1) < ' ' OR NOT (EXISTS (SELECT 1
FROM search_text
WHERE search_text.place BETWEEN search_gram.block * 128 AND search_gram.block * 128 + 127 AND
(strpos(search_text.number, search_gram.gram) > 0 OR strpos(search_text.title, search_gram.gram) > 0
OR strpos(search_text.facts, search_gram.gram) > 0)))
""",
)
SEARCHED_CASES = Statement(
    """
SELECT search_text.case_id
FROM search_text
""",
    """
SELECT search_text.case_id
FROM search_text
""",
)
CASES_NOT_SEARCHED = Statement(
    """
SELECT cases.number
FROM cases
WHERE (cases.id NOT IN (SELECT search_text.case_id
FROM search_text))
LIMIT 1 OFFSET 0
""",
    """
SELECT cases.number
FROM cases
WHERE (cases.id NOT IN (SELECT search_text.case_id
FROM search_text))
LIMIT 1
""",
)
FORGET_SEARCH_TEXTS = Statement(
    "DELETE FROM search_text",
    "DELETE FROM search_text",
)
FORGET_GRAMS = Statement(
    "DELETE FROM search_gram",
    "DELETE FROM search_gram",
)
ADD_FACT_VALUES = Statement(
    """
INSERT INTO fact_value (case_id, fact, edition, seq, on_day, value) SELECT :case_id AS anon_1,
moved."key", (SELECT coalesce(max(fact_value.edition), 0) AS coalesce_1
FROM fact_value
WHERE fact_value.case_id = :case_id AND fact_value.fact = moved."key") + 1 AS anon_2, :seq AS
anon_3, :on_day AS anon_4, moved.value
FROM json_each(:moved) AS moved
""",
    """
INSERT INTO fact_value (case_id, fact, edition, seq, on_day, value) SELECT %(case_id)s::VARCHAR AS
anon_1, moved.key, (SELECT coalesce(max(fact_value.edition), 0) AS coalesce_1
FROM fact_value
WHERE fact_value.case_id = %(case_id)s::VARCHAR AND fact_value.fact = moved.key) + 1 AS anon_2,
%(seq)s::INTEGER AS anon_3, %(on_day)s::VARCHAR AS anon_4, moved.value
FROM jsonb_each_text(CAST(%(moved)s::VARCHAR AS JSONB)) AS moved
""",
)
FACT_VALUE = Statement(
    """
SELECT fact_value.seq, fact_value.on_day, fact_value.value
FROM fact_value
WHERE fact_value.case_id = :case_id AND fact_value.fact = :fact AND fact_value.edition = :edition
""",
    """
SELECT fact_value.seq, fact_value.on_day, fact_value.value
FROM fact_value
WHERE fact_value.case_id = %(case_id)s::VARCHAR AND fact_value.fact = %(fact)s::VARCHAR AND
fact_value.edition = %(edition)s::INTEGER
""",
)
EDITIONS_OF_CASE = Statement(
    """
SELECT fact_value.fact, fact_value.edition
FROM fact_value
WHERE fact_value.case_id = :case_id
""",
    """
SELECT fact_value.fact, fact_value.edition
FROM fact_value
WHERE fact_value.case_id = %(case_id)s::VARCHAR
""",
)
VALUE_ON = Statement(
    """
SELECT fact_value.value
FROM fact_value JOIN entry ON entry.case_id = fact_value.case_id AND entry.seq = fact_value.seq
WHERE fact_value.case_id = :case_id AND fact_value.fact = :fact AND fact_value.on_day <= :on_day AND
entry.idx <= :upto ORDER BY fact_value.on_day DESC, fact_value.edition DESC
LIMIT 1 OFFSET 0
""",
    """
SELECT fact_value.value
FROM fact_value JOIN entry ON entry.case_id = fact_value.case_id AND entry.seq = fact_value.seq
WHERE fact_value.case_id = %(case_id)s::VARCHAR AND fact_value.fact = %(fact)s::VARCHAR AND
fact_value.on_day <= %(on_day)s::VARCHAR AND entry.idx <= %(upto)s::BIGINT ORDER BY
fact_value.on_day DESC, fact_value.edition DESC
LIMIT 1
""",
)
VALUES_OVER = Statement(
    """
SELECT fact_value.case_id, cases.number, cases.title, cases.digest, fact_value.fact,
fact_value.value
FROM fact_value JOIN cases ON cases.id = fact_value.case_id JOIN entry ON entry.case_id =
fact_value.case_id AND entry.seq = fact_value.seq
WHERE fact_value.fact IN (SELECT asked.value
FROM json_each(:facts) AS asked) AND fact_value.on_day <= :on_day AND entry.idx < :before AND
cases.workflow IN (SELECT named.value
FROM json_each(:workflows) AS named) ORDER BY fact_value.case_id, fact_value.fact,
fact_value.on_day, fact_value.edition
""",
    """
SELECT fact_value.case_id, cases.number, cases.title, cases.digest, fact_value.fact,
fact_value.value
FROM fact_value JOIN cases ON cases.id = fact_value.case_id JOIN entry ON entry.case_id =
fact_value.case_id AND entry.seq = fact_value.seq
WHERE fact_value.fact IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(facts)s::VARCHAR AS JSONB)) AS asked) AND fact_value.on_day <=
%(on_day)s::VARCHAR AND entry.idx < %(before)s::BIGINT AND cases.workflow IN (SELECT named.value
FROM jsonb_array_elements_text(CAST(%(workflows)s::VARCHAR AS JSONB)) AS named) ORDER BY
fact_value.case_id, fact_value.fact, fact_value.on_day, fact_value.edition
""",
)
VALUES_LINKED = Statement(
    """
SELECT fact_value.case_id, cases.number, cases.title, cases.digest, fact_value.fact,
fact_value.value
FROM fact_value JOIN cases ON cases.id = fact_value.case_id JOIN entry ON entry.case_id =
fact_value.case_id AND entry.seq = fact_value.seq
WHERE fact_value.fact IN (SELECT asked.value
FROM json_each(:facts) AS asked) AND fact_value.on_day <= :on_day AND entry.idx < :before AND
fact_value.case_id IN (SELECT link.case_id
FROM link
WHERE link.target = :target AND link.workflow IN (SELECT named.value
FROM json_each(:workflows) AS named)) ORDER BY fact_value.case_id, fact_value.fact,
fact_value.on_day, fact_value.edition
""",
    """
SELECT fact_value.case_id, cases.number, cases.title, cases.digest, fact_value.fact,
fact_value.value
FROM fact_value JOIN cases ON cases.id = fact_value.case_id JOIN entry ON entry.case_id =
fact_value.case_id AND entry.seq = fact_value.seq
WHERE fact_value.fact IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(facts)s::VARCHAR AS JSONB)) AS asked) AND fact_value.on_day <=
%(on_day)s::VARCHAR AND entry.idx < %(before)s::BIGINT AND fact_value.case_id IN (SELECT
link.case_id
FROM link
WHERE link.target = %(target)s::VARCHAR AND link.workflow IN (SELECT named.value
FROM jsonb_array_elements_text(CAST(%(workflows)s::VARCHAR AS JSONB)) AS named)) ORDER BY
fact_value.case_id, fact_value.fact, fact_value.on_day, fact_value.edition
""",
)
DIGESTS_OF = Statement(
    """
SELECT DISTINCT cases.digest
FROM cases
WHERE cases.workflow IN (SELECT named.value
FROM json_each(:workflows) AS named)
""",
    """
SELECT DISTINCT cases.digest
FROM cases
WHERE cases.workflow IN (SELECT named.value
FROM jsonb_array_elements_text(CAST(%(workflows)s::VARCHAR AS JSONB)) AS named)
""",
)
OPEN_BY_DIGEST = Statement(
    """
SELECT cases.digest, count(*) AS count_1
FROM cases
WHERE cases.final IS 0 GROUP BY cases.digest ORDER BY cases.digest
""",
    """
SELECT cases.digest, count(*) AS count_1
FROM cases
WHERE cases.final IS false GROUP BY cases.digest ORDER BY cases.digest
""",
)
OPEN_CASES = Statement(
    """
SELECT cases.id, cases.digest
FROM cases
WHERE cases.workflow = :workflow AND cases.final IS 0 ORDER BY cases.number
""",
    """
SELECT cases.id, cases.digest
FROM cases
WHERE cases.workflow = %(workflow)s::VARCHAR AND cases.final IS false ORDER BY cases.number
""",
)
FORGET_FACT_VALUES = Statement(
    "DELETE FROM fact_value",
    "DELETE FROM fact_value",
)
STEPS_OF_CASE = Statement(
    """
SELECT step.body
FROM step
WHERE step.case_id = :case_id AND step.seq <= :upto ORDER BY step.seq
""",
    """
SELECT step.body
FROM step
WHERE step.case_id = %(case_id)s::VARCHAR AND step.seq <= %(upto)s::INTEGER ORDER BY step.seq
""",
)
STEPS_AFTER = Statement(
    """
SELECT step.body
FROM step
WHERE step.case_id = :case_id AND step.seq <= :upto AND step.seq > :after ORDER BY step.seq
""",
    """
SELECT step.body
FROM step
WHERE step.case_id = %(case_id)s::VARCHAR AND step.seq <= %(upto)s::INTEGER AND step.seq >
%(after)s::INTEGER ORDER BY step.seq
""",
)
STEPS_OF_TRANSITION = Statement(
    """
SELECT step.body
FROM step
WHERE step.case_id = :case_id AND step.seq <= :upto AND step.transition = :transition ORDER BY
step.seq
""",
    """
SELECT step.body
FROM step
WHERE step.case_id = %(case_id)s::VARCHAR AND step.seq <= %(upto)s::INTEGER AND step.transition =
%(transition)s::VARCHAR ORDER BY step.seq
""",
)
STEP = Statement(
    """
SELECT step.body
FROM step
WHERE step.case_id = :case_id AND step.seq = :seq
""",
    """
SELECT step.body
FROM step
WHERE step.case_id = %(case_id)s::VARCHAR AND step.seq = %(seq)s::INTEGER
""",
)
STEP_ROWS = Statement(
    """
SELECT step.seq, step.transition, step.body
FROM step
WHERE step.case_id = :case_id ORDER BY step.seq
""",
    """
SELECT step.seq, step.transition, step.body
FROM step
WHERE step.case_id = %(case_id)s::VARCHAR ORDER BY step.seq
""",
)
ADD_STEP = Statement(
    """
INSERT INTO step (case_id, seq, transition, body) VALUES (:case_id, :seq, :transition, :body)
""",
    """
INSERT INTO step (case_id, seq, transition, body) VALUES (%(case_id)s::VARCHAR, %(seq)s::INTEGER,
%(transition)s::VARCHAR, %(body)s)
""",
)
DROP_STEP = Statement(
    "DELETE FROM step WHERE step.case_id = :case_id AND step.seq = :seq",
    """
DELETE FROM step WHERE step.case_id = %(case_id)s::VARCHAR AND step.seq = %(seq)s::INTEGER
""",
)
FORGET_STEPS = Statement(
    "DELETE FROM step",
    "DELETE FROM step",
)
ADD_LINK = Statement(
    """
INSERT INTO link (target, workflow, case_id, seq) VALUES (:target, :workflow, :case_id, :seq) ON
CONFLICT DO NOTHING
""",
    """
INSERT INTO link (target, workflow, case_id, seq) VALUES (%(target)s::VARCHAR,
%(workflow)s::VARCHAR, %(case_id)s::VARCHAR, %(seq)s::INTEGER) ON CONFLICT DO NOTHING
""",
)
CASES_LINKING = Statement(
    """
SELECT link.case_id
FROM link JOIN entry ON entry.case_id = link.case_id AND entry.seq = link.seq
WHERE link.target = :target AND link.workflow IN (SELECT named.value
FROM json_each(:workflows) AS named) AND entry.idx < :before ORDER BY link.case_id
""",
    """
SELECT link.case_id
FROM link JOIN entry ON entry.case_id = link.case_id AND entry.seq = link.seq
WHERE link.target = %(target)s::VARCHAR AND link.workflow IN (SELECT named.value
FROM jsonb_array_elements_text(CAST(%(workflows)s::VARCHAR AS JSONB)) AS named) AND entry.idx <
%(before)s::BIGINT ORDER BY link.case_id
""",
)
SOME_LINKING = Statement(
    """
SELECT cases.number
FROM cases JOIN link ON link.case_id = cases.id
WHERE link.target = :target AND link.workflow = :workflow AND cases.state != '' ORDER BY
cases.number
LIMIT :most OFFSET 0
""",
    """
SELECT cases.number
FROM cases JOIN link ON link.case_id = cases.id
WHERE link.target = %(target)s::VARCHAR AND link.workflow = %(workflow)s::VARCHAR AND cases.state !=
'' ORDER BY cases.number
LIMIT %(most)s::INTEGER
""",
)
COUNT_LINKING = Statement(
    """
SELECT count(*) AS count_1
FROM (SELECT cases.number AS number
FROM cases JOIN link ON link.case_id = cases.id
WHERE link.target = :target AND link.workflow = :workflow AND cases.state != '') AS anon_1
""",
    """
SELECT count(*) AS count_1
FROM (SELECT cases.number AS number
FROM cases JOIN link ON link.case_id = cases.id
WHERE link.target = %(target)s::VARCHAR AND link.workflow = %(workflow)s::VARCHAR AND cases.state !=
'') AS anon_1
""",
)
WORKFLOWS_LINKING = Statement(
    """
SELECT DISTINCT link.workflow
FROM link
WHERE link.target = :target ORDER BY link.workflow
""",
    """
SELECT DISTINCT link.workflow
FROM link
WHERE link.target = %(target)s::VARCHAR ORDER BY link.workflow
""",
)
LINKS_OF_CASE = Statement(
    """
SELECT link.target, link.workflow, link.seq
FROM link
WHERE link.case_id = :case_id
""",
    """
SELECT link.target, link.workflow, link.seq
FROM link
WHERE link.case_id = %(case_id)s::VARCHAR
""",
)
FORGET_LINKS = Statement(
    "DELETE FROM link",
    "DELETE FROM link",
)
ID_NUMBERED = Statement(
    """
SELECT cases.id
FROM cases
WHERE cases.number = :number
""",
    """
SELECT cases.id
FROM cases
WHERE cases.number = %(number)s::VARCHAR
""",
)
TASKS_OF_CASE = Statement(
    """
SELECT task.case_id, task.kind, task.transition, task.role, task.unit, task.due_on, task.number
FROM task
WHERE task.case_id = :case_id
""",
    """
SELECT task.case_id, task.kind, task.transition, task.role, task.unit, task.due_on, task.number
FROM task
WHERE task.case_id = %(case_id)s::VARCHAR
""",
)
ADD_TASK = Statement(
    """
INSERT INTO task (case_id, kind, transition, role, unit, due_on, number) VALUES (:case_id, :kind,
:transition, :role, :unit, :due_on, :number)
""",
    """
INSERT INTO task (case_id, kind, transition, role, unit, due_on, number) VALUES
(%(case_id)s::VARCHAR, %(kind)s::VARCHAR, %(transition)s::VARCHAR, %(role)s::VARCHAR,
%(unit)s::VARCHAR, %(due_on)s::VARCHAR, %(number)s::VARCHAR)
""",
)
DROP_TASK = Statement(
    """
DELETE FROM task WHERE task.case_id = :case_id AND task.kind = :kind AND task.transition =
:transition AND task.role = :role AND task.unit = :unit
""",
    """
DELETE FROM task WHERE task.case_id = %(case_id)s::VARCHAR AND task.kind = %(kind)s::VARCHAR AND
task.transition = %(transition)s::VARCHAR AND task.role = %(role)s::VARCHAR AND task.unit =
%(unit)s::VARCHAR
""",
)
TASKS_FOR = Statement(
    """
SELECT DISTINCT task.due_on, task.number, task.case_id
FROM task
WHERE task.role = :role AND task.unit = :unit AND (task.due_on, task.number) > (:due_on, :number)
ORDER BY task.due_on, task.number
LIMIT :most OFFSET 0
""",
    """
SELECT DISTINCT task.due_on, task.number, task.case_id
FROM task
WHERE task.role = %(role)s::VARCHAR AND task.unit = %(unit)s::VARCHAR AND (task.due_on, task.number)
> (%(due_on)s::VARCHAR, %(number)s::VARCHAR) ORDER BY task.due_on, task.number
LIMIT %(most)s::INTEGER
""",
)
CASES_DUE = Statement(
    """
SELECT task.due_on, task.case_id
FROM task
WHERE task.role = :role AND task.unit = :unit AND task.due_on <= :day ORDER BY task.due_on,
task.number
""",
    """
SELECT task.due_on, task.case_id
FROM task
WHERE task.role = %(role)s::VARCHAR AND task.unit = %(unit)s::VARCHAR AND task.due_on <=
%(day)s::VARCHAR ORDER BY task.due_on, task.number
""",
)
PUT_CASE = Statement(
    """
INSERT INTO cases (id, number, workflow, digest, title, state, phase, lead, final, units, viewers,
opened_on, entered_on, last_on, due_on, yellow_on, red_on, seq, head, snapshot) VALUES (:id,
:number, :workflow, :digest, :title, :state, :phase, :lead, :final, :units, :viewers, :opened_on,
:entered_on, :last_on, :due_on, :yellow_on, :red_on, :seq, :head, :snapshot) ON CONFLICT (id) DO
UPDATE SET number = excluded.number, workflow = excluded.workflow, digest = excluded.digest, title =
excluded.title, state = excluded.state, phase = excluded.phase, lead = excluded.lead, final =
excluded.final, units = excluded.units, viewers = excluded.viewers, opened_on = excluded.opened_on,
entered_on = excluded.entered_on, last_on = excluded.last_on, due_on = excluded.due_on, yellow_on =
excluded.yellow_on, red_on = excluded.red_on, seq = excluded.seq, head = excluded.head, snapshot =
excluded.snapshot
""",
    """
INSERT INTO cases (id, number, workflow, digest, title, state, phase, lead, final, units, viewers,
opened_on, entered_on, last_on, due_on, yellow_on, red_on, seq, head, snapshot) VALUES
(%(id)s::VARCHAR, %(number)s::VARCHAR, %(workflow)s::VARCHAR, %(digest)s::VARCHAR,
%(title)s::VARCHAR, %(state)s::VARCHAR, %(phase)s::VARCHAR, %(lead)s::VARCHAR, %(final)s,
%(units)s::VARCHAR, %(viewers)s::VARCHAR, %(opened_on)s::VARCHAR, %(entered_on)s::VARCHAR,
%(last_on)s::VARCHAR, %(due_on)s::VARCHAR, %(yellow_on)s::VARCHAR, %(red_on)s::VARCHAR,
%(seq)s::INTEGER, %(head)s::VARCHAR, %(snapshot)s) ON CONFLICT (id) DO UPDATE SET number =
excluded.number, workflow = excluded.workflow, digest = excluded.digest, title = excluded.title,
state = excluded.state, phase = excluded.phase, lead = excluded.lead, final = excluded.final, units
= excluded.units, viewers = excluded.viewers, opened_on = excluded.opened_on, entered_on =
excluded.entered_on, last_on = excluded.last_on, due_on = excluded.due_on, yellow_on =
excluded.yellow_on, red_on = excluded.red_on, seq = excluded.seq, head = excluded.head, snapshot =
excluded.snapshot
""",
)
PUT_LETTER = Statement(
    """
INSERT INTO letter (case_id, name, seq, place, state, unit, number, code, title, issued_on, asks,
waiting, body) VALUES (:case_id, :name, :seq, :place, :state, :unit, :number, :code, :title,
:issued_on, :asks, :waiting, :body) ON CONFLICT (case_id, name) DO UPDATE SET seq = excluded.seq,
place = excluded.place, state = excluded.state, unit = excluded.unit, number = excluded.number, code
= excluded.code, title = excluded.title, issued_on = excluded.issued_on, asks = excluded.asks,
waiting = excluded.waiting, body = excluded.body
""",
    """
INSERT INTO letter (case_id, name, seq, place, state, unit, number, code, title, issued_on, asks,
waiting, body) VALUES (%(case_id)s::VARCHAR, %(name)s::VARCHAR, %(seq)s::INTEGER,
%(place)s::INTEGER, %(state)s::VARCHAR, %(unit)s::VARCHAR, %(number)s::VARCHAR, %(code)s::VARCHAR,
%(title)s::VARCHAR, %(issued_on)s::VARCHAR, %(asks)s::VARCHAR, %(waiting)s::VARCHAR, %(body)s) ON
CONFLICT (case_id, name) DO UPDATE SET seq = excluded.seq, place = excluded.place, state =
excluded.state, unit = excluded.unit, number = excluded.number, code = excluded.code, title =
excluded.title, issued_on = excluded.issued_on, asks = excluded.asks, waiting = excluded.waiting,
body = excluded.body
""",
)
PUT_COMPILED = Statement(
    """
INSERT INTO compiled (sha256, program, body) VALUES (:sha256, :program, :body) ON CONFLICT (sha256)
DO UPDATE SET program = excluded.program, body = excluded.body
""",
    """
INSERT INTO compiled (sha256, program, body) VALUES (%(sha256)s::VARCHAR, %(program)s::VARCHAR,
%(body)s) ON CONFLICT (sha256) DO UPDATE SET program = excluded.program, body = excluded.body
""",
)
PUT_FORM = Statement(
    """
INSERT INTO form (case_id, name, form, sha256) VALUES (:case_id, :name, :form, :sha256) ON CONFLICT
(case_id, name, form) DO UPDATE SET sha256 = excluded.sha256
""",
    """
INSERT INTO form (case_id, name, form, sha256) VALUES (%(case_id)s::VARCHAR, %(name)s::VARCHAR,
%(form)s::VARCHAR, %(sha256)s::VARCHAR) ON CONFLICT (case_id, name, form) DO UPDATE SET sha256 =
excluded.sha256
""",
)
LETTERS_OF_CASE = Statement(
    """
SELECT letter.case_id, letter.name, letter.seq, letter.place, letter.state, letter.unit,
letter.number, letter.code, letter.title, letter.issued_on, letter.asks, letter.waiting, letter.body
FROM letter
WHERE letter.case_id = :case_id
""",
    """
SELECT letter.case_id, letter.name, letter.seq, letter.place, letter.state, letter.unit,
letter.number, letter.code, letter.title, letter.issued_on, letter.asks, letter.waiting, letter.body
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR
""",
)
FORMS_OF_CASE = Statement(
    """
SELECT form.name, form.form, form.sha256
FROM form
WHERE form.case_id = :case_id
""",
    """
SELECT form.name, form.form, form.sha256
FROM form
WHERE form.case_id = %(case_id)s::VARCHAR
""",
)
LETTER = Statement(
    """
SELECT letter.body
FROM letter
WHERE letter.case_id = :case_id AND letter.name = :name
""",
    """
SELECT letter.body
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR AND letter.name = %(name)s::VARCHAR
""",
)
LETTER_EXISTS = Statement(
    """
SELECT 1
FROM letter
WHERE letter.case_id = :case_id AND letter.name = :name
""",
    """
SELECT 1
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR AND letter.name = %(name)s::VARCHAR
""",
)
LETTER_NAMES = Statement(
    """
SELECT letter.name
FROM letter
WHERE letter.case_id = :case_id ORDER BY letter.seq, letter.place
""",
    """
SELECT letter.name
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR ORDER BY letter.seq, letter.place
""",
)
LETTER_BODIES = Statement(
    """
SELECT letter.name, letter.body
FROM letter
WHERE letter.case_id = :case_id ORDER BY letter.seq, letter.place
""",
    """
SELECT letter.name, letter.body
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR ORDER BY letter.seq, letter.place
""",
)
COUNT_LETTERS = Statement(
    """
SELECT count(*) AS count_1
FROM letter
WHERE letter.case_id = :case_id
""",
    """
SELECT count(*) AS count_1
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR
""",
)
COUNT_LETTERS_BY_STATE = Statement(
    """
SELECT letter.state, count(*) AS count_1
FROM letter
WHERE letter.case_id = :case_id GROUP BY letter.state
""",
    """
SELECT letter.state, count(*) AS count_1
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR GROUP BY letter.state
""",
)
LETTERS_UNISSUED = Statement(
    """
SELECT letter.body
FROM letter
WHERE letter.case_id = :case_id AND (letter.state = 'draft' OR letter.state = 'reviewed') ORDER BY
letter.seq, letter.place
""",
    """
SELECT letter.body
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR AND (letter.state = 'draft' OR letter.state =
'reviewed') ORDER BY letter.seq, letter.place
""",
)
LETTERS_ASKING = Statement(
    """
SELECT letter.name
FROM letter
WHERE letter.case_id = :case_id AND letter.asks IN (SELECT asked.value
FROM json_each(:asks) AS asked) AND letter.state = 'issued'
""",
    """
SELECT letter.name
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR AND letter.asks IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(asks)s::VARCHAR AS JSONB)) AS asked) AND letter.state =
'issued'
""",
)
NOTE_WAITING = Statement(
    """
UPDATE letter SET waiting=:waiting WHERE letter.case_id = :case_id AND letter.name = :name AND
letter.waiting != :waiting
""",
    """
UPDATE letter SET waiting=%(waiting)s::VARCHAR WHERE letter.case_id = %(case_id)s::VARCHAR AND
letter.name = %(name)s::VARCHAR AND letter.waiting != %(waiting)s::VARCHAR
""",
)
LETTER_WITH_CODE = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.code = :code
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.code = %(code)s::VARCHAR
""",
)
LETTER_NUMBERED = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.number = :number
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.number = %(number)s::VARCHAR
""",
)
LETTER_OF_FORM = Statement(
    """
SELECT form.case_id, form.name, form.form
FROM form
WHERE form.sha256 = :sha256
""",
    """
SELECT form.case_id, form.name, form.form
FROM form
WHERE form.sha256 = %(sha256)s::VARCHAR
""",
)
LAST_LETTER_OF_TEMPLATE = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE substr(letter.name, 1, 1) BETWEEN '0' AND '9' AND substr(letter.name, instr(letter.name, '-')
+ 1) = :template ORDER BY (SELECT entry.idx
FROM entry
WHERE entry.case_id = letter.case_id AND entry.seq = letter.seq) DESC, letter.place DESC
LIMIT 1 OFFSET 0
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE substr(letter.name, 1, 1) BETWEEN '0' AND '9' AND substr(letter.name, strpos(letter.name, '-')
+ 1) = %(template)s::VARCHAR ORDER BY (SELECT entry.idx
FROM entry
WHERE entry.case_id = letter.case_id AND entry.seq = letter.seq) DESC, letter.place DESC
LIMIT 1
""",
)
LETTERS_IN_STATE = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.unit = :unit AND letter.state = :state AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY (SELECT entry.idx
FROM entry
WHERE entry.case_id = letter.case_id AND entry.seq = letter.seq), letter.place
LIMIT :most OFFSET 0
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.unit = %(unit)s::VARCHAR AND letter.state = %(state)s::VARCHAR AND (EXISTS (SELECT
cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY (SELECT entry.idx
FROM entry
WHERE entry.case_id = letter.case_id AND entry.seq = letter.seq), letter.place
LIMIT %(most)s::INTEGER
""",
)
LETTERS_UNFROZEN = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.unit = :unit AND letter.state = 'issued' AND NOT (EXISTS (SELECT 1
FROM form
WHERE form.case_id = letter.case_id AND form.name = letter.name))
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.unit = %(unit)s::VARCHAR AND letter.state = 'issued' AND NOT (EXISTS (SELECT 1
FROM form
WHERE form.case_id = letter.case_id AND form.name = letter.name))
""",
)
LETTERS_OWED = Statement(
    """
SELECT letter.name
FROM letter
WHERE letter.case_id = :case_id AND letter.state = 'issued' AND letter.asks > '' AND (letter.waiting
> '' OR NOT (EXISTS (SELECT 1
FROM form
WHERE form.case_id = letter.case_id AND form.name = letter.name))) ORDER BY letter.seq, letter.place
""",
    """
SELECT letter.name
FROM letter
WHERE letter.case_id = %(case_id)s::VARCHAR AND letter.state = 'issued' AND letter.asks > '' AND
(letter.waiting > '' OR NOT (EXISTS (SELECT 1
FROM form
WHERE form.case_id = letter.case_id AND form.name = letter.name))) ORDER BY letter.seq, letter.place
""",
)
LETTERS_WAITING_FOR = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.waiting > '' AND instr(letter.waiting, ',' || :unit || ',') > 0 AND (EXISTS (SELECT
cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY letter.issued_on
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.waiting > '' AND strpos(letter.waiting, ',' || %(unit)s::VARCHAR || ',') > 0 AND
(EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY letter.issued_on
""",
)
LETTERS_UNANSWERED = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.waiting > '' AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY letter.issued_on
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.waiting > '' AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY letter.issued_on
""",
)
LETTERS_UNANSWERED_OF_UNIT = Statement(
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.waiting > '' AND letter.unit = :unit AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY letter.issued_on
""",
    """
SELECT letter.case_id, letter.name
FROM letter
WHERE letter.waiting > '' AND letter.unit = %(unit)s::VARCHAR AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = letter.case_id)) ORDER BY letter.issued_on
""",
)
WHOLE_SENDINGS = Statement(
    """
SELECT outbox.id, outbox.case_id, outbox.name, outbox.addressee, outbox.unit, outbox.state,
outbox.attempts, outbox.next_at, outbox.error
FROM outbox
WHERE outbox.id > :after ORDER BY outbox.id
LIMIT :most OFFSET 0
""",
    """
SELECT outbox.id, outbox.case_id, outbox.name, outbox.addressee, outbox.unit, outbox.state,
outbox.attempts, outbox.next_at, outbox.error
FROM outbox
WHERE outbox.id > %(after)s::VARCHAR ORDER BY outbox.id
LIMIT %(most)s::INTEGER
""",
)
PUT_WHOLE_SENDING = Statement(
    """
INSERT INTO outbox (id, case_id, name, addressee, unit, state, attempts, next_at, error) VALUES
(:id, :case_id, :name, :addressee, :unit, :state, :attempts, :next_at, :error) ON CONFLICT (id) DO
UPDATE SET case_id = excluded.case_id, name = excluded.name, addressee = excluded.addressee, unit =
excluded.unit, state = excluded.state, attempts = excluded.attempts, next_at = excluded.next_at,
error = excluded.error
""",
    """
INSERT INTO outbox (id, case_id, name, addressee, unit, state, attempts, next_at, error) VALUES
(%(id)s::VARCHAR, %(case_id)s::VARCHAR, %(name)s::VARCHAR, %(addressee)s::VARCHAR,
%(unit)s::VARCHAR, %(state)s::VARCHAR, %(attempts)s::INTEGER, %(next_at)s::VARCHAR,
%(error)s::VARCHAR) ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, name = excluded.name,
addressee = excluded.addressee, unit = excluded.unit, state = excluded.state, attempts =
excluded.attempts, next_at = excluded.next_at, error = excluded.error
""",
)
PUT_SENDING = Statement(
    """
INSERT INTO outbox (id, case_id, name, addressee, unit, state, attempts, next_at, error) VALUES
(:id, :case_id, :name, :addressee, :unit, 'pending', 0, '', '') ON CONFLICT DO NOTHING
""",
    """
INSERT INTO outbox (id, case_id, name, addressee, unit, state, attempts, next_at, error) VALUES
(%(id)s::VARCHAR, %(case_id)s::VARCHAR, %(name)s::VARCHAR, %(addressee)s::VARCHAR,
%(unit)s::VARCHAR, 'pending', 0, '', '') ON CONFLICT DO NOTHING
""",
)
END_SENDING = Statement(
    "UPDATE outbox SET state=:state WHERE outbox.id = :id",
    "UPDATE outbox SET state=%(state)s::VARCHAR WHERE outbox.id = %(id)s::VARCHAR",
)
REOPEN_SENDING = Statement(
    "UPDATE outbox SET state='pending', attempts=0, next_at='', error='' WHERE outbox.id = :id",
    """
UPDATE outbox SET state='pending', attempts=0, next_at='', error='' WHERE outbox.id =
%(id)s::VARCHAR
""",
)
SENDINGS_OF_CASE = Statement(
    """
SELECT outbox.id, outbox.name, outbox.addressee, outbox.unit, outbox.state
FROM outbox
WHERE outbox.case_id = :case_id
""",
    """
SELECT outbox.id, outbox.name, outbox.addressee, outbox.unit, outbox.state
FROM outbox
WHERE outbox.case_id = %(case_id)s::VARCHAR
""",
)
SENDINGS = Statement(
    """
SELECT outbox.id, outbox.case_id, outbox.name, outbox.addressee, outbox.unit, outbox.state,
outbox.attempts, outbox.next_at, outbox.error
FROM outbox
WHERE outbox.state IN (SELECT asked.value
FROM json_each(:states) AS asked) AND outbox.id > :after AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = outbox.case_id)) ORDER BY outbox.id
LIMIT :most OFFSET 0
""",
    """
SELECT outbox.id, outbox.case_id, outbox.name, outbox.addressee, outbox.unit, outbox.state,
outbox.attempts, outbox.next_at, outbox.error
FROM outbox
WHERE outbox.state IN (SELECT asked.value
FROM jsonb_array_elements_text(CAST(%(states)s::VARCHAR AS JSONB)) AS asked) AND outbox.id >
%(after)s::VARCHAR AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = outbox.case_id)) ORDER BY outbox.id
LIMIT %(most)s::INTEGER
""",
)
COUNT_SENDINGS = Statement(
    """
SELECT outbox.state, count(*) AS count_1
FROM outbox
WHERE outbox.state = 'pending' OR outbox.state = 'dead' GROUP BY outbox.state
""",
    """
SELECT outbox.state, count(*) AS count_1
FROM outbox
WHERE outbox.state = 'pending' OR outbox.state = 'dead' GROUP BY outbox.state
""",
)
SENDINGS_DUE = Statement(
    """
SELECT outbox.id
FROM outbox
WHERE outbox.state = 'pending' AND outbox.next_at <= :now AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = outbox.case_id)) ORDER BY outbox.next_at, outbox.id
""",
    """
SELECT outbox.id
FROM outbox
WHERE outbox.state = 'pending' AND outbox.next_at <= %(now)s::VARCHAR AND (EXISTS (SELECT cases.id
FROM cases
WHERE cases.id = outbox.case_id)) ORDER BY outbox.next_at, outbox.id
""",
)
SENDING_IF_DUE = Statement(
    """
SELECT outbox.id, outbox.case_id, outbox.name, outbox.addressee, outbox.unit, outbox.state,
outbox.attempts, outbox.next_at, outbox.error
FROM outbox
WHERE outbox.id = :id AND outbox.state = 'pending' AND outbox.next_at <= :now
""",
    """
SELECT outbox.id, outbox.case_id, outbox.name, outbox.addressee, outbox.unit, outbox.state,
outbox.attempts, outbox.next_at, outbox.error
FROM outbox
WHERE outbox.id = %(id)s::VARCHAR AND outbox.state = 'pending' AND outbox.next_at <=
%(now)s::VARCHAR
""",
)
LEASE_SENDING = Statement(
    """
UPDATE outbox SET attempts=(outbox.attempts + 1), next_at=:next_at WHERE outbox.id = :id AND
outbox.state = :state AND outbox.next_at = :found_next_at
""",
    """
UPDATE outbox SET attempts=(outbox.attempts + 1), next_at=%(next_at)s::VARCHAR WHERE outbox.id =
%(id)s::VARCHAR AND outbox.state = %(state)s::VARCHAR AND outbox.next_at =
%(found_next_at)s::VARCHAR
""",
)
NOTE_FAILURE = Statement(
    """
UPDATE outbox SET state=:state, next_at=:next_at, error=:error WHERE outbox.id = :id AND
outbox.state = 'pending'
""",
    """
UPDATE outbox SET state=%(state)s::VARCHAR, next_at=%(next_at)s::VARCHAR, error=%(error)s::VARCHAR
WHERE outbox.id = %(id)s::VARCHAR AND outbox.state = 'pending'
""",
)
REVIVE_SENDING = Statement(
    """
UPDATE outbox SET state='pending', attempts=0, next_at='' WHERE outbox.id = :id AND (outbox.state =
'pending' OR outbox.state = 'dead')
""",
    """
UPDATE outbox SET state='pending', attempts=0, next_at='' WHERE outbox.id = %(id)s::VARCHAR AND
(outbox.state = 'pending' OR outbox.state = 'dead')
""",
)
ROWS_OF_NO_CASE = Statement(
    """
SELECT 'letter', letter.name
FROM letter
WHERE (letter.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'form', form.name
FROM form
WHERE (form.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'outbox', outbox.id
FROM outbox
WHERE (outbox.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'task', task.number
FROM task
WHERE (task.case_id NOT IN (SELECT cases.id
FROM cases)) AND task.case_id != 'every' UNION ALL SELECT 'search_text', search_text.number
FROM search_text
WHERE (search_text.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'fact_value', fact_value.fact
FROM fact_value
WHERE (fact_value.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'step', step.transition
FROM step
WHERE (step.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'link', link.target
FROM link
WHERE (link.case_id NOT IN (SELECT cases.id
FROM cases))
""",
    """
SELECT 'letter', letter.name
FROM letter
WHERE (letter.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'form', form.name
FROM form
WHERE (form.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'outbox', outbox.id
FROM outbox
WHERE (outbox.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'task', task.number
FROM task
WHERE (task.case_id NOT IN (SELECT cases.id
FROM cases)) AND task.case_id != 'every' UNION ALL SELECT 'search_text', search_text.number
FROM search_text
WHERE (search_text.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'fact_value', fact_value.fact
FROM fact_value
WHERE (fact_value.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'step', step.transition
FROM step
WHERE (step.case_id NOT IN (SELECT cases.id
FROM cases)) UNION ALL SELECT 'link', link.target
FROM link
WHERE (link.case_id NOT IN (SELECT cases.id
FROM cases))
""",
)
