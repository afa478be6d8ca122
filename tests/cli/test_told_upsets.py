"""What entering and taking back upsets is told in the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give a small office."""
    return Tiny(tmp_path, monkeypatch).founded()


def hints(tiny: Tiny, *args: str, by: str) -> str:
    """Do something and give the hints beside the answer."""
    result = tiny.run(*args, by=by)
    assert result.exit_code == 0, result.output
    return result.stderr


def test_what_is_entered_over_tells_whose_opinions_it_costs(tiny: Tiny) -> None:
    """A fact or a file that opinions cover: which step, whose, and what is not met any more."""
    number = tiny.ready()
    assert hints(tiny, "set", number, "investment=2000", "--dry-run", by="bureau01") == (
        "提示：“转入规划选址”的条件不再满足：总投资 2000 万元，至少 3000 万元"
        "（总投资不足3000万元，按属地一般项目办理）\n"
        "提示：“转入规划选址”的会签意见失效，须重新会签：国土、市文物局\n"
    )
    tiny.write("新.pdf", "新的论证")
    assert hints(tiny, "attach", number, "report", "新.pdf", by="planning01") == (
        "提示：“转入规划选址”的会签意见失效，须重新会签：国土、市文物局\n"
    )
    assert hints(tiny, "set", number, "area=3", by="bureau01") == ""


def test_what_is_taken_back_tells_what_is_missing_for_it(tiny: Tiny) -> None:
    """Detaching and clearing say alike which step lacks it now, and whose opinions went stale;
    machines are told, too.
    """
    number = tiny.ready()
    lost = "提示：“转入规划选址”的会签意见失效，须重新会签：国土、市文物局\n"
    detach = ("detach", number, "report", "--note", "传错")
    assert hints(tiny, *detach, "--dry-run", by="planning01") == (
        f"提示：“转入规划选址”的材料不再满足：缺 选址论证报告\n{lost}"
    )
    clear = ("clear", number, "owner_unit", "--note", "填错")
    assert hints(tiny, *clear, "--dry-run", by="bureau01") == (
        f"提示：“转入规划选址”的要素不再满足：缺 业主单位\n{lost}"
    )
    told = tiny.asks(*detach, by="planning01")["hints"]
    assert [(one["kind"], one["message"][:13]) for one in told] == [
        ("upset", "“转入规划选址”的材料不再"),
        ("upset", "“转入规划选址”的会签意见"),
    ]


def test_who_signs_too_soon_is_told_what_is_lacking(tiny: Tiny) -> None:
    """An opinion given before all that it covers is there does not rest on that: its signer is told
    what, and that it has to be given anew; machines too. Once all is there nothing is told, nor of
    an objection, which stands whatever is entered.
    """
    number = tiny.opened("owner_unit=owner", "x_units=wenwu")
    sign = ("sign", number, "to_siting", "agree")
    told = (
        "“转入规划选址”会签要看的 总投资、选址论证报告 还没有填报或上传，这份意见不包括它们；"
        "以后填报、上传了，意见即失效，须重新会签"
    )
    assert hints(tiny, *sign, "--dry-run", by="land01") == f"提示：{told}\n"
    assert tiny.asks(*sign, by="land01")["hints"] == [{"kind": "too_soon", "message": told}]
    objects = ("sign", number, "to_siting", "object", "--note", "位置不当")
    assert hints(tiny, *objects, by="wenwu01") == ""
    tiny.write("报告.pdf", "选址论证")
    tiny.do("attach", number, "report", "报告.pdf", by="planning01")
    tiny.do("set", number, "investment=32000", by="bureau01")
    status = {one["role"]: one["status"] for one in tiny.asks("show", number)["opinions"]}
    assert (status["land"], status["x"]) == ("stale", "object")
    assert hints(tiny, *sign, by="land01") == ""


def test_an_objection_to_what_was_is_answered_by_speaking_anew(tiny: Tiny) -> None:
    """Once what was objected to has changed, settling the objection leads nowhere: its unit has to
    speak anew in any case. The refusal, the lead's list and the answer to `resolve` say so.
    """
    number = tiny.ready()
    tiny.do("sign", number, "to_siting", "object", "--note", "位置不当", by="land01")
    tiny.do("set", number, "investment=35000", by="bureau01")
    again = f"lifecycle sign {number} to_siting agree --as …"
    refused = tiny.fails("advance", number, "to_siting", by="bureau02")[1]
    assert f"其后有退回或变更，由其重新会签：{again}；" in refused
    resolve = f"lifecycle resolve {number} to_siting land --note …"
    (task,) = [one for one in tiny.asks("todo", by="bureau01")["tasks"] if one["kind"] == "resolve"]
    assert task["command"] == resolve
    assert task["text"].endswith("处理以后仍须其重新会签，宜请其直接重新会签）")
    told = hints(tiny, "resolve", number, "to_siting", "land", "--note", "已协调", by="bureau01")
    assert told == (f"提示：国土 的不同意见以后有退回或变更，仍须其重新会签才能往下办：{again}\n")
    for code in ("land01", "wenwu01"):
        tiny.do("sign", number, "to_siting", "agree", by=code)
    tiny.do("advance", number, "to_siting", by="bureau02")
