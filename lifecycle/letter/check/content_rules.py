"""What an official letter must not say, as data: one row to a rule, with its basis, what is wrong
and its mend.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lifecycle.letter.check.content_parts import HAN, Role

STANDARD = "GB/T 9704—2012"
RULES_ON_LETTERS = "党政机关公文处理工作条例"
_USAGE = "公文写作惯例"

PROSE: tuple[Role, ...] = ("title", "to", "body", "attachment", "note", "annex", "cell", "cc")
_BODY: tuple[Role, ...] = ("body", "annex")
_ANY: tuple[Role, ...] = ("number", *PROSE)
_OPEN, _CLOSE = r"[\[(（【［〈〔]", r"[\])）】］〉〕]"
_SERIAL = rf"{_OPEN}\s*(?:19|20)?\d{{2}}\s*{_CLOSE}\s*"
_DIGITS = "〇○零一二三四五六七八九"


class Rule(NamedTuple):
    """A pattern that no part of these roles, in letters of these kinds (none: all), may hold."""

    name: str
    pattern: re.Pattern[str]
    roles: tuple[Role, ...]
    kinds: tuple[str, ...]
    basis: str
    message: str
    mend: str


def _rule(
    name: str,
    pattern: str,
    roles: tuple[Role, ...],
    basis: str,
    message: str,
    mend: str,
    *kinds: str,
) -> Rule:
    return Rule(name, re.compile(pattern), roles, kinds, basis, message, mend)


RULES = (
    # ── 发文字号 ──
    _rule(
        "number-brackets",
        r"(?:[\[(（【［〈]\s*(?:19|20)\d{2}\s*[\])）】］〉])\s*第?\s*\d+\s*[号期]",
        _ANY,
        f"{STANDARD} 7.2.5",
        "发文字号的年份没有用六角括号",
        "请写成 〔2026〕",
    ),
    _rule(
        "number-ordinal",
        rf"{_SERIAL}第\s*\d+\s*[号期]",
        _ANY,
        f"{STANDARD} 7.2.5",
        "发文字号的序号加了“第”",
        "请删去“第”，写成 〔2026〕1号",
    ),
    _rule(
        "number-zero",
        rf"{_SERIAL}第?\s*0\d*\s*[号期]",
        _ANY,
        f"{STANDARD} 7.2.5",
        "发文字号的序号编了虚位",
        "请写成 1号，不写 01号",
    ),
    _rule(
        "number-year",
        rf"{_OPEN}\s*\d{{2}}\s*{_CLOSE}\s*第?\s*\d+\s*[号期]",
        ("number",),
        f"{STANDARD} 7.2.5",
        "发文字号的年份没有写全称",
        "请写四位年份，如 〔2026〕",
    ),
    # ── 日期 ──
    _rule(
        "date-words",
        rf"[{_DIGITS}]{{4}}年(?:[一二三四五六七八九十]{{1,3}}月)?(?:[一二三四五六七八九十]{{1,"
        rf"3}}日)?",
        (*_ANY, "date", "printed"),
        f"{STANDARD} 7.3.5.4",
        "日期用了汉字数字",
        "请用阿拉伯数字，如 2026年8月1日",
    ),
    _rule(
        "date-zero",
        r"\d{4}年0\d月|\d{4}年\d{1,2}月0\d日|(?<!\d)0\d月\d{1,2}日",
        (*_ANY, "date", "printed"),
        f"{STANDARD} 7.3.5.4",
        "日期编了虚位",
        "请写成 8月1日，不写 08月01日",
    ),
    _rule(
        "date-form",
        r"\d{4}[-./]\d{1,2}[-./]\d{1,2}",
        ("date", "printed"),
        f"{STANDARD} 7.3.5.4",
        "成文日期没有写“年月日”",
        "请写成 2026年8月1日",
    ),
    # ── 标题 ──
    _rule(
        "title-mark",
        r"[。，、；：！？….,;:!?]\s*$",
        ("title",),
        RULES_ON_LETTERS + "第九条",
        "标题末尾有标点",
        "请删去标题末尾的标点",
    ),
    _rule(
        "title-junk",
        r"[\n\r\t\v\f\u2028\u2029]|\\n|<br\s*/?>|&nbsp;|_x000[aAdD]_|^[，。、；：）》]",
        ("title",),
        f"{STANDARD} 7.3.1",
        "标题里混入了换行或排版符号",
        "请删去这些符号，由排版来分行",
    ),
    _rule(
        "title-mixed",
        r"请示报告|报告请示|请示的报告|报告的请示|请示的函|请示函|报告函",
        ("title",),
        RULES_ON_LETTERS + "第八条",
        "一个标题混用了两个文种",
        "请只用一个文种：求批准用请示，汇报用报告，商洽用函",
    ),
    # ── 附件说明、附注、版记 ──
    _rule(
        "attachment-mark",
        r"[。，、；：.,;:]\s*$",
        ("attachment",),
        f"{STANDARD} 7.3.4",
        "附件名称后有标点",
        "请删去附件名称后的标点",
    ),
    _rule(
        "attachment-quotes",
        r"^《.*》[。，、；：.,;:]?$",
        ("attachment",),
        f"{STANDARD} 7.3.4",
        "附件名称加了书名号",
        "请删去书名号",
    ),
    # ── 请示、报告、函 ──
    _rule(
        "request-matters",
        r"(?:并|以及|暨|及|和)(?:申请|请求|恳请|要求|解决|增加|核拨|调整|批准|同意|拨付|追加|给予"
        r"|审定|减免)",
        ("title",),
        RULES_ON_LETTERS + "第十五条",
        "请示的标题有两件事",
        "请示应当一文一事，请分成几件",
        "请示",
    ),
    _rule(
        "request-more",
        r"(?:同时|此外|另外|另|一并)[，,"
        r"]?(?:请示|恳请|请求)|请示事项[二三四五]|第[二三四五](?:个|项)请"
        r"示",
        _BODY,
        RULES_ON_LETTERS + "第十五条",
        "请示里另有一件事",
        "请示应当一文一事，请另文请示",
        "请示",
    ),
    _rule(
        "report-asks",
        r"[妥当]否[，,]?\s*请|请(?:予以?|给予|尽快|及时)?(?:批示|批复|批准|审批|审定|核准)"
        r"|(?:恳请|请求|望|盼)[^。；]{0,30}(?:批准|批复|批示|审批|审定|同意|解决|支持解决)",
        (*_BODY, "title"),
        RULES_ON_LETTERS + "第十五条",
        "报告夹带了请示事项",
        "请删去，另写请示",
        "报告",
    ),
    _rule(
        "letter-orders",
        r"务必|(?<!依法)责令(?!改正|停|限)|遵照执行|贯彻执行|不得有误|不得延误|坚决执行|勒令|严令"
        r"|限你|限贵"
        r"|必须[^。；]{0,20}(?:完成|办结|落实|执行|整改|报送|反馈)",
        (*_BODY, "title"),
        RULES_ON_LETTERS + "第八条",
        "函用了命令的语气",
        "函用于不相隶属机关，请改为“请”“商请”“请予支持”",
        "函",
    ),
    _rule(
        "minutes-signed",
        r"[（(](?:公?章|印章|盖章|签章|签字)[）)]|加盖公章|此处盖章",
        _BODY,
        f"{STANDARD} 10.3",
        "纪要有署名或盖章处",
        "纪要不署名、不盖章，请删去",
        "纪要",
    ),
    _rule(
        "minutes-open",
        r"待定|未定|另行研究|另行讨论|暂不决定|未达成一致|未形成一致|留待下次|下次会议再|有待(?:"
        r"进一步)?研究",
        ("body",),
        RULES_ON_LETTERS + "第八条",
        "纪要写了没有议定的事项",
        "纪要只记议定事项，请删去或先议定",
        "纪要",
    ),
    # ── 层次、标点 ──
    _rule(
        "heading-mark",
        r"^第[一二三四五六七八九十]+、|^[一二三四五六七八九十]+[.．,，"
        r"](?=\S)|^[（(][一二三四五六七八九十]+[）)][、，,"
        r".．]"
        r"|^\d{1,2}、|^[（(]\d{1,2}[）)][、，,.．]",
        _BODY,
        f"{STANDARD} 7.3.3",
        "层次序数的标点不对",
        "请写成 一、（一）1.（1），“第一”后用逗号",
    ),
    _rule(
        "half-brackets",
        rf"[{HAN}]\(|\)[{HAN}]|\([{HAN}]|[{HAN}]\)",
        PROSE,
        "GB/T 15834—2011",
        "汉字之间用了半角括号",
        "请改用全角括号（）",
    ),
    _rule(
        "half-marks",
        rf"(?<=[{HAN}”》）])[,.;:!?](?=[{HAN}“《（])|(?<=[{HAN}])[,.;!?]$",
        PROSE,
        "GB/T 15834—2011",
        "汉字之间用了半角标点",
        "请改用全角标点",
    ),
    _rule(
        "straight-quotes",
        rf"[\"'](?=[{HAN}])|(?<=[{HAN}])[\"']",
        PROSE,
        "GB/T 15834—2011",
        "中文里用了英文引号",
        "请改用“”",
    ),
    _rule(
        "placeholder",
        r"\{\{|\}\}|\{%|%\}|【待[^】]{0,8}】|TODO|\bNone\b|\bundefined\b|\ue000",
        (*_ANY, "signature"),
        _USAGE,
        "公文里留有没填的占位文字",
        "请填写后再印发",
    ),
)
"""Order is the order of a letter's parts: number, day, title, close, kinds, layers and marks."""

MESSAGES = {
    "title-kind": (f"{STANDARD} 7.3.1", "标题没有写明文种", "标题由发文机关名称、事由和文种组成"),
    "kind-differs": (f"{STANDARD} 7.3.1", "标题的文种与公文的文种不一致", "请改标题或文种"),
    "to-colon": (f"{STANDARD} 7.3.2", "主送机关之后不是全角冒号", "请在主送机关末尾写全角冒号"),
    "request-to": (
        RULES_ON_LETTERS + "第十五条",
        "请示有不止一个主送机关",
        "请示只主送一个上级机关，其他的改为抄送",
    ),
    "request-contact": (
        RULES_ON_LETTERS + "第九条",
        "请示没有附注联系人和电话",
        "请在日期下一行写（联系人、电话）",
    ),
    "request-copies": (
        RULES_ON_LETTERS + "第十五条",
        "请示抄送了下级机关",
        "请示不得抄送下级机关，请删去",
    ),
    "request-parts": (
        RULES_ON_LETTERS + "第十五条",
        "请示有不止一处请示事项",
        "请示应当一文一事，请分成几件",
    ),
    "notice-duty": (_USAGE, "通知没有写明由谁办理", "请写明责任单位"),
    "notice-due": (
        _USAGE,
        "通知没有写明办理时限",
        "请写明完成时限，如“2026年8月15日前”“5个工作日内”",
    ),
    "minutes-signed": (f"{STANDARD} 10.3", "纪要有署名或盖章处", "纪要不署名、不盖章，请删去"),
    "layer-order": (f"{STANDARD} 7.3.3", "结构层次的顺序不对", "层次依次用 一、（一）1.（1）"),
    "layer-gap": (f"{STANDARD} 7.3.3", "层次序数不连续", "请按顺序重新编号"),
    "cc-stop": (f"{STANDARD} 7.4.2", "抄送机关末尾没有句号", "请在抄送机关末尾写句号"),
    "note-brackets": (f"{STANDARD} 7.3.6", "附注没有加圆括号", "请写成（联系人：×××，电话：×××）"),
}
"""Rules that look at several parts at once (`letter.check.content`): basis, message, mend."""
