"""Issued letters go out by real servers: at least once, under one id, and the ledger says when."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import Home
from mailserver import MailServer
from paper_office import Paper, fonts

from lifecycle.beside import CHANNELS, beside
from lifecycle.delivery.channels_file import read_channels
from lifecycle.delivery.sending import safe_name
from lifecycle.ledger.register import Request
from lifecycle.office.letters.outbox import deliver_due
from lifecycle.office.office import Office

LETTER = "2-consultation"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Paper:
    """Give an office whose letters can be issued."""
    return Paper(tmp_path, monkeypatch, home).founded()


def reach(paper: Paper, server: MailServer | None, **units: str) -> None:
    """Say who is reached how: units by mail or, where a path is given, by a folder."""
    ways = [
        f"  {unit}: {{folder: {way}}}" if "@" not in way else f"  {unit}: {{mail: {way}}}"
        for unit, way in units.items()
    ]
    smtp = (
        f"smtp: {{host: 127.0.0.1, port: {server.port}, security: none, from: zs@example.cn}}"
        if server
        else ""
    )
    text = "\n".join([smtp, "units:", *ways, "backoff: {first: 1s, most: 5s, attempts: 3}"])
    settings_of(paper).write_text(text + "\n", "utf-8")


def settings_of(paper: Paper) -> Path:
    """Give the file that says who is reached how; its folder is there then."""
    path = beside(paper.home.place(paper.path), CHANNELS)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def sendings(paper: Paper) -> dict[str, str]:
    """Map each addressee in the outbox to its state, with `by hand` for those without a channel."""
    rows = paper.asks("notice", "outbox")["sendings"]
    return {row["addressee"]: "by hand" if row["by_hand"] else row["state"] for row in rows}


def test_letters_go_out_by_mail_and_folder(paper: Paper) -> None:
    """Each receiver gets the frozen forms under the sending's id; what was taken is an entry and
    leaves the outbox.
    """
    number = paper.asked()
    issued = paper.issued(number)
    (paper.folder / "exchange").mkdir()
    with MailServer(paper.folder / "mail") as server:
        reach(paper, server, land="land@example.cn", wenwu=str(paper.folder / "exchange"))
        answer = paper.asks("notice", "deliver", by="clerk01")
        (mail,) = server.messages()
    assert (answer["ok"], len(answer["sent"]), answer["by_hand"]) == (True, 2, 1)
    forms = issued["forms"]
    assert isinstance(forms, dict)
    files = {part.get_filename(): part.get_content() for part in mail.message.iter_attachments()}
    assert {hashlib.sha256(body).hexdigest() for body in files.values()} == {
        forms["pdf"],
        forms["docx"],
    }
    assert mail.message["X-Lifecycle-Delivery"] == f"{issued['code']}.1"
    (folder,) = (paper.folder / "exchange").iterdir()
    assert folder.name == safe_name(f"{issued['code']}.2")
    assert sendings(paper) == {"市文旅平台公司": "by hand"}
    told = [line for line in paper.do("log", number).splitlines() if "送出" in line]
    assert [line.split("  ")[-1].strip() for line in told] == [
        f"送出 {LETTER} 致 市自然资源局（邮件 land@example.cn）",
        f"送出 {LETTER} 致 市文物局（交换文件夹 {folder.parent}）",
    ]
    paper.do(
        "notice",
        "sent",
        number,
        LETTER,
        "--unit",
        "市文旅平台公司",
        "--by",
        "专人送达",
        by="clerk01",
    )
    assert sendings(paper) == {}
    assert (
        paper.fails(
            "notice", "sent", number, LETTER, "--unit", "owner", "--by", "再送", by="clerk01"
        )[0]
        == 1
    )
    assert paper.findings() == []


def test_a_clerk_is_told_to_deliver_only_what_can_be(paper: Paper) -> None:
    """What no channel reaches is not to be delivered but to be carried, or its addressee to be put
    into the settings; the others are delivered. Where the settings cannot be read, sending says so.
    """
    number = paper.asked()
    paper.issued(number)
    by_hand = (
        "  送达　lifecycle notice outbox　　{} 件的收文单位没有送达方式："
        "人工送达后登记（lifecycle notice sent），或请管理员在送达设置里写上怎么送\n"
    )
    assert paper.do("todo", by="clerk01").startswith(by_hand.format(3))
    (paper.folder / "exchange").mkdir()
    reach(paper, None, land=str(paper.folder / "exchange"))
    deliver = "  送达　lifecycle notice deliver　　待送公文 {} 件；清单：lifecycle notice outbox\n"
    told = paper.do("todo", by="clerk01")
    assert told.startswith(deliver.format(1) + by_hand.format(2))
    paper.do("notice", "deliver", by="clerk01")
    assert paper.do("todo", by="clerk01").startswith(by_hand.format(2))
    settings_of(paper).write_text("units: [", "utf-8")
    assert paper.do("todo", by="clerk01").startswith(deliver.format(2))
    assert str(settings_of(paper)) in paper.fails("notice", "deliver", by="clerk01")[1]


def test_a_crash_between_sending_and_the_entry_sends_again(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent but not recorded, it is sent once more under the same Message-ID, and recorded once."""
    number = paper.asked()
    paper.issued(number)
    with MailServer(paper.folder / "mail") as server:
        reach(paper, server, land="land@example.cn")
        with monkeypatch.context() as patch:
            patch.setattr(
                "lifecycle.office.letters.outbox.record_receipt",
                lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt),
            )
            assert paper.run("notice", "deliver", by="clerk01").exit_code != 0
        assert paper.asks("notice", "deliver", by="clerk01")["sent"] == [], (
            "another sender may be at it still"
        )
        paper.now = datetime(2026, 9, 30, 3, tzinfo=UTC)
        assert len(paper.asks("notice", "deliver", by="clerk01")["sent"]) == 1
        ids = [taken.message["Message-ID"] for taken in server.messages()]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert paper.do("log", number).count("送出") == 1
    assert paper.findings() == []


def test_whoever_has_signed_for_a_letter_waits_for_nothing(paper: Paper) -> None:
    """Once an addressee has signed for a letter or answered it, its sending is in no list and no
    count, nor is it delivered; once that is taken back, it is again.
    """
    number = paper.asked()
    paper.issued(number)
    paper.do("notice", "receipt", number, LETTER, by="land01")
    paper.do("notice", "reply", number, LETTER, "同意", "--note", "同意", by="wenwu01")
    assert sendings(paper) == {"市文旅平台公司": "by hand"}
    assert "1 件的收文单位没有送达方式：" in paper.do("todo", by="clerk01")
    (paper.folder / "exchange").mkdir()
    reach(paper, None, land=str(paper.folder / "exchange"))
    answer = paper.asks("notice", "deliver", by="clerk01")
    assert (answer["sent"], answer["by_hand"]) == ([], 1)
    paper.do("notice", "take-back", number, LETTER, "receipt", "--note", "没有收到", by="land01")
    assert len(paper.asks("notice", "deliver", by="clerk01")["sent"]) == 1
    assert paper.findings() == []


def test_what_cannot_be_delivered_is_listed_and_can_be_sent_again(paper: Paper) -> None:
    """A refused address is dead at once and listed with the reason; after mending it is put back
    and goes out.
    """
    number = paper.asked()
    paper.issued(number)
    with MailServer(paper.folder / "mail") as server:
        reach(paper, server, land="nobody@example.cn", wenwu="busy@example.cn")
        answer = paper.asks("notice", "deliver", by="clerk01")
        assert [(row["ok"], row["next_at"] is None) for row in answer["sent"]] == [
            (False, True),
            (False, False),
        ]
        assert (answer["ok"], answer["dead"]) == (False, 1)
        assert sendings(paper) == {
            "市自然资源局": "dead",
            "市文物局": "pending",
            "市文旅平台公司": "by hand",
        }
        paper.now = datetime(2026, 9, 30, 3, tzinfo=UTC)
        assert [
            row["addressee"] for row in paper.asks("notice", "deliver", by="clerk01")["sent"]
        ] == ["市文物局"]
        reach(paper, server, land="land@example.cn")
        (dead,) = [
            row["id"]
            for row in paper.asks("notice", "outbox")["sendings"]
            if row["state"] == "dead"
        ]
        assert paper.do("notice", "outbox", "--retry", dead).startswith("已重新排上")
        assert paper.asks("notice", "deliver", by="clerk01")["sent"][0]["ok"] is True
    assert paper.findings() == []


def test_a_server_that_is_down_loses_nothing(paper: Paper) -> None:
    """With the server away every letter waits and goes out when it is back; one failure does not
    try all the others.
    """
    number = paper.asked()
    paper.issued(number)
    server = MailServer(paper.folder / "mail")
    reach(paper, server, land="land@example.cn", wenwu="wenwu@example.cn")
    server.kill()
    assert [row["ok"] for row in paper.asks("notice", "deliver", by="clerk01")["sent"]] == [False]
    server.start()
    paper.now = datetime(2026, 9, 30, 3, tzinfo=UTC)
    try:
        assert [row["ok"] for row in paper.asks("notice", "deliver", by="clerk01")["sent"]] == [
            True,
            True,
        ]
    finally:
        server.kill()
    assert paper.findings() == []


def test_void_letters_stay_in(paper: Paper) -> None:
    """A letter that is void or whose forms are not frozen is not sent; only a clerk or the issuing
    unit sends.
    """
    number = paper.asked()
    paper.issued(number)
    paper.do("notice", "void", number, LETTER, "--note", "有误", by="bureau04")
    with MailServer(paper.folder / "mail") as server:
        reach(paper, server, land="land@example.cn")
        assert paper.asks("notice", "deliver", by="clerk01")["sent"] == []
        assert server.messages() == []
    other = paper.asked("温泉康养")
    paper.issued(other)
    with MailServer(paper.folder / "mail2") as server:
        reach(paper, server, land="land@example.cn")
        assert paper.asks("notice", "deliver", by="land01")["sent"] == [], (
            "nothing goes out that could not be recorded"
        )
        assert server.messages() == []
        assert len(paper.asks("notice", "deliver", by="bureau01")["sent"]) == 1
    refused = paper.fails(
        "notice", "sent", other, LETTER, "--unit", "land", "--by", "专人", by="xiao01"
    )
    assert (refused[0], "由 市招商局 办理" in refused[1]) == (1, True)


def _sender(path: str, config: str) -> None:
    """Send what is due until it is killed: a process of its own, with the machine's clock."""
    while True:
        with closing(Office.open(path)) as office:
            channels = read_channels(Path(config))
            for _sent in deliver_due(
                office, Request("clerk01"), channels, lease_for=timedelta(seconds=2)
            ):
                pass
        time.sleep(0.2)


@pytest.mark.slow
def test_500_deliveries_survive_kills(paper: Paper) -> None:
    """Server and sender killed again and again over 500 letters: each arrives under one id, none is
    lost.
    """
    fonts()
    paper.rest_until(datetime.now(UTC) - timedelta(hours=1))
    units = [f"x{n}" for n in range(48)]
    for unit in units:
        paper.do("unit", "add", unit, f"第{unit}局", "--function", "x", by="admin")
        paper.do("officer", "add", f"{unit}-1", "岗位", "--unit", unit, "--role", "x", by="admin")
    # whoever answers for a unit does so from today on, by Beijing's time
    today = (datetime.now(UTC) + timedelta(hours=7)).date().isoformat()
    facts = ("investment=32000", "owner_unit=owner", f"x_units={'、'.join(units)}")
    for n in range(10):
        number = paper.opened(*facts, name=f"项目{n}", on=today)
        paper.do("advance", number, "ask", by="bureau01")
        paper.issued(number)
    server = MailServer(paper.folder / "mail")
    reach(
        paper,
        server,
        land="land@x.cn",
        owner="owner@x.cn",
        **{unit: f"{unit}@x.cn" for unit in units},
    )
    config = settings_of(paper)
    config.write_text(config.read_text().replace("attempts: 3", "attempts: 1000"))
    chance, over = random.Random(7), time.monotonic() + 240
    stop = threading.Event()

    def kill_the_server() -> None:
        while not stop.wait(chance.uniform(0.5, 2.5)):
            server.kill()
            stop.wait(0.2)
            server.start()

    killer = threading.Thread(target=kill_the_server)
    killer.start()
    spawn = multiprocessing.get_context("spawn")
    senders_killed = 0
    try:
        while (left := _left(paper)) and time.monotonic() < over:
            sender = spawn.Process(target=_sender, args=(paper.url, str(config)))
            sender.start()
            sender.join(chance.uniform(3, 6))
            sender.kill()
            sender.join()
            senders_killed += 1
    finally:
        stop.set()
        killer.join()
        server.kill()
    assert left == 0
    arrived = Counter(taken.message["X-Lifecycle-Delivery"] for taken in server.messages())
    with paper.sql() as database:
        ids = {row[0] for row in database.execute("SELECT id FROM outbox WHERE state = 'sent'")}
        raws = database.execute("SELECT body FROM entry").fetchall()
    intents = [json.loads(raw)["intent"] for (raw,) in raws]
    sent = [intent for intent in intents if intent["type"] == "letter_sent"]
    recorded = Counter(intent["data"]["sending"] for intent in sent)
    assert len(ids) == 500
    assert set(arrived) == ids
    assert recorded == dict.fromkeys(ids, 1), "the ledger says of each, once, when it went"
    assert senders_killed > 1
    paper.now = datetime.now(UTC)  # the senders went by the clock of the machine
    assert paper.findings() == []
    print(f"500 件，送到 {arrived.total()} 次，发送进程被杀 {senders_killed} 次")


def _left(paper: Paper) -> int:
    with paper.sql() as database:
        return int(
            database.execute(
                "SELECT count(*) FROM outbox WHERE state IN ('pending', 'dead')"
            ).fetchone()[0]
        )
