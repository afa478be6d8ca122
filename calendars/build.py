"""Build CN.yaml: announced years from chinesecalendar, later ones provisionally from the statutory
days in `holidays`.

Only this script and its test need those packages; the program reads the file. `make calendar` runs
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from textwrap import fill

import chinese_calendar
import holidays

FIRST, LAST_ANNOUNCED, LAST = 2004, 2026, 2036
NUMBERS = {2026: "（国办发明电〔2025〕7号）"}
HEAD = """\
# 中国大陆工作日历。由 calendars/build.py 生成，请勿手改。
# announced: true 的年份依国务院办公厅当年通知：holidays 是放假的周一至周五，workdays 是调休上班的周六、周日。
# announced: false 的年份尚无通知，只列法定节日（逢周末顺延补假），据此算出的期限均为暂定。
# 新一年的通知发布后，管理员照此格式另写一个只含该年的文件，发布后即生效，不必改动本文件。
name: CN
"""  # noqa: E501


def days(year: int) -> Iterator[date]:
    """Yield every day of a year."""
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def announced(year: int) -> tuple[list[date], list[date]]:
    """Give the weekdays off and the working weekends of an announced year."""
    working = {day: chinese_calendar.is_workday(day) for day in days(year)}
    off = [day for day, works in working.items() if day.weekday() < 5 and not works]
    on = [day for day, works in working.items() if day.weekday() >= 5 and works]
    return off, on


def statutory(year: int) -> list[date]:
    """Give the statutory weekdays off; one that falls on a weekend moves on
    (全国年节及纪念日放假办法第六条).
    """
    return sorted(
        day
        for day in holidays.country_holidays("CN", years=year)
        if day.year == year and day.weekday() < 5
    )


def listed(key: str, found: list[date]) -> str:
    """Write one list of a year as MM-DD, wrapped."""
    text = f"{key}: [{', '.join(f'{day:%m-%d}' for day in found)}]"
    return fill(text, 118, initial_indent="    ", subsequent_indent="      ") + "\n"


def build() -> str:
    """Give the text of CN.yaml."""
    text = HEAD
    text += (
        f"source: chinesecalendar {version('chinesecalendar')}, "
        f"holidays "
        f"{version('holidays')}\nyears:"
        f"\n"
    )
    for year in range(FIRST, LAST_ANNOUNCED + 1):
        off, on = announced(year)
        basis = f"国务院办公厅关于{year}年部分节假日安排的通知{NUMBERS.get(year, '')}"
        text += f'  "{year}":\n    announced: true\n    basis: {basis}\n'
        text += listed("holidays", off) + listed("workdays", on)
    for year in range(LAST_ANNOUNCED + 1, LAST + 1):
        text += (
            f'  "{year}":\n    announced: false\n    '
            f"basis: "
            f"全国年节及纪念日放假办法（2024年修订）"
            f"\n"
        )
        text += listed("holidays", statutory(year)) + listed("workdays", [])
    return text


if __name__ == "__main__":
    Path(__file__).with_name("CN.yaml").write_text(build(), encoding="utf-8")
