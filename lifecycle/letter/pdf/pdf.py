"""Letter → PDF/A-2a: fonts embedded, parts tagged, nothing from outside but the fonts, and always
the same bytes.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING

from lifecycle.letter.pdf.colour import srgb_profile
from lifecycle.letter.pdf.embed import dress, embed
from lifecycle.letter.pdf.ink import Stream, draw, number
from lifecycle.letter.pdf.metadata import PRODUCER, moment, packet, plain
from lifecycle.letter.pdf.pages import lay_out
from lifecycle.letter.pdf.sheet import PAGE_HEIGHT, PAGE_WIDTH, Sheets
from lifecycle.letter.pdf.tags import tag_tree

if TYPE_CHECKING:
    import pydyf

    from lifecycle.letter.fonts import Fonts
    from lifecycle.letter.model import Letter


def to_pdf(letter: Letter, fonts: Fonts) -> bytes:
    """Set a letter on A4 pages; the same letter and font files always give the same bytes.

    No time but the letter's date stands in it, and no stream is compressed, for zlib's output
    depends on its build. Raise InvalidError where a font lacks a character or a page has no room
    for a table.
    """
    import pydyf

    sheets = lay_out(letter)
    wardrobe = dress((run for page in sheets.pages for run in page.runs), fonts)
    pdf = pydyf.PDF()
    resources = pydyf.Dictionary(
        {
            "Font": pydyf.Dictionary(
                {font.name: embed(font, pdf).reference for font in wardrobe.fonts}
            )
        }
    )
    streams = [draw(page, sheets.tags, wardrobe) for page in sheets.pages]
    pages = _pages(pdf, resources, streams)
    _catalogue(
        pdf,
        letter,
        tag_tree(pdf, sheets.tags, [stream.marks for stream in streams], pages, _boxes(sheets)),
    )
    return _written(pdf)


def _pages(
    pdf: pydyf.PDF, resources: pydyf.Dictionary, streams: list[Stream]
) -> list[pydyf.Dictionary]:
    """Add a page for each content stream."""
    import pydyf

    pdf.add_object(resources)
    pages = []
    for index, stream in enumerate(streams):
        content = pydyf.Stream([stream.data])
        pdf.add_object(content)
        page = pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": pdf.pages.reference,
                "Contents": content.reference,
                "MediaBox": pydyf.Array([0, 0, number(PAGE_WIDTH), number(PAGE_HEIGHT)]),
                "Resources": resources.reference,
                "StructParents": index,
                "Tabs": "/S",
            }
        )
        pdf.add_page(page)
        pages.append(page)
    return pages


def _boxes(sheets: Sheets) -> list[tuple[int, tuple[bytes, ...]]]:
    """Give the box of each symbol, lower left corner first, with the part that it is."""
    return [
        (
            s.tag,
            tuple(map(number, (s.x, PAGE_HEIGHT - s.y - s.size, s.x + s.size, PAGE_HEIGHT - s.y))),
        )
        for page in sheets.pages
        for s in page.symbols
    ]


def _catalogue(pdf: pydyf.PDF, letter: Letter, tree: bytes) -> None:
    """Say what the document is: title, language, colour, tags (ISO 19005-2 6.6, 6.7; ISO 32000-1
    7.7.2).
    """
    import pydyf

    profile = pydyf.Stream([srgb_profile()], {"N": 3})
    metadata = pydyf.Stream([packet(letter)], {"Type": "/Metadata", "Subtype": "/XML"})
    for stream in (profile, metadata):
        pdf.add_object(stream)
    intent = {
        "Type": "/OutputIntent",
        "S": "/GTS_PDFA1",
        "OutputConditionIdentifier": "(sRGB IEC61966-2.1)",
        "Info": "(sRGB IEC61966-2.1)",
        "DestOutputProfile": profile.reference,
    }
    pdf.catalog |= {
        "Lang": "(zh-CN)",
        "MarkInfo": pydyf.Dictionary({"Marked": "true"}),
        "Metadata": metadata.reference,
        "OutputIntents": pydyf.Array([pydyf.Dictionary(intent)]),
        "StructTreeRoot": tree,
        "ViewerPreferences": pydyf.Dictionary({"DisplayDocTitle": "true"}),
    }
    when = pydyf.String(moment(letter))
    pdf.info |= {
        "Title": pydyf.String(plain(letter.title)),
        "Author": pydyf.String(plain(letter.issuer)),
        "Producer": pydyf.String(PRODUCER),
        "CreationDate": when,
        "ModDate": when,
    }


def _written(pdf: pydyf.PDF) -> bytes:
    """Write the file with an identifier made of its own content (7.5.5, 14.4)."""
    output = BytesIO()
    pdf.write(output)
    data = output.getvalue()
    identifier = hashlib.sha256(data).hexdigest()[:32].encode()
    body, trailer, rest = data.rpartition(b"\ntrailer\n<<\n")
    # pydyf would make it with MD5, which hardened systems refuse. The offsets before the trailer
    # stay what they are.
    return body + trailer + b"/ID [<%s> <%s>]\n" % (identifier, identifier) + rest
