"""On a server, whoever works with the ledger can add to the record and not alter it; what the
server's administrator alters in the schema is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from homes import Outside, ServerHome
from ledger_office import Bureau
from psycopg import errors, sql
from tiny_office import TINY

from lifecycle.ledger.opening import open_store
from lifecycle.ledger.postgres import schema
from lifecycle.ledger.record import hash_of

LOGIN = "clerk_login"
BODY = b"{}"
HASH = hash_of(BODY)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, server_home: ServerHome) -> Iterator[Bureau]:
    """Make a history on a server, and a login that may only work with it."""
    with pytest.MonkeyPatch.context() as patch:
        made = Bureau(tmp_path_factory.mktemp("rights"), patch, server_home).walked()
        with made.sql() as database:
            database.execute(f"CREATE ROLE {LOGIN} LOGIN")
            database.execute(f'GRANT "{schema.office_of(named(made))}" TO {LOGIN}')
        yield made
        with made.sql() as database:
            database.execute(f"DROP ROLE {LOGIN}")


def named(bureau: Bureau) -> str:
    """Give the name of the office's database."""
    assert isinstance(bureau.home, ServerHome)
    bureau.home.url(bureau.path)
    return bureau.home.databases[bureau.path]


@contextmanager
def logged_in(bureau: Bureau) -> Iterator[psycopg.Connection[Any]]:
    """Log in as the one who may only work with the ledger, by somebody else's program."""
    assert isinstance(bureau.home, ServerHome)
    with closing(bureau.home.server.connect(named(bureau), LOGIN)) as connection:
        connection.execute("SET search_path TO lifecycle")
        yield connection


def test_a_login_of_the_office_can_do_all_that_officers_do(
    bureau: Bureau, server_home: ServerHome
) -> None:
    """A member of the office's role records, keeps a material, is refused and audits."""
    url = server_home.server.url(named(bureau), login=LOGIN)
    number = bureau.do("open", "visit", "--set", "name=新", "--db", url, by="bureau01").strip()
    bureau.write("报告.pdf", "另一份论证")
    bureau.do("attach", number, "report", "报告.pdf", "--db", url, by="planning01")
    assert bureau.run("advance", number, "to_siting", "--db", url, by="land01").exit_code == 1
    assert bureau.run("audit", "--db", url).exit_code == 0


TRIGGER = "suppress_redundant_updates_trigger()"
APPEND = "append_entry(of_case text, new_seq integer, new_eid text, new_hash text, new_body bytea)"
READ_ONLY = ("entry", "definition", "meta")
APPENDED = ("refusal", "file_part")
COLUMN = {
    "entry": "body",
    "definition": "body",
    "meta": "value",
    "refusal": "gates",
    "file_part": "body",
}
REFUSED = [
    *(f"UPDATE {table} SET {COLUMN[table]} = {COLUMN[table]}" for table in COLUMN),
    *(f"DELETE FROM {table}" for table in COLUMN),
    *(f"TRUNCATE {table}" for table in COLUMN),
    *(f"DROP TABLE {table}" for table in COLUMN),
    *(f"ALTER TABLE {table} ADD COLUMN more text" for table in COLUMN),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in COLUMN),
    *(f"ALTER TABLE {table} OWNER TO {LOGIN}" for table in COLUMN),
    *(f"CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING" for table in COLUMN),
    *(
        f"CREATE TRIGGER quiet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {TRIGGER}"
        for table in COLUMN
    ),
    *(f"CREATE INDEX quiet ON {table} ({COLUMN[table]})" for table in COLUMN),
    f"INSERT INTO entry VALUES (999, 'c', 1, 'e', '{HASH}', 'x')",
    f"INSERT INTO definition VALUES ('{HASH}', 'workflow', 'x', 'x')",
    "INSERT INTO meta VALUES ('more', 'x')",
    "TRUNCATE cases",
    "DROP TABLE cases",
    "ALTER TABLE cases DROP COLUMN title",
    "CREATE TABLE more (x text)",
    "CREATE VIEW more AS SELECT 1",
    "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION append_entry() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION append_entry(text, integer, text, text, bytea)",
    "ALTER FUNCTION append_entry(text, integer, text, text, bytea) SECURITY INVOKER",
    "DROP SCHEMA lifecycle CASCADE",
    "ALTER SCHEMA lifecycle RENAME TO other",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "GRANT {owner} TO {login}",
    "ALTER ROLE {owner} LOGIN",
    "SET session_replication_role TO replica",
]
"""What a login of the office may not do: the record can be read and added to, and nothing else."""


@pytest.mark.parametrize("statement", REFUSED)
@pytest.mark.parametrize("role", ["", "SET ROLE {office}"], ids=["login", "office"])
def test_the_record_cannot_be_altered(bureau: Bureau, statement: str, role: str) -> None:
    """Neither the login itself nor the office's role may, whatever program it uses."""
    database = named(bureau)
    names = {"owner": schema.owner_of(database), "office": schema.office_of(database)}
    with logged_in(bureau) as connection:
        if role:
            connection.execute(role.format(**names).encode())
        with pytest.raises((errors.InsufficientPrivilege, errors.DependentObjectsStillExist)):
            connection.execute(statement.format(**names, login=LOGIN).encode())


def test_parts_that_a_login_adds_alter_no_material(bureau: Bureau) -> None:
    """A login may add parts of materials; added to a material that is there they alter nothing, and
    put where another belongs, that one is not recorded.
    """
    bureau.write("先来.pdf", "先来的")
    theirs = hash_of("先来的".encode())
    number = bureau.numbers()[2]
    with logged_in(bureau) as connection:
        words = "INSERT INTO file_part VALUES (%s, %s, %s)"
        for digest in bureau.home.kept(bureau.path):
            connection.execute(words, (digest, 1, b"more"))
        connection.execute(words, (theirs, 0, b"junk"))
    assert bureau.findings() == []
    before = bureau.checkpoint()
    code, message = bureau.fails("attach", number, "report", "先来.pdf", by="planning01")
    assert code == 3
    assert message.startswith(f"库里已有这份文件（{theirs[:12]}…），但内容被改动\n")
    assert bureau.checkpoint() == before


def test_a_right_cannot_be_passed_on(bureau: Bureau) -> None:
    """Who has a right without the right to give it gives nothing."""
    with logged_in(bureau) as connection:
        for table in COLUMN:
            connection.execute(f"GRANT ALL ON {table} TO PUBLIC".encode())
    assert bureau.findings() == []


@pytest.mark.parametrize(
    ("seq", "digest", "why"),
    [
        (1, "0" * 64, "the hash of entry"),
        (0, HASH, "not the next of its case"),
        (2, HASH, "not the next of its case"),
        (3, HASH, "not the next of its case"),
    ],
)
def test_an_entry_is_taken_only_where_it_belongs(
    bureau: Bureau, seq: int, digest: str, why: str
) -> None:
    """The function that adds entries takes none whose hash is not that of its bytes, and none but
    the next of its case.
    """
    with logged_in(bureau) as connection:
        words = "SELECT append_entry('c', %s::integer, 'e', %s, %s)"
        with pytest.raises(psycopg.Error, match=why):
            connection.execute(words, (seq, digest, BODY))
    assert bureau.findings() == []


def test_an_eid_is_taken_once(bureau: Bureau) -> None:
    """A second entry under the id of another is refused by the server."""
    with bureau.sql() as database:
        ((eid,),) = database.execute("SELECT eid FROM entry WHERE idx = 7").fetchall()
    with logged_in(bureau) as connection:
        words = "SELECT append_entry('c', 1, %s, %s, %s)"
        with pytest.raises(errors.UniqueViolation):
            connection.execute(words, (eid, HASH, BODY))


def test_a_definition_is_taken_only_with_its_hash(bureau: Bureau) -> None:
    """The function that adds definitions takes none whose hash is not that of its bytes, and leaves
    one that is there as it is.
    """
    with bureau.sql() as database:
        kept = database.execute("SELECT * FROM definition ORDER BY sha256").fetchall()
    with logged_in(bureau) as connection:
        words = "SELECT put_definition(%s, 'workflow', 'x', %s)"
        with pytest.raises(psycopg.Error, match="the hash of definition"):
            connection.execute(words, ("0" * 64, BODY))
        for digest, _kind, _name, body in kept:
            connection.execute(words, (digest, body))
    with bureau.sql() as database:
        assert database.execute("SELECT * FROM definition ORDER BY sha256").fetchall() == kept


def test_names_of_the_login_s_own_do_not_mislead_the_functions(bureau: Bureau) -> None:
    """The functions look for their tables in the ledger's schema, not among what a login has made
    for itself.
    """
    with logged_in(bureau) as connection:
        connection.execute("CREATE TEMP TABLE entry (idx bigint, case_id text, seq integer)")
        connection.execute("SET search_path TO pg_temp, lifecycle")
        words = "SELECT lifecycle.append_entry('office', 1, 'e', %s, %s)"
        with pytest.raises(errors.UniqueViolation):
            connection.execute(words, (HASH, BODY))


# What an administrator of the server can do, and how it shows.

ENTRY_KEY = "ALTER TABLE entry DROP CONSTRAINT entry_case_id_seq_key"
ALTERED: list[tuple[str, list[str]]] = [
    ("DROP INDEX cases_by_due", ["缺少索引 cases_by_due cases（final, due_on, number）"]),
    (
        "CREATE INDEX more ON entry (hash)",
        ["多出索引 more entry（hash）"],
    ),
    ("ALTER TABLE entry ADD COLUMN more text", ["多出列 entry.more：text default"]),
    ("ALTER TABLE cases DROP COLUMN phase", ["缺少列 cases.phase：character varying C"]),
    (ENTRY_KEY, ["缺少唯一 entry（case_id, seq）"]),
    (
        "ALTER TABLE entry ALTER COLUMN body DROP NOT NULL",
        ["多出列 entry.body：bytea", "缺少列 entry.body：bytea not null"],
    ),
    (
        f"CREATE TRIGGER quiet BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION {TRIGGER}",
        ["多出触发器 quiet（entry）"],
    ),
    (
        "CREATE RULE quiet AS ON INSERT TO refusal DO INSTEAD NOTHING",
        ["多出规则 quiet（refusal）"],
    ),
    ("ALTER TABLE entry ENABLE ROW LEVEL SECURITY", ["多出行级安全（entry）"]),
    ("ALTER TABLE task SET UNLOGGED", ["多出不落盘的表 task"]),
    ("ALTER TABLE entry OWNER TO root", ["多出所有者 root（entry）"]),
    (
        "ALTER FUNCTION put_definition(text, text, text, bytea) OWNER TO root",
        ["多出所有者 root（put_definition）"],
    ),
    ("ALTER SCHEMA lifecycle OWNER TO root", ["多出所有者 root（lifecycle）"]),
    ("GRANT SELECT ON entry TO PUBLIC", ["多出权限 SELECT entry（任何账户）"]),
    ("GRANT UPDATE ON entry TO {office}", ["多出权限 UPDATE entry"]),
    ("GRANT UPDATE (body) ON entry TO {office}", ["多出权限 UPDATE entry.body"]),
    ("GRANT DELETE ON entry TO {login}", ["多出权限 DELETE entry（{login}）"]),
    ("REVOKE INSERT ON refusal FROM {office}", ["缺少权限 INSERT refusal"]),
    ("GRANT CREATE ON SCHEMA lifecycle TO {office}", ["多出权限 CREATE lifecycle"]),
    ("GRANT USAGE ON SCHEMA lifecycle TO PUBLIC", ["多出权限 USAGE lifecycle（任何账户）"]),
    (
        "GRANT EXECUTE ON FUNCTION append_entry(text, integer, text, text, bytea) TO PUBLIC",
        ["多出权限 EXECUTE append_entry（任何账户）"],
    ),
    (
        "REVOKE EXECUTE ON FUNCTION append_entry(text, integer, text, text, bytea) FROM {office}",
        ["缺少权限 EXECUTE append_entry"],
    ),
    ("ALTER ROLE {owner} LOGIN", ["多出可登录的角色 {owner}"]),
    ("ALTER ROLE {office} LOGIN", ["多出可登录的角色 {office}"]),
    ("ALTER ROLE {office} SUPERUSER", ["多出有特权的角色 {office}"]),
    ("GRANT {owner} TO {login}", ["多出成员 {login}（{owner}）"]),
    ("GRANT {owner} TO {office}", ["多出成员 {office}（{owner}）"]),
    ("CREATE TABLE more (x integer)", ["多出列 more.x：integer", "多出所有者 root（more）"]),
    (
        "CREATE VIEW more AS SELECT 1 AS x",
        ["多出列 more.x：integer", "多出所有者 root（more）", "多出规则 _RETURN（more）"],
    ),
    (
        "ALTER FUNCTION append_entry(text, integer, text, text, bytea) SECURITY INVOKER",
        ["多出函数 append_entry", "缺少函数 append_entry"],
    ),
    ("GRANT pg_write_all_data TO {office}", ["多出成员 {office}（pg_write_all_data）"]),
    (
        "GRANT SELECT ON entry TO {office} WITH GRANT OPTION",
        ["多出权限 SELECT entry，可转授", "缺少权限 SELECT entry"],
    ),
    ("GRANT UPDATE ON SEQUENCE refusal_id_seq TO {office}", ["多出权限 UPDATE refusal_id_seq"]),
    (
        "ALTER FUNCTION append_entry(text, integer, text, text, bytea) SET search_path TO pg_temp",
        ["多出函数 append_entry", "缺少函数 append_entry"],
    ),
    (
        f"CREATE OR REPLACE FUNCTION {APPEND} RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        ["多出函数 append_entry", "缺少函数 append_entry"],
    ),
    (
        "DROP FUNCTION put_definition(text, text, text, bytea)",
        ["缺少函数 put_definition", "缺少权限 EXECUTE put_definition"],
    ),
    (
        "CREATE FUNCTION append_entry(text) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        [
            "多出函数 append_entry",
            "多出所有者 root（append_entry）",
            "多出权限 EXECUTE append_entry",
        ],
    ),
]
"""What an administrator alters, and how each finding begins."""


@pytest.mark.parametrize(("statement", "wanted"), ALTERED, ids=[one for one, _ in ALTERED])
def test_an_altered_schema_is_found(bureau: Bureau, statement: str, wanted: list[str]) -> None:
    """Each alteration is told for what it is, and nothing else is."""
    database = named(bureau)
    names = {
        "owner": schema.owner_of(database),
        "office": schema.office_of(database),
        "login": LOGIN,
    }
    with closing(open_store(bureau.url)) as store, bureau.sql() as outside:
        assert store.schema_differences() == []
        outside.execute("BEGIN")
        outside.execute("SET LOCAL search_path TO lifecycle")
        outside.execute(statement.format(**names))
        found = differences(outside, database)
        outside.execute("ROLLBACK")
    begin = [one.format(**names) for one in wanted]
    assert len(found) == len(begin), found
    for one in begin:
        assert [line for line in found if line.startswith(one)], (one, found)


def differences(outside: Outside, database: str) -> list[str]:
    """Look at the schema within the transaction that altered it."""

    class Within:
        """As much of a connection as the look needs."""

        def rows(self, words: str, values: dict[str, Any]) -> list[Any]:
            """Run one query."""
            return outside.connection.execute(words.encode(), values).fetchall()

    return schema.differences(Within(), database)  # type: ignore[arg-type]


def test_the_audit_and_doctor_tell_an_altered_schema(bureau: Bureau) -> None:
    """What was altered is one finding of the audit, and one of `doctor` and `db check`."""
    with bureau.sql() as database:
        database.execute("CREATE INDEX more ON entry (hash)")
    try:
        found = [(f.code, f.idx, f.case, f.message) for f in bureau.findings()]
        assert found == [("schema", 0, "-", "多出索引 more entry（hash）")]
        for command in (("doctor",), ("db", "check")):
            told = bureau.asks(*command)["findings"]
            assert [one["message"] for one in told if one["code"] == "schema"] == [
                "多出索引 more entry（hash）"
            ]
    finally:
        with bureau.sql() as database:
            database.execute("DROP INDEX more")


def test_a_grant_widened_in_the_program_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_home: ServerHome
) -> None:
    """The tests above prove something: where the program itself gave the office's role more, an
    alteration would go through, and the audit would not know.
    """
    monkeypatch.setattr(schema, "READ_ONLY", ())
    weak = Bureau(tmp_path, monkeypatch, server_home).founded()
    with weak.sql() as database:
        database.execute(f'SET ROLE "{schema.office_of(named(weak))}"')
        database.execute("UPDATE entry SET hash = hash")
    monkeypatch.undo()
    found = {f.message for f in weak.findings()}
    assert {"多出权限 UPDATE entry", "多出权限 DELETE entry"} <= found


def test_the_rights_stand_in_the_program(bureau: Bureau) -> None:
    """What the office's role may do with each table is what this test says, table by table."""
    office = schema.office_of(named(bureau))
    words = (
        "SELECT c.relname, string_agg(r.privilege_type, ' ' ORDER BY r.privilege_type)"
        " FROM pg_class c, aclexplode(c.relacl) r"
        " WHERE c.relnamespace = 'lifecycle'::regnamespace AND c.relkind = 'r'"
        f" AND pg_get_userbyid(r.grantee) = '{office}' GROUP BY c.relname"
    )
    with bureau.sql() as database:
        found = dict(database.execute(words).fetchall())
    everything = "DELETE INSERT SELECT UPDATE"
    assert found == {
        **dict.fromkeys(READ_ONLY, "SELECT"),
        **dict.fromkeys(APPENDED, "INSERT SELECT"),
        **dict.fromkeys(
            (
                "cases",
                "compiled",
                "fact_value",
                "form",
                "letter",
                "link",
                "office",
                "outbox",
                "search_gram",
                "search_text",
                "series",
                "step",
                "task",
            ),
            everything,
        ),
    }


def test_an_administrator_who_is_no_superuser_founds_and_does_not_stay_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_home: ServerHome
) -> None:
    """Whoever may make roles founds an office in a database of his own; afterwards he can work with
    the ledger and is not its owner.
    """
    bureau = Bureau(tmp_path, monkeypatch, server_home)
    database = named(bureau)
    server = server_home.server
    with closing(server.connect()) as connection:
        connection.execute("CREATE ROLE founder LOGIN CREATEROLE")
        words = sql.SQL("GRANT CREATE ON DATABASE {} TO founder")
        connection.execute(words.format(sql.Identifier(database)))
    url = server.url(database, login="founder")
    try:
        bureau.do("init", "--from", str(TINY / "directory.yaml"), "--db", url)
        assert bureau.findings() == []
        bureau.do("open", "visit", "--set", "name=新", "--db", url, by="bureau01")
        with closing(server.connect(database, "founder")) as connection:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute("UPDATE lifecycle.entry SET hash = hash")
            # from 16 on he may still give the owner's role, also to himself; then it shows
            owner = sql.Identifier(schema.owner_of(database))
            connection.execute(sql.SQL("GRANT {} TO founder").format(owner))
        (found,) = bureau.findings()
        assert found.message == f"多出成员 founder（{schema.owner_of(database)}）"
    finally:
        server_home.clear()
        with closing(server.connect()) as connection:
            connection.execute("DROP ROLE founder")


def test_a_name_that_quotes_is_a_name(server_home: ServerHome) -> None:
    """A database may be called what its administrator likes: no name is taken for SQL."""
    name = 'a"b; DROP TABLE x; -- 库'
    server = server_home.server
    with closing(server.connect()) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        with closing(open_store(server.url(quote(name)), create=True)) as store:
            assert store.schema_differences() == []
    finally:
        server.drop(name)
