"""Mapping files for what carriers send: COD statements and status files, checked when they are loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from packstation.domain.orders import FailureCause
from packstation.domain.waybills import WaybillMeaning
from packstation.locale import _
from sync.files.mapping import ContainerKeys, MoneyKeys, TimeKeys, known_zone
from sync.files.mapping_files import COD_STATEMENT, WAYBILLS, Keys, load, names_of_kind


class CarrierKeys(Keys):
    """`[carrier]`: whose files these are, and the zone of their times. `shop`: the shop whose order numbers they have, else any."""

    name: str = Field(min_length=1, max_length=80)
    zone: Annotated[str, AfterValidator(known_zone)]
    shop: str = Field(default="", max_length=80)


class PayingCarrierKeys(CarrierKeys):
    """`[carrier]` of a statement: with the currency of its amounts."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")


class ParcelColumnKeys(Keys):
    """`[columns]`: what names the parcel, its tracking number or its order's."""

    tracking: str | None = None
    number: str | None = None

    @model_validator(mode="after")
    def _names_parcels(self) -> Self:
        if self.tracking is None and self.number is None:
            raise ValueError(_("tracking, number or both"))
        return self

    def names(self) -> list[str]:
        """Every column that is read, each once."""
        return list(dict.fromkeys(name for name in self.model_dump().values() if name is not None))


class StatementColumnKeys(ParcelColumnKeys):
    """`[columns]` of a COD statement. Without `statement` a day's payments are one statement."""

    statement: str | None = None
    amount: str
    fee: str | None = None
    paid: str


class WaybillColumnKeys(ParcelColumnKeys):
    """`[columns]` of a status file: the carrier's word, since when, and why."""

    status: str
    at: str
    reason: str | None = None


class StatementMapping(Keys):
    """One mapping file of a carrier's COD statements."""

    kind: Literal["cod_statement"]
    carrier: PayingCarrierKeys
    file: ContainerKeys
    time: TimeKeys
    money: MoneyKeys = MoneyKeys()
    columns: StatementColumnKeys


class WaybillMapping(Keys):
    """One mapping file of a carrier's status files: `words` are the carrier's, `reasons` say whose fault a failure is."""

    kind: Literal["waybills"]
    carrier: CarrierKeys
    file: ContainerKeys
    time: TimeKeys
    columns: WaybillColumnKeys
    words: dict[str, WaybillMeaning] = Field(min_length=1)
    reasons: dict[str, FailureCause] = Field(default_factory=dict)


def statement_names(folder: Path | None) -> list[str]:
    """The names of the formats of COD statements that have a mapping in the folder."""
    return names_of_kind(folder, COD_STATEMENT)


def waybill_names(folder: Path | None) -> list[str]:
    """The names of the formats of status files that have a mapping in the folder."""
    return names_of_kind(folder, WAYBILLS)


def load_statement_mapping(folder: Path, name: str) -> StatementMapping:
    """The mapping of that name.

    Raises:
        UnknownFormatError: the folder has none of that name.
        MappingError: it is no TOML, or a key is wrong.
    """
    return load(StatementMapping, folder, name, statement_names(folder))


def load_waybill_mapping(folder: Path, name: str) -> WaybillMapping:
    """The mapping of that name.

    Raises:
        UnknownFormatError: the folder has none of that name.
        MappingError: it is no TOML, or a key is wrong.
    """
    return load(WaybillMapping, folder, name, waybill_names(folder))
