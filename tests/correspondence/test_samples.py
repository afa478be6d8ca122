"""Every letter of the catalogue has a sample, and every form of every sample is the same bytes for
ever.
"""

from __future__ import annotations

import hashlib
import json
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from letters import SAMPLES
from letters import sample_letter as sample_letter_of_tests
from paper_office import fonts

from lifecycle import places
from lifecycle.correspondence.press import PRESS, render
from lifecycle.correspondence.rules.issuing_rules import read_issuing
from lifecycle.correspondence.sample import SampleUse, sample_letter, uses
from lifecycle.correspondence.signing_off import digest_of
from lifecycle.correspondence.source import to_source
from lifecycle.engine.acts import FORMS
from lifecycle.letter import Letter
from lifecycle.letter.check.content import lint_letter
from lifecycle.template import compose, read_template
from lifecycle.template.compose import WRITER
from lifecycle.workflow.reader import read_workflow

GOLDEN = Path(__file__).parents[1] / "golden" / "samples.json"
WRITTEN = Path(__file__).parents[1] / "golden" / "written.json"


def catalogue() -> Iterator[SampleUse]:
    """List the shipped letters."""
    paths = sorted(places.notices().glob("*.j2"))
    templates = {
        path.stem: read_template(path.stem, path.read_bytes(), path.name) for path in paths
    }
    workflows = [read_workflow(path.read_bytes(), path.name) for path in places.workflow_files()]
    return uses(workflows, templates)


RULES = read_issuing((places.notices() / "issuing.yaml").read_bytes())
LETTERS: dict[str, Letter] = {use.template.name: sample_letter(use, RULES) for use in catalogue()}


def forms_of(letter: Letter, *names: str) -> dict[str, str]:
    """Give the SHA-256 of forms of a letter."""
    return {
        form: hashlib.sha256(render(letter, form, fonts() if form == "pdf" else None)).hexdigest()
        for form in names
    }


def test_the_press_is_the_one_of_the_golden_forms() -> None:
    """Whoever changes a byte of any form raises PRESS, so that an audit does not take older paper
    for altered.
    """
    assert json.loads(GOLDEN.read_text("utf-8"))["press"] == PRESS


def test_the_writer_is_the_one_of_the_golden_letters() -> None:
    """Whoever changes what a template and a case give raises WRITER: no audit may take an older
    letter for forged.
    """
    golden = json.loads(WRITTEN.read_text("utf-8"))
    assert golden == {
        "writer": WRITER,
        **{name: digest_of(sample_letter_of_tests(name)) for name in SAMPLES},
    }


def test_every_template_has_a_sample() -> None:
    """The catalogue leaves out no shipped template."""
    assert sorted(LETTERS) == sorted(path.stem for path in places.notices().glob("*.j2"))


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_golden_forms(name: str) -> None:
    """Each form but the PDF is, byte for byte, what it was.

    `python tests/correspondence/test_samples.py` writes the digests anew.
    """
    golden = json.loads(GOLDEN.read_text("utf-8"))[name]
    others = [form for form in FORMS if form != "pdf"]
    assert forms_of(LETTERS[name], *others) == {form: golden[form] for form in others}


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_golden_pdf(name: str) -> None:
    """The PDF is, byte for byte, what it was with these fonts."""
    found = fonts()
    golden = json.loads(GOLDEN.read_text("utf-8"))
    if golden["fonts"] != dict(found.digests):
        pytest.skip("字体版本与存样时不同")
    assert forms_of(LETTERS[name], "pdf")["pdf"] == golden[name]["pdf"]


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_samples_pass_the_content_lint(name: str) -> None:
    """What the checker minds in others' letters is not in ours."""
    assert lint_letter(LETTERS[name]) == []


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_a_letter_taken_out_for_editing_comes_back_the_same(name: str) -> None:
    """Every letter written in the form that officers edit, and read back, is the same letter."""
    letter = replace(LETTERS[name], number=None, signer=None, printed=None, code=None, proof=None)
    template = read_template(name, to_source(letter).encode(), "edited.txt")
    scope = {"to": list(letter.to), "cc": list(letter.cc), "issuer": letter.issuer}
    assert compose(template, scope, on=letter.date) == letter


def test_a_thousand_letters_in_constant_memory() -> None:
    """A thousand letters of mixed kinds are laid out one by one; memory does not grow with their
    number.
    """
    found, letters = fonts(), list(LETTERS.values())
    for letter in letters:
        render(letter, "pdf", found)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(1000):
        letter = letters[n % len(letters)]
        render(letter, "pdf" if n % 3 == 0 else "docx" if n % 3 == 1 else "text", found)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "kilobytes"


if __name__ == "__main__":
    made: dict[str, object] = {
        name: forms_of(letter, *FORMS) for name, letter in sorted(LETTERS.items())
    }
    made |= {"fonts": dict(fonts().digests), "press": PRESS}
    written = {
        "writer": WRITER,
        **{name: digest_of(sample_letter_of_tests(name)) for name in SAMPLES},
    }
    WRITTEN.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", "utf-8")
    GOLDEN.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", "utf-8")
