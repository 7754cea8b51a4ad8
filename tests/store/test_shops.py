from __future__ import annotations

import pytest

from packstation.domain.orders import Shop
from packstation.domain.times import DAY
from packstation.store.shops import OtherShopError, data_ages, shop_id_of, shops
from packstation.store.sync_state import begin, configured, let_go_of_absent, synced
from tests.factories import NOW, a_shop, an_order, stored


def test_a_shop_is_made_once_and_counts_its_orders(database: str) -> None:
    assert shop_id_of(a_shop()) == shop_id_of(a_shop())
    stored(an_order("A-1"), an_order("A-2"))
    assert shops() == [("shop-a", "shopee", "VND", "Asia/Ho_Chi_Minh", None, 2)]


def test_a_channel_is_as_old_as_the_shop_there_that_lags_most_of_those_that_are_still_configured(database: str) -> None:
    for place, name in enumerate(("shop-a", "shop-b", "shop-c")):
        shop_id = shop_id_of(a_shop(name))
        begin(shop_id)
        configured(shop_id, "desk-pc:/a")
        synced(shop_id, NOW - place * DAY)
    assert data_ages() == [("shopee", NOW - 2 * DAY)]
    let_go_of_absent("desk-pc:/a", ["shop-a", "shop-b"], NOW)
    assert data_ages() == [("shopee", NOW - DAY)]


@pytest.mark.parametrize("other", [a_shop(channel="lazada"), a_shop(currency="GBP")])
def test_a_shop_with_orders_does_not_change_its_channel_or_currency(database: str, other: Shop) -> None:
    stored(an_order("A-1"))
    with pytest.raises(OtherShopError, match="shop-a"):
        shop_id_of(other)


def test_a_slip_in_a_shop_s_channel_is_mended_while_it_has_no_orders(database: str) -> None:
    shop_id = shop_id_of(a_shop(channel="shoppee"))
    assert shop_id_of(a_shop(channel="tiktok", currency="THB")) == shop_id
    assert [row[1:3] for row in shops()] == [("tiktok", "THB")]
