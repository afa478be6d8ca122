"""Entries of the first form: what was hashed stays as it is, and says today what it said then."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_office import copied, forged
from outside import outside
from paper_office import Paper

from lifecycle.engine.acts import ACTS
from lifecycle.ledger.first_form import lift, lower
from lifecycle.ledger.record import FORM, RESERVED_KEYS, canonical, parse, read

OLD_WORDS = ('"notice_', '"notice"', '"checker"', '"checked"', '"parcel"')
SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"


@pytest.fixture(scope="module", params=["schema-1", "schema-2"])
def bodies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Give all entries of a database that an earlier version made."""
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(SCHEMAS / f"{request.param}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    with outside(folder / "office.db") as database:
        return [raw for (raw,) in database.execute("SELECT body FROM entry ORDER BY idx")]


def test_what_is_lifted_is_lowered_to_the_same_bytes(bodies: list[bytes]) -> None:
    """Every entry that an earlier version wrote comes back byte for byte."""
    assert [canonical(lower(lift(json.loads(raw)))) for raw in bodies] == bodies


def test_lifted_entries_are_acts_of_today(bodies: list[bytes]) -> None:
    """No type, role, state or key of the first form is left in what the program reads."""
    lifted = [read(raw) for raw in bodies]
    told = [json.dumps({**body, "intent": body["intent"] | {"files": []}}) for body in lifted]
    assert [text for text in told if any(word in text for word in OLD_WORDS)] == []
    letters = {b["intent"]["type"] for b in lifted if "letter" in b["intent"]["data"]}
    assert letters <= set(ACTS)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """Give an office with a letter that was reviewed and signed off."""
    with pytest.MonkeyPatch.context() as patch:
        made = Paper(tmp_path_factory.mktemp("today"), patch)
        made.walked()
        made.issued(made.asked())
        yield made


def test_new_entries_are_of_todays_form(paper: Paper) -> None:
    """What is recorded now says so, and bears no word of the first form."""
    with paper.sql() as database:
        raws = [raw for (raw,) in database.execute("SELECT body FROM entry")]
    assert {json.loads(raw)["intent"]["v"] for raw in raws} == {FORM}
    assert [raw for raw in raws if any(word in raw.decode() for word in OLD_WORDS)] == []


@pytest.mark.parametrize("form", [True, 0, 3, "2", None])
def test_another_form_is_not_read(paper: Paper, form: object) -> None:
    """An entry that names a form there is not is no entry."""
    body = paper.body(1)
    raw = canonical(body | {"intent": body["intent"] | {"v": form}})
    with pytest.raises(ValueError, match="别的版本"):
        parse(raw)


@pytest.mark.parametrize(
    ("kind", "nth"),
    [("letter_frozen", -1), ("letter_reviewed", -1), ("letter_issued", -1), ("officer_added", 6)],
)
def test_the_first_form_has_only_its_own_words(
    paper: Paper, tmp_path: Path, kind: str, nth: int
) -> None:
    """Whoever writes an entry as of the first form, but in today's words, is found out."""
    office = copied(paper, tmp_path / "copy")
    idx, name = forged(kind, lambda body: body["intent"].update(v=1), nth)(office)
    found = office.findings()
    assert ("form", idx, name) in {(f.code, f.idx, f.case) for f in found}


@pytest.mark.parametrize("kind", ["transition_made", "opinion_signed", "role_granted"])
def test_an_older_form_after_a_newer_one_is_found(paper: Paper, tmp_path: Path, kind: str) -> None:
    """No register writes the first form again after the second: an entry that says so, be it the
    same in both, is a finding.
    """
    office = copied(paper, tmp_path / "copy")
    idx, name = forged(kind, lambda body: body["intent"].update(v=1), -1)(office)
    messages = [
        f.message for f in office.findings() if (f.code, f.idx, f.case) == ("form", idx, name)
    ]
    assert messages == ["第 1 版写法的记录，出现在第 2 版之后"]


def test_reserved_keys_are_free() -> None:
    """No act writes under a name that is kept for what is to come."""
    names = {name for act in ACTS.values() for name in getattr(act, "__slots__", ())}
    assert names & RESERVED_KEYS == set()
