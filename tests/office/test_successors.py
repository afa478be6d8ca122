"""Who goes on once an objection was resolved: told when it is, and by the doctor before."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledger_office import Bureau
from tiny_office import Tiny

from lifecycle import places
from lifecycle.office.administration.init import found, prepare
from lifecycle.office.office import Office
from lifecycle.office.successors import thin_units


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office, whose steps send no letters."""
    return Tiny(tmp_path, monkeypatch).founded()


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """Give an office whose steps send letters."""
    return Bureau(tmp_path, monkeypatch).founded()


def resolved(tiny: Tiny, *more: str) -> str:
    """Resolve an objection as an officer of the lead; give the hint beside the answer."""
    number = tiny.ready()
    tiny.do("sign", number, "to_siting", "object", "--note", "不妥", by="wenwu01")
    words = ("resolve", number, "to_siting", "市文物局", "--note", "已避让", *more)
    result = tiny.run(*words, by="bureau01")
    assert result.exit_code == 0
    return result.stderr


def test_who_may_still_go_on_is_told(tiny: Tiny) -> None:
    """Whoever resolves an objection is told who may still make the step, also by a dry run."""
    hint = "提示：“转入规划选址”可由 bureau02 办理（处理过不同意见的人不能再办）\n"
    assert resolved(tiny, "--dry-run") == hint


def test_that_nobody_can_go_on_is_told(tiny: Tiny) -> None:
    """Where nobody is left, that is said, and the command that makes somebody."""
    tiny.do("officer", "leave", "bureau02", by="admin")
    assert resolved(tiny) == (
        "提示：处理过不同意见的人不能再办理“转入规划选址”，也没有别人能办；"
        "请管理员另行授权 市招商局：lifecycle officer grant 工号 bureau\n"
    )


def test_letters_that_nobody_could_sign_are_told(bureau: Bureau) -> None:
    """Who drafts does not check, who checks does not sign: where too few are left for that, it is
    said; with enough of them nothing more is.
    """
    assert "本单位没有另外的人核稿、签发" in resolved(bureau)
    people = (("bureau03", "reviewer"), ("bureau04", "signer"))
    for code, role in people:
        words = ("add", code, "职员", "--unit", "bureau", "--role", role)
        bureau.do("officer", *words, by="admin")
    number = bureau.asks("list")["cases"][0]["number"]
    bureau.do("sign", number, "to_siting", "object", "--note", "仍不妥", by="wenwu01")
    again = ("resolve", number, "to_siting", "市文物局", "--note", "再避让")
    result = bureau.run(*again, by="bureau01")
    assert result.stderr == (
        "提示：“转入规划选址”可由 bureau02 办理（处理过不同意见的人不能再办）\n"
    )


def test_the_doctor_names_units_that_are_too_few(bureau: Bureau) -> None:
    """It hints at it and goes on to say that all else is well."""
    told = bureau.do("doctor")
    assert "没有发现问题\n提示：市招商局 的 bureau01、bureau02 若处理了不同意见" in told
    assert len(bureau.asks("doctor")["hints"]) == 1
    for code, role in (("bureau03", "reviewer"), ("bureau04", "signer")):
        words = ("add", code, "职员", "--unit", "bureau", "--role", role)
        bureau.do("officer", *words, by="admin")
    assert bureau.asks("doctor")["hints"] == []


def test_the_worked_example_has_people_enough(tmp_path: Path) -> None:
    """In the directory that is shipped nobody's resolving leaves a unit without successors."""
    office = Office.open(f"sqlite:///{tmp_path / 'office.db'}", create=True)
    found(office, prepare(str(places.demo() / "office.yaml"), None, None))
    assert list(thin_units(office)) == []
    office.close()
