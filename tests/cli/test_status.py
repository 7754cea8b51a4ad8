"""`status` tells a shop that is kept up to date by single runs, or was taken out, from one whose daemon is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from packstation.domain.times import MINUTE
from packstation.store import sync_state
from packstation.store.credentials import put_credential
from packstation.store.database import database_now
from packstation.store.shops import shop_id_of
from sync.holder import new_name, this_computer
from sync.shops_config import load_shops
from tests.cli.conftest import CommandLine
from tests.factories import a_shop

GONE = "no daemon has this shop: start `packstation sync`"
SINGLE = "no daemon runs for it: the last `packstation sync --once` ended 20 min ago"
TAKEN_OUT = "not in channels.toml any more: its orders stay, nothing new comes in"
TROUBLE = "the channel refuses the key"

Shown = Callable[[], tuple[list[str], Any]]


@pytest.fixture
def shop_id(packstation: CommandLine, tmp_path: Path) -> int:
    """A shop that this folder's configuration has, and that was synced under it twenty minutes ago."""
    configure(tmp_path, "shop-a")
    packstation.hand_in()
    shop_id = shop_id_of(a_shop())
    sync_state.begin(shop_id)
    now = database_now()
    sync_state.take_shop(shop_id, "daemon", now, now + MINUTE)
    sync_state.configured(shop_id, load_shops(tmp_path).name)
    sync_state.synced(shop_id, now - 20 * MINUTE)
    return shop_id


@pytest.fixture
def shown(packstation: CommandLine, tmp_path: Path) -> Shown:
    """What `status` says of the shop, and what its document does."""

    def show() -> tuple[list[str], Any]:
        lines = packstation("--config", tmp_path, "status").out.splitlines()
        [shop] = packstation("--config", tmp_path, "status", "--json").document["shops"]
        return [line.strip() for line in lines if line.startswith("  ") and "history" not in line], shop["sync"]

    return show


def configure(folder: Path, *shops: str) -> None:
    text = "".join(f'[shops.{name}]\nchannel = "shopee"\n' for name in shops)
    (folder / "channels.toml").write_text(text, encoding="utf-8")


def test_a_shop_that_a_daemon_has_needs_no_word(shop_id: int, shown: Shown) -> None:
    lines, document = shown()
    assert (lines, document["kept_by"], document["daemon"]) == ([], "daemon", "daemon")


def test_a_shop_whose_daemon_is_gone_says_what_to_do(shop_id: int, shown: Shown) -> None:
    sync_state.leave_shop(shop_id, "daemon")
    lines, document = shown()
    assert lines == [f"{GONE}, or look at its log"]
    assert (document["kept_by"], document["daemon"], document["single_run_at"]) == ("nobody", None, None)


def test_a_shop_whose_daemon_is_silent_is_not_said_to_have_none_unless_that_died_for_sure(
    shop_id: int, shown: Shown
) -> None:
    then = database_now() - 20 * MINUTE
    for daemon, told in (
        (new_name(), "its daemon has given no sign of life for 20 min: look at its log, or start `packstation sync`"),
        (f"{this_computer()}/{2**22 + 1}/ab", f"{GONE}, or look at its log"),
    ):
        sync_state.leave_shop(shop_id, sync_state.holder_of(shop_id) or "")
        assert sync_state.take_shop(shop_id, daemon, then, then)
        lines, document = shown()
        assert (lines, document["kept_by"]) == ([told], "nobody")


def test_a_shop_that_single_runs_keep_up_to_date_says_when_the_last_one_ended_beside_its_trouble(
    shop_id: int, shown: Shown
) -> None:
    sync_state.leave_shop(shop_id, "daemon", database_now() - 20 * MINUTE)
    lines, document = shown()
    assert (lines, document["kept_by"]) == ([SINGLE], "single_runs")
    assert document["single_run_at"].endswith("Z")
    sync_state.troubled(shop_id, TROUBLE, "key", database_now())
    assert shown()[0] == [f"trouble for 0 min: {TROUBLE}", SINGLE]


@pytest.mark.parametrize("is_noticed", [False, True])
def test_a_shop_that_was_taken_out_is_no_failure_whether_or_not_a_daemon_noticed(
    is_noticed: bool, shop_id: int, shown: Shown, tmp_path: Path
) -> None:
    sync_state.leave_shop(shop_id, "daemon")
    sync_state.troubled(shop_id, TROUBLE, "key", database_now())
    name = load_shops(tmp_path).name
    configure(tmp_path, "shop-b")
    if is_noticed:
        assert sync_state.let_go_of_absent(name, ["shop-b"], database_now()) == ["shop-a"]
    lines, document = shown()
    assert (lines, document["kept_by"]) == ([TAKEN_OUT], "removed")


@pytest.mark.parametrize("mistake", ["", "[shops"])
def test_a_configuration_that_never_had_the_shop_or_cannot_be_read_tells_nothing_about_it(
    mistake: str, shop_id: int, shown: Shown, tmp_path: Path
) -> None:
    sync_state.leave_shop(shop_id, "daemon")
    sync_state.configured(shop_id, load_shops(tmp_path).name if mistake else "warehouse:/etc/packstation")
    (tmp_path / "channels.toml").write_text(mistake, encoding="utf-8")
    assert shown()[0] == [f"{GONE}, or look at its log"]


def test_a_shop_that_somebody_logged_in_to_is_not_taken_for_one_from_files(
    packstation: CommandLine, tmp_path: Path
) -> None:
    configure(tmp_path, "shop-a")
    packstation.hand_in()

    def told(lang: str) -> str:
        lines = packstation("--config", tmp_path, "status", lang=lang).out.splitlines()
        [line] = [line for line in lines if "shop-a" in line]
        return line.partition(", ")[2]

    assert told("en") == "from files"
    put_credential(shop_id_of(a_shop()), "sealed", None, None)
    assert told("en") == "logged in, not synced yet: start `packstation sync`"
    assert told("vi") == "đã kết nối, chưa đồng bộ lần nào: hãy chạy `packstation sync`"


def test_both_are_told_in_vietnamese_too(shop_id: int, packstation: CommandLine, tmp_path: Path) -> None:
    sync_state.leave_shop(shop_id, "daemon", database_now() - 20 * MINUTE)
    assert "xong cách đây 20 phút" in packstation("--config", tmp_path, "status", lang="vi").out
    configure(tmp_path)
    assert "không còn trong channels.toml" in packstation("--config", tmp_path, "status", lang="vi").out
