"""Draw docs/gallery.md and its pictures: page 1 of every letter, and each layout from PDF and from DOCX.

`make gallery` runs it. It needs the fonts (`make fonts`); without LibreOffice (soffice) the pictures of DOCX are kept
as they are. The samples are what `lifecycle notice catalogue --samples` writes for the demo office.
"""  # noqa: INP001 - a folder of pages beside the script that draws one

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image as Pillow

from lifecycle.notice.sample import Use, uses
from lifecycle.notice.template import read_template
from lifecycle.paper.pictures import pages_of, png_of
from lifecycle.places import notices, workflows
from lifecycle.workflow.reader import read_workflow

if TYPE_CHECKING:
    from PIL.Image import Image

DOCS = Path(__file__).resolve().parent
PICTURES = DOCS / "gallery"
FONTS = DOCS.parent / ".venv" / "fonts"
THUMB, PAGE = 360, 620
"""Widths of a page in pixels: in the catalogue, and where it is to be read."""
GREYS = 8
"""Colours of a picture: black on white, red, and the greys between."""
LAYOUTS = {
    "document": ("普通公文（红头）", "policy-request", "上行文：签发人在发文字号右侧。成文日期下有版记（印发机关、日期）"),
    "letter": ("信函格式", "siting-consultation", "标志距上页边 30 mm，首末两条红双线，首页不显示页码，版记不加印发机关"),
    "minutes": ("纪要格式", "conference-minutes", "标志为“×××会议纪要”，列出席、请假、列席，不署名、不用印"),
    "slip": ("内部单据", "supervision-slip", "督办单、交办单、移交单、审核表：不是法定文种，没有红头，自编系列号"),
}
STANDARD = {
    "仿宋_GB2312": "FandolFang",
    "楷体_GB2312": "LXGW WenKai",
    "黑体": "Noto Sans CJK SC",
    "宋体": "Noto Serif CJK SC",
    "方正小标宋简体": "Noto Serif CJK SC",
}
"""What stands in for the fonts that a DOCX names, where LibreOffice draws it on a machine that has none of them."""

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

"""


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


def _workflows():  # type: ignore[no-untyped-def]
    paths = sorted(workflows().glob("*.yaml"))
    return [read_workflow(path.read_bytes(), path.name, checked=False) for path in paths]


def _templates():  # type: ignore[no-untyped-def]
    paths = sorted(notices().glob("*.j2"))
    return {path.stem: read_template(path.stem, path.read_bytes(), path.name) for path in paths}


def _samples(folder: Path) -> None:
    """Let the command write the samples as PDF and as DOCX, in an office made for it."""
    office = f"sqlite:///{folder / 'office.db'}"
    command = [sys.executable, "-m", "lifecycle.commands", "--db", office]
    for words in (["init", "--from", str(DOCS.parent / "demo" / "office.yaml")], *_saving(folder)):
        subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})


def _saving(folder: Path) -> Iterator[list[str]]:
    for form in ("--pdf", "--docx"):
        yield ["notice", "catalogue", "--samples", str(folder), form]
