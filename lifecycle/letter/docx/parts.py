"""The parts of a DOCX that are the same for all letters: styles, settings, fonts, page numbers."""

from __future__ import annotations

from functools import cache

from lifecycle.letter.docx.package import NAMES, XML
from lifecycle.letter.docx.wordml import CHAR, LINE, MM, RED, edge, paragraph

FANG, KAI, HEI, BIAO, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
_INSTEAD = {FANG: "仿宋", KAI: "楷体", HEI: "SimHei", BIAO: "华文中宋", SONG: "SimSun"}
"""What Word and WPS take where a font of the standard is not installed."""

FOOTER = round(20 * MM)
"""From the page's bottom to its footer: where the lower double rule of 信函 stands (GB/T 9704—2012
10.1).
"""
_LIFT = round(4.9 * MM)
"""How far above that the page number's line ends, so that its 一字线 is 7 mm below the
版心 (7.5).
"""


def fonts(name: str) -> str:
    """Set a font for Chinese and Latin alike: 仿宋_GB2312 has half-width digits of its own."""
    return f'<w:rFonts w:ascii="{name}" w:eastAsia="{name}" w:hAnsi="{name}" w:cs="{name}"/>'


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def spacing(line: int = LINE, *, before: int = 0, after: int = 0) -> str:
    """Space a paragraph, all in twentieths of a point; the line is exact, as no font may change the
    22 lines.

    LibreOffice would round other lines up to the grid.
    """
    return (
        "" if line == LINE else '<w:snapToGrid w:val="0"/>'
    ) + f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'


_TIGHT = '<w:spacing w:val="0"/>'
"""Characters at their own width: only the body's 28 to a line are set closer."""
_FREE = (
    '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    f'<w:ind w:left="{2 * CHAR}"/>'
)
"""A line as high as what stands on it, two characters in."""
_STYLES = (
    # id, name, base, paragraph properties, run properties
    ("Text", "公文正文", "Normal", f'<w:ind w:firstLine="{2 * CHAR}"/>', ""),
    ("Heading1", "一级标题", "Text", '<w:keepNext/><w:outlineLvl w:val="0"/>', ""),
    ("Heading2", "二级标题", "Text", '<w:outlineLvl w:val="1"/>', ""),
    ("Heading3", "三级标题", "Text", '<w:outlineLvl w:val="2"/>', ""),
    ("Heading4", "四级标题", "Text", '<w:outlineLvl w:val="3"/>', ""),
    ("Urgency", "紧急程度", "Normal", '<w:jc w:val="left"/>', fonts(HEI)),
    (
        "Mark",
        "发文机关标志",
        "Normal",
        '<w:jc w:val="center"/>',
        fonts(BIAO) + f'<w:color w:val="{RED}"/><w:spacing w:val="0"/>' + _size(42),
    ),
    ("Number", "发文字号", "Normal", '<w:jc w:val="center"/>', ""),
    (
        "LetterTitle",
        "公文标题",
        "Normal",
        spacing(680) + '<w:jc w:val="center"/>',
        fonts(BIAO) + _TIGHT + _size(22),
    ),
    ("Recipients", "主送机关", "Normal", "", ""),
    ("Attachments", "附件说明", "Normal", "", ""),
    ("Attendance", "出席名单", "Normal", "", ""),
    ("Issuer", "发文机关署名", "Normal", f'<w:ind w:right="{2 * CHAR}"/><w:jc w:val="right"/>', ""),
    ("Day", "成文日期", "Normal", '<w:jc w:val="left"/>', ""),
    ("Note", "附注", "Text", "", ""),
    ("Symbol", "验证二维码", "Normal", _FREE, ""),
    ("Proof", "验证码", "Text", "", _size(12)),
    (
        "AnnexLabel",
        "附件",
        "Normal",
        '<w:keepNext/><w:pageBreakBefore/><w:jc w:val="left"/>',
        fonts(HEI),
    ),
    (
        "Record",
        "版记",
        "Normal",
        f'{spacing(440, after=40)}<w:jc w:val="left"/>',
        _TIGHT + _size(14),
    ),
    (
        "TableText",
        "表格",
        "Normal",
        f'{spacing(400, after=20)}<w:jc w:val="left"/>',
        _TIGHT + _size(14),
    ),
    ("TableHead", "表头", "TableText", '<w:jc w:val="center"/>', fonts(HEI)),
    ("TableSmall", "表格小字", "TableText", spacing(340, after=20), _size(12)),
    ("TableHeadSmall", "表头小字", "TableHead", spacing(340, after=20), _size(12)),
    ("TableDay", "签章日期", "TableText", '<w:jc w:val="right"/>', ""),
    ("Gap", "间隔", "Normal", spacing(120), _size(1)),
    ("PageNumber", "页码", "Normal", spacing(320, after=_LIFT), fonts(SONG) + _TIGHT + _size(14)),
)


@cache
def styles() -> str:
    """Write styles.xml: each part of the standard has its own paragraph style, named in Chinese."""
    normal = (
        '<w:pPr><w:widowControl w:val="0"/><w:kinsoku/><w:overflowPunct '
        'w:val="0"/><w:autoSpaceDE '
        'w:val="0"/>'
        f'<w:autoSpaceDN w:val="0"/><w:adjustRightInd w:val="0"/>{spacing()}<w:jc '
        f'w:val="both"/></w:pPr>'
    )
    run = f'<w:spacing w:val="-5"/>{_size(16)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    text = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANG)}{run}</w:rPr></w:rPrDefault></w:"
        f"docDefaults>"
        f'<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name '
        f'w:val="Normal"/><w:qFormat/>'
        f"{normal}"
        '</w:style><w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal '
        'Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    )
    for name, title, base, props, font in _STYLES:
        text += (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name '
            f'w:val="{title}"/>'
            f'<w:basedOn w:val="{base}"/><w:qFormat/><w:pPr>{props}</w:pPr><w:rPr>{font}</w:rPr><'
            f"/w:style>"
        )
    for name, title, font in (("Hei", "黑体字", HEI), ("Kai", "楷体字", KAI)):
        text += (
            f'<w:style w:type="character" w:customStyle="1" w:styleId="{name}"><w:name '
            f'w:val="{title}"/>'
            f"<w:qFormat/><w:rPr>{fonts(font)}</w:rPr></w:style>"
        )
    sides = "".join(
        edge(side, 6) for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    text += (
        '<w:style w:type="table" w:customStyle="1" w:styleId="LetterTable"><w:name '
        'w:val="公文表格"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr>'
        f"</w:style>"
    )
    return f"{XML}<w:styles {NAMES}>{text}</w:styles>"


@cache
def settings() -> str:
    """Write settings.xml; only here do odd and even pages get footers of their own."""
    return (
        f'{XML}<w:settings {NAMES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="{CHAR}"/>'
        "<w:evenAndOddHeaders/><w:characterSpacingControl "
        'w:val="doNotCompress"/><w:compat><w:useFELayout/>'
        '<w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" '
        'w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/>'
        '<w:listSeparator w:val=","/></w:settings>'
    )


@cache
def font_table() -> str:
    """Write fontTable.xml: the standard's fonts, and what stands in for each."""
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family '
        f'w:val="auto"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name, other in _INSTEAD.items()
    )
    return f"{XML}<w:fonts {NAMES}>{rows}</w:fonts>"


@cache
def footer(*, odd: bool) -> str:
    """Write the footer of odd or even pages: — 1 —, one character in from the outer edge (7.5)."""
    field = (
        '<w:r><w:t xml:space="preserve">— </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar '
        'w:fldCharType="separate"/>'
        f'</w:r><w:r><w:t>{1 if odd else 2}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:r><w:t xml:space="preserve"> —</w:t></w:r>'
    )
    side = "right" if odd else "left"
    text = paragraph("PageNumber", field, layout=f'<w:ind w:{side}="280"/><w:jc w:val="{side}"/>')
    return f"{XML}<w:ftr {NAMES}>{text}</w:ftr>"


@cache
def first_footer() -> str:
    """Write the footer of a 信函's first page: no number, but the lower red double rule, thin above
    thick (10.1).
    """
    rule = edge("bottom", 24, kind="thinThickSmallGap", colour=RED)
    layout = f"{spacing(20)}{wide()}"
    return f"{XML}<w:ftr {NAMES}>{paragraph('Gap', '', border=rule, layout=layout)}</w:ftr>"


def wide() -> str:
    """Widen a paragraph to 170 mm, from 20 mm to 190 mm of the page (10.1)."""
    return f'<w:ind w:left="{round(-8 * MM)}" w:right="{round(-6 * MM)}"/>'


def first_header(runs: str, *, line: int) -> str:
    """Write the header of a 信函's first page: its mark and, 4 mm below, the red double rule, thick
    above thin.
    """
    rule = edge("bottom", 24, kind="thickThinSmallGap", space=6, colour=RED)
    layout = f'{spacing(line)}{wide()}<w:jc w:val="center"/>'
    return f"{XML}<w:hdr {NAMES}>{paragraph('Mark', runs, border=rule, layout=layout)}</w:hdr>"
