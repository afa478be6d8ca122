"""Draw docs/gallery.md and its pictures: page 1 of every letter, and each layout from PDF and DOCX.

`make gallery` runs it. It needs the fonts (`make fonts`); without LibreOffice (soffice) the
pictures of DOCX are kept as they are. The samples are what `lifecycle notice catalogue --samples` writes for the demo office.
"""  # noqa: E501, INP001

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image as Pillow

from lifecycle.correspondence.sample import SampleUse, uses
from lifecycle.letter.images.pictures import pages_of, png_of
from lifecycle.places import notices, workflow_files
from lifecycle.template.template import Template, read_template
from lifecycle.workflow.model import Workflow
from lifecycle.workflow.reader import read_workflow

if TYPE_CHECKING:
    from PIL.Image import Image

DOCS = Path(__file__).resolve().parent
PICTURES = DOCS / "gallery"
FONTS = DOCS.parent / ".venv" / "fonts"
THUMB, PAGE = 360, 620
"""Widths of a page in pixels: in the catalogue, and where it is to be read."""
PALETTE = tuple((n, n, n) for n in range(0, 256, 51)) + tuple(
    (r, n, n) for r, n in ((230, 18), (238, 90), (246, 170))
)
"""Colours of a picture: black to white, and red: chosen by itself, a small palette turns the red
lines brown.
"""
LAYOUTS = {
    "document": (
        "普通公文（红头）",
        "policy-request",
        "上行文：签发人在发文字号右侧。末页最下方是版记：印发机关和印发日期",
    ),
    "letter": (
        "信函格式",
        "siting-consultation",
        "标志距上页边 30 mm，首末两条红双线，首页不显示页码，版记不加印发机关",
    ),
    "minutes": (
        "纪要格式",
        "conference-minutes",
        "标志为“×××会议纪要”，列出席、请假、列席，不署名、不用印",
    ),
    "slip": (
        "内部单据",
        "supervision-slip",
        "督办单、交办单、移交单、审核表：不是法定文种，没有红头，自编系列号",
    ),
}
STANDARD = {
    "仿宋_GB2312": "FandolFang",
    "楷体_GB2312": "LXGW WenKai",
    "黑体": "Noto Sans CJK SC",
    "宋体": "Noto Serif CJK SC",
    "方正小标宋简体": "Noto Serif CJK SC",
}
"""What stands in for the fonts that a DOCX names, where LibreOffice draws it on a machine that has
none of them.
"""

HEAD = """# 公文图册

每一种公文的第一页，按环节排列。这些是样张：内容虚构，文号和验证码都不是真的。图由 `make gallery` 画出，模板改了就重画。
怎样拟稿、签发、送达，看[公文手册](letters.md)。

自己也可以存一份（文本、DOCX 不需要字体；PDF 先运行 `make fonts`）：

```console
$ export LIFECYCLE_DB=sqlite:///gallery.db
$ lifecycle init --from demo/office.yaml
已建库：gallery.db
$ lifecycle notice catalogue --workflow supervision
督办…办理…同意延期…supervision-extension…函…承办单位
$ lifecycle notice catalogue --samples 样张 --text
已存 … 种公文的样张：样张
$ lifecycle notice catalogue --samples 样张 --docx
已存 … 种公文的样张：样张
$ head -n 3 样张/supervision-slip.txt
…
```

"""  # noqa: E501
LAYOUT_HEAD = """## 四种版式对照标准

各版式的第一页和最后一页（只有一页的只列一页）。尺寸以 `lifecycle notice check 文件` 量得的为准，图只供看样子；
标准是 GB/T 9704—2012《党政机关公文格式》。

| 标准的要求（GB/T 9704—2012） | 本程序 |
|---|---|
| A4，天头 37 mm，订口 28 mm，版心 156 mm × 225 mm（5.1、5.2.1） | 同 |
| 每面 22 行，每行 28 字，正文 3 号仿宋（5.2.2、5.2.3） | 同；行距 28.99 磅，字距 15.79 磅 |
| 标题 2 号小标宋，一、黑体，（一）楷体（7.3.1、7.3.3） | DOCX 写标准字体名；PDF 用可自由使用的字体代替，字形略有不同 |
| 页码 4 号半角宋体，两侧一字线，单页居右、双页居左（7.5） | 同 |
| 版记在最后一面，首末线 0.35 mm，中间线 0.25 mm（7.4） | 同；没有版记的版式不加 |
| 印章（7.3.5） | 不用印：按不加盖印章的格式排署名和日期，末页加验证码和二维码（标准没有这一项） |
"""  # noqa: E501


def main() -> int:
    """Draw everything anew."""
    found = list(uses(_workflows(), _templates()))
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _samples(folder)
        for use in found:
            page = pages_of((folder / f"{use.template.name}.pdf").read_bytes(), dpi=144)[0]
            _save(f"{use.template.name}.png", _scaled(page, THUMB))
        _draw_layouts(folder)
    kept = {f"{use.template.name}.png" for use in found}
    for stray in PICTURES.glob("*.png"):
        if stray.name not in kept and not stray.name.startswith("layout-"):
            stray.unlink()
    text = HEAD + "".join(_layouts()) + "".join(_catalogue(found))
    (DOCS / "gallery.md").write_text(text, encoding="utf-8")
    total = sum(picture.stat().st_size for picture in PICTURES.glob("*.png"))
    print(f"{len(found)} 种公文，图共 {total // 1024} KB")
    return 0


def _workflows() -> list[Workflow]:
    paths = workflow_files()
    return [read_workflow(path.read_bytes(), path.name, checked=False) for path in paths]


def _templates() -> dict[str, Template]:
    paths = sorted(notices().glob("*.j2"))
    return {path.stem: read_template(path.stem, path.read_bytes(), path.name) for path in paths}


def _samples(folder: Path) -> None:
    """Let the command write the samples as PDF and as DOCX, in an office made for it."""
    program = str(Path(sys.executable).parent / "lifecycle")
    saving = ["notice", "catalogue", "--samples", str(folder)]
    environment = {
        **os.environ,
        "HOME": str(folder),
        "LIFECYCLE_DB": f"sqlite:///{folder / 'office.db'}",
    }
    for words in (
        ["init", "--from", str(DOCS.parent / "demo" / "office.yaml")],
        [*saving, "--pdf"],
        [*saving, "--docx"],
    ):
        subprocess.run([program, *words], check=True, stdout=subprocess.DEVNULL, env=environment)


def _draw_layouts(folder: Path) -> None:
    """Draw the first and the last page of each layout, as PDF and as LibreOffice draws the DOCX."""
    for layout, (_title, template, _about) in LAYOUTS.items():
        _save(f"layout-{layout}-pdf.png", _ends((folder / f"{template}.pdf").read_bytes()))
        if shutil.which("soffice"):
            _save(
                f"layout-{layout}-docx.png",
                _ends(_by_office(folder / f"{template}.docx", folder / "office")),
            )


def _by_office(file: Path, folder: Path) -> bytes:
    """Lay a DOCX out with LibreOffice, our free fonts standing in for the standard's."""
    folder.mkdir(exist_ok=True)
    alias = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{free}</string></edit>'
        + (
            '<edit name="weight" mode="assign"><const>bold</const></edit>'
            if "小标宋" in name
            else ""
        )
        + "</match>"
        for name, free in STANDARD.items()
    )
    (folder / "fonts.conf").write_text(
        f"<fontconfig><dir>{FONTS}</dir><cachedir>{folder}</cachedir>{alias}</fontconfig>",
        encoding="utf-8",
    )
    environment = {**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file)]
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=180)
    return (folder / file.with_suffix(".pdf").name).read_bytes()


def _ends(pdf: bytes) -> Image:
    """Lay the first and the last page side by side; a letter of one page has but that."""
    pages = pages_of(pdf, dpi=144)
    shown = [_scaled(page, PAGE) for page in ([pages[0], pages[-1]] if len(pages) > 1 else pages)]
    sheet = Pillow.new("RGB", ((PAGE + 10) * len(shown) + 10, shown[0].height + 20), "#999999")
    for n, page in enumerate(shown):
        sheet.paste(page, (10 + n * (PAGE + 10), 10))
    return sheet


def _scaled(page: Image, width: int) -> Image:
    return page.resize((width, round(page.height * width / page.width)), Pillow.Resampling.LANCZOS)


def _save(name: str, picture: Image) -> None:
    palette = Pillow.new("P", (1, 1))
    palette.putpalette(
        [part for colour in (*PALETTE, *[(255, 255, 255)] * (16 - len(PALETTE))) for part in colour]
    )
    drawn = picture.quantize(palette=palette, dither=Pillow.Dither.NONE)
    (PICTURES / name).write_bytes(png_of(drawn))


def _layouts() -> Iterator[str]:
    """Show each layout from PDF and from DOCX."""
    yield LAYOUT_HEAD
    for layout, (title, _template, about) in LAYOUTS.items():
        yield f"\n### {title}\n\n{about}。\n"
        for form, made in (
            ("pdf", "PDF（本程序排印）"),
            ("docx", "DOCX（LibreOffice 打开，以免费字体代替标准字体）"),
        ):
            if (PICTURES / f"layout-{layout}-{form}.png").exists():
                yield f"\n{made}：\n\n![{title}，{made}](gallery/layout-{layout}-{form}.png)\n"


def _catalogue(found: list[SampleUse]) -> Iterator[str]:
    """Show the letters by stage, three in a row."""
    yield f"\n## 全部公文（{len(found)} 种）\n"
    stages: dict[str, list[SampleUse]] = {}
    for use in found:
        stages.setdefault(_stage(use), []).append(use)
    for stage, members in stages.items():
        yield f"\n### {stage}\n\n<table>\n"
        for first in range(0, len(members), 3):
            cells = "".join(
                f'<td width="33%" valign="top">{_cell(use)}</td>\n'
                for use in members[first : first + 3]
            )
            yield f"<tr>\n{cells}</tr>\n"
        yield "</table>\n"


def _stage(use: SampleUse) -> str:
    """Name the heading that a letter stands under: the stage of its transition."""
    if use.transition is None:
        return "按发文规则"
    if len(use.transition.sources) > 3:
        return f"{'督办' if use.workflow.name != 'project' else '各环节'}通用"
    state = use.workflow.states[use.transition.sources[0]].title
    return state if use.workflow.name == "project" else f"督办：{state}"


def _cell(use: SampleUse) -> str:
    """Give a letter's picture, with its template, kind, sender and receivers."""
    name = use.template.name
    lines = [
        f'<a href="gallery/{name}.png"><img src="gallery/{name}.png" width="240" alt="{name}"></a>'
    ]
    lines.append(
        f"<b>{use.transition.title if use.transition else '逾期催办'}</b>　{use.template.kind}"
    )
    if use.transition and use.rule:
        titles = {n: r.title for n, r in use.workflow.roles.items()} | {
            n: p.title for n, p in use.workflow.parties.items()
        }
        sender = "、".join(titles.get(n, n) for n in use.transition.by)
        lines.append(f"{sender} → {'、'.join(titles.get(n, n) for n in use.rule.to)}")
        if use.rule.reply:
            unit = {"workday": "个工作日"}.get(use.rule.reply.limit.unit, "日")
            lines.append(f"须在 {use.rule.reply.limit.amount}{unit}内复函")
    else:
        lines.append("发文单位 → 逾期未签收、未复函的单位")
    return "<br>".join([*lines, f"<code>{name}</code>"])


if __name__ == "__main__":
    sys.exit(main())
