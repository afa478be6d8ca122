"""A black and white PNG, written without compression: no build of zlib can then change a byte of
it.
"""

from __future__ import annotations

from struct import pack
from zlib import adler32, crc32

_STORED = 0xFFFF
"""The most bytes of one stored block (RFC 1951 3.2.4)."""


def png(grid: tuple[tuple[bool, ...], ...], scale: int) -> bytes:
    """Draw a grid, True is black, with so many pixels to a module.

    One bit a pixel (PNG 1.2, colour type 0).
    """
    rows = [b"\0" + _bits([not dark for dark in row for _ in range(scale)]) for row in grid]
    data = b"".join(row * scale for row in rows)
    header = pack(">IIBBBBB", len(grid[0]) * scale, len(grid) * scale, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", b"\x78\x01" + _stored(data) + pack(">I", adler32(data)))
        + _chunk(b"IEND", b"")
    )


def _bits(row: list[bool]) -> bytes:
    text = "".join("1" if white else "0" for white in row)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _stored(data: bytes) -> bytes:
    """Frame data as stored blocks of DEFLATE, the last one marked as such."""
    blocks = [data[at : at + _STORED] for at in range(0, len(data), _STORED)]
    last = len(blocks) - 1
    return b"".join(
        pack("<BHH", n == last, len(block), len(block) ^ 0xFFFF) + block
        for n, block in enumerate(blocks)
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", crc32(name + data))
