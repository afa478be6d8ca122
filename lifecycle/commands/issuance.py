"""Letters of the worked example, checked and signed off by those whose business it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lifecycle.errors import LifecycleError, UnavailableError

if TYPE_CHECKING:
    from lifecycle.engine.notice import Notice
    from lifecycle.office import Office
    from lifecycle.people.directory import Directory


def issue_letters(office: Office, letters: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Check and sign off letters, given as (case number, name), today; tell each step as it was typed."""
    from lifecycle.ledger.register import Request
    from lifecycle.paper.fonts import Fonts

    try:
        fonts = Fonts.find()
    except UnavailableError as error:
        yield f"\n公文没有签发：{error.message}。{error.mend}"
        return
    for number, name in letters:
        case = office.case(number)
        notice = case.notices[name]
        try:
            checker, signer = (_who(office.directory, notice, duty, office.day(None).isoformat()) for duty in _DUTIES)
            yield f"\n$ lifecycle notice approve {number} {name} --as {checker}"
            case = office.chancery.check(Request(checker), case, name).case
            yield f"$ lifecycle notice issue {number} {name} --as {signer}"
            issued = office.chancery.sign_off(Request(signer), case, name, fonts).case.notices[name]
            yield f"文号 {issued.number}　验证码 {issued.code}"
        except LifecycleError as error:
            yield f"没有签发：{error.message}"


_DUTIES = ("checker", "signer")


def _who(directory: Directory, notice: Notice, duty: str, on: str) -> str:
    """Name somebody of the issuing unit who has a duty and did not draft the letter."""
    for grant in directory.grants:
        person = directory.people[grant.officer]
        able = duty in grant.roles and grant.principal is None and grant.holds(on, directory.seq)
        if able and person.unit == notice.unit and person.code not in notice.persons:
            return person.code
    raise UnavailableError(f"{notice.unit} 没有能办的人", f"授予 {duty}：lifecycle officer grant")
