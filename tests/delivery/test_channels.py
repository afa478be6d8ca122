"""delivery.yaml: who is reached how, every fault at once; and when a letter is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.delivery import channels_file
from lifecycle.delivery.backoff import Backoff, next_attempt
from lifecycle.delivery.channels import Channels
from lifecycle.delivery.channels_file import parse_channels, read_channels
from lifecycle.delivery.folder import Folder
from lifecycle.delivery.mail import Mail, Server
from lifecycle.delivery.webhook import Webhook
from lifecycle.errors import InvalidError, WorkflowError

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
FILE = """\
smtp:
  host: mail.example.gov.cn
  port: 465
  security: tls
  user: lifecycle
  password_env: LIFECYCLE_MAIL_PASSWORD
  from: zhaoshang@example.gov.cn
  timeout: 2m
  ca: own.pem
units:
  land: {mail: land@example.gov.cn}
  planning: {folder: exchange/planning}
  archive: {folder: /srv/exchange}
  reform: {webhook: "https://oa.example.gov.cn/letters?x=1", secret_env: REFORM_SECRET, timeout: 10s}
parties:
  丽水市某某旅游开发有限公司: {mail: office@example.com}
backoff: {first: 30s, most: 2h, attempts: 12}
"""  # noqa: E501


def faults(text: str | bytes) -> list[str]:
    """Give the faults of a file, each as line:column, message and mend."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(WorkflowError) as caught:
        parse_channels(data, Path("d.yaml"))
    return [
        f"{p.location}"[len("d.yaml:") :] + f" {p.message}｜{p.mend}" for p in caught.value.problems
    ]


def test_file_is_read_whole(tmp_path: Path) -> None:
    """Units, parties, the mail server and the pauses become values; relative paths count from the
    file's folder.
    """
    (tmp_path / "delivery.yaml").write_text(FILE, "utf-8")
    server = Server(
        host="mail.example.gov.cn",
        port=465,
        sender="zhaoshang@example.gov.cn",
        security="tls",
        user="lifecycle",
        password="LIFECYCLE_MAIL_PASSWORD",
        timeout=120,
        ca=tmp_path / "own.pem",
    )
    channels = read_channels(tmp_path / "delivery.yaml")
    assert channels == Channels(
        units={
            "land": Mail("land@example.gov.cn", server),
            "planning": Folder(tmp_path / "exchange/planning"),
            "archive": Folder(Path("/srv/exchange")),
            "reform": Webhook("https://oa.example.gov.cn/letters?x=1", "REFORM_SECRET", 10),
        },
        parties={"丽水市某某旅游开发有限公司": Mail("office@example.com", server)},
        backoff=Backoff(timedelta(seconds=30), timedelta(hours=2), 12),
    )


def test_example_in_the_docstring_is_read() -> None:
    """The file that the module shows is one."""
    assert channels_file.__doc__ is not None
    text = channels_file.__doc__.partition("\n\n")[2]
    channels = parse_channels(text.encode(), Path("delivery.yaml"))
    assert sorted(channels.units) == ["land", "planning", "reform"]
    assert list(channels.parties) == ["某市某某旅游开发有限公司"]


def test_defaults_are_safe() -> None:
    """Without a word about it mail leaves by STARTTLS on port 587; 20 attempts take about three
    days.
    """
    text = (
        "smtp: {host: mail.example.cn, from: a@example.cn}\nunits: {land: {mail: b@example.cn}}\n"
    )
    channels = parse_channels(text.encode(), Path("d.yaml"))
    server = Server("mail.example.cn", 587, "a@example.cn", "starttls", timeout=60)
    assert channels == Channels({"land": Mail("b@example.cn", server)}, {}, Backoff())


def test_all_faults_are_told_at_once() -> None:
    """Each fault has its place and its mend."""
    text = """\
smtp:
  host: https://mail.example.cn
  port: 70000
  security: ssl
  user: a
  form: a@example.cn
  timeout: 5
units:
  land: {mail: "张三 <a@b>"}
  "bad code": {folder: x, mail: a@b}
  plan: {}
  reform: {webhook: "http://oa.example.cn/"}
  x: {fodler: /a}
  y: {folder: /a, secret_env: FOO}
  z: a@b
parties:
  甲公司: {mail: [a@b]}
  甲公司: {folder: x}
backoff: {first: 60, most: 1s, attempts: 0}
outbox: 1
"""
    assert faults(text) == [
        (
            "2:9 smtp 的 host “https://mail.example.cn” 不是主机名｜"
            "只写主机名或地址，例如 mail.example.gov.cn，端口写在 port:"
        ),
        "3:9 smtp 的 port “70000” 应为 1 至 65535 的整数｜用半角数字，不带单位",
        "4:13 smtp 的 security 不能是 “ssl”｜是否为 “tls”？可写：starttls、tls、none",
        "5:9 smtp 有 user 而缺少 password_env｜两项一起写或都不写",
        (
            "6:3 smtp 有不认识的键 “form”｜"
            "是否为 “from”？可用的键：host、port、security、user、password_env、from、timeout、ca"
        ),
        (
            "7:12 smtp 的 timeout “5” 应为时长，最长 10 分｜数字后写单位 s（秒）、m（分）、h（时）、"  # noqa: E501
            "d（天），例如 60s"
        ),
        (
            "9:16 单位 land 的 mail “张三 <a@b>” 不是邮箱地址｜只写一个地址，例如 "
            "office@example.gov.cn，"
            "不带姓名和尖括号"
        ),
        "10:3 单位代码“bad code”不合规｜写单位代码：字母、数字、点、横线，最多 40 个",
        "10:3 单位 bad code 写了不止一种送达方式：mail、folder｜只留一种",
        "11:3 单位 plan 没有写送达方式｜写一种：mail、folder、webhook",
        "12:3 单位 reform 缺少 secret_env｜补上 secret_env: 存放密钥的环境变量名",
        (
            "12:21 单位 reform 的 webhook：网址应以 https:// 开头｜只有本机（127.0.0.1、localhost）"
            "可用 http://"
        ),
        (
            "13:7 单位 x 有不认识的键 “fodler”｜是否为 “folder”？可用的键：mail、folder、webhook、"
            "secret_env、timeout、ca"
        ),
        "14:19 单位 y 的 secret_env 只用于 webhook｜删去这一键",
        "15:6 单位 z 应为映射（键: 值）｜写成 {键: 值, …}，或另起一行、缩进两格写各键",
        "17:15 当事人 甲公司 的 mail 应为一段文字｜去掉方括号、花括号或下一层的各键，只写文字",
        "18:3 键 “甲公司” 重复，第 17 行已有｜两处合为一处，或改名",
        (
            "19:18 backoff 的 first “60” 应为时长，最长 1 天｜数字后写单位 s（秒）、m（分）、h（时）"  # noqa: E501
            "、d（天），例如 60s"
        ),
        "19:28 backoff 的 most 小于 first｜most 是最长的间隔",
        "19:42 backoff 的 attempts “0” 应为 1 至 1000 的整数｜用半角数字，不带单位",
        "20:1 文件有不认识的键 “outbox”｜可用的键：smtp、units、parties、backoff",
    ]


def test_secrets_do_not_stand_in_the_file_nor_in_its_faults() -> None:
    """A password, a secret instead of a variable's name, and an account in an address are refused
    and not shown.
    """
    text = """\
smtp: {host: h, from: a@b, password: hunter2, prot: 1}
units:
  a: {webhook: https://u:hunter2@oa.example.cn/, secret_env: X}
  b: {webhook: https://oa.example.cn/, secret_env: hunter2}
  c: {webhook: https://oa.example.cn/, secret: hunter2, secret_env: X}
"""
    with pytest.raises(WorkflowError) as caught:
        parse_channels(text.encode(), Path("d.yaml"))
    told = str(caught.value)
    assert "hunter2" not in told
    assert told.count("密码、密钥不能写在文件里") == 2
    assert "d.yaml:4:52: 错误：单位 b 的 secret_env 应为环境变量的名字" in told
    assert "    1 | smtp: {host: h, from: a@b, password…" in told


def test_mail_needs_a_server_and_a_login_encryption() -> None:
    """Mail without smtp is told once; a password over an open line is refused, but to this machine
    allowed.
    """
    assert faults("units:\n  a: {mail: a@b}\n  c: {mail: a@b}\n") == [
        "2:7 有以邮件送达的，而没有可用的 smtp｜在顶层写 smtp: {host: …, from: …}"
    ]
    smtp = "smtp: {host: %s, from: a@b, security: none, user: u, password_env: P}\n"
    assert faults(smtp % "mail.example.cn") == [
        "1:52 未加密的连接上不能发送密码｜写 security: starttls 或 tls；不加密的服务器不能带账号"
    ]
    assert parse_channels((smtp % "127.0.0.1").encode(), Path("d.yaml")) == Channels()
    assert faults("smtp: {host: h}\n") == ["1:1 smtp 缺少 from｜补上 from: 发件的邮箱地址"]


def test_file_that_is_none(tmp_path: Path) -> None:
    """A missing file, a folder, an empty file and a list are told, never a traceback."""
    with pytest.raises(InvalidError, match="没有送达设置"):
        read_channels(tmp_path / "delivery.yaml")
    with pytest.raises(InvalidError, match="是目录，不是文件"):
        read_channels(tmp_path)
    assert faults("") == ["1:1 文件是空的｜顶层写 smtp:、units: 等各键"]
    assert faults("- a\n") == ["1:1 文件的顶层应为映射（键: 值）｜顶层写 smtp:、units: 等各键"]
    assert len(faults(b"\xff")) == 1


@given(st.text(alphabet="smtpunihosfrwebk:{}[]'\"\n -_@./019& *!#|", max_size=200))
def test_any_text_is_read_or_told(text: str) -> None:
    """No text makes the reader fail in another way than by its faults."""
    found: Channels | None = None
    told: tuple[object, ...] = ()
    try:
        found = parse_channels(text.encode(), Path("d.yaml"))
    except WorkflowError as error:
        told = error.problems
    assert (found is None) == bool(told)


def test_pauses_double_up_to_the_longest() -> None:
    """A minute, two, four … six hours; then the sending is dead."""
    backoff = Backoff()
    pauses = []
    for attempts in range(1, backoff.attempts):
        after = next_attempt(attempts, sending="0-a.1", backoff=backoff, now=NOW)
        assert after is not None
        pauses.append((after - NOW).total_seconds())
    for attempts, pause in enumerate(pauses, 1):
        full = min(60 * 2 ** (attempts - 1), 6 * 3600)
        assert 0.75 * full <= pause <= full
    assert 2 * 86400 < sum(pauses) < 3.5 * 86400
    assert next_attempt(backoff.attempts, sending="0-a.1", backoff=backoff, now=NOW) is None


_PAUSES = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=7))


@given(st.integers(0, 2000), st.text(max_size=40), _PAUSES, _PAUSES, st.none() | _PAUSES)
def test_next_attempt_is_bounded_and_always_the_same(
    attempts: int, sending: str, first: timedelta, most: timedelta, asked: timedelta | None
) -> None:
    """The next attempt lies ahead, within the longest pause or what was asked for, and follows from
    its arguments.
    """
    backoff = Backoff(first, most, 1000)
    after = next_attempt(attempts, sending=sending, backoff=backoff, now=NOW, retry_after=asked)
    if attempts >= 1000:
        assert after is None
        return
    assert after is not None
    wanted = min(asked or timedelta(), timedelta(days=1))
    assert (
        max(0.75 * min(first, most), wanted) - timedelta(seconds=1)
        <= after - NOW
        <= max(most, wanted)
    )
    assert after == next_attempt(
        attempts, sending=sending, backoff=backoff, now=NOW, retry_after=asked
    )


def test_sendings_that_failed_together_come_back_apart() -> None:
    """A hundred sendings that failed at one moment spread over a quarter of the pause."""
    backoff = Backoff(timedelta(hours=1), timedelta(hours=1), 9)
    after = {next_attempt(1, sending=f"0-a.{n}", backoff=backoff, now=NOW) for n in range(100)}
    times = sorted(time for time in after if time)
    assert len(times) == 100
    assert times[-1] - times[0] > timedelta(minutes=12)
