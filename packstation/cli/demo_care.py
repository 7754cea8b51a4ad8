"""What the demo's shops put into parcels."""

from __future__ import annotations

from packstation.acts.rule_sets import publish_rules
from packstation.acts.vouchers import add_vouchers
from packstation.acts.workplace import Workplace
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.times import DAY
from packstation.domain.vouchers import NewVoucher
from packstation.store.database import database_now

_CARE = """
[[insert]]
id = "welcome-back"
kind = "card"
when = "nth_order == 2"
vi = "Thiệp cảm ơn khách mua lại"
en = "Thank-you card for coming back"

[[insert]]
id = "loyal-sample"
kind = "sample"
when = "tier in ['loyal', 'vip', 'super']"
every_days = 30
vi = "Gói dùng thử hàng mới"
en = "Sample of what is new"

[[insert]]
id = "next-order"
kind = "voucher"
list = "CAM-ON"
when = "tier in ['loyal', 'vip', 'super'] and currency == 'VND'"
every_days = 60
vi = "Phiếu giảm giá đơn sau"
en = "Voucher for the next order"
"""


def care_for_demo(place: Workplace) -> None:
    """Publish rules of care, and give them voucher codes."""
    publish_rules(place, RuleKind.CARE, _CARE, None, "demo")
    expires = database_now() + 90 * DAY
    codes = [NewVoucher(f"CAMON{number:03}", 20_000, "VND", expires, "≥ 200.000 ₫") for number in range(1, 201)]
    add_vouchers(place, "CAM-ON", codes, None)
