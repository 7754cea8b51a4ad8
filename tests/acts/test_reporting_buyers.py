from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from packstation.acts.erasing import erase_customer
from packstation.acts.mailing import note_sent
from packstation.acts.reporting_buyers import (
    CaseOpenError,
    LetterNotSavedError,
    NoSuchCaseError,
    all_cases,
    answer_case,
    close_case,
    due,
    open_case,
)
from packstation.domain.cases import CaseCard, CaseMoveError, CaseRules, CaseState, Conduct, Ground
from packstation.domain.holds import AttemptResult, RefusalWhy
from packstation.domain.mails import MailState
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.locale import language, use_language
from packstation.store import mails
from packstation.store.cases import count_overdue
from packstation.store.customers import find_customers
from packstation.store.database import rows_of, transaction
from tests.acts.worlds import World, entries, failed_before, risky
from tests.factories import a_buyer, a_shop, an_order, order_id

RULES = CaseRules(unanswered=2, refused=2, window_ms=90 * DAY)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = language()
    use_language("en")
    yield
    use_language(before)


def the_buyer(**more: Any) -> dict[str, Any]:
    return {"buyer": a_buyer("an.nguyen", phone="0912345678", email="an@example.com"), **more}


def in_vain(world: World, *numbers: str) -> None:
    """Orders on hold whose buyer was called and did not answer."""
    for number in numbers:
        hold = world.held(number, **the_buyer())
        world.contact(hold.id, AttemptResult.NO_ANSWER)
        world.contact(hold.id, AttemptResult.BUSY)


def saved(
    world: World,
    tmp_path: Path,
    number: str = "A-1",
    *,
    by: int | None = None,
    language: str = "vi",
    shop: str = "shop-a",
) -> CaseCard:
    rules = CaseRules(2, 2, 90 * DAY, 7 * DAY, tmp_path / "thư")
    return open_case(world.daemon, rules, by, order_id(number, shop=shop), language)


def text_of(card: CaseCard) -> str:
    assert card.letter is not None
    return f"{card.letter.subject}\n{card.letter.text}"


def test_who_never_answers_or_keeps_refusing_is_due_and_nobody_else(world: World) -> None:
    in_vain(world, "A-1")
    world.contact(world.held("B-1", buyer="binh").id, AttemptResult.NO_ANSWER)
    world.contact(world.held("B-2", buyer="binh").id, AttemptResult.CONFIRMED)
    world.contact(world.held("C-1", buyer="chi").id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    world.arrive(failed_before("C-0", buyer="chi"), failed_before("D-0", buyer="dung"))
    [chi] = due(RULES)
    assert (chi.number, chi.ground, chi.conduct) == ("C-0", Ground.KEEPS_REFUSING, Conduct(0, 2))
    in_vain(world, "A-2")
    assert [(each.ground, each.conduct) for each in due(RULES)] == [
        (Ground.NEVER_ANSWERS, Conduct(2, 0)),
        (Ground.KEEPS_REFUSING, Conduct(0, 2)),
    ]
    world.clock.pass_(91 * DAY)
    assert due(RULES) == []


def test_what_a_buyer_did_at_another_channel_is_none_of_this_ones_business(world: World, tmp_path: Path) -> None:
    in_vain(world, "A-1")
    web = a_shop("web", "woocommerce")
    world.arrive(risky("W-1", **the_buyer()), shop=web)
    [(hold_id,)] = rows_of("SELECT max(id) FROM hold")
    world.contact(hold_id, AttemptResult.NO_ANSWER)
    assert due(RULES) == []
    card = saved(world, tmp_path)
    assert card.case.ground is Ground.BY_HAND
    assert "W-1" not in text_of(card)
    assert "- ordered: 1" in text_of(saved(world, tmp_path, "W-1", shop="web", language="en"))


def test_the_letter_tells_what_the_channel_needs_and_no_more(world: World, tmp_path: Path) -> None:
    boss = world.supervisor()
    in_vain(world, "A-1", "A-2")
    card = saved(world, tmp_path, by=boss)
    told = text_of(card)
    assert "Báo cáo người mua: đơn A-1, gian hàng shop-a" in told
    assert "không trả lời lần liên hệ nào của chúng tôi về 2 đơn" in told
    assert "- Tài khoản người mua: an.nguyen" in told
    assert "- Giá trị: 2.000.000 ₫, thu tiền khi giao (COD)" in told
    assert "- 09/10/2025 15:53: gọi điện, không nghe máy (đơn A-1)" in told
    assert told.count("(đơn A-") == 4
    for private in ("0912345678", "912345678", "an@example.com", "Nguyễn Văn An", "Lý Thường Kiệt", "Bình"):
        assert private not in told
    close_case(world.daemon, boss, card.id)
    assert "answered none of our contacts about 2 orders" in text_of(saved(world, tmp_path, language="en"))
    assert language() == "en"


def test_a_letter_without_a_mail_address_is_saved_for_its_owner_only(world: World, tmp_path: Path) -> None:
    world.arrive(an_order("../../etc/A 1", **the_buyer()))
    card = saved(world, tmp_path, "../../etc/A 1")
    file = Path(card.file)
    assert file == tmp_path / "thư" / f"case-{card.id}-etc-A-1.pdf"
    assert file.read_bytes().startswith(b"%PDF")
    assert file.with_suffix(".txt").read_text("utf-8").startswith("Báo cáo người mua")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.suffix for path in file.parent.iterdir()) == [".pdf", ".txt"]
    assert (card.case.state, card.mail) == (CaseState.SAVED, None)


def test_a_letter_that_another_database_saved_there_is_left_alone(world: World, tmp_path: Path) -> None:
    world.arrive(an_order("A-1"))
    (tmp_path / "thư").mkdir()
    other = tmp_path / "thư" / "case-1-A-1.pdf"
    other.write_text("another's")
    assert saved(world, tmp_path).file == str(tmp_path / "thư" / "case-1-A-1-2.pdf")
    assert other.read_text() == "another's"


def test_a_folder_that_cannot_be_written_leaves_a_draft_that_is_taken_up_again(world: World, tmp_path: Path) -> None:
    world.arrive(an_order("A-1"))
    (tmp_path / "thư").write_text("no folder")
    with pytest.raises(LetterNotSavedError):
        saved(world, tmp_path)
    [draft] = all_cases()
    assert draft.case.state is CaseState.DRAFT
    (tmp_path / "thư").unlink()
    assert saved(world, tmp_path).id == draft.id
    assert [card.case.state for card in all_cases()] == [CaseState.SAVED]


def test_with_an_address_it_goes_by_mail_and_is_sent_when_the_server_took_it(world: World) -> None:
    boss = world.supervisor()
    in_vain(world, "A-1", "A-2")
    rules = CaseRules(2, 2, recipients={"shopee": "report@shopee.example"})
    card = open_case(world.desk.place, rules, boss, order_id("A-2"), "en")
    assert (card.case.state, card.mail, card.recipient) == (CaseState.DRAFT, MailState.QUEUED, "report@shopee.example")
    with pytest.raises(CaseOpenError) as refused:
        open_case(world.desk.place, rules, boss, order_id("A-1"), "en")
    assert refused.value.card.id == card.id
    taken = mails.take_due("daemon", "example.vn", world.clock.now, MINUTE)
    assert taken is not None
    assert (taken.mail.to, taken.mail.subject) == (
        "report@shopee.example",
        "Report about a buyer: order A-2, shop shop-a",
    )
    assert taken.mail.attachments[0].content.startswith(b"%PDF")
    world.clock.pass_(HOUR)
    note_sent(world.daemon, taken, "daemon", world.clock.now)
    [sent] = all_cases()
    assert (sent.case.state, sent.case.sent_at) == (CaseState.SENT, world.clock.now)
    assert due(rules) == []
    told = entries("kind", "order_id", "person_id", "facts")[-5:]
    assert [row[0] for row in told if str(row[0]).startswith(("case", "mail"))] == [
        "case_opened",
        "mail_queued",
        "mail_sent",
        "case_sent",
    ]
    assert (
        "case_opened",
        order_id("A-2"),
        boss,
        {"case": card.id, "channel": "shopee", "ground": "never_answers"},
    ) in told


def test_answers_and_ends_are_recorded_and_overdue_cases_counted(world: World, tmp_path: Path) -> None:
    boss = world.supervisor()
    world.arrive(an_order("A-1"), an_order("B-1", buyer="binh"))
    first, second = saved(world, tmp_path), saved(world, tmp_path, "B-1")
    assert count_overdue(world.clock.now) == 0
    world.clock.pass_(7 * DAY)
    assert count_overdue(world.clock.now) == 2
    answer_case(world.daemon, boss, first.id, "đã khóa tài khoản", world.clock.now + DAY)
    close_case(world.daemon, boss, second.id)
    assert count_overdue(world.clock.now) == 0
    assert [(card.id, card.case.state) for card in all_cases()] == [
        (first.id, CaseState.ANSWERED),
        (second.id, CaseState.CLOSED),
    ]
    with pytest.raises(CaseMoveError):
        answer_case(world.daemon, boss, second.id, "muộn")
    with pytest.raises(NoSuchCaseError):
        close_case(world.daemon, boss, 99)
    assert entries("kind", "person_id")[-2:] == [("case_answered", boss), ("case_closed", boss)]
    assert "đã khóa" not in repr(rows_of("SELECT facts FROM ledger"))


def test_a_guests_order_can_be_reported_and_stands_alone(world: World, tmp_path: Path) -> None:
    world.arrive(risky("G-1", buyer=None), risky("G-2", buyer=None))
    card = saved(world, tmp_path, "G-1")
    assert "Tài khoản" not in text_of(card)
    assert saved(world, tmp_path, "G-2").id != card.id
    with pytest.raises(CaseOpenError):
        saved(world, tmp_path, "G-1")


def test_erasing_a_customer_takes_letters_answers_and_files_along(world: World, tmp_path: Path) -> None:
    world.arrive(an_order("A-1", **the_buyer()))
    card = saved(world, tmp_path)
    answer_case(world.daemon, None, card.id, "an.nguyen bị khóa")
    [found] = find_customers("0912345678")
    erase_customer(world.daemon, found.id, None, even_open=True)
    [left] = all_cases()
    assert (left.letter, left.file, left.case.result, left.case.state) == (None, "", "", CaseState.ANSWERED)
    assert list((tmp_path / "thư").iterdir()) == []


def test_two_supervisors_at_once_open_one_case(world: World) -> None:
    world.arrive(an_order("A-1"))
    rules = CaseRules(recipients={"shopee": "report@shopee.example"})
    with transaction():
        open_case(world.daemon, rules, None, order_id("A-1"), "vi")
    with pytest.raises(CaseOpenError):
        open_case(world.daemon, rules, None, order_id("A-1"), "vi")
    assert rows_of("SELECT count(*) FROM mail")[0][0] == 1
