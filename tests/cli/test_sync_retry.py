from __future__ import annotations

import pytest

from packstation.domain.mails import MailState, mail_for
from packstation.domain.outbox import Announcement, DecisionKind, OutboxState
from packstation.store import mails, outbox
from packstation.store.database import close_database, database_now, open_database, rows_of, transaction
from tests.cli.conftest import CommandLine
from tests.factories import an_order, order_id


def parked(packstation: CommandLine, *numbers: str, trouble: str = "đơn đã\x1b[2J giao") -> None:
    """Orders whose note the channel would not take."""
    packstation.hand_in(*(an_order(number) for number in numbers))
    open_database(packstation.url)
    shop_id = rows_of("SELECT id FROM shop")[0][0]
    outbox.set_switched_on(shop_id, [DecisionKind.NOTE])
    now = database_now()
    for number in numbers:
        with transaction():
            outbox.add(order_id(number), Announcement(DecisionKind.NOTE, order_id(number), "gọi trước"), now, now)
        taken = outbox.take_due(shop_id, "test", now, 1)
        assert taken is not None
        outbox.not_delivered(taken.id, "test", OutboxState.PARKED, tries=8, next_try_at=now, trouble=trouble)
    close_database()


def standing(packstation: CommandLine) -> tuple[int, int]:
    """How many decisions wait and are parked, as `status` tells."""
    document = packstation("status", "--json").document["outbox"]
    return document["waiting"], document["parked"]


def test_status_tells_what_waits_and_what_did_not_go_out(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("A-1"))
    empty = packstation("status", "--json").document["outbox"]
    assert empty == {"waiting": 0, "parked": 0, "oldest_seconds": None, "parked_list": []}
    assert "outbox" not in packstation("status").out
    parked(packstation, "A-1")
    told = packstation("status", "--json").document["outbox"]
    assert told["parked_list"] == [{"shop": "shop-a", "number": "A-1", "kind": "note", "trouble": "đơn đã\x1b[2J giao"}]
    lines = packstation("status").out
    assert "1 decisions did not go out; `packstation sync retry`" in lines
    assert "not sent: shop-a A-1, note: đơn đã" in lines
    assert "\x1b" not in lines
    packstation("sync", "retry")
    waiting = packstation("status", "--json").document["outbox"]
    assert waiting["oldest_seconds"] >= 0
    assert "1 decisions wait for their channels" in packstation("status").out


@pytest.mark.parametrize(("words", "count", "left"), [((), 2, (2, 0)), (("A-2",), 1, (1, 1))])
def test_retry_sends_all_or_one_orders_again(
    packstation: CommandLine, words: tuple[str, ...], count: int, left: tuple[int, int]
) -> None:
    parked(packstation, "A-1", "A-2")
    ran = packstation("sync", "retry", *words)
    assert (ran.code, ran.out) == (0, f"{count} decisions wait to be sent again\n")
    assert standing(packstation) == left


def test_retry_of_an_order_that_is_not_here_says_so(packstation: CommandLine) -> None:
    parked(packstation, "A-1")
    ran = packstation("sync", "retry", "A-9")
    assert ran.code == 4
    assert "A-9" in ran.err
    assert standing(packstation) == (0, 1)


def test_retry_asks_for_a_supervisors_pin_once_there_is_one(packstation: CommandLine) -> None:
    parked(packstation, "A-1")
    packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n")
    assert packstation("sync", "retry", stdin="1111\n").code == 1
    assert standing(packstation) == (0, 1)
    assert packstation("sync", "retry", stdin="2468\n").code == 0
    assert standing(packstation) == (1, 0)


def test_mails_that_were_not_sent_are_told_without_the_address_and_sent_again(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("A-1"), an_order("A-2"))
    assert packstation("status", "--json").document["mail"]["waiting"] == 0
    open_database(packstation.url)
    now = database_now()
    for number in ("A-1", "A-2"):
        with transaction():
            mails.add(mail_for("an.nguyen@example.vn", f"Đơn {number}", "Chào"), order_id(number), now)
        taken = mails.take_due("test", "example.vn", now, 1)
        assert taken is not None
        mails.not_sent(taken.id, "test", MailState.PARKED, tries=8, next_try_at=now, trouble="554 no")
    close_database()
    lines = packstation("status").out
    assert "mail: 2 were not sent" in lines
    assert "mail not sent: Đơn A-1, to someone @example.vn: 554 no" in lines
    assert "an.nguyen" not in lines + packstation("status", "--json").out
    assert packstation("sync", "retry", "A-2").out.endswith("1 mails wait to be sent again\n")
    mail = packstation("status", "--json").document["mail"]
    assert (mail["waiting"], mail["parked"]) == (1, 1)
