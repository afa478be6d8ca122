"""Letter → the plain text it is edited in: a template's form, with recipients and issuer left to
fill in.
"""

from __future__ import annotations

from lifecycle.correspondence.scope import REPLY_DUE
from lifecycle.letter.model import Block, Letter, Paragraph, Table, layout_of


def to_source(letter: Letter) -> str:
    """Write a draft for editing: read back, it gives the same letter.

    Braces in its words are kept as words.
    """
    head = [f"文种：{letter.kind}"]
    if letter.layout != layout_of(letter.kind):
        head.append(f"版式：{letter.shape.word}")
    head += [
        f"标题：{_plain(letter.title)}",
        *(["主送：{{ to }}"] if letter.to else []),
        "抄送：{{ cc }}",
    ]
    if letter.attachments:
        head.append(f"附件：{'；'.join(map(_plain, letter.attachments))}")
    head.append("发文单位：{{ issuer }}")
    if letter.contact:
        head.append(f"联系人：{_plain(letter.contact)}")
    if letter.urgency:
        head.append(f"紧急程度：{letter.urgency}")
    head += [f"{role}：{'、'.join(map(_plain, names))}" for role, names in letter.attendance]
    body = [line for block in letter.body for line in _lines(block)]
    for annex in letter.annexes:
        body += [
            f"=== {_plain(annex.title)}",
            *(line for block in annex.body for line in _lines(block)),
        ]
    return "\n".join([*head, "---", *body, ""])


def _lines(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [_plain(block.text)]
    if isinstance(block, Table):
        return [f"| {' | '.join(map(_plain, row))} |" for row in (block.head, *block.rows)]
    return [f"【签章】{'、'.join(map(_plain, block.places))}"]


def _plain(text: str) -> str:
    """Keep what a template would take for its own language as words.

    The day for an answer is filled in again.
    """
    safe = text.replace("{", "｛").replace("}", "｝")
    return safe.replace(REPLY_DUE, "{{ reply_due_text }}")
