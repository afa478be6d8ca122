"""The data files inside the package: read strictly, told clearly where wrong; and no name of a
bureau stands in the code.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import lifecycle
from lifecycle.correspondence.press import PRESS
from lifecycle.errors import InvalidError
from lifecycle.letter.check.content_rules import content_rules, read_rules
from lifecycle.letter.docx.stored import fragment
from lifecycle.letter.docx.wordml import CHAR, LINE, RED
from lifecycle.letter.kinds import kinds, read_kinds
from lifecycle.letter.shipped import plain_yaml, shipped_text
from lifecycle.letter.title import words
from lifecycle.workflow.yaml.tree import Mapping, Node, Scalar, Sequence, read_tree

PACKAGE = Path(lifecycle.__file__).parent
FILES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("letter/**/*.yaml"))
BUREAU = re.compile("丽水|丽招商|市招商局|0578")
RULES = shipped_text("check/rules.yaml")
KINDS = shipped_text("kinds.yaml")
GOLDEN = Path(__file__).parent / "golden" / "title-words.json"


def plain(node: Node) -> object:
    """Give what the strict reader read as mappings, lists and strings."""
    if isinstance(node, Mapping):
        return {name: plain(value) for name, (_key, value) in node.pairs.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.value


def title_words() -> dict[str, object]:
    """Give what the golden file holds: the press and the digest of the words."""
    listed = json.dumps([sorted(pairs) for pairs in words()], ensure_ascii=False)
    return {"press": PRESS, "words": sha256(listed.encode()).hexdigest()}


def test_no_code_names_a_bureau() -> None:
    """Places, bureaus, their numbers and area codes stand in YAML, where an office can change
    them.
    """
    found = {
        str(path.relative_to(PACKAGE)): BUREAU.findall(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("name", FILES)
def test_shipped_yaml_is_strict(name: str) -> None:
    """No anchors, tags, repeated keys or other tricks: the strict reader of workflows finds no
    fault, and reads what the quick one reads.
    """
    text = (PACKAGE / name).read_text("utf-8")
    tree = read_tree(text, name)
    assert tree.problems == ()
    assert tree.root is not None
    assert plain_yaml(text, name) == plain(tree.root)


def test_every_shipped_yaml_is_known() -> None:
    """These are all, so that none is forgotten here."""
    assert FILES == [
        "letter/check/rules.yaml",
        "letter/kinds.yaml",
        "letter/layouts.yaml",
        "letter/title.yaml",
    ]


def test_the_words_of_titles_are_those_of_the_press() -> None:
    """Whoever changes the words raises PRESS: a frozen letter is printed again at audit, and its
    title would break elsewhere. `python tests/test_shipped.py` writes the digest anew.
    """
    assert json.loads(GOLDEN.read_text("utf-8")) == title_words()


def test_the_kinds() -> None:
    """The fifteen kinds of the regulation in its order, the slips, and what is special about
    some.
    """
    known = kinds()
    statutory = "决议 决定 命令 公报 公告 通告 意见 通知 通报 报告 请示 批复 议案 函 纪要"
    assert known.statutory == tuple(statutory.split())
    assert known.slips == ("督办单", "交办单", "移交单", "审核表")
    assert known.upward == ("报告", "请示", "议案")
    assert known.unaddressed == ("公报", "公告", "通告", "纪要")
    assert known.unsigned == ("纪要",)
    assert known.attendance == ("出席", "请假", "列席")
    assert known.urgencies == ("特急", "加急")
    usual = {name for name, layout in known.layouts.items() if layout == "公文"}
    assert usual == set(known.statutory) - {"函", "纪要"}


def test_a_slip_is_added_without_code() -> None:
    """A line in the file makes a slip: a kind that templates and issuing rules may name, set as
    slips are.
    """
    slip = '  会办单: {layout: 单据, basis: "内部单据 [自]"}'
    known = read_kinds(KINDS.replace("slips:\n", f"slips:\n{slip}\n"))
    assert known.slips == ("会办单", *kinds().slips)
    assert known.layouts["会办单"] == "单据"
    assert "会办单" in known.all


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "layout: 信函, basis",
            "layout: 信纸, basis",
            "函 有误：没有版式“信纸”，版式有 公文、信函、纪要、单据",
        ),
        ("  决定: {layout: 公文, ", "  决定: {", "决定 有误：缺少 layout"),
        ("upward: true", "upwards: true", "报告 有误：有不认识的键 upwards"),
        ("upward: true", "upward: yes", "报告 有误：upward 只能写 true，不是的不写"),
        (
            "  决定: {layout: 公文, basis: 第八条（二）}",
            "  决定: 公文",
            "决定 有误：应写成“键: 值”",
        ),
    ],
)
def test_wrong_kinds_are_told(right: str, wrong: str, told: str) -> None:
    """What is wrong in the list of kinds is told by the kind."""
    assert right in KINDS
    with pytest.raises(InvalidError) as caught:
        read_kinds(KINDS.replace(right, wrong, 1))
    assert caught.value.message == f"程序自带的 kinds.yaml 的 {told}"
    assert caught.value.mend == "请改正该文件，或重新安装 lifecycle"


WRONG_RULES = {
    "pattern": ("'{serial}第", "'({serial}第", "number-ordinal 有误：正则表达式写错了（"),
    "piece": ("'{serial}第", "'{serials}第", "number-ordinal 有误：没有片段 {serials}"),
    "part": ("parts: [number]", "parts: [numbers]", "number-year 有误：公文没有“numbers”这一部分"),
    "parts": ("parts: [number]", "parts: number", "number-year 有误：各部分应写成列表"),
    "kind": ("kinds: [请示]", "kinds: [请求]", "request-matters 有误：没有文种“请求”"),
    "key": ("    parts: [number]", "    part: [number]", "number-year 有误：缺少 parts"),
    "basis": ("    basis: GB/T 9704—2012 7.4.2\n", "", "cc-stop 有误：缺少 basis"),
    "section": ("judged:", "judge:", "check/rules.yaml 有误：缺少 judged"),
    "list": (
        "part_groups:\n  text: [body, annex]\n  prose",
        "part_groups: [text]\nx:\n  prose",
        "有不认识的键 x",
    ),
    "find": ("  duty:", "  duties:", "finds 有误：缺少 duty"),
    "yaml": ("part_groups:", "part_groups: {", "check/rules.yaml 有误：不是合法的 YAML"),
}


@pytest.mark.parametrize("name", WRONG_RULES)
def test_wrong_rules_are_told(name: str) -> None:
    """A wrong rule file is one clear error that names the file and the rule."""
    right, wrong, told = WRONG_RULES[name]
    assert right in RULES
    with pytest.raises(InvalidError) as caught:
        read_rules(RULES.replace(right, wrong, 1))
    assert caught.value.message.startswith("程序自带的 check/rules.yaml")
    assert told in caught.value.message
    assert caught.value.mend == "请改正该文件，或重新安装 lifecycle"


def test_the_contact_of_a_request_claims_no_law_in_force() -> None:
    """The regulation of 2012 does not ask for a contact in a 请示; the rule says so and is marked
    unverified.
    """
    basis = content_rules().judged["request-contact"].basis
    assert basis == "沿用原《国家行政机关公文处理办法》（国发〔2000〕23号，已废止）的惯例 [自]"


def test_every_rule_has_a_basis() -> None:
    """Each rule names a standard, the regulation, or custom."""
    known = content_rules()
    found = {one.basis for one in known.patterns}
    found |= {one.basis for one in known.judged.values()}
    grounds = ("GB/T 9704—2012 ", "GB/T 15834—2011", "党政机关公文处理工作条例第", "公文写作惯例")
    others = {basis for basis in found if not basis.startswith(grounds)}
    assert others == {"沿用原《国家行政机关公文处理办法》（国发〔2000〕23号，已废止）的惯例 [自]"}


PARTS = sorted(path.stem for path in (PACKAGE / "letter" / "docx" / "parts").glob("*.xml"))
WHOLE = ("fontTable", "footer1", "footer2", "footer3", "settings", "styles")
PREFIXES = 'xmlns:w="w" xmlns:r="r" xmlns:wp="wp" xmlns:a="a" xmlns:pic="pic"'


def test_every_part_of_a_docx_is_known() -> None:
    """The XML files are those that are used: whole parts, and parts with places to fill in."""
    filled_in = ("core", "floating", "header3", "inline", "picture", "types")
    assert sorted((*WHOLE, *filled_in)) == PARTS


@pytest.mark.parametrize("name", PARTS)
def test_stored_xml_is_well_formed_and_bare(name: str) -> None:
    """What goes into a DOCX is sound XML on one line, without comments; only files with places hold
    a `$`.
    """
    text = fragment(name)
    ET.fromstring(f"<all {PREFIXES}>{text}</all>")
    assert "\n" not in text
    assert "<!--" not in text
    assert ("$" in text) is (name not in WHOLE)


def test_blanks_that_are_text_stay() -> None:
    """Blanks inside a text are kept, though the file's line ends and indents go."""
    assert '<w:t xml:space="preserve">— </w:t></w:r><w:r><w:fldChar ' in fragment("footer1")
    assert "</w:p></w:ftr>" in fragment("footer1")


def test_measures_in_the_files_are_those_of_the_code() -> None:
    """Line, character and red are written in styles.xml as the code has them (GB/T 9704—2012
    5.2.2).
    """
    styles = fragment("styles")
    assert f'w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/>' in styles
    assert f'<w:ind w:firstLine="{2 * CHAR}"/>' in styles
    assert f'<w:defaultTabStop w:val="{CHAR}"/>' in fragment("settings")
    for name in ("styles", "footer3", "header3"):
        assert f'="{RED}"' in fragment(name)


def test_patterns_are_compiled_once() -> None:
    """Asking again gives the same rules, not new ones."""
    assert content_rules() is content_rules()
    assert kinds() is kinds()


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(title_words(), indent=1, sort_keys=True) + "\n", "utf-8")
