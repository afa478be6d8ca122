"""A story played in an office: every step is what an officer would type, given to Office on the day
it happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.cases import cases
from lifecycle.cli.cases.cases import VERDICTS, pairs
from lifecycle.engine.docket import RefusedError
from lifecycle.errors import InvalidError
from lifecycle.ledger.register import Request
from lifecycle.outfile import write_file
from lifecycle.sharing import make_folders
from lifecycle.workflow.naming import find_material

if TYPE_CHECKING:
    import click

    from lifecycle.engine.case import Case
    from lifecycle.exchange.story_file import Step, Story
    from lifecycle.office.office import Office

_VERBS = {"set": cases.set_, "sign": cases.sign, "advance": cases.advance}


class Player:
    """Plays stories; the materials that officers attach are written into `folder` first, a folder
    for each case.
    """

    def __init__(self, office: Office, workflow: str, folder: Path) -> None:
        self.office = office
        self.workflow = office.workflow(workflow)
        self.folder = folder
        self._written: dict[tuple[str, str], Path] = {}

    def open(self, story: Story) -> str:
        """Open a story's case; give its number."""
        return self.office.open_case(
            Request(story.officer, on=story.on), self.workflow, story.facts
        ).case.number

    def play(self, number: str, step: Step) -> RefusedError | None:
        """Take one step; give the refusal where it must be refused. Raises InvalidError if it is
        not.
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
                self._attach(Request(officer, on=step.on), case, word)
            return
        if verb not in _VERBS:
            raise InvalidError(f"演示的一步不能是 {verb}", f"可用：attach、{'、'.join(_VERBS)}")
        given = _parsed(_VERBS[verb], [number, *words])
        request = Request(officer, given["principal"], step.on)
        if verb == "set":
            self.office.set_facts(request, case, pairs(given["texts"]))
        elif verb == "sign":
            verdict = VERDICTS[given["verdict"]]
            self.office.sign(
                request, case, given["transition"], verdict, given["note"], given["role"]
            )
        else:
            self.office.advance(
                request, case, given["transition"], given["note"], pairs(given["texts"])
            )

    def _attach(self, request: Request, case: Case, word: str) -> None:
        """Attach a material; `a=b` attaches as `a` the very bytes of what was attached as `b`."""
        name, _, same = word.partition("=")
        title = find_material(self.workflow, name).title
        path = self.folder / case.number / f"{request.on} {_file_name(title)}.txt"
        make_folders(path.parent)
        text = (
            f"演示材料（虚构）\n项目：{case.number} {case.title}\n材料："
            f"{title}\n上传："
            f"{request.on} "
            f"{request.officer}\n"
        )
        body = self._written[case.number, same].read_bytes() if same else text.encode()
        write_file(path, body, "演示材料")
        self._written[case.number, name] = path
        self.office.attach(request, case, name, path)


def _parsed(verb: click.Command, words: list[str]) -> Mapping[str, Any]:
    """Read a command's words as the command line does."""
    with verb.make_context(verb.name, words) as context:
        return context.params


def _file_name(title: str) -> str:
    return re.sub(r'[/\\:*?"<>|\s]', "_", title)
