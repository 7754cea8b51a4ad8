"""`status` shows what the daemon stored in English in the language of whoever asks; its document stays as stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from packstation.cli.status import Standing, standing_document, standing_lines
from packstation.domain.outbox import DecisionKind
from packstation.locale import language, said, use_language
from packstation.store.mails import MailStanding, StuckMail
from packstation.store.outbox import OutboxStanding, ParkedDecision

MISSING = said("created_at: missing")
NOT_ENCRYPTED = said("the mail server's certificate is not valid")
NOT_TAKEN = said("Nhanh refuses the call ({said})", said="“page”")
STANDING = Standing(
    now=1_000,
    policy_version=1,
    to_pack=0,
    holds_open=0,
    holds_escalated=0,
    holds_past=0,
    stations=[],
    shops=[],
    syncs={},
    keepers={},
    logged_in=frozenset(),
    unreadable=[("Kẹo 1", "A-1", MISSING, 0)],
    asked=0,
    outbox=OutboxStanding(0, 1, None, (ParkedDecision("Kẹo 1", "A-2", DecisionKind.NOTE, NOT_TAKEN),)),
    mail=MailStanding(1, 0, 0, (StuckMail("an@example.vn", "Thư", NOT_ENCRYPTED, is_parked=False),)),
    pulls=[],
)


@pytest.fixture
def _language_kept() -> Iterator[None]:
    before = language()
    yield
    use_language(before)


@pytest.mark.usefixtures("_language_kept")
@pytest.mark.parametrize(
    ("asked_in", "why", "trouble"),
    [("en", MISSING, NOT_TAKEN), ("vi", "thiếu created_at", "Nhanh từ chối yêu cầu (“page”)")],
)
def test_troubles_are_told_in_the_language_asked_for(asked_in: str, why: str, trouble: str) -> None:
    use_language(asked_in)
    lines = list(standing_lines(STANDING))
    assert any("A-1" in line and line.endswith(why) for line in lines)
    assert any("A-2" in line and line.endswith(trouble) for line in lines)
    document = standing_document(STANDING)
    assert document["unreadable"][0]["why"] == MISSING
    assert document["outbox"]["parked_list"][0]["trouble"] == NOT_TAKEN
