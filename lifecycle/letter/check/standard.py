"""The measures of GB/T 9704—2012 as a table: item, wanted value, tolerance, unit, clause, and how
sure we are of it.

A: at least two independent copies of the standard say the same; B: known to us only. The standard
itself gives a tolerance for the upper and the left margin (±1 mm); the others here are what a
careful print shop holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from lifecycle.letter.kinds import kinds

if TYPE_CHECKING:
    from lifecycle.letter.layouts import Layout

Unit = Literal["mm", "pt", "字", "行", "条", "面", ""]


class Norm(NamedTuple):
    """One measure of the standard; a text has no tolerance."""

    item: str
    wanted: float | str
    tolerance: float
    unit: Unit
    clause: str
    sure: Literal["A", "B"] = "A"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure as found: `ok` tells whether it is in tolerance, `where` which page or part of
    the file it is of.
    """

    item: str
    wanted: float | str
    found: float | str
    unit: Unit
    tolerance: float
    ok: bool
    clause: str
    where: str
    key: str
    sure: Literal["A", "B"]


NORMS: dict[str, Norm] = {
    "paper.width": Norm("纸宽", 210, 1, "mm", "5.1"),
    "paper.height": Norm("纸高", 297, 1, "mm", "5.1"),
    "margin.top": Norm("天头", 37, 1, "mm", "5.2.1"),
    "margin.left": Norm("订口", 28, 1, "mm", "5.2.1"),
    "margin.right": Norm("版心右白边", 26, 1, "mm", "5.2.1"),
    "margin.bottom": Norm("版心下白边", 35, 1, "mm", "5.2.1"),
    "text.beyond": Norm("超出版心右边的行", 0, 0, "行", "5.2.1"),
    "grid.rows": Norm("每面行数", 22, 0, "行", "5.2.3"),
    "grid.columns": Norm("每行字数", 28, 0, "字", "5.2.3"),
    "grid.pitch": Norm("行距", 28.99, 0.3, "pt", "5.2.3"),
    "grid.step": Norm("字距", 15.79, 0.15, "pt", "5.2.3"),
    "body.size": Norm("正文字号（3号）", 16, 0.25, "pt", "5.2.2"),
    "body.font": Norm("正文字体", "仿宋", 0, "", "5.2.2"),
    "heading1.font": Norm("一级标题字体", "黑体", 0, "", "7.3.3"),
    "heading2.font": Norm("二级标题字体", "楷体", 0, "", "7.3.3"),
    "mark.top": Norm("发文机关标志上边缘距版心上边缘", 35, 1, "mm", "7.2.4、10.3", "B"),
    "mark.page": Norm("发文机关标志上边缘距上页边", 30, 1, "mm", "10.1"),
    "mark.colour": Norm("发文机关标志颜色", "红色", 0, "", "7.2.4"),
    "mark.centre": Norm("发文机关标志偏离版心中线", 0, 1, "mm", "7.2.4"),
    "number.gap": Norm("发文字号在标志下空", 2, 0, "行", "7.2.5"),
    "number.under": Norm("发文字号距第一条红双线（3号字高7/8）", 4.94, 1, "mm", "10.1"),
    "number.place": Norm("发文字号位置", "居中", 0, "", "7.2.5"),
    "rule.count": Norm("红色分隔线", 1, 0, "条", "7.2.7"),
    "rule.gap": Norm("红色分隔线距上一行字", 4, 1, "mm", "7.2.7"),
    "rule.width": Norm("红色分隔线长", 156, 1, "mm", "7.2.7"),
    "double.count": Norm("红色双线", 2, 0, "条", "10.1"),
    "double.gap": Norm("第一条红双线距标志下边缘", 4, 1, "mm", "10.1"),
    "double.upper": Norm("第一条红双线", "上粗下细", 0, "", "10.1"),
    "double.lower": Norm("第二条红双线", "上细下粗", 0, "", "10.1"),
    "double.foot": Norm("第二条红双线距下页边", 20, 1, "mm", "10.1"),
    "double.width": Norm("红双线长", 170, 1, "mm", "10.1"),
    "title.size": Norm("标题字号（2号）", 22, 0.25, "pt", "7.3.1"),
    "title.font": Norm("标题字体", "小标宋", 0, "", "7.3.1"),
    "title.centre": Norm("标题偏离版心中线", 0, 1, "mm", "7.3.1"),
    "title.gap": Norm("标题在红线（字号）下空", 2, 0, "行", "7.3.1"),
    "to.gap": Norm("主送机关在标题下空", 1, 0, "行", "7.3.2"),
    "text.first": Norm("首页正文", "有", 0, "", "7.3.3"),
    "text.indent": Norm("段首空", 2, 0.3, "字", "7.3.3"),
    "annex.label": Norm("“附件”二字在第", 1, 0, "行", "7.3.7"),
    "annex.title": Norm("附件标题在第", 3, 0, "行", "7.3.7"),
    "folio.count": Norm("有页码的面", 1, 0, "面", "7.5"),
    "folio.size": Norm("页码字号（4号）", 14, 0.25, "pt", "7.5"),
    "folio.dash": Norm("页码两侧", "一字线", 0, "", "7.5"),
    "folio.drop": Norm("一字线上距版心下边缘", 7, 1, "mm", "7.5"),
    "folio.odd": Norm("单页码居右空", 1, 0.3, "字", "7.5"),
    "folio.even": Norm("双页码居左空", 1, 0.3, "字", "7.5"),
    "record.size": Norm("版记字号（4号）", 14, 0.25, "pt", "7.4.2"),
    "record.indent": Norm("版记左空", 1, 0.3, "字", "7.4.2"),
    "record.outer": Norm("版记首末分隔线粗", 0.35, 0.1, "mm", "7.4.1"),
    "record.inner": Norm("版记中间分隔线粗", 0.25, 0.1, "mm", "7.4.1"),
    "record.width": Norm("版记分隔线长", 156, 1, "mm", "7.4.1"),
    "record.bottom": Norm("版记末条线偏离版心下边缘", 0, 1, "mm", "7.4.1"),
    "record.rules": Norm("信函版记分隔线", 0, 0, "条", "10.1"),
    "fonts.embedded": Norm("字体嵌入", "全部", 0, "", "（电子件）"),
    "docx.even": Norm("奇偶页不同的设置处", "settings.xml", 0, "", "7.5"),
    "docx.first": Norm("首页不同", "否", 0, "", "7.5"),
    "docx.odd": Norm("单页页脚", "页码域", 0, "", "7.5"),
    "docx.pair": Norm("双页页脚", "页码域", 0, "", "7.5"),
    "docx.alt": Norm("图片替代文字", "有", 0, "", "（电子件）"),
}
"""By key; what of it applies to a layout is for the measuring to say."""


def measure(
    key: str, found: float | str, where: str = "", *, wanted: float | str | None = None
) -> Measure:
    """Judge one finding by the table; `wanted` is given where the layout or the file decides it."""
    norm = NORMS[key]
    aim = norm.wanted if wanted is None else wanted
    if isinstance(found, str) or isinstance(aim, str):
        return Measure(
            norm.item, aim, found, norm.unit, 0, found == aim, norm.clause, where, key, norm.sure
        )
    found = round(found, 2) or 0  # no −0
    # 0.005 is what rounding takes: 0.30 in tolerance 0.3 must not hang on the last bit.
    ok = abs(found - aim) <= norm.tolerance + 0.005
    return Measure(
        norm.item, aim, found, norm.unit, norm.tolerance, ok, norm.clause, where, key, norm.sure
    )


def place_of_number(layout: Layout, kind: str) -> str:
    """Say where a letter of this layout and kind has its number (7.2.5, 7.2.6, 10.1)."""
    if layout.double_rules:
        return "居右顶格"
    return "居左空一字" if layout.signer and kind in kinds().upward else "居中"
