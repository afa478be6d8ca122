"""The database on the server: who owns what, how it is made, and whether it is as it was made.

Nobody logs in as the owner of the tables. Whoever works with the ledger does so in a role that may
read everything, add entries through a function, and write what is computed from them; it may not
alter, remove or empty the record, nor put a trigger on it. An administrator of the server can: that
is what the chain of hashes and the checkpoints are for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import md5
from typing import LiteralString

import psycopg
from psycopg import sql

from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.ledger.postgres.connection import PostgresConnection, server_errors
from lifecycle.ledger.sql import text

SCHEMA = 12
"""The version of the schema, counted together with SQLite's."""
LOCK = 0x4C464359
"""The advisory lock at which writers queue; PostgreSQL grants it in the order of asking."""
READ_ONLY = ("entry", "definition", "meta")
"""Tables to which nothing is written but by the functions below."""
APPEND_ONLY = ("refusal", "file_part")

_FUNCTIONS = (
    f"""
CREATE FUNCTION append_entry(
    of_case text, new_seq integer, new_eid text, new_hash text, new_body bytea
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lifecycle, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM pg_advisory_xact_lock({LOCK});
    IF encode(sha256(new_body), 'hex') <> new_hash THEN
        RAISE EXCEPTION 'the hash of entry % is not that of its bytes', new_eid;
    END IF;
    IF new_seq <> 1 + coalesce((SELECT max(seq) FROM entry WHERE case_id = of_case), 0) THEN
        RAISE unique_violation USING MESSAGE = 'the entry is not the next of its case';
    END IF;
    INSERT INTO entry (idx, case_id, seq, eid, hash, body)
    SELECT coalesce(max(idx), 0) + 1, of_case, new_seq, new_eid, new_hash, new_body FROM entry
    RETURNING idx INTO made;
    RETURN made;
END
$$""",
    """
CREATE FUNCTION put_definition(new_sha256 text, new_kind text, new_name text, new_body bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lifecycle, pg_temp AS $$
BEGIN
    IF encode(sha256(new_body), 'hex') <> new_sha256 THEN
        RAISE EXCEPTION 'the hash of definition % is not that of its bytes', new_name;
    END IF;
    INSERT INTO definition (sha256, kind, name, body)
    VALUES (new_sha256, new_kind, new_name, new_body)
    ON CONFLICT DO NOTHING;
END
$$""",
)
_SIGNATURES = (
    "append_entry(text, integer, text, text, bytea)",
    "put_definition(text, text, text, bytea)",
)
_SAFE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply", "remote_write", "local"),
    "server_encoding": ("UTF8",),
}
"""Settings of the server under which no crash loses an acknowledged commit, and every text fits."""
_MAY_BECOME = """
SELECT session_user,
       pg_has_role(session_user, %(role)s,
                   CASE WHEN current_setting('server_version_num')::integer >= 160000
                        THEN 'SET' ELSE 'MEMBER' END)
"""
_LOOK = """
SELECT to_regnamespace('lifecycle') IS NOT NULL,
       EXISTS (SELECT FROM pg_class
                WHERE relnamespace = to_regnamespace('lifecycle') AND relname = 'meta'),
       current_database(), pg_is_in_recovery(),
       current_setting('fsync'), current_setting('full_page_writes'),
       current_setting('synchronous_commit'), current_setting('server_encoding')
"""


def owner_of(database: str) -> str:
    """Name the role that owns the tables of a database; nobody can log in as it."""
    return f"{database}_owner"


def office_of(database: str) -> str:
    """Name the role in which a database is worked with; logins are made members of it."""
    return f"{database}_office"


def look(connection: PostgresConnection) -> tuple[bool, str, bool]:
    """See whether there is a ledger in a database, what the database is called, and whether the
    server is a standby.

    Raises UnavailableError where the server's settings are not safe, and where something else has
    the ledger's name.
    """
    ((there, ours, database, standby, *settings),) = connection.rows(_LOOK, {})
    for (name, allowed), found in zip(_SAFE.items(), settings, strict=True):
        if found not in allowed:
            should = "或".join(allowed)
            raise UnavailableError(
                f"数据库服务器的设置不安全：{name} 应为 {should}，实为 {found}",
                f"请管理员改正：ALTER DATABASE 或 postgresql.conf 中的 {name}",
            )
    if there and not ours:
        raise UnavailableError(
            f"库里有一个 lifecycle 模式，但不是台账（{connection.address.name}）",
            "请另用一个库：createdb 新库名",
        )
    return there, database, standby


def enter(connection: PostgresConnection, database: str) -> None:
    """Take the role in which the ledger is worked with.

    Raises UnavailableError for a login that may not.
    """
    try:
        connection.rows("SELECT set_config('role', %(role)s, false)", {"role": office_of(database)})
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue) as error:
        raise UnavailableError(
            f"这个数据库账户不能使用台账（{connection.address.name}）",
            f'请管理员授权：GRANT "{office_of(database)}" TO 账户',
        ) from error


def is_complete(connection: PostgresConnection) -> bool:
    """Tell whether a database holds a ledger, not a copy that was not completed."""
    return bool(connection.rows("SELECT 1 FROM meta WHERE key = 'log'", {}))


def verify(connection: PostgresConnection) -> None:
    """Refuse a ledger of another schema, and a copy that is not complete."""
    known = dict(connection.rows("SELECT key, value FROM meta", {}))
    written = known.get("schema", "")
    if not written.isdecimal():
        raise UnavailableError(
            f"数据库不完整（{connection.address.name}：缺 schema）",
            "请从备份恢复：lifecycle restore 备份文件",
        )
    version = int(written)
    if version > SCHEMA:
        raise UnavailableError(
            f"数据库由更新的版本建立（{version}，本程序支持到 {SCHEMA}）", "请升级 lifecycle 后再用"
        )
    if version < SCHEMA:
        raise UnavailableError(
            f"数据库的版式是 {version}，现为 {SCHEMA}，不知道怎样升级",
            "请用较早的 lifecycle 备份，再恢复到新的库里",
        )
    if "log" not in known:
        raise UnavailableError(
            f"这个库是没有抄完的副本（{connection.address.name}）",
            "请再运行一次同样的 lifecycle db copy，会接着抄完",
        )


def make(connection: PostgresConnection, database: str, origin: str | None) -> None:
    """Make the roles, the tables and the functions, all or nothing.

    `origin` names the log; None where it is still to be copied.
    """
    owner, office = owner_of(database), office_of(database)
    with server_errors(connection.address.name, "，没有建库"):
        try:
            connection.script(sql.SQL("BEGIN").format())
            _make_roles(connection, owner, office)
            lent = _lend(connection, owner)
            connection.script(
                sql.SQL("CREATE SCHEMA lifecycle AUTHORIZATION {}; SET LOCAL ROLE {}").format(
                    sql.Identifier(owner), sql.Identifier(owner)
                )
            )
            for statement in (*text.POSTGRESQL_SCHEMA, *_FUNCTIONS):
                connection.rows(statement.replace("%", "%%"), {})
            connection.script(grants(office))
            known = {"schema": str(SCHEMA)} | ({"log": origin} if origin else {})
            for key, value in known.items():
                put_meta(connection, key, value)
            _take_back(connection, lent)
            connection.script(sql.SQL("COMMIT").format())
        except BaseException:
            if not connection.lost:
                connection.script(sql.SQL("ROLLBACK").format())
            raise


def put_meta(connection: PostgresConnection, key: str, value: str) -> None:
    """Write a fact about the database, as its owner."""
    connection.run(text.PUT_META.postgresql, {"key": key, "value": value})


def complete(connection: PostgresConnection, database: str, origin: str) -> None:
    """Name the log of a copy, within the transaction that completes it, as its administrator."""
    owner = sql.Identifier(owner_of(database))
    try:
        connection.script(sql.SQL("RESET ROLE").format())
        lent = _lend(connection, owner_of(database))
        connection.script(sql.SQL("SET LOCAL ROLE {}").format(owner))
        put_meta(connection, "log", origin)
        _take_back(connection, lent)
    except psycopg.errors.InsufficientPrivilege as error:
        raise UnavailableError(
            "这个数据库账户不是台账的管理员，不能这样做", "请用建库的账户再试"
        ) from error


def _make_roles(connection: PostgresConnection, owner: str, office: str) -> None:
    """Make the two roles where they are not there yet, and the login a member of the office's."""
    known = {name for (name,) in connection.rows("SELECT rolname FROM pg_roles", {})}
    for role in (owner, office):
        if len(role.encode()) > 63:
            raise InvalidError(f"库名太长：{role} 超过 63 个字节", "请换一个短些的库名")
        if role not in known:
            connection.script(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    _lend(connection, office)


def _lend(connection: PostgresConnection, role: str) -> sql.Composed | None:
    """Let the login take a role; give the statement that ends it, None where it could already."""
    ((login, may),) = connection.rows(_MAY_BECOME, {"role": role})
    if may:
        return None
    names = sql.Identifier(role), sql.Identifier(login)
    connection.script(sql.SQL("GRANT {} TO {}").format(*names))
    return sql.SQL("REVOKE {} FROM {}").format(*names)


def _take_back(connection: PostgresConnection, lent: sql.Composed | None) -> None:
    """Go back to the login's own role, and end what was lent to it: nobody stays an owner."""
    connection.script(sql.SQL("RESET ROLE").format())
    if lent is not None:
        connection.script(lent)


def tables() -> list[str]:
    """Name the tables of the product."""
    found = (re.match(r"\s*CREATE TABLE (\w+)", made) for made in text.POSTGRESQL_SCHEMA)
    return [match[1] for match in found if match]


def rights_of(table: str) -> tuple[LiteralString, ...]:
    """Give the rights that the office's role has on a table."""
    if table in READ_ONLY:
        return ("SELECT",)
    if table in APPEND_ONLY:
        return "SELECT", "INSERT"
    return "SELECT", "INSERT", "UPDATE", "DELETE"


def grants(office: str) -> sql.Composed:
    """Give the statements that say what the office's role may do."""
    role = sql.Identifier(office)
    parts = [
        sql.SQL("REVOKE ALL ON SCHEMA lifecycle FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA lifecycle TO {}").format(role),
        sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA lifecycle TO {}").format(role),
    ]
    for name in tables():
        rights = sql.SQL(", ").join(map(sql.SQL, rights_of(name)))
        parts.append(sql.SQL("GRANT {} ON {} TO {}").format(rights, sql.Identifier(name), role))
    for signature in map(sql.SQL, _SIGNATURES):
        parts.append(sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(signature))
        parts.append(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(signature, role))
    return sql.SQL("; ").join(parts)


_COLUMNS = """
SELECT '列 ' || c.relname || '.' || a.attname || '：' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || CASE WHEN l.collname IN ('C', 'default') THEN ' ' || l.collname ELSE '' END
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE c.relnamespace = 'lifecycle'::regnamespace AND c.relkind NOT IN ('i', 'I', 'S', 't')
   AND a.attnum > 0 AND NOT a.attisdropped
"""
_KEYS = """
SELECT CASE k.contype WHEN 'p' THEN '主键 ' WHEN 'u' THEN '唯一 '
                      ELSE '约束 ' || k.conname || ' ' END
       || c.relname || '（' || coalesce((
            SELECT string_agg(a.attname, ', ' ORDER BY n.place)
              FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number), '') || '）'
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = 'lifecycle'::regnamespace AND k.contype <> 'n'
"""
_INDEXES = """
SELECT CASE WHEN i.indisunique THEN '唯一索引 ' ELSE '索引 ' END || x.relname || ' '
       || c.relname || '（' || (
            SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n)
              FROM generate_series(1, i.indnkeyatts) AS n) || '）'
       || coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), '')
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
 WHERE c.relnamespace = 'lifecycle'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
_FUNCTION = """
SELECT '函数 ' || proname || '（' || pg_get_function_identity_arguments(p.oid) || '） '
       || l.lanname || ' ' || md5(prosrc)
       || CASE WHEN prosecdef THEN '' ELSE ' 以调用者的权限' END
       || coalesce(' ' || array_to_string(proconfig, '; '), '')
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE pronamespace = 'lifecycle'::regnamespace
"""
_STRANGE = """
SELECT '触发器 ' || t.tgname || '（' || c.relname || '）'
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'lifecycle'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT '规则 ' || r.rulename || '（' || c.relname || '）'
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
 WHERE c.relnamespace = 'lifecycle'::regnamespace
UNION ALL
SELECT '行级安全（' || c.relname || '）' FROM pg_class c
 WHERE c.relnamespace = 'lifecycle'::regnamespace AND c.relrowsecurity
UNION ALL
SELECT '不落盘的表 ' || c.relname FROM pg_class c
 WHERE c.relnamespace = 'lifecycle'::regnamespace AND c.relpersistence <> 'p' AND c.relkind <> 'i'
UNION ALL
SELECT '所有者 ' || pg_get_userbyid(c.relowner) || '（' || c.relname || '）' FROM pg_class c
 WHERE c.relnamespace = 'lifecycle'::regnamespace AND c.relkind NOT IN ('i', 'I', 'S', 't')
   AND pg_get_userbyid(c.relowner) <> %(owner)s
UNION ALL
SELECT '所有者 ' || pg_get_userbyid(proowner) || '（' || proname || '）' FROM pg_proc
 WHERE pronamespace = 'lifecycle'::regnamespace AND pg_get_userbyid(proowner) <> %(owner)s
UNION ALL
SELECT '所有者 ' || pg_get_userbyid(nspowner) || '（' || nspname || '）' FROM pg_namespace
 WHERE nspname = 'lifecycle' AND pg_get_userbyid(nspowner) <> %(owner)s
UNION ALL
SELECT '可登录的角色 ' || rolname FROM pg_roles
 WHERE rolname IN (%(owner)s, %(office)s) AND rolcanlogin
UNION ALL
SELECT '有特权的角色 ' || rolname FROM pg_roles
 WHERE rolname IN (%(owner)s, %(office)s)
   AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
"""
_MEMBERS = """
SELECT '成员 ' || pg_get_userbyid(m.member) || '（' || pg_get_userbyid(m.roleid) || '）'
  FROM pg_auth_members m
 WHERE (pg_get_userbyid(m.roleid) = %(owner)s
        OR pg_get_userbyid(m.member) IN (%(owner)s, %(office)s))
   AND (coalesce((to_jsonb(m)->>'set_option')::boolean, true)
        OR coalesce((to_jsonb(m)->>'inherit_option')::boolean, true))
"""
"""Who may become the owner, and what the two roles may become. From PostgreSQL 16 on, whoever made
a role is a member of it who may only give it to others; that is not meant.
"""
_RIGHTS = """
SELECT '权限 ' || r.privilege_type || ' ' || o.named
       || CASE WHEN r.grantee = 0 THEN '（任何账户）'
               WHEN pg_get_userbyid(r.grantee) = %(office)s THEN ''
               ELSE '（' || pg_get_userbyid(r.grantee) || '）' END
       || CASE WHEN r.is_grantable THEN '，可转授' ELSE '' END
  FROM (
    SELECT relname::text, relowner,
           coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char",
                                       relowner))
      FROM pg_class
     WHERE relnamespace = 'lifecycle'::regnamespace AND relkind NOT IN ('i', 'I', 't')
    UNION ALL
    SELECT c.relname || '.' || a.attname, c.relowner, a.attacl
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'lifecycle'::regnamespace AND a.attacl IS NOT NULL
    UNION ALL
    SELECT proname::text, proowner, coalesce(proacl, acldefault('f', proowner))
      FROM pg_proc WHERE pronamespace = 'lifecycle'::regnamespace
    UNION ALL
    SELECT nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner))
      FROM pg_namespace WHERE nspname = 'lifecycle'
  ) AS o (named, owner, rights), aclexplode(o.rights) AS r
 WHERE r.grantee <> o.owner
"""


def differences(connection: PostgresConnection, database: str) -> list[str]:
    """Say in which columns, keys, indexes, functions, triggers, owners and rights the database
    differs from one just made.
    """
    roles = {"owner": owner_of(database), "office": office_of(database)}
    looked = (_COLUMNS, _KEYS, _INDEXES, _FUNCTION, _STRANGE, _MEMBERS, _RIGHTS)
    found = {str(line) for query in looked for (line,) in connection.rows(query, roles)}
    wanted = {*text.POSTGRESQL_DESCRIPTION, *_functions_described(), *_rights_described()}
    more = [f"多出{what}" for what in sorted(found - wanted)]
    less = [f"缺少{what}" for what in sorted(wanted - found)]
    return [*more, *less]


def _functions_described() -> Iterator[str]:
    for made in _FUNCTIONS:
        head, source = made.split("$$")[:2]
        name, parameters = re.findall(r"CREATE FUNCTION (\w+)\s*\((.*?)\)", head, re.DOTALL)[0]
        digest = md5(source.encode(), usedforsecurity=False).hexdigest()
        given = " ".join(parameters.split())
        yield f"函数 {name}（{given}） plpgsql {digest} search_path=lifecycle, pg_temp"


def _rights_described() -> Iterator[str]:
    yield "权限 USAGE lifecycle"
    for name in tables():
        for right in rights_of(name):
            yield f"权限 {right} {name}"
    for name in _sequences():
        yield f"权限 USAGE {name}"
    for signature in _SIGNATURES:
        yield f"权限 EXECUTE {signature.partition('(')[0]}"


def _sequences() -> Iterator[str]:
    """Name the sequences that number rows of their own accord."""
    for made in text.POSTGRESQL_SCHEMA:
        for column in re.findall(r"(\w+) (?:BIG)?SERIAL", made):
            yield f"{made.split()[2]}_{column}_seq"
