"""Processes that bring in buyers of the same few numbers, and link, split and put back the same buyers, all at the same time."""

from __future__ import annotations

import random
from multiprocessing.synchronize import Barrier
from queue import Queue

from packstation.acts import linking
from packstation.acts.intake import store_orders
from packstation.acts.workplace import open_command
from packstation.domain.orders import Outcome, Status
from packstation.store.database import close_database, open_database, rows_of
from tests.factories import a_buyer, a_shop, an_order

_PHONES = ("0912345678", "0387654322", "0701234567")
_NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Cường", "Phạm Dung", "Vũ Thị Em", "Đỗ Gia Phúc")


def work(done: Queue[tuple[str, object]], start: Barrier, url: str, name: str, turns: int, seed: int) -> None:
    """Do so many things, each at random; tell how many, or the error that ended it."""
    open_database(url, patient=True)
    try:
        start.wait(60)
        done.put((name, _turns(name, turns, random.Random(seed))))
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
        done.put((name, error))
    finally:
        close_database()


def _turns(name: str, turns: int, luck: random.Random) -> int:
    place = open_command(name)
    for turn in range(turns):
        known = [row[0] for row in rows_of("SELECT id FROM buyer ORDER BY id")]
        what = luck.random()
        if what < 0.6 or len(known) < 2:
            orders = [
                an_order(
                    f"{name}-{turn}-{place_in_page}",
                    buyer=a_buyer(str(luck.randrange(12)), name=luck.choice(_NAMES), phone=luck.choice(_PHONES)),
                    # Most have ended: those that are open are all judged whenever their customer changes.
                    status=Status.COMPLETED if place_in_page else Status.TO_PACK,
                    outcome=Outcome.DELIVERED if place_in_page else None,
                )
                for place_in_page in range(3)
            ]
            store_orders(place, luck.choice([a_shop("web", "woocommerce"), a_shop("pos", "kiotviet")]), orders)
        elif what < 0.75:
            one, other = luck.sample(known, 2)
            linking.link(place, one, other, None, "một người")
        elif what < 0.9:
            linking.split(place, luck.choice(known), None, "hai người")
        else:
            try:
                linking.put_back(place, luck.choice(known), None)
            except linking.NotSplitError:
                continue
    return turns
