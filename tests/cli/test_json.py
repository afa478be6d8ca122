"""What commands tell machines: one shape, documented, the same whether they succeed or fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(
    (ROOT / "lifecycle" / "cli" / "terminal" / "answer.schema.json").read_text("utf-8")
)
SAMPLES = sorted((ROOT / "tests" / "golden_ledgers" / "kept" / "samples").glob("*.txt"))


def document(path: Path) -> Any:
    """Read the document of a kept answer; the first line is the command."""
    return json.loads(path.read_text("utf-8").split("\n", 1)[1])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_answer_has_the_shape(path: Path) -> None:
    """Each verb's kept answer, a yes and a no, fits the JSON Schema of the shape."""
    jsonschema.validate(document(path), SCHEMA)


def test_a_failure_names_its_error_and_a_success_has_none() -> None:
    """`ok` is false exactly where an error is told, and each refusal says what meets its gates."""
    for path in SAMPLES:
        found = document(path)
        refused = path.stem.endswith(".refused")
        assert (found["ok"], "error" in found["data"]) == (not refused, refused), path.stem


def test_the_page_names_the_keys_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/json.md lists for each command the keys that its answer has: `make json` writes it."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    monkeypatch.delitem(sys.modules, "build_json", raising=False)
    import build_json

    text = build_json.PAGE.read_text("utf-8")
    assert text == build_json.page(text)
