"""What a PDF says about itself: title, issuer and date, and that it is made to be kept (ISO
19005-2, PDF/A-2a).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from lifecycle.letter.model import Letter

PRODUCER = "lifecycle"
"""The program; without its version, for the same letter must give the same bytes under the next
version too.
"""

_PACKET = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{issuer}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def packet(letter: Letter) -> bytes:
    """Write the XMP packet (ISO 16684-1); the letter's own date at midnight in Beijing is its only
    time.
    """
    return _PACKET.format(
        title=escape(plain(letter.title)),
        issuer=escape(plain(letter.issuer)),
        producer=PRODUCER,
        date=f"{letter.date.isoformat()}T00:00:00+08:00",
    ).encode()


def plain(text: str) -> str:
    """Put a blank for each character that no XML may hold (XML 1.0 2.2); fonts refuse such that are
    not blank.
    """
    return "".join(char if char.isprintable() else " " for char in text)


def moment(letter: Letter) -> str:
    """Write the same time as a PDF date (ISO 32000-1 7.9.4)."""
    return f"D:{letter.date:%Y%m%d}000000+08'00'"
