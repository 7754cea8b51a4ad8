"""The card's cases: for each verdict an order that gets it by the default policy, with the buyer's past it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from random import Random

from packstation.domain.orders import Item
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.domain.verdict import AMBIGUOUS_CODE, StopRule, VerdictKind
from sync.sandbox.buyers import DemoBuyer, Habit, new_buyer
from sync.sandbox.catalogue import AIR_FRYER, BLENDER, CLAY_POT, ROBOT, TEE, TUMBLER
from sync.sandbox.counters import LAZADA, NOTEBOOK, POS, SHOPEE, TIKI, TIKTOK, WEB, Counter
from sync.sandbox.journeys import Fate
from sync.sandbox.orders import Draft, draft

BLOCKED_WHY = "Đặt 4 đơn rồi bom cả 4, chị chủ dặn không gửi nữa"


class Scanned(Enum):
    """Which of an order's codes the card shows."""

    TRACKING = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the card. `order` None: a code that nobody knows; `drafts` are all orders that it needs.

    `rules` are those that the verdict's reasons name; `blocked`: the seller blocked this buyer.
    """

    order: Draft | None
    drafts: tuple[Draft, ...]
    expected: VerdictKind
    rules: tuple[str, ...]
    vi: str
    en: str
    scanned: Scanned = Scanned.TRACKING
    blocked: bool = False


class _Casting:
    """Makes the buyers and orders of the cases, at moments before `now`."""

    def __init__(self, now: int, rng: Random) -> None:
        self._now = now
        self._rng = rng

    def buyer(self, counter: Counter, *, guest: bool = False) -> DemoBuyer:
        return new_buyer(counter, self._rng, Habit.ORDINARY, guest=guest)

    def past(self, buyer: DemoBuyer, days: tuple[int, ...], fate: Fate = Fate.DELIVERED, *, cod: bool) -> list[Draft]:
        return [
            draft(buyer, self._now - day * DAY - self._rng.randrange(9 * HOUR), fate, self._rng, cod=cod)
            for day in days
        ]

    def today(
        self,
        buyer: DemoBuyer,
        *,
        cod: bool,
        fate: Fate = Fate.STILL_LABELLED,
        items: tuple[Item, ...] = (TUMBLER.item(1),),
        hours: int = 9,
        minutes: int = 0,
        note: str = "",
        parcels: int = 1,
        number_of: Draft | None = None,
    ) -> Draft:
        return draft(
            buyer,
            self._now - hours * HOUR + minutes * MINUTE,
            fate,
            self._rng,
            cod=cod,
            items=items,
            note=note,
            parcels=parcels,
            number_of=number_of,
        )


def cases(now: int, rng: Random) -> list[Case]:
    """All lines of the card, in its order."""
    casting = _Casting(now, rng)
    return [*_packed(casting), *_called(casting), *_stopped(casting), *_asked(casting)]


def _packed(casting: _Casting) -> list[Case]:
    loyal, fresh, trusted, twice = (casting.buyer(counter) for counter in (SHOPEE, TIKTOK, LAZADA, SHOPEE))
    loyal_order = casting.today(loyal, cod=True, items=(TEE.item(2, 1), CLAY_POT.item(1)), note="[b]gấp[/b]")
    fresh_order = casting.today(fresh, cod=False)
    trusted_order = casting.today(trusted, cod=True, items=(AIR_FRYER.item(1), BLENDER.item(1)))
    first, second = casting.today(twice, cod=False, hours=12), casting.today(twice, cod=False, items=(TEE.item(1),))
    return [
        Case(
            loyal_order,
            (*casting.past(loyal, (400, 340, 290, 230, 160, 110, 70, 35), cod=True), loyal_order),
            VerdictKind.PACK,
            (),
            "Khách quen: đã nhận 8 đơn, chưa bom lần nào",
            "A regular: 8 orders delivered, none failed",
        ),
        Case(
            fresh_order,
            (fresh_order,),
            VerdictKind.PACK,
            (),
            "Khách mới, đã thanh toán trước",
            "A new buyer who paid in advance",
        ),
        Case(
            trusted_order,
            (*casting.past(trusted, (330, 280, 200, 150, 90, 40), cod=False), trusted_order),
            VerdictKind.PACK,
            ("good-history",),
            "Đơn COD đầu tiên và lớn, nhưng khách tốt: cho qua",
            "First and large COD order, let pass by a good history",
        ),
        Case(
            first,
            (*casting.past(twice, (120, 60), cod=False), first, second),
            VerdictKind.PACK,
            (),
            "Khách còn một đơn khác đang chờ: gói chung?",
            "The buyer has another open order: pack together?",
        ),
    ]


def _called(casting: _Casting) -> list[Case]:
    fickle, refuser, stranger = (casting.buyer(counter) for counter in (WEB, SHOPEE, TIKTOK))
    fickle_order = casting.today(fickle, cod=True, items=(TUMBLER.item(2, 2),))
    refuser_order = casting.today(refuser, cod=True, items=(TEE.item(3, 2),))
    stranger_order = casting.today(stranger, cod=True, items=(ROBOT.item(1),))
    crowd = [casting.buyer(WEB, guest=True) for _person in range(3)]
    door = crowd[0].home
    burst = [
        casting.today(replace(person, home=door), cod=True, items=(CLAY_POT.item(1),), minutes=minutes)
        for person, minutes in zip(crowd, (0, 14, 35), strict=True)
    ]
    return [
        Case(
            fickle_order,
            (
                *casting.past(fickle, (260,), cod=True),
                *casting.past(fickle, (210, 170, 130), Fate.REFUSED, cod=True),
                fickle_order,
            ),
            VerdictKind.CALL,
            ("cancel-ratio",),
            "Hủy/bom 3 trên 4 đơn; web có số điện thoại: gọi",
            "Failed 3 of 4 orders; the web shop shows the phone: call",
        ),
        Case(
            refuser_order,
            (
                *casting.past(refuser, (300, 220, 180, 100), cod=True),
                *casting.past(refuser, (50, 25), Fate.REFUSED, cod=True),
                refuser_order,
            ),
            VerdictKind.CALL,
            ("failed-deliveries",),
            "Bom 2 đơn trong 90 ngày; sàn giấu số: nhắn khách",
            "2 failed deliveries in 90 days; phone hidden: send a chat message",
        ),
        Case(
            stranger_order,
            (stranger_order,),
            VerdictKind.CALL,
            ("first-cod-amount",),
            "Đơn COD đầu tiên, thu trên 2 triệu",
            "First COD order, more than 2 million to collect",
        ),
        Case(
            burst[0],
            tuple(burst),
            VerdictKind.CALL,
            ("address-burst",),
            "3 đơn COD về một địa chỉ trong một giờ, tên khác nhau",
            "3 COD orders to one address within an hour, different names",
        ),
    ]


def _stopped(casting: _Casting) -> list[Case]:
    def stopped(counter: Counter, fate: Fate, vi: str, en: str, *, cod: bool = True, hours: int = 9) -> Case:
        order = casting.today(casting.buyer(counter), cod=cod, fate=fate, hours=hours)
        scanned = Scanned.NUMBER if fate is Fate.STILL_UNPAID else Scanned.TRACKING
        return Case(order, (order,), VerdictKind.STOP, (StopRule.STATUS,), vi, en, scanned)

    blocked = casting.buyer(TIKTOK)
    blocked_order = casting.today(blocked, cod=True)
    return [
        stopped(SHOPEE, Fate.BUYER_CANCELS_AFTER_LABEL, "Khách đã hủy sau khi in vận đơn", "Cancelled after the label"),
        stopped(SHOPEE, Fate.STILL_ASKING_TO_CANCEL, "Khách đang xin hủy", "The buyer is asking to cancel"),
        stopped(TIKI, Fate.STILL_UNPAID, "Chưa thanh toán (không phải COD)", "Not paid yet (no COD)", cod=False),
        stopped(TIKTOK, Fate.STILL_ON_THE_WAY, "Đã giao đi từ trước", "Shipped already", hours=40),
        Case(
            blocked_order,
            (
                *casting.past(blocked, (300, 240, 190, 140), Fate.REFUSED, cod=True),
                blocked_order,
            ),
            VerdictKind.STOP,
            (StopRule.BLOCKED,),
            "Khách bị chặn",
            "A blocked buyer",
            blocked=True,
        ),
    ]


def _asked(casting: _Casting) -> list[Case]:
    split, pos_buyer, notebook_buyer = (casting.buyer(counter) for counter in (LAZADA, POS, NOTEBOOK))
    split_order = casting.today(split, cod=False, items=(TUMBLER.item(2, 1), BLENDER.item(1)), parcels=2)
    pos_order = casting.today(pos_buyer, cod=False)
    twin = casting.today(notebook_buyer, cod=False, items=(CLAY_POT.item(1),), number_of=pos_order)
    return [
        Case(
            split_order,
            (*casting.past(split, (75,), cod=False), split_order),
            VerdictKind.PACK,
            (),
            "Đơn hai kiện: quét mã đơn thì hỏi kiện nào",
            "Two parcels: the order number asks which",
            Scanned.NUMBER,
        ),
        Case(
            pos_order,
            (pos_order, twin),
            VerdictKind.UNKNOWN,
            (AMBIGUOUS_CODE,),
            "Hai shop có cùng mã đơn này",
            "Two shops have this order number",
            Scanned.NUMBER,
        ),
        Case(None, (), VerdictKind.UNKNOWN, (), "Mã chưa có đơn nào", "A code that no order has"),
    ]
