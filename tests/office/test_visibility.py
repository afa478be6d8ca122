"""Who may see a case, and what of it: by every door through which an office is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import Home
from linked_office import LinkedOffice


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> LinkedOffice:
    """Give an office with leads, seen by the bureau and by the unit that holds each."""
    made = LinkedOffice(tmp_path, monkeypatch, home, "visible")
    made.do("officer", "grant", "admin", "auditor", by="admin")
    return made


def lead(office: LinkedOffice, name: str = "剑瓷园", holder: str = "") -> str:
    """Open a lead, held by a unit; gives its number."""
    number = office.do("open", "lead", "--set", f"name={name}", by="b1").strip()
    if holder:
        office.do("set", number, f"owner_unit={holder}", by="b1")
    return number


def plot(office: LinkedOffice) -> str:
    """Open a plot, which all may see; gives its number."""
    return office.do("open", "plot", "--set", "name=一号地", by="l1").strip()


def numbers(office: LinkedOffice, *words: str, by: str = "") -> list[str]:
    """Give the numbers that a list has."""
    return [one["number"] for one in office.asks(*words, by=by)["cases"]]


LOOKS = [
    ("show",),
    ("show", "--json"),
    ("why", "turn"),
    ("log",),
    ("log", "--json"),
    ("replay",),
    ("notice", "list"),
    ("set", "amount=5"),
    ("advance", "turn"),
    ("correct", "amount=5", "--note", "误"),
    ("attach", "paper", "x.pdf"),
]


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
@pytest.mark.parametrize("who", ["l1", ""])
def test_what_may_not_be_seen_is_not_there(
    office: LinkedOffice, words: tuple[str, ...], who: str
) -> None:
    """By number or by name, looking or acting: word for word the answer to a number that nobody
    has, so that nothing can be learned by guessing.
    """
    number = lead(office)
    office.write("x.pdf", "x")
    verb, rest = (words[:2], words[2:]) if words[0] == "notice" else (words[:1], words[1:])

    def told(name: str) -> tuple[int, str]:
        result = office.run(*verb, name, *rest, by=who)
        assert result.exit_code != 0
        return result.exit_code, result.output.replace(name, "?")

    unknown = told("XS-2026-999")
    assert told(number) == unknown
    code, text = told("剑瓷园")
    assert code == unknown[0]
    assert number not in text


def test_who_holds_it_and_who_leads_see_it(office: LinkedOffice) -> None:
    """Its own unit, the bureau, the auditor; no other unit."""
    number = lead(office, holder="gt")
    for who in ("l1", "b2", "admin"):
        assert "剑瓷园" in office.do("show", number, by=who)
    other = lead(office, "青瓷谷", holder="zsj")
    assert office.fails("show", other, by="l1")[0] == 1


def test_lists_counts_searches_and_exports_have_only_what_is_seen(
    office: LinkedOffice, tmp_path: Path
) -> None:
    """Now and as of an earlier day; the counts too."""
    mine, hidden, open_to_all = lead(office, "甲", "gt"), lead(office, "乙"), plot(office)
    office.at("2026-09-08")
    for words in (("list",), ("list", "--on", "2026-09-07"), ("list", "--where", "name != ''")):
        assert numbers(office, *words, by="l1") == sorted((mine, open_to_all))
        assert numbers(office, *words, by="admin") == sorted((mine, hidden, open_to_all))
        assert numbers(office, *words) == [open_to_all]
    counts = {one["name"]: one["total"] for one in office.asks("board", by="l1")["workflows"]}
    assert counts == {"lead": 1, "plot": 1}
    office.do("list", "--csv", "all.csv", by="l1")
    assert hidden not in (tmp_path / "all.csv").read_text("utf-8-sig")
    assert numbers(office, "search", "XS", by="l1") == [mine]


def test_suggestions_name_nothing_that_is_hidden(office: LinkedOffice) -> None:
    """Neither the list of what a part of a name may mean, nor “是否为”."""
    hidden = lead(office, "剑瓷园一期")
    for text in ("剑瓷", "剑瓷园一朝", hidden[:-1]):
        told = office.fails("show", text, by="l1")[1]
        assert hidden not in told
        assert "剑瓷园一期" not in told


def test_a_link_to_what_is_hidden_cannot_be_made_and_is_not_shown(office: LinkedOffice) -> None:
    """Whoever guesses a number in a link learns nothing; a link made by who sees both is shown to
    those only.
    """
    hidden, number = lead(office), plot(office)
    unknown = office.fails("advance", number, "name_lead", "--set", "lead=XS-2026-999", by="l1")
    told = office.fails("advance", number, "name_lead", "--set", f"lead={hidden}", by="l1")
    assert told[0] == unknown[0]
    assert told[1].replace(hidden, "?") == unknown[1].replace("XS-2026-999", "?")
    office.do("advance", number, "name_lead", "--set", f"lead={hidden}", by="b1")
    assert hidden in office.do("show", number, by="b1")
    for words in (("show", number), ("log", number), ("show", number, "--json")):
        assert hidden not in office.do(*words, by="l1")


def test_who_could_see_it_then_named_it_rightly(office: LinkedOffice) -> None:
    """A link that an officer of another unit made while they saw everything stays without a finding
    when they no longer do.
    """
    hidden, number = lead(office), plot(office)
    office.do("officer", "grant", "l1", "auditor", by="admin")
    office.do("advance", number, "name_lead", "--set", f"lead={hidden}", by="l1")
    office.do("officer", "revoke", "l1", "auditor", by="admin")
    assert hidden not in office.do("show", number, by="l1")
    assert office.findings() == []


def test_a_figure_names_no_hidden_case(office: LinkedOffice) -> None:
    """A condition over many cases counts the hidden ones, but does not name them."""
    hidden, number = lead(office), plot(office)
    code, told = office.fails("advance", number, "supply", by="l1")
    assert code == 1
    assert hidden not in told
    assert hidden not in office.do("why", number, "supply", by="l1")
    assert hidden in office.fails("advance", number, "supply", by="b1")[1]


def test_a_request_id_of_a_hidden_entry_is_unknown(office: LinkedOffice) -> None:
    """Who guesses an entry's id is told that there is none."""
    number = lead(office)
    eid = office.asks("log", number, by="b1")["entries"][0]["intent"]["eid"]
    found = office.run("log", "--request-id", eid, by="l1")
    assert found.exit_code == 1
    assert number not in found.output
    assert number in office.do("log", "--request-id", eid, by="b1")


def test_a_secret_is_seen_by_its_roles_only(office: LinkedOffice) -> None:
    """Of a case that they see, others do not see it: neither the value nor, in the log, its old
    one; nor can they find cases by it.
    """
    number = lead(office, holder="gt")
    office.do("set", number, "phone=13900001111", by="l1")
    for words in (
        ("show", number),
        ("show", number, "--json"),
        ("show", number, "--full"),
        ("log", number),
        ("log", number, "--json"),
        ("why", number, "turn"),
    ):
        assert "13900001111" not in office.do(*words, by="b1")
    assert numbers(office, "list", "--where", "phone == '13900001111'", by="b1") == []
    assert "13900001111" in office.do("show", number, by="l1")
    assert "13900001111" in office.do("log", number, by="l1")
    assert office.fails("replay", number, by="b1")[0] == 1
    assert office.asks("replay", number, by="admin")["ok"] is True


def test_an_audit_is_of_everything_or_none(office: LinkedOffice) -> None:
    """An officer who may not see all is refused; the auditor finds nothing wrong."""
    lead(office)
    assert office.fails("audit", by="l1")[0] == 1
    assert office.findings() == []


def test_who_checks_the_units_letters_sees_its_cases(office: LinkedOffice) -> None:
    """A duty on letters alone shows what the unit's officers see."""
    number = lead(office)
    office.do("officer", "add", "s1", "签发人", "--unit", "zsj", "--role", "signer", by="admin")
    assert "剑瓷园" in office.do("show", number, by="s1")


def with_lead(office: LinkedOffice) -> tuple[str, str]:
    """Open a lead, and a plot that names it; gives the numbers of both."""
    number = plot(office)
    facts = ("--set", "name=剑瓷园", "--set", "amount=50", "--set", f"plot={number}")
    hidden = office.do("open", "lead", *facts, by="b1").strip()
    office.do("advance", number, "name_lead", "--set", f"lead={hidden}", by="b1")
    return hidden, number


READS = [
    ("why", "{}", "grade"),
    ("why", "{}", "clear_up"),
    ("why", "{}", "grade", "--json"),
    ("advance", "{}", "grade"),
    ("advance", "{}", "clear_up"),
    ("advance", "{}", "grade", "--json"),
    ("show", "{}"),
    ("show", "{}", "--json"),
    ("log", "{}", "--json"),
    ("replay", "{}"),
    ("replay", "{}", "--json"),
    ("replay", "{}", "--at", "2026-09-07"),
    ("todo",),
    ("todo", "--json"),
    ("advance", "{}", "supply", "--dry-run", "--json"),
]


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_a_case_that_rests_on_a_hidden_one_tells_nothing_of_it(
    office: LinkedOffice, words: tuple[str, ...]
) -> None:
    """Neither its number nor its title nor a fact of it, whatever is judged, refused, replayed or
    asked on the case that names it, or that it names.
    """
    hidden, number = with_lead(office)
    result = office.run(*(word.format(number) for word in words), by="l1")
    assert result.exit_code in (0, 1)
    for told in (hidden, "剑瓷园", "50 万元", '"50"'):
        assert told not in result.output
    assert "不对您公开" in result.output or words[0] == "todo" or "supply" in words


def test_what_a_hidden_case_says_stands_in_no_entry_that_others_see(office: LinkedOffice) -> None:
    """A gate that was met by what a hidden case says is told without it."""
    hidden, number = with_lead(office)
    office.do("set", hidden, "amount=500", by="b1")
    office.do("set", hidden, "name=青瓷谷", by="b1")
    office.do("advance", number, "grade", by="b1")
    for words in (("log", number, "--json"), ("show", number, "--json"), ("log", number)):
        told = office.do(*words, by="l1")
        for secret in (hidden, "青瓷谷", '"500"'):
            assert secret not in told
    assert "青瓷谷" in office.do("log", number, "--json", by="b1")
    made = office.do("advance", number, "grade", "--json", by="l1")
    assert "青瓷谷" not in made
    assert "500" not in made


@pytest.mark.parametrize(
    "where",
    [
        "lead.name == '剑瓷园'",
        "lead.amount >= 50",
        "lead.state == 'open'",
        "lead.number == '{}'",
    ],
)
def test_a_list_asks_nothing_of_hidden_cases(office: LinkedOffice, where: str) -> None:
    """A condition that reads a hidden case along a link leaves the case out, so that nothing can be
    found out by asking on.
    """
    hidden, number = with_lead(office)
    words = ("list", "--workflow", "plot", "--where", where.format(hidden))
    assert numbers(office, *words, by="l1") == []
    assert numbers(office, *words, by="b1") == [number]


def test_a_list_asks_nothing_of_a_secret_along_a_link(office: LinkedOffice) -> None:
    """Who sees the other case, but not a fact of it, cannot ask for that."""
    hidden, number = with_lead(office)
    office.do("set", hidden, "owner_unit=gt", by="b1")
    office.do("set", hidden, "phone=13900001111", by="l1")
    words = ("list", "--workflow", "plot", "--where", "lead.phone == '13900001111'")
    assert numbers(office, *words, by="b1") == []
    assert numbers(office, *words, by="l1") == [number]


@pytest.mark.parametrize("verb", ["set", "correct", "open"])
def test_a_link_that_cannot_be_made_is_judged_without_the_hidden_case(
    office: LinkedOffice, verb: str
) -> None:
    """Of a guessed number neither the title nor that it is the one that stands there is told."""
    hidden, number = with_lead(office)

    def told(link: str) -> str:
        words = {
            "set": ("set", number, f"lead={link}"),
            "correct": ("correct", number, f"lead={link}"),
            "open": ("open", "plot", "--set", "size=1", "--set", f"lead={link}"),
        }
        return office.fails(*words[verb], by="l1")[1].replace(link, "?")

    assert told(hidden) == told("XS-2026-999")


def test_another_workflow_asks_nothing_of_hidden_cases(office: LinkedOffice) -> None:
    """Replayed under conditions of one's own, a case would answer whatever one asks of others."""
    number = with_lead(office)[1]
    text = (office.rules / "plot.yaml").read_text("utf-8")
    office.write("own.yaml", text.replace("lead.amount >= 100", "lead.amount >= 50"))
    assert office.fails("replay", number, "--under", "own.yaml", by="l1")[0] == 1
    assert office.run("replay", number, "--under", "own.yaml", by="admin").exit_code == 0


def with_secret(office: LinkedOffice) -> str:
    """Open a lead of the land office with a secret number and a secret paper; gives its number."""
    number = lead(office, holder="gt")
    office.do("set", number, "phone=13900001111", by="l1")
    office.write("secret.pdf", "x")
    office.do("attach", number, "paper", "secret.pdf", by="l1")
    return number


ATTEMPTS = [
    ("advance", "{}", "call"),
    ("advance", "{}", "call", "--json"),
    ("advance", "{}", "call", "--dry-run"),
    ("clear", "{}", "phone"),
    ("detach", "{}", "paper"),
    ("show", "{}"),
    ("why", "{}", "call"),
    ("todo",),
]


@pytest.mark.parametrize("words", ATTEMPTS, ids=" ".join)
def test_a_refusal_tells_no_secret(office: LinkedOffice, words: tuple[str, ...]) -> None:
    """Who may not do it is not told by the gates what they may not see."""
    number = with_secret(office)
    result = office.run(*(word.format(number) for word in words), by="b1")
    assert result.exit_code in (0, 1)
    assert "13900001111" not in result.output
    assert "secret.pdf" not in result.output


@pytest.mark.parametrize("locked", [False, True])
def test_a_secret_cannot_be_guessed(office: LinkedOffice, locked: bool) -> None:
    """The right value and a wrong one are refused alike, whatever the command."""
    number = with_secret(office)
    if locked:
        office.do("advance", number, "call", by="l1")
    for verb in ("set", "correct"):
        told = {
            office.fails(verb, number, f"phone={value}", by="b1")[1]
            for value in ("13900001111", "13900002222")
        }
        assert len(told) == 1


TEXT = """文种：函
标题：关于{title}的函
主送：{{{{ to }}}}
发文单位：{{{{ issuer }}}}
联系人：{{{{ contact }}}}
---
{body}。
"""
ISSUING = """issuing: 发文规则
basis: 内部
issuers: {zsj: {code: 丽招商}, gt: {code: 丽国土}}
series: [{kinds: [函], number: "{code}函〔{year}〕{serial}号"}]
"""


def own_text(office: LinkedOffice, text: str) -> str:
    """Publish a template, and write a text to be drafted in place of it; gives its file."""
    template = office.write("own.j2", TEXT.format(title="有关事项", body="略"))
    office.do("notice", "publish", template, by="admin")
    return str(office.write("own.txt", text))


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("{{ lead.name }}", "略"),
        ("地块", "{{ lead.amount }}"),
        ("地块", "{% set one = lead %}{{ one.name }}"),
        ("地块", "{% for one in linked.lead %}{{ one.name }}{% endfor %}"),
    ],
)
def test_no_letter_of_ones_own_reads_a_hidden_case(
    office: LinkedOffice, title: str, body: str
) -> None:
    """An officer's own text cannot print along links what they may not see; a letter in which
    somebody else did cannot be read by them, nor is its title listed.
    """
    number = with_lead(office)[1]
    path = own_text(office, TEXT.format(title=title, body=body))
    draft = ("notice", "draft", number, "own", "--to", "bureau", "--text", path)
    code, told = office.fails(*draft, by="l1")
    assert code == 1
    assert "剑瓷园" not in told
    assert office.asks("log", number, by="b1")["entries"][-1]["intent"]["seq"] == 2
    office.do(*draft, by="b1")
    for words in (
        ("notice", "list", number),
        ("notice", "list"),
        ("notice", "show", number, "own"),
    ):
        result = office.run(*words, by="l1")
        assert "剑瓷园" not in result.output
        assert "50" not in result.output


def test_no_letter_of_ones_own_reads_a_secret(office: LinkedOffice) -> None:
    """Not even its title, which is told when it is drafted."""
    number = with_secret(office)
    path = own_text(office, TEXT.format(title="{{ phone }}", body="略"))
    draft = ("notice", "draft", number, "own", "--to", "bureau", "--text", path)
    for more in ((), ("--json",), ("--dry-run",)):
        assert "13900001111" not in office.run(*draft, *more, by="b1").output
    assert office.asks("notice", "list", number, by="admin")["letters"] == []


def test_what_waits_to_be_sent_is_of_cases_that_are_seen(office: LinkedOffice) -> None:
    """It is neither listed, nor counted, nor put back, and its id is as unknown as any."""
    for code, role in (("r1", "reviewer"), ("s1", "signer")):
        office.do("officer", "add", code, role, "--unit", "zsj", "--role", role, by="admin")
    office.do("notice", "publish", office.write("issuing.yaml", ISSUING), by="admin")
    number = lead(office)
    path = own_text(office, TEXT.format(title="线索", body="略"))
    office.do("notice", "draft", number, "own", "--to", "bureau", "--text", path, by="b1")
    office.do("notice", "approve", number, "own", by="r1")
    office.do("notice", "issue", number, "own", by="s1")
    (sending,) = office.asks("notice", "outbox", by="b1")["sendings"]
    known, unknown = sending["id"], "XXXX-XXXX-XXXX.1"
    retry = ("notice", "outbox", "--retry")
    told = [office.fails(*retry, one, by="l1")[1].replace(one, "?") for one in (known, unknown)]
    assert told[0] == told[1]
    assert known not in office.fails(*retry, known[:-1], by="l1")[1]
    assert office.asks("notice", "deliver", by="l1")["by_hand"] == 0
    assert office.asks("notice", "deliver", by="b1")["by_hand"] == 1
    office.do(*retry, known, by="b1")


@pytest.mark.parametrize("hidden", [True, False])
def test_all_of_a_ledger_with_secrets_is_replayed_by_the_auditor_only(
    office: LinkedOffice, hidden: bool
) -> None:
    """Also where every case may be seen: the whole of each would tell the secrets of some."""
    if not hidden:
        text = (
            (office.rules / "lead.yaml")
            .read_text("utf-8")
            .replace("visible: [bureau, owner]\n", "")
        )
        path = office.write("lead.yaml", text.replace("version: 1", "version: 2"))
        office.do("workflow", "publish", path, by="admin")
    with_secret(office)
    for words in (("replay",), ("replay", "--json"), ("audit",), ("audit", "--json")):
        result = office.run(*words, by="b1")
        assert result.exit_code == 1
        assert "13900001111" not in result.output
        assert office.run(*words, by="admin").exit_code == 0


def test_what_became_a_secret_is_told_by_no_condition_written_before(office: LinkedOffice) -> None:
    """Cases keep their version of the workflow, so that a condition may read of another what has
    become a secret there: it is judged, and told without it.
    """
    now = (office.rules / "lead.yaml").read_text("utf-8")
    plots = (office.rules / "plot.yaml").read_text("utf-8").replace("amount >= 100", "phone == '1'")
    for text, name, version in (
        (now.replace(", visible: owner", ""), "lead", 2),
        (plots, "plot", 2),
        (now, "lead", 3),
    ):
        path = office.write(f"{name}.yaml", text.replace("version: 1", f"version: {version}"))
        office.do("workflow", "publish", path, by="admin")
    number = with_secret(office)
    named = plot(office)
    office.do("advance", named, "name_lead", "--set", f"lead={number}", by="b1")
    for words in (("why", named, "grade"), ("advance", named, "grade"), ("show", named, "--json")):
        result = office.run(*words, by="b1")
        assert result.exit_code in (0, 1)
        assert "不对您公开" in result.output
        assert "13900001111" not in result.output
        assert "13900001111" in office.run(*words, by="l1").output


def test_a_list_has_what_can_be_shown_and_nothing_else(office: LinkedOffice) -> None:
    """Also for who acts for somebody of another unit, by all of their roles or by some: the role
    has to be one that may be delegated so far; and the auditor's is none.
    """
    office.do("officer", "grant", "b1", "auditor", by="admin")
    office.do("officer", "add", "l2", "办事员", "--unit", "gt", by="admin")
    found = [lead(office, holder="gt"), lead(office, "青瓷谷", "zsj"), lead(office, "瓯江湾")]

    def seen(who: str) -> list[str]:
        shown = [one for one in found if office.run("show", one, by=who).exit_code == 0]
        assert numbers(office, "list", by=who) == shown
        assert numbers(office, "search", "XS", by=who)[::-1] == shown
        counts = office.asks("board", by=who)["workflows"]
        assert sum(one["total"] for one in counts) == len(shown)
        return shown

    until = ("--until", "2026-10-30")
    assert (seen("l1"), seen("l2"), seen("b2"), seen("")) == (found[:1], found[:1], found, [])
    office.do("officer", "delegate", "l1", *until, by="b1")
    office.do("officer", "delegate", "l2", "--role", "bureau", *until, by="b2")
    assert (seen("l1"), seen("l2")) == (found[:1], found[:1])
    assert office.fails("audit", by="l1")[0] == 1
    office.at("2026-09-08")
    office.do("officer", "revoke", "b2", "bureau", by="admin")
    assert seen("b2") == found[1:2]


def test_roles_of_one_name_are_told_apart(office: LinkedOffice) -> None:
    """Who holds a role of a name in one workflow without a grant sees no case of another in which a
    role of that name is granted.
    """
    text = (office.rules / "lead.yaml").read_text("utf-8")
    text = text.replace("workflow: lead", "workflow: secret").replace("XS-", "MM-")
    path = office.write(
        "secret.yaml", text.replace("unit: owner_unit, held_by: any", "unit: owner_unit")
    )
    office.do("workflow", "publish", path, by="admin")
    office.do("unit", "change", "gt", "--function", "land", "--function", "owner", by="admin")
    office.do("officer", "add", "l2", "持有人", "--unit", "gt", "--role", "owner", by="admin")
    number = office.do("open", "secret", "--set", "name=密", by="b1").strip()
    office.do("set", number, "owner_unit=gt", by="b1")
    assert office.fails("show", number, by="l1")[0] == 1
    assert numbers(office, "list", by="l1") == []
    assert numbers(office, "list", by="l2") == [number]


def test_who_held_it_once_does_not_look_at_it_as_it_was(office: LinkedOffice) -> None:
    """Who may see a case, or a secret of it, is told by whom it names now, on whatever day it is
    looked at: what was corrected since would be told with what was.
    """
    number = lead(office, holder="gt")
    office.do("set", number, "phone=13900001111", by="l1")
    office.at("2026-09-08")
    office.do("set", number, "owner_unit=zsj", by="b1")
    then = ("--on", "2026-09-07")
    recorded = ("--as-recorded-at", "2026-09-07T12:00")
    for looked in (("list", *then), ("list", *recorded), ("board", *then), ("todo", *then)):
        told = office.do(*looked, by="l1")
        assert number not in told
        assert "线索" not in told
    office.do("set", number, "owner_unit=gt", by="b1")
    office.do("set", number, "phone=13900002222", by="l1")
    office.at("2026-09-09")
    for day in ("2026-09-07", "2026-09-08"):
        for words in (("show", number, "--on", day), ("show", number, "--on", day, "--json")):
            assert "1390000" not in office.do(*words, by="b1")
            assert "1390000" in office.do(*words, by="l1")
        assert office.fails("replay", number, "--at", day, by="b1")[0] == 1


@pytest.mark.parametrize("verb", ["confirm", "decline"])
def test_who_settles_a_correction_of_a_secret_is_not_told_it(
    office: LinkedOffice, verb: str
) -> None:
    """Neither when they do, nor in the log afterwards."""
    number = with_secret(office)
    office.do("advance", number, "call", by="l1")
    office.do("correct", number, "phone=13900002222", "--note", "号码有误", by="l1")
    done = office.do(verb, number, "--note", "已核", by="b1")
    for told in (
        done,
        office.do("log", number, by="b1"),
        office.do("log", number, "--json", by="b1"),
    ):
        assert "1390000" not in told
    phone = office.asks("show", number, by="l1")["facts"]["phone"]
    assert phone == ("13900002222" if verb == "confirm" else "13900001111")
    assert office.findings() == []


def test_an_effect_on_a_hidden_case_tells_nothing_of_it(office: LinkedOffice) -> None:
    """Neither where it stands now nor which of its own gates refuse it."""
    mark = "{name: mark, title: 记, kind: record, from: open, by: [bureau, plot.push]"
    guard = "needs: {guards: [{when: name != '剑瓷园', else: 已另有安排}]}}"
    push = "{name: push, title: 推, kind: record, from: open, by: land, needs: {facts: [lead]}"
    for name, line in (
        ("lead", f"{mark}, {guard}"),
        ("plot", f"{push}, does: {{on: lead, transition: mark}}}}"),
    ):
        text = (
            (office.rules / f"{name}.yaml").read_text("utf-8").replace("version: 1", "version: 2")
        )
        path = office.write(f"{name}.yaml", f"{text.rstrip()}\n  - {line}\n")
        office.do("workflow", "publish", path, by="admin")
    hidden, number = with_lead(office)
    for words in (
        ("why", number, "push"),
        ("advance", number, "push"),
        ("advance", number, "push", "--json"),
    ):
        result = office.run(*words, by="l1")
        assert result.exit_code in (0, 1)
        for told in (hidden, "剑瓷园", "已另有安排", "跟进中"):
            assert told not in result.output
    office.do("set", hidden, "name=青瓷谷", by="b1")
    (effect,) = office.asks("advance", number, "push", "--dry-run", by="l1")["effects"]
    assert {effect[key] for key in ("number", "state", "stage", "sentence")} == {"（不对您公开）"}
