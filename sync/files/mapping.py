"""Mapping files: how a CSV or XLSX of one's own is read, one TOML a format, checked when it is loaded."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from packstation.domain.orders import FailureCause, Outcome, Shop, Status
from packstation.domain.times import UnknownZoneError, zone
from packstation.locale import _
from sync.files.mapping_files import ORDERS, Keys, load, names_of_kind
from sync.files.status_words import STATUS_OF_OUTCOME

_ASCII = 'a,1;"\t\n'
"""What an encoding must write as ASCII does, so that lines can be told apart before they are decoded."""


def known_zone(name: str) -> str:
    """The name of a time zone that there is.

    Raises:
        ValueError: no such zone.
    """
    try:
        zone(name)
    except UnknownZoneError as error:
        raise ValueError(_("an IANA zone such as Asia/Ho_Chi_Minh")) from error
    return name


def _known_encoding(name: str) -> str:
    try:
        if _ASCII.encode(name) == _ASCII.encode("ascii"):
            return codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        pass
    raise ValueError(_("an encoding such as utf-8, windows-1258 or windows-1252"))


def _time_format(text: str) -> str:
    sample = datetime(2026, 9, 22, 14, 5, tzinfo=UTC)
    try:
        back = datetime.strptime(sample.strftime(text), text)  # noqa: DTZ007 - only the date is compared
    except ValueError:
        back = None
    if back is None or back.date() != sample.date():
        raise ValueError(_("a format with day, month and year such as %d/%m/%Y %H:%M"))
    return text


class ShopKeys(Keys):
    """`[shop]`: where the orders belong unless the person names another shop; the zone is also the file's."""

    name: str = Field(min_length=1, max_length=80)
    channel: str = Field(default="file", pattern=r"^[a-z0-9_-]{1,40}$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    zone: Annotated[str, AfterValidator(known_zone)]


class ContainerKeys(Keys):
    """`[file]`: the container. `recognised_by` are the columns that tell this format."""

    recognised_by: list[str] = Field(min_length=1)
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    delimiter: Literal["auto", "comma", "semicolon", "tab"] = "auto"
    sheet: Literal["first", "last", "by_header"] = "by_header"


class FileKeys(ContainerKeys):
    """`[file]` of orders: `row` is what one row holds."""

    row: Literal["order", "line"]


class TimeKeys(Keys):
    """`[time]`: strptime formats, tried in order."""

    formats: list[Annotated[str, AfterValidator(_time_format)]] = Field(min_length=1)


class MoneyKeys(Keys):
    """`[money]`: the signs in amounts."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""

    @model_validator(mode="after")
    def _differ(self) -> MoneyKeys:
        if self.decimal == self.thousands:
            raise ValueError(_("two different signs for decimal and thousands"))
        return self


class ColumnKeys(Keys):
    """`[columns]`: which column holds what; what is not named is not read."""

    number: str
    placed: str
    updated: str | None = None
    paid: str | None = None
    ship_by: str | None = None
    buyer: str | None = None
    buyer_name: str | None = None
    phone: str | None = None
    email: str | None = None
    total: str | None = None
    cod: str | None = None
    to_collect: str | None = None
    voucher: str | None = None
    package: str | None = None
    tracking: str | None = None
    carrier: str | None = None
    source: str | None = None
    recipient: str | None = None
    street: str | None = None
    ward: str | None = None
    district: str | None = None
    province: str | None = None
    country: str | None = None
    buyer_note: str | None = None
    seller_note: str | None = None
    sold_by: str | None = None
    created_by: str | None = None
    sku: str | None = None
    item: str | None = None
    quantity: str | None = None
    price: str | None = None
    line_total: str | None = None


class TimedOutcomeKeys(Keys):
    """One `[[outcomes]]`: an outcome known from the moment in column `at`; an empty cell means that it never came.

    The status beside it is the outcome's usual one unless named.
    """

    outcome: Outcome
    at: str
    cause: FailureCause | None = None
    status: Status | None = None

    def status_then(self) -> Status:
        """The order's status from that moment on."""
        return self.status or STATUS_OF_OUTCOME[self.outcome]


class WordKeys(Keys):
    """What one word of a status or outcome column means."""

    status: Status | None = None
    outcome: Outcome | None = None
    cause: FailureCause | None = None

    @model_validator(mode="after")
    def _says_something(self) -> WordKeys:
        if self.status is None and self.outcome is None:
            raise ValueError(_("a status, an outcome or both"))
        return self


class WordColumnKeys(Keys):
    """`[status]` or `[outcome]`: a column of words, when they were true, and what they mean.

    `unknown` is the status of a word not listed, `empty` that of an empty cell.
    """

    column: str
    at: str | None = None
    words: dict[str, WordKeys] = Field(min_length=1)
    unknown: Status = Status.CHANNEL_HOLD
    empty: Status = Status.CHANNEL_HOLD


class CreditNoteKeys(Keys):
    """`[credit_notes]`: numbers that start with `prefix` are credit notes, their quantities negative."""

    prefix: str = Field(min_length=1)


class GuestKeys(Keys):
    """`[guests]`: buyer ids and names that are nobody's profile; an empty id and 0 always are."""

    ids: list[str] = Field(default_factory=list)
    names: list[str] = Field(default_factory=list)


class CodKeys(Keys):
    """`[cod]`: the words of the cod column that mean cash on delivery; any other word means paid before."""

    words: list[str] = Field(min_length=1)


class Mapping(Keys):
    """One mapping file; its file name without `.toml` is the format's name."""

    kind: Literal["orders"] = ORDERS
    shop: ShopKeys
    file: FileKeys
    time: TimeKeys
    money: MoneyKeys = MoneyKeys()
    columns: ColumnKeys
    outcomes: list[TimedOutcomeKeys] = Field(default_factory=list)
    status: WordColumnKeys | None = None
    outcome: WordColumnKeys | None = None
    credit_notes: CreditNoteKeys | None = None
    guests: GuestKeys = GuestKeys()
    cod: CodKeys | None = None

    @model_validator(mode="after")
    def _lines_have_what_lines_need(self) -> Mapping:
        columns = self.columns
        has_items = columns.sku is not None
        if self.file.row == "line" and not has_items:
            raise ValueError(_('columns.sku, because file.row = "line"'))
        if has_items and (columns.quantity is None or (columns.price is None and columns.line_total is None)):
            raise ValueError(
                _("columns.quantity and columns.price or columns.line_total, because columns.sku is there")
            )
        if self.credit_notes is not None and (self.file.row != "line" or columns.price is None):
            raise ValueError(_('file.row = "line" and columns.price, because credit_notes is there'))
        if not has_items and columns.total is None:
            raise ValueError(_("columns.total, because there are no product lines"))
        if columns.cod is not None and self.cod is None:
            raise ValueError(_("cod.words, because columns.cod is there"))
        return self

    def as_shop(self) -> Shop:
        """The shop that the file's orders belong to."""
        return Shop(self.shop.name, self.shop.channel, self.shop.currency, self.shop.zone)

    def column_names(self) -> list[str]:
        """Every column that the mapping reads, each once."""
        named = [name for name in self.columns.model_dump().values() if name is not None]
        named += [outcome.at for outcome in self.outcomes]
        for words in (self.status, self.outcome):
            if words is not None:
                named += [words.column, *([words.at] if words.at else [])]
        return list(dict.fromkeys(named))


def mapping_names(folder: Path | None) -> list[str]:
    """The names of the formats of orders that have a mapping in the folder, sorted."""
    return names_of_kind(folder, ORDERS)


def load_mapping(folder: Path, name: str) -> Mapping:
    """The mapping of that name.

    Raises:
        UnknownFormatError: the folder has none of that name.
        MappingError: it is no TOML, or a key is wrong.
    """
    return load(Mapping, folder, name, mapping_names(folder))
