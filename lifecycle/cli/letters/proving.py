"""Is this paper ours, and does it hold? `notice verify|export`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.letters.letters import CASE_HELP, NAME_HELP
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import mark, say
from lifecycle.errors import InvalidError, UnavailableError
from lifecycle.outfile import check_target, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle.correspondence.proof import Proof

MOST_BYTES = 100 << 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be verified: the codes that it may be, and where a file was given its SHA-256."""

    codes: tuple[str, ...]
    sha256: str | None
    what: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What came of it: the letter, which form of it a file is, and whether that could be told
    (`genuine` None: no).
    """

    proof: Proof | None
    form: str | None
    genuine: bool | None


@command(
    "verify",
    help="核验：一份公文文件（逐字节），或纸上的验证码、文号，是不是台账里签发的那一件，谁签发的，"
    "现在是否有效。"
    "是原件且有效退出码 0，否则 1。没有台账的单位用发文单位给的核验包：--bundle。",
    examples=[
        "lifecycle notice verify 公文/LS-F-2026-003-9-siting-consultation.pdf",
        "lifecycle notice verify 3GWP-KFSE-4F15",
        "lifecycle notice verify 来函.pdf --bundle 核验包.json",
    ],
)
@argument("given", metavar="FILE|CODE", help="公文文件、验证码（不分大小写，可不写横线）或文号")
@option("--bundle", metavar="文件", help="凭核验包核验，不需要数据库")
@at_desk
def notice_verify(desk: Desk, given: str, bundle: str | None) -> int:
    """Verify a paper by the ledger or by a bundle."""
    from lifecycle.cli.failure import FAILED

    asked = _asked(desk, given, bundle)
    verdict = _judged(desk, asked, bundle)
    proof = verdict.proof
    ok = bool(verdict.genuine and proof and proof.in_force)
    document = {"ok": ok, "genuine": verdict.genuine, "form": verdict.form, **_document(proof)}
    desk.answer({**document, "source": bundle or "ledger"}, lambda: _tell(asked, verdict, bundle))
    return FAILED if verdict.genuine is None else int(not ok)


def _asked(desk: Desk, given: str, bundle: str | None) -> _Asked:
    """Take what was given for a file if there is one of that name, else for a code or a number."""
    from hashlib import sha256

    from lifecycle.ledger.letter_rows import by_form, by_number
    from lifecycle.letter.check.extract import codes_in
    from lifecycle.letter.code import read_code

    path = Path(given)
    if path.is_file():
        body = _bytes_of(path)
        digest = sha256(body).hexdigest()
        found = by_form(desk.office.store, digest) if bundle is None else None
        known = [_code_of(desk, *found[:2])] if found else []
        return _Asked((*known, *codes_in(body, path.suffix.lower())), digest, path.name)
    code = read_code(given)
    at = by_number(desk.office.store, given) if code is None and bundle is None else None
    if at is not None:
        code = _code_of(desk, *at)
    if code is None:
        mend = "验证码在公文末页，12 位，如 3GWP-KFSE-4F15；核验文件请写文件名"
        raise InvalidError(f"“{given}”不是文件、验证码或文号，或输错了字符", mend)
    return _Asked((code,), None, given)


def _code_of(desk: Desk, case_id: str, name: str) -> str:
    return desk.office.chancery.case(case_id).notices[name].code


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            body = handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnavailableError(f"文件 {path} 读不了：{error.strerror}", "请检查权限") from error
    if len(body) > MOST_BYTES:
        raise InvalidError(
            f"文件 {path} 超过 {MOST_BYTES >> 20} MB，不是公文", "请核对是否选错了文件"
        )
    return body


def _judged(desk: Desk, asked: _Asked, bundle: str | None) -> _Verdict:
    """Follow the entries: the first code that a letter has tells which, unless another's form is
    the very file.
    """
    proofs = list(_from_bundle(asked, bundle) if bundle is not None else _from_ledger(desk, asked))
    if not proofs:
        return _Verdict(None, None, genuine=False)
    if asked.sha256 is None:
        return _Verdict(proofs[0], None, genuine=True)
    proof = next((p for p in proofs if asked.sha256 in p.forms), proofs[0])
    form = proof.forms.get(asked.sha256)
    if form is None or bundle is None:
        return _Verdict(proof, form, genuine=form is not None)
    from lifecycle.correspondence.press import reprint_faults
    from lifecycle.correspondence.proof import printed

    # What a bundle says of a form is worth no more than its maker: the letter that the entry holds
    # is printed again.
    forms = {form: digest for digest, form in proof.forms.items()}
    wrong = reprint_faults(printed(proof), forms, proof.made_with)
    return _Verdict(proof, form, genuine=None if wrong is None else form not in wrong)


def _from_ledger(desk: Desk, asked: _Asked) -> Iterator[Proof]:
    from lifecycle.correspondence.proof import prove
    from lifecycle.ledger.letter_rows import by_code

    for code in asked.codes:
        found = by_code(desk.office.store, code)
        rows = (
            (raw for _idx, _seq, _digest, raw in desk.office.store.entries(found[0]))
            if found
            else ()
        )
        proof = prove(rows, code)
        if proof is not None:
            yield proof


def _from_bundle(asked: _Asked, bundle: str) -> Iterator[Proof]:
    from lifecycle.correspondence.proof import code_of_file, prove, read_bundle

    heading, entries = read_bundle(_bytes_of(Path(bundle)))
    own = code_of_file(entries, asked.sha256) if asked.sha256 else None
    for code in dict.fromkeys(
        (*([own] if own else []), *asked.codes, *([] if asked.codes else [heading["code"]]))
    ):
        proof = prove(entries, code)
        if proof is None:
            continue
        if (heading["log"], heading["case"]) != (proof.intent["log"], proof.case_number):
            raise InvalidError(
                "核验包的抬头与其中的记录不符", "请向发文单位重新索取：lifecycle notice export"
            )
        yield proof


def _document(proof: Proof | None) -> dict[str, Any]:
    if proof is None:
        return {"letter": None}
    return {
        "letter": {
            "document_number": proof.number,
            "title": proof.title,
            "kind": proof.kind,
            "issuer": proof.issuer,
            "signer": proof.signer,
            "issued_on": proof.issued_on,
            "to": list(proof.to),
            "code": proof.code,
            "entry": proof.entry,
            "in_force": proof.in_force,
            "ended": proof.ended or None,
            "replaced_by": proof.replaced_by or None,
        }
    }


def _tell(asked: _Asked, verdict: _Verdict, bundle: str | None) -> None:
    proof, form = verdict.proof, verdict.form
    where = f"核验包 {bundle}" if bundle else "台账"
    if proof is None:
        code = f"（验证码 {'、'.join(asked.codes)}）" if asked.codes else "，文件里也没有验证码"
        say(mark(False), f" 不是：{where}里没有这件公文{code}")
        return
    if verdict.genuine is None:
        say(
            mark(None),
            f" 未能证实：{asked.what} 与核验包里写的版式文件一致，但本机的程序版本或字体不同，"
            f"不能重排核对",
        )
    elif not verdict.genuine:
        say(
            mark(False),
            f" 不是原件：{asked.what} 与签发时固定的版式文件逐字节比较不一致，可能被改动或转存过",
        )
        say("  验证码所指的公文是：")
    else:
        say(mark(True), f" {'是原件：' if form else '签发过：'}{asked.what}")
    say(f"  {proof.number}　{proof.title}")
    say(
        f"  {proof.issuer}　{proof.issued_on} 签发（{proof.signer}）　主送 "
        f"{'、'.join(proof.to) or '—'}"
    )
    if proof.in_force:
        say(f"  {mark(True)} 有效" + ("（以核验包导出时为准）" if bundle else ""))
    else:
        say(f"  {mark(False)} 已不再有效：{proof.ended}")
    say(f"  验证码 {proof.code}　记录 {proof.entry}")
    if bundle:
        say(
            "  核验包只证明记录前后相接、与公文相符；是否出自发文单位的台账，请与其公布的检查点核对"
        )


@command(
    "export",
    help="导出核验包：这件公文所在事项的全部记录原文，外单位可以离线核验：notice verify 来函.pdf "
    "--bundle 核验包。"
    "包里有该事项的全部办理记录，发出前请确认可以提供给对方。",
    examples=["lifecycle notice export LS-F-2026-003 丽招商函〔2026〕7号 核验包.json"],
)
@argument("case", metavar="CASE", help=CASE_HELP)
@argument("name", metavar="NAME", help=NAME_HELP)
@argument("target", metavar="FILE", help="存到哪个文件，已有的不覆盖")
@at_desk
def notice_export(desk: Desk, case: str, name: str, target: str) -> None:
    """Write a bundle for somebody without the ledger."""
    from lifecycle.correspondence.proof import write_bundle
    from lifecycle.office.audit import Audit

    path = Path(target)
    check_target(path, "核验包", once=True)
    office = desk.office
    found = office.case(case)
    meant = office.chancery.find(found, name)
    if not meant.entry:
        raise InvalidError(f"{meant.name} 尚未签发，没有可核验的", "先核稿、签发")
    audit = Audit(office)
    for _finding in audit.findings():
        raise InvalidError("台账有问题，不能导出核验包", "请先运行 lifecycle audit")
    audited = audit.result()
    body = write_bundle(
        (raw for _idx, _seq, _digest, raw in office.store.entries(found.id)),
        log=office.store.meta("log"),
        number=found.number,
        notice=meant.name,
        code=meant.code,
        checkpoint=str(audited.checkpoint),
    )
    write_file(path, body, "核验包", once=True)
    document = {
        "ok": True,
        "file": str(path),
        "checkpoint": str(audited.checkpoint),
        "code": meant.code,
    }
    desk.answer(document, lambda: say(f"已导出 {path}　检查点 {audited.checkpoint}"))
