"""Which unit is proposed for a name that there is not: one that is like it in what is its own."""

from __future__ import annotations

import pytest

from lifecycle.people.directory import nearest_unit

UNITS = ("市林业局", "市文广旅体局", "市自然资源局", "市建设（规划）局", "市消防救援支队", "linye")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("林业", "市林业局"),
        ("市林业据", "市林业局"),
        ("文旅局", "市文广旅体局"),
        ("自然资源局", "市自然资源局"),
        ("建设局", "市建设（规划）局"),
        ("消防", "市消防救援支队"),
        ("linyee", "linye"),
        ("市水利局", None),
        ("市教育局", None),
        ("局", None),
        ("shuili", None),
    ],
)
def test_what_all_names_have_does_not_make_them_alike(typed: str, meant: str | None) -> None:
    """Every bureau is called 市…局; only the part between tells which is meant."""
    assert nearest_unit(typed, UNITS) == meant
