"""A mechanism that nobody shipped, brought into an office by its administrator: complaints of
foreign investors, with their letters and a summary of each year (tests/data/complaint).
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from tiny_office import Tiny

from lifecycle.engine.entry import BEIJING
from lifecycle.errors import UnavailableError
from lifecycle.letter.fonts import Fonts

DATA = Path(__file__).parents[1] / "data" / "complaint"
FLOWS = ["workflows/complaint.yaml", "workflows/complaint_year.yaml"]
PEOPLE = {
    "since": "2026-01-04",
    "office": {
        "unit": "bureau",
        "title": "市招商局",
        "functions": ["bureau"],
        "admin": {"code": "admin", "title": "系统管理员"},
    },
    "units": [
        {"code": "land", "title": "市自然资源局", "functions": ["land"]},
        {"code": "tax", "title": "市税务局", "functions": []},
    ],
    "officers": [
        {"code": "b1", "title": "经办人", "unit": "bureau", "roles": ["bureau"]},
        {"code": "b2", "title": "核稿人", "unit": "bureau", "roles": ["bureau", "reviewer"]},
        {"code": "b3", "title": "签发人", "unit": "bureau", "roles": ["bureau", "signer"]},
        {"code": "l1", "title": "利用科", "unit": "land"},
        {"code": "t1", "title": "征管科", "unit": "tax"},
    ],
}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Give an office just founded, on 2 March 2026, with the files of the mechanism beside it."""
    made = Tiny(tmp_path, monkeypatch)
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    at(made, "2026-03-02")
    made.do("init", "--from", made.write("people.yaml", json.dumps(PEOPLE)))
    return made


def at(office: Tiny, day: str) -> None:
    """Let it be the morning of a day."""
    office.now = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=BEIJING)


def published(office: Tiny) -> None:
    """Put the mechanism into force, and give its roles to units and officers."""
    office.do("workflow", "publish", *FLOWS, by="admin")
    for unit, *functions in (("land", "land", "depts"), ("tax", "depts"), ("bureau", "bureau")):
        words = [word for name in functions for word in ("--function", name)]
        office.do("unit", "change", unit, *words, by="admin")


def complaint(office: Tiny, subject: str, area: str) -> str:
    """Open a complaint that came in today, and hand it to two departments; give its number."""
    facts = {
        "subject": subject,
        "investor": "某外资公司",
        "area": area,
        "received_on": str(office.now.date()),
        "demand": "请求按约办理",
    }
    sets = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    number = office.do("open", "complaint", *sets, by="b1").strip()
    office.do("attach", number, "letter", office.write("投诉书.txt", subject), by="b1")
    office.do("advance", number, "--set", "dept_units=land、tax", by="b1")
    return number


def answered(office: Tiny, number: str) -> None:
    """Have both departments agree, and answer the complaint."""
    for code in ("l1", "t1"):
        office.do("sign", number, "settle", "agree", by=code)
    office.do("attach", number, "opinion", office.write("意见书.txt", number), by="b1")
    day = office.now.date()
    words = ("advance", number, "settle", "--set", "result=已办结", "--set", f"closed_on={day}")
    office.do(*words, by="b1")


def test_its_files_are_sound_before_anything_is_published(office: Tiny) -> None:
    """Workflows, letters and scenarios are judged as they lie there; they come into force as one,
    with the letters and the list that they use.
    """
    assert office.do("workflow", "check", *FLOWS) == "共检查 2 个流程文件：没有错误\n"
    letters = sorted(str(path) for path in Path("notices").glob("*.j2"))
    assert office.do("notice", "lint", *letters) == "共检查 5 个模板：没有错误\n"
    told = office.do("workflow", "test", "workflows/tests")
    assert told.endswith("共 1 个文件、6 个情景：全部相符\n")
    told = office.do("workflow", "publish", *FLOWS, by="admin")
    kinds = [line.split(" ")[0] for line in told.splitlines()]
    assert kinds == ["已发布选项表", *["已发布公文模板"] * 5, *["已发布流程"] * 2]


def test_a_year_of_complaints(office: Tiny) -> None:
    """One is answered in time; the other is raised by the clock when its limit has passed, though
    nobody looked. In the next year the clock opens the summary, whose figures come from both.
    """
    published(office)
    first = complaint(office, "用地交付迟延", "青田")
    at(office, "2026-04-01")
    second = complaint(office, "出口退税迟延", "龙泉")
    answered(office, first)
    at(office, "2026-06-30")
    office.do("tick", by="admin")
    at(office, "2026-07-10")
    shown = office.asks("show", second, by="b1")["case"]
    assert (shown["state"], shown["facts"]["escalated_on"]) == ("raised", "2026-06-30")
    answered(office, second)
    office.rest_until(datetime(2027, 1, 20, 10, tzinfo=BEIJING))
    office.do("tick", by="admin")
    summary = "2026年外商投诉"
    office.do("advance", summary, "publish", by="b1")
    facts = office.asks("show", summary, by="b1")["case"]["facts"]
    figures = [facts[name] for name in ("total", "settled", "raised", "rate")]
    assert figures == [2, 2, 1, "50"]
    text = "".join(office.do("notice", "show", summary, "complaint-circular", by="b1").split())
    assert "共收到外商投诉2件，办结2件，逾期提级1件，按期的占50%。" in text
    assert office.asks("audit", by="admin")["findings"] == []


def test_its_letters_are_signed_off(office: Tiny) -> None:
    """The request to the departments is reviewed and issued by others, with a number; their answer
    to it is their opinion.
    """
    try:
        Fonts.find()
    except UnavailableError as error:
        pytest.skip(error.message)
    published(office)
    office.do("notice", "publish", "notices/issuing.yaml", by="admin")
    number = complaint(office, "用地交付迟延", "青田")
    office.do("notice", "approve", number, "complaint-assigned", by="b2")
    issued = office.asks("notice", "issue", number, "complaint-assigned", by="b3")
    reply = office.write("复函.txt", "同意")
    words = ("notice", "reply", number, issued["letter"]["number"], "agree", "--file", reply)
    office.do(*words, by="l1")
    (gate,) = [
        gate
        for gate in office.asks("why", number, "settle", by="b1")["gates"]
        if gate["kind"] == "cosign"
    ]
    assert gate["text"] == "缺 市税务局 的同意意见"
