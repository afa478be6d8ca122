"""What judgements about letters have in common: the gates of unit, duty, author, state
and reason.
"""

from __future__ import annotations

from lifecycle.engine.case_letter import (
    DRAFT,
    ISSUED,
    REVIEWED,
    STATES,
    SUPERSEDED,
    VOID,
    Addressee,
    CaseLetter,
)
from lifecycle.engine.docket import Docket
from lifecycle.engine.gates.gates import Gate, unknown
from lifecycle.engine.world.moment import Officer

DUTIES = {"reviewer": "核稿人", "signer": "签发人", "clerk": "收发员"}
"""The roles of the office through which letters pass.

No workflow defines them, and the gates below are written in terms of them.
"""
RULES = "notices/issuing.yaml　党政机关公文处理工作条例（拟稿、核稿、签发各有其人）"
"""Where it stands that letters are refused, and the ground."""

_MENDS = {
    DRAFT: "先核稿、签发：lifecycle notice approve {number} {name}",
    REVIEWED: "先签发：lifecycle notice issue {number} {name}",
    ISSUED: "已签发的不能再改；要改，另拟一件替代：lifecycle notice draft {number} --replace "
    "{name}",
    VOID: "另拟一件：lifecycle notice draft {number} --replace {name}",
    SUPERSEDED: "请改用替代的 {by}",
}
"""What to do where a letter is in this state and should be in another."""


def find_letter(docket: Docket, name: str) -> CaseLetter | None:
    """Find a letter of the case; where there is none, note that."""
    letter = docket.case.letters.get(name)
    if letter is None:
        otherwise = f"用 lifecycle notice list {docket.case.number} 查看"
        docket.add(unknown("letter", "公文", name, docket.case.letters, otherwise))
    return letter


def find_addressee(docket: Docket, letter: CaseLetter, name: str) -> Addressee | None:
    """Find an addressee by name; where there is none, note that."""
    found = next((a for a in letter.addressed if a.name == name), None)
    if found is None:
        listed = [a.name for a in letter.addressed]
        otherwise = f"这件公文发给 {'、'.join(listed) or '（尚未签发）'}"
        docket.add(unknown("letter", "收文单位", name, listed, otherwise))
    return found


def judge_unit(docket: Docket, unit: str) -> None:
    """Judge whether the officer is of the unit whose business this is."""
    names, own = docket.moment.names, docket.officer.unit
    title = names.get(unit, unit)
    if own == unit:
        docket.add(Gate("unit", True, {"unit": unit}, title))
        return
    text = f"由 {title} 办理；您属 {names.get(own, own)}"
    mend = "请该单位的经办人办理；受委托的，加 --for 委托人"
    docket.add(Gate("unit", False, {"unit": unit}, text, mend))


def judge_duty(docket: Docket, letter: CaseLetter, duty: str) -> str:
    """Judge a role of the office within the issuing unit; gives the role."""
    judge_unit(docket, letter.unit)
    title, officer = DUTIES[duty], docket.officer
    if duty in officer.held and not officer.away:
        docket.add(Gate("role", True, {"role": duty}, f"{title}（{officer.id}）"))
        return duty
    text = f"由{title}办理；您（{officer.id}）不是{title}"
    mend = f"请本单位的{title}办理（用 lifecycle officer list 查）；还没有的，请管理员授权 {duty}"
    docket.add(Gate("role", False, {}, text, mend))
    return duty


def hands_before(letter: CaseLetter, word: str) -> dict[str, tuple[str, ...]]:
    """Name, by what they did to a letter, those of whom none may do this next: 核稿 or 签发.

    Drafting, reviewing and signing off (党政机关公文处理工作条例 art. 18) are the business of three
    persons here. Whoever acted by delegation is named with the one they acted for: neither is
    somebody else afterwards.
    """
    drafted = {"拟稿": letter.persons}
    if word == "签发":
        return {**drafted, "核稿": letter.reviewed_by}
    return drafted


_HANDS = {"拟稿": "letter_drafted", "核稿": "letter_reviewed"}


def judge_hands(docket: Docket, letter: CaseLetter, word: str) -> None:
    """See that nobody reviews or signs off what already went through their hands, acting for
    whomever.
    """
    for done, persons in hands_before(letter, word).items():
        inputs = {"of": _HANDS[done], "persons": list(persons)}
        same = sorted(set(persons) & set(docket.officer.persons))
        if same:
            text = _both(docket.officer, done, word, persons, same)
            mend = f"请同单位没有{done}的另一位{word}人办理；没有的，请管理员授权"
            docket.add(Gate("not_by", False, inputs, text, mend))
        else:
            text = f"不是{done}人（{'、'.join(persons)}）" if persons else f"尚无人{done}"
            docket.add(Gate("not_by", True, inputs, text))


def _both(officer: Officer, done: str, word: str, persons: tuple[str, ...], same: list[str]) -> str:
    """Say who did the one thing and would now do the other."""
    text = f"{done}人 {'、'.join(same)} 不得{word}，须换人"
    if officer.principal or len(persons) > 1:
        now = f"{officer.id} 代 {officer.principal}" if officer.principal else officer.id
        text += f"：{done}的是 {'、'.join(persons)}，这次{word}的是 {now}"
    return text


def judge_day(docket: Docket, word: str, *earlier: tuple[str, str]) -> None:
    """See that the day is not before what was done earlier, given as (what, day or "").

    Letters do not move the case's clock, nor does it hold them up: they have an order of their own.
    """
    on = docket.moment.on.isoformat()
    what, day = max(reversed(earlier), key=lambda one: one[1])
    if on < day:
        text = f"{word}日 {on} 早于{what}日 {day}"
        docket.add(Gate("letter", False, {"on": on}, text, f"请用 {day} 或以后的日期"))


def judge_stage(docket: Docket, letter: CaseLetter, *states: str) -> None:
    """See that the letter is in one of these states of its life."""
    inputs = {"letter": letter.name, "state": letter.state}
    if letter.state in states:
        docket.add(Gate("letter", True, inputs, f"公文{STATES[letter.state]}"))
        return
    wanted = "或".join(STATES[state] for state in states)
    mend = _MENDS[letter.state].format(
        number=docket.case.number, name=letter.name, by=letter.replaced_by
    )
    docket.add(Gate("letter", False, inputs, f"公文{STATES[letter.state]}，须为{wanted}", mend))


def judge_note(docket: Docket, note: str) -> None:
    """See that a reason is given."""
    if note:
        docket.add(Gate("reason", True, {}, "已说明理由"))
    else:
        docket.add(Gate("reason", False, {}, "须说明理由", "加 --note 理由"))


def judge_out(docket: Docket, letter: CaseLetter) -> None:
    """See that a letter is out: issued, with its forms frozen.

    What was superseded since may still be received.
    """
    judge_stage(docket, letter, ISSUED, SUPERSEDED)
    judge_frozen(docket, letter)


def judge_frozen(docket: Docket, letter: CaseLetter) -> None:
    """See that the forms of a numbered letter are frozen."""
    if letter.number and not letter.forms:
        mend = f"lifecycle notice freeze {docket.case.number} {letter.name}"
        docket.add(Gate("letter", False, {}, "版式文件尚未固定", mend))
