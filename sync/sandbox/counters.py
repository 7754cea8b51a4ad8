"""The shops of the made-up seller, and how their orders look and travel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from packstation.domain.orders import Shop

ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Counter:
    """One shop.

    Attributes:
        shop: as orders are stored under it.
        share: how many of all orders come here, relative to the other shops.
        cod_share: how many of its parcels are cash on delivery.
        carriers: who carries its parcels.
        sources: where inside the channel orders come from.
        has_packages: whether the channel numbers its packages.
        has_deadline: whether the channel says until when an order must be handed over.
        says_who_cancelled: whether the channel tells who cancelled an order.
    """

    shop: Shop
    share: int
    cod_share: float
    carriers: tuple[str, ...]
    sources: tuple[str, ...] = ("",)
    has_packages: bool = False
    has_deadline: bool = True
    says_who_cancelled: bool = True


def _shop(name: str, channel: str) -> Shop:
    return Shop(name, channel, "VND", ZONE)


SHOPEE = Counter(
    _shop("Sóc Nâu Shopee", "shopee"), 34, 0.5, ("SPX Express", "SPX Express", "GHN", "J&T Express"), has_packages=True
)
LAZADA = Counter(_shop("Sóc Nâu Lazada", "lazada"), 12, 0.4, ("LEX VN", "J&T Express"), has_packages=True)
TIKTOK = Counter(
    _shop("Sóc Nâu TikTok", "tiktok"),
    24,
    0.6,
    ("J&T Express", "J&T Express", "GHN"),
    ("Livestream", "Video", "Gian hàng"),
    has_packages=True,
)
TIKI = Counter(_shop("Sóc Nâu Tiki", "tiki"), 5, 0.35, ("GHN", "Viettel Post"))
WEB = Counter(
    _shop("Sóc Nâu Online", "woocommerce"),
    9,
    0.7,
    ("GHTK", "GHN", "Viettel Post"),
    ("Website", "Website", "Zalo"),
    has_deadline=False,
    says_who_cancelled=False,
)
POS = Counter(
    _shop("Sóc Nâu Cửa hàng", "kiotviet"),
    12,
    0.55,
    ("GHTK", "GHN"),
    ("Facebook", "Zalo", "Điện thoại"),
    has_deadline=False,
    says_who_cancelled=False,
)
NOTEBOOK = Counter(
    _shop("Sóc Nâu Đà Lạt", "file"),
    4,
    0.8,
    ("VNPost EMS",),
    ("Zalo", "Khách giới thiệu"),
    has_deadline=False,
    says_who_cancelled=False,
)

_CLEAR = {"has_deadline": False, "says_who_cancelled": False}
HARAVAN = Counter(_shop("Sóc Nâu Haravan", "haravan"), 5, 0.7, ("GHN", "GHTK"), ("web", "facebook"), **_CLEAR)
SAPO = Counter(_shop("Sóc Nâu Sapo", "sapo"), 5, 0.7, ("J&T Express", "GHN"), ("web", "zalo"), **_CLEAR)
NHANH = Counter(_shop("Sóc Nâu Nhanh", "nhanh"), 5, 0.7, ("GHN", "Viettel Post"), ("Website", "Facebook"), **_CLEAR)
PANCAKE = Counter(_shop("Sóc Nâu Pancake", "pancake"), 5, 0.85, ("GHTK", "J&T Express"), ("Facebook",), **_CLEAR)
SHOPIFY = Counter(_shop("Soc Nau Shopify", "shopify"), 3, 0.4, ("GHN",), ("web",), **_CLEAR)

_LIVE_NAMES = {
    "shopee": "Sóc Nâu Mall",
    "lazada": "Sóc Nâu LazMall",
    "tiktok": "Sóc Nâu Live",
    "tiki": "Sóc Nâu Trading",
    "woocommerce": "socnau.example",
    "kiotviet": "Sóc Nâu Quầy",
}
LIVE_COUNTERS = {
    counter.shop.channel: replace(
        counter, shop=_shop(_LIVE_NAMES.get(counter.shop.channel, counter.shop.name), counter.shop.channel)
    )
    for counter in (SHOPEE, LAZADA, TIKTOK, TIKI, WEB, POS, HARAVAN, SAPO, NHANH, PANCAKE, SHOPIFY)
}
"""By channel: the shop that each simulated channel has; other shops than those whose orders the demo makes up at once."""

COUNTERS = (SHOPEE, LAZADA, TIKTOK, TIKI, WEB, POS, NOTEBOOK)
