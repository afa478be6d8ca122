"""Words of legal grounds: what a file's `basis:` says is a ground that is known and in force, or is
marked as the office's own or as unverified.

They are read in the file itself: so each fault has its place, and any YAML file may be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.errors import Location, Problem
from lifecycle.frozen import dataclass
from lifecycle.places import BASES
from lifecycle.workflow.bases import UNSURE, Bases, Citation, Understood
from lifecycle.workflow.yaml.tree import Mapping, Node, Scalar, Sequence, read_tree

_SECTIONS = {
    "facts": "要素",
    "materials": "材料",
    "states": "环节",
    "transitions": "流转",
    "lights": "亮灯",
}
_PARTS = {
    "due": "时限",
    "limits": "时限",
    "within": "会签时限",
    "guards": "条件",
    "cosign": "会签",
    "dwell": "满期",
    "counter": "次数",
    "reply": "复函",
    "notices": "公文",
    "after": "到期",
    "columns": "列",
}
_TITLES = ("title", "else", "template", "name")


@dataclass(frozen=True, slots=True)
class WrittenBasis:
    """One `basis:` as it stands in a file: of what kind of thing and by which name (环节 验收 时限
    规划核实), of which of the file's definitions (a state, a transition …), whether that is marked
    as the office's own. `whole`: it is that of the file.
    """

    text: str
    location: Location
    what: str
    section: str
    name: str
    inner: bool
    whole: bool


def bases_in(body: bytes, file: str) -> Iterator[WrittenBasis]:
    """Give every `basis:` of a YAML file."""
    root = read_tree(body, file).root
    if root is not None:
        yield from _within(root, file, _Place())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file one is: the section, the definition in it, and what has been passed."""

    section: str = ""
    name: str = ""
    said: tuple[str, ...] = ()
    key: str = ""


def _within(node: Node, file: str, place: _Place) -> Iterator[WrittenBasis]:
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _within(item, file, place)
        return
    if not isinstance(node, Mapping):
        return
    here = _entered(node, place)
    for key, (_scalar, value) in node.pairs.items():
        if key == "basis" and isinstance(value, Scalar):
            at = Location(value.file or file, value.line, value.column, value.length)
            inner = _text(node, "inner") in ("true", "yes")
            whole = here == _Place()
            said = " ".join(here.said) or ("整个流程" if whole else here.key)
            yield WrittenBasis(value.value, at, said, here.section, here.name, inner, whole)
        elif not place.section and key in _SECTIONS:
            yield from _section(key, value, file)
        else:
            yield from _within(value, file, _Place(here.section, here.name, here.said, key))


def _section(section: str, node: Node, file: str) -> Iterator[WrittenBasis]:
    """Go through the definitions of a section, each under its name."""
    if isinstance(node, Mapping):
        for name, (_scalar, value) in node.pairs.items():
            yield from _within(value, file, _Place(section, name, key=section))
    else:
        yield from _within(node, file, _Place(section, key=section))


def _entered(node: Mapping, place: _Place) -> _Place:
    """Say where one is within a mapping."""
    word = _SECTIONS.get(place.key) or _PARTS.get(place.key)
    if word is None:
        return place
    title = next((text for key in _TITLES if (text := _text(node, key))), "")
    name = place.name or _text(node, "name") or title
    said = f"{word} {title}".strip()
    return _Place(place.section, name, (*place.said, said), place.key)


def _text(node: Mapping, key: str) -> str:
    pair = node.pairs.get(key)
    return pair[1].value if pair is not None and isinstance(pair[1], Scalar) else ""


def check_bases(body: bytes, file: str, bases: Bases, day: str) -> Iterator[Problem]:
    """Warn of each `basis:` of a file that is no ground known, or one that is not in force on a
    day.
    """
    own = ""
    for one in bases_in(body, file):
        own = one.text if one.whole else own
        meant = bases.understand(one.text, own)
        yield from _unknown(one, meant, bases)
        for citation in meant.citations:
            yield from _out_of_force(one, citation, bases, day)
            yield from _unregistered(one, citation)


def _unknown(one: WrittenBasis, meant: Understood, bases: Bases) -> Iterator[Problem]:
    if meant.unsure or ((one.inner or meant.inner) and not meant.lost):
        return
    if meant.citations and not meant.lost:
        return
    piece = (*meant.lost, one.text)[0]
    near = bases.likeliest(piece)
    guess = f"是否为“{near}”？" if near else ""
    own = "、".join(bases.inner)
    mend = f"{guess}在 {BASES} 里登记它；本机关自己的写 {own}，没有核实的标 {UNSURE}"
    yield Problem("unknown-basis", one.location, f"依据“{piece}”没有登记", mend, warning=True)


def _out_of_force(
    one: WrittenBasis, citation: Citation, bases: Bases, day: str
) -> Iterator[Problem]:
    ground = citation.ground
    if ground.stands_on(day):
        return
    if day < ground.since:
        message = f"依据“{ground.name}”自 {ground.since} 起才施行"
        yield Problem("lapsed-basis", one.location, message, "施行以前引用当时的依据", warning=True)
        return
    later = bases.named.get(ground.successor)
    message = f"依据“{ground.name}”自 {ground.to} 起失效"
    mend = f"由“{later.name}”接替，改引它的相应条款" if later else "改引现行的依据，或标明 [自]"
    yield Problem("lapsed-basis", one.location, message, mend, warning=True)


def _unregistered(one: WrittenBasis, citation: Citation) -> Iterator[Problem]:
    if citation.article and citation.ground.articles and citation.registered is None:
        known = "、".join(article.name for article in citation.ground.articles)
        message = f"{BASES} 里没有“{citation.told}”"
        mend = f"核对条号，或在 {citation.ground.name} 的 articles 里写明它说什么；已有：{known}"
        yield Problem("unregistered-article", one.location, message, mend, warning=True)
