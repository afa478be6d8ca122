"""The page that a letter makes: its style sheet and its Jinja2 template, both constant and free of any network."""

# The fonts are the standard's, then free ones (小标宋 is approximated by a bold 宋). Without synthesis a font that
# has only one weight keeps it; without trimming and autospace each character keeps its place on the grid.
STYLE = """
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

MORE = """
@page { font: 14pt "宋体", "SimSun", serif }
@page :right { @bottom-right { content: "— " counter(page) " —"; padding-right: 14pt } }
@page :left { @bottom-left { content: "— " counter(page) " —"; padding-left: 14pt } }
@page facing { margin: 37mm 20mm 35mm; @bottom-left { margin-left: 8mm } @bottom-right { margin-right: 6mm } }
@page facing:first { margin-top: 30mm; @bottom-right { content: none }
  @bottom-center { content: ""; width: 170mm; height: .4mm; margin: 13.2mm 0 20mm; border: solid #e60012;
    border-width: .3mm 0 1.1mm } }
.letter { position: relative }
.urgency { position: absolute; top: 37mm; margin: 0; font-family: var(--hei); text-indent: 0 }
.level1 { break-after: avoid }
.red { white-space: nowrap }
.document .red, .minutes .red { margin: 33mm 0 calc(2 * var(--line)) }
.document .number, .document .over, .minutes .number { margin: 0 }
.minutes .red, .minutes .number { margin-bottom: var(--line) }
.minutes .opposed { margin: 0; padding: 0 var(--zi) }
.over { display: flex; justify-content: space-between; min-height: var(--line); text-indent: 0 }
.up { padding: 0 var(--zi) }
.over .urgency { position: static }
.over i { font-style: normal; font-family: var(--kai) }
.facing { page: facing }
.facing .red { margin: -8mm 0 3mm }
.facing h1 { margin-top: calc(2 * var(--line)) }
.double { height: 1.8mm; margin: 0 -6mm 4mm -8mm; border: solid #e60012; border-width: 1.1mm 0 .3mm }
.last { position: absolute; bottom: 20mm; left: 28mm; right: 26mm; margin-bottom: 0; border-width: .3mm 0 1.1mm }
.slip h1 { margin-bottom: 0 }
.slip .number { margin-bottom: var(--line) }
table { width: 100%; margin: calc(.5 * var(--line)) 0; border-collapse: collapse; font-size: 14pt; line-height: 20pt }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { padding: 1mm 1.5mm; border: .25mm solid; text-align: left }
th { font-family: var(--hei); font-weight: normal; text-align: center; overflow-wrap: normal; word-break: keep-all }
.places { display: grid; grid-template-columns: 1fr 1fr; margin: calc(.5 * var(--line)) 0; break-inside: avoid;
  border: solid; border-width: .25mm 0 0 .25mm; font-size: 14pt; text-align: left }
.places div { display: flex; flex-direction: column; justify-content: space-between; min-height: calc(3 * var(--line));
  padding: 1mm 2mm; border: solid; border-width: 0 .25mm .25mm 0 }
.places div:last-child:nth-child(odd) { grid-column: 1 / -1 }
.places span + span { text-align: right }
.present { display: flex; padding-left: calc(2 * var(--zi)) }
.present:first-child { margin-top: var(--line) }
.present b { flex: none; font: inherit; font-family: var(--hei) }
.annex { break-before: page }
.annex .label { font-family: var(--hei); text-indent: 0 }
h2 { margin: var(--line) 0; font: bold 22pt/34pt var(--biao); letter-spacing: 0; text-align: center }
h2 span { display: block }
.copies:has(+ .printed) { border-bottom-width: .25mm }
.printed { justify-content: space-between }
.copies + .printed { margin-top: 0; border-top: 0 }
.plain { border: 0 }
.symbol { display: block; width: 22mm; height: 22mm; margin-left: calc(2 * var(--zi)); background: #fff }
.beside { float: left; margin-top: 6mm }
.beside ~ p { clear: left }
.code { font-size: 12pt; break-before: avoid }
@media print {
  .letter { display: flow-root }
  .letter.facing { padding: 0 6mm 0 8mm }
  .urgency { top: 0 }
  .facing .red { margin-top: -1mm }
  .last { display: none }
}
"""
"""What only an issued letter, or one with tables, annexes and the like, needs besides."""

PAGE = """{% macro blocks(body) %}
{% for kind, one, two in body %}
{% if kind == 'table' %}
<table>
<thead><tr>{% for cell in one %}<th>{{ cell }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in two %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% elif kind == 'places' %}
<div class="places">
{% for place in one %}
<div><span>{{ place }}（签章）：</span><span>{{ two }}</span></div>
{% endfor %}
</div>
{% else %}
<p class="level{{ kind }}">{% if one %}<b>{{ one }}</b>{% endif %}{{ two }}</p>
{% endif %}
{% endfor %}
{% endmacro %}
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{{ letter.title }}</title>
<style>{{ style }}</style>
</head>
<body>
<article class="letter{{ ' ' ~ shape if more }}">
{% if red %}
{% if letter.layout != 'letter' and letter.urgency %}
<p class="urgency">{{ letter.urgency }}</p>
{% endif %}
<p class="red" style="font-size: {{ size }}pt">{{ mark }}</p>
{% if letter.layout == 'letter' %}
<hr class="double">
<p class="over"><span class="urgency">{{ letter.urgency }}</span><span>{{ number }}</span></p>
<hr class="double last">
{% elif signer %}
<p class="over up"><span>{{ number }}</span><span>签发人：<i>{{ signer }}</i></span></p>
{% else %}
<p class="number">{{ number }}</p>
{% endif %}
{% if letter.layout == 'minutes' %}
<p class="opposed"><span>{{ letter.issuer }}</span><span>{{ day }}</span></p>
{% endif %}
{% if letter.layout != 'letter' %}
<hr class="rule">
{% endif %}
{% else %}
{% if letter.urgency %}
<p class="urgency">{{ letter.urgency }}</p>
{% endif %}
{% if letter.number and letter.layout != 'slip' %}
<p class="number">{{ letter.number }}</p>
{% endif %}
{% endif %}
<h1>{% for line in title %}<span>{{ line }}</span>{% endfor %}</h1>
{% if letter.layout == 'slip' and letter.number %}
<p class="number">{{ letter.number }}</p>
{% endif %}
{% if letter.kind == '纪要' and not (red and letter.layout == 'minutes') %}
<p class="opposed"><span>{{ letter.issuer }}</span><span>{{ day }}</span></p>
{% endif %}
{% if letter.to %}
<p class="to">{{ letter.to | join('、') }}：</p>
{% endif %}
{{ blocks(body) -}}
{% if letter.attachments %}
<div class="attachments"><span>附件：</span><ol>
{% for title in letter.attachments %}
<li>{% if letter.attachments | length > 1 %}<span>{{ loop.index }}.</span>{% endif %}<div>{{ title }}</div></li>
{% endfor %}
</ol></div>
{% endif %}
{% if letter.attendance %}
<div>
{% for role, names in letter.attendance %}
<div class="present"><b>{{ role }}：</b><div>{{ names | join('、') }}</div></div>
{% endfor %}
</div>
{% endif %}
{% if symbol and letter.kind != '纪要' %}
<div class="beside">{{ symbol }}</div>
{% endif %}
{% if letter.kind != '纪要' %}
<div class="signed"><p>{{ letter.issuer }}</p><p class="day{{ '' if longer else ' shorter' }}">{{ day }}</p></div>
{% endif %}
{% if contact %}
<p>{{ contact }}</p>
{% endif %}
{% if symbol and letter.kind == '纪要' %}
<div>{{ symbol }}</div>
{% endif %}
{% if letter.code %}
<p class="code">验证码：{{ letter.code }}</p>
{% endif %}
{% for label, title, body in annexes %}
<section class="annex">
<p class="label">{{ label }}</p>
<h2>{% for line in title %}<span>{{ line }}</span>{% endfor %}</h2>
{{ blocks(body) -}}
</section>
{% endfor %}
{% if letter.cc %}
<div class="{{ record }}"><span>抄送：</span><div>{{ letter.cc | join('、') }}。</div></div>
{% endif %}
{% if printed %}
<div class="copies printed"><span>{{ letter.issuer }}</span><span>{{ printed }}</span></div>
{% endif %}
</article>
</body>
</html>
"""
