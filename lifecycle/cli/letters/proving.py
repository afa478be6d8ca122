"""Is this paper ours, and does it hold? `notice verify|export`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle.callers import file_named
from lifecycle.cli.desk import Desk, at_desk
from lifecycle.cli.files import INPUT
from lifecycle.cli.letters.letters import CASE_HELP, NAME_HELP
from lifecycle.cli.terminal.chinese import argument, command, option
from lifecycle.cli.terminal.output import mark, say
from lifecycle.outfile import check_target, write_file

if TYPE_CHECKING:
    from lifecycle.office.letters.proof import Verified


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
@argument(
    "given",
    type=INPUT,
    metavar="文件|验证码",
    help="公文文件、验证码（不分大小写，可不写横线）或文号",
)
@option("--bundle", type=INPUT, metavar="文件", help="凭核验包核验，不需要数据库")
@at_desk
def notice_verify(desk: Desk, given: str, bundle: str | None) -> int:
    """Verify a paper by the ledger or by a bundle."""
    from lifecycle.cli.terminal.failure import FAILED
    from lifecycle.office.letters.proof import verify, verify_by_bundle

    found = verify_by_bundle(given, bundle) if bundle else verify(desk.office, given)
    document = {"ok": found.ok, "genuine": found.genuine, "form": found.form, **_document(found)}
    desk.answer({**document, "source": bundle or "ledger"}, lambda: _tell(found, bundle))
    return FAILED if found.genuine is None else int(not found.ok)


def _document(found: Verified) -> dict[str, Any]:
    proof = found.proof
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


def _tell(found: Verified, bundle: str | None) -> None:
    proof, paper = found.proof, found.paper
    where = f"核验包 {bundle}" if bundle else "台账"
    if proof is None:
        code = f"（验证码 {'、'.join(paper.codes)}）" if paper.codes else "，文件里也没有验证码"
        say(mark(False), f" 不是：{where}里没有这件公文{code}")
        return
    if found.genuine is None:
        say(
            mark(None),
            f" 未能证实：{paper.name} 与核验包里写的版式文件一致，但本机的程序版本或字体不同，"
            f"不能重排核对",
        )
    elif not found.genuine:
        say(
            mark(False),
            f" 不是原件：{paper.name} 与签发时固定的版式文件逐字节比较不一致，可能被改动或转存过",
        )
        say("  验证码所指的公文是：")
    else:
        say(mark(True), f" {'是原件：' if found.form else '签发过：'}{paper.name}")
    say(f"  {proof.number}　{proof.title}")
    say(
        f"  {proof.issuer}　{proof.issued_on} 签发（{proof.signer}）　主送 "
        f"{'、'.join(proof.to) or '—'}"
    )
    if proof.in_force:
        say("  ", mark(True), " 有效" + ("（以核验包导出时为准）" if bundle else ""))
    else:
        say("  ", mark(False), f" 已不再有效：{proof.ended}")
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
    examples=["lifecycle notice export LS-F-2026-003 某招商函〔2026〕7号 核验包.json"],
    afresh=True,
)
@argument("case", metavar="事项", help=CASE_HELP)
@argument("name", metavar="公文", help=NAME_HELP)
@argument("target", metavar="文件", help="存到哪个文件，已有的不覆盖")
@at_desk
def notice_export(desk: Desk, case: str, name: str, target: str) -> None:
    """Write a bundle for somebody without the ledger."""
    from lifecycle.office.letters.proof import export

    path = file_named(target)
    check_target(path, "核验包", once=True)
    bundle = export(desk.office, case, name)
    write_file(path, bundle.body, "核验包", once=True)
    document = {
        "file": str(path),
        "checkpoint": bundle.checkpoint,
        "code": bundle.code,
    }
    desk.answer(document, lambda: say(f"已导出 {path}　检查点 {bundle.checkpoint}"))
