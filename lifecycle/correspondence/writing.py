"""A drafted letter in words: the template in force at its entry, filled in from the case as it then
was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lifecycle.correspondence.citing import Citing
from lifecycle.correspondence.drafts import Drafted
from lifecycle.correspondence.scope import CITE, letter_scope
from lifecycle.engine.declared import UNJUDGED
from lifecycle.engine.gates.gates import way_in
from lifecycle.errors import UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.letter.model import REMARK, Letter
from lifecycle.letter.text import day
from lifecycle.people.directory import Directory
from lifecycle.template.compose import MissingError, compose
from lifecycle.template.template import Template, read_template, title_of
from lifecycle.workflow.letter_variables import LETTER_VARIABLES


class UnpublishedError(UnavailableError):
    """A definition that a letter needs had not been published when it was needed."""


def template_of(library: Library, directory: Directory, drafted: Drafted) -> Template:
    """Give the template that a letter is written with: the one in force at its entry, or the
    officer's own text.
    """
    letter = drafted.letter
    if letter.text:
        size = drafted.body["intent"]["files"][0]["size"]
        body = library.store.files.read(letter.text, size)
        return read_template(letter.template, body, letter.name)
    digest = directory.document("template", letter.template, drafted.body["office"])
    if digest is None:
        raise UnpublishedError(
            f"公文模板 {letter.template} 当时尚未发布", "请管理员先发布：lifecycle notice publish"
        )
    body = library.store.definition(digest)
    return read_template(letter.template, body, f"template:{letter.template}")


def write_letter(library: Library, directory: Directory, drafted: Drafted) -> Letter:
    """Write a letter as drafted, with the template, the units' names, the calendar and the legal
    grounds in force at its entry.
    """
    return write_citing(library, directory, drafted)[0]


def write_citing(library: Library, directory: Directory, drafted: Drafted) -> tuple[Letter, Citing]:
    """Write a letter, and give what it cited."""
    template = template_of(library, directory, drafted)
    scope = letter_scope(library, directory, drafted)
    on = date.fromisoformat(drafted.body["intent"]["occurred_on"])
    citing = scope[CITE]
    assert isinstance(citing, Citing)
    try:
        letter = compose(template, scope, on=on)
        return replace(letter, remark=_remark(drafted)), citing
    except MissingError as missing:
        if drafted.letter.text:
            raise  # the officer's own text: its lines are what is to be mended
        raise _told(missing, template, drafted) from None


def _remark(drafted: Drafted) -> str:
    """Give what every letter of a case says that was running before there was this ledger."""
    declared_on = drafted.after.declared_on
    if not declared_on:
        return ""
    return f"{REMARK}{day(date.fromisoformat(declared_on))}接管的存量事项，{UNJUDGED}"


def _told(missing: MissingError, template: Template, drafted: Drafted) -> MissingError:
    """Say what a letter lacks as officers call it, and how that is entered; where in the template
    it stands comes last.
    """
    workflow, case, name = drafted.workflow, drafted.after, missing.name
    fact = workflow.facts.get(name)
    known = next((one.says for one in LETTER_VARIABLES if one.name == name), "")
    title = fact.title if fact else known
    if not title:
        return missing
    where = f"模板 {template.name} 第 {missing.line} 行" if missing.line else template.name
    mend = f"先填：{way_in(workflow, case, fact)}" if fact else "请先办使它有内容的事"
    if name == "note":
        title, mend = "说明（note）", "加 --note 写明"
    told = MissingError(missing.template, missing.line, name)
    told.message = f"《{title_of(template)}》要写“{title}”，本事项还没有填（{where}）"
    told.mend = mend
    told.args = (told.message,)
    return told
