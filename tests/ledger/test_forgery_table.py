"""The table of forgeries across cases: what somebody does who owns the file and has the program,
and the one place at which the audit, judging again, says so.

Each forgery fits together: every hash, link, place and pin, and all that is kept beside the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from forging import Forger
from homes import FILES, ServerHome
from ledger_office import copied, elsewhere
from linked_office import LinkedOffice

from lifecycle.ledger.audit.finding import Finding
from lifecycle.ledger.record import hash_of
from lifecycle.office.administration.audit import Audit

ADMISSION_2 = ("version: 1", "version: 2"), ("已定级", "定了级")


def walked(office: LinkedOffice) -> LinkedOffice:
    """Let an office go through a week and a half in which everything happens that reads, moves or
    awaits other cases.
    """
    office.do("officer", "grant", "b2", "auditor", by="admin")
    taken_over(office)
    for name, area, amount in (
        ("剑瓷园", "龙泉", "5000"),
        ("茶旅", "龙泉", "3000"),
        ("云上", "云和", "4000"),
    ):
        opened(office, "project", name=name, area=area, amount=amount)
    opened(office, "policy", name="扶持办法", amount="300")
    opened(office, "policy", name="旧办法", amount="100")
    opened(office, "problem", by="l1", subject="缺地", project="XM-2026-003")
    for n, asked in enumerate(("100", "120", "50"), 1):
        opened(office, "claim", by="l1", title=f"兑现{n}", policy="ZC-2026-001", amount=asked)
    office.at("2026-09-08")
    office.do("advance", "DX-2026-001", "grant", by="b1")
    opened(office, "admission", name="甲", amount="2000")
    opened(office, "admission", name="乙", amount="2000")
    office.do("advance", "ZR-2026-001", "rate", by="b1")
    opened(office, "lead", name="线索甲")
    opened(office, "lead", name="线索乙")
    office.do("advance", "XS-2026-001", "hold", "--set", "valid_to=2026-09-12", by="b1")
    office.do("advance", "XS-2026-002", "ask", by="b1")
    office.at("2026-09-09")
    office.do("advance", "WT-2026-001", "solve", by="b1")
    office.do("advance", "DX-2026-002", "grant", by="b1")
    office.do("advance", "DX-2026-003", "grant", by="b1")
    opened(office, "transfer", title="外迁", project="XM-2026-004")
    office.do("advance", "LZ-2026-001", "confirm", "--set", "receiver=景宁", by="b1")
    office.at("2026-09-10")
    office.do("advance", "XM-2026-003", "build", by="b1")
    office.do("advance", "ZC-2026-001", "repeal", by="b1")
    office.do("tick", by="admin")
    office.at("2026-09-11")
    opened(office, "batch", title="三季度")
    office.do("advance", "DC-2026-001", "launch", by="b1")
    office.do("advance", "DJ-2026-001", "look", by="l1")
    opened(office, "rating", title="龙泉三季度", area="龙泉", as_of="2026-09-11")
    office.do("advance", "PG-2026-001", "approve", by="b1")
    office.at("2026-09-14")
    office.do("tick", by="admin")
    office.do("set", "XS-2026-001", "remark=再访", by="b1")
    office.at("2026-09-15")
    text = (office.rules / "admission.yaml").read_text("utf-8")
    for old, new in ADMISSION_2:
        text = text.replace(old, new)
    office.do("workflow", "publish", office.write("second.yaml", text), by="admin")
    office.do("workflow", "migrate", "admission", "--from", "1", by="admin")
    office.do("workflow", "confirm", "admission", by="b2")
    opened(office, "plot", name="一号地", lead="XS-2026-001")
    opened(office, "policy", name="新办法", amount="500")
    return office


def taken_over(office: LinkedOffice) -> None:
    """Take two running projects in."""
    office.do("takeover", "until", "2026-10-31", by="admin")
    rows = ("名称,属地,总投资,环节,立项日", "老街,景宁,800,在办,2026-03-02")
    path = office.write("台账.csv", "\n".join((*rows, "古堰,莲都,900,在办,2026-04-01\n")))
    office.do("takeover", "propose", "project", path, by="admin")
    office.do("takeover", "confirm", "project", path, by="b2")


def opened(office: LinkedOffice, workflow: str, by: str = "b1", **facts: str) -> str:
    """Open a case, and give its number."""
    words = [word for name, value in facts.items() for word in ("--set", f"{name}={value}")]
    return office.do("open", workflow, *words, by=by).strip()


# What a forger does, one by one. Each is told the honest ledger and alters it.


def hide_an_open_problem(forger: Forger) -> None:
    """The problem was never solved, and its project was built as if there were none."""
    forger.drop(forger.line("WT-2026-001", "solve"))
    for guard in forger.line("XM-2026-003", "build").guards():
        guard["cases"] = []


def keep_an_open_problem(forger: Forger) -> None:
    """The problem was never solved; its project was built all the same."""
    forger.drop(forger.line("WT-2026-001", "solve"))
    for guard in forger.line("XM-2026-003", "build").guards():
        guard["cases"][0][1:] = [1, forger.line("WT-2026-001", "case_opened").was]


def leave_a_problem_out(forger: Forger) -> None:
    """A problem that would not have hindered was not read."""
    for guard in forger.line("XM-2026-003", "build").guards():
        guard["cases"] = []


def pin_before_the_repeal(forger: Forger) -> None:
    """A claim was granted after the repeal, and names the policy as it was before."""
    line = forger.line("DX-2026-003", "grant")
    line.dated("2026-09-10")
    forger.move(line, after=forger.line("ZC-2026-001", "repeal"))


def read_too_early(forger: Forger) -> None:
    """A transition of the 8th read what was solved on the 9th."""
    forger.line("XM-2026-003", "build").dated("2026-09-08")


def solve_before_it_was_raised(forger: Forger) -> None:
    """The solution bears a day before that of the problem."""
    forger.line("WT-2026-001", "solve").dated("2026-09-06")


def back_date_the_solution(forger: Forger) -> None:
    """It was recorded after the project had been built, and says that it had been before."""
    line = forger.line("WT-2026-001", "solve")
    forger.move(line, after=forger.line("XM-2026-003", "build"))
    for guard in forger.line("XM-2026-003", "build").guards():
        guard["cases"][0][1:] = [1, forger.line("WT-2026-001", "case_opened").was]


def overspend(forger: Forger) -> None:
    """A claim asks for more than is left, in its opening, and was granted."""
    forger.line("DX-2026-003", "case_opened").intent["data"]["facts"]["amount"] = "200"
    (last,) = list(forger.line("DX-2026-003", "grant").guards())[1:]
    last["with"]["amount"] = "200"


def fire_twice(forger: Forger) -> None:
    """What a transfer did to a project was done once more."""
    line = forger.line("XM-2026-004", "move")
    forger.add(line, after=line)


def open_twice(forger: Forger) -> None:
    """A launch opened one more inspection of a project."""
    line = forger.line("DJ-2026-005", "case_opened")
    made = forger.add(line, after=line)
    made.intent["case"] = made.intent["eid"]
    made.body["numbers"]["case"] = "DJ-2026-006"
    forger.series["DJ-2026-{serial}"] = 6


def fire_not_at_all(forger: Forger) -> None:
    """A transfer was confirmed and its project stayed where it was."""
    forger.drop(forger.line("XM-2026-004", "move"))


def fire_on_another_case(forger: Forger) -> None:
    """Another project was moved than that of the transfer."""
    line = forger.line("XM-2026-004", "move")
    line.intent["case"] = forger.numbers["XM-2026-005"]


def fire_with_other_facts(forger: Forger) -> None:
    """The project was moved to another place than that which the transfer names."""
    line = forger.line("XM-2026-004", "move")
    line.intent["data"]["facts"]["area"] = "庆元"
    line.body["gates"][1][1]["area"] = "庆元"


def fire_without_cause(forger: Forger) -> None:
    """A project was moved by an officer, whom no transfer entitled."""
    line = forger.line("XM-2026-004", "move")
    made = forger.add(line, after=line)
    made.intent["case"] = forger.numbers["XM-2026-005"]
    del made.intent["cause"]


def invent_a_cause(forger: Forger) -> None:
    """A project was moved on a later day, by the transfer of another one."""
    made = forger.add(forger.line("XM-2026-004", "move"), after=forger.line("XM-2026-001", "note"))
    made.intent["case"] = forger.numbers["XM-2026-005"]
    made.dated("2026-09-11")


def invent_a_cause_at_once(forger: Forger) -> None:
    """A project was moved beside another one, in the same breath, by its transfer."""
    line = forger.line("XM-2026-004", "move")
    made = forger.add(line, after=line)
    made.intent["case"] = forger.numbers["XM-2026-005"]


def collect_short_of_a_member(forger: Forger) -> None:
    """A rating says that it looked at one project less."""
    for kind, inputs in forger.line("PG-2026-001", "approve").body["gates"]:
        if kind in ("guard", "sets"):
            inputs["collections"]["there"]["read"] -= 1


def set_off_by_one(forger: Forger) -> None:
    """A rating counts one project more than there are."""
    forger.line("PG-2026-001", "approve").intent["data"]["sets"]["signed"] = 2


def change_a_member(forger: Forger) -> None:
    """A project was opened with another amount than that which its rating added up."""
    forger.line("XM-2026-003", "case_opened").intent["data"]["facts"]["amount"] = "6000"
    forger.kept.append(forger.line("PG-2026-001", "approve"))


def be_early(forger: Forger) -> None:
    """A hold was released on its last day."""
    line = forger.line("XS-2026-001", "release")
    line.dated("2026-09-12")
    line.body["recorded_at"] = line.intent["signed_at"] = "2026-09-12T02:00:00.000000Z"


def be_early_and_say_so(forger: Forger) -> None:
    """A hold was released on its last day, as if it had fallen due then."""
    be_early(forger)
    forger.line("XS-2026-001", "release").body["gates"][1][1]["due_on"] = "2026-09-12"


def be_twice(forger: Forger) -> None:
    """A unit was urged once more in the same round."""
    line = forger.line("XS-2026-002", "urge")
    forger.add(line, after=line)


def be_skipped(forger: Forger) -> None:
    """A hold that had lapsed was not released, and the lead was worked on."""
    forger.drop(forger.line("XS-2026-001", "release"))


def be_skipped_and_read(forger: Forger) -> None:
    """A unit was not urged in time, and nothing was recorded on the case since."""
    forger.drop(forger.line("XS-2026-002", "urge"))


def swap_the_table(forger: Forger) -> None:
    """The decision table was another one from the start, and all name it by its digest."""
    text = (forger.office.rules / "admission.yaml").read_bytes()
    forger.republish(text, text.replace(b"amount >= 3000", b"amount >= 1000"))
    forger.kept.append(forger.line("ZR-2026-001", "rate"))


def swap_the_table_only(forger: Forger) -> None:
    """The decision table is another one, under the digest of the honest one."""
    text = (forger.office.rules / "admission.yaml").read_bytes()
    other = text.replace(b"amount >= 3000", b"amount >= 1000")
    words = "UPDATE definition SET body = ? WHERE sha256 = ?"
    forger.beside.append((words, (other, hash_of(text))))


def pin_another_table(forger: Forger) -> None:
    """A case was opened under rules that were put into force a week later."""
    line = forger.line("ZR-2026-002", "case_opened")
    line.intent["workflow"] = forger.line("office", "migration_proposed").intent["data"]["after"]
    forger.drop(forger.line("ZR-2026-002", "case_migrated"))


def pretend_to_have_been_judged(forger: Forger) -> None:
    """A project that was taken over says that it was opened by an officer, as others are."""
    line = forger.line("XM-2026-002", "case_opened")
    del line.intent["data"]["declared"]
    opened = forger.line("XM-2026-003", "case_opened")
    line.body["gates"], line.body["authority"] = opened.body["gates"], opened.body["authority"]
    line.intent["actor"] = opened.intent["actor"]


def pretend_by_its_gates(forger: Forger) -> None:
    """A project that was taken over names the gates of an opening."""
    opened = forger.line("XM-2026-003", "case_opened")
    forger.line("XM-2026-002", "case_opened").body["gates"] = opened.body["gates"]


def declare_another_state(forger: Forger) -> None:
    """A project was taken over in another state than two persons had declared."""
    line = forger.line("XM-2026-002", "case_opened")
    line.intent["data"]["declared"]["state"] = line.intent["to"] = "built"


def take_over_what_nobody_declared(forger: Forger) -> None:
    """A project opened by an officer says that two persons had declared it."""
    declared = forger.line("XM-2026-002", "case_opened")
    line = forger.line("XM-2026-005", "case_opened")
    line.intent["data"]["declared"] = declared.intent["data"]["declared"] | {"row": 3}


def skip_a_number(forger: Forger) -> None:
    """A policy has the number after the next one, and the books say so too."""
    line = forger.line("ZC-2026-003", "case_opened")
    line.body["numbers"]["case"] = "ZC-2026-004"
    forger.series["ZC-2026-{serial}"] = 4


def migrate_without_a_decision(forger: Forger) -> None:
    """A case was taken over into rules on which nobody has decided."""
    line = forger.line("ZR-2026-002", "case_migrated")
    line.intent["workflow"] = line.intent["workflow"].split("+")[0]


def migrate_all_but_one(forger: Forger) -> None:
    """A case stayed under the old rules."""
    forger.drop(forger.line("ZR-2026-002", "case_migrated"))


def migrate_to_another_state(forger: Forger) -> None:
    """A case came out of its migration farther than it was."""
    forger.line("ZR-2026-002", "case_migrated").intent["to"] = "graded"


def tell_of_an_invisible_case(forger: Forger) -> None:
    """What is kept beside the log says that a unit may see a lead that is not its own."""
    words = "UPDATE cases SET viewers = ? WHERE number = ?"
    forger.beside.append((words, ("bureau/ land/", "XS-2026-001")))


def name_an_invisible_case(forger: Forger) -> None:
    """A plot was opened by an officer of another unit, who named a lead that it may not see."""
    line = forger.line("DK-2026-001", "case_opened")
    other = forger.line("WT-2026-001", "case_opened")
    line.intent["actor"], line.body["authority"] = other.intent["actor"], other.body["authority"]
    line.body["gates"][0] = other.body["gates"][0]


FORGERIES: list[tuple[Callable[[Forger], None], str, str, str]] = [
    (hide_an_open_problem, "illegal", "XM-2026-003 build", "未终结的问题 1 件（WT-2026-001 缺地）"),
    (keep_an_open_problem, "illegal", "XM-2026-003 build", "未终结的问题 1 件（WT-2026-001 缺地）"),
    (leave_a_problem_out, "gates", "XM-2026-003 build", "各关口的依据"),
    (pin_before_the_repeal, "illegal", "DX-2026-003 grant", "所依据的政策的环节 废止，应为 施行"),
    (overspend, "illegal", "DX-2026-003 grant", "合计＋金额 为 420 万元，至多 300 万元"),
    (fire_twice, "cause", "LZ-2026-001 confirm", "应带动 1 件，其后的记录有 2 件"),
    (open_twice, "cause", "DC-2026-001 launch", "应带动 5 件，其后的记录有 6 件"),
    (fire_not_at_all, "cause", "LZ-2026-001 confirm", "应带动 1 件，其后的记录有 0 件"),
    (
        fire_on_another_case,
        "cause",
        "LZ-2026-001 confirm",
        "带动的第 1 件（XM-2026-004）与应有的不符",
    ),
    (
        fire_with_other_facts,
        "cause",
        "LZ-2026-001 confirm",
        "带动的第 1 件（XM-2026-004）与应有的不符",
    ),
    (fire_without_cause, "authority", "XM-2026-005 move", "只随 transfer.confirm 一并办理"),
    (invent_a_cause, "cause", "XM-2026-005 move", "记录不在它写的起因之后的那一串里"),
    (invent_a_cause_at_once, "cause", "LZ-2026-001 confirm", "应带动 1 件，其后的记录有 2 件"),
    (read_too_early, "illegal", "XM-2026-003 build", "未终结的问题 1 件（WT-2026-001 缺地）"),
    (solve_before_it_was_raised, "time", "WT-2026-001 solve", "2026-09-06 早于上一条 2026-09-07"),
    (
        back_date_the_solution,
        "illegal",
        "XM-2026-003 build",
        "未终结的问题 1 件（WT-2026-001 缺地）",
    ),
    (collect_short_of_a_member, "gates", "PG-2026-001 approve", "各关口的依据"),
    (change_a_member, "illegal", "PG-2026-001 approve", "记录写的内容与重新判定的结果不符"),
    (set_off_by_one, "illegal", "PG-2026-001 approve", "记录写的内容与重新判定的结果不符"),
    (be_early, "illegal", "XS-2026-001 release", "2026-09-13 才到期"),
    (be_early_and_say_so, "illegal", "XS-2026-001 release", "2026-09-13 才到期"),
    (be_twice, "illegal", "XS-2026-002 urge", "这一轮没有到期的，或已经办过"),
    (be_skipped, "due", "XS-2026-001 facts_recorded", "“到期释放”2026-09-13 已到期"),
    (be_skipped_and_read, "due", "XS-2026-002 ask", "“催办”2026-09-10 已到期，第"),
    (tell_of_an_invisible_case, "state", "XS-2026-001 facts_recorded", "viewers"),
    (name_an_invisible_case, "authority", "DK-2026-001 case_opened", "XS-2026-001 不对经办人公开"),
    (swap_the_table, "illegal", "ZR-2026-001 rate", "记录写的内容与重新判定的结果不符"),
    (swap_the_table_only, "definition", "office definition_published 1", "admission"),
    (pin_another_table, "definition", "ZR-2026-002 case_opened", "不是当时发布的版本"),
    (pretend_to_have_been_judged, "lost", "office take_over_confirmed", "第 2 件没有接管记录"),
    (pretend_by_its_gates, "gates", "XM-2026-002 case_opened", "各关口的依据"),
    (declare_another_state, "illegal", "XM-2026-002 case_opened", "两人没有这样声明过"),
    (take_over_what_nobody_declared, "illegal", "XM-2026-005 case_opened", "两人没有这样声明过"),
    (skip_a_number, "number", "ZC-2026-003 case_opened", "断号：缺第 3 号"),
    (migrate_without_a_decision, "illegal", "ZR-2026-002 case_migrated", "单位没有决定"),
    (migrate_all_but_one, "illegal", "ZR-2026-002 case_opened", "本事项没有迁"),
    (migrate_to_another_state, "illegal", "ZR-2026-002 case_migrated", "去往的环节"),
]
"""What is forged, and the one finding: its code, its entry (case, transition or kind of entry,
which of these from 0 on), and words of what is told.
"""


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedOffice]:
    """Walk the honest office once."""
    with pytest.MonkeyPatch.context() as patch:
        yield walked(LinkedOffice(tmp_path_factory.mktemp("honest"), patch, FILES, "bureau"))


def test_an_honest_ledger_gives_none(honest: LinkedOffice, tmp_path: Path) -> None:
    """Neither as it was written, nor when all of it is written anew by a forger who alters
    nothing.
    """
    office = copied(honest, tmp_path / "copy")
    before = [line.was for line in Forger(office).lines]
    forger = Forger(office)
    assert forger.done() == []
    assert [line.was for line in forger.lines] == before


@pytest.mark.parametrize(
    ("forge", "code", "where", "told"),
    [pytest.param(*row, id=row[0].__name__) for row in FORGERIES],
)
def test_a_forgery_gives_one_finding(
    honest: LinkedOffice,
    tmp_path: Path,
    forge: Callable[[Forger], None],
    code: str,
    where: str,
    told: str,
) -> None:
    """That one, and at the entry that is wrong."""
    forger = Forger(copied(honest, tmp_path / "forged"))
    forge(forger)
    (found,) = forger.done()
    number, what, *nth = where.split()
    assert (found.code, found.idx) == (code, forger.index(number, what, *map(int, nth)))
    assert told in found.message


@pytest.mark.slow
@pytest.mark.parametrize("forge", [pytest.param(row[0], id=row[0].__name__) for row in FORGERIES])
def test_it_is_the_same_on_a_server(
    honest: LinkedOffice,
    tmp_path: Path,
    server_home: ServerHome,
    forge: Callable[[Forger], None],
) -> None:
    """A forged ledger that was copied to a server gives the same finding there."""
    forger = Forger(copied(honest, tmp_path / "forged"))
    forge(forger)
    beside, forger.beside = forger.beside, []
    forger.done()
    there = elsewhere(forger.office, tmp_path / "server")
    there.home = server_home
    forger.office.do("db", "copy", forger.office.url, there.url)
    forger.beside = beside
    forger.damage(there)
    forger.damage(forger.office)
    found = audited(forger.office)
    assert len(found) == 1
    assert audited(there) == found


def audited(office: LinkedOffice) -> list[Finding]:
    """Audit."""
    with closing(office.office()) as opened_office:
        return list(Audit(opened_office).findings())


def test_what_is_rewritten_as_a_whole_shows_by_a_checkpoint_only(
    honest: LinkedOffice, tmp_path: Path
) -> None:
    """A decision table that was another one from the start, with every grade that it would have
    given, is a ledger like any other: what was noted down before tells.
    """
    office = copied(honest, tmp_path / "forged")
    with closing(office.office()) as opened_office:
        audit = Audit(opened_office)
        assert list(audit.findings()) == []
        before = audit.result().checkpoint
    forger = Forger(office)
    swap_the_table(forger)
    forger.kept.clear()
    assert forger.done() == []
    assert office.asks("show", "ZR-2026-001")["case"]["facts"]["grade"] == "重点"
    with closing(office.office()) as opened_office:
        (found,) = Audit(opened_office, before).findings()
    assert found.code == "checkpoint"
