"""What was agreed with carriers: `[carriers.NAME]`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from packstation.domain.carriers import CarrierTerms, names_twice
from packstation.domain.times import DAY, HOUR
from packstation.settings.section import PrintableText, Section, printable

CarrierName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(printable)]


class CarrierSettings(Section):
    """What was agreed with a carrier; `names` are those by which channels call it."""

    names: tuple[PrintableText, ...] = ()
    payout_days: int = Field(default=7, ge=0, le=365)
    returns_after_hours: int = Field(default=24, ge=1, le=720)
    claim_after_days: int = Field(default=15, ge=1, le=365)
    claim_until_days: int = Field(default=30, ge=1, le=365)

    @model_validator(mode="after")
    def _claims_in_order(self) -> Self:
        if self.claim_until_days < self.claim_after_days:
            raise ValueError("claim_until_days not less than claim_after_days")
        return self

    def terms(self, name: str) -> CarrierTerms:
        """The same as acts go by it."""
        return CarrierTerms(
            name,
            self.names,
            self.payout_days * DAY,
            self.returns_after_hours * HOUR,
            self.claim_after_days * DAY,
            self.claim_until_days * DAY,
        )


def each_name_once(carriers: dict[str, CarrierSettings]) -> dict[str, CarrierSettings]:
    """The carriers themselves.

    Raises:
        ValueError: two of them go by one name.
    """
    twice = names_twice([one.terms(name) for name, one in carriers.items()])
    if twice is not None:
        raise ValueError(f"each carrier's name once; {twice} stands there twice")
    return carriers
