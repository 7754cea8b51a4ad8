"""The verdict: one function, used alike on arrival, at scan, at finish, at handover and by `check`.

Definition: docs/definitions.md, "Verdict".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from packstation.domain.expressions import Figure, Value
from packstation.domain.history import HISTORY_FIGURES, History
from packstation.domain.holds import STOPPING, HoldReason, HoldState
from packstation.domain.orders import PACKABLE, Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.domain.policy import Finding, Policy, PolicyOutcome, apply_rules
from packstation.domain.tiers import NOTHING_KNOWN, Standing


class VerdictKind(StrEnum):
    """What the packer does with the parcel."""

    PACK = "pack"
    CALL = "call"
    STOP = "stop"
    UNKNOWN = "unknown"


STRICTNESS = (VerdictKind.PACK, VerdictKind.CALL, VerdictKind.STOP)
"""From mild to strict: a combined parcel shows its strictest order."""


class StopRule(StrEnum):
    """The rules that stop an order whatever the policy says."""

    STATUS = "status"
    ADDRESS_CHANGED = "address-changed"
    PACKED = "packed"
    HANDED_OVER = "handed-over"
    BLOCKED = "blocked"
    HOLD_CLOSED = "hold-closed"
    OTHER_STATION = "other-station"


OPEN_HOLD = "hold"
"""The rule of the reason that names an open hold."""
RELEASE = "release"
"""The rule of the reason that says which release covers an order that the policy flags."""
CUSTOMER_OVERRIDE = "customer-override"
"""The rule of the reason that says by whom the orders of this customer go without a confirmation, and until when."""
AMBIGUOUS_CODE = "ambiguous-code"
"""The rule of the reason for a code that several shops have."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule, the figures it looked at, and for rules of the policy its text in each language.

    `lets_pass` names the rules whose flags a good-history reason set aside; `computable` False says that the rule could not
    be computed.
    """

    rule: str
    evidence: Mapping[str, Value] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    lets_pass: tuple[str, ...] = ()
    computable: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """PACK, CALL, STOP or UNKNOWN with its reasons, the moment it was given (ms UTC) and the policy it followed."""

    kind: VerdictKind
    reasons: tuple[Reason, ...]
    policy_version: int
    at: int


@dataclass(frozen=True, slots=True)
class HoldStanding:
    """The latest hold of an order. `covers`: its release still covers the order as it is now."""

    state: HoldState
    reason: HoldReason
    covers: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the order may not be packed because of this hold."""
        return self.state in (HoldState.WAITING, HoldState.ESCALATED)


@dataclass(frozen=True, slots=True)
class CustomerOverride:
    """A supervisor lets the customer's orders go without a confirmation: who, and until when (ms UTC)."""

    by: str
    until: int


@dataclass(frozen=True, slots=True)
class JudgedParcel:
    """One parcel of the order: its packing state and, once packed, who packed it where and when (ms UTC)."""

    state: ParcelState
    person: str = ""
    station: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class JudgedOrder:
    """What the verdict needs of one order. Money in minor units, times ms UTC.

    `parcels` are all of the order's parcels or, when one parcel was scanned, that one alone. A `booking` is a parcel that
    nobody has ordered yet. `standing` is the customer's: tier, tags and balances.
    """

    status: Status
    channel_status: str
    outcome: Outcome
    cod: bool
    total: int
    to_collect: int
    currency: str
    channel: str
    shop: str
    source: str
    province: str
    lines: int
    units: int
    address_cod_orders_60m: int | None
    parcels: tuple[JudgedParcel, ...] = ()
    hold: HoldStanding | None = None
    address_changed: bool = False
    blocked: str | None = None
    customer_override: CustomerOverride | None = None
    booking: bool = False
    standing: Standing = NOTHING_KNOWN


def decide(order: JudgedOrder, history: History | None, policy: Policy, now: int) -> Verdict:
    """Judge one order.

    Args:
        order: the order and everything that is known about its parcels, hold and buyer.
        history: the customer's other orders as known at `now`; None for a guest.
        policy: the published policy.
        now: the moment of the verdict, ms UTC.
    """
    stops = _stops(order)
    if stops:
        return Verdict(VerdictKind.STOP, stops, policy.version, now)
    outcome = PolicyOutcome((), (), ()) if order.booking else apply_rules(policy, figures_of(order, history))
    calls = tuple(_reason(finding) for finding in outcome.calls)
    if order.hold and order.hold.is_open:
        evidence = {"state": str(order.hold.state), "reason": str(order.hold.reason)}
        return Verdict(VerdictKind.CALL, (*calls, Reason(OPEN_HOLD, evidence)), policy.version, now)
    covered = order.hold is not None and order.hold.covers
    if calls and not covered and order.customer_override is None:
        return Verdict(VerdictKind.CALL, calls, policy.version, now)
    passed = tuple(finding.rule.id for finding in outcome.passed)
    passes = tuple(_reason(finding, tuple(r for r in passed if r in finding.rule.over)) for finding in outcome.passes)
    if calls and covered and order.hold:
        passes = (Reason(RELEASE, {"reason": str(order.hold.reason)}), *passes)
    elif calls and order.customer_override:
        given = order.customer_override
        passes = (Reason(CUSTOMER_OVERRIDE, {"by": given.by, "until": given.until}), *passes)
    return Verdict(VerdictKind.PACK, passes, policy.version, now)


def asks_for_call(order: JudgedOrder, history: History | None, policy: Policy) -> bool:
    """Whether the policy, whatever the holds say, wants a confirmation for this order.

    Never for a booking, nor while a supervisor lets the customer's orders go.
    """
    if order.booking or order.customer_override:
        return False
    return bool(apply_rules(policy, figures_of(order, history)).calls)


def strictest(verdicts: Sequence[Verdict]) -> Verdict:
    """The strictest of the verdicts on the orders of one parcel; the first of equals."""
    return max(verdicts, key=lambda verdict: STRICTNESS.index(verdict.kind))


def figures_of(order: JudgedOrder, history: History | None) -> dict[str, Figure]:
    """Every figure that a rule may name, by name; the history's are null for a guest."""
    return {
        "cod": order.cod,
        "total": order.total,
        "to_collect": order.to_collect,
        "currency": order.currency,
        "channel": order.channel,
        "shop": order.shop,
        "source": order.source,
        "province": order.province,
        "lines": order.lines,
        "units": order.units,
        "has_customer": history is not None,
        "address_cod_orders_60m": order.address_cod_orders_60m,
        **(history.figures() if history else dict.fromkeys(HISTORY_FIGURES)),
        **order.standing.figures(),
    }


def packable(status: Status, *, cod: bool) -> bool:
    """Whether an order with this status may be packed; COD orders that are `unpaid` at the channel may."""
    return status in PACKABLE or (cod and status is Status.UNPAID)


def _stops(order: JudgedOrder) -> tuple[Reason, ...]:
    reasons = []
    if not packable(order.status, cod=order.cod and not order.booking):
        reasons.append(
            Reason(
                StopRule.STATUS,
                {"status": str(order.status), "channel_status": order.channel_status, "outcome": str(order.outcome)},
            )
        )
    if order.address_changed and not order.booking:
        reasons.append(Reason(StopRule.ADDRESS_CHANGED))
    if order.parcels and all(parcel.state is ParcelState.HANDED_OVER for parcel in order.parcels):
        reasons.append(_parcel_reason(StopRule.HANDED_OVER, order.parcels[-1]))
    elif order.parcels and all(
        parcel.state in (ParcelState.PACKED, ParcelState.HANDED_OVER) for parcel in order.parcels
    ):
        packed = next(parcel for parcel in reversed(order.parcels) if parcel.state is ParcelState.PACKED)
        reasons.append(_parcel_reason(StopRule.PACKED, packed))
    if order.blocked is not None:
        reasons.append(Reason(StopRule.BLOCKED, {"why": order.blocked}))
    if order.hold and order.hold.state is HoldState.CLOSED and order.hold.reason in STOPPING:
        reasons.append(Reason(StopRule.HOLD_CLOSED, {"reason": str(order.hold.reason)}))
    return tuple(reasons)


def _parcel_reason(rule: StopRule, parcel: JudgedParcel) -> Reason:
    evidence: dict[str, Value] = {"by": parcel.person, "station": parcel.station}
    return Reason(rule, {**evidence, "at": parcel.at} if parcel.at is not None else evidence)


def _reason(finding: Finding, lets_pass: tuple[str, ...] = ()) -> Reason:
    return Reason(finding.rule.id, finding.evidence, finding.rule.texts, lets_pass, finding.computable)
