"""Letters are a library of their own."""

from __future__ import annotations

import subprocess
import sys

ROOMS = ("engine", "ledger", "people", "workflow", "office", "correspondence", "template")
SCRIPT = f"""
import sys
from lifecycle.letter import Letter, check_file, to_docx, to_html, to_markdown, to_pdf, to_text
print([name for name in sys.modules if name.split(".")[1:2] in {[[room] for room in ROOMS]!r}])
"""


def test_a_letter_needs_no_case_and_no_ledger() -> None:
    """All that the library offers is imported, and nothing of the rooms above it."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
