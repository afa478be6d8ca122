"""A paper measured against GB/T 9704—2012, and its text judged; it needs no office."""

from lifecycle.letter.check.check import Report, check_file
from lifecycle.letter.check.standard import Measure

__all__ = ["Measure", "Report", "check_file"]
