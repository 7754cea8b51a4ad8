"""Every error that Shopee's documents name, and what is done about it."""

from __future__ import annotations

import pytest

from packstation.domain.times import HOUR, MINUTE
from sync.channels.errors import Advice
from sync.channels.shopee.failures import failure


@pytest.mark.parametrize(
    ("name", "message", "advice"),
    [
        ("error_auth", "Invalid access_token.", Advice.RENEW),
        ("common.error_auth", "Invalid access_token.", Advice.RENEW),
        ("invalid_acceess_token", "Invalid access_token, please have a check.", Advice.RENEW),
        ("invalid_access_token", "", Advice.RENEW),
        ("error_auth", "No permission to current api.", Advice.ASK_SELLER),
        ("error_auth", "The App is deleted, and you'll be unable to make any API call.", Advice.ASK_SELLER),
        ("error_auth", "Invalid partner_id or shopid.", Advice.ASK_SELLER),
        ("error_auth", "System error, please try again later.", Advice.RETRY),
        ("error_sign", "Wrong sign.", Advice.ASK_SELLER),
        ("error_param", "Timestamp is expired.", Advice.RETRY),
        ("error_param", "request not from gateway", Advice.RETRY),
        ("error_param", "Wrong parameters, detail: page_size.", Advice.GIVE_UP),
        ("order. error_param", "You can not cancel warehouse order.", Advice.GIVE_UP),
        ("error_permission", "This app type has no permission to this API", Advice.ASK_SELLER),
        ("error_not_found", "Wrong parameters, detail: the order is not found.", Advice.SKIP),
        ("error_param", "The information you queried is not found.", Advice.SKIP),
        ("error_data", "The return you queried doesn't exist.", Advice.SKIP),
        ("error_data", "parse data failed", Advice.RETRY),
        ("order.order_list_invalid_time", "Start time must be earlier than end time.", Advice.GIVE_UP),
        ("booking.booking_list_invalid_time", "", Advice.GIVE_UP),
        ("error_rate_limit", "Too many requests.", Advice.RETRY),
        ("error_limit", "daily API call limit", Advice.RETRY),
        ("order.error_limit", "Can not cancel this order", Advice.SKIP),
        ("error_server", "", Advice.RETRY),
        ("error_network", "Inner http call failed", Advice.RETRY),
        ("error_inner", "", Advice.RETRY),
        ("source_ip_undeclared", "Request Source IP (1.2.3.4) is undeclared.", Advice.ASK_SELLER),
        ("shop_no_linked", "", Advice.ASK_SELLER),
        ("shop_access_expired", "", Advice.ASK_SELLER),
        ("shop_banned", "", Advice.ASK_SELLER),
        ("refresh_token_expired", "", Advice.ASK_SELLER),
        ("error_shop_refresh_token", "", Advice.ASK_SELLER),
        ("invalid_code", "", Advice.ASK_SELLER),
        ("api_suspended", "", Advice.ASK_SELLER),
        ("error_partner_key_expired", "", Advice.ASK_SELLER),
        ("logistics.error_param", "The order is being allocated…", Advice.SKIP),
        ("logistics.package_not_exist", "", Advice.SKIP),
        ("logistics.error_server", "", Advice.RETRY),
        ("something_new", "", Advice.RETRY),
    ],
)
def test_every_error_says_what_to_do_next(name: str, message: str, advice: Advice) -> None:
    error = failure(name, message, 0)
    assert (error.advice, error.code) == (advice, name.replace(" ", ""))


def test_a_daily_limit_is_waited_for_until_midnight_in_singapore() -> None:
    assert failure("error_limit", "", 16 * HOUR - MINUTE).retry_after == 60
    assert failure("error_limit", "", 16 * HOUR + MINUTE).retry_after == 24 * 3600 - 60
