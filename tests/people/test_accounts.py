"""Operating-system accounts of officers: office entries, and what rests on them in an audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ledger_office import Bureau, copied

from lifecycle.callers import CallersErrand
from lifecycle.cli.root import root
from lifecycle.errors import InvalidError
from lifecycle.ledger.record import new_eid
from lifecycle.office.administration.people import add_unit
from lifecycle.office.cases.cases import Request, set_facts
from lifecycle.office.clock import Clock
from lifecycle.office.office import Office
from lifecycle.office.session import Caller, Session


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make an office once: one case, and the account `zhang` that is bureau01's."""
    with pytest.MonkeyPatch.context() as patch:
        made = Bureau(tmp_path_factory.mktemp("pristine"), patch).founded()
        made.opened(on="2026-09-01")
        made.do("officer", "account", "bureau01", "zhang", by="admin")
        yield made


@pytest.fixture
def bureau(pristine: Bureau, tmp_path: Path) -> Bureau:
    """Give a copy of it."""
    return copied(pristine, tmp_path / "copy")


def called(bureau: Bureau, account: str, *words: str) -> Result:
    """Run a command for an account that the kernel vouches for."""
    caller = Caller(account, new_eid(), CallersErrand(bureau.folder), renew=lambda: None)

    def opener(url: str | None, *, clock: Clock, create: bool) -> Office:
        assert (url, create) == (None, False)
        return Office.open(str(bureau.path), clock=clock)

    session = Session(clock=lambda: bureau.now, opener=opener, caller=caller)
    return CliRunner().invoke(root, list(words), prog_name="lifecycle", obj=session)


def test_an_account_is_an_entry_of_the_office(bureau: Bureau) -> None:
    """An account is listed with its officer, and taken away again by another entry."""
    officers = {one["officer"]: one for one in bureau.asks("officer", "list")["officers"]}
    assert officers["bureau01"]["accounts"] == ["zhang"]
    assert officers["land01"]["accounts"] == []
    head, *lines = bureau.do("officer", "list").splitlines()
    assert head.split()[-1] == "机器账户"
    assert [line.split()[0] for line in lines if line.endswith("zhang")] == ["bureau01"]
    assert bureau.do("officer", "account", "bureau01", "zhang", "--remove", by="admin") == (
        "机器账户 zhang 不再是 bureau01\n"
    )
    assert "zhang" not in bureau.do("officer", "list")
    assert bureau.do("officer", "account", "land01", "zhang", by="admin") == (
        "已登记：机器账户 zhang 是 land01\n"
    )
    assert bureau.findings() == []


@pytest.mark.parametrize(
    ("words", "by", "message"),
    [
        (
            ("land01", "zhang"),
            "admin",
            "操作系统账户 zhang 已登记为 bureau01，一个账户只能是一个人",
        ),
        (("bureau01", "zhang"), "admin", "操作系统账户 zhang 已登记为 bureau01，不必重复登记"),
        (("nobody9", "li"), "admin", "没有经办人“nobody9”"),
        (("land01", "li:x"), "admin", "操作系统账户“li:x”不合规"),
        (("land01", "li", "--remove"), "admin", "操作系统账户 li 没有登记为 land01"),
        (("land01", "li"), "land01", "须由管理员办理"),
    ],
)
def test_a_wrong_mapping_is_refused(
    bureau: Bureau, words: tuple[str, ...], by: str, message: str
) -> None:
    """An account is one person's, a known officer's, well written, and the administrator's to
    map.
    """
    code, told = bureau.fails("officer", "account", *words, by=by)
    assert (code, message in told) == (1, True), told


def test_who_has_left_gets_no_account(bureau: Bureau) -> None:
    """An officer who has left is given no account."""
    bureau.do("officer", "leave", "land01", by="admin")
    code, told = bureau.fails("officer", "account", "land01", "li", by="admin")
    assert (code, "已登记离任" in told) == (1, True)


def test_an_entry_says_which_account_called(bureau: Bureau) -> None:
    """What is recorded for an account names it, `show` and the audit say so, and it is in order."""
    done = called(
        bureau, "zhang", "set", "剑瓷", "area=3", "--on", "2026-09-02", "--as", "bureau01"
    )
    assert done.exit_code == 0, done.output
    body = bureau.asks("log", "剑瓷")["entries"][-1]
    assert (body["authority"]["auth"], body["authority"]["account"]) == ("local", "zhang")
    assert "最近记录（经办人部分由机器账户核实，其余自报）" in bureau.do("show", "剑瓷")
    answer = bureau.asks("audit")
    assert (answer["findings"], answer["auth"]["local"]) == ([], 1)
    assert answer["auth"]["declared"] == answer["entries"] - 1
    assert "经办人身份：由操作系统账户核实（local）1 条，自报（declared）" in bureau.do("audit")


def test_declared_is_said_to_be_declared(bureau: Bureau) -> None:
    """Where officers only said who they are, `show` and the audit say that."""
    assert "最近记录（经办人自报身份）" in bureau.do("show", "剑瓷")
    assert "经办人身份都是自报（declared）" in bureau.do("audit")


def test_an_account_is_nobody_else(bureau: Bureau) -> None:
    """An account calls as its own officer only, whatever `--as` says; the attempt is counted. Once
    it was taken away it calls as nobody.
    """
    before = bureau.asks("audit")["refused_attempts"]
    other = called(bureau, "zhang", "set", "剑瓷", "area=3", "--as", "planning01")
    assert other.exit_code == 1
    assert other.stderr == (
        "您的操作系统账户 zhang 登记为 bureau01，不能以 planning01 的身份办理\n"
        "  改法：去掉 --as（和环境变量 LIFECYCLE_OFFICER）；受其委托的，用 --for planning01 代办\n"
    )
    assert bureau.asks("audit")["refused_attempts"] == before + 1
    bureau.do("officer", "account", "bureau01", "zhang", "--remove", by="admin")
    gone = called(bureau, "zhang", "show", "剑瓷")
    assert gone.exit_code == 1
    assert gone.stderr == (
        "您的操作系统账户 zhang 没有登记为经办人，不能使用这个库\n"
        "  改法：请管理员运行：lifecycle officer account 工号 zhang\n"
    )
    assert bureau.findings() == []


def test_the_register_itself_holds_an_account_to_its_officer(bureau: Bureau) -> None:
    """Whatever is above it, nothing is recorded for an account under another officer's code, of a
    case or of the office.
    """
    office = bureau.office()
    try:
        office.register.account = "zhang"
        entries = office.store.last_index()
        with pytest.raises(InvalidError, match="zhang 没有登记为 planning01"):
            set_facts(office, Request("planning01"), office.case("剑瓷"), {"area": "3"})
        with pytest.raises(InvalidError, match="zhang 没有登记为 admin"):
            add_unit(office, Request("admin"), "water", "水利局")
        assert office.store.last_index() == entries
    finally:
        office.close()


@pytest.mark.parametrize("account", ["li", "zhang"])
def test_a_forged_account_is_found(bureau: Bureau, account: str) -> None:
    """An entry of a case that claims an account which was not then its actor's is a finding: one
    that nobody had, and one that was another officer's.
    """
    words = ("sign", "剑瓷", "to_siting", "agree")
    bureau.do(*words, by="land01")
    idx, case, _ = bureau.entry("opinion_signed", 0)

    def claim(body: dict[str, Any]) -> None:
        body["authority"] |= {"auth": "local", "account": account}

    bureau.forge(idx, claim)
    bureau.rechain(case)
    found = [f for f in bureau.findings() if f.code == "authority"]
    assert [(f.idx, f.message) for f in found] == [
        (idx, f"记录写的操作系统账户 {account} 当时没有登记为 land01")
    ]


def test_a_forged_account_of_the_office_is_found(bureau: Bureau) -> None:
    """So is one in the office's own chain, even where the account was mapped later."""
    idx, _, _ = bureau.entry("definition_published", 0)
    bureau.do("officer", "account", "admin", "root", by="admin")

    def claim(body: dict[str, Any]) -> None:
        body["authority"] |= {"auth": "local", "account": "root"}

    bureau.forge(idx, claim)
    bureau.rechain("office")
    found = [f for f in bureau.findings() if (f.code, f.idx) == ("authority", idx)]
    assert [f.message for f in found] == ["记录写的操作系统账户 root 当时没有登记为 admin"]


@pytest.mark.parametrize(
    "authority",
    [{"auth": "sworn"}, {"auth": "declared", "account": "zhang"}, {"auth": "local", "account": ""}],
)
def test_only_two_ways_of_knowing_are_accepted(bureau: Bureau, authority: dict[str, str]) -> None:
    """`auth` is `declared`, without an account, or `local`, with one."""
    idx, case, _ = bureau.entry("case_opened", 0)
    bureau.forge(idx, lambda body: body["authority"].update(authority))
    bureau.rechain(case)
    found = {(f.code, f.idx) for f in bureau.findings()}
    assert ("authority", idx) in found


def test_a_directory_names_accounts(bureau: Bureau, tmp_path: Path) -> None:
    """`init --from` maps the accounts that the directory gives, and finds one given twice."""
    text = (Path(__file__).parent.parent / "data/tiny/directory.yaml").read_text("utf-8")
    folder = tmp_path / "other"
    folder.mkdir()
    first, rest = text.split("code: bureau01", 1)
    named = f"{first}code: bureau01, accounts: [zhang, zhang2]{rest}"
    (folder / "dir.yaml").write_text(named, "utf-8")
    other = f"sqlite:///{folder}/o.db"
    done = bureau.run("init", "--from", str(folder / "dir.yaml"), "--db", other)
    assert done.exit_code == 0, done.output
    officers = bureau.asks("officer", "list", "--db", other)["officers"]
    assert {o["officer"]: o["accounts"] for o in officers if o["accounts"]} == {
        "bureau01": ["zhang", "zhang2"]
    }
    (folder / "twice.yaml").write_text(named.replace("zhang2", "zhang"), "utf-8")
    twice = bureau.run("init", "--from", str(folder / "twice.yaml"), "--db", f"{folder}/p.db")
    assert (twice.exit_code, "操作系统账户 zhang 重复" in twice.stderr) == (1, True)
