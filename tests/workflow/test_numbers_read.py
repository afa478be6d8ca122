"""The pattern of a number, read backwards."""

from __future__ import annotations

import pytest

from lifecycle.workflow.numbers import read_number


@pytest.mark.parametrize(
    ("pattern", "number", "found"),
    [
        ("LS-F-{year}-{serial:03}", "LS-F-2026-012", ("LS-F-2026-{serial}", 12, "2026")),
        ("LS-F-{year}-{serial:03}", "LS-F-2026-12", None),
        ("LS-F-{year}-{serial:03}", "LS-F-2026-1200", ("LS-F-2026-{serial}", 1200, "2026")),
        (
            "LS-{area}-{year}Q{quarter}-{serial}",
            "LS-龙泉-2026Q4-7",
            ("LS-龙泉-2026Q4-{serial}", 7, "2026"),
        ),
        ("LS-{area}-{year}Q{quarter}-{serial}", "LS-龙泉-2026Q5-7", None),
        ("LS-{area}-{year}Q{quarter}-{serial}", "LS-杭州-2026Q4-7", None),
        ("P{serial}", "P31", ("P{serial}", 31, "")),
        ("{year}-{serial}/{year}", "2026-3/2026", ("2026-{serial}/2026", 3, "2026")),
        ("{year}-{serial}/{year}", "2026-3/2025", None),
    ],
)
def test_a_number_is_read_by_its_pattern(
    pattern: str, number: str, found: tuple[str, int, str] | None
) -> None:
    """It gives the series, the serial and the year; what the pattern would write otherwise is none
    of its numbers.
    """
    read = read_number(pattern, number, {"area": ["龙泉", "龙泉东"]})
    assert (read and (read.series, read.serial, read.year)) == found
