"""An office that issues letters: a checker, a signer, a clerk, issuing rules, and a letter that
asks for opinions.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import FILES, Home
from ledger_office import CONSULTATION, Bureau, with_letters

from lifecycle.errors import UnavailableError
from lifecycle.letter.fonts import Fonts

ISSUING = """\
issuing: 发文规则
issuers:
  bureau: {code: 丽招商, name: 丽水市招商局}
  land: {code: 丽自然资}
series:
  - {kinds: [函], number: "{code}函〔{year}〕{serial}号"}
  - {kinds: [公告], number: "{code}告〔{year}〕{serial}号"}
receipt: {in: 2, unit: workday, basis: 内部承诺}
urge: {template: reply-reminder}
"""
REMINDER = """\
文种：函
标题：关于商请尽快函复的函
主送：{{ to }}
发文单位：{{ issuer }}
联系人：{{ contact }}
---
我单位《{{ letter_title }}》（{{ letter_number }}，{{ letter_date }}）未收到函复，已逾期{{ overdue_days }}日。
"""  # noqa: E501
ASK = (
    "  - {name: ask, title: 征求意见, kind: record, from: scouting, by: bureau,"
    " needs: {facts: [investment, owner_unit]}, notices: [{template: consultation, to: [land, x],"
    " cc: owner,"
    " reply: {in: 5, unit: workday, basis: 内部承诺, cosign: to_siting}}]}\n"
)
PEOPLE = (
    ("bureau03", "办公室核稿人", "bureau", "bureau", "reviewer"),
    ("bureau04", "分管负责人", "bureau", "bureau", "signer"),
    ("clerk01", "机要收发员", "bureau", "clerk"),
    ("land02", "利用科负责人", "land", "land", "reviewer", "signer"),
)


def fonts() -> Fonts:
    """Give the fonts, or skip with the reason where they are not to be had."""
    try:
        return Fonts.find()
    except UnavailableError as error:
        pytest.skip(f"字体未安装（make fonts）：{error.message}")


class Paper(Bureau):
    """A bureau whose letters can be issued."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, home: Home = FILES) -> None:
        fonts()
        super().__init__(folder, monkeypatch, home)
        text = with_letters().replace("  - {name: note_visit,", f"{ASK}  - {{name: note_visit,", 1)
        (self.rules / "workflows" / "visit.yaml").write_text(text, encoding="utf-8")
        asking = CONSULTATION.replace(
            "{{ due_text | default('收到本函后') }}", "{{ reply_due_text | default('收到本函后') }}"
        )
        letters = self.rules / "notices"
        (letters / "consultation.j2").write_text(asking, encoding="utf-8")
        (letters / "reply-reminder.j2").write_text(REMINDER, encoding="utf-8")
        (letters / "issuing.yaml").write_text(ISSUING, encoding="utf-8")

    def founded(self) -> Paper:
        """Found the office with those through whose hands letters pass."""
        super().founded()
        for code, title, unit, *roles in PEOPLE:
            given = [part for role in roles for part in ("--role", role)]
            self.do("officer", "add", code, title, "--unit", unit, *given, by="admin")
        return self

    def asked(self, name: str = "剑瓷文化体验街区") -> str:
        """Open a case and send its consultation; give the case's number. The letter is
        `2-consultation`.
        """
        number = self.opened(
            "investment=32000", "owner_unit=owner", "x_units=wenwu", name=name, on="2026-09-29"
        )
        self.do("advance", number, "ask", by="bureau01")
        return number

    def corrects(self, number: str, fact: str) -> None:
        """Correct what a step rests on: one officer proposes, another of the lead confirms."""
        self.do("correct", number, fact, "--note", "填错了", by="bureau01")
        self.do("confirm", number, by="bureau02")

    def ready_but_unsigned(self) -> str:
        """Open a case that lacks but the opinions to go on, and send its consultation,
        `3-consultation`.
        """
        number = self.opened(
            "investment=32000", "owner_unit=owner", "x_units=wenwu", on="2026-09-29"
        )
        self.do("attach", number, "report", self.write("报告.pdf", "选址论证"), by="bureau01")
        self.do("advance", number, "ask", by="bureau01")
        return number

    def issued(self, number: str, letter: str = "2-consultation") -> dict[str, object]:
        """Check and sign a letter off; give where it stands."""
        self.do("notice", "approve", number, letter, by="bureau03")
        answer = self.asks("notice", "issue", number, letter, by="bureau04")
        found: dict[str, object] = answer["letter"]
        return found
