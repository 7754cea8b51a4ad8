from __future__ import annotations

from datetime import UTC, datetime

import pytest

from packstation.acts.rule_sets import publish_rules
from packstation.acts.vouchers import add_vouchers
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.times import to_ms
from packstation.domain.vouchers import NewVoucher
from packstation.store.database import rows_of
from tests.tui.worlds import World, at_desk, fresh, risky, settings_for

CARE = """
[[insert]]
id = "card"
kind = "card"
when = "cod"
vi = "Thiệp cảm ơn"
en = "Thank-you card"

[[insert]]
id = "tet"
kind = "voucher"
list = "TET"
when = "cod"
vi = "Phiếu Tết"
en = "Tết voucher"
"""


@pytest.fixture
def caring(world: World) -> World:
    publish_rules(world.place, RuleKind.CARE, CARE, None, "care.toml")
    expires = to_ms(datetime(2099, 12, 31, 17, tzinfo=UTC))
    add_vouchers(world.place, "TET", [NewVoucher("ABC-123", 50_000, "VND", expires, "[/b]từ 200k")], None)
    world.bring(fresh("ORD1001"), fresh("ORD1002", buyer="khác"))
    return world


async def test_what_goes_in_is_read_on_a_small_screen_and_recorded_by_the_finish(caring: World) -> None:
    async with at_desk(settings_for(caring.url, language="vi"), caring.packer_badge, size=(80, 24)) as hands:
        await hands.scan("ORD1001")
        shown = " ".join(hands.panel("reasons").split())
        assert shown == "Bỏ thêm: Thiệp cảm ơn · Phiếu Tết: ABC-123, 50.000 ₫, đến 31/12/2099, [/b]từ 200k"
        hands.later(2)
        await hands.scan("ORD1001")
        assert hands.tone == "done"
        assert rows_of("SELECT rule FROM care_given ORDER BY id") == [("card",), ("tet",)]
        await hands.scan("ORD1002")
        assert "Thiệp cảm ơn" in hands.panel("reasons")
        assert "Hết mã giảm giá trong danh sách TET" in hands.status
        await hands.press("f9")
        await hands.scan("ORD1002")
        assert "TET" not in hands.status


async def test_what_is_not_put_in_is_taken_out_by_its_number(caring: World) -> None:
    async with at_desk(settings_for(caring.url), caring.packer_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+t")
        assert "Nothing is to be put" in hands.status
        await hands.scan("ORD1001")
        await hands.press("ctrl+t")
        assert hands.dialog == "Care"
        await hands.press("1")
        assert "left out: Thank-you card" in hands.panel("reasons")
        await hands.press("2", "2")
        hands.later(2)
        await hands.scan("ORD1001")
        assert hands.tone == "done"
        assert rows_of("SELECT rule FROM care_given") == [("tet",)]


async def test_a_call_says_nothing_of_care(caring: World) -> None:
    caring.bring(*risky("ORD1003"))
    async with at_desk(settings_for(caring.url), caring.packer_badge) as hands:
        await hands.scan("ORD1003")
        assert hands.tone == "call"
        assert "Put in" not in hands.panel("reasons")
        assert rows_of("SELECT count(*) FROM care_voucher WHERE order_id IS NOT NULL") == [(0,)]
