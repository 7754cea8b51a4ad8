from __future__ import annotations

import pytest

from packstation.store.shops import OtherShopError, shop_id_of, shops
from tests.factories import a_shop, an_order, stored


def test_a_shop_is_made_once_and_counts_its_orders(database: str) -> None:
    assert shop_id_of(a_shop()) == shop_id_of(a_shop())
    stored(an_order("A-1"), an_order("A-2"))
    assert shops() == [("shop-a", "shopee", "VND", "Asia/Ho_Chi_Minh", None, 2)]


@pytest.mark.parametrize("other", [a_shop(channel="lazada"), a_shop(currency="GBP")])
def test_a_shop_does_not_change_its_channel_or_currency(database: str, other: object) -> None:
    shop_id_of(a_shop())
    with pytest.raises(OtherShopError, match="shop-a"):
        shop_id_of(other)  # type: ignore[arg-type]
