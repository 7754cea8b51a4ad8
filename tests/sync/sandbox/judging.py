"""A demo's orders judged with the domain's own functions, without a store."""

from __future__ import annotations

from pathlib import Path

from packstation.domain.addresses import address_key
from packstation.domain.buyers import profile_ids, profile_scope
from packstation.domain.history import History, history_from_orders
from packstation.domain.merging import KeptOrder, first_kept, units
from packstation.domain.orders import IncomingOrder, Outcome, Shop
from packstation.domain.packing import ParcelState
from packstation.domain.past_orders import KnownOutcome, PastOrder
from packstation.domain.policy import Policy, parse_policy
from packstation.domain.shop_rates import ShopRate
from packstation.domain.times import HOUR
from packstation.domain.verdict import JudgedOrder, JudgedParcel, Verdict, decide
from sync.sandbox.world import DemoWorld

DEFAULT_POLICY = parse_policy(
    (Path(__file__).parents[3] / "config" / "risk.toml").read_text("utf-8"), 1, "config/risk.toml"
)


class DemoJudge:
    """Looks codes up in a world and judges the orders that they mean, at `now`."""

    def __init__(self, world: DemoWorld, now: int) -> None:
        self._world = world
        self._now = now
        self.orders = [(shop, order, first_kept(order, now)) for shop, orders in world.shops for order in orders]
        self._by_code: dict[str, list[int]] = {}
        self._by_buyer: dict[tuple[str, str], list[int]] = {}
        for place, (shop, order, _kept) in enumerate(self.orders):
            for code in codes_of(order):
                self._by_code.setdefault(code, []).append(place)
            for external in profile_ids(order.buyer):
                self._by_buyer.setdefault((scope(shop), external), []).append(place)

    def meanings(self, code: str) -> list[tuple[Shop, IncomingOrder]]:
        """The orders that a code means."""
        return [self.orders[place][:2] for place in self._by_code.get(code, [])]

    def others_of_buyer(self, code: str) -> list[IncomingOrder]:
        """The buyer's other orders."""
        (place,) = self._by_code[code]
        return [self.orders[other][1] for other in self._orders_of_buyer(place) if other != place]

    def history(self, code: str, policy: Policy = DEFAULT_POLICY) -> History | None:
        """The buyer's history without the order that the code means; None for a guest."""
        (place,) = self._by_code[code]
        mine = self._orders_of_buyer(place)
        if not mine:
            return None
        shop = self.orders[place][0]
        past = {other: self._past(other) for other in mine}
        return history_from_orders(
            past.values(),
            at=None,
            now=self._now,
            zone=shop.zone,
            currency=shop.currency,
            shop_rate=ShopRate(),
            prior_weight=policy.prior_weight,
            judging=past[place],
        )

    def verdict(self, code: str, policy: Policy = DEFAULT_POLICY) -> Verdict:
        """The verdict on the one order that the code means."""
        (place,) = self._by_code[code]
        shop, order, kept = self.orders[place]
        ids = profile_ids(order.buyer)
        why = [one.why for one in self._world.blocked if one.channel == shop.channel and one.external_id in ids]
        judged = JudgedOrder(
            status=kept.status.status,
            channel_status=kept.status.channel_status,
            outcome=kept.ended.outcome if kept.ended else Outcome.OPEN,
            cod=kept.cod,
            total=order.total,
            to_collect=order.to_collect or 0,
            currency=order.currency,
            channel=shop.channel,
            shop=shop.name,
            source=order.source,
            province=order.address.province,
            lines=len(order.items),
            units=units(order.items),
            address_cod_orders_60m=self._burst(order),
            parcels=tuple(JudgedParcel(ParcelState.UNSEEN) for _parcel in order.parcels),
            blocked=why[0] if why else None,
        )
        return decide(judged, self.history(code, policy), policy, self._now)

    def _orders_of_buyer(self, place: int) -> list[int]:
        shop, order, _kept = self.orders[place]
        found = {other for external in profile_ids(order.buyer) for other in self._by_buyer[scope(shop), external]}
        return sorted(found)

    def _past(self, place: int) -> PastOrder:
        shop, order, kept = self.orders[place]
        return PastOrder(
            place,
            shop.channel,
            order.currency,
            order.placed_at,
            kept.first_total,
            kept.cod,
            bool(order.vouchers),
            frozenset(item.sku for item in order.items),
            _known(kept),
            tuple((refund.known_at, refund.amount) for refund in order.refunds),
        )

    def _burst(self, order: IncomingOrder) -> int | None:
        key = address_key(order.address)
        if key is None:
            return None
        return sum(
            kept.cod and address_key(other.address) == key and abs(other.placed_at - order.placed_at) <= HOUR
            for _shop, other, kept in self.orders
        )


def _known(kept: KeptOrder) -> tuple[KnownOutcome, ...]:
    return tuple(KnownOutcome(seen.outcome, seen.cause, seen.known_at) for seen in kept.outcomes)


def scope(shop: Shop) -> str:
    """Where the shop's buyer ids are unique."""
    return profile_scope(shop.channel, hash(shop.name))


def codes_of(order: IncomingOrder) -> list[str]:
    """Every code that names the order or one of its parcels."""
    parcels = [code for parcel in order.parcels for code in (parcel.package, parcel.tracking) if code]
    return [order.number, *parcels]
