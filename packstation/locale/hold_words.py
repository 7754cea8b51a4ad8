"""Holds and the contacts about them in the reader's language."""

from __future__ import annotations

from packstation.domain.deadlines import Urgency
from packstation.domain.holds import AttemptResult, ContactMethod, HoldReason, HoldState, RefusalWhy
from packstation.locale import _


def hold_state_word(state: HoldState) -> str:
    """Where a hold stands."""
    return {
        HoldState.WAITING: _("waiting"),
        HoldState.ESCALATED: _("for the supervisor"),
        HoldState.RELEASED: _("released"),
        HoldState.CLOSED: _("closed"),
    }[state]


def hold_reason_word(reason: HoldReason) -> str:
    """Why a hold is where it stands."""
    return {
        HoldReason.RULE: _("by the policy"),
        HoldReason.BY_HAND: _("asked for by hand"),
        HoldReason.TRIES_USED: _("no tries left"),
        HoldReason.DECIDE_BY_NEAR: _("decide-by is near"),
        HoldReason.DECIDE_BY_PASSED: _("decide-by has passed"),
        HoldReason.WRONG_NUMBER: _("wrong number"),
        HoldReason.NOT_MY_ORDER: _("not my order"),
        HoldReason.REOPENED: _("opened again"),
        HoldReason.CONFIRMED: _("confirmed"),
        HoldReason.PREPAID: _("prepaid"),
        HoldReason.OVERRIDDEN: _("overridden by the supervisor"),
        HoldReason.DEFAULTED: _("released by the channel's default"),
        HoldReason.REJUDGED: _("no longer asked for"),
        HoldReason.WITHDRAWN: _("withdrawn"),
        HoldReason.REFUSED: _("the buyer refuses"),
        HoldReason.DUPLICATE_ORDER: _("duplicate order"),
        HoldReason.REJECTED: _("rejected by the supervisor"),
        HoldReason.ORDER_CANCELLED: _("the order was cancelled"),
        HoldReason.ORDER_SHIPPED: _("the order was shipped"),
    }[reason]


def urgency_word(urgency: Urgency) -> str:
    """How near a decide-by is."""
    return {
        Urgency.CALM: _("in good time"),
        Urgency.SOON: _("due soon"),
        Urgency.NEAR: _("urgent"),
        Urgency.PASSED: _("overdue"),
    }[urgency]


def method_word(method: ContactMethod) -> str:
    """How a buyer is contacted."""
    return {
        ContactMethod.CALL: _("call"),
        ContactMethod.CHAT: _("chat"),
        ContactMethod.ZALO: _("Zalo"),
        ContactMethod.SMS: _("SMS"),
        ContactMethod.EMAIL: _("email"),
    }[method]


def result_word(result: AttemptResult) -> str:
    """How a contact ended."""
    return {
        AttemptResult.CONFIRMED: _("confirmed"),
        AttemptResult.NO_ANSWER: _("no answer"),
        AttemptResult.BUSY: _("busy"),
        AttemptResult.UNREACHABLE: _("unreachable"),
        AttemptResult.MESSAGE_SENT: _("message sent"),
        AttemptResult.LATER: _("call later"),
        AttemptResult.WRONG_NUMBER: _("wrong number"),
        AttemptResult.NOT_MY_ORDER: _("not my order"),
        AttemptResult.WANTS_CHANGES: _("wants changes"),
        AttemptResult.REFUSED: _("refuses"),
        AttemptResult.DUPLICATE_ORDER: _("duplicate order"),
        AttemptResult.WILL_PREPAY: _("will prepay"),
        AttemptResult.ABANDONED: _("left without a result"),
    }[result]


def why_word(why: RefusalWhy) -> str:
    """Why a buyer refuses."""
    return {
        RefusalWhy.CHANGED_MIND: _("changed mind"),
        RefusalWhy.BY_MISTAKE: _("ordered by mistake"),
        RefusalWhy.PRICE: _("price"),
        RefusalWhy.BOUGHT_ELSEWHERE: _("bought elsewhere"),
        RefusalWhy.TOO_SLOW: _("too slow"),
    }[why]
