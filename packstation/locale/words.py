"""The product's words in the reader's language: enums, reasons, money and times as people read them."""

from __future__ import annotations

from packstation.domain.alarms import PullAlarm, PullReason
from packstation.domain.cards import OrderCard, TagCard
from packstation.domain.customer_profile import Tier
from packstation.domain.deadlines import Urgency
from packstation.domain.expressions import Value
from packstation.domain.history import Label
from packstation.domain.holds import AttemptResult, ContactMethod, HoldReason, HoldState, RefusalWhy
from packstation.domain.money import format_money
from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.domain.people import Role
from packstation.domain.plain_text import plain
from packstation.domain.policy import fill_reason
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND, from_ms
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

_MONEY = frozenset({"debt", "total", "to_collect", "spent", "spent_3m", "average_order"})
_RATIOS = frozenset({"cancel_ratio", "smoothed_cancel_ratio", "plain_cancel_ratio"})


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


def status_word(status: Status) -> str:
    """The order's status at its channel."""
    return {
        Status.UNPAID: _("unpaid"),
        Status.CHANNEL_HOLD: _("kept back by the channel"),
        Status.TO_PACK: _("to pack"),
        Status.LABEL_READY: _("label ready"),
        Status.SHIPPED: _("shipped"),
        Status.DELIVERED: _("delivered"),
        Status.COMPLETED: _("completed"),
        Status.CANCEL_REQUESTED: _("cancellation asked for"),
        Status.CANCELLED: _("cancelled"),
        Status.RETURNING: _("coming back"),
        Status.RETURNED: _("returned"),
        Status.LOST: _("lost"),
    }[status]


def outcome_word(outcome: Outcome, cause: FailureCause | None = None, *, replaced: bool = False) -> str:
    """How the order ended, and by whom."""
    if outcome is Outcome.DELIVERY_FAILED:
        return {
            None: _("delivery failed"),
            FailureCause.REFUSED: _("refused at the door"),
            FailureCause.UNREACHABLE: _("buyer not reached"),
            FailureCause.COURIER: _("failed by the courier"),
        }[cause]
    if outcome is Outcome.BUYER_CANCELLED and replaced:
        return _("placed again")
    return {
        Outcome.OPEN: _("open"),
        Outcome.DELIVERED: _("delivered"),
        Outcome.RETURNED: _("returned"),
        Outcome.BUYER_CANCELLED: _("cancelled by the buyer"),
        Outcome.SELLER_CANCELLED: _("cancelled by the shop"),
        Outcome.SYSTEM_CANCELLED: _("cancelled by the channel"),
        Outcome.UNPAID_EXPIRED: _("never paid"),
        Outcome.CANCELLED: _("cancelled, nobody says by whom"),
        Outcome.LOST: _("lost"),
    }[outcome]


def label_word(label: Label) -> str:
    """What the customer is to the seller."""
    return {
        Label.NEW: _("new customer"),
        Label.RETURNING: _("returning customer"),
        Label.NEVER_RECEIVED: _("ordered before, never received"),
    }[label]


def tier_word(tier: Tier) -> str:
    """What a customer is to the seller, by rule or by hand."""
    return {
        Tier.WALK_IN: _("walk-in"),
        Tier.NEVER_BOUGHT: _("never bought"),
        Tier.REGULAR: _("regular"),
        Tier.LOYAL: _("loyal"),
        Tier.VIP: _("VIP"),
        Tier.SUPER: _("super"),
    }[tier]


def tag_word(tag: TagCard) -> str:
    """A tag as people read it: a rule's in their language, one given by hand as it was written."""
    return tag.texts.get(language()) or tag.tag


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


def marked_text(order: OrderCard, at: int) -> str:
    """That the owner of the order's number once said that an order was not theirs, at a moment, ms UTC."""
    return _("number marked {day}: not their order").format(day=day(at, order.zone))


def why_word(why: RefusalWhy) -> str:
    """Why a buyer refuses."""
    return {
        RefusalWhy.CHANGED_MIND: _("changed mind"),
        RefusalWhy.BY_MISTAKE: _("ordered by mistake"),
        RefusalWhy.PRICE: _("price"),
        RefusalWhy.BOUGHT_ELSEWHERE: _("bought elsewhere"),
        RefusalWhy.TOO_SLOW: _("too slow"),
    }[why]


def method_word(method: ContactMethod) -> str:
    """How a buyer is contacted."""
    return {
        ContactMethod.CALL: _("call"),
        ContactMethod.CHAT: _("chat"),
        ContactMethod.ZALO: _("Zalo"),
        ContactMethod.SMS: _("SMS"),
        ContactMethod.EMAIL: _("email"),
    }[method]


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


def parcel_word(state: ParcelState) -> str:
    """What we did with a parcel."""
    return {
        ParcelState.UNSEEN: _("not seen yet"),
        ParcelState.ON_DESK: _("on a desk"),
        ParcelState.PACKED: _("packed"),
        ParcelState.HANDED_OVER: _("handed over"),
        ParcelState.REOPENED: _("opened again"),
    }[state]


def role_word(role: Role) -> str:
    """What a person is."""
    return {
        Role.PACKER: _("packer"),
        Role.CALLER: _("caller"),
        Role.SUPERVISOR: _("supervisor"),
        Role.OWNER: _("owner"),
    }[role]


def figure_word(name: str) -> str:
    """What a figure is called; `name` is a key of `packstation.domain.policy.FIGURES`."""
    return {
        "cod": _("COD"),
        "total": _("order total"),
        "to_collect": _("to collect"),
        "currency": _("currency"),
        "channel": _("channel"),
        "shop": _("shop"),
        "source": _("order source"),
        "province": _("province"),
        "lines": _("product lines"),
        "units": _("pieces"),
        "has_customer": _("known customer"),
        "address_cod_orders_60m": _("COD orders to this address in 60 min"),
        "label": _("customer"),
        "orders": _("ordered"),
        "open": _("open"),
        "delivered": _("delivered"),
        "returned": _("returned"),
        "buyer_cancelled": _("cancelled by the buyer"),
        "delivery_failed": _("delivery failed"),
        "seller_cancelled": _("cancelled by the shop"),
        "system_cancelled": _("cancelled by the channel"),
        "unpaid_expired": _("never paid"),
        "cancelled": _("cancelled, nobody says by whom"),
        "lost": _("lost"),
        "replaced": _("placed again"),
        "courier_failed": _("failed by the courier"),
        "voucher_orders": _("orders with a voucher"),
        "cod_orders": _("COD orders"),
        "judged": _("judged orders"),
        "failed": _("failed by the buyer"),
        "early_cancels": _("early cancels"),
        "failed_deliveries": _("failed deliveries"),
        "cancel_ratio": _("cancel ratio"),
        "smoothed_cancel_ratio": _("cancel ratio, smoothed"),
        "plain_cancel_ratio": _("cancel ratio, plain"),
        "spent": _("spent"),
        "spent_3m": _("spent in 3 months"),
        "average_order": _("average order"),
        "days_between_orders": _("days between orders"),
        "failed_deliveries_90d": _("failed deliveries in 90 days"),
        "tier": _("tier"),
        "tags": _("tags"),
        "debt": _("owes"),
        "points": _("points"),
        "unpaid_days": _("days unpaid"),
        "days_since_previous_order": _("days since the order before"),
    }[name]


def figure_value(name: str, value: Value, currency: str) -> str:
    """A figure's value on its own: yes or no, the customer's label, ratios in percent, money in its currency."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "label" and isinstance(value, str):
        return label_word(Label(value))
    if name not in _RATIOS and isinstance(value, float):
        return decimal(value)
    return _figure(name, value, currency)


def answer_word(answer: str) -> str:
    """What a rule says of an order, by the `answer` of a `packstation.acts.checking.RuleLine`."""
    return {
        "holds": _("holds"),
        "does not hold": _("does not hold"),
        "null figure": _("a figure is missing"),
        "not computable": _("not computable"),
    }[answer]


def break_word(what: str) -> str:
    """How a chain of the ledger is broken, by the `what` of a `packstation.domain.ledger.Broken`."""
    return {
        "missing": _("missing"),
        "altered": _("altered"),
        "its text or evidence altered": _("its text or evidence altered"),
        "replaced since it was recorded elsewhere": _("replaced since it was recorded elsewhere"),
        "cut off after it was recorded elsewhere": _("cut off after it was recorded elsewhere"),
    }[what]


def money(amount: int, currency: str) -> str:
    """The amount as the reader writes it."""
    return format_money(amount, currency, comma_decimals=language() == "vi")


def percent(ratio: float) -> str:
    """The ratio in whole percent, one decimal where it is not whole."""
    return f"{decimal(ratio * 100)} %"


def decimal(number: float) -> str:
    """The number with one decimal where it is not whole, as the reader writes it."""
    text = f"{number:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language() == "vi" else text


def moment(ms: int, zone: str, *, now: int | None = None) -> str:
    """Day and time in a zone; the time alone when it is on the same day as `now`."""
    local = from_ms(ms, zone)
    if now is not None and from_ms(now, zone).date() == local.date():
        return local.strftime("%H:%M")
    return local.strftime("%d/%m %H:%M") if language() == "vi" else local.strftime("%d %b %H:%M")


def day(ms: int, zone: str) -> str:
    """The day in a zone."""
    return from_ms(ms, zone).strftime("%d/%m/%Y")


def day_and_time(ms: int, zone: str) -> str:
    """The day with its year and the time in a zone."""
    return from_ms(ms, zone).strftime("%d/%m/%Y %H:%M")


def span(ms: int) -> str:
    """A length of time, roughly: minutes, hours or days."""
    if ms < HOUR:
        return _("{count} min").format(count=ms // MINUTE)
    if ms < 2 * DAY:
        return _("{count} h").format(count=ms // HOUR)
    return _("{count} days").format(count=ms // DAY)


def age(ms: int) -> str:
    """How old something is: seconds under 2 minutes, minutes under 2 hours, then hours and days."""
    if ms < 2 * MINUTE:
        return _("{count} s").format(count=ms // SECOND)
    if ms < 2 * HOUR:
        return _("{count} min").format(count=ms // MINUTE)
    return span(ms)


def pull_text(alarm: PullAlarm, *, now: int | None = None) -> str:
    """An alarm to pull a parcel: which, why, and where it is.

    Args:
        alarm: the alarm.
        now: the present, ms UTC; what was packed on the same day is told by its time alone.
    """
    number = plain(alarm.number, 40)
    return _("PULL PARCEL {number}: {why}, {where}").format(
        number=number, why=_pull_reason(alarm.why), where=_where(alarm, now)
    )


def pull_place(alarm: PullAlarm, *, now: int | None = None) -> str:
    """Why a parcel is to be pulled and where it is, as `pull_text` says it."""
    return f"{_pull_reason(alarm.why)}, {_where(alarm, now)}"


def _pull_reason(why: PullReason) -> str:
    return {
        PullReason.CANCELLED: _("cancelled"),
        PullReason.CANCEL_REQUESTED: _("cancellation asked for"),
        PullReason.HELD: _("put on hold"),
    }[why]


def _where(alarm: PullAlarm, now: int | None) -> str:
    if alarm.state is ParcelState.PACKED and alarm.packed_at is not None:
        return _("packed: {station}, {by}, {at}").format(
            station=alarm.station or "–", by=alarm.by or "–", at=moment(alarm.packed_at, alarm.zone, now=now)
        )
    if alarm.slot is not None:
        return _("hold shelf {slot}").format(slot=alarm.slot)
    if alarm.state is ParcelState.HANDED_OVER:
        return _("handed over")
    return _("at desk {station}").format(station=alarm.station or "–")


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
        shown = {name: _figure(name, value, currency) for name, value in evidence.items()}
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


def headline(verdict: Verdict, *, phone_hidden: bool = False) -> str:
    """The one thing to read from three metres: the verdict's word, or that the parcel is packed already."""
    if verdict.kind is VerdictKind.STOP and any(reason.rule == StopRule.PACKED for reason in verdict.reasons):
        return _("ALREADY PACKED")
    return verdict_word(verdict.kind, phone_hidden=phone_hidden)


def _who(evidence: object, zone: str) -> dict[str, str]:
    facts = dict(evidence) if isinstance(evidence, dict) else {}
    at = facts.get("at")
    return {
        "by": str(facts.get("by") or "–"),
        "station": str(facts.get("station") or "–"),
        "at": moment(at, zone) if isinstance(at, int) else "–",
    }


def _figure(name: str, value: Value, currency: str) -> str:
    if value is None:
        return "–"
    if name == "tier":
        return tier_word(Tier(str(value)))
    if name in _MONEY and isinstance(value, int):
        return money(value, currency)
    if name in _RATIOS and isinstance(value, float):
        return percent(value)
    return str(value)
