"""Buyers reported to their channel, and the mail server the letters go out by: `[cases]`, `[mail]`."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from packstation.domain.mails import BadAddressError, checked_address
from packstation.settings.section import PrintableText, Section


def _mail_address(text: str) -> str:
    if not text:
        return text
    try:
        return checked_address(text)
    except BadAddressError as error:
        raise ValueError("one mail address, such as shop@example.vn") from error


def _host_name(text: str) -> str:
    # Only an IPv6 address has colons, and more than one.
    if not re.fullmatch(r"[A-Za-z0-9.:-]*", text) or text.count(":") == 1:
        raise ValueError("a server's name or address, such as smtp.example.vn")
    return text


def _signs_only(text: str) -> str:
    if not re.fullmatch(r"[!-~]*", text):
        raise ValueError("letters without accents, digits and signs, no blanks")
    return text


MailAddress = Annotated[str, AfterValidator(_mail_address)]
HostName = Annotated[str, AfterValidator(_host_name)]
SignsOnly = Annotated[str, AfterValidator(_signs_only)]


class MailSettings(Section):
    """The mail server that letters go out by; without a host nothing is sent."""

    host: HostName = Field(default="", max_length=253)
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: MailAddress = ""
    user: SignsOnly = Field(default="", max_length=254)

    @model_validator(mode="after")
    def _with_a_sender(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("a host together with a sender's address")
        if self.user and self.security == "none":
            raise ValueError(
                'a user only with security = "starttls" or "tls": else the password could be read on its way'
            )
        return self


class CaseSettings(Section):
    """Reports of buyers to their channel: when one is due, where the letters go."""

    unanswered_holds: int = Field(default=3, ge=1, le=1_000)
    refused_orders: int = Field(default=3, ge=1, le=1_000)
    window_days: int = Field(default=90, ge=1, le=3_650)
    check_after_days: int = Field(default=7, ge=1, le=365)
    folder: PrintableText = ""
    recipients: dict[str, MailAddress] = Field(default_factory=dict)
