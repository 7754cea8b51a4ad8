"""What the desk would say of a code, now or at a moment. Never writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packstation.acts.looking_up import look_up
from packstation.acts.policies import current_policy
from packstation.domain.cards import Candidate, Judgement
from packstation.domain.expressions import Figure, NotComputableError, Value
from packstation.domain.policy import Rule, evident
from packstation.domain.times import parse_iso
from packstation.domain.verdict import AMBIGUOUS_CODE, Reason, Verdict, VerdictKind, decide, figures_of, strictest
from packstation.store.database import database_now
from packstation.store.finding import shop_zone
from packstation.store.judging import ShopRates, packable_orders, read_for_judging


def check(code: str, at_text: str | None = None, shop: str | None = None, rates: ShopRates | None = None) -> Judgement:
    """Judge a code without writing anything.

    Args:
        code: as normalised.
        at_text: an ISO 8601 moment; without an offset it is in the shop's zone (UTC while the code names no shop).
        shop: only this shop's orders.
        rates: a batch shares one.

    Raises:
        UnreadableTimeError: `at_text` is no moment.
        NoPolicyError: none is published.
    """
    looked_up = look_up(code, shop)
    policy = current_policy()
    now = database_now()
    at = parse_iso(at_text, shop_zone(shop, looked_up.found) or "UTC") if at_text is not None else None
    moment = now if at is None else at
    if len(looked_up.found) != 1:
        candidates = tuple(Candidate(found.shop, found.number) for found in looked_up.found)
        reasons = (Reason(AMBIGUOUS_CODE, {"shops": len(candidates)}),) if candidates else ()
        verdict = Verdict(VerdictKind.UNKNOWN, reasons, policy.version, moment)
        return Judgement(code, verdict, candidates=candidates)
    found = looked_up.found[0]
    judged = []
    for order_id in found.order_ids:
        facts = read_for_judging(order_id, found.parcel_id, policy.holds, policy.prior_weight, now, at=at, rates=rates)
        history = facts.customer.history if facts.customer else None
        judged.append((facts, decide(facts.judged, history, policy, moment)))
    worst = strictest([verdict for _facts, verdict in judged])
    facts = next(facts for facts, verdict in judged if verdict is worst)
    return Judgement(code, worst, facts.order, facts.customer, facts.hold, (), facts.data_age_ms)


def packable_judgements() -> Iterator[Judgement]:
    """Every order that is still to pack, by placed time, with what the desk would say of it."""
    policy = current_policy()
    now = database_now()
    for order_id in packable_orders():
        facts = read_for_judging(order_id, None, policy.holds, policy.prior_weight, now)
        verdict = decide(facts.judged, facts.customer.history if facts.customer else None, policy, now)
        yield Judgement(facts.order.number, verdict, facts.order, facts.customer, facts.hold, (), facts.data_age_ms)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule says of an order: `answer` is "holds", "does not hold", "null figure" or "not computable"."""

    rule: str
    when: str
    answer: str
    figures: Mapping[str, Value]

    def document(self) -> dict[str, object]:
        """The line for JSON."""
        return {"rule": self.rule, "when": self.when, "answer": self.answer, "figures": dict(self.figures)}


def explain(code: str, at_text: str | None = None, shop: str | None = None) -> list[RuleLine] | None:
    """Every rule's answer for an order, and the figures it looked at; None when the code means no single order.

    Raises:
        UnreadableTimeError: `at_text` is no moment.
    """
    looked_up = look_up(code, shop)
    if len(looked_up.found) != 1:
        return None
    found = looked_up.found[0]
    policy = current_policy()
    at = parse_iso(at_text, shop_zone(shop, looked_up.found) or "UTC") if at_text is not None else None
    facts = read_for_judging(
        found.order_ids[0], found.parcel_id, policy.holds, policy.prior_weight, database_now(), at=at
    )
    figures = figures_of(facts.judged, facts.customer.history if facts.customer else None)
    return [_rule_line(rule, figures) for rule in policy.rules]


def _rule_line(rule: Rule, figures: Mapping[str, Figure]) -> RuleLine:
    looked_at = {name: evident(figures[name]) for name in rule.when.names}
    if any(value is None for value in looked_at.values()):
        answer = "null figure"
    else:
        try:
            answer = "holds" if rule.when.holds(figures) else "does not hold"
        except NotComputableError:
            answer = "not computable"
    return RuleLine(rule.id, rule.when.text, answer, looked_at)
