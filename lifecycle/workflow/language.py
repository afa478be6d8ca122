"""The workflow language in one table: every key, where it stands, how its value is written, what it
is for.

The reader (`fields`, `sections`, `facts`, `moves`), the hints in its messages, the JSON Schema
(`exchange.schema`) and the manual (docs/language.md) all come from this table, so they cannot
disagree. Names that letters may use stand in `letter_variables`, names that conditions may use in
`CONDITION_NAMES` below.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lifecycle.expression.language import FUNCTIONS, Function
from lifecycle.frozen import dataclass
from lifecycle.workflow.choice_lists import CODE
from lifecycle.workflow.model import CLOCK, ENTERED, ENTERING, OPENING, PREVIOUS

# ── How a value is written ──


@dataclass(frozen=True, slots=True)
class FreeText:
    """Any text."""


@dataclass(frozen=True, slots=True)
class OneLine:
    """One line of text, such as a title."""

    default: str = ""


@dataclass(frozen=True, slots=True)
class Patterned:
    """One line that a pattern must match, whole; `looks` says it in words."""

    pattern: str
    looks: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class TextList:
    """One text or a list of texts; `some` wants at least one."""

    some: bool = False


@dataclass(frozen=True, slots=True)
class Identifier:
    """The name of what is defined here."""


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number within bounds; `most` None: as large as one likes."""

    default: int = 0
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A number, or a day for a date."""


@dataclass(frozen=True, slots=True)
class YesNo:
    """`true` or `false`, or `yes` or `no`; false where it is not written."""


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words that a key may hold; `also` are what people write when they mean it."""

    name: str
    title: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneWord:
    """One of a few words."""

    words: tuple[Word, ...]
    default: str

    @property
    def names(self) -> tuple[str, ...]:
        """Name the words that may be written."""
        return tuple(word.name for word in self.words)

    @property
    def meant(self) -> dict[str, str]:
        """Map what people write instead to the word that they mean."""
        return {also: word.name for word in self.words for also in word.also}


@dataclass(frozen=True, slots=True)
class Mention:
    """The name of something defined elsewhere (`kind`: a key of MENTIONED), or one of `words`."""

    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """One name or a list of names of things defined elsewhere; `some` wants at least one. Where it
    is `caused`, a transition of another workflow may stand among them: `WORKFLOW.TRANSITION`.
    """

    kind: str
    words: tuple[str, ...] = ()
    some: bool = False
    caused: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """One mapping of another form."""

    form: str


@dataclass(frozen=True, slots=True)
class Several:
    """A list of mappings of another form; `single`: one may stand without the list's dash."""

    form: str
    single: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Defined:
    """Names chosen here, each with a mapping of another form, or where `titled` just its title."""

    form: str
    titled: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """Names of facts, each with the expression that it is computed by; `elsewhere`: facts of
    another workflow.
    """

    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    """One of several ways of writing."""

    ways: tuple[Value, ...]


Value = (
    FreeText
    | OneLine
    | Patterned
    | TextList
    | Identifier
    | WholeNumber
    | Bound
    | YesNo
    | OneWord
    | Mention
    | Mentions
    | Inner
    | Several
    | Defined
    | Computed
    | Either
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a mention must name: its title, the sections where it is defined, and how it must be."""

    title: str
    sections: str
    fit: str = ""


MENTIONED = {
    "state": Target("环节", "states"),
    "role": Target("角色", "roles"),
    "fact": Target("要素", "facts"),
    "date": Target("要素", "facts", "date（日期）"),
    "unit": Target("要素", "facts", "unit（单位）"),
    "units": Target("要素", "facts", "list 且 of: unit（若干单位）"),
    "officer": Target("要素", "facts", "officer（经办人）"),
    "post": Target("要素", "facts", "post（岗位）"),
    "called": Target("要素", "facts", "text 或 unit "),
    "material": Target("材料", "materials"),
    "transition": Target("流转", "transitions"),
    "cosign": Target("会签", "needs 的 cosign"),
    "collection": Target("汇集", "collections"),
    "moved": Target("关联或汇集", "facts: 或 collections"),
    "recipient": Target("收文方", "roles: 或 parties"),
    "item": Target("要素或材料", "facts: 或 materials"),
    "done": Target("要素或流转", "facts: 或 transitions"),
}


# ── Keys and the mappings they stand in ──


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping.

    `says` is one clause: the manual, the editor and the hint of a message show it. `more` is for
    the manual only. `example` is YAML with this key that fits the complete example of the manual.
    `otherwise` says what holds where the key is not written. `types` are the types of fact that the
    key goes with, if not with all; `needed_by` are those that need it.
    """

    name: str
    title: str
    value: Value
    says: str
    example: str
    more: str = ""
    otherwise: str = ""
    required: bool = False
    types: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """One kind of mapping: what it is, where it stands, and its keys in the order they are told."""

    name: str
    title: str
    place: str
    says: str
    keys: tuple[Key, ...]

    @cached_property
    def by_name(self) -> dict[str, Key]:
        """Map the names of the keys to the keys."""
        return {key.name: key for key in self.keys}

    @property
    def names(self) -> tuple[str, ...]:
        """Name the keys that may be written."""
        return tuple(self.by_name)

    @property
    def required(self) -> tuple[str, ...]:
        """Name the keys that must be written."""
        return tuple(key.name for key in self.keys if key.required)

    @cached_property
    def hints(self) -> dict[str, str]:
        """Say for each key what to write."""
        return {key.name: f"{key.name}: {key.says}" for key in self.keys}


# ── Words ──

SPANS = (
    Word("day", "日", ("日", "天", "自然日")),
    Word("workday", "工作日", ("工作日", "个工作日")),
    Word("month", "月", ("月", "个月")),
)
FACT_TYPES = (
    Word("text", "文字", ("string", "str", "文字")),
    Word("integer", "整数", ("int", "整数")),
    Word("decimal", "小数", ("number", "float", "小数")),
    Word("money", "金额", ("金额",)),
    Word("date", "日期", ("日期",)),
    Word("choice", "选项", ("enum", "选项")),
    Word("yesno", "是否", ("bool", "boolean", "是否")),
    Word("list", "清单", ("清单",)),
    Word("unit", "单位", ("单位",)),
    Word("officer", "经办人", ("person", "经办人", "人员")),
    Word("post", "岗位", ("岗位",)),
    Word("case", "事项", ("事项", "link")),
    Word("table", "表格", ("表格", "表")),
)
ITEM_TYPES = tuple(
    word
    for word in FACT_TYPES
    if word.name not in ("integer", "yesno", "list", "officer", "post", "case", "table")
)
"""The types that the items of a list may have."""
COLUMN_TYPES = tuple(
    word for word in FACT_TYPES if word.name not in ("list", "officer", "post", "case", "table")
)
"""The types that the columns of a table may have."""
NUMERIC = ("integer", "decimal", "money")
MOST_ROWS = 2000
"""So many rows a table has at most, whatever its workflow says."""
KINDS = (
    Word("forward", "流转：去往另一环节", ("流转",)),
    Word("return", "退回：回到前面的环节", ("退回",)),
    Word("withdraw", "撤回", ("撤回",)),
    Word("suspend", "中止：暂停，期限停算", ("中止",)),
    Word("resume", "恢复：中止之后接着办", ("恢复",)),
    Word("terminate", "终止：提前结束", ("终止",)),
    Word("reopen", "重新办理：终结以后再办", ("重新办理", "重开")),
    Word("record", "记录：环节不变，只记一笔"),
)
HOLDERS = (
    Word("grant", "获得授权的人", ("授权",)),
    Word("any", "在岗的任何人", ("任何人",)),
    Word("division", "其所在处室的任何人", ("处室", "科室")),
    Word("leader", "其所在处室的分管领导", ("分管领导",)),
)
SIGNERS = (
    Word("apart", "会签的人不办这项流转", ("分开",)),
    Word("may_make", "会签的人也可以办", ("可以办",)),
)
SEATS = (
    Word("by_unit", "一个单位会签一次", ("按单位",)),
    Word("by_role", "各角色分别会签", ("按角色",)),
)
DELEGATES = (
    Word("unit", "本单位的人", ("本单位",)),
    Word("across", "也可以是别的单位的人", ("跨单位",)),
)
COLOURS = (Word("yellow", "黄灯", ("黄",)), Word("red", "红灯", ("红",)))
ROLLS = (
    Word("next_workday", "顺延到下一个工作日"),
    Word("none", "不顺延"),
)
QUORUMS = (
    Word("all", "全部同意", ("全部",)),
    Word("any", "一家同意即可", ("任一",)),
    Word("majority", "过半数同意", ("过半", "过半数", "more_than_half")),
)
OBJECTIONS = (
    Word("blocks", "挡住，直到撤回、改变或处理", ("block", "挡住")),
    Word("counts", "只算一家不同意，够数就过", ("count", "计数")),
)
EVERY = (Word("all", "终结环节以外的全部环节"),)
MISSING = (
    Word("refuse", "不办，写明是哪几件缺什么", ("拒绝",)),
    Word("skip", "不算那几件", ("跳过",)),
    Word("zero", "当作 0 算", ("零",)),
)
REASONS = (Word("required", "必须写", ("true",)),)


# ── Keys that stand in several forms ──

_UNIT = "day（日）、workday（工作日）或 month（月）"
_GROUND = "依据的条款，没有外部依据的写 内部承诺"
_TITLE = Key("title", "名称", OneLine(), "中文名称", "title: 接待", required=True)
_NOTE = Key("note", "说明", FreeText(), "说明，给经办人看", "note: 以来函所写为准")
_BASIS = Key("basis", "依据", FreeText(), "依据的文件和条款", "basis: 公务接待管理办法第五条")
_IN = Key(
    "in",
    "期限",
    WholeNumber(1, most=10_000),
    "期限的数目，例如 in: 10",
    "in: 10\nunit: workday\nbasis: 内部承诺",
    required=True,
)
_IN_OR_NONE = Key(
    "in",
    "期限",
    WholeNumber(least=0, most=10_000),
    "满多久到期，例如 in: 10；0 是起算日当天",
    "in: 10\nunit: workday\nbasis: 内部承诺",
    more="有效期到某日为止的（含当日），次日到期：in: 1, unit: day。",
    required=True,
)
_DUE_IN = Key(
    "in",
    "期限",
    WholeNumber(0, least=0, most=10_000),
    "期限的数目，例如 in: 10",
    "in: 10\nunit: workday\nbasis: 内部承诺",
    more="0 是起算日当天届满，例如有效期至某日、约定某日开工："
    "写 in: 0、unit: day，since 写那个日期要素。",
    required=True,
)
_SPAN = Key(
    "unit",
    "单位",
    OneWord(SPANS, "day"),
    _UNIT,
    "unit: workday",
    more="“日”是自然日；“工作日”按已发布的工作日历算；“月”到下一月的同一天为止。",
    required=True,
)
_LIMIT_BASIS = Key(
    "basis",
    "依据",
    OneLine(),
    _GROUND,
    "basis: 公务接待管理办法第五条",
    more="每一个期限都要写明依据，逾期提示、公文和亮灯会照样引用。",
    required=True,
)
_ROLL = Key(
    "roll",
    "顺延",
    OneWord(ROLLS, "next_workday"),
    "届满日逢假日是否顺延",
    "roll: none",
    more="in: 0 的不写就不顺延：约定、批准的某一天不因假日改变（民法典第203条说的是期间的末日）。",
)
_INNER = Key(
    "inner",
    "内部时限",
    YesNo(),
    "true 表示内部时限，不是法定期限",
    "inner: true",
    more="屏幕和公文上会标明是内部承诺。",
)
_STOPS = Key(
    "stops",
    "中止时停算",
    YesNo(),
    "true 表示事项中止期间停算",
    "stops: true",
    more="内部时限中止期间一律停算，不必写。法定期限和最短间隔平时不停；法律规定可以停的才写，"
    "并在 basis 里写明根据。",
)
_SINCE = Key(
    "since",
    "起算日",
    Mention("date", (ENTERED,)),
    "从哪一天起算：entered 或一个日期要素",
    "since: arrive_on",
    more="entered 是进入本环节之日。写日期要素的，那一天还没有填就不起算。",
    otherwise="entered",
)
_DONE = Key(
    "done",
    "办结",
    Mentions("done"),
    "以哪个要素或流转为办结；几个之一即可",
    "done: [paid_on, close]",
    more="这一轮里填了该要素、办了该流转，就是办结，日期早于起算日也算；先于进入本环节、"
    "但不早于起算日办的，也算。从进入本环节起算的，只算进入以后办的。"
    "退回撤销的不算。日期要素不能是写了 future 的。",
    otherwise="离开本环节",
)


_SETS = (
    "写法同条件，另可用 officer.unit（办理人的单位）、officer.code（工号）。"
    "这些要素谁都不能填、不能改，审计时照样重算。除数为零的得“不适用”，记为没有；缺要素算不出的，办不成。"
)

_CAUSED = (
    "由别的流程带动的，写 流程.流转，例如 batch.launch：那个流转的 does 写了带动这里，才办得成；"
    "只写了它们的，没有人能单独办。"
)

# ── The table ──

_WORKFLOW = Form(
    "workflow",
    "流程",
    "文件的最外层",
    "一个流程写一个文件。最外层写流程叫什么、谁来办、要填什么、分几步、怎样走。",
    (
        Key(
            "workflow",
            "标识",
            Identifier(),
            "流程的标识",
            "workflow: visit",
            more="英文小写字母开头，只用小写字母、数字和下划线。发布以后不要改：改了就是另一个流程。",
            required=True,
        ),
        Key("title", "名称", OneLine(), "中文名称", "title: 考察接待", required=True),
        Key(
            "version",
            "版本",
            WholeNumber(1),
            "第几版；改动后加一",
            "version: 2",
            more="已立项的事项仍按立项时的版本办到底。",
            required=True,
        ),
        Key(
            "variant_of",
            "由哪个流程变来",
            TextList(some=True),
            "由哪个流程变来，近的在前；合并变体时自动写上",
            "variant_of: reception",
            more="读那个流程各事项的汇集和关联，也读它的变体。变体怎样写，见“变体”。",
            otherwise="不是变体",
        ),
        _BASIS,
        Key(
            "number",
            "编号",
            OneLine(),
            "编号的样式，例如 LS-F-{year}-{serial:03}",
            "number: JD-{year}-{serial:03}",
            more="{year} 换成年份，{quarter} 换成第几季度，{month} 换成月份（两位），"
            "{serial} 换成顺序号，{serial:03} 是不足三位补零。{area} 这样写选项要素的标识，"
            "换成立项时所填的选项（选项表的换成编码），要素须是立项必填的。"
            "{serial} 必须写，只写一处。"
            "其余各处都相同的，顺序号从 1 起编：例如每年、每个属地各编各的。"
            "以后改了要素，编号不变。",
            required=True,
        ),
        Key(
            "subject",
            "事项名称",
            Mention("fact"),
            "作为事项名称的要素",
            "subject: name",
            more="须是立项必填的文字要素。命令行里可以用它的一段来指这个事项。",
            required=True,
        ),
        Key(
            "opened_by",
            "谁立项",
            Mentions("role", some=True),
            "可以立项的角色（写了 panel 的，默认是它的 lead）",
            "opened_by: [office, leader]",
            more="不能是写了 unit、units 的角色：立项时还没有写着单位的要素。",
            otherwise="panel 的 lead；没有写 panel 的必须写",
        ),
        Key(
            "opening",
            "立项",
            Inner("opening"),
            "谁立项、立项时填什么、须具备什么；与 opened_by 只写其一",
            "opening: {by: [office, leader], asks: [name, guest_name, area, category, host_unit]}",
            otherwise="谁立项看 opened_by；没有流转填写的要素都可以在立项时填",
        ),
        Key(
            "identity",
            "主体要素",
            Mentions("fact"),
            "说明这是哪个事项、谁的事项的要素",
            "identity: [name, guest_name]",
            more="这些要素一经流转采用，就只能由填报它的流转改变；写错了的，另行更正。",
            otherwise="没有主体要素",
        ),
        _NOTE,
        Key(
            "roles",
            "角色",
            Defined("role", titled=True, most=500),
            "角色：写职能，不写单位名称",
            "roles:\n  office: 办公室\n  finance: 财务\n  host: {title: 接待单位, unit: host_unit}",
            more="哪个单位、哪个人担任，由管理员在名册里按日期授予，流程文件里不写。",
            required=True,
        ),
        Key(
            "parties",
            "收文方",
            Defined("party", titled=True, most=500),
            "目录之外的收文方",
            "parties:\n  guest: {title: 来访单位, fact: guest_name}\n  public: 社会公众",
            more="不在名册里、只收公文的：投资方、市政府、社会公众。",
        ),
        Key(
            "panel",
            "联席",
            Inner("panel"),
            "“5+x”：谁牵头，固定几家，另加哪几家",
            "panel: {lead: office, core: [finance, leader], extra: helpers}",
        ),
        Key(
            "facts",
            "要素",
            Defined("fact", most=2000),
            "要素：要填的各项数据",
            "facts:\n"
            "  name: {title: 接待事由, type: text, required: true}\n"
            "  arrive_on: {title: 到访日期, type: date, future: yes}",
            required=True,
        ),
        Key(
            "collections",
            "汇集",
            Defined("collection", most=100),
            "汇集：一个流程里合条件的各件事项，合起来读",
            "collections:\n"
            "  same_guest:\n"
            "    title: 同一来访单位的接待\n"
            "    over: visit\n"
            "    where: guest_name == this.guest_name",
            more="条件和 sets 里写 same_guest|count（件数）、same_guest|sum('cost')（合计）、"
            "|min('…')、|max('…')。",
        ),
        Key(
            "tables",
            "判定表",
            Defined("table", most=100),
            "判定表：按几档条件定一个值",
            "tables:\n"
            "  scale:\n"
            "    title: 接待规模\n"
            "    rows: [{when: people >= 20, then: 大}, {then: 小}]",
            more="条件和 sets 里写 tables.scale。从上到下，取第一个成立的一行；"
            "都不成立的，取最后不写 when 的一行。表随流程的版本固定：以后改了，不影响已办的。",
        ),
        Key(
            "materials",
            "材料",
            Defined("material", most=2000),
            "材料：要交的各种文件",
            "materials:\n  plan: {title: 接待方案, keep: 10y}",
        ),
        Key(
            "states",
            "环节",
            Defined("state", most=500),
            "环节；第一个是起点",
            "states:\n  asked: {title: 申请}\n  closed: {title: 办结, final: true}",
            more="至少要有一个终结环节（final: true），每个环节都要走得到、走得完。",
            required=True,
        ),
        Key(
            "transitions",
            "流转",
            Several("transition", most=2000),
            "流转：从哪个环节到哪个环节，谁来办，要具备什么",
            "transitions:\n  - {name: drop, title: 撤销申请, from: asked, to: closed, by: office}",
            required=True,
        ),
        Key(
            "every",
            "按期立项",
            Inner("every"),
            "每月、每季、每年由系统自动立一件",
            "every: {year: {in: 10, unit: workday, opens: review, facts: {title: before.label},"
            " basis: 内部承诺}}",
            more="写在哪个流程里都行，一般写在所立的那个流程里。"
            "从发布之日起算：发布以后到期的各期，每期一件，漏不了，也重不了。"
            "那里 opening 的 by 要写着 clock。新版改了的，从发布之日起照新版。",
            otherwise="不按期立项",
        ),
        Key(
            "visible",
            "谁可以看",
            Mentions("role", some=True),
            "可以看到事项的角色",
            "visible: [office, leader, finance, host, helpers]",
            more="别人查不到它：清单、检索、公文、导出、按编号查都没有。审计员都看得到。"
            "由单位、经办人、岗位确定的角色，只看得到自己的。在流程里办事的角色都须写上。",
            otherwise="全单位都看得到",
        ),
        Key(
            "lights",
            "亮灯",
            Several("light", most=100),
            "亮灯规则",
            "lights:\n  - {light: yellow, title: 逾期, overdue: 1, unit: day, basis: 内部承诺}",
            otherwise="不亮灯",
        ),
    ),
)
_OPENING = Form(
    "opening",
    "立项",
    "最外层的 opening 下",
    "立项也是一项办理：谁办，当场填写什么，须具备什么。",
    (
        Key(
            "by",
            "谁立项",
            Mentions("role", (CLOCK,), some=True, caused=True),
            "可以立项的角色；按期自动立的写 clock",
            "by: [office, leader]",
            more="不能是写了 unit、units 的角色：立项时还没有写着单位的要素。" + _CAUSED,
            otherwise="panel 的 lead；没有写 panel 的必须写",
        ),
        Key(
            "asks",
            "立项时填写",
            Mentions("fact"),
            "立项时可以填写的要素；不在其中的，立项时不能填",
            "asks: [name, guest_name, area, category, host_unit, people]",
            more="必填（required: true）的要素都要写上。",
            otherwise="没有流转填写的要素都可以填",
        ),
        Key(
            "sets",
            "自动填写",
            Computed(),
            "立项时由系统算出并记下的要素，各写怎样算",
            "sets: {host_unit: officer.unit}",
            more=_SETS,
        ),
        Key(
            "needs",
            "关口",
            Inner("opening_needs"),
            "立项须具备的各项",
            "needs: {guards: [{when: people <= 50, else: 来访超过 50 人，先报分管领导}]}",
            otherwise="没有关口",
        ),
    ),
)
_OPENING_NEEDS = Form(
    "opening_needs",
    "立项的关口",
    "opening 的 needs 下",
    "全部满足才能立项。",
    (
        Key(
            "guards",
            "条件",
            Several("guard"),
            "须成立的条件",
            "guards: [{when: people <= 50, else: 来访超过 50 人，先报分管领导}]",
            more="按立项时填写的各项要素和所关联的事项算。",
        ),
    ),
)
_ROLE = Form(
    "role",
    "角色",
    "roles 下，每个角色的标识后面",
    "只有名称的，直接写名称：`office: 办公室`。由谁担任因事项而异的，"
    "写成下面的样子；unit、units、person、post 只写一个。",
    (
        _TITLE,
        Key(
            "unit",
            "承担单位",
            Mention("unit"),
            "写着承担单位的要素",
            "unit: host_unit",
            more="一个单位。要素的类型须是 unit。",
        ),
        Key(
            "units",
            "若干承担单位",
            Mention("units"),
            "写着若干承担单位的要素",
            "units: helper_units",
            more="几个单位。要素的类型须是 list，且 of: unit。",
        ),
        Key(
            "person",
            "经办人",
            Mention("officer"),
            "写着经办人的要素",
            "person: handler",
            more="要素的类型须是 officer。这个人自己办，不必授权；换人，就改填这个要素，"
            "所以这个要素一般写 renews: yes。",
        ),
        Key(
            "post",
            "岗位",
            Mention("post"),
            "写着岗位的要素",
            "post: host_post",
            more="要素的类型须是 post。当日在这个岗位上的人办；岗位换人，事项不用改。",
        ),
        Key(
            "held_by",
            "由谁担任",
            OneWord(HOLDERS, "grant"),
            "由谁担任",
            "{unit: host_unit, held_by: any}",
            more="写 any，承担单位里在岗的任何人都可以办，不必逐个授权；"
            "只用于写了 unit 或 units 的角色。写了 person 的角色，写 division，那个人所在处室的"
            "任何人都可以办；写 leader，由那个处室当日的分管领导办（lifecycle division）。"
            "人换了处室、处室换了分管领导，事项不用改。",
        ),
        Key(
            "delegate",
            "可委托给谁",
            OneWord(DELEGATES, "unit"),
            "可委托给谁",
            "delegate: across",
            more="平时只能委托给本单位的人；写 across，可以委托给别的单位的人。",
        ),
        Key(
            "sealing",
            "须两人授权",
            YesNo(),
            "yes 表示授予这个角色须两人，并且不能委托",
            "sealing: yes",
            more="管理员提出授权，另一名管理员或审计员确认（lifecycle officer confirm）以后才生效。"
            "用于掌握印鉴、拨付这样的角色。建库当天登记的不限。",
        ),
    ),
)
_PARTY = Form(
    "party",
    "收文方",
    "parties 下，每个收文方的标识后面",
    "名称固定的，直接写名称：`public: 社会公众`。名称因事项而异的，写成下面的样子。",
    (
        _TITLE,
        Key(
            "fact",
            "写着名称的要素",
            Mention("called"),
            "写着收文方名称的要素",
            "fact: guest_name",
            more="要素的类型须是 text 或 unit。",
        ),
    ),
)
_PANEL = Form(
    "panel",
    "联席",
    "panel 下",
    "“5+x”：一家牵头，固定的几家（“5”），按事项另加的几家（“x”）。",
    (
        Key("lead", "牵头", Mention("role"), "牵头角色", "lead: office", required=True),
        Key(
            "core",
            "固定成员",
            Mentions("role", some=True),
            "固定的各家，即“5”",
            "core: [finance, leader]",
            required=True,
        ),
        Key("extra", "另加成员", Mention("role"), "另加的各家，即“x”", "extra: helpers"),
    ),
)
_LIST_NAME = "[a-z][a-z0-9_]{0,63}"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SEEN_BY = Key(
    "visible",
    "谁可以看",
    Mentions("role", some=True),
    "可以看到它的角色",
    "visible: [office, host]",
    more="别的角色看得到事项，看不到它：查看、记录、导出里都不列。审计员看得到。"
    "填它的、以它为据办理和会签的，都须写上。",
    otherwise="看得到事项的都看得到",
)
_FACT = Form(
    "fact",
    "要素",
    "facts 下，每个要素的标识后面",
    "一项数据：叫什么、什么类型、谁来填、何时必填。标识用在条件和公文里，名称给人看。",
    (
        _TITLE,
        Key(
            "type",
            "类型",
            OneWord(FACT_TYPES, "text"),
            "类型，例如 type: text",
            "type: date",
            required=True,
        ),
        Key(
            "unit",
            "计量单位",
            OneLine(),
            "计量单位，例如 万元；金额必写",
            "type: money\nunit: 万元",
            types=NUMERIC,
            needed_by=("money",),
        ),
        Key(
            "min",
            "最小",
            Bound(),
            "不得小于的数；日期则是不得早于的日子",
            "type: integer\nmin: 1",
            types=(*NUMERIC, "date"),
        ),
        Key(
            "max",
            "最大",
            Bound(),
            "不得大于的数；日期则是不得晚于的日子",
            "type: date\nmax: 2099-12-31",
            types=(*NUMERIC, "date"),
        ),
        Key(
            "pattern",
            "样式",
            FreeText(),
            "整段文字须合的正则表达式；清单是每一项须合的",
            "type: text\npattern: '.{2,60}'",
            more="`.{2,60}` 是 2 至 60 个字。不熟悉的不必写，或请熟悉的人写。",
            types=("text",),
        ),
        Key(
            "choices",
            "选项",
            Either((TextList(some=True), Inner("listed"))),
            "可选的各项，或 {list: 选项表}",
            "type: choice\nchoices: [第一项, 第二项]",
            more="几个流程共用、会增减的（市县区、行业），写成选项表单独发布，见“选项表”："
            "choices: {list: areas}。",
            types=("choice",),
            needed_by=("choice",),
        ),
        Key(
            "of",
            "各项的类型",
            OneWord(ITEM_TYPES, "text"),
            "清单各项的类型；一行里的顿号、逗号、分号只隔开不会含有它的项：文字没有 pattern 的，"
            "一行就是一项",
            "type: list\nof: unit",
            more="只用于 type: list。",
        ),
        Key(
            "workflow",
            "哪种事项",
            Patterned("[a-z][a-z0-9_]{0,63}", "流程的标识，例如 project"),
            "所关联的是哪个流程的事项；类型为 case 的必写",
            "type: case\nworkflow: project",
            more="填写的是那个事项的编号，须已立项。关联的事项在立项时或随流转（asks）填写，不能另行填报；"
            "条件里写 project.investment、project.state，就是那个事项的要素和环节。",
            types=("case",),
            needed_by=("case",),
        ),
        Key(
            "columns",
            "各列",
            Defined("column", most=50),
            "表格的各列；类型为 table 的必写",
            "type: table\n"
            "columns: {topic: {title: 议题, type: text}, minutes: {title: 分钟, type: integer}}",
            more="一行一行填，行没有自己的环节、期限和材料；要有的，另立事项，关联过来。",
            types=("table",),
            needed_by=("table",),
        ),
        Key(
            "min_rows",
            "至少几行",
            WholeNumber(0, least=0, most=MOST_ROWS),
            "表格至少填几行",
            "type: table\ncolumns: {topic: {title: 议题, type: text}}\nmin_rows: 1",
            types=("table",),
            otherwise="可以一行也没有",
        ),
        Key(
            "max_rows",
            "至多几行",
            WholeNumber(200, most=MOST_ROWS),
            "表格至多填几行",
            "type: table\ncolumns: {topic: {title: 议题, type: text}}\nmax_rows: 20",
            more="整张表还不能超过 28 KB（约九千个汉字）：更正时原来的和改后的要记在同一笔里。",
            types=("table",),
        ),
        Key(
            "future",
            "可填将来",
            YesNo(),
            "yes 表示可以填办理之日以后的日子：约定的、计划的日子才写",
            "type: date\nfuture: yes",
            more="不写的，日期不得晚于办理（补录的，是所补录）之日：发生过的事，到发生时才填。",
            types=("date",),
        ),
        Key(
            "required",
            "必填",
            Either((YesNo(), Mention("state"))),
            "立项时必填写 true；自某环节起必填写该环节",
            "required: visiting",
            more="写环节的，进入该环节和其后必经它的各环节、在这些环节记一笔，都须已填；"
            "退回、中止、终止不问。",
            otherwise="可以不填",
        ),
        Key(
            "renews",
            "可以续填",
            YesNo(),
            "true 表示已被流转采用后还可以填新的一期，不算更正",
            "renews: true",
            more="例如逐月更新的数据：新填的是新的一期，先前的流转仍以当时的一期为据。"
            "主体要素和期限的起算日不能这样改。",
        ),
        Key(
            "by",
            "谁填",
            Mentions("role", some=True),
            "可以填写的角色，立项时也是；不写则由牵头角色填，立项时由立项的人填",
            "by: [office, finance]",
            otherwise="panel 和环节的牵头角色、可以办理下一步的角色；立项时是立项的人",
        ),
        Key(
            "search",
            "检索",
            YesNo(),
            "true 表示 lifecycle search 也按它找事项",
            "type: text\nsearch: true",
            more="编号和事项名称总能检索，不必写。单位按代码、现名和曾用名都找得到。",
            types=("text", "choice", "unit"),
        ),
        _SEEN_BY,
        _NOTE,
        _BASIS,
    ),
)
_COLUMN = Form(
    "column",
    "表格的一列",
    "要素的 columns 下，每一列的标识后面",
    "一列填什么，写法同要素。标识用在条件、公文和表头里，表头也可以写名称。",
    (
        _TITLE,
        Key(
            "type",
            "类型",
            OneWord(COLUMN_TYPES, "text"),
            "类型，例如 type: text",
            "type: date",
            required=True,
        ),
        *(_FACT.by_name[name] for name in ("unit", "min", "max", "pattern", "choices", "future")),
        Key(
            "required",
            "必填",
            YesNo(),
            "true 表示每一行都要填",
            "required: true",
            otherwise="可以空着",
        ),
        _NOTE,
    ),
)
_LISTED = Form(
    "listed",
    "选项取自选项表",
    "要素的 choices 下",
    "选项取自单独发布的选项表：表里增减各项，流程不必重新发布。填写时认别名，记下的是名称；"
    "依据的是办理时现行的表，那一版随记录记下，审计时照它核对。",
    (
        Key(
            "list",
            "哪一张表",
            Patterned(_LIST_NAME, "选项表的标识，例如 areas"),
            "选项表的标识",
            "list: areas",
            more="流程发布以前，表须已发布，或放在流程文件旁边的 lists 文件夹里，随流程一并发布。",
            required=True,
        ),
    ),
)
_CHOICE_LIST = Form(
    "choice_list",
    "选项表",
    "一张表一个文件，放在 workflows/lists 下",
    "几个流程共用的选项。检查、比较、发布：lifecycle choices。发布以后，此后填写的都照新表；"
    "已填的不变。已发布的各项不能删、不能改名称和编码：不再用的写 until。",
    (
        Key(
            "list",
            "标识",
            Identifier(),
            "选项表的标识，流程的 choices 用它",
            "list: areas",
            required=True,
        ),
        _TITLE,
        _BASIS,
        _NOTE,
        Key(
            "entries",
            "各项",
            Several("list_entry", most=2000),
            "各个选项，按列出的先后",
            "entries:\n"
            "  - {code: LQ, title: 龙泉市, aliases: [龙泉]}\n"
            "  - {code: QT, title: 青田县, aliases: [青田]}",
            required=True,
        ),
    ),
)
_LIST_ENTRY = Form(
    "list_entry",
    "选项表的一项",
    "选项表的 entries 下，每一项",
    "一个选项：记下的是它的名称；编码、别名填写时也认。一张表里，编码、名称、别名都不能重复。",
    (
        Key(
            "code",
            "编码",
            Patterned(CODE, "字母或汉字开头，只用字母、数字、汉字，不超过 16 字"),
            "编码；编号里的 {要素} 换成它",
            "code: LQ",
            required=True,
        ),
        Key(
            "title", "名称", OneLine(), "名称，填写以后记下的就是它", "title: 龙泉市", required=True
        ),
        Key(
            "aliases",
            "别名",
            TextList(),
            "填写时也认的写法",
            "aliases: [龙泉, 浙江省龙泉市]",
        ),
        Key(
            "from",
            "起用日",
            Patterned(_DAY, "日期，写成 2026-08-01 的样子"),
            "从哪一天起可选（含当日）",
            "from: 2026-08-01",
            otherwise="一向可选",
        ),
        Key(
            "until",
            "停用日",
            Patterned(_DAY, "日期，写成 2026-08-01 的样子"),
            "用到哪一天为止（含当日）",
            "until: 2026-12-31\nnote: 撤并入莲都区",
            more="按办理之日算。已填的不变，此后不能再填；为什么停用写在 note 里，填写的人会看到。",
            otherwise="一直可选",
        ),
        _NOTE,
    ),
)
_SURE = Key(
    "sure",
    "核对",
    OneWord(
        (
            Word("read", "已核对原文", ("已核原文",)),
            Word("press", "据转载、报道", ("据转载",)),
            Word("unread", "没有核对，即 [自]", ("自", "[自]")),
        ),
        "unread",
    ),
    "核对到什么程度",
    "sure: read",
    more="没有核对原文的，lifecycle bases --unsure 列出来请业务科室确认。",
)
_BASES = Form(
    "bases",
    "法规依据表",
    "workflows/bases.yaml",
    "流程、公文和各项规则所依据的法律、法规、规章、文件、标准，各自从哪一天施行、到哪一天失效。"
    "workflow check 用它核对 basis，公文用 cite 按当时施行的引用。检查：lifecycle workflow check "
    "workflows/bases.yaml；发布：lifecycle workflow publish workflows/bases.yaml；"
    "查看：lifecycle bases。",
    (
        Key(
            "bases",
            "名称",
            OneLine(),
            "这张表的名称，写在第一行",
            "bases: 法规依据",
            required=True,
        ),
        _NOTE,
        Key(
            "inner",
            "内部依据",
            TextList(),
            "basis 以这些字样开头的，是本机关自己的承诺和惯例",
            "inner: [内部承诺, 内部单据]",
        ),
        Key(
            "grounds",
            "各项依据",
            Several("ground", most=2000),
            "各项依据，先后不限",
            "grounds:\n"
            "  - {name: 建筑法, title: 中华人民共和国建筑法, number: 主席令第91号, "
            "from: 1998-03-01}",
            required=True,
        ),
    ),
)
_LEGAL_GROUND = Form(
    "ground",
    "一项依据",
    "bases.yaml 的 grounds 下，每一项",
    "一部法律法规、一份文件或一项标准。修订以后条号变了的，新旧各写一项，旧的写 to 和 successor。",
    (
        Key(
            "name",
            "简称",
            OneLine(),
            "basis 里的写法，后面接条号",
            "name: 建筑法",
            required=True,
        ),
        Key(
            "title",
            "全称",
            OneLine(),
            "公文里引用的全称，不带书名号",
            "title: 中华人民共和国建筑法",
            otherwise="同 name",
        ),
        Key("aliases", "别名", TextList(), "basis 里也认的写法", "aliases: [39号令]"),
        Key("number", "文号", OneLine(), "文号、令号或标准号；也认", "number: 国务院令第783号"),
        Key("issuer", "制定机关", OneLine(), "谁制定、印发的", "issuer: 国务院"),
        Key(
            "from",
            "施行日",
            Patterned(_DAY, "日期，写成 2026-08-01 的样子"),
            "从哪一天起施行（含当日）",
            "from: 2024-08-01",
            otherwise="一向施行",
        ),
        Key(
            "to",
            "失效日",
            Patterned(_DAY, "日期，写成 2026-08-01 的样子"),
            "到哪一天失效（不含当日）",
            "to: 2021-09-01",
            otherwise="现行",
        ),
        Key(
            "successor",
            "由谁接替",
            OneLine(),
            "失效以后接替它的依据的 name；须写 to",
            "to: 2021-09-01\nsuccessor: 土地管理法实施条例",
        ),
        Key(
            "cited",
            "公文写法",
            OneLine(),
            "公文里怎样写它，例如后面带文号的",
            "cited: 《关于加强房地产用地供应和监管有关问题的通知》（国土资发〔2010〕34号）",
            otherwise="《全称》",
        ),
        _SURE,
        _NOTE,
        Key(
            "articles",
            "条款",
            Several("article", most=1000),
            "用到的条款，每条一行",
            "articles:\n  - {article: 9, says: 领取施工许可证之日起三个月内开工, sure: read}",
        ),
    ),
)
_ARTICLE = Form(
    "article",
    "一条",
    "依据的 articles 下，每一项",
    "用到的一条：说什么，核对过没有。",
    (
        Key(
            "article",
            "条号",
            OneLine(),
            "第几条只写数字；文件、标准写它自己的编号",
            "article: 9",
            required=True,
        ),
        Key("says", "内容", OneLine(), "一句话写它说什么", "says: 开工期限", required=True),
        _SURE,
        Key(
            "was",
            "以前的依据",
            OneLine(),
            "本依据施行以前，同一件事依据什么，写法同 basis",
            "was: 国发〔2016〕34号",
            more="公文说的是那以前的事，cite 就引它。",
            otherwise="那以前的事不能引用这一条",
        ),
    ),
)
_MATERIAL = Form(
    "material",
    "材料",
    "materials 下，每种材料的标识后面",
    "一种文件：叫什么、谁来交、保管几年。文件按内容的 SHA-256 存，换过一个字都看得出来。",
    (
        _TITLE,
        Key(
            "keep",
            "保管期限",
            Patterned("permanent|[1-9][0-9]?y", "permanent（永久）或年数加 y，例如 30y", "10y"),
            "保管期限：permanent 或 30y",
            "keep: 30y",
        ),
        Key(
            "max_mb",
            "大小上限",
            WholeNumber(100, most=10_000),
            "一个文件不得超过的 MB 数",
            "max_mb: 500",
        ),
        Key(
            "renews",
            "可以续交",
            YesNo(),
            "true 表示已被流转采用后还可以交新的一份，不算更正",
            "renews: true",
            more="例如每次会商各有一份的纪要。先前的流转仍以当时的一份为据。",
        ),
        Key(
            "by",
            "谁交",
            Mentions("role", some=True),
            "可以提交的角色",
            "by: [office, host]",
            otherwise="任何角色都可以",
        ),
        _SEEN_BY,
        _NOTE,
        _BASIS,
    ),
)
_COLLECTION = Form(
    "collection",
    "汇集",
    "collections 下，每个汇集的标识后面",
    "读许多事项：哪个流程的，合什么条件的，按哪一天的样子。只读记录以前、那一天或以前的，审计照样再读一遍。",
    (
        _TITLE,
        Key(
            "over",
            "哪种事项",
            Patterned("[a-z][a-z0-9_]{0,63}", "流程的标识，例如 project"),
            "汇集哪个流程的事项",
            "over: visit",
            required=True,
        ),
        Key(
            "where",
            "条件",
            FreeText(),
            "哪些算在内；直接写对方的要素，本事项的写 this.要素",
            "where: guest_name == this.guest_name and not final",
            more="另可用 state、final（终结没有）、suspended（中止没有）、number、title；"
            "别的（立项日、流转办了几次）读不到，要读的，那里用 sets 记成要素。"
            "一件事项缺了条件要看的要素：别的条件已经排除它的，不算；定不下来的，看 missing。",
            required=True,
        ),
        Key(
            "at",
            "哪一天",
            Mention("date"),
            "按哪一天的样子读：本事项的一个日期要素",
            "at: arrive_on",
            otherwise="办理之日",
        ),
        Key(
            "missing",
            "缺要素的",
            OneWord(MISSING, "refuse"),
            "缺了条件或合计要看的要素的事项怎么办",
            "missing: skip",
        ),
    ),
)
_TABLE = Form(
    "table",
    "判定表",
    "tables 下，每个判定表的标识后面",
    "一个由要素决定的值，例如等级、亮灯、档次。",
    (
        _TITLE,
        Key(
            "rows",
            "各行",
            Several("table_row", most=200),
            "从上到下的各行，取第一个成立的",
            "rows: [{when: people >= 20, then: 大}, {then: 小}]",
            required=True,
        ),
        _BASIS,
    ),
)
_TABLE_ROW = Form(
    "table_row",
    "判定表的一行",
    "判定表的 rows 下，每一项",
    "一个条件和它成立时的值。",
    (
        Key(
            "when",
            "条件",
            FreeText(),
            "条件；最后一行不写，表示其余的",
            "when: people >= 20\nthen: 大",
            otherwise="其余的",
        ),
        Key(
            "then",
            "值",
            FreeText(),
            "条件成立时的值：文字，或数",
            "when: people >= 20\nthen: 大",
            required=True,
        ),
    ),
)
_EVERY = Form(
    "every",
    "按期立项",
    "every 下",
    "每种周期至多写一项。",
    tuple(
        Key(
            name,
            f"每{title}",
            Inner("periodic"),
            f"每{title}立一件",
            f"{name}: {{in: 5, unit: workday, opens: review, facts: {{title: period.label}},"
            " basis: 内部承诺}",
            otherwise=f"不按{title}立",
        )
        for name, title in (("month", "月"), ("quarter", "季度"), ("year", "年"))
    ),
)
_PERIODIC = Form(
    "periodic",
    "每期一件",
    "every 的 month、quarter、year 下",
    "从每期开始的前一日起算，满多久立：in: 1, unit: day 是期初第一日，"
    "in: 5, unit: workday 是第五个工作日。",
    (
        _IN,
        _SPAN,
        Key(
            "opens",
            "立哪种事项",
            Patterned("[a-z][a-z0-9_]{0,63}", "流程的标识，例如 inspection"),
            "立项的流程；那里 opening 的 by 要写着 clock",
            "opens: review",
            required=True,
        ),
        Key(
            "facts",
            "填什么",
            Computed(elsewhere=True),
            "那一件的要素，各写怎样算",
            "facts: {title: before.label}",
            more="可写 period（这一期）和 before（上一期）的 label（2026年第三季度）、"
            "code（2026Q3）、"
            "begin、end（首日、末日），today，和固定的文字。",
            otherwise="什么也不填",
        ),
        _LIMIT_BASIS,
    ),
)
_STATE = Form(
    "state",
    "环节",
    "states 下，每个环节的标识后面",
    "事项走到了哪一步。按先后写，第一个是起点。",
    (
        _TITLE,
        Key(
            "phase",
            "阶段",
            OneLine(),
            "所属的阶段，几个环节可以同属一个",
            "phase: 办理",
            more="只为分组：流程图、看板按阶段排，流转的 from 可以写一个阶段。",
        ),
        Key("lead", "牵头", Mention("role"), "牵头角色", "lead: office"),
        Key(
            "due",
            "环节期限",
            Inner("due"),
            "整个环节的办理期限",
            "due: {in: 10, unit: workday, basis: 内部承诺}",
            otherwise="不限",
        ),
        Key(
            "limits",
            "环节内的期限",
            Several("limit"),
            "环节内各项事情的期限",
            "limits:\n"
            "  - title: 报销\n"
            "    in: 30\n"
            "    unit: day\n"
            "    since: arrive_on\n"
            "    done: paid_on\n"
            "    basis: 内部承诺",
        ),
        Key(
            "final",
            "终结",
            YesNo(),
            "true 表示终结环节，到此为止",
            "final: false",
        ),
        _NOTE,
        _BASIS,
    ),
)
_DUE_KEYS = (
    _DUE_IN,
    _SPAN,
    _LIMIT_BASIS,
    Key(
        "title",
        "名称",
        OneLine(),
        "中文名称",
        "title: 报销",
        otherwise="环节的名称",
    ),
    _SINCE,
    _DONE,
    _ROLL,
    _INNER,
    _STOPS,
)
_DUE = Form(
    "due",
    "环节期限",
    "环节的 due 下",
    "整个环节须在多少日内办完。不把起算的当天算在内。",
    _DUE_KEYS,
)
_LIMIT = Form(
    "limit",
    "环节内的期限",
    "环节的 limits 下，每一项",
    "环节内某一件事须在多少日内办完，可以从填入的某一天起算。",
    tuple(
        Key("title", "名称", OneLine(), "中文名称", "title: 报销", required=True)
        if key.name == "title"
        else key
        for key in _DUE_KEYS
    ),
)
_TRANSITION = Form(
    "transition",
    "流转",
    "transitions 下，每一项",
    "一项办理：从哪个环节到哪个环节，谁来办，要具备什么，发什么公文。",
    (
        Key(
            "name",
            "标识",
            Identifier(),
            "流转的标识",
            "name: approve",
            more="从不同环节出发的流转可以同名，从同一环节出发的不可以。",
            required=True,
        ),
        Key("title", "名称", OneLine(), "中文名称", "title: 同意接待", required=True),
        Key(
            "kind",
            "种类",
            OneWord(KINDS, "forward"),
            "种类，默认 forward",
            "kind: forward",
            more=(
                "重新办理（reopen）只出自终结环节，去往还要再办的环节；必须写理由，"
                "由办理终结的人以外的人办。以前的会签和送会签不再算，inner 的 counter 从头算；"
                "不同意见、按法定次数的 counter 和已办的流转照旧算数。"
            ),
        ),
        Key(
            "from",
            "出自",
            Either((OneWord(EVERY, "all"), Mentions("state", some=True), Inner("source"))),
            "出自的环节，可写一个、一列、all、{phase: …} 或 {all_but: […]}",
            "from: [asked]",
            more="all 是终结环节以外的全部环节；终结环节只有重新办理（kind: reopen）可以写。",
            required=True,
        ),
        Key(
            "to",
            "去往",
            Mention("state", (PREVIOUS,)),
            "去往的环节；记录不写，恢复可写 previous",
            "to: visiting",
            more="previous 是中止以前所在的环节。",
            otherwise="记录（kind: record）和恢复以外的必须写",
        ),
        Key(
            "by",
            "谁办",
            Mentions("role", (CLOCK,), some=True, caused=True),
            "办理的角色；到期自动办的写 clock",
            "by: [office]",
            more=_CAUSED + "写 clock 的另写 after；角色与 clock 都写的，到期以前可以由人办。",
            required=True,
        ),
        Key(
            "after",
            "到期自动办",
            Inner("after"),
            "几时到期；by 写了 clock 的必须写",
            "by: clock\nafter: {in: 30, unit: day, since: arrive_on, basis: 内部承诺}",
            more="到期的由系统自动办，一轮只办一次；办理日是到期日，其后事项另有记录的，是那一天。"
            "关口不全的不算到期，补齐了再办。每次办理和带动以前，系统先把已到期的办完；"
            "lifecycle tick 随时可以办。当场填写（asks）和写理由（reason）的，不能由 clock 办。"
            "自动办的公文是草稿，照常核稿、签发。",
            otherwise="由人办理",
        ),
        Key(
            "asks",
            "当场填写",
            Mentions("fact"),
            "办理时当场填写的要素；只能由此填写",
            "asks: [arrive_on]",
            more="某个流转当场填写的要素，只能随这样的流转、在它的关口之下填写，不能另行填报。"
            "填错了的，另行更正。",
        ),
        Key(
            "may",
            "可以填写",
            Mentions("fact"),
            "办理时可以填写、也可以不填的要素",
            "may: [people]",
            more="没有流转当场填写（asks）的要素，还没有流转采用它以前，也可以另行填报。"
            "没有 asks 的记录，至少填其中一项：什么都没有填的，没有什么可以记录。",
        ),
        Key(
            "renews",
            "另填一期",
            Mentions("fact"),
            "可以改填的要素，哪怕别的流转填的已经采用",
            "asks: [arrive_on]\nrenews: [arrive_on]",
            more="两个流转填同一个要素时，前一个填的如已被流转采用，后一个写了 renews 才能改填；"
            "改填的是新的一期，先前的流转仍以当时的一期为据。",
            otherwise="已被采用的，不能由别的流转改填",
        ),
        Key(
            "prolongs",
            "延长期限",
            YesNo(),
            "true 表示填的日期延长正在计的期限",
            "asks: [arrive_on]\nprolongs: true",
            more="期限按轮计：进入环节开始一轮；这一轮办结以后，起算日（since）另填一期，再开始一轮。"
            "没有办结就另填一期的，期限照原来的日期计，不重新起算；写了 prolongs 的流转填的，"
            "改从新的日期计，所以须晚于原来的。已经办结的，延长也不再计。更正起算日不开始新的一轮，"
            "只改这一轮从哪天算起。",
        ),
        Key(
            "urges",
            "催办",
            YesNo(),
            "true 表示这项记录是催办：环节的期限过了，列入办理人的待办",
            "kind: record\nurges: true",
            more="环节的哪个期限过了而其后没有催办过，就列在办理人的待办里；办过一次就不再列，到下一个期限"
            "过了再列。只由办理人自己办结的期限不列：那是他自己的事。会签单位逾期没有反馈，催的是公文："
            "到期以后发文单位的待办里有。",
            otherwise="逾期只告诉牵头单位",
        ),
        Key(
            "sets",
            "自动填写",
            Computed(),
            "办成时由系统算出并记下的要素，各写怎样算",
            "sets: {paid_on: today}",
            more=_SETS,
        ),
        Key(
            "does",
            "带动",
            Several("does", single=True),
            "办成时一并办理的别的事项：办一项流转，或立一项",
            "does: {open: thanks, facts: {name: name, guest_name: guest_name}}",
            more="全部办成，或一件也不办：带动的各件都由各自的流程判定，一件不能办，这一项也不能办，写明是哪一件缺什么。"
            "各件的经办人就是办这一项的人，不能绕过那里的回避；记录里写明由哪一笔带动，审计时逐件核对。"
            "已经终结的不带动，另行写明。流转不能带动自己，绕几道弯也不行。",
        ),
        Key(
            "needs",
            "关口",
            Inner("needs"),
            "关口：办理以前须具备的各项",
            "needs: {facts: [people], materials: [plan]}",
            otherwise="没有关口",
        ),
        Key(
            "not_by",
            "回避",
            Mentions("transition", (OPENING,), some=True),
            "不得由这些流转的办理人办理；open 指立项",
            "not_by: [open]",
        ),
        Key(
            "reason",
            "理由",
            OneWord(REASONS, "required"),
            "写 required 的，办理时必须写理由",
            "reason: required",
            otherwise="可以不写理由",
        ),
        Key(
            "locks",
            "锁定",
            Mentions("item"),
            "此后不得改动的要素和材料",
            "locks: [plan, cost]",
        ),
        Key(
            "unlocks",
            "解锁",
            Mentions("item"),
            "重新可以改动的要素和材料",
            "unlocks: [plan]",
        ),
        Key(
            "stands",
            "退回后仍算数",
            Either((YesNo(), Inner("stands"))),
            "true 表示退回后仍算数，例如付款；或写 {until: [流转]}",
            "stands: true",
            more="退回到某环节，就撤销上次进入该环节以后所办的各项：它们不再计入 "
            "count、order、last，当场填写的要素恢复原状，锁定随之解除。退回本身、中止和恢复总是算数。",
            otherwise="退回时撤销",
        ),
        Key(
            "notices",
            "公文",
            Several("notice"),
            "发出的公文",
            "notices: [{template: visit-invitation, to: guest}]",
        ),
        _NOTE,
        _BASIS,
    ),
)
_AFTER = Form(
    "after",
    "到期",
    "流转的 after 下",
    "从起算日起满多久到期；到期日当天就办，逢假日不顺延。",
    (_IN_OR_NONE, _SPAN, _SINCE, _LIMIT_BASIS, _INNER, _STOPS),
)
_DOES = Form(
    "does",
    "带动",
    "流转的 does 下，每一项",
    "on 和 open 只写其一：已有的事项写 on 和 transition，新立的写 open。",
    (
        Key(
            "on",
            "哪些事项",
            Mention("moved"),
            "关联的要素（那一件），或一个汇集（其中各件）",
            "on: same_guest\ntransition: pause",
            more="关联的要素没有填的，不带动。",
        ),
        Key(
            "transition",
            "办哪项流转",
            Patterned("[a-z][a-z0-9_]{0,63}", "流转的标识，例如 move"),
            "在那一件上办理的流转；那里的 by 要写着 本流程.本流转",
            "on: same_guest\ntransition: pause",
        ),
        Key(
            "open",
            "立哪种事项",
            Patterned("[a-z][a-z0-9_]{0,63}", "流程的标识，例如 inspection"),
            "新立一件的流程；那里 opening 的 by 要写着 本流程.本流转",
            "open: thanks\nfacts: {name: name, guest_name: guest_name}",
        ),
        Key(
            "each",
            "按哪些事项立",
            Mention("collection"),
            "一个汇集：其中每件立一件",
            "open: thanks\neach: same_guest\nfacts: {name: row.title, guest_name: guest_name}",
            otherwise="只立一件",
        ),
        Key(
            "facts",
            "填什么",
            Computed(elsewhere=True),
            "那一件的要素，各写怎样算",
            "open: thanks\nfacts: {name: name, guest_name: guest_name}",
            more="写法同 sets，算的是本事项的要素；按汇集办的，row.要素、row.number、row.title "
            "是其中的那一件。关联的要素写编号：那一件 row.number，本事项 this.number。",
        ),
    ),
)
_SOURCE = Form(
    "source",
    "出自一组环节",
    "流转的 from 下",
    "从一个阶段的各环节，或从某几个以外的各环节出发；终结环节不算在内。两样只写其一。",
    (
        Key(
            "phase",
            "阶段",
            TextList(),
            "这些阶段的各环节",
            "phase: 审批",
            otherwise="全部环节",
        ),
        Key("all_but", "除外", Mentions("state"), "这些以外的各环节", "all_but: [paused]"),
    ),
)
_STANDS = Form(
    "stands",
    "算数到何时",
    "流转的 stands 下",
    "别的退回不撤销它，办了这些流转之一就撤销。",
    (
        Key(
            "until",
            "直到",
            Mentions("transition", some=True),
            "办了哪些流转就不再算数",
            "until: [revise]",
            required=True,
        ),
    ),
)
_NEEDS = Form(
    "needs",
    "关口",
    "流转的 needs 下",
    "各项全部满足才能办理；不满足的，`lifecycle why` 逐条说明缺什么、由谁补。",
    (
        Key("facts", "要素", Mentions("fact"), "须已填的要素", "facts: [people, cost]"),
        Key(
            "materials",
            "材料",
            Mentions("material"),
            "须已交的材料",
            "materials: [plan]",
        ),
        Key(
            "fresh",
            "新的一期",
            Mentions("item"),
            "须是还没有流转采用过的要素和材料",
            "materials: [bill]\nfresh: [bill]",
            more="例如到资凭证：上一笔用过的，不能再用。办理后即为采用过。",
        ),
        Key(
            "read_by",
            "同一份",
            Several("read_by", single=True),
            "须与某流转所采用的是同一份",
            "read_by: {items: [plan], step: approve}",
        ),
        Key(
            "cosign",
            "会签",
            Several("cosign", single=True),
            "须会签的各家",
            "cosign: {roles: [finance, leader]}",
            more="几处会签各算各的（几家同意、期限、依据），都够了才能办；一个角色只在一处。",
        ),
        Key(
            "order",
            "会签先后",
            Mentions("cosign", some=True),
            "几处会签一处接一处的先后，写各处的 name",
            "cosign:\n  - {name: staff, roles: [finance, helpers], quorum: majority}\n"
            "  - {name: heads, roles: leader}\norder: [staff, heads]",
            more="前面的够了，当日自动送后面的，其期限也从当日算；没有轮到的，待办里没有，也不能先签。"
            "前面的又不够了（撤回、失效），后面的就等着，已签的仍算数。不在 order 里的不分先后。",
            otherwise="不分先后",
        ),
        Key(
            "guards",
            "条件",
            Several("guard"),
            "须成立的条件",
            "guards: [{when: cost <= 5000, else: 预算超过 5000 元}]",
        ),
        Key(
            "dwell",
            "满多久",
            Several("dwell", single=True),
            "须已满的时间",
            "dwell: {at_least: 1, unit: day, since: arrive_on, basis: 内部承诺}",
        ),
        Key(
            "counter",
            "次数",
            Several("counter", single=True),
            "办理的次数上限",
            "counter: {of: approve, at_most: 2}",
        ),
    ),
)
_READ_BY = Form(
    "read_by",
    "同一份",
    "needs 的 read_by 下，一项或几项",
    "这些要素和材料须与该流转最近一次办理时所采用的是同一份，其后换过、更正过都不行。",
    (
        Key(
            "items",
            "要素和材料",
            Mentions("item", some=True),
            "哪些要素和材料",
            "items: [plan]",
            required=True,
        ),
        Key(
            "step",
            "哪项流转",
            Mention("transition"),
            "与哪项流转所采用的相同",
            "step: approve",
            required=True,
        ),
    ),
)
_COSIGN = Form(
    "cosign",
    "会签",
    "needs 的 cosign 下，一项或几项",
    "征得这些角色的意见。所据的要素、材料改动之后，已签的意见失效，须重新会签。",
    (
        Key(
            "roles",
            "会签角色",
            Mentions("role", some=True),
            "会签的角色",
            "roles: [finance, leader]",
            required=True,
        ),
        Key(
            "name",
            "标识",
            Identifier(),
            "这一处会签的标识；有几处的都要写",
            "name: staff",
            otherwise="只有一处的不必写",
        ),
        Key(
            "quorum",
            "几家同意",
            Either((OneWord(QUORUMS, "all"), Inner("quorum"))),
            "几家同意：all、any、majority、{at_least: n} 或 {share: 2/3}",
            "quorum: majority",
            more="按全部会签单位算，送没送、签没签都在内；majority 是超过半数，四家要三家。"
            "附条件同意算同意，没有表态的不算。",
        ),
        Key(
            "objection",
            "有不同意见时",
            OneWord(OBJECTIONS, "blocks"),
            "不同意见挡不挡：blocks（挡住）或 counts（只计数）",
            "quorum: {share: 2/3}\nobjection: counts",
            more="平时一家不同意就不能办，直到它撤回、改变，或牵头单位处理。counts 的像表决："
            "不同意只是不算同意，同意的够数就能办；处理（resolve）也不使它变成同意。"
            "同意的加上还没有表态的也不够数时，就写明已不能通过。",
        ),
        Key(
            "must",
            "必须同意的",
            Mentions("role", some=True),
            "不论够不够数，都须同意的角色",
            "quorum: majority\nmust: [finance]",
            more="这些角色的每一家都须同意；其不同意见经牵头单位处理的，也还不算同意。"
            "事项没有写明这些角色是哪一家的，不能办。",
            otherwise="没有",
        ),
        Key(
            "within",
            "会签期限",
            Inner("within"),
            "各家须在何时前签",
            "within: {in: 3, unit: workday, basis: 内部承诺}",
            more="到期提示逾期，不会自动算作同意。征求意见函另有复函期限（reply）的，"
            "以先到的一天为准。",
            otherwise="不限",
        ),
        Key(
            "covers",
            "意见所据",
            Mentions("item"),
            "意见所据的要素和材料；改动后须重新会签",
            "covers: [cost, plan]",
            otherwise="identity 和该流转各关口用到的全部要素、材料",
        ),
        Key(
            "asked",
            "何时送会签",
            Mention("transition", (ENTERING,)),
            "什么时候算送了会签：entering 或一项流转",
            "asked: entering",
            more="entering 是进入本环节就送；写流转的，办了那项流转才送：在本环节办的一项记录，"
            "或进入本环节的那项流转（从别处进来的不送）。不写的，由经办人送"
            "（lifecycle ask），或由 reply 写着 cosign 的公文送。"
            "没有送的单位，待办里没有，也不会逾期；提前会签照收。"
            "不写的，意见要看、流转又必须具备的要素、材料（由该单位自己提供的除外）还没有的，"
            "从齐了那天起才算送。",
            otherwise="由经办人或公文送",
        ),
        Key(
            "signers",
            "会签人",
            OneWord(SIGNERS, "apart"),
            "会签的人可不可以办这项流转",
            "signers: may_make",
            more="平时会签的人不办这项流转；确须同一人的，写 may_make。"
            "一个人总不能替两个单位会签。",
        ),
        Key(
            "seats",
            "席位",
            OneWord(SEATS, "by_unit"),
            "一个单位担着几个角色的，会签一次还是各签各的",
            "seats: by_role",
            more="平时一个单位只有一个席位：会签一次，它担着的几个角色都签了，计票也只算一家。"
            "确须各角色分别表示意见的，写 by_role；那时会签要用 --role 写明是哪一个。",
        ),
        _BASIS,
    ),
)
_QUORUM = Form(
    "quorum",
    "几家同意",
    "cosign 的 quorum 下",
    "两样只写其一。",
    (
        Key(
            "at_least",
            "至少几家",
            WholeNumber(1, most=1000),
            "至少几家同意",
            "at_least: 2",
        ),
        Key(
            "share",
            "份额",
            Patterned("[1-9][0-9]?/[1-9][0-9]?", "不大于一的分数，例如 2/3"),
            "几分之几的家数同意",
            "share: 2/3",
        ),
    ),
)
_WITHIN = Form(
    "within",
    "会签期限",
    "cosign 的 within 下",
    "从送会签之日起，各家须在多少日内签。",
    (_IN, _SPAN, _LIMIT_BASIS, _ROLL, _INNER, _STOPS),
)
_GUARD = Form(
    "guard",
    "条件",
    "needs 的 guards 下，每一项",
    "一个条件和它不成立时的话。条件里可用的名称见“条件里能写什么”。",
    (
        Key(
            "when",
            "条件",
            FreeText(),
            "条件，例如 cost <= 5000",
            "when: cost <= 5000 and people >= 2",
            required=True,
        ),
        Key(
            "else",
            "不成立时的话",
            FreeText(),
            "条件不满足时给经办人看的话",
            "else: 预算超过 5000 元，请报主要领导",
            required=True,
        ),
        _BASIS,
    ),
)
_DWELL = Form(
    "dwell",
    "满多久",
    "needs 的 dwell 下，一项或几项",
    "自某日起至少满多少日才能办理，例如公告满 20 日。",
    (
        Key(
            "at_least",
            "至少",
            WholeNumber(1, most=10_000),
            "至少满的数目，例如 at_least: 20",
            "at_least: 20",
            required=True,
        ),
        _SPAN,
        _SINCE,
        Key(
            "clear_days",
            "足日",
            YesNo(),
            "true 表示头尾两天都不算，中间须满这么多整日",
            "clear_days: true",
        ),
        _LIMIT_BASIS,
        _INNER,
        _STOPS,
    ),
)
_COUNTER = Form(
    "counter",
    "次数",
    "needs 的 counter 下，一项或几项",
    "一个事项里，某项流转至多办过多少次。",
    (
        Key(
            "of",
            "哪项流转",
            Mention("transition"),
            "数哪项流转",
            "of: approve",
            required=True,
        ),
        Key(
            "at_most",
            "至多",
            WholeNumber(1),
            "至多几次",
            "at_most: 2",
            required=True,
        ),
        Key(
            "inner",
            "只数算数的",
            YesNo(),
            "true 表示退回撤销的、收回的不计在内",
            "inner: true",
            more=(
                "不写的，办过几次就是几次，退回、收回也不重新数：法律规定的次数就是这样。"
                "收回只限误办的：五个工作日以内，其后没有流转以它为据、没有签发它的公文，"
                "也没有期限靠它延长才没有逾期；过后不能收回重办，绕不过次数。"
            ),
        ),
        _BASIS,
    ),
)
_NOTICE = Form(
    "notice",
    "公文",
    "流转的 notices 下，每一项",
    "办成以后自动拟好的一件公文。模板怎样写，见[公文手册](letters.md)。",
    (
        Key(
            "template",
            "模板",
            OneLine(),
            "notices/ 中的模板，不带 .j2",
            "template: visit-invitation",
            required=True,
        ),
        Key(
            "to",
            "主送",
            Mentions("recipient", some=True),
            "主送的角色或收文方",
            "to: [guest, helpers]",
            required=True,
        ),
        Key(
            "cc",
            "抄送",
            Mentions("recipient"),
            "抄送的角色或收文方",
            "cc: [finance, leader]",
        ),
        Key(
            "reply",
            "复函",
            Inner("reply"),
            "收文单位须在何时前复函",
            "reply: {in: 5, unit: workday, basis: 内部承诺}",
            otherwise="不要求复函",
        ),
    ),
)
_REPLY = Form(
    "reply",
    "复函",
    "公文的 reply 下",
    "收到公文之日起，收文单位须在多少日内复函；没有送到的不计，送出的次一工作日还没有签收的，"
    "视为那天签收。",
    (
        _IN,
        _SPAN,
        _LIMIT_BASIS,
        _ROLL,
        _INNER,
        _STOPS,
        Key(
            "cosign",
            "算作会签",
            Mention("transition"),
            "复函即为对哪个流转的会签意见",
            "cosign: approve",
            more="被征求意见的一家，限期只有一天：会签期限（within，从送会签之日起）和复函期限"
            "（从签收之日起）里先到的；公文、待办、清单写的都是它。",
            otherwise="只登记，不算会签意见",
        ),
    ),
)
_LIGHT = Form(
    "light",
    "亮灯",
    "lights 下，每一项",
    "看板何时亮黄灯、红灯：逾期多久，或某个条件成立。两样只写其一。",
    (
        Key(
            "light",
            "颜色",
            OneWord(COLOURS, "yellow"),
            "yellow（黄灯）或 red（红灯）",
            "light: red",
            required=True,
        ),
        Key("title", "名称", OneLine(), "中文名称", "title: 逾期", required=True),
        Key(
            "overdue",
            "逾期多久",
            WholeNumber(0, least=0, most=10_000),
            "逾期满这么久亮灯；0 是届满当日就亮",
            "overdue: 5\nunit: workday\nbasis: 内部承诺",
            more="同时写 unit 和 basis。",
        ),
        Key(
            "unit",
            "单位",
            OneWord(SPANS, "day"),
            _UNIT,
            "overdue: 1\nunit: day\nbasis: 内部承诺",
        ),
        Key(
            "when",
            "条件",
            FreeText(),
            "条件成立时亮灯",
            "when: cost > 5000",
            more="条件里有 today 的，按查看的那一天算，不等下一条记录。",
        ),
        Key(
            "basis",
            "依据",
            FreeText(),
            _GROUND,
            "overdue: 1\nunit: day\nbasis: 公务接待管理办法第八条",
        ),
    ),
)

FORMS = {
    form.name: form
    for form in (
        _WORKFLOW,
        _OPENING,
        _OPENING_NEEDS,
        _ROLE,
        _PARTY,
        _PANEL,
        _FACT,
        _LISTED,
        _COLUMN,
        _COLLECTION,
        _TABLE,
        _TABLE_ROW,
        _MATERIAL,
        _EVERY,
        _PERIODIC,
        _STATE,
        _DUE,
        _LIMIT,
        _TRANSITION,
        _AFTER,
        _DOES,
        _SOURCE,
        _STANDS,
        _NEEDS,
        _READ_BY,
        _COSIGN,
        _QUORUM,
        _WITHIN,
        _GUARD,
        _DWELL,
        _COUNTER,
        _NOTICE,
        _REPLY,
        _LIGHT,
        _CHOICE_LIST,
        _LIST_ENTRY,
        _BASES,
        _LEGAL_GROUND,
        _ARTICLE,
    )
}
"""Every kind of mapping of a workflow file by its name, in the order the manual tells them."""


def ways_of(value: Value) -> Iterator[Value]:
    """Give the ways in which a value may be written."""
    if isinstance(value, Either):
        yield from value.ways
    else:
        yield value


# ── What conditions may name ──


@dataclass(frozen=True, slots=True)
class ConditionName:
    """A name that conditions may use besides the facts: how it is written, and what it is."""

    name: str
    written: str
    says: str
    example: str


def _called(name: str, word: Function) -> str:
    """Write the call of a function with what belongs at each place."""
    return f"{name}({', '.join(map(word.wanted, range(len(word.takes))))})"


CONDITION_NAMES = (
    ConditionName("today", "today", "办理的日期", "arrive_on > today"),
    ConditionName(
        "entered_on", "entered_on", "进入现在的环节之日", "days_between(entered_on, today) >= 3"
    ),
    ConditionName("opened_on", "opened_on", "立项之日", "arrive_on > opened_on"),
    ConditionName("state", "state", "现在的环节（写标识）", "state == 'visiting'"),
    ConditionName(
        "sha256",
        "sha256.材料",
        "一种材料的文件指纹，用来比对是否同一份",
        "sha256.plan != sha256.bill",
    ),
    ConditionName("count", "count.流转", "该流转办成的次数", "count.approve >= 1"),
    ConditionName("last", "last.流转", "该流转上次办成的日期", "last.approve < today"),
    ConditionName(
        "order",
        "order.流转",
        "该流转上次办成是本事项第几笔记录，没有办过是 0",
        "order.approve > order.revise",
    ),
    ConditionName(
        "officer",
        "officer.unit",
        "办理人的单位；officer.code 是工号。只用于 sets",
        "officer.unit",
    ),
    ConditionName(
        "tables",
        "tables.判定表",
        "判定表按现在的要素定出的值",
        "tables.scale == '大'",
    ),
    ConditionName(
        "linked",
        "linked.流程",
        "关联到本事项的那个流程的各事项，后面接 |open（未终结的）、|count（件数）、"
        "|sum('要素')（合计）",
        "linked.problem|open|count == 0",
    ),
    *(
        ConditionName(name, _called(name, word), word.explains, word.example)
        for name, word in FUNCTIONS.items()
    ),
)
