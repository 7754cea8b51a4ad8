"""Words of status and reason columns: compared without accents, and what they say about who made an order end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from packstation.domain.orders import FailureCause, Outcome, Status

Meaning = TypeVar("Meaning")

STATUS_OF_OUTCOME = {
    Outcome.OPEN: Status.TO_PACK,
    Outcome.DELIVERED: Status.DELIVERED,
    Outcome.RETURNED: Status.RETURNED,
    Outcome.BUYER_CANCELLED: Status.CANCELLED,
    Outcome.DELIVERY_FAILED: Status.RETURNED,
    Outcome.SELLER_CANCELLED: Status.CANCELLED,
    Outcome.SYSTEM_CANCELLED: Status.CANCELLED,
    Outcome.UNPAID_EXPIRED: Status.CANCELLED,
    Outcome.CANCELLED: Status.CANCELLED,
    Outcome.LOST: Status.LOST,
}
"""Where an order usually stands once it ended like this, for files that tell outcomes only."""

_LONGEST_WORDS = 500
_SEPARATORS = re.compile(r"[\s_./-]+")

_BUYERS = r"(?:nguoi mua|khach(?: hang)?|buyer|customer|user)"
_SELLERS = r"(?:nguoi ban|nha ban hang|seller|shop|merchant)"
_SYSTEMS = r"(?:he thong|system|internal|operator|platform|shopee|tiktok|lazada)"
_BY = re.compile(
    rf"\b(?:boi|do|by|cancellation)\s+(?:the\s+|phia\s+)?(?:(?P<buyer>{_BUYERS})|(?P<seller>{_SELLERS})|(?P<system>{_SYSTEMS}))\b"
)
_ALONE = re.compile(rf"^(?:the\s+)?(?:(?P<buyer>{_BUYERS})|(?P<seller>{_SELLERS})|(?P<system>{_SYSTEMS}))\b")
_SYSTEM_ACTED = re.compile(
    r"\b(?:tu dong (?:huy|bi huy)|(?:he thong|system) .*?(?:huy|cancel)|auto\w* cancel|system cancel)"
)
_LOST = re.compile(r"\b(?:that lac|lam mat hang|bi mat|lost|damaged by|hu hong trong)")
_UNDELIVERED = re.compile(
    r"\b(?:giao (?:hang )?(?:khong thanh cong|that bai|khong duoc)|khong giao duoc|fail\w* (?:to )?deliver\w*"
    r"|deliver\w* (?:attempt )?fail\w*|undeliver\w*|returned to s(?:hipper|ender|eller)|khong nhan hang|tu choi nhan"
    r"|refused|rejected (?:the )?(?:package|parcel|delivery)|package rejected|bom hang|chuyen hoan)"
)
_UNPAID = re.compile(
    r"\b(?:(?:chua|khong) thanh toan|(?:qua|het) (?:han|gio|thoi gian|thoi han) thanh toan|unpaid|not paid"
    r"|pay\w* (?:time ?out|overdue|expired)|fail\w* to pay|no payment)"
)
_COURIER = re.compile(
    r"\b(?:don vi van chuyen|buu ta|shipper (?:khong|lam)|courier|carrier|logistics|3pl|hang hong|damaged)"
)
_UNREACHABLE = re.compile(
    r"\b(?:khong (?:lien (?:lac|he)|nghe may|goi duoc)|thue bao|sai so|sai dia chi|unreachable|not reach\w*"
    r"|cannot (?:be )?(?:contact|reach)\w*|unable to (?:contact|reach)|no answer|wrong (?:number|address|phone)"
    r"|not (?:at )?home|unavailable)"
)
_REFUSED = re.compile(
    rf"\b(?:{_BUYERS}|khong nhan hang|tu choi|refus\w*|reject\w*|bom hang|changed? (?:my |his |their )?mind|doi y)\b"
)


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """The text without accents, letter case and separators, so that `Đã huỷ`, `ĐÃ HỦY` and `da_huy` are one word."""
    letters = unicodedata.normalize("NFD", text[:_LONGEST_WORDS].casefold().replace("đ", "d"))
    return _SEPARATORS.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter))).strip()


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome and, for a failed delivery, why; `cause` None where nobody says."""

    outcome: Outcome
    cause: FailureCause | None = None


def meaning(text: str, words: Mapping[str, Meaning]) -> Meaning | None:
    """What the word means; `words` has folded keys. A long sentence counts when it starts with one of them."""
    key = folded(text)
    if key in words:
        return words[key]
    starts = [word for word in words if len(word) >= 12 and key.startswith(word)]
    return words[max(starts, key=len)] if starts else None


def failed_delivery(text: str) -> Ending:
    """A delivery that failed, with the cause that the text tells."""
    reason = folded(text)
    if _UNREACHABLE.search(reason):
        return Ending(Outcome.DELIVERY_FAILED, FailureCause.UNREACHABLE)
    if _REFUSED.search(reason):
        return Ending(Outcome.DELIVERY_FAILED, FailureCause.REFUSED)
    if _COURIER.search(reason):
        return Ending(Outcome.DELIVERY_FAILED, FailureCause.COURIER)
    return Ending(Outcome.DELIVERY_FAILED)


def cancellation(by: str, reason: str, *, shipped: bool) -> Ending:
    """How a cancelled order ended, by the channel's words for who did it and why.

    A parcel that had left and came back is a failed delivery, whoever pressed the button.

    Args:
        by: the word of a "cancelled by" column, "" where there is none.
        reason: the cancel reason, which may itself say who ("Hủy bởi người mua. Lý do: …").
        shipped: whether the parcel had left before.
    """
    why = folded(reason)
    who = _who(folded(by), why)
    if _LOST.search(why):
        return Ending(Outcome.LOST)
    if _UNDELIVERED.search(why) and (shipped or who not in ("buyer", "seller")):
        return failed_delivery(reason)
    if who == "buyer":
        return Ending(Outcome.DELIVERY_FAILED, FailureCause.REFUSED) if shipped else Ending(Outcome.BUYER_CANCELLED)
    if who == "seller":
        return Ending(Outcome.SELLER_CANCELLED)
    if _UNPAID.search(why):
        return Ending(Outcome.UNPAID_EXPIRED)
    return Ending(Outcome.SYSTEM_CANCELLED if who == "system" else Outcome.CANCELLED)


def _who(by: str, why: str) -> str | None:
    """`buyer`, `seller` or `system`, first by the column, then by the reason's own words."""
    for text, pattern in ((by, _ALONE), (by, _BY), (why, _BY), (why, _ALONE)):
        found = pattern.search(text)
        if found is not None:
            return found.lastgroup
        if text is why and _SYSTEM_ACTED.search(why):
            return "system"
    return None
