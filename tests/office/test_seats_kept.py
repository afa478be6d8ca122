"""Who has spoken on a step that stands leaves the panel by a correction only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_office import Tiny


def test_a_unit_that_objected_stays_after_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person cannot exchange it for another in the next state, nor clear it, so that a return
    would ask somebody else; a further unit may come to it.
    """
    office = Tiny(tmp_path, monkeypatch).founded()
    case = office.opened("investment=32000", "owner_unit=owner", "x_units=wenwu")
    office.do("attach", case, "report", office.write("r.pdf", "x"), by="planning01")
    office.do("sign", case, "to_siting", "agree", by="land01")
    office.do("sign", case, "to_siting", "object", "--note", "遗址", by="wenwu01")
    office.do("resolve", case, "to_siting", "x/wenwu", "--note", "已协调", by="bureau02")
    office.do("advance", case, "to_siting", by="bureau01")
    for words in (("set", case, "x_units=xiao"), ("clear", case, "x_units", "--note", "误")):
        told = "".join(office.fails(*words, by="bureau01")[1])
        assert "不能直接去掉" in told
    office.do("set", case, "x_units=wenwu、xiao", by="bureau01")
    told = office.do("correct", case, "x_units=xiao", "--note", "不涉文物", by="bureau01")
    assert "不再请" in told
    assert "待 市招商局 的另一人确认" in told
    audit = office.asks("audit", by="auditor01")
    assert audit["findings"] == []
