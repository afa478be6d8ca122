"""What a command asked for and which rule it was judged by, in the words of a refusal."""

from __future__ import annotations

from lifecycle.engine.case import Case
from lifecycle.engine.command import Advance, Attach, Command, Open, Record, Resolve, Sign, Withdraw
from lifecycle.engine.noticing import NoticeCommand
from lifecycle.workflow.model import PREVIOUS, Transition, Workflow

_LETTER_VERBS = {
    "DraftNotice": "拟稿", "CheckNotice": "核稿", "IssueNotice": "签发", "FreezeNotice": "固定版式",
    "VoidNotice": "作废", "DispatchNotice": "登记送达", "ReceiveNotice": "签收", "ReplyNotice": "复函",
}  # fmt: skip


def asked_for(workflow: Workflow, case: Case | None, command: Command, transition: Transition | None) -> str:
    """Say what was asked for: the case, and where it was to go or what was to be done to it."""
    if isinstance(command, Open) or case is None:
        return f"{workflow.title}　立项"
    what = f"{case.number} {case.title}"
    if isinstance(command, Advance) and transition is not None and transition.to is not None:
        back = case.suspension.state if case.suspension else case.state
        target = workflow.states[back if transition.to == PREVIOUS else transition.to]
        return f"{what}　{workflow.states[case.state].title} → {target.title}"
    if isinstance(command, (Record, Attach)):
        names = command.facts if isinstance(command, Record) else [command.material]
        titles = {fact.name: fact.title for fact in workflow.facts.values()}
        titles |= {material.name: material.title for material in workflow.materials.values()}
        verb = "填报" if isinstance(command, Record) else "上传"
        return f"{what}　{verb} {'、'.join(titles.get(name, name) for name in names)}"
    if isinstance(command, NoticeCommand):
        name = getattr(command, "notice", "") or getattr(command, "template", "")
        return f"{what}　{_LETTER_VERBS[type(command).__name__]} {name}"
    verb = {Sign: "会签 ", Withdraw: "撤回对下列流转的意见：", Resolve: "处理不同意见："}.get(type(command), "")
    return f"{what}　{verb}{workflow.titles.get(command.transition, command.transition)}"


def basis_of(workflow: Workflow, transition: Transition | None, command: Command) -> str:
    """Name the place in the workflow that a refusal goes by, and its ground; letters go by the issuing rules."""
    if isinstance(command, NoticeCommand):
        return "notices/issuing.yaml　党政机关公文处理工作条例（拟稿、核稿、签发各有其人）"
    line = transition.location.line if transition else 0
    place = f"workflows/{workflow.name}.yaml:{line}" if line else f"workflows/{workflow.name}.yaml"
    return f"{place}　{(transition.basis if transition else '') or workflow.basis}"
