"""What names people: for whom it is masked, how long it is kept, and when it links profiles: `[privacy]`, `[retention]`, `[linking]`."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from packstation.domain.identities import LinkRules
from packstation.domain.retention import Retention
from packstation.domain.times import DAY
from packstation.settings.section import Section

Role = Literal["packer", "caller", "supervisor", "owner"]


class PrivacySettings(Section):
    """For whom phone, email and street are masked until a contact starts."""

    masked_roles: tuple[Role, ...] = get_args(Role)


class RetentionSettings(Section):
    """For how many days what names people is kept; 0 for good."""

    scans_days: int = Field(default=365, ge=0, le=36_500)
    addresses_days: int = Field(default=365, ge=0, le=36_500)
    texts_days: int = Field(default=730, ge=0, le=36_500)
    recordings_days: int = Field(default=90, ge=0, le=36_500)
    mails_days: int = Field(default=365, ge=0, le=36_500)
    cases_days: int = Field(default=730, ge=0, le=36_500)
    profiles_days: int = Field(default=0, ge=0, le=36_500)

    @property
    def rules(self) -> Retention:
        """The same as acts go by it."""
        days = (
            *(self.scans_days, self.addresses_days, self.texts_days, self.recordings_days),
            *(self.mails_days, self.cases_days, self.profiles_days),
        )
        return Retention(*(count * DAY if count else None for count in days))


class LinkingSettings(Section):
    """When a phone or an email does not link profiles: too many people's, or another person's since."""

    hub_limit: int = Field(default=4, ge=1, le=40)
    handed_on_months: int = Field(default=12, ge=1, le=120)

    @property
    def rules(self) -> LinkRules:
        """The same as the store goes by it; a month is a twelfth of 365 days."""
        return LinkRules(self.hub_limit, self.handed_on_months * 365 // 12)
