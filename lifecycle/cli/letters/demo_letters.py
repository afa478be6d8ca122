"""Letters of the worked example, reviewed and issued by those whose business it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from lifecycle.errors import LifecycleError, UnavailableError

if TYPE_CHECKING:
    from lifecycle.office.office import Office


def issue_letters(
    office: Office, letters: Iterable[tuple[str, str]], next_entry: Callable[[], None]
) -> Iterator[str]:
    """Review and issue letters, given as (case number, name), on the day that it is for the office.

    `next_entry` is called before each step. Tell each step as it was typed.
    """
    from lifecycle.office.letters.letters import hands_for, issue, review, see_fonts

    try:
        see_fonts()
    except UnavailableError as error:
        yield f"\n公文没有签发：{error.message}。{error.mend}"
        return
    for number, name in letters:
        try:
            hands = hands_for(office, number, name)
            yield f"\n$ lifecycle notice approve {number} {name} --as {hands.review.officer}"
            next_entry()
            review(office, hands.review, number, name)
            yield f"$ lifecycle notice issue {number} {name} --as {hands.issue.officer}"
            next_entry()
            issued = issue(office, hands.issue, number, name).letter
            yield f"文号 {issued.number}　验证码 {issued.code}"
        except LifecycleError as error:
            yield f"没有签发：{error.message}"
