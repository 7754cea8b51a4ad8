from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from packstation.domain.times import DAY, MINUTE
from packstation.store import rereads
from packstation.store.shops import shop_id_of
from packstation.store.sync_state import (
    Keeper,
    Progress,
    begin,
    configured,
    holder_of,
    leave_shop,
    let_go_of_absent,
    progress_of,
    rest_with_shop,
    save_progress,
    sync_standings,
    synced,
    take_shop,
    troubled,
)
from tests.factories import NOW, a_shop

HERE, THERE = "desk-pc/1", "desk-pc/2"
FAR = Progress(NOW, NOW - 30 * DAY, NOW - 9 * DAY, NOW - DAY, NOW - MINUTE, NOW)


@pytest.fixture
def shop_id(database: str) -> int:
    """A shop that may be synced."""
    known = shop_id_of(a_shop())
    begin(known)
    begin(known)
    return known


def test_a_shop_has_one_daemon_until_it_leaves_or_does_not_ask_again_in_time(shop_id: int) -> None:
    assert holder_of(shop_id) is None
    assert take_shop(shop_id, HERE, NOW, NOW + MINUTE)
    assert not take_shop(shop_id, THERE, NOW, NOW + MINUTE)
    assert take_shop(shop_id, HERE, NOW + MINUTE // 2, NOW + 2 * MINUTE), "whoever has it may keep it"
    assert not take_shop(shop_id, THERE, NOW + 2 * MINUTE - 1, NOW + 9 * MINUTE)
    assert holder_of(shop_id) == HERE
    assert take_shop(shop_id, THERE, NOW + 2 * MINUTE, NOW + 3 * MINUTE), "the one that died is replaced"
    assert not take_shop(shop_id, HERE, NOW + 2 * MINUTE, NOW + 9 * MINUTE)
    leave_shop(shop_id, HERE)
    assert holder_of(shop_id) == THERE, "only who has it can give it back"
    leave_shop(shop_id, THERE)
    assert holder_of(shop_id) is None
    assert take_shop(shop_id, HERE, NOW, NOW + MINUTE)


def test_a_shop_that_was_never_begun_is_nobodys(database: str) -> None:
    shop_id = shop_id_of(a_shop())
    assert not take_shop(shop_id, HERE, NOW, NOW + MINUTE)
    assert not save_progress(shop_id, FAR, HERE)
    assert (holder_of(shop_id), progress_of(shop_id), sync_standings()) == (None, Progress(), [])


def test_only_the_daemon_that_has_the_shop_moves_its_cursors(shop_id: int) -> None:
    assert not save_progress(shop_id, FAR, HERE)
    take_shop(shop_id, HERE, NOW, NOW + MINUTE)
    assert save_progress(shop_id, FAR, HERE)
    assert progress_of(shop_id) == FAR
    take_shop(shop_id, THERE, NOW + MINUTE, NOW + 2 * MINUTE)
    assert not save_progress(shop_id, Progress(NOW + DAY), HERE)
    assert progress_of(shop_id) == FAR
    assert save_progress(shop_id, replace(FAR, changes_until=NOW + DAY), THERE)
    assert progress_of(shop_id).changes_until == NOW + DAY
    begin(shop_id)
    assert progress_of(shop_id).changes_until == NOW + DAY, "beginning again forgets nothing"


def test_a_shop_that_was_taken_out_of_the_configuration_that_had_it_is_let_go_and_nothing_troubles_it(
    shop_id: int,
) -> None:
    troubled(shop_id, "the channel refuses the key", "key", NOW)
    assert let_go_of_absent("desk-pc:/a", [], NOW) == [], "nobody said that it was theirs"
    configured(shop_id, "desk-pc:/a")
    assert let_go_of_absent("desk-pc:/a", ["shop-a"], NOW) == []
    assert let_go_of_absent("desk-pc:/b", [], NOW) == [], "it is another configuration's"
    take_shop(shop_id, THERE, NOW, NOW + MINUTE)
    assert let_go_of_absent("desk-pc:/a", [], NOW) == [], "somebody syncs it"
    assert let_go_of_absent("desk-pc:/a", ["shop-b"], NOW + MINUTE) == ["shop-a"]
    [standing] = sync_standings()
    assert (standing.removed_at, standing.trouble, standing.trouble_since) == (NOW + MINUTE, "", None)
    assert let_go_of_absent("desk-pc:/a", [], NOW + DAY) == [], "it is let go once"
    configured(shop_id, "desk-pc:/b")
    assert (sync_standings()[0].removed_at, sync_standings()[0].configured_by) == (None, "desk-pc:/b")


def test_it_is_known_who_keeps_a_shop_up_to_date(shop_id: int) -> None:
    def keeper() -> Keeper:
        return sync_standings()[0].keeper(NOW)

    assert keeper() is Keeper.NOBODY
    take_shop(shop_id, HERE, NOW - MINUTE, NOW + MINUTE)
    configured(shop_id, "desk-pc:/a")
    leave_shop(shop_id, THERE, NOW)
    assert keeper() is Keeper.DAEMON
    leave_shop(shop_id, HERE, NOW - MINUTE)
    assert (keeper(), sync_standings()[0].single_run_at) == (Keeper.SINGLE_RUNS, NOW - MINUTE)
    take_shop(shop_id, HERE, NOW - MINUTE, NOW)
    configured(shop_id, "desk-pc:/a")
    assert keeper() is Keeper.NOBODY, "a daemon had it since, and did not ask again in time"
    leave_shop(shop_id, HERE)
    assert keeper() is Keeper.NOBODY
    let_go_of_absent("desk-pc:/a", [], NOW)
    assert keeper() is Keeper.REMOVED
    take_shop(shop_id, THERE, NOW, NOW + MINUTE)
    assert keeper() is Keeper.DAEMON


def test_a_daemon_that_rests_attends_its_shop_and_any_other_may_take_it(shop_id: int) -> None:
    def keeper(now: int = NOW) -> Keeper:
        return sync_standings()[0].keeper(now)

    take_shop(shop_id, HERE, NOW - MINUTE, NOW)
    rest_with_shop(shop_id, HERE, NOW + MINUTE)
    assert (keeper(), keeper(NOW + MINUTE), holder_of(shop_id)) == (Keeper.DAEMON, Keeper.NOBODY, None)
    rest_with_shop(shop_id, HERE, None)
    assert keeper() is Keeper.NOBODY
    rest_with_shop(shop_id, HERE, NOW + MINUTE)
    assert take_shop(shop_id, THERE, NOW, NOW + DAY), "the one that rests does not have it"
    for until in (NOW + MINUTE, None):
        rest_with_shop(shop_id, HERE, until)
        assert (keeper(NOW + DAY - 1), holder_of(shop_id)) == (Keeper.DAEMON, THERE), "it is the other one's"


def test_the_share_of_history_grows_from_nothing_to_all() -> None:
    def share(done_to: int | None) -> float:
        return replace(FAR, history_done_to=done_to).history_share

    assert Progress().history_share == Progress(NOW, history_done_to=NOW).history_share == 0.0
    assert (share(None), share(NOW), share(NOW + DAY)) == (0.0, 0.0, 0.0)
    assert share(NOW - 15 * DAY) == 0.5
    assert (share(NOW - 30 * DAY), share(NOW - 31 * DAY)) == (1.0, 1.0)
    assert not replace(FAR, history_done_to=NOW - 29 * DAY).history_is_done
    assert replace(FAR, history_done_to=NOW - 30 * DAY).history_is_done
    assert Progress(NOW, NOW, NOW, begun_at=NOW).history_is_done, "there was none to fetch"
    assert Progress(NOW, NOW, NOW + DAY, begun_at=NOW).history_share == 0.0, "all of nothing is still to fetch"


@given(*[st.none() | st.integers(0, 2**45)] * 3)
@example(0, 1, 0)
def test_whatever_the_cursors_are_the_share_is_one(start: int | None, end: int | None, begun: int | None) -> None:
    assert 0.0 <= Progress(None, start, end, None, None, begun).history_share <= 1.0


def test_a_shops_trouble_is_as_old_as_its_first_and_ends_with_a_sync(shop_id: int) -> None:
    troubled(shop_id, "the channel does not answer", "away", NOW)
    troubled(shop_id, "the channel refuses the key", "key", NOW + MINUTE)
    [standing] = sync_standings()
    assert (standing.trouble, standing.trouble_code) == ("the channel refuses the key", "key")
    assert (standing.trouble_since, standing.synced_at) == (NOW, None)
    synced(shop_id, NOW + 2 * MINUTE)
    [standing] = sync_standings()
    assert (standing.trouble, standing.trouble_code, standing.trouble_since) == ("", "", None)
    assert standing.synced_at == NOW + 2 * MINUTE
    troubled(shop_id, "again", "away", NOW + 3 * MINUTE)
    assert sync_standings()[0].trouble_since == NOW + 3 * MINUTE


def test_every_shop_that_a_daemon_had_is_shown_with_what_is_left_to_do(shop_id: int) -> None:
    shop_id_of(a_shop("shop-files", channel="file"))
    other = shop_id_of(a_shop("a web shop", channel="woocommerce"))
    begin(other)
    take_shop(shop_id, HERE, NOW, NOW + MINUTE)
    save_progress(shop_id, FAR, HERE)
    rereads.ask_to_reread(shop_id, ["A-1", "A-2"], rereads.Why.HINT, NOW)
    rereads.park(shop_id, [("A-9", "total: no number")], NOW)
    web, shopee = sync_standings()
    assert (web.shop, web.channel, web.progress, web.daemon) == ("a web shop", "woocommerce", Progress(), None)
    assert (web.rereads, web.unreadable) == (0, 0)
    assert (shopee.shop, shopee.progress, shopee.daemon, shopee.daemon_until) == ("shop-a", FAR, HERE, NOW + MINUTE)
    assert (shopee.rereads, shopee.unreadable) == (2, 1)
