"""Letter → one HTML page that looks and prints like the paper (GB/T 9704—2012), with neither script nor network."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lifecycle.notice.text import contact_note, day, outlasts
from lifecycle.notice.title import title_lines

if TYPE_CHECKING:
    from jinja2 import Template as Page

    from lifecycle.notice.letter import Letter, Paragraph

_HEADING = re.compile(r"[^。；：，]{1,40}(?:。|$)")
"""The heading of a level: the whole of a short paragraph, or its first sentence if that has no comma."""

# The fonts are the standard's, then free ones (小标宋 is approximated by a bold 宋). Without synthesis a font that
# has only one weight keeps it; without trimming and autospace each character keeps its place on the grid.
_STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm }
:root { --zi: 15.79pt; --line: 28.98pt;
  --song: "仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "STFangsong", "FandolFang R", "FandolFang",
    "Noto Serif CJK SC", "Noto Serif SC", serif;
  --kai: "楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "STKaiti", "LXGW WenKai", "AR PL UKai CN", "FandolKai",
    "Noto Serif CJK SC", serif;
  --hei: "黑体", "SimHei", "STHeiti", "WenQuanYi Zen Hei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
  --biao: "方正小标宋简体", "FZXiaoBiaoSong-B05S", "小标宋", "华文中宋", "STZhongsong",
    "Noto Serif CJK SC", "Noto Serif SC", "SimSun", serif }
* { box-sizing: border-box }
html { background: #d8d8d8 }
body { margin: 0 }
.letter { width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 37mm 26mm 35mm 28mm;
  background: #fff; color: #000; box-shadow: 0 1px 6px #0006;
  font: 16pt/var(--line) var(--song); font-synthesis: none; letter-spacing: -.21pt;
  line-break: strict; overflow-wrap: anywhere; text-align: justify; text-justify: inter-character;
  text-spacing-trim: space-all; text-autospace: no-autospace }
p { margin: 0; text-indent: calc(2 * var(--zi)); orphans: 2; widows: 2 }
.red { margin: 0 0 4mm; color: #e60012; font: bold 42pt/1.2 var(--biao); letter-spacing: 0;
  text-align: center; text-indent: 0 }
.number { text-align: center; text-indent: 0; min-height: var(--line) }
.rule { border: 0; border-top: .7mm solid #e60012; margin: 4mm 0 calc(2 * var(--line)) }
h1 { margin: 0 0 var(--line); font: bold 22pt/34pt var(--biao); letter-spacing: 0; text-align: center }
h1 span { display: block }
.to { text-indent: 0 }
.opposed { display: flex; justify-content: space-between; margin-bottom: var(--line); text-indent: 0 }
.level1 b { font: inherit; font-family: var(--hei) }
.level2 b { font: inherit; font-family: var(--kai) }
.attachments { display: flex; margin: var(--line) 0 0; padding-left: calc(2 * var(--zi)) }
.attachments ol { margin: 0; padding: 0; list-style: none }
.attachments li { display: flex }
.attachments span { flex: none }
.signed { display: table; max-width: calc(24 * var(--zi)); margin: var(--line) calc(2 * var(--zi)) 0 auto;
  break-inside: avoid; break-before: avoid }
.signed p { text-indent: 0; text-align: left }
.signed .day { margin-left: calc(2 * var(--zi)); white-space: nowrap }
.signed .shorter { margin-right: calc(-2 * var(--zi)) }
.copies { display: flex; margin-top: calc(2 * var(--line)); padding: 1mm var(--zi); break-inside: avoid;
  border-top: .35mm solid; border-bottom: .35mm solid; font-size: 14pt; line-height: 24pt }
.copies span { flex: none }
@media print {
  html { background: none }
  .letter { width: auto; min-height: 0; margin: 0; padding: 0; box-shadow: none }
}
"""

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{{ letter.title }}</title>
<style>{{ style }}</style>
</head>
<body>
<article class="letter">
{% if red %}
<p class="red">{{ letter.issuer }}</p>
<p class="number">{{ letter.number or '' }}</p>
<hr class="rule">
{% elif letter.number %}
<p class="number">{{ letter.number }}</p>
{% endif %}
<h1>{% for line in title %}<span>{{ line }}</span>{% endfor %}</h1>
{% if letter.kind == '纪要' %}
<p class="opposed"><span>{{ letter.issuer }}</span><span>{{ day }}</span></p>
{% endif %}
{% if letter.to %}
<p class="to">{{ letter.to | join('、') }}：</p>
{% endif %}
{% for level, heading, text in body %}
<p class="level{{ level }}">{% if heading %}<b>{{ heading }}</b>{% endif %}{{ text }}</p>
{% endfor %}
{% if letter.attachments %}
<div class="attachments"><span>附件：</span><ol>
{% for title in letter.attachments %}
<li>{% if letter.attachments | length > 1 %}<span>{{ loop.index }}.</span>{% endif %}<div>{{ title }}</div></li>
{% endfor %}
</ol></div>
{% endif %}
{% if letter.kind != '纪要' %}
<div class="signed"><p>{{ letter.issuer }}</p><p class="day{{ '' if longer else ' shorter' }}">{{ day }}</p></div>
{% endif %}
{% if contact %}
<p>{{ contact }}</p>
{% endif %}
{% if letter.cc %}
<div class="copies"><span>抄送：</span><div>{{ letter.cc | join('、') }}。</div></div>
{% endif %}
</article>
</body>
</html>
"""


def to_html(letter: Letter, *, red: bool = False) -> str:
    """Lay the letter out as one HTML5 page with every text escaped; `red` adds the issuer's mark and the red line."""
    when = day(letter.date)
    return _page().render(
        letter=letter,
        style=_style(),
        red=red,
        title=title_lines(letter.title),
        day=when,
        longer=outlasts(when, letter.issuer),
        body=[(p.level, *headed(p)) for p in letter.body],
        contact=contact_note(letter.contact) if letter.contact else "",
    )


def headed(paragraph: Paragraph) -> tuple[str, str]:
    """Part a paragraph of level 1 or 2 into its heading, which is set in 黑体 or 楷体, and the rest."""
    found = _HEADING.match(paragraph.text) if paragraph.level in (1, 2) else None
    end = found.end() if found else 0
    return paragraph.text[:end], paragraph.text[end:]


@cache
def _page() -> Page:
    from jinja2 import Environment

    return Environment(autoescape=True, trim_blocks=True).from_string(_PAGE)


@cache
def _style() -> object:
    from markupsafe import Markup

    return Markup(_STYLE)
