"""Letters of every shape for properties that hold whatever a letter says."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from lifecycle.letter.layouts import layouts
from lifecycle.letter.model import Annex, Letter, Paragraph, Signatures, Table

ORDINARY = (
    "关于征求项目选址意见的函市自然资源和规划局，。、；："
    "（）"
    "《》“”〔〕——……·0123456789abcXYZ-/.%≥×垟峃𡶴é "
    "　"
)
LAYOUTS = tuple(layouts())

texts = st.text(ORDINARY, min_size=1, max_size=140).map(str.strip).filter(bool)
words = st.text("丽水市招商局自然资源规划建设", min_size=1, max_size=26)
codes = st.text("abcWMi0159-./:_%", max_size=40)
"""Codes, addresses, numbers of models: words that no line ends in."""
cells = st.one_of(
    st.text("规划选址条件，。2026年8月15日（abc）", max_size=60),
    st.builds(str.__add__, st.sampled_from(("", "规划选址")), codes),
)
paragraphs = st.builds(Paragraph, st.sampled_from((0, 0, 1, 2, 3)), texts)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Draw a table of up to eight columns and thirty rows."""
    columns = draw(st.integers(1, 8))
    rows = st.lists(cells, min_size=columns, max_size=columns).map(tuple)
    return Table(draw(rows), tuple(draw(st.lists(rows, max_size=30))))


places = st.lists(words, min_size=1, max_size=4).map(tuple).map(Signatures)
blocks = st.lists(
    st.one_of(paragraphs, paragraphs, paragraphs, tables(), places), min_size=1, max_size=12
).map(tuple)
names = st.lists(words, max_size=8, unique=True).map(tuple)
letters = st.builds(
    Letter,
    kind=st.sampled_from(("通知", "请示", "函", "督办单")),
    issuer=words,
    title=st.text("关于征求项目选址意见的通知（2026）", min_size=1, max_size=90)
    .map(str.strip)
    .filter(bool),
    to=names,
    cc=names,
    body=blocks,
    attachments=st.lists(texts, max_size=4, unique=True).map(tuple),
    date=st.dates(date(2016, 1, 1), date(2040, 1, 1)),
    contact=st.sampled_from(("", "投资促进处，电话0578-2091000")),
    number=st.sampled_from((None, "丽招商〔2026〕12号")),
    signer=st.sampled_from((None, "林岚", "林岚、王喆、赵堃")),
    layout=st.sampled_from(LAYOUTS),
    urgency=st.sampled_from(("", "特急")),
    attendance=st.lists(
        st.tuples(st.sampled_from(("出席", "列席")), names.filter(bool)), max_size=2
    ).map(tuple),
    annexes=st.lists(st.builds(Annex, words, blocks), max_size=2).map(tuple),
    printed=st.sampled_from((None, date(2026, 8, 3))),
    code=st.sampled_from((None, "K7QM-3F9T-X2HD")),
    proof=st.sampled_from((None, "lifecycle:" + "0" * 90)),
)
