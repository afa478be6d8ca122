"""`delivery.yaml` → who is reached how, read with all its faults at once:

smtp:
  host: mail.example.gov.cn
  port: 587
  security: starttls            # or tls (implicit, port 465); none only where nobody can listen in
  user: lifecycle
  password_env: LIFECYCLE_MAIL_PASSWORD
  from: zhaoshang@example.gov.cn
units:
  land: {mail: land@example.gov.cn}
  planning: {folder: /exchange/planning}
  reform: {webhook: https://oa.example.gov.cn/letters, secret_env: LIFECYCLE_REFORM_SECRET}
parties:
  某市某某旅游开发有限公司: {mail: office@example.com}
backoff: {first: 60s, most: 6h, attempts: 20}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from lifecycle.delivery.backoff import Backoff
from lifecycle.delivery.channels import Channel, Channels
from lifecycle.delivery.folder import Folder
from lifecycle.delivery.mail import Mail, Security, Server, is_address
from lifecycle.delivery.trust import is_loopback
from lifecycle.delivery.webhook import Webhook, url_fault
from lifecycle.errors import Location, Problem, WorkflowError
from lifecycle.infile import read_file
from lifecycle.people.codes import is_code
from lifecycle.workflow.yaml.fields import Fields, Reading
from lifecycle.workflow.yaml.tree import Mapping, Node, Scalar, read_tree

_TOP = ("smtp", "units", "parties", "backoff")
_SMTP = ("host", "port", "security", "user", "password_env", "from", "timeout", "ca")
_WAYS = ("mail", "folder", "webhook")
_CHANNEL = (*_WAYS, "secret_env", "timeout", "ca")
_BACKOFF = ("first", "most", "attempts")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECRETS = {"password": "password_env", "secret": "secret_env"}
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}")
_DURATION = re.compile(r"([1-9][0-9]{0,5})(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_channels(path: Path) -> Channels:
    """Read delivery.yaml; raises WorkflowError with every fault, InvalidError where there is no
    file to read.

    Relative paths count from the file's folder.
    """
    data = read_file(path, "送达设置", missing="请按手册写一个 delivery.yaml")
    return parse_channels(data, path)


def parse_channels(data: bytes, path: Path) -> Channels:
    """Read the text of a delivery.yaml that lies at `path`.

    Raises WorkflowError with every fault.
    """
    tree = read_tree(data, str(path))
    reading = Reading(str(path), tuple(map(_about_delivery, tree.problems)))
    reader = _Reader(reading, path.parent)
    channels = Channels()
    if tree.root is not None:
        top = Fields(reading, tree.root, "文件", Location(str(path)), known=_TOP)
        channels = reader.channels(top)
    if reading.problems:
        found = sorted(
            map(_hinted, reading.problems), key=lambda p: (p.location.line, p.location.column)
        )
        raise WorkflowError(found, _masked(tree.text, found))
    return channels


class _Reader:
    """Reads the sections in turn and notes faults in `reading`."""

    def __init__(self, reading: Reading, folder: Path) -> None:
        self.reading = reading
        self.folder = folder
        self.server: Server | None = None

    def channels(self, top: Fields) -> Channels:
        smtp = top.inner(
            "smtp",
            "smtp ",
            known=_SMTP,
            required=("host", "from"),
            hints={"from": "from: 发件的邮箱地址"},
        )
        self.server = self._server(smtp) if smtp else None
        units = dict(self._section(top, "units", "单位"))
        parties = dict(self._section(top, "parties", "当事人"))
        return Channels(units, parties, self._backoff(top))

    def _server(self, smtp: Fields) -> Server:
        security = cast(
            Security,
            smtp.choice("security", tuple(_PORTS), "starttls", {"ssl": "tls", "no": "none"}),
        )
        host = self._host(smtp)
        sender = self._address(smtp, "from")
        user = smtp.line("user")
        password = self._variable(smtp, "password_env")
        if smtp.has("user") != smtp.has("password_env"):
            present, absent = (
                ("user", "password_env") if smtp.has("user") else ("password_env", "user")
            )
            smtp.fault(
                "missing-key",
                smtp.place(present),
                f"smtp 有 {present} 而缺少 {absent}",
                "两项一起写或都不写",
            )
        if security == "none" and user and not is_loopback(host):
            mend = "写 security: starttls 或 tls；不加密的服务器不能带账号"
            smtp.fault("unsafe", smtp.place("security"), "未加密的连接上不能发送密码", mend)
        port = smtp.integer("port", _PORTS[security], most=65535)
        timeout = self._timeout(smtp, 60)
        return Server(host, port, sender, security, user, password, timeout, self._path(smtp, "ca"))

    def _section(self, top: Fields, key: str, what: str) -> Iterator[tuple[str, Channel]]:
        section = top.inner(key, f"{key} ", known=())
        for name, (scalar, node) in section.pairs.items() if section else ():
            if key == "units" and not is_code(name):
                mend = "写单位代码：字母、数字、点、横线，最多 40 个"
                self.reading.fault("wrong-code", scalar, f"单位代码“{name}”不合规", mend)
            elif key == "parties":
                top.check_line(scalar, "当事人名称")
            channel = self._channel(f"{what} {name} ", scalar, node)
            if channel is not None:
                yield name, channel

    def _channel(self, owner: str, key: Scalar, node: Node) -> Channel | None:
        fields = Fields(self.reading, node, owner, self.reading.at(key), known=_CHANNEL)
        ways = [way for way in _WAYS if fields.has(way)]
        if len(ways) != 1:
            # A misspelt way has been reported, with the way that was meant.
            if (
                isinstance(node, Mapping)
                and not ways
                and all(name in _CHANNEL for name in fields.pairs)
            ):
                fields.fault(
                    "missing-key", key, f"{owner}没有写送达方式", f"写一种：{'、'.join(_WAYS)}"
                )
            elif ways:
                fields.fault(
                    "repeated", key, f"{owner}写了不止一种送达方式：{'、'.join(ways)}", "只留一种"
                )
            return None
        self._strays(fields, ways[0])
        if ways[0] == "mail":
            return self._mail(fields)
        if ways[0] == "folder":
            path = self._path(fields, "folder")
            return Folder(path) if path else None
        return self._webhook(fields)

    def _strays(self, fields: Fields, way: str) -> None:
        """Note keys that mean nothing with this way: whoever wrote them thinks they do."""
        for name in _CHANNEL[len(_WAYS) :]:
            if way != "webhook" and name in fields.pairs:
                message = f"{fields.owner}的 {name} 只用于 webhook"
                fields.fault("unknown-key", fields.pairs[name][0], message, "删去这一键")

    def _mail(self, fields: Fields) -> Mail | None:
        address = self._address(fields, "mail")
        if self.server is None:
            if not any(p.rule == "no-smtp" for p in self.reading.problems):
                mend = "在顶层写 smtp: {host: …, from: …}"
                fields.fault(
                    "no-smtp", fields.pairs["mail"][0], "有以邮件送达的，而没有可用的 smtp", mend
                )
            return None
        return Mail(address, self.server)

    def _webhook(self, fields: Fields) -> Webhook:
        scalar = fields.scalar("webhook")
        url = scalar.value if scalar else ""
        fault = url_fault(url) if scalar else None
        if scalar and fault:
            fields.fault(
                "secret" if "@" in url else "wrong-url",
                scalar,
                f"{fields.owner}的 webhook：{fault[0]}",
                fault[1],
            )
        if not fields.has("secret_env"):
            mend = "补上 secret_env: 存放密钥的环境变量名"
            fields.fault("missing-key", fields.at, f"{fields.owner}缺少 secret_env", mend)
        secret = self._variable(fields, "secret_env")
        return Webhook(url, secret, self._timeout(fields, 30), self._path(fields, "ca"))

    def _backoff(self, top: Fields) -> Backoff:
        fields = top.inner("backoff", "backoff ", known=_BACKOFF)
        if fields is None:
            return Backoff()
        usual = Backoff()
        first = self._duration(fields, "first", usual.first, most=timedelta(days=1))
        most = self._duration(fields, "most", max(usual.most, first), most=timedelta(days=7))
        if most < first:
            fields.fault(
                "wrong-duration",
                fields.place("most"),
                "backoff 的 most 小于 first",
                "most 是最长的间隔",
            )
        return Backoff(first, most, fields.integer("attempts", usual.attempts, most=1000))

    def _timeout(self, fields: Fields, usual: int) -> float:
        return self._duration(
            fields, "timeout", timedelta(seconds=usual), most=timedelta(minutes=10)
        ).total_seconds()

    def _duration(
        self, fields: Fields, key: str, usual: timedelta, *, most: timedelta
    ) -> timedelta:
        scalar = fields.scalar(key)
        if scalar is None:
            return usual
        found = _DURATION.fullmatch(scalar.value)
        value = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
        if value is None or value > most:
            message = f"{fields.owner}的 {key} “{scalar.value}” 应为时长，最长 {_written(most)}"
            fields.fault(
                "wrong-duration",
                scalar,
                message,
                "数字后写单位 s（秒）、m（分）、h（时）、d（天），例如 60s",
            )
            return usual
        return value

    def _host(self, smtp: Fields) -> str:
        scalar = smtp.scalar("host")
        if scalar and not _HOST.fullmatch(scalar.value):
            mend = "只写主机名或地址，例如 mail.example.gov.cn，端口写在 port:"
            smtp.fault("wrong-host", scalar, f"smtp 的 host “{scalar.value}” 不是主机名", mend)
        return scalar.value if scalar else ""

    def _address(self, fields: Fields, key: str) -> str:
        scalar = fields.scalar(key)
        if scalar and not is_address(scalar.value):
            mend = "只写一个地址，例如 office@example.gov.cn，不带姓名和尖括号"
            fields.fault(
                "wrong-address",
                scalar,
                f"{fields.owner}的 {key} “{scalar.value}” 不是邮箱地址",
                mend,
            )
        return scalar.value if scalar else ""

    def _variable(self, fields: Fields, key: str) -> str:
        """Read a variable's name. What is none is not repeated: it may be the secret itself."""
        scalar = fields.scalar(key)
        if scalar and not _VARIABLE.fullmatch(scalar.value):
            mend = "写环境变量的名字：大写字母、数字、下划线；密码本身不写进文件"
            fields.fault("secret", scalar, f"{fields.owner}的 {key} 应为环境变量的名字", mend)
        return scalar.value if scalar else ""

    def _path(self, fields: Fields, key: str) -> Path | None:
        text = fields.line(key)
        return self.folder / text if text else None


def _written(duration: timedelta) -> str:
    return f"{duration.days} 天" if duration.days else f"{int(duration.total_seconds()) // 60} 分"


def _about_delivery(problem: Problem) -> Problem:
    """Say of a file that is wrong as a whole what this kind of file holds: the tree's reader speaks
    of workflows.
    """
    whole = problem.rule in ("yaml-empty", "yaml-root")
    return replace(problem, mend="顶层写 smtp:、units: 等各键") if whole else problem


def _hinted(problem: Problem) -> Problem:
    """Say why there is no key for a password."""
    for key, meant in _SECRETS.items():
        if problem.rule == "unknown-key" and problem.message.endswith(f"“{key}”"):
            mend = f"删去这一行，写 {meant}: 环境变量的名字，发送前在环境变量里设置"
            return replace(
                problem, rule="secret-key", message="密码、密钥不能写在文件里", mend=mend
            )
    return problem


def _masked(text: str, problems: list[Problem]) -> str:
    """Give the text to be shown with faults, without what may be a secret: terminals and logs keep
    what they show.
    """
    lines = text.splitlines()
    for problem in problems:
        start, length = problem.location.column - 1, problem.location.length
        end = {"secret-key": start + length, "secret": start}.get(problem.rule)
        index = problem.location.line - 1
        if end is not None and index < len(lines) and end < len(lines[index]):
            lines[index] = lines[index][:end] + "…"
    return "\n".join(lines)
