"""What can be wrong with an expression, told with its place."""

from __future__ import annotations

from lifecycle.errors import InvalidError, LifecycleError, Location, Problem
from lifecycle.frozen import dataclass


class ExpressionError(InvalidError):
    """An expression that does not parse, uses what the language lacks, or cannot be worked out.

    `offset` and `length` tell the piece at fault, in characters of the text that was read; a
    `length` of 0 means the whole expression.
    """

    def __init__(self, message: str, offset: int = 0, mend: str = "", length: int = 1) -> None:
        super().__init__(message, mend)
        self.offset = offset
        self.length = length

    def problem(self, rule: str, source: str, whole: Location) -> Problem:
        """Tell the fault with its place: `whole` is where the expression's `source` stands.

        The piece is underlined where the text stands on one line, bare or within quotes; else the
        whole of it is.
        """
        place = piece(source, whole, self.offset, self.length) if self.length else whole
        return Problem(rule, place, self.message, self.mend)


def piece(source: str, whole: Location, offset: int, length: int) -> Location:
    """Point at a piece of an expression that stands at `whole`.

    At all of it where its characters are not those of the file (escapes, several lines).
    """
    quotes = {len(source): 0, len(source) + 2: 1}.get(whole.length)
    if quotes is None or "\n" in source or not 0 <= offset <= len(source):
        return whole
    return Location(whole.file, whole.line, whole.column + quotes + offset, length)


class MissingName(InvalidError):  # noqa: N818 - it names the thing that is missing; an unmet guard is no fault
    """A name that an expression needs and the scope lacks: a fact not yet known, a `last.x` never
    made. `of` says which other case lacks it, "" where it is none.
    """

    def __init__(self, name: str, of: str = "") -> None:
        super().__init__(f"缺 {name}" + (f"（{of}）" if of else ""))
        self.name = name
        self.of = of


class EmptyError(InvalidError):
    """A name that is there but holds None was to be used.

    It may be tested, and counts as not defined.
    """

    def __init__(self, name: str = "") -> None:
        super().__init__(
            "有一处要写的内容为空", "请先填写该内容，或在模板里用 {% if … is defined %} 判断"
        )
        self.name = name


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where expressions stand, and what follows from it; the words are the same everywhere.

    `subject` and `inside` begin the sentences that tell faults. `records`: values there may have
    named parts (`opinions[0].unit`). `metered`: loops may work an expression out over and over,
    so what it costs is counted (`meter`).
    """

    subject: str
    inside: str
    records: bool = False
    metered: bool = False


CONDITION = Dialect("条件", "条件中")
"""Guards, lights and `--where`: worked out once for each case."""
LETTER = Dialect("式子", "公文模板里", records=True, metered=True)
"""What stands within the braces and tags of a letter's template."""


EXPLAINED = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
"""What Python raises where values do not go together."""


def explained(error: Exception, dialect: Dialect) -> LifecycleError:
    """Say in Chinese what went wrong in working an expression out.

    An error that already says so is given back.
    """
    if isinstance(error, LifecycleError):
        return error
    if isinstance(error, ZeroDivisionError):
        return ExpressionError("除数为零", length=0)
    if isinstance(error, TypeError):
        return ExpressionError(f"{dialect.subject}中的值类型不合，不能比较或运算", length=0)
    if isinstance(error, EXPLAINED):
        return ExpressionError(f"{dialect.subject}算不出结果", length=0)
    raise error
