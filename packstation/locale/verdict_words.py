"""Verdicts, their reasons, and what single rules say, in the reader's language."""

from __future__ import annotations

from packstation.domain.cards import OrderCard
from packstation.domain.holds import HoldReason
from packstation.domain.orders import Status
from packstation.domain.policy import fill_reason
from packstation.domain.verdict import (
    AMBIGUOUS_CODE,
    CUSTOMER_OVERRIDE,
    OPEN_HOLD,
    RELEASE,
    Reason,
    StopRule,
    Verdict,
    VerdictKind,
)
from packstation.locale import _, language
from packstation.locale.figure_words import figure_text
from packstation.locale.hold_words import hold_reason_word
from packstation.locale.measures import moment


def verdict_word(kind: VerdictKind, *, phone_hidden: bool = False) -> str:
    """The verdict as the packer reads it; CALL asks for a message where the channel hides the phone."""
    match kind:
        case VerdictKind.PACK:
            return _("PACK")
        case VerdictKind.CALL:
            return _("MESSAGE") if phone_hidden else _("CALL")
        case VerdictKind.STOP:
            return _("STOP")
        case VerdictKind.UNKNOWN:
            return _("UNKNOWN")


def headline(verdict: Verdict, *, phone_hidden: bool = False) -> str:
    """The one thing to read from three metres: the verdict's word, or that the parcel is packed already."""
    if verdict.kind is VerdictKind.STOP and any(reason.rule == StopRule.PACKED for reason in verdict.reasons):
        return _("ALREADY PACKED")
    return verdict_word(verdict.kind, phone_hidden=phone_hidden)


def reason_text(reason: Reason, order: OrderCard | None) -> str:
    """A reason as people read it, with its figures.

    Args:
        reason: of a verdict.
        order: the order judged, for its currency and time zone.
    """
    evidence = reason.evidence
    zone = order.zone if order else "UTC"
    if not reason.computable:
        return _("Rule {rule} could not be computed: a confirmation is needed").format(rule=reason.rule)
    if reason.texts:
        currency = order.currency if order else ""
        shown = {name: figure_text(name, value, currency) for name, value in evidence.items()}
        return fill_reason(reason.texts[language()], shown)
    match reason.rule:
        case StopRule.STATUS:
            return status_stop(Status(str(evidence["status"])))
        case StopRule.ADDRESS_CHANGED:
            return _("ADDRESS CHANGED after the label was made")
        case StopRule.PACKED:
            return _("ALREADY PACKED – {by}, {station}, {at}").format(**_who(evidence, zone))
        case StopRule.HANDED_OVER:
            return _("HANDED OVER to the carrier – {by}, {station}, {at}").format(**_who(evidence, zone))
        case StopRule.BLOCKED:
            return _("BUYER BLOCKED: {why}").format(why=evidence["why"])
        case StopRule.HOLD_CLOSED:
            return _("NOT TO BE PACKED: {why}").format(why=hold_reason_word(HoldReason(str(evidence["reason"]))))
        case StopRule.OTHER_STATION:
            return _("ON ANOTHER DESK – {by}, {station}, {at}").format(**_who(evidence, zone))
        case _ if reason.rule == OPEN_HOLD:
            return _("On hold: {why}").format(why=hold_reason_word(HoldReason(str(evidence["reason"]))))
        case _ if reason.rule == RELEASE:
            return _("Released: {why}").format(why=hold_reason_word(HoldReason(str(evidence["reason"]))))
        case _ if reason.rule == CUSTOMER_OVERRIDE:
            until = evidence.get("until")
            ends = moment(until, zone) if isinstance(until, int) else "–"
            return _("This customer's orders go: {by}, until {time}").format(by=evidence.get("by"), time=ends)
        case _ if reason.rule == AMBIGUOUS_CODE:
            return _("{shops} shops have this number: choose one").format(shops=evidence["shops"])
        case "which-parcel":
            return _("This order has {parcels} parcels: scan the tracking number").format(parcels=evidence["parcels"])
        case _:
            return _("No such code here yet")


def status_stop(status: Status) -> str:
    """Why an order with this status is stopped, as it is called out."""
    return {
        Status.CANCELLED: _("CANCELLED"),
        Status.CANCEL_REQUESTED: _("CANCELLATION ASKED FOR"),
        Status.UNPAID: _("UNPAID"),
        Status.CHANNEL_HOLD: _("KEPT BACK BY THE CHANNEL"),
    }.get(status, _("SHIPPED ALREADY"))


def answer_word(answer: str) -> str:
    """What a rule says of an order, by the `answer` of a `packstation.acts.checking.RuleLine`."""
    return {
        "holds": _("holds"),
        "does not hold": _("does not hold"),
        "null figure": _("a figure is missing"),
        "not computable": _("not computable"),
    }[answer]


def _who(evidence: object, zone: str) -> dict[str, str]:
    facts = dict(evidence) if isinstance(evidence, dict) else {}
    at = facts.get("at")
    return {
        "by": str(facts.get("by") or "–"),
        "station": str(facts.get("station") or "–"),
        "at": moment(at, zone) if isinstance(at, int) else "–",
    }
