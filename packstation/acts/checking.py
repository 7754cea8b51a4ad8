"""What the desk would say of a code, now or at a moment. Never writes."""

from __future__ import annotations

from packstation.acts.looking_up import look_up
from packstation.acts.policies import current_policy
from packstation.domain.cards import Candidate, Judgement
from packstation.domain.times import parse_iso
from packstation.domain.verdict import AMBIGUOUS_CODE, Reason, Verdict, VerdictKind, decide, strictest
from packstation.store.database import database_now
from packstation.store.finding import shop_zone
from packstation.store.judging import ShopRates, read_for_judging


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
