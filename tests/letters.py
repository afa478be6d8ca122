"""Sample templates and the sample facts they are written with; shared by the tests of
the letter.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from lifecycle.letter import Letter
from lifecycle.template import Template, compose, read_template

HERE = Path(__file__).parent
DAY = date(2026, 8, 1)
SCOPE: dict[str, object] = {
    "case_title": "瓯江云栖康养度假综合体项目",
    "case_number": "LS-F-2026-001",
    "issuer": "丽水市招商局",
    "contact": "投资促进处，电话0578-2091000",
    "to": ["市发展和改革委员会", "市自然资源和规划局", "市生态环境局", "市财政局", "市林业局"],
    "cc": ["市文化和广电旅游体育局", "莲都区人民政府"],
    "materials": ["项目建议书", "投资方资信材料（营业执照、信用报告、近三年财务报表）", "考察报告"],
    "next_stage": "规划选址",
    "investor": "浙江沐溪康养产业有限公司",
    "investment": Decimal("126000.00"),
    "land_mu": Decimal("148.50"),
    "height_max": 36,
    "due_on": date(2026, 8, 15),
    "due_text": "2026年8月15日前",
    "note": None,
    "valid_to": date(2027, 2, 1),
    "units": ["市发展和改革委员会", "市自然资源和规划局"],
    "last": {"fair_review": date(2026, 7, 20)},
    "count": {"review": 1},
    "clauses": [
        {"text": "适用市级普惠文旅补助", "basis": "普惠-文旅-2024-07"},
        {"text": "按贡献返还", "basis": None},
    ],
    "opinions": [
        {"unit": "市自然资源和规划局", "verdict": "有条件同意", "note": "B区屋面高度降至12米以内"},
        {"unit": "市发展和改革委员会", "verdict": "同意", "note": None},
    ],
}
SAMPLES = {
    "consultation": SCOPE,
    "request": {**SCOPE, "to": ["丽水市人民政府"]},
    "report": {**SCOPE, "to": ["丽水市人民政府"]},
    "minutes": SCOPE,
}


def sample(name: str) -> Template:
    """Read a sample template."""
    return read_template(
        name, (HERE / "data" / "notices" / f"{name}.j2").read_bytes(), f"notices/{name}.j2"
    )


def sample_letter(name: str) -> Letter:
    """Compose a sample letter."""
    return compose(sample(name), SAMPLES[name], on=DAY)


def template(
    body: str, *, title: str = "关于测试的函", kind: str = "函", head: str = ""
) -> Template:
    """Read a template with the header that a letter needs at least."""
    text = (
        f"文种：{kind}\n标题：{title}\n主送：市财政局\n发文单位：丽水市招商局\n{head}---\n{body}\n"
    )
    return read_template("test", text.encode(), "test.j2")


CODE = "K7QM-3F9T-X2HD"
PROOF = (
    "lifecycle:LS-F-2026-001:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:"
    "K7QM3F9TX2HD"
)
"""What an issued letter's QR symbol says; any text of that length will do here."""
ISSUED = {
    "consultation": "丽招商函〔2026〕7号",
    "request": "丽招商〔2026〕1号",
    "duties": "丽招商〔2026〕12号",
    "supervision": "丽招商督〔2026〕3号",
    "meeting": "丽招商纪要〔2026〕5期",
}
"""Letters with every part that a layout has, by the number they were issued under."""


def issued_letter(name: str) -> Letter:
    """Compose a sample letter and issue it."""
    letter = compose(sample(name), SAMPLES.get(name, SCOPE), on=DAY)
    return replace(
        letter,
        number=ISSUED[name],
        signer="林　岚",
        printed=date(2026, 8, 3),
        code=CODE,
        proof=PROOF,
    )
