from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from packstation.acts.intake import store_orders
from packstation.acts.mailing import queue_mail, send_mails_again
from packstation.acts.policies import publish_policy
from packstation.acts.reporting_buyers import all_cases, open_case
from packstation.acts.workplace import open_command
from packstation.domain.cases import CaseRules, CaseState
from packstation.domain.mails import Attachment, MailState
from packstation.domain.outbox import MOST_TRIES
from packstation.domain.times import HOUR, MINUTE
from packstation.settings import MailSettings
from packstation.store.database import close_database, database_now, open_database, rows_of, transaction
from packstation.store.mails import mail_standing
from sync.mail import LEASE, MailAccount, deliver_mails
from tests.acts.worlds import POLICY, Clock, kinds
from tests.factories import a_shop, an_order, order_id
from tests.sync.daemons import desk_with, simulated_channels
from tests.sync.mail_server import HANG_UP, PASSWORD, USER, MailServer, certificate, mail_server

TO = "report@shopee.example"


class Post:
    """A seller with a mail server, and a clock that tests move."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.clock = Clock()
        self.place = open_command("daemon")

    def account(self, **more: Any) -> MailAccount:
        chosen = {"host": "127.0.0.1", "port": self.server.port, "sender": "shop@example.vn", "user": USER, **more}
        trust = partial(ssl.create_default_context, cafile=str(self.server.certificate))
        return MailAccount(MailSettings(**chosen), PASSWORD, trust)

    def queue(self, subject: str = "Báo cáo", body: str = "Kính gửi sàn", *files: Attachment) -> int:
        with transaction():
            return queue_mail(self.place, TO, subject, body, files, order_id=None, now=self.clock.now)

    async def deliver(self, account: MailAccount | None = None, after: int = 0) -> int:
        self.clock.pass_(after)
        return await deliver_mails(
            account or self.account(), self.place, in_thread_of_test, self.clock, chance=random.Random(1)
        )

    @property
    def rows(self) -> list[tuple[str, int, str]]:
        return [(row[0], row[1], row[2]) for row in rows_of("SELECT state, tries, trouble FROM mail ORDER BY id")]


async def in_thread_of_test(work: Callable[[], object]) -> object:
    return work()


@pytest.fixture
def post(database: str, tmp_path: Path) -> Iterator[Post]:
    with mail_server(tmp_path) as server:
        yield Post(server)


async def test_a_mail_arrives_once_encrypted_and_whole(post: Post) -> None:
    post.queue(
        "Khách không nhận hàng",
        "Kính gửi sàn,\n.một dòng có chấm\nHết",
        Attachment("thư.pdf", "application/pdf", b"%PDF\0"),
    )
    assert await post.deliver() == 1
    assert await post.deliver(after=HOUR) == 0
    [message] = post.server.taken
    assert (message["From"], message["To"], message["Subject"]) == ("shop@example.vn", TO, "Khách không nhận hàng")
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Kính gửi sàn,", ".một dòng có chấm", "Hết"]
    [file] = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("thư.pdf", b"%PDF\0")
    assert message["Message-ID"].endswith("@example.vn>")
    assert [words.split(" ")[0] for words in post.server.heard[:4]] == ["ehlo", "STARTTLS", "ehlo", "AUTH"]
    assert (post.rows, kinds()) == ([("sent", 0, "")], ["mail_queued", "mail_sent"])


async def test_a_subject_made_of_lines_is_no_header_of_its_own(post: Post) -> None:
    post.queue("Đơn A-1\r\nBcc: all@example.com\r\n\r\nXin chào\x00")
    assert await post.deliver() == 1
    [message] = post.server.taken
    assert message["Bcc"] is None
    assert message["Subject"] == "Đơn A-1 Bcc: all@example.com Xin chào"
    assert [words for words in post.server.heard if words.upper().startswith("RCPT")] == [f"rcpt TO:<{TO}>"]


async def test_a_server_that_hangs_up_in_the_mail_gets_it_again_under_the_same_name(post: Post) -> None:
    post.queue()
    post.server.plan = [HANG_UP, "451 later", "250 taken"]
    assert await post.deliver() == 0
    assert post.rows[0][:2] == ("queued", 1)
    assert await post.deliver() == 0
    assert await post.deliver(after=2 * MINUTE) == 0
    named = rows_of("SELECT message_id FROM mail")[0][0]
    assert await post.deliver(after=5 * MINUTE) == 1
    assert [message["Message-ID"] for message in post.server.taken] == [named]


async def test_a_mail_whose_process_was_killed_is_sent_again_under_the_same_name_after_its_lease(post: Post) -> None:
    post.queue()

    def killed_before_noting(work: Callable[[], object]) -> Any:
        if post.server.taken:
            raise ConnectionError
        return in_thread_of_test(work)

    with pytest.raises(ConnectionError):
        await deliver_mails(post.account(), post.place, killed_before_noting, post.clock)
    assert await post.deliver(after=LEASE - 1) == 0
    assert await post.deliver(after=1) == 1
    first, second = post.server.taken
    assert first["Message-ID"] == second["Message-ID"]


async def test_several_processes_send_each_mail_once(post: Post) -> None:
    for _each in range(3):
        post.queue()
    assert sorted(await asyncio.gather(post.deliver(), post.deliver())) in ([0, 3], [1, 2])
    assert len({message["Message-ID"] for message in post.server.taken}) == len(post.server.taken) == 3


async def test_what_the_server_refuses_for_good_is_parked_and_others_go_on(post: Post) -> None:
    post.queue("một")
    post.queue("hai")
    post.server.plan = ["554 5.7.1 \x1b[2J spam"]
    assert await post.deliver() == 1
    assert post.rows == [("parked", 1, "the mail server does not take it: 554 5.7.1 [2J spam"), ("sent", 0, "")]
    standing = mail_standing()
    assert (standing.waiting, standing.parked, [each.subject for each in standing.stuck]) == (0, 1, ["một"])
    assert kinds()[-2:] == ["mail_parked", "mail_sent"] or kinds()[-2:] == ["mail_sent", "mail_parked"]
    assert send_mails_again() == 1
    assert await post.deliver(after=database_now() - post.clock.now) == 1


async def test_a_recipient_that_is_refused_parks_and_one_that_must_wait_waits(post: Post) -> None:
    post.queue()
    post.server.answers["RCPT"] = "450 greylisted"
    await post.deliver()
    assert post.rows[0][:2] == ("queued", 1)
    post.server.answers["RCPT"] = f"550 <{TO}>: nobody here"
    await post.deliver(after=HOUR)
    assert post.rows == [("parked", 2, "the mail server does not take it: 550 <•••@shopee.example>: nobody here")]


async def test_a_mail_that_fails_again_and_again_is_parked_after_half_a_day(post: Post) -> None:
    post.queue()
    post.server.plan = ["451 later"] * 99
    for _try in range(MOST_TRIES):
        await post.deliver(after=8 * HOUR)
    assert post.rows[0][:2] == ("parked", MOST_TRIES)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("no starttls", "offers no encryption"),
        ("strange certificate", "certificate is not valid"),
        ("wrong password", "does not take user and password: 535 no such user"),
        ("away", "does not answer"),
        ("busy", "does not answer"),
        ("sender", "does not take mail from shop@example.vn"),
    ],
)
async def test_what_no_mail_is_to_blame_for_uses_up_no_try_and_nothing_goes_in_the_clear(
    post: Post, tmp_path: Path, trouble: str, says: str
) -> None:
    post.queue()
    post.queue()
    account = post.account()
    match trouble:
        case "no starttls":
            post.server.offers_starttls = False
        case "strange certificate":
            (tmp_path / "other").mkdir()
            other = certificate(tmp_path / "other")
            account = MailAccount(account.settings, PASSWORD, partial(ssl.create_default_context, cafile=str(other)))
        case "wrong password":
            account = MailAccount(account.settings, "falsch", account.trust)
        case "away":
            account = post.account(port=1)
        case "busy":
            post.server.greeting = "421 too busy"
        case _:
            post.server.answers["MAIL"] = "553 not yours"
    assert await post.deliver(account) == 0
    assert (post.rows[0][:2], post.rows[1]) == (("queued", 0), ("queued", 0, ""))
    assert says in post.rows[0][2]
    assert not any(words.upper().startswith("DATA") for words in post.server.heard)
    if trouble in ("no starttls", "strange certificate"):
        assert not any(words.upper().startswith(("AUTH", "MAIL")) for words in post.server.heard)


async def test_encrypted_from_the_first_byte_and_without_a_user_works_too(post: Post) -> None:
    post.server.implicit_tls = True
    post.queue()
    assert await post.deliver(post.account(security="tls")) == 1
    post.server.implicit_tls = False
    post.queue()
    assert await post.deliver(post.account(security="none", user="")) == 1
    assert "AUTH" not in [words.split(" ")[0] for words in post.server.heard[-6:]]


def test_the_daemon_takes_a_cases_letter_to_the_channels_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tmp_path) as server, simulated_channels(["tiktok"], "--orders", "1", "--days", "1") as shops:
        desk = desk_with(shops, tmp_path, monkeypatch, keys="history_days = 1\n")
        (tmp_path / "packstation.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nsender = "shop@example.vn"\n',
            "utf-8",
        )
        open_database(desk.url)
        place = open_command("tests")
        publish_policy(place, POLICY, None)
        store_orders(place, a_shop(shops[0].shop, "tiktok"), [an_order("A-1")])
        open_case(place, CaseRules(recipients={"tiktok": TO}), None, order_id("A-1", shop=shops[0].shop), "vi")
        close_database()
        assert desk.run("sync", "--once").returncode == 0
        [message] = server.taken
        assert message["Subject"] == f"Báo cáo người mua: đơn A-1, gian hàng {shops[0].shop}"
        assert [part.get_filename() for part in message.iter_attachments()] == ["case-1-A-1.pdf"]
        open_database(desk.url)
        assert [(card.case.state, card.mail) for card in all_cases()] == [(CaseState.SENT, MailState.SENT)]
        close_database()
