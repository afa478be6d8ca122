"""The catalogue: every letter that ships, composed for every transition that sends it, before a
strict reader.

The claims are those of 党政机关公文处理工作条例 (kinds, who writes what to whom) and of GB/T
9704—2012.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from lifecycle import places
from lifecycle.correspondence.citing import Citing, shipped_bases
from lifecycle.engine.values import typed
from lifecycle.letter.kinds import kinds
from lifecycle.letter.model import Block, Letter, Paragraph, Signatures, Table
from lifecycle.template.compose import compose
from lifecycle.template.template import Template, read_template
from lifecycle.workflow.model import Fact, Transition, Workflow
from lifecycle.workflow.reader import read_workflow
from lifecycle.workflow.supply import supplied

ROOT = Path(__file__).parents[2]
ON = date(2026, 9, 30)
BY_RULE = ("reply-reminder",)
"""Letters that no transition sends: they follow by rule when an answer or a receipt is overdue."""
PARTIES = {
    "government": "市人民政府",
    "county": "莲都区人民政府",
    "receiver": "龙泉市人民政府",
    "investor": "山海酒店公司",
}
NAMES = {
    "reform": "市发改委",
    "planning": "市建设（规划）局",
    "land": "市自然资源局",
    "finance": "市财政局",
    "x": "市文广旅体局",
}
TEXTS = {
    "name": "瓯江云栖康养综合体",
    "area": "莲都区",
    "month": "2026-08",
    "quarter": "2026年第三季度",
}
ARTICLES = {
    "中华人民共和国城乡规划法": "第三十八条 第三十九条 第四十五条",
    "中华人民共和国建筑法": "第八条 第九条 第十条",
    "中华人民共和国城市房地产管理法": "第十二条 第二十六条",
    "中华人民共和国民法典": "第四百九十五条",
    "中华人民共和国城镇国有土地使用权出让和转让暂行条例": "第十二条",
    "浙江省城乡规划条例": "第三十四条 第四十条 第四十四条",
    "优化营商环境条例": "第三十一条 第三十六条 第四十二条",
    "公平竞争审查条例": "第十条 第十二条 第十四条 第十八条",
    "重大行政决策程序暂行条例": "第二十五条 第三十条",
    "建设工程质量管理条例": "第十六条 第四十九条",
    "企业投资项目核准和备案管理条例": "第四条 第十三条 第十六条",
}
"""The laws that letters go by, each with the articles that were read; an article from memory is no
ground.
"""
UNNUMBERED = (
    "丽水市招商引资体制机制改革方案",
    "招标拍卖挂牌出让国有建设用地使用权规定",
    "中华人民共和国民法典",
    "闲置土地处置办法",
)
"""What is named as a whole or by sections; the articles of 国土资源部令第39号 and 第53号 were not
at hand, so none is printed.
"""
LIMIT_BASIS = "建筑法第9条"
"""How a workflow writes the ground of a time limit; a table of limits quotes it as it stands."""
COMMANDS = re.compile(
    "责令|务必|必须|不得有误|遵照执行|贯彻执行|立即|限期|严禁|你单位|你局|此令|勒令"
)
REQUESTS = re.compile("请批示|请审批|请审示|妥否|当否|恳请|请求|请予|盼予|请支持|函复")
CLOSING = re.compile(
    "专此(函商|函告|函达|函请)(，(请予支持|请予配合|请予支持配合|盼予函复))?。|(专此|特此)函复。"
)


@dataclass(frozen=True)
class Sent:
    """One letter as one transition sends it, and with how much of the case known: bare, full or
    provisional.
    """

    name: str
    workflow: str
    transition: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    how: str
    letter: Letter

    @property
    def place(self) -> str:
        """Name it in a failure."""
        return f"{self.name} ({self.workflow} {self.transition}, {self.how})"


@cache
def templates() -> dict[str, Template]:
    """Read every template that ships."""
    return {
        p.stem: read_template(p.stem, p.read_bytes(), p.name)
        for p in sorted((ROOT / "notices").glob("*.j2"))
    }


@cache
def workflows() -> tuple[Workflow, ...]:
    """Read every workflow that ships."""
    return tuple(read_workflow(p.read_bytes(), p.name) for p in places.workflow_files())


def fact_value(fact: Fact, *, last: bool) -> object:
    """Make up a value for a fact; `last` takes the last of several choices."""
    if fact.of == "unit" or fact.type == "unit":
        return ["市建设（规划）局", "市自然资源局"] if fact.type == "list" else "市文旅平台公司"
    if fact.type == "list":
        return ["普惠-文旅-2024-07"]
    plain: dict[str, str | int | bool] = {
        "text": TEXTS.get(fact.name, PARTIES.get(fact.name, fact.title)),
        "choice": fact.choices[-1 if last else 0] if fact.choices else "",
        "date": "2026-08-20",
        "integer": 2026 if fact.name.endswith("year") else 40,
        "yesno": not last,
    }
    number = "0.35" if fact.name in ("density_max", "green_min") else "1200"
    return typed(fact, plain.get(fact.type, number))


def called(workflow: Workflow, names: tuple[str, ...]) -> list[str]:
    """Name the recipients."""
    titles = {
        **{n: r.title for n, r in workflow.roles.items()},
        **{n: p.title for n, p in workflow.parties.items()},
    }
    return [PARTIES.get(name) or NAMES.get(name) or titles[name] for name in names]


def scope(
    workflow: Workflow, transition: Transition, to: list[str], cc: list[str], how: str
) -> dict[str, object]:
    """Give what a template may use: of a bare case only what is surely there, else all of it."""
    sure = supplied(workflow)[transition.location].everywhere
    facts = {
        name: fact_value(fact, last=how == "provisional")
        for name, fact in workflow.facts.items()
        if how != "bare" or name in sure
    }
    moved = workflow.states.get(transition.to or "", next(iter(workflow.states.values())))
    issuer = NAMES.get(transition.by[0], workflow.roles[transition.by[0]].title)
    made: dict[str, object] = {
        **facts,
        "to": [name for name in to if name != issuer] or to,
        "cc": [name for name in cc if name != issuer],
        "issuer": issuer,
        "contact": "项目科，电话0578-2091000",
        "case_number": "LS-F-2026-001",
        "case_title": "瓯江云栖康养综合体",
        "stage": "前一环节",
        "next_stage": moved.title,
        "on": ON,
        "cite": Citing(ON, shipped_bases),
        "note": "屋面高度须降至12米以内" if transition.reason else None,
        "due_on": None,
        "due_text": None,
        "materials": [item.title for item in workflow.materials.values()],
        "opinions": [],
        "last": {},
        "count": {name: int(name == transition.name) for name in workflow.titles},
    }
    if how == "bare":
        return made
    exact = how == "full"
    return made | {
        "note": "屋面高度须降至12米以内",
        "due_on": date(2026, 10, 22),
        "due_text": "2026年10月22日前" if exact else "15个工作日内",
        "reply_due_text": "2026年10月15日前" if exact else "收到本函之日起7个工作日内",
        "limits": [
            {"title": "约定开工", "due_text": "2026年10月22日前", "basis": LIMIT_BASIS},
            {"title": "会签", "due_text": "5个工作日内", "basis": "默认 [自]"},
        ],
        "opinions": [{"unit": "市财政局", "verdict": "附条件同意", "note": "落实资金来源"}],
        "last": dict.fromkeys(workflow.titles, ON),
        "count": dict.fromkeys(workflow.titles, 2),
    }


@cache
def sent() -> tuple[Sent, ...]:
    """Compose every letter of every transition, from a bare case, a full one and one with
    provisional days.
    """
    found = []
    for workflow in workflows():
        for transition in workflow.transitions:
            for rule in transition.notices:
                for how in ("bare", "full", "provisional"):
                    given = scope(
                        workflow,
                        transition,
                        called(workflow, rule.to),
                        called(workflow, rule.cc),
                        how,
                    )
                    letter = compose(templates()[rule.template], given, on=ON)
                    found.append(
                        Sent(
                            rule.template,
                            workflow.name,
                            transition.name,
                            rule.to,
                            rule.cc,
                            how,
                            letter,
                        )
                    )
    return tuple(found)


def reminder(name: str, **more: object) -> Letter:
    """Compose a letter that follows by rule."""
    given = {
        "to": ["市财政局"],
        "cc": [],
        "issuer": "市招商局",
        "contact": "项目科",
        "case_number": "LS-F-2026-001",
        "case_title": "瓯江云栖康养综合体",
        "on": ON,
        "cite": Citing(ON, shipped_bases),
    }
    return compose(templates()[name], given | more, on=ON)


def everything() -> Iterator[tuple[str, Letter]]:
    """Give every letter, those by rule included, each with its name for a failure."""
    yield from ((s.place, s.letter) for s in sent())
    for name in BY_RULE:
        yield f"{name} (bare)", reminder(name)
        yield f"{name} (receipt)", reminder(name, overdue_days=0)
        yield (
            f"{name} (full)",
            reminder(
                name,
                letter_title="关于某事的函",
                letter_number="丽招商函〔2026〕12号",
                letter_date=date(2026, 9, 1),
                overdue_days=5,
                reply_due_text="2026年10月15日前",
            ),
        )


def texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Give every piece of writing of a letter's body."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Table):
            yield from chain(block.head, *block.rows)
        else:
            yield from block.places


def written(letter: Letter) -> list[str]:
    """Give every piece of writing of a letter."""
    pages = chain(texts(letter.body), *(texts(annex.body) for annex in letter.annexes))
    return [
        letter.title,
        *letter.to,
        *letter.cc,
        *letter.attachments,
        *(a.title for a in letter.annexes),
        *pages,
    ]


def paragraphs(letter: Letter) -> list[str]:
    """Give the paragraphs of a letter's body."""
    return [block.text for block in letter.body if isinstance(block, Paragraph)]


def numeral(text: str) -> int:
    """Read 一 to 九十九."""
    tens, _, ones = text.rpartition("十")
    digit = "零一二三四五六七八九".index
    return (digit(tens or "一") * 10 if "十" in text else 0) + (digit(ones) if ones else 0)


def misnumbered(blocks: tuple[Block, ...]) -> list[str]:
    """Name the headings that do not follow the one before: 一、二、三、 and in each
    （一）（二）（三）.
    """
    wrong = []
    major = minor = 0
    for block in blocks:
        if not isinstance(block, Paragraph) or block.level not in (1, 2):
            continue
        here = numeral(block.text.strip("（").partition("、" if block.level == 1 else "）")[0])
        expected = (major if block.level == 1 else minor) + 1
        if here != expected:
            wrong.append(block.text[:12])
        major, minor = (here, 0) if block.level == 1 else (major, here)
    return wrong


def test_every_template_is_sent() -> None:
    """Each template is sent by a transition or follows by rule, and nothing is sent that has no
    template.
    """
    by_transition = {s.name for s in sent()}
    assert set(templates()) == by_transition | set(BY_RULE)
    assert by_transition & set(BY_RULE) == set()


def fits(s: Sent) -> bool:
    """Tell whether a letter's kind fits the relation between who writes and who reads
    (行文规则).
    """
    kind, to = s.letter.kind, set(s.to)
    if "government" in to:
        return kind in ("请示", "报告") and len(s.to) == 1
    if "public" in to:
        return kind == "公告" and len(s.to) == 1
    if kind in ("通知", "通报"):
        return to <= {"owner", "county"} and any(
            "经市政府同意" in text for text in paragraphs(s.letter)
        )
    return kind in ("函", "纪要", *kinds().slips) and (kind == "函" or "investor" not in to)


def test_the_kind_fits_the_relation() -> None:
    """请示 and 报告 go up and nowhere else; equals and investors get 函; 通知 and 通报 only
    经市政府同意.
    """
    assert [(s.place, s.letter.kind, s.to) for s in sent() if not fits(s)] == []


def test_a_request_has_one_matter_and_one_reader() -> None:
    """请示: one 主送, no 抄送, a contact, one matter, and no word beyond 妥否，请批示。"""
    requests = [s for s in sent() if s.letter.kind == "请示"]
    assert {s.name for s in requests} == {
        "policy-request",
        "transfer-plan-request",
        "signing-request",
    }
    for s in requests:
        said = paragraphs(s.letter)
        assert (s.letter.to, s.letter.cc, bool(s.letter.contact)) == (("市人民政府",), (), True), (
            s.place
        )
        assert [text.partition("、")[2] for text in said].count("请示事项") == 1, s.place
        assert sum("恳请" in text for text in said) == 1, s.place
        assert said[-1] == "妥否，请批示。", s.place


def test_a_report_asks_for_nothing() -> None:
    """报告 says 特此报告。 at its end and holds no request."""
    reports = [s for s in sent() if s.letter.kind == "报告"]
    assert reports
    for s in reports:
        said = paragraphs(s.letter)
        assert said[-1] == "特此报告。", s.place
        assert [text for text in said if REQUESTS.search(text)] == [], s.place


def test_a_letter_to_an_equal_commands_nothing() -> None:
    """函 holds no word of command and ends as a 函 does; so do 通知, 通报 and 公告 in their own
    words.
    """
    endings = {"通知": "特此通知。", "通报": "特此通报。", "公告": "特此公告。"}
    for place, letter in everything():
        last = paragraphs(letter)[-1]
        if letter.kind == "函":
            assert [text for text in written(letter) if COMMANDS.search(text)] == [], place
            assert CLOSING.fullmatch(last), (place, last)
            assert ("复函" in letter.title) == last.endswith("此函复。"), place
        elif letter.kind in endings:
            assert last == endings[letter.kind], place


def test_titles() -> None:
    """A statutory letter is 关于……的 and its kind; a title has no punctuation but 《》, （） and
    “”.
    """
    for place, letter in everything():
        assert not re.search("[，。；：、！？…—]|[!-/:-@]", letter.title), (place, letter.title)
        if letter.kind in kinds().slips:
            assert letter.title.endswith(("单", "表")), (place, letter.title)
        elif letter.kind == "纪要":
            assert letter.title.endswith("纪要"), (place, letter.title)
        else:
            assert re.fullmatch(f"关于.+的(复|催办)?{letter.kind}", letter.title), (
                place,
                letter.title,
            )


def test_grounds_are_exact() -> None:
    """Every law is named in full with articles that were read; no article lacks its law; no ground
    is a guess.
    """
    number = "第[一二三四五六七八九十百]+条"
    cited: dict[str, set[str]] = {}
    for place, letter in everything():
        for text in written(letter):
            assert "[自]" not in text, (place, text)
            for law, articles in re.findall(f"《([^《》]+)》((?:{number}、?)*)", text):
                given = set(filter(None, articles.split("、")))
                assert given or law in UNNUMBERED or not law.endswith(("法", "条例", "法典")), (
                    place,
                    law,
                )
                if given:
                    cited.setdefault(law, set()).update(given)
            bare = re.sub(f"》(?:{number}、?)+", "", text)
            assert not re.search(f"{number}|第\\d+条", bare) or bare == LIMIT_BASIS, (place, text)
    assert cited == {law: set(articles.split()) for law, articles in ARTICLES.items()}


def test_no_half_width_punctuation_among_chinese() -> None:
    """Between Chinese characters only full-width marks stand; and no sentence ends twice or is left
    empty.
    """
    narrow = re.compile(
        "[\u4e00-\u9fff][,.;:!?()\\[\\]\"'][\u4e00-\u9fff]|[。；，：、]{2}|（）|“”|《》|\\s$"
    )
    for place, letter in everything():
        assert [text for text in written(letter) if narrow.search(text)] == [], place


def test_numbering_has_no_gap() -> None:
    """Headings count up without a gap, whatever of the case is known; so do those of annexes."""
    for place, letter in everything():
        assert [misnumbered(part) for part in (letter.body, *(a.body for a in letter.annexes))] == [
            [] for _ in range(1 + len(letter.annexes))
        ], place


def test_annexes_lead_the_list_of_attachments() -> None:
    """The annexes that a letter carries are its first attachments, in order, so that 附件1 is the
    first annex.
    """
    for place, letter in everything():
        titles = tuple(annex.title for annex in letter.annexes)
        assert letter.attachments[: len(titles)] == titles, place
    carrying = {s.name for s in sent() if s.letter.annexes}
    assert carrying == {
        "task-breakdown",
        "task-assignment",
        "duty-list",
        "acceptance-group",
        "transfer-confirmation",
    }


def test_slips_are_tables_to_sign() -> None:
    """督办单、交办单、移交单 and 审核表 show their matter in a table and end with
    places to sign.
    """
    slips = [s for s in sent() if s.letter.kind in kinds().slips]
    assert {s.letter.kind for s in slips} == set(kinds().slips)
    for s in slips:
        assert s.letter.layout == "slip", s.place
        assert any(isinstance(block, Table) for block in s.letter.body), s.place
        assert isinstance(s.letter.body[-1], Signatures), s.place
    form = next(s.letter for s in sent() if s.name == "cash-in-form")
    assert form.body[-1] == Signatures(("市文旅平台公司", "市招商局", "市财政局"))


def test_minutes_tell_only_who_was_there() -> None:
    """纪要 name the units that the officer entered as present, not those invited, and say that they
    decide nothing.
    """
    for s in sent():
        if s.letter.kind == "纪要":
            assert s.letter.attendance == (("出席", ("市建设（规划）局", "市自然资源局")),), s.place
            assert any("不代替" in text or "不替代" in text for text in paragraphs(s.letter)), (
                s.place
            )


@pytest.mark.parametrize(
    ("how", "said"), [("full", "2026年10月15日前"), ("provisional", "收到本函之日起7个工作日内")]
)
def test_the_day_of_the_answer_is_exact_or_a_length(how: str, said: str) -> None:
    """Whoever asks for an answer gives the day, or from receipt so many working days where days are
    provisional.
    """
    asking = [s for s in sent() if "reply_due_text" in dict(templates()[s.name].optional)]
    assert len({s.name for s in asking}) >= 20
    for s in asking:
        if s.how == how and s.name != "policy-legal-request":
            found = [text for text in written(s.letter) if said in text]
            assert found, s.place
    bare = [
        s
        for s in asking
        if s.how == "bare" and s.name not in ("loi-legal-review", "agreement-legal-review")
    ]
    assert [
        s.place for s in bare if not any("个工作日内" in text for text in paragraphs(s.letter))
    ] == []


def test_a_reminder_names_the_letter_it_is_about() -> None:
    """催办函 gives the letter's day, title and number, how late the answer is, and that silence is
    no consent.
    """
    about = {
        "letter_title": "关于征求意见的函",
        "letter_number": "丽招商函〔2026〕12号",
        "letter_date": date(2026, 9, 1),
    }
    answer = reminder(
        "reply-reminder", **about, overdue_days=5, reply_due_text="收到本函之日起3个工作日内"
    )
    said = "".join(paragraphs(answer))
    assert answer.title == "关于商请函复瓯江云栖康养综合体有关事项的催办函"
    assert said.startswith(
        "我单位2026年9月1日《关于征求意见的函》（丽招商函〔2026〕12号），涉及“瓯江云栖康养综合体”"
    )
    assert "函复时间已超过5日" in said
    assert "收到本函之日起3个工作日内函复" in said
    assert "未函复不视为同意" in said

    receipt = reminder("reply-reminder", **about, overdue_days=0)
    assert receipt.title == "关于商请签收瓯江云栖康养综合体有关公文的催办函"
    assert "已发送贵单位，至今尚未收到签收回执。" in paragraphs(receipt)[0]
    assert "0日" not in "".join(paragraphs(receipt))


def test_the_floor_price_is_never_handed_on() -> None:
    """底价 must stay secret: no list of materials that leaves the city's own offices names its
    record.
    """
    slips = [
        s.letter
        for s in sent()
        if s.name in ("handover-slip", "transfer-plan-request", "listing-notice")
    ]
    assert [
        t
        for letter in slips
        for t in (*letter.attachments, *texts(letter.body))
        if "底价集体决策" in t
    ] == []
