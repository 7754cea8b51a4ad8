from __future__ import annotations

from tests.tui.worlds import World, at_desk, risky, settings_for


async def test_the_figures_behind_a_reason_are_words_of_the_packers_language(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url, language="vi"), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        panel = hands.panel("reasons")
        assert "tỉ lệ hủy/bom 100 %, COD có" in panel
        assert not any(internal in panel for internal in ("cancel_ratio", "True", "judged", "failed"))
