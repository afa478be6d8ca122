"""What officers can ask for: one file per act, with its fields, wire form, judge, fold and
sentence.
"""

from __future__ import annotations

from lifecycle.engine.acts.act import Act, Intent
from lifecycle.engine.acts.advance import Advance
from lifecycle.engine.acts.ask import AskOpinions
from lifecycle.engine.acts.attach import Attach
from lifecycle.engine.acts.cancel import CancelOpening
from lifecycle.engine.acts.clear import ClearFacts
from lifecycle.engine.acts.corrections.confirm import ConfirmCorrection
from lifecycle.engine.acts.corrections.correct import Correct
from lifecycle.engine.acts.corrections.decline import DeclineCorrection
from lifecycle.engine.acts.corrections.renew import RenewOpinion
from lifecycle.engine.acts.corrections.settle import SettleRenewal
from lifecycle.engine.acts.detach import Detach
from lifecycle.engine.acts.letters.answer_letter import AnswerLetter
from lifecycle.engine.acts.letters.draft_letter import DraftLetter
from lifecycle.engine.acts.letters.freeze_letter import FORMS, FreezeLetter
from lifecycle.engine.acts.letters.issue_letter import IssueLetter
from lifecycle.engine.acts.letters.receive_letter import ReceiveLetter
from lifecycle.engine.acts.letters.review_letter import ReviewLetter
from lifecycle.engine.acts.letters.send_letter import WAYS, SendLetter
from lifecycle.engine.acts.letters.take_back_receipt import TakeBackReceipt
from lifecycle.engine.acts.letters.take_back_sending import TakeBackSending
from lifecycle.engine.acts.letters.void_letter import VoidLetter
from lifecycle.engine.acts.migrate import Migrate
from lifecycle.engine.acts.open import Open
from lifecycle.engine.acts.resolve import ResolveObjection
from lifecycle.engine.acts.set_facts import SetFacts
from lifecycle.engine.acts.sign import Sign, Verdict
from lifecycle.engine.acts.take_back import TakeBack
from lifecycle.engine.acts.withdraw import WithdrawOpinion
from lifecycle.errors import InvalidError

__all__ = [
    "ACTS",
    "FORMS",
    "WAYS",
    "Act",
    "Advance",
    "AnswerLetter",
    "AskOpinions",
    "Attach",
    "CancelOpening",
    "ClearFacts",
    "ConfirmCorrection",
    "Correct",
    "DeclineCorrection",
    "Detach",
    "DraftLetter",
    "FreezeLetter",
    "Intent",
    "IssueLetter",
    "Migrate",
    "Open",
    "ReceiveLetter",
    "RenewOpinion",
    "ResolveObjection",
    "ReviewLetter",
    "SendLetter",
    "SetFacts",
    "SettleRenewal",
    "Sign",
    "TakeBack",
    "TakeBackReceipt",
    "TakeBackSending",
    "Verdict",
    "VoidLetter",
    "WithdrawOpinion",
    "read_act",
]

ACTS: dict[str, type[Act]] = {
    act.entry_type: act
    for act in (
        Open,
        CancelOpening,
        Migrate,
        SetFacts,
        Attach,
        ClearFacts,
        Detach,
        Correct,
        ConfirmCorrection,
        DeclineCorrection,
        AskOpinions,
        Sign,
        WithdrawOpinion,
        ResolveObjection,
        RenewOpinion,
        SettleRenewal,
        Advance,
        TakeBack,
        DraftLetter,
        ReviewLetter,
        IssueLetter,
        FreezeLetter,
        VoidLetter,
        SendLetter,
        TakeBackSending,
        ReceiveLetter,
        TakeBackReceipt,
        AnswerLetter,
    )
}
"""Every act by the type of the entries that record it."""


def read_act(intent: Intent) -> Act:
    """Give the act that an entry records; raises InvalidError where its type is unknown."""
    kind = ACTS.get(intent["type"])
    if kind is None:
        raise InvalidError(f"记录种类“{intent['type']}”不认识")
    return kind.from_dict(intent)
