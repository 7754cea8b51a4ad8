"""What is said and written to buyers, and how they are called: `[contact]`."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from packstation.domain.call_sharing import CallRules
from packstation.domain.dialing import PHONE
from packstation.domain.times import MINUTE
from packstation.settings.section import Section, argument, printable

SCRIPT_WORDS = ("shop", "recipient", "number", "items", "to_collect", "address")
"""What `{…}` in a contact script can stand for."""
REQUEST_WORDS = ("shop", "recipient", "number", "items")
"""What `{…}` in the text that asks for a cancellation can stand for: nothing that is masked until a contact starts."""


def _script_line(line: str) -> str:
    return _with_words(line, SCRIPT_WORDS)


def _request_line(line: str) -> str:
    return _with_words(line, REQUEST_WORDS)


def _with_words(line: str, allowed: Sequence[str]) -> str:
    printable(line)
    try:
        words = [word for _, word, _, _ in Formatter().parse(line) if word is not None]
    except ValueError as error:
        raise ValueError("text whose { and } come in pairs") from error
    if not set(words) <= set(allowed):
        raise ValueError("text with " + ", ".join(f"{{{word}}}" for word in allowed))
    return line


def _dial_argument(text: str) -> str:
    argument(text)
    if set("{}") & set(text.replace(PHONE, "")):
        raise ValueError("arguments with {phone} and no other { or }")
    return text


ScriptLine = Annotated[str, AfterValidator(_script_line)]
RequestLine = Annotated[str, AfterValidator(_request_line)]
DialArgument = Annotated[str, AfterValidator(_dial_argument)]


class ScriptSettings(Section):
    """What the caller reads to the buyer, line by line."""

    vi: tuple[ScriptLine, ...] = (
        "Alo, em gọi từ {shop}. Em gặp anh/chị {recipient} ạ?",
        "Mình có đặt đơn {number}: {items}.",
        "Giao về {address}, nhận hàng trả {to_collect}, đúng không ạ?",
        "Anh/chị nhận hàng giúp em nhé?",
    )
    en: tuple[ScriptLine, ...] = (
        "Hello, this is {shop}. Am I speaking with {recipient}?",
        "You placed order {number}: {items}.",
        "It goes to {address}, with {to_collect} to pay on delivery. Is that right?",
        "Will you be there to take it?",
    )


class CancelRequestSettings(Section):
    """The text that asks the buyer to cancel the order themselves."""

    vi: tuple[RequestLine, ...] = (
        "Chào anh/chị {recipient}, shop {shop} đây ạ.",
        "Đơn {number} ({items}) mình không nhận nữa, anh/chị vào Đơn mua, bấm Hủy đơn giúp shop nhé.",
        "Người mua hủy thì không ai bị phạt. Shop cảm ơn anh/chị!",
    )
    en: tuple[RequestLine, ...] = (
        "Hello {recipient}, this is {shop}.",
        "As you do not want order {number} ({items}) any more, please open My Orders and cancel it there.",
        "Cancelled by the buyer it costs nobody anything. Thank you!",
    )


class MessageSettings(Section):
    """What is written to the buyer, by whatever needs no voice, line by line."""

    vi: tuple[ScriptLine, ...] = (
        "Chào anh/chị {recipient}, {shop} đây ạ.",
        "Mình có đặt đơn {number}: {items}; nhận hàng trả {to_collect}.",
        "Anh/chị nhắn lại OK giúp em để em gửi hàng nhé. Cảm ơn anh/chị!",
    )
    en: tuple[ScriptLine, ...] = (
        "Hello {recipient}, this is {shop}.",
        "You placed order {number}: {items}; {to_collect} to pay on delivery.",
        "Please answer OK and we send it. Thank you!",
    )


class ContactSettings(Section):
    """Contacts with buyers. `dial` is the command that calls a number, by its arguments; empty for none."""

    script: ScriptSettings = ScriptSettings()
    cancel_request: CancelRequestSettings = CancelRequestSettings()
    message: MessageSettings = MessageSettings()
    dial: tuple[DialArgument, ...] = ()
    dial_minutes: float = Field(default=15, gt=0, le=240)
    lease_minutes: float = Field(default=10, gt=0, le=240)
    on_shift_minutes: float = Field(default=15, gt=0, le=1440)

    @property
    def call_rules(self) -> CallRules:
        """How callers share the queue."""
        return CallRules(round(self.lease_minutes * MINUTE), round(self.on_shift_minutes * MINUTE))

    @model_validator(mode="after")
    def _dials_a_number(self) -> Self:
        if self.dial and (PHONE in self.dial[0] or not any(PHONE in argument for argument in self.dial[1:])):
            raise ValueError("a dial command first and {phone} in one of its arguments")
        return self
