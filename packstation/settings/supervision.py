"""Decisions of supervisors and what a cancellation costs: `[override]`, `[supervision]`, `[cancellation_cost]`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from packstation.domain.supervision import FourEyes, SupervisionRules
from packstation.domain.times import MINUTE
from packstation.settings.section import PrintableText, Section

MOST_REASONS = 9
"""Each has a digit as its key."""


def _reasons(reasons: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(reasons) <= MOST_REASONS or not all(reason.strip() for reason in reasons):
        raise ValueError(f"1 to {MOST_REASONS} reasons, none of them empty")
    return reasons


Reasons = Annotated[tuple[PrintableText, ...], AfterValidator(_reasons)]


class ReasonSettings(Section):
    """The same reasons in each language, in the same order."""

    vi: Reasons = (
        "Khách quen, đã biết",
        "Khách đã nhắn xác nhận",
        "Khách đã chuyển khoản",
        "Giá trị nhỏ, chấp nhận rủi ro",
        "Lý do khác",
    )
    en: Reasons = (
        "Known customer",
        "Buyer confirmed by message",
        "Buyer paid by transfer",
        "Small amount, risk accepted",
        "Other reason",
    )

    @model_validator(mode="after")
    def _as_many_in_each(self) -> Self:
        if len(self.vi) != len(self.en):
            raise ValueError("lists vi and en of the same length")
        return self


class OverrideSettings(Section):
    """Why supervisors decide: `reasons` to let an order go, `reasons_against` to reject, refuse, block or cancel."""

    reasons: ReasonSettings = ReasonSettings()
    reasons_against: ReasonSettings = ReasonSettings(
        vi=(
            "Bom hàng nhiều lần",
            "Không liên lạc được",
            "Đơn ảo, phá đơn",
            "Sai địa chỉ, không sửa được",
            "Lý do khác",
        ),
        en=(
            "Refused parcels before",
            "Cannot be reached",
            "Fake order",
            "Wrong address, not mended",
            "Other reason",
        ),
    )


class SupervisionSettings(Section):
    """Who may decide, and for how long a desk's request for an approval stands."""

    four_eyes: FourEyes = FourEyes.BY_HAND
    request_minutes: int = Field(default=15, ge=1, le=1440)

    @property
    def rules(self) -> SupervisionRules:
        """The same as acts go by it."""
        return SupervisionRules(self.four_eyes, self.request_minutes * MINUTE)


class CancellationCostSettings(Section):
    """What a cancellation by the seller costs in the shop's own words, by channel."""

    vi: dict[str, PrintableText] = Field(default_factory=dict)
    en: dict[str, PrintableText] = Field(default_factory=dict)
