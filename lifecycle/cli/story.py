"""A story played in an office: every step is what an officer would type, given on the day it
happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.cases import cases as verbs
from lifecycle.cli.cases.cases import VERDICTS, pairs
from lifecycle.errors import InvalidError
from lifecycle.office import cases
from lifecycle.office.cases import RefusedError, Request
from lifecycle.office.demo import Materials

if TYPE_CHECKING:
    import click

    from lifecycle.office.demo import Step, Story
    from lifecycle.office.office import Office

_VERBS = {"set": verbs.set_, "sign": verbs.sign, "advance": verbs.advance}


class Player:
    """Plays stories; the materials that officers attach are written into `folder` first, a folder
    for each case.
    """

    def __init__(self, office: Office, workflow: str, folder: Path) -> None:
        self.office = office
        self.workflow = office.workflow(workflow)
        self.materials = Materials(office, folder)

    def open(self, story: Story) -> str:
        """Open a story's case; give its number."""
        request = Request(story.officer, on=story.on)
        return str(cases.open_case(self.office, request, self.workflow, story.facts).number)

    def play(self, number: str, step: Step) -> RefusedError | None:
        """Take one step; give the refusal where it must be refused.

        Raises InvalidError if it is not.
        """
        if not step.refused:
            for officer in step.officers:
                self._do(number, step, officer)
            return None
        try:
            self._do(number, step, step.officers[0])
        except RefusedError as refused:
            return refused
        raise InvalidError(
            f"{number} 的这一步本应被拒绝：{' '.join(step.words)}", "请核对演示数据与流程是否一致"
        )

    def _do(self, number: str, step: Step, officer: str) -> None:
        verb, *words = step.words
        case = self.office.case(number)
        if verb == "attach":
            for word in words:
                self.materials.attach(Request(officer, on=step.on), case, word)
            return
        if verb not in _VERBS:
            raise InvalidError(f"演示的一步不能是 {verb}", f"可用：attach、{'、'.join(_VERBS)}")
        given = _parsed(_VERBS[verb], [number, *words])
        request = Request(officer, given["principal"], step.on)
        if verb == "set":
            cases.set_facts(self.office, request, case, pairs(given["texts"]))
        elif verb == "sign":
            cases.sign(
                self.office,
                request,
                case,
                given["transition"],
                VERDICTS[given["verdict"]],
                note=given["note"],
                role=given["role"],
            )
        else:
            facts = pairs(given["texts"])
            note = given["note"]
            cases.advance(self.office, request, case, given["transition"], note=note, texts=facts)


def _parsed(verb: click.Command, words: list[str]) -> Mapping[str, Any]:
    """Read a command's words as the command line does."""
    with verb.make_context(verb.name, words) as context:
        return context.params
