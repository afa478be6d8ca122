"""DOCX → its paragraphs with what they look like: styles resolved, in points.

No entity, no bomb, no way out of it. Only what ISO/IEC 29500-1 calls WordprocessingML is read, with
the standard library's parser; a document type declaration is refused, so that nothing expands and
nothing is fetched.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from xml.parsers import expat

from lifecycle.errors import UnavailableError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
ENTRIES, UNPACKED, PART = 2_000, 200 << 20, 30 << 20
"""Files in a DOCX, their bytes unpacked, and the bytes of one XML part, beyond which it
is refused.
"""
_PARAGRAPHS = 50_000
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,6})?")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How a locked DOCX and an old .doc begin."""

Props = Mapping[str, Mapping[str, str]]
"""Properties by their element's name, such as `spacing` or `pBdr.bottom`, each with its
attributes.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one look; a tab is `\\t`, a line break `\\n`."""

    text: str
    props: Props

    @property
    def size(self) -> float:
        """Give the size in pt."""
        return amount(self.props.get("sz", {}).get("val"), 20) / 2

    @property
    def font(self) -> str:
        """Name the font of Chinese characters; empty if only the theme names it."""
        return self.props.get("rFonts", {}).get("eastAsia", "")

    @property
    def red(self) -> bool:
        """Tell whether it is red."""
        return is_red(self.props.get("color", {}).get("val", ""))


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: `cell` tells whether it stands in a table."""

    runs: tuple[Run, ...]
    props: Props
    cell: bool

    @property
    def text(self) -> str:
        """Give its text."""
        return "".join(run.text for run in self.runs)

    @property
    def size(self) -> float:
        """Give the size of most of its characters."""
        counts: dict[float, int] = {}
        for run in self.runs:
            counts[run.size] = counts.get(run.size, 0) + len(run.text.strip())
        return max(counts, key=lambda size: counts[size], default=0.0)

    def points(self, name: str, attribute: str) -> float | None:
        """Give a property that is in twentieths of a point, in points."""
        value = self.props.get(name, {}).get(attribute)
        return None if value is None else amount(value) / 20

    @property
    def centred(self) -> bool:
        """Tell whether it is centred."""
        return self.props.get("jc", {}).get("val") == "center"


def amount(text: str | None, default: float = 0.0) -> float:
    """Read a number of a sane size; what is none gives the default, for a file may say anything."""
    return float(text) if text is not None and _NUMBER.fullmatch(text) else default


def is_red(colour: str) -> bool:
    """Tell whether a colour RRGGBB is red."""
    try:
        red, green, blue = bytes.fromhex(colour)
    except ValueError:
        return False
    return red >= 150 and max(green, blue) <= 110


class Docx:
    """A DOCX opened; raises UnavailableError for what is none, is locked, is damaged or is out of
    all bounds.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise UnavailableError(
                "DOCX 加了密，或是旧版 .doc，读不了", "请去掉密码，另存为 .docx 后再检查"
            )
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise UnavailableError(
                "DOCX 已损坏或不是 DOCX，读不了", "请用 Word 或 WPS 另存为 .docx"
            ) from error
        entries = self._archive.infolist()
        if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
            raise UnavailableError(
                "DOCX 解开后太大，不作检查", "请检查文件来源，或用 Word、WPS 另存一份"
            )
        document = self.part("word/document.xml")
        if document is None:
            raise UnavailableError(
                "DOCX 里没有正文（word/document.xml）", "请用 Word 或 WPS 另存为 .docx"
            )
        self.document = document
        self.settings = self.part("word/settings.xml")
        self._styles = _Styles(self.part("word/styles.xml"))

    def part(self, name: str) -> Element | None:
        """Read an XML part; None if there is none of the name.

        The bytes are counted as they unpack.
        """
        from xml.etree import ElementTree as ET

        try:
            with self._archive.open(name) as opened:
                data = opened.read(PART + 1)
        except KeyError:
            return None
        except (
            Exception
        ) as error:  # zipfile, zlib, bz2 and lzma each fail in their own way over damaged bytes
            raise UnavailableError(
                f"DOCX 的 {name} 已损坏或加了密，解不开", "请用 Word 或 WPS 另存为 .docx"
            ) from error
        if len(data) > PART:
            raise UnavailableError(
                f"DOCX 的 {name} 超过 {PART >> 20} MB，不作检查", "请检查文件来源"
            )
        _refuse_types(data, name)
        return ET.fromstring(data)

    def blocks(self, root: Element | None = None) -> list[Block]:
        """Give the paragraphs of the document, or of another part, in order."""
        found = []
        for element, cell in _paragraphs(self.document if root is None else root, cell=False):
            found.append(self._block(element, cell=cell))
            if len(found) > _PARAGRAPHS:
                raise UnavailableError(f"DOCX 有超过 {_PARAGRAPHS} 段，不作检查", "请拆成几个文件")
        return found

    def _block(self, element: Element, *, cell: bool) -> Block:
        own = _props(element.find(f"{W}pPr"))
        style = own.get("pStyle", {}).get("val", "")
        look = self._styles.paragraph(style)
        runs = tuple(self._run(run, look.run) for run in _runs(element))
        return Block(tuple(run for run in runs if run.text), _over(look.paragraph, own), cell)

    def _run(self, element: Element, base: Props) -> Run:
        own = _props(element.find(f"{W}rPr"))
        named = self._styles.character(own.get("rStyle", {}).get("val", ""))
        return Run("".join(map(_said, element)), _over(_over(base, named), own))

    def linked(self, section: Element, kind: str, which: str) -> Element | None:
        """Give the header or footer (`kind`) of a section for its `default`, `even` or `first`
        pages.
        """
        links = self.part("word/_rels/document.xml.rels")
        for reference in section.findall(f"{W}{kind}Reference"):
            if reference.get(f"{W}type", "default") == which and links is not None:
                name = reference.get(f"{R}id")
                target = next(
                    (
                        x.get("Target", "")
                        for x in links.iter(f"{_LINKS}Relationship")
                        if x.get("Id") == name
                    ),
                    "",
                )
                return self.part(f"word/{target.removeprefix('/word/')}") if target else None
        return None

    def sections(self) -> list[Element]:
        """Give the sections' properties; the document's own are last."""
        from xml.etree.ElementTree import Element

        return list(self.document.iter(f"{W}sectPr")) or [Element(f"{W}sectPr")]


@dataclass(frozen=True, slots=True)
class _RunLook:
    paragraph: Props
    run: Props


class _Styles:
    """The styles of a document, each resolved along what it is based on."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else list(root.iter(f"{W}style"))
        self._known = {style.get(f"{W}styleId", ""): style for style in styles}
        self._default = next(
            (
                style.get(f"{W}styleId", "")
                for style in styles
                if style.get(f"{W}type") == "paragraph"
                and style.get(f"{W}default") in ("1", "true")
            ),
            "",
        )
        defaults = None if root is None else root.find(f"{W}docDefaults")
        bare = [
            None if defaults is None else defaults.find(f"{W}{k}PrDefault/{W}{k}Pr")
            for k in ("p", "r")
        ]
        self._base = _RunLook(_props(bare[0]), _props(bare[1]))

    def paragraph(self, name: str) -> _RunLook:
        """Resolve a paragraph style, the default one if the name is empty."""
        look = self._base
        for style in self._chain(name or self._default):
            look = _RunLook(
                _over(look.paragraph, _props(style.find(f"{W}pPr"))),
                _over(look.run, _props(style.find(f"{W}rPr"))),
            )
        return look

    def character(self, name: str) -> Props:
        """Resolve a character style."""
        props: Props = {}
        for style in self._chain(name):
            props = _over(props, _props(style.find(f"{W}rPr")))
        return props

    def _chain(self, name: str) -> list[Element]:
        """Give a style after those that it is based on; one that is based on itself ends."""
        chain: dict[str, Element] = {}
        while name in self._known and name not in chain:
            chain[name] = self._known[name]
            base = self._known[name].find(f"{W}basedOn")
            name = base.get(f"{W}val", "") if base is not None else ""
        return list(chain.values())[::-1]


def _refuse_types(data: bytes, name: str) -> None:
    """Parse once without building anything, and refuse a document type declaration (XXE, billion
    laughs).
    """

    def refuse(*_: object) -> None:
        raise UnavailableError(
            f"DOCX 的 {name} 带有文档类型声明（DTD），不予读取", "请检查文件来源"
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnavailableError(
            f"DOCX 的 {name} 不是合格的 XML", "请用 Word 或 WPS 另存为 .docx"
        ) from error


def _props(element: Element | None) -> dict[str, dict[str, str]]:
    """Flatten properties: those of a group (borders, tabs) are named `group.part`."""
    found: dict[str, dict[str, str]] = {}
    for child in element if element is not None else ():
        name = child.tag.removeprefix(W)
        found[name] = {key.removeprefix(W): value for key, value in child.attrib.items()}
        for n, part in enumerate(child):
            key = f"{name}.{n}" if name == "tabs" else f"{name}.{part.tag.removeprefix(W)}"
            found[key] = {key.removeprefix(W): value for key, value in part.attrib.items()}
    return found


def _over(base: Props, own: Props) -> Props:
    """Lay properties over others, attribute by attribute."""
    return (
        {**base, **{name: {**base.get(name, {}), **values} for name, values in own.items()}}
        if own
        else base
    )


def _paragraphs(root: Element, *, cell: bool) -> Iterator[tuple[Element, bool]]:
    """Give the paragraphs below an element without recursion, for a file may nest as deep as it
    likes.
    """
    stack = [(child, cell) for child in reversed(root)]
    while stack:
        element, inside = stack.pop()
        within: Element | None = element
        if element.tag == f"{W}p":
            yield element, inside
            within = next(
                element.iter(f"{W}txbxContent"), None
            )  # a text box in a paragraph has paragraphs of its own
        if within is not None and element.tag != _FALLBACK:
            inner = inside or element.tag == f"{W}tbl"
            stack += [(child, inner) for child in reversed(within)]


def _runs(paragraph: Element) -> Iterator[Element]:
    """Give a paragraph's runs, also those in links, insertions and fields, but none of a text box
    in it.
    """
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == f"{W}r":
            yield element
        elif element.tag not in (f"{W}pPr", f"{W}del", _FALLBACK):
            stack += reversed(element)


def _said(element: Element) -> str:
    name = element.tag.removeprefix(W)
    if name == "t":
        return element.text or ""
    return {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(name, "")
