"""A drafted letter in words: the template in force at its entry, filled in from the case as it then
was.
"""

from __future__ import annotations

from datetime import date

from lifecycle.correspondence.drafts import Drafted
from lifecycle.correspondence.scope import letter_scope
from lifecycle.errors import UnavailableError
from lifecycle.ledger.library import Library
from lifecycle.letter.model import Letter
from lifecycle.people.directory import Directory
from lifecycle.template.compose import compose
from lifecycle.template.template import Template, read_template


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
    """Write a letter as drafted, with the template, the units' names and the calendar in force at
    its entry.
    """
    template = template_of(library, directory, drafted)
    scope = letter_scope(library, directory, drafted)
    on = date.fromisoformat(drafted.body["intent"]["occurred_on"])
    return compose(template, scope, on=on)
