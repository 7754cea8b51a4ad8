"""What becomes of a simulated order, planned when it is placed: its journey, its peculiarities, what was bought and how it is packed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from packstation.domain.orders import Origin, Outcome, Status
from packstation.domain.times import DAY, HOUR, MINUTE
from sync.sandbox.buyers import DemoBuyer
from sync.sandbox.catalogue import basket
from sync.sandbox.codes import Numbering
from sync.sandbox.journeys import Fate, Step, journey
from sync.sandbox.market.facts import Line, Package, Person
from sync.sandbox.market.lives import CANCELLERS, Life
from sync.sandbox.market.traits import Trait, drawn
from sync.sandbox.places import address as some_address

_SHIPPING = (0, 0, 15_000, 16_500, 22_000, 32_000)
_VOUCHERS = (("SOCNAU15", 15_000), ("FREESHIP20", 20_000), ("BANMOI30", 30_000))
_REASONS = {
    "buyer": ("Đổi ý", "Tìm được giá rẻ hơn", "Đặt nhầm"),
    "seller": ("Hết hàng", "Không giao được khu vực này"),
    "system": ("Quá hạn giao cho vận chuyển", "Không thanh toán"),
}
_ODD_WORDS = ("WAITING_FOR_MOON", "trạng_thái_mới", "Z_99")


def planned(
    buyer: DemoBuyer,
    placed_at: int,
    serial: int,
    rng: Random,
    numbering: Numbering,
    *,
    speed: float = 1.0,
    fate: Fate | None = None,
) -> Life:
    """Plan an order of this buyer.

    Args:
        buyer: who places it.
        placed_at: when, ms UTC.
        serial: its place among the shop's orders; never used twice.
        rng: draws the rest.
        numbering: hands out its numbers.
        speed: how many times faster than in a real shop it lives.
        fate: what becomes of it, a COD order without peculiarities then; None to draw all of that.
    """
    counter, channel = buyer.counter, buyer.counter.shop.channel
    traits = drawn(channel, rng) if fate is None else frozenset()
    if Trait.SAMPLE in traits or Trait.REPLACEMENT in traits:
        traits -= {Trait.UNIT_CANCELLED, Trait.PARTLY_RETURNED}
    free = bool(traits & {Trait.SAMPLE, Trait.REPLACEMENT})
    cod = fate is not None or (not free and rng.random() < counter.cod_share)
    if fate is None:
        fate = Fate.DELIVERED if free else buyer.fate(rng, prepaid=not cod)
    steps = _steps(fate, placed_at, rng, traits, prepaid=not cod, speed=speed)
    lines = _bought(rng, traits, free=free)
    number = numbering.order_number(counter.shop, placed_at)
    carrier = rng.choice(counter.carriers)
    labelled = next((step.at for step in steps if step.status is Status.LABEL_READY), None)
    late = round(rng.randrange(2, 40) * MINUTE / speed) if Trait.LATE_TRACKING in traits else 0
    shipped = next((step.at for step in steps if step.status is Status.SHIPPED), None)
    delivered = next((step.at for step in steps if step.status is Status.DELIVERED), None)
    ready = next((step.at for step in steps if step.status is Status.TO_PACK), placed_at)
    tracked_at = labelled + late if labelled is not None else None
    if tracked_at is not None and shipped is not None:
        tracked_at = min(tracked_at, shipped)
    can_lose_a_unit = shipped is not None and lines[0].ordered >= 2 and Trait.SPLIT not in traits
    unit_cancelled = (
        (ready + labelled) // 2 if labelled and Trait.UNIT_CANCELLED in traits and can_lose_a_unit else None
    )
    given_back = None
    simply_delivered = delivered is not None and steps[-1].outcome in (None, Outcome.DELIVERED)
    if Trait.PARTLY_RETURNED in traits and simply_delivered and lines[0].ordered >= 2 and not unit_cancelled:
        given_back = (delivered or 0) + round(2 * DAY / speed)
    readdressed = (tracked_at + shipped) // 2 if Trait.ADDRESS_CHANGED in traits and tracked_at and shipped else None
    odd = (ready, ready + max(1, ((labelled or ready) - ready) // 2)) if Trait.ODD_WORD in traits and labelled else None
    vanishes = steps[-1].at + round(HOUR / speed) if Trait.VANISHED in traits else None
    moments = {placed_at, *(step.at for step in steps)}
    moments |= {
        at for at in (tracked_at, unit_cancelled, given_back, readdressed, vanishes, *(odd or ())) if at is not None
    }
    destination = replace(buyer.home, recipient=buyer.name, phone=buyer.phone)
    hub_copy = Trait.FROM_MARKETPLACE in traits
    return Life(
        number=number,
        serial=serial,
        placed_at=placed_at,
        steps=tuple(steps),
        traits=traits,
        lines=lines,
        packages=_packed(lines, carrier, rng, numbering, buyer, split=Trait.SPLIT in traits),
        buyer=Person(buyer.external_id, buyer.username, buyer.name, buyer.phone, buyer.email),
        address=destination,
        new_address=replace(some_address(rng), recipient=buyer.name, phone=buyer.phone),
        cod=cod,
        shipping_fee=0 if free else rng.choice(_SHIPPING),
        voucher=rng.choice(_VOUCHERS)
        if not free and sum(line.price for line in lines) > 90_000 and rng.random() < 0.2
        else None,
        carrier=carrier,
        source=rng.choice(counter.sources),
        buyer_note=rng.choice(("", "", "", "Giao giờ hành chính giúp em", "[b]gấp[/b] ❤️")),
        cancel_reason=_reason(steps, rng),
        odd_word=rng.choice(_ODD_WORDS),
        booking=numbering.order_number(counter.shop, placed_at - DAY) if Trait.BOOKED in traits else None,
        invoice=f"HD{serial:06d}",
        origin=Origin("shopee", numbering.marketplace_number(placed_at)) if hub_copy else None,
        preorder_until=ready if Trait.PREORDER in traits else None,
        tracked_at=tracked_at,
        changes=tuple(sorted(moments)),
        odd_at=odd,
        readdressed_at=readdressed,
        unit_cancelled_at=unit_cancelled,
        given_back_at=given_back,
        vanishes_at=vanishes,
    )


def _steps(
    fate: Fate, placed_at: int, rng: Random, traits: frozenset[Trait], *, prepaid: bool, speed: float
) -> list[Step]:
    steps = journey(fate, placed_at, rng, prepaid=prepaid)
    labelled = next((step.at for step in steps if step.status is Status.LABEL_READY), None)
    shipped = next((step.at for step in steps if step.status is Status.SHIPPED), None)
    if Trait.PREORDER in traits and steps[-1].status is not Status.CANCELLED:
        wait = 3 * DAY
        ready = next(step.at for step in steps if step.status is Status.TO_PACK)
        steps = [replace(step, at=step.at + (wait if step.at >= ready else 0)) for step in steps]
        steps.insert(1 if prepaid else 0, Step(Status.CHANNEL_HOLD, ready))
    elif labelled and shipped and Trait.CANCEL_GRANTED in traits:
        asked = (labelled + shipped) // 2
        steps = [step for step in steps if step.at <= labelled]
        steps += [
            Step(Status.CANCEL_REQUESTED, asked),
            Step(Status.CANCELLED, asked + HOUR, Outcome.BUYER_CANCELLED),
        ]
    elif labelled and shipped and Trait.CANCEL_WITHDRAWN in traits:
        asked = labelled + (shipped - labelled) // 3
        back = labelled + (shipped - labelled) * 2 // 3
        place = next(place for place, step in enumerate(steps) if step.status is Status.SHIPPED)
        steps[place:place] = [Step(Status.CANCEL_REQUESTED, asked), Step(Status.LABEL_READY, back)]
    return [replace(step, at=placed_at + round((step.at - placed_at) / speed)) for step in steps]


def _bought(rng: Random, traits: frozenset[Trait], *, free: bool) -> tuple[Line, ...]:
    lines = [
        Line(item.sku, item.name, item.quantity, 0 if free else item.price, free=free)
        for item in {item.sku: item for item in basket(rng)}.values()
    ]
    if traits & {Trait.UNIT_CANCELLED, Trait.PARTLY_RETURNED} and lines[0].ordered < 2:
        lines[0] = replace(lines[0], ordered=2)
    if Trait.SPLIT in traits and len(lines) == 1:
        lines.append(Line("NB-109", "Khăn lau bếp, 2 cái", 1, 29_000))
    if Trait.FREE_LINE in traits and not free:
        lines.append(Line("QT-001", "Quà tặng: túi thơm", 1, 0, free=True))
    return tuple(lines)


def _packed(
    lines: tuple[Line, ...], carrier: str, rng: Random, numbering: Numbering, buyer: DemoBuyer, *, split: bool
) -> tuple[Package, ...]:
    shop = buyer.counter.shop
    places = list(range(len(lines)))
    halves = [places[:1], places[1:]] if split else [places]
    return tuple(
        Package(
            numbering.package_number(shop),
            carrier,
            numbering.tracking_number(carrier),
            tuple((place, lines[place].ordered) for place in half),
        )
        for half in halves
    )


def _reason(steps: list[Step], rng: Random) -> str:
    last = steps[-1]
    if last.status is not Status.CANCELLED or last.outcome is None:
        return ""
    return rng.choice(_REASONS[CANCELLERS[last.outcome]])
