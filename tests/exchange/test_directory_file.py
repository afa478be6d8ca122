"""An office's directory as a file: every fault at once, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle.errors import InvalidError, WorkflowError
from lifecycle.exchange.directory_file import read_directory_file

ROLES = {"bureau": "市招商局", "land": "国土"}
SOUND = """\
office: {unit: bureau, title: 市招商局, functions: [bureau], admin: {code: admin, title: 管理员}}
since: 2026-01-01
units:
  - {code: land, title: 市自然资源局, functions: [国土]}
officers:
  - {code: land01, title: 经办, unit: land, roles: [land]}
  - {code: land02, title: 经办, unit: land, roles: [land]}
delegations:
  - {principal: land01, officer: land02, until: 2026-12-01}
"""


def test_a_sound_directory_is_its_changes(tmp_path: Path) -> None:
    """The founding comes first, then units, officers and delegations in the file's order."""
    path = tmp_path / "d.yaml"
    path.write_text(SOUND, "utf-8")
    listed = read_directory_file(path, ROLES)
    assert [change.entry_type for change in (listed.office, *listed.changes)] == [
        "office_founded",
        "unit_added",
        "officer_added",
        "officer_added",
        "delegation_made",
    ]


def test_every_fault_of_a_directory_is_told_at_once(tmp_path: Path) -> None:
    """Also what only the office's judge would refuse, one after the other: a title twice, a
    delegation to oneself, one that ends before it begins.
    """
    path = tmp_path / "d.yaml"
    path.write_text(
        SOUND.replace("title: 市自然资源局", "title: 市招商局")
        .replace("unit: land, roles: [land]}\n  - {code: land02", "unit: lnd}\n  - {code: land 2")
        .replace(
            "officer: land02, until: 2026-12-01}",
            "officer: land01, until: 2026-12-01}\n"
            "  - {principal: land01, officer: admin, since: 2026-10-01, until: 2026-09-01}",
        ),
        "utf-8",
    )
    with pytest.raises(WorkflowError) as caught:
        read_directory_file(path, ROLES)
    told = [f"{p.location.line}:{p.location.column} {p.message}" for p in caught.value.problems]
    assert told == [
        "4:25 单位名称“市招商局”重复，第 1 行已有",
        "6:37 没有单位“lnd”",
        "7:12 经办人代码“land 2”不合规",
        "9:34 不能委托给自己",
        "10:67 截止日 2026-09-01 早于起始日 2026-10-01",
    ]


def test_a_workbook_is_named_as_what_it_is(tmp_path: Path) -> None:
    """The bytes of an XLSX file are not printed as faulty YAML."""
    path = tmp_path / "d.xlsx"
    path.write_bytes(b"PK\x03\x04\x00\x01binary")
    with pytest.raises(InvalidError) as caught:
        read_directory_file(path, ROLES)
    assert caught.value.message == f"{path} 是 XLSX 之类的压缩文件，不是 YAML"
    assert caught.value.mend == "写成 YAML 的文本文件，顶层写 office: 等各键"


def test_divisions_of_a_directory_are_its_changes_too(tmp_path: Path) -> None:
    """Those of a unit follow it, who is in one follows the officer, who is in charge all
    officers.
    """
    path = tmp_path / "d.yaml"
    divided = SOUND.replace(
        "functions: [国土]}",
        "functions: [国土], divisions: [{code: ly, title: 利用科, leader: land02}]}",
    ).replace("unit: land, roles: [land]}", "unit: land, division: ly, roles: [land]}", 1)
    path.write_text(divided, "utf-8")
    listed = read_directory_file(path, ROLES)
    assert [change.entry_type for change in listed.changes] == [
        "unit_added",
        "division_added",
        "officer_added",
        "officer_placed",
        "officer_added",
        "division_changed",
        "delegation_made",
    ]


def test_faults_of_divisions_are_told(tmp_path: Path) -> None:
    """A code or a name twice, an unknown one, one of another unit, a leader of another unit."""
    path = tmp_path / "d.yaml"
    path.write_text(
        SOUND.replace(
            "functions: [国土]}",
            "functions: [国土], divisions: [{code: ly, title: 利用科, leader: admin}, "
            "{code: ly, title: 利用科}]}\n"
            "  - {code: env, title: 生态局, functions: [], divisions: [{code: hp, title: 环评科}]}",
        )
        .replace("unit: land, roles: [land]}", "unit: land, division: hp}", 1)
        .replace("unit: land, roles: [land]}", "unit: land, division: xx}", 1),
        "utf-8",
    )
    with pytest.raises(WorkflowError) as caught:
        read_directory_file(path, ROLES)
    assert [p.message for p in caught.value.problems] == [
        "处室 ly 是单位 land 的，admin 是 bureau 的人",
        "处室 ly 重复，第 4 行已有",
        "处室名称“利用科”重复，第 1 个已有",
        "处室 hp 是单位 env 的，land01 是 land 的人",
        "没有处室“xx”",
    ]
