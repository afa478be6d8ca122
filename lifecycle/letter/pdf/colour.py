"""The colour space that a PDF's red is meant in: sRGB, as an ICC profile made by computation (IEC
61966-2-1).
"""

from __future__ import annotations

from functools import cache

# The primaries and the white of sRGB, adapted to the profile connection space's D50, as 16.16 fixed
# point.
_WHITE = (0xF6D6, 0x10000, 0xD32D)
_PRIMARIES = {
    b"rXYZ": (0x6FA2, 0x38F5, 0x0390),
    b"gXYZ": (0x6299, 0xB785, 0x18DA),
    b"bXYZ": (0x24A0, 0x0F84, 0xB6CF),
}
_STEPS = 256
_NAME = b"sRGB IEC61966-2-1"


@cache
def srgb_profile() -> bytes:
    """Give an ICC version 2.1 display profile of sRGB (ICC.1:2001-04); the bytes are always the
    same.
    """
    curve = _tagged(
        b"curv", _long(_STEPS) + b"".join(_short(_linear(n / (_STEPS - 1))) for n in range(_STEPS))
    )
    tags = {
        b"desc": _tagged(b"desc", _long(len(_NAME) + 1) + _NAME + bytes(1 + 4 + 4 + 2 + 1 + 67)),
        b"cprt": _tagged(b"text", b"No copyright, use freely\0"),
        b"wtpt": _tagged(b"XYZ ", b"".join(map(_long, _WHITE))),
        **{
            name: _tagged(b"XYZ ", b"".join(map(_long, value)))
            for name, value in _PRIMARIES.items()
        },
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(tags)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    """Put tags behind a header and a directory; equal tags are stored once."""
    at = 128 + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    directory, body = _long(len(tags)), b""
    for name, data in tags.items():
        if data not in places:
            places[data] = at + len(body)
            body += data + bytes(-len(data) % 4)
        directory += name + _long(places[data]) + _long(len(data))
    size = at + len(body)
    created = b"".join(map(_short, (2026, 1, 1, 0, 0, 0)))
    header = (
        _long(size) + bytes(4) + _long(0x02100000) + b"mntrRGB XYZ " + created + b"acsp" + bytes(28)
    )
    header += b"".join(map(_long, _WHITE))
    return header + bytes(128 - len(header)) + directory + body


def _linear(value: float) -> int:
    """Give the light of an sRGB value between 0 and 1, in 65535ths (IEC 61966-2-1 5.2)."""
    return round(65535 * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4))


def _tagged(kind: bytes, data: bytes) -> bytes:
    return kind + bytes(4) + data


def _long(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _short(value: int) -> bytes:
    return value.to_bytes(2, "big")
