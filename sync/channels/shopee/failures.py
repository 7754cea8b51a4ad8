"""Shopee's errors, classed by what to do next. Success is an empty `error`, whatever the HTTP status says.

Source: Shopee Open Platform v2, error lists of the API reference. Sample pages print `-` for success, which is tolerated. The
names come with and without the name of their module (`common.error_auth`, `order. error_param`).
"""

from __future__ import annotations

import re
from typing import Any

from packstation.domain.times import DAY, HOUR, SECOND
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, code_word
from sync.web.messages import Answer, excerpt

NO_PERMISSION = frozenset({"error_permission", "error_api_permission", "error_ashop_api_permission", "error_perm"})
"""Names for what the application may not ask; packstation goes on without what it can do without."""

_TRANSIENT = frozenset({"error_server", "error_network", "error_data", "error_inner", "error_rate_limit"})
_NO_SUCH = re.compile(r"not found|(?:doesn't|does not|not) exist")
_WRONG_TOKEN = frozenset({"invalid_acceess_token", "invalid_access_token"})
_WRONG_CALL = frozenset({"order_list_invalid_time", "booking_list_invalid_time", "exceed_max_limit"})
_NOT_THERE = frozenset({"error_not_found", "error_archived_order_update"})
_CONSENT_GONE = frozenset(
    {
        "shop_no_linked",
        "partner_shop_no_link",
        "shop_access_expired",
        "error_shop",
        "refresh_token_expired",
        "error_shop_refresh_token",
        "invalid_code",
    }
)
_APPLICATION_STOPPED = frozenset(
    {"api_suspended", "error_partner_key_expired", "invalid_partner_id", "error_api_call_restricted", "error_kyc_auth"}
)
_DAY_ENDS_AT_UTC = 16 * HOUR
"""The daily limit starts anew at 00:00 UTC+8."""


def payload(answer: Answer, now: int) -> dict[str, Any]:
    """The JSON object of an answer that succeeded.

    Args:
        answer: what came.
        now: the server's time, ms UTC; says when a daily limit ends.

    Raises:
        ChannelError: Shopee says that it did not, or it is no JSON object.
    """
    read = answer.json()
    if not isinstance(read, dict):
        raise UnreadableAnswerError(said("HTTP {status}: the answer is no JSON object", status=answer.status))
    name = str(read.get("error") or "").strip()
    if name in ("", "-"):
        if answer.status >= 400:
            raise UnreadableAnswerError(said("HTTP {status}: the answer names no error", status=answer.status))
        return read
    raise failure(name, str(read.get("message") or ""), now)


def failure(name: str, message: str, now: int) -> ChannelError:
    """The error of a name and message of Shopee's."""
    module, _point, short = name.rpartition(".")
    short, heard = short.strip(), message.lower()
    if short == "error_auth":
        short = _of_auth(heard)
    if short in _WRONG_TOKEN:
        return ChannelError(said("Shopee does not take the access token"), Advice.RENEW, code=name)
    if short == "error_param" and "timestamp" in heard:
        return ChannelError(said("Shopee's clock and ours differ"), Advice.RETRY, code=name)
    if short == "error_limit":
        if module not in ("", "common"):
            return ChannelError(said("Shopee refuses: {message}", message=excerpt(message)), Advice.SKIP, code=name)
        return ChannelError(
            said("Shopee's limit of calls a day is reached"), Advice.RETRY, retry_after=_until_midnight(now), code=name
        )
    is_missing = short in _NOT_THERE or (short in ("error_param", "error_data") and _NO_SUCH.search(heard))
    if is_missing:
        return ChannelError(
            said("Shopee does not have it: {message}", message=excerpt(message)), Advice.SKIP, code=name
        )
    if short in _TRANSIENT or (short == "error_param" and "gateway" in heard):
        return ChannelError(said("Shopee is busy: {message}", message=excerpt(message)), Advice.RETRY, code=name)
    if module == "logistics":
        return ChannelError(said("Shopee has nothing yet: {message}", message=excerpt(message)), Advice.SKIP, code=name)
    if short in _WRONG_CALL or short == "error_param":
        return ChannelError(
            said("Shopee refuses a parameter: {message}", message=excerpt(message)), Advice.GIVE_UP, code=name
        )
    seller = _for_seller(short)
    if seller:
        return ChannelError(seller, Advice.ASK_SELLER, code=name)
    return ChannelError(
        said("Shopee says {name}: {message}", name=code_word(name), message=excerpt(message)), Advice.RETRY, code=name
    )


def _of_auth(heard: str) -> str:
    """`error_auth` means several things; its message tells which."""
    if "access_token" in heard or "access token" in heard:
        return "invalid_access_token"
    if "try again" in heard:
        return "error_server"
    if "no permission" in heard:
        return "error_permission"
    return "shop_no_linked" if "shopid" in heard or "shop_id" in heard else "invalid_partner_id"


def _for_seller(short: str) -> str | None:
    """What the seller must do about an error; None when it is none of theirs."""
    if short == "error_sign":
        return said("Shopee refuses the signature: check partner_id and partner_key, then log in again")
    if short == "source_ip_undeclared":
        return said(
            "Shopee does not know this computer's address: add it to the application's IP whitelist in the console"
        )
    if short == "shop_banned":
        return said("Shopee has banned the shop")
    if short in _CONSENT_GONE:
        return said("Shopee's consent has ended: log in to the shop again")
    if short in _APPLICATION_STOPPED:
        return said("Shopee does not let the application in: look at it in the Open Platform console")
    if short in NO_PERMISSION:
        return said("The application has no permission for this at Shopee: look at its category in the console")
    return None


def is_permission(error: ChannelError) -> bool:
    """Whether only the permission for this very call is missing."""
    return error.code.rpartition(".")[2].strip() in NO_PERMISSION


def _until_midnight(now: int) -> float:
    return (_DAY_ENDS_AT_UTC - now % DAY) % DAY / SECOND
