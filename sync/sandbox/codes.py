"""The numbers that channels and carriers print: order, package and tracking numbers in their own shapes."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from random import Random

from packstation.domain.orders import Shop
from packstation.domain.times import from_ms

_ALPHANUMERIC = string.digits + string.ascii_uppercase
_SOLD_BEFORE = {
    "woocommerce": 10_480,
    "kiotviet": 51_340,
    "file": 2_150,
    "haravan": 100_020,
    "sapo": 44_087,
    "nhanh": 300_120,
    "pancake": 7_700,
    "shopify": 1_000,
}
"""Orders that shops with running numbers had before this world begins."""
_RUNNING_SHAPES = {"kiotviet": "HD{:0>6}", "file": "HD{:0>6}", "haravan": "#{}", "shopify": "#{}", "sapo": "SON{}"}
"""How channels write their running numbers; the others bare."""


class Numbering:
    """Hands out numbers, each once. Shops with running numbers must ask in the order of placing."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self._running = dict(_SOLD_BEFORE)

    def order_number(self, shop: Shop, placed_at: int) -> str:
        """A number for an order placed at that moment, ms UTC."""
        channel = shop.channel
        if channel in self._running:
            self._running[channel] += 1
            number = str(self._running[channel])
            return self._once(lambda: _RUNNING_SHAPES.get(channel, "{}").format(number))
        if channel == "shopee":
            day = from_ms(placed_at, shop.zone).strftime("%y%m%d")
            return self._once(lambda: day + self._some(_ALPHANUMERIC, 8))
        starts = {"lazada": ("4", 15), "tiktok": ("58", 18), "tiki": ("8", 9)}
        start, length = starts[channel]
        return self._once(lambda: start + self._digits(length - len(start)))

    def package_number(self, shop: Shop) -> str:
        """A number for a package of a channel that numbers them."""
        starts = {"shopee": ("OFG", 15), "lazada": ("FP", 15), "tiktok": ("1152", 15)}
        start, digits = starts.get(shop.channel, ("PK", 10))
        return self._once(lambda: start + self._digits(digits))

    def marketplace_number(self, placed_at: int) -> str:
        """A Shopee order number, for an order that came to a hub from there."""
        day = from_ms(placed_at, "Asia/Ho_Chi_Minh").strftime("%y%m%d")
        return self._once(lambda: day + self._some(_ALPHANUMERIC, 8))

    def tracking_number(self, carrier: str) -> str:
        """A number for a parcel that this carrier takes."""
        return self._once(lambda: _TRACKING[carrier](self))

    def unknown_code(self) -> str:
        """A tracking number that no parcel has."""
        return self.tracking_number("SPX Express")

    def _once(self, make: Callable[[], str]) -> str:
        number = make()
        while number in self._used:
            number = make()
        self._used.add(number)
        return number

    def _digits(self, length: int) -> str:
        return self._some(string.digits, length)

    def _some(self, alphabet: str, length: int) -> str:
        return "".join(self._rng.choice(alphabet) for _place in range(length))

    def _ghn(self) -> str:
        return self._rng.choice("GL") + self._some(_ALPHANUMERIC, 7)

    def _jt(self) -> str:
        return self._rng.choice(("80", "84", "85")) + self._digits(10)

    def _ghtk(self) -> str:
        return (
            f"S{self._rng.randrange(10**6, 10**7)}.MN{self._rng.randrange(1, 9)}.B{self._digits(2)}.{self._digits(8)}"
        )


_TRACKING: Mapping[str, Callable[[Numbering], str]] = {
    "SPX Express": lambda numbering: f"SPXVN06{numbering._digits(10)}",
    "GHN": Numbering._ghn,
    "J&T Express": Numbering._jt,
    "LEX VN": lambda numbering: f"LEXVN00{numbering._digits(8)}",
    "GHTK": Numbering._ghtk,
    "Viettel Post": lambda numbering: f"1{numbering._digits(10)}",
    "VNPost EMS": lambda numbering: f"E{numbering._some(string.ascii_uppercase, 1)}{numbering._digits(9)}VN",
}
