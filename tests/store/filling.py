"""A database with something in every table, for what copies or checks all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from packstation.domain.alarms import PullReason
from packstation.domain.call_queue import callee_of
from packstation.domain.cases import CaseRules, Conduct, opened
from packstation.domain.cod import IncomingCodLine
from packstation.domain.customer_profile import Field
from packstation.domain.holds import AttemptResult, ContactMethod, HoldReason, HoldState, open_by_rule
from packstation.domain.ledger import EntryKind
from packstation.domain.letters import Letter, Part
from packstation.domain.mails import Attachment, mail_for
from packstation.domain.orders import BuyerFacts, FailureCause, IncomingBalance, IncomingParcel, Outcome, Refund, Status
from packstation.domain.outbox import Announcement, DecisionKind
from packstation.domain.packing import finish, lease
from packstation.domain.people import Role
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.supervision import ApprovalState
from packstation.domain.times import HOUR, MINUTE
from packstation.store import calls, cases, cod, mails, outbox, rereads, sync_state
from packstation.store.alarms import raise_alarm
from packstation.store.approvals import add_request, end_request, mark_told
from packstation.store.balances import keep_balances
from packstation.store.buyer_facts import keep_facts
from packstation.store.costs import keep_costs
from packstation.store.credentials import put_credential
from packstation.store.customer_edits import add_edit, add_note, add_tag, end_note, end_tag, notes_of
from packstation.store.customer_overrides import add_override
from packstation.store.database import execute_many, is_sqlite, rows_of, transaction
from packstation.store.denied_numbers import deny_number
from packstation.store.erasing import erase
from packstation.store.holds import end_attempt, hold_by_id, open_attempt, open_hold, save_hold
from packstation.store.ledger import LedgerWriter
from packstation.store.link_decisions import DecisionKind as LinkKind
from packstation.store.link_decisions import add_decision
from packstation.store.marked_phones import mark_phone
from packstation.store.parcels import give_slot, save_standing, standing
from packstation.store.people import add_person, set_badge, station_named
from packstation.store.policies import add_version
from packstation.store.refreshes import ask_for_order
from packstation.store.rule_versions import add_rules
from packstation.store.scans import record_scan
from packstation.store.schema import installation_token
from packstation.store.tables.base import database as proxy
from packstation.store.tables.every import EVERY_TABLE, NOT_IN_BACKUPS, columns_of, key_of, name_of
from tests.factories import NOW, a_buyer, a_shop, an_order, hand_in, stored


def fill() -> None:
    """Put something into every table of this process's database."""
    installation_token()
    first, second = stored(
        an_order(
            "A-1",
            status=Status.LABEL_READY,
            parcels=(IncomingParcel("P1", "T1", "SPX"),),
            vouchers=("TẾT",),
            also=("HD-1",),
            buyer=a_buyer(phone="0912345678"),
        ),
        an_order("A-2", outcome=Outcome.DELIVERED, refunds=(Refund(0, 1, 5_000, NOW),), cod=None),
    )
    hand_in(
        an_order("B-1", outcome=Outcome.DELIVERY_FAILED, cause=FailureCause.REFUSED, items=()),
        an_order("B-2", buyer=None, currency="GBP"),
        an_order("B-3", buyer="binh", outcome=Outcome.BUYER_CANCELLED),
        an_order("B-4", buyer="binh"),
        shop=a_shop("web", "woocommerce"),
    )
    with transaction():
        lan = add_person("Lan", Role.PACKER, None, NOW)
        mai = add_person("Mai", Role.SUPERVISOR, "hash", NOW)
        set_badge(lan, "digest")
        desk = station_named("desk 1", NOW)
        [(parcel_id,)] = rows_of("SELECT id FROM parcel")
        give_slot(parcel_id, ("A1",), NOW)
        on_desk = lease(standing(parcel_id), desk, lan, NOW, MINUTE)
        save_standing(parcel_id, standing(parcel_id), on_desk, NOW)
        save_standing(parcel_id, on_desk, finish(on_desk, desk, lan, NOW + 1), NOW + 1)
        hold_id = open_hold(second, open_by_rule(NOW + HOUR, NOW), None)
        calls.lease(callee_of(None, second), mai, desk, NOW + HOUR)
        calls.seen_calling(mai, NOW)
        calls.ring(desk, "+84912345678", NOW)
        mark_phone("+84912345678", hold_id, mai, NOW)
        deny_number(second, mai, NOW)
        end_attempt(open_attempt(hold_id, mai, desk, ContactMethod.CALL, NOW), AttemptResult.CONFIRMED, "", NOW, None)
        hold, _order = hold_by_id(hold_id)
        released = replace(hold, state=HoldState.RELEASED, reason=HoldReason.CONFIRMED, changed_at=NOW + 1)
        save_hold(hold_id, hold, released, mai, NOW + 1)
        open_hold(first, open_by_rule(NOW + HOUR, NOW), None)
        record_scan(desk, lan, NOW, "T1", "pack", first, parcel_id)
        add_version("# quy tắc\n", mai, NOW)
        add_rules(RuleKind.TIERS, "# hạng khách\n", mai, NOW)
        fill_care(first, parcel_id, desk, lan)
        buyer_id = rows_of("SELECT min(id) FROM buyer")[0][0]
        block = "INSERT INTO buyer_block (buyer_id, why, from_at, until_at, person_id) VALUES (?, ?, ?, ?, ?)"
        execute_many(block, [(buyer_id, "ba lần bom", NOW, None, mai)])
        add_override(buyer_id, "khách quen", NOW, NOW + HOUR, mai)
        request_id = add_request(hold_id, desk, lan, "khách đang ở đây", NOW, NOW + MINUTE)
        end_request(request_id, ApprovalState.GRANTED, mai, NOW + 1)
        mark_told([request_id], NOW + 2)
        [(first_buyer,), (second_buyer,)] = rows_of("SELECT id FROM buyer ORDER BY id LIMIT 2")
        add_decision(LinkKind.REFUSED, second_buyer, first_buyer, NOW, mai, "hai chị em")
        outbox.set_switched_on(rows_of("SELECT id FROM shop WHERE name = 'shop-a'")[0][0], [DecisionKind.PACKED])
        outbox.add(first, Announcement(DecisionKind.PACKED, parcel_id, packages=("P1",)), NOW + 1, NOW + MINUTE)
        report = Attachment("báo cáo.txt", "text/plain", "đơn A-1".encode())
        mail_id = mails.add(mail_for("san@example.vn", "Báo cáo", "Kính gửi", (report,)), first, NOW)
        letter = Letter("Báo cáo", (Part("", ("Kính gửi",)),))
        case_id = cases.add(first, opened(Conduct(3, 0), CaseRules(), NOW), "vi", letter, mai)
        cases.goes_by_mail(case_id, mail_id, "san@example.vn")
        raise_alarm(parcel_id, first, PullReason.HELD, NOW + 2)
        execute_many("UPDATE shop SET synced_at = ? WHERE name = 'shop-a'", [(NOW,)])
        ask_for_order(first, "T1", desk, NOW)
        shop_id = rows_of("SELECT id FROM shop WHERE name = 'shop-a'")[0][0]
        sync_state.begin(shop_id)
        sync_state.take_shop(shop_id, "daemon 1", NOW, NOW + MINUTE)
        sync_state.save_progress(shop_id, sync_state.Progress(NOW, NOW - HOUR, NOW - MINUTE, NOW, NOW, NOW), "daemon 1")
        sync_state.troubled(shop_id, "không tới được", "away", NOW)
        rereads.ask_to_reread(shop_id, ["A-1"], rereads.Why.HINT, NOW)
        keep_balances("shopee", shop_id, [IncomingBalance("an.nguyen", 250_000, 12, NOW)])
        customer_id = rows_of("SELECT customer_id FROM buyer ORDER BY id LIMIT 1")[0][0]
        keep_facts({buyer_id: BuyerFacts(code="KH1", gender="female", birthday="1990-12-31")})
        keep_costs([(shop_id, "TEA-01", 0, 90_000)])
        add_edit(customer_id, Field.TIER, "vip", mai, NOW)
        add_tag(customer_id, "hay đổi ý", lan, NOW)
        end_tag(customer_id, "hay đổi ý", mai, NOW + 1)
        add_note(customer_id, "gọi sau 17 giờ", lan, NOW)
        [old] = notes_of(customer_id)
        end_note(customer_id, old.id, mai, NOW + 1)
        add_note(customer_id, "gọi sau 18 giờ", mai, NOW + 1, old.id)
        _fill_carriers(first, mai)
        erase(rows_of("SELECT max(customer_id) FROM buyer")[0][0], NOW)
        rereads.park(shop_id, [("A-9", "total: no number")], NOW)
        for name in ("desk 1", "import"):
            writer = LedgerWriter(name, NOW)
            writer.write(
                EntryKind.PACKED, NOW, order_id=first, person_id=lan, facts={"code": "T1"}, text=f"ghi chú {name}"
            )
    put_credential(shop_id, "sealed", NOW + HOUR, None)


def fill_care(order_id: int, parcel_id: int, station_id: int, person_id: int) -> None:
    """A voucher that was put into a parcel."""
    voucher = (1, "TẾT", "TET-1", 50_000, "VND", NOW + HOUR, "đơn từ 200k", NOW, order_id)
    execute_many(
        "INSERT INTO care_voucher (id, list, code, amount, currency, expires_at, condition, added_at, order_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [voucher],
    )
    given = (order_id, parcel_id, "tet", "voucher", 1, 1, NOW, station_id, person_id)
    execute_many(
        "INSERT INTO care_given (order_id, parcel_id, rule, kind, voucher_id, version, given_at, station_id, person_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [given],
    )


def _fill_carriers(order_id: int, person_id: int) -> None:
    paid = IncomingCodLine("S1", "T1", "", 150_000, 20_000, NOW)
    [line_id] = cod.keep_statement("spx", "VND", "", [paid], NOW)
    cod.settle([(line_id, order_id)], "đã nhận đủ", NOW, person_id)
    for table, columns, values in (
        (
            "waybill_event",
            "carrier, tracking, number, shop, word, reason, meaning, known_at, seen_at, digest, order_id",
            ("spx", "T1", "", "", "Giao lại", "khách hẹn", "failed_once", NOW, NOW, "d", order_id),
        ),
        (
            "rescue",
            "order_id, tracking, carrier, reason, failed_at, opened_at, deadline, state, changed_at, tries, instruction",
            (order_id, "T1", "spx", "khách hẹn", NOW, NOW, NOW + HOUR, "waiting", NOW, 0, ""),
        ),
        (
            "rescue_attempt",
            "rescue_id, person_id, method, opened_at",
            (1, person_id, "call", NOW),
        ),
        (
            "return_settled",
            "order_id, tracking, came_back, why, settled_at, person_id",
            (order_id, "T1", True, "đã về kho", NOW, person_id),
        ),
    ):
        execute_many(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})", [values])


def content() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that is backed up, as both engines can tell it."""
    return {
        name_of(table): [
            tuple(int(value) if isinstance(value, bool) else value for value in row)
            for row in rows_of(
                f"SELECT {', '.join(columns_of(table))} FROM {name_of(table)} ORDER BY {', '.join(key_of(table))}"
            )
        ]
        for table in EVERY_TABLE
        if table not in NOT_IN_BACKUPS
    }


def without_guards(change: Callable[[], None]) -> None:
    """Change what the database's own guards and references forbid, as a damaged disk or its owner could."""
    if is_sqlite():
        proxy.execute_sql("PRAGMA foreign_keys = OFF")
        for (name,) in rows_of("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            proxy.execute_sql(f"DROP TRIGGER {name}")
        change()
        proxy.execute_sql("PRAGMA foreign_keys = ON")
    else:
        proxy.execute_sql("SET session_replication_role = replica")
        change()
        proxy.execute_sql("SET session_replication_role = DEFAULT")
