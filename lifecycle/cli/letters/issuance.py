"""Letters of the worked example, checked and signed off by those whose business it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lifecycle.errors import LifecycleError, UnavailableError

if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.people.directory import Directory


def issue_letters(office: Office, letters: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Check and sign off letters, given as (case number, name), today; tell each step as it was
    typed.
    """
    from lifecycle.ledger.register import Request
    from lifecycle.letter.fonts import Fonts

    try:
        fonts = Fonts.find()
    except UnavailableError as error:
        yield f"\n公文没有签发：{error.message}。{error.mend}"
        return
    for number, name in letters:
        case = office.case(number)
        notice = case.notices[name]
        try:
            on = office.day(None).isoformat()
            checker = _who(office.directory, notice.unit, "checker", on, but=notice.persons)
            signer = _who(
                office.directory, notice.unit, "signer", on, but=(*notice.persons, checker)
            )
            yield f"\n$ lifecycle notice approve {number} {name} --as {checker}"
            case = office.chancery.check(Request(checker), case, name).case
            yield f"$ lifecycle notice issue {number} {name} --as {signer}"
            issued = office.chancery.sign_off(Request(signer), case, name, fonts).case.notices[name]
            yield f"文号 {issued.number}　验证码 {issued.code}"
        except LifecycleError as error:
            yield f"没有签发：{error.message}"


def _who(directory: Directory, unit: str, duty: str, on: str, *, but: tuple[str, ...]) -> str:
    """Name somebody of the issuing unit who has a duty, through whose hands the letter did not go
    yet.
    """
    for grant in directory.grants:
        person = directory.people[grant.officer]
        able = duty in grant.roles and grant.principal is None and grant.holds(on, directory.seq)
        if able and person.unit == unit and person.code not in but:
            return person.code
    raise UnavailableError(f"{unit} 没有能办的人", f"授予 {duty}：lifecycle officer grant")
