"""The marks that stand in a letter's text between its rendering and its taking apart.

All are control characters, which no source and no value can hold.
"""

from __future__ import annotations

FIELD = "\x01"
"""Ends one header field in the rendered text."""
BREAK = "\x02"
"""Stands for a line break inside a value until it is known whether the place allows one."""
KEPT = "\x03"
"""Stands for a 、 inside one item of a list, so that the list can be taken apart again."""
CELL, ANNEX, SIGNATURES, RULER = "\x04", "\x05", "\x06", "\x07"
"""Stand for the `|` of a table, the `===` before an annex, the `【签章】` and the ruler under a
table's head (`|---|---|`) of a template's own lines, so that what a value says can never make a
table, an annex or a place to sign, nor be taken for a ruler.
"""
