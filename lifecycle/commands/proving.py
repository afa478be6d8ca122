"""Is this paper ours, and does it hold? `notice verify|export`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.commands.chinese import argument, command, option
from lifecycle.commands.desk import Desk, at_desk
from lifecycle.commands.letters import CASE_HELP, NAME_HELP
from lifecycle.commands.output import mark, say
from lifecycle.errors import InvalidError, UnavailableError

if TYPE_CHECKING:
    from lifecycle.notice.proof import Proof

_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Za-z-])")
MOST_BYTES = 100 << 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be verified: a code, and where a file was given its SHA-256."""

    code: str | None
    sha256: str | None
    what: str


@command(
    "verify",
    help="核验：一份公文文件（逐字节），或纸上的验证码、文号，是不是台账里签发的那一件，谁签发的，现在是否有效。"
    "是原件且有效退出码 0，否则 1。没有台账的单位用发文单位给的核验包：--bundle。",
    examples=[
        "lifecycle notice verify 公文/LS-F-2026-003-9-siting-consultation.pdf",
        "lifecycle notice verify 3GWP-KFSE-4F15",
        "lifecycle notice verify 来函.pdf --bundle 核验包.json",
    ],
)
@argument("given", metavar="FILE|CODE", help="公文文件、验证码（不分大小写，可不写横线）或文号")
@option("--bundle", metavar="FILE", help="凭核验包核验，不需要数据库")
@at_desk
def notice_verify(desk: Desk, given: str, bundle: str | None) -> int:
    """Verify a paper by the ledger or by a bundle."""
    asked = _asked(desk, given, bundle)
    proof = _proof(desk, asked, bundle)
    form = proof.forms.get(asked.sha256) if proof and asked.sha256 else None
    genuine = proof is not None and (asked.sha256 is None or form is not None)
    ok = genuine and proof is not None and proof.in_force
    document = {"ok": ok, "genuine": genuine, "form": form, **_document(proof), "source": bundle or "ledger"}
    desk.answer(document, lambda: _tell(asked, proof, form, bundle))
    return int(not ok)


def _asked(desk: Desk, given: str, bundle: str | None) -> _Asked:
    """Take what was given for a file if there is one of that name, else for a code or a number."""
    from hashlib import sha256

    from lifecycle.engine.notice import read_code
    from lifecycle.ledger.post import by_form, by_number
    from lifecycle.ledger.row import read_case

    path = Path(given)
    if path.is_file():
        body = _bytes_of(path)
        digest = sha256(body).hexdigest()
        code = None
        if bundle is None and (found := by_form(desk.office.store, digest)):
            code = desk.office.chancery.case(found[0]).notices[found[1]].code
        return _Asked(code or _code_in(path, body), digest, path.name)
    code = read_code(given)
    if code is None and bundle is None and (at := by_number(desk.office.store, given)):
        row = desk.office.store.case(at[0])
        code = read_case(row[1]).notices[at[1]].code if row else None
    if code is None:
        mend = "验证码在公文末页，12 位，如 3GWP-KFSE-4F15；核验文件请写文件名"
        raise InvalidError(f"“{given}”不是文件、验证码或文号，或输错了字符", mend)
    return _Asked(code, None, given)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            body = handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnavailableError(f"文件 {path} 读不了：{error.strerror}", "请检查权限") from error
    if len(body) > MOST_BYTES:
        raise InvalidError(f"文件 {path} 超过 {MOST_BYTES >> 20} MB，不是公文", "请核对是否选错了文件")
    return body


def _code_in(path: Path, body: bytes) -> str | None:
    """Find a verification code in what a file says, so that an altered copy is told from a letter never issued."""
    from lifecycle.engine.notice import read_code
    from lifecycle.paper.extract import text_of

    for found in _CODE.finditer(text_of(body, path.suffix.lower())):
        code = read_code(found.group())
        if code is not None:
            return code
    return None


def _proof(desk: Desk, asked: _Asked, bundle: str | None) -> Proof | None:
    from lifecycle.ledger.post import by_code
    from lifecycle.notice.proof import prove, read_bundle

    if bundle is not None:
        heading, entries = read_bundle(_bytes_of(Path(bundle)))
        return prove(entries, asked.code or heading["code"])
    found = by_code(desk.office.store, asked.code) if asked.code else None
    if asked.code is None or found is None:
        return None
    rows = (raw for _idx, _seq, _digest, raw in desk.office.store.entries(found[0]))
    return prove(rows, asked.code)


def _document(proof: Proof | None) -> dict[str, Any]:
    if proof is None:
        return {"letter": None}
    return {
        "letter": {
            "document_number": proof.number, "title": proof.title, "kind": proof.kind, "issuer": proof.issuer,
            "signer": proof.signer, "issued_on": proof.issued_on, "to": list(proof.to), "code": proof.code,
            "entry": proof.entry, "in_force": proof.in_force, "ended": proof.ended or None,
            "replaced_by": proof.replaced_by or None,
        }
    }  # fmt: skip


def _tell(asked: _Asked, proof: Proof | None, form: str | None, bundle: str | None) -> None:
    where = f"核验包 {bundle}" if bundle else "台账"
    if proof is None:
        code = f"（验证码 {asked.code}）" if asked.code else "，文件里也没有验证码"
        say(mark(False), f" 不是：{where}里没有这件公文{code}")
        return
    if asked.sha256 and form is None:
        say(mark(False), f" 不是原件：{asked.what} 与签发时固定的版式文件逐字节比较不一致，可能被改动或转存过")
        say("  验证码所指的公文是：")
    else:
        say(mark(True), f" {'是原件：' if form else '签发过：'}{asked.what}")
    say(f"  {proof.number}　{proof.title}")
    say(f"  {proof.issuer}　{proof.issued_on} 签发（{proof.signer}）　主送 {'、'.join(proof.to) or '—'}")
    if proof.in_force:
        say(f"  {mark(True)} 有效" + ("（以核验包导出时为准）" if bundle else ""))
    else:
        say(f"  {mark(False)} 已不再有效：{proof.ended}")
    say(f"  验证码 {proof.code}　记录 {proof.entry}")
    if bundle:
        say("  核验包只证明记录前后相接、与公文相符；是否出自发文单位的台账，请与其公布的检查点核对")


@command(
    "export",
    help="导出核验包：这件公文所在事项的全部记录原文，外单位可以离线核验：notice verify 来函.pdf --bundle 核验包。"
    "包里有该事项的全部办理记录，发出前请确认可以提供给对方。",
    examples=["lifecycle notice export LS-F-2026-003 丽招商函〔2026〕7号 核验包.json"],
)
@argument("case", metavar="CASE", help=CASE_HELP)
@argument("name", metavar="NAME", help=NAME_HELP)
@argument("target", metavar="FILE", help="存到哪个文件，已有的不覆盖")
@at_desk
def notice_export(desk: Desk, case: str, name: str, target: str) -> None:
    """Write a bundle for somebody without the ledger."""
    from lifecycle.notice.proof import write_bundle

    office = desk.office
    found = office.case(case)
    meant = office.chancery.find(found, name)
    if not meant.entry:
        raise InvalidError(f"{meant.name} 尚未签发，没有可核验的", "先核稿、签发")
    auditor = office.auditor()
    for _finding in auditor.run():
        raise InvalidError("台账有问题，不能导出核验包", "请先运行 lifecycle audit")
    body = write_bundle(
        (raw for _idx, _seq, _digest, raw in office.store.entries(found.id)),
        log=office.store.meta("log"), number=found.number, notice=meant.name, code=meant.code,
        checkpoint=str(auditor.checkpoint),
    )  # fmt: skip
    path = Path(target)
    try:
        with path.open("xb") as handle:
            handle.write(body)
    except FileExistsError:
        raise InvalidError(f"{path} 已存在，不会覆盖", "请换一个文件名") from None
    except OSError as error:
        raise UnavailableError(f"核验包 {path} 存不了：{error.strerror}", "请检查权限与磁盘空间") from error
    document = {"ok": True, "file": str(path), "checkpoint": str(auditor.checkpoint), "code": meant.code}
    desk.answer(document, lambda: say(f"已导出 {path}　检查点 {auditor.checkpoint}"))
