"""Settings: the config files' folder, and `packstation.toml` with the environment as one typed, frozen object.

A key is taken from the command line, else from the environment (`PACKSTATION_STATION__NAME` is `station.name`), else
from the file, else from the defaults here, which the shipped file repeats with comments.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self, get_args

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableEnvironmentError

from packstation.domain.call_sharing import CallRules
from packstation.domain.carriers import Carriers, CarrierTerms, names_twice
from packstation.domain.cases import CaseRules
from packstation.domain.codes import CodeFormat
from packstation.domain.dialing import PHONE
from packstation.domain.identities import LinkRules
from packstation.domain.mails import BadAddressError, checked_address
from packstation.domain.retention import Retention
from packstation.domain.supervision import FourEyes, SupervisionRules
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from packstation.settings_errors import (
    SettingsError,
    dotted,
    first_mistake,
    mistake_line,
    read_toml,
    shown,
    suggestion,
    unknown_key_line,
)

SETTINGS_FILE = "packstation.toml"
CONFIG_VARIABLE = "PACKSTATION_CONFIG"
SCRIPT_WORDS = ("shop", "recipient", "number", "items", "to_collect", "address")
"""What `{…}` in a contact script can stand for."""
REQUEST_WORDS = ("shop", "recipient", "number", "items")
"""What `{…}` in the text that asks for a cancellation can stand for: nothing that is masked until a contact starts."""

_PREFIX = "PACKSTATION_"
_NESTED = "__"
_ORIGIN_COMMAND_LINE = "command line"
_ORIGIN_ENVIRONMENT = "environment"
Language = Literal["vi", "en"]
Role = Literal["packer", "caller", "supervisor", "owner"]


def _database_url(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("a URL that begins with sqlite:/// or postgresql://")
    return url


def _script_line(line: str) -> str:
    return _with_words(line, SCRIPT_WORDS)


def _request_line(line: str) -> str:
    return _with_words(line, REQUEST_WORDS)


def _with_words(line: str, allowed: Sequence[str]) -> str:
    _printable(line)
    try:
        words = [word for _, word, _, _ in Formatter().parse(line) if word is not None]
    except ValueError as error:
        raise ValueError("text whose { and } come in pairs") from error
    if not set(words) <= set(allowed):
        raise ValueError("text with " + ", ".join(f"{{{word}}}" for word in allowed))
    return line


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("text without control characters")
    return text


def _bell_pattern(text: str) -> str:
    if not re.fullmatch(r"[*.]{1,40}", text):
        raise ValueError("* for a ring and . for a pause")
    return text


def _mail_address(text: str) -> str:
    if not text:
        return text
    try:
        return checked_address(text)
    except BadAddressError as error:
        raise ValueError("one mail address, such as shop@example.vn") from error


def _slot_names(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("at least one name, or no such key")
    if any(not re.fullmatch(r"[\w.-]{1,8}", name) for name in names):
        raise ValueError("names of 1 to 8 letters, digits, dots and hyphens")
    twice = next(
        (name for place, name in enumerate(names) if name.casefold() in map(str.casefold, names[:place])), None
    )
    if twice is not None:
        raise ValueError(f"each name once; {twice} stands there twice")
    return names


SlotNames = Annotated[tuple[str, ...], AfterValidator(_slot_names)]


def _dial_argument(text: str) -> str:
    _printable(text)
    if not text:
        raise ValueError("arguments that are not empty")
    if set("{}") & set(text.replace(PHONE, "")):
        raise ValueError("arguments with {phone} and no other { or }")
    return text


def _host_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:-]*", text):
        raise ValueError("a server's name or address, such as smtp.example.vn")
    return text


def _signs_only(text: str) -> str:
    if not re.fullmatch(r"[!-~]*", text):
        raise ValueError("letters without accents, digits and signs, no blanks")
    return text


PrintableText = Annotated[str, AfterValidator(_printable)]
ScriptLine = Annotated[str, AfterValidator(_script_line)]
RequestLine = Annotated[str, AfterValidator(_request_line)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
DialArgument = Annotated[str, AfterValidator(_dial_argument)]
CarrierName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_printable)]
HostName = Annotated[str, AfterValidator(_host_name)]
SignsOnly = Annotated[str, AfterValidator(_signs_only)]
BellPattern = Annotated[str, AfterValidator(_bell_pattern)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StationSettings(_Section):
    """This station. `kiosk` keeps quit, palette and suspend from whoever stands at it; 0 minutes never lock it."""

    name: PrintableText = Field(default_factory=lambda: platform.node() or "station", min_length=1, max_length=40)
    language: Language = "vi"
    kiosk: bool = True
    lock_after_minutes: int = Field(default=15, ge=0, le=1440)


class ScannerSettings(_Section):
    """What the scanner adds to a code, and how its keys are told from a person's. Times in ms."""

    prefix: str = Field(default="", max_length=10)
    suffix: str = Field(default="", max_length=10)
    strip_inner_spaces: bool = True
    strip_aim: bool = True
    strip_separators: bool = True
    key_gap_ms: int = Field(default=35, ge=5, le=200)
    silence_ms: int = Field(default=100, ge=20, le=1000)
    shortest_code: int = Field(default=4, ge=1, le=20)

    @property
    def code_format(self) -> CodeFormat:
        """What is taken off a scanned code."""
        return CodeFormat(self.prefix, self.suffix, self.strip_inner_spaces, self.strip_aim, self.strip_separators)


class DeskSettings(_Section):
    """How a parcel is finished, taken back and kept."""

    finish_by: Literal["second_scan", "next_parcel"] = "second_scan"
    require_acknowledge_stop: bool = False
    undo_seconds: float = Field(default=30, ge=0, le=600)
    lease_seconds: float = Field(default=300, ge=10, le=7200)
    repeat_guard_seconds: float = Field(default=1.5, ge=0, le=10)

    @property
    def undo_ms(self) -> int:
        """How long a finish can be taken back."""
        return round(self.undo_seconds * SECOND)

    @property
    def lease_ms(self) -> int:
        """How long a parcel stays on a desk that says nothing more about it."""
        return round(self.lease_seconds * SECOND)

    @property
    def repeat_guard_ms(self) -> int:
        """How long after its PACK was painted a second scan of a code is still a repeat."""
        return round(self.repeat_guard_seconds * SECOND)


class ShelfSettings(_Section):
    """The hold shelf: rows are lettered from A, columns numbered from 1; or the slots' own names, in the order they are filled.

    `slip_command` gets the slip of a parcel that was put there as a PDF on its standard input; empty: none is printed.
    """

    rows: int = Field(default=4, ge=1, le=26)
    columns: int = Field(default=6, ge=1, le=99)
    slots: SlotNames = ()
    slip_command: tuple[PrintableText, ...] = ()

    @property
    def slot_names(self) -> tuple[str, ...]:
        """The names of the slots, such as A1; without names of their own row by row."""
        return self.slots or tuple(
            f"{chr(ord('A') + row)}{column}" for row in range(self.rows) for column in range(1, self.columns + 1)
        )


class SoundSettings(_Section):
    """Bell patterns: `*` rings, `.` is a pause."""

    on: bool = True
    pause_ms: int = Field(default=120, ge=20, le=1000)
    pack: BellPattern = "*"
    call: BellPattern = "*.*"
    stop: BellPattern = "*.*.*.*"
    already_packed: BellPattern = "*....*"
    unknown: BellPattern = "*..*..*"
    alarm: BellPattern = "*.*.*....*.*.*"


class ScriptSettings(_Section):
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


class CancelRequestSettings(_Section):
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


class MessageSettings(_Section):
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


class ContactSettings(_Section):
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


class ReasonSettings(_Section):
    """The same reasons in each language, in the same order."""

    vi: tuple[PrintableText, ...] = Field(
        default=(
            "Khách quen, đã biết",
            "Khách đã nhắn xác nhận",
            "Khách đã chuyển khoản",
            "Giá trị nhỏ, chấp nhận rủi ro",
            "Lý do khác",
        ),
        min_length=1,
    )
    en: tuple[PrintableText, ...] = Field(
        default=(
            "Known customer",
            "Buyer confirmed by message",
            "Buyer paid by transfer",
            "Small amount, risk accepted",
            "Other reason",
        ),
        min_length=1,
    )

    @model_validator(mode="after")
    def _as_many_in_each(self) -> Self:
        if len(self.vi) != len(self.en):
            raise ValueError("lists vi and en of the same length")
        return self


class OverrideSettings(_Section):
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


class SupervisionSettings(_Section):
    """Who may decide, and for how long a desk's request for an approval stands."""

    four_eyes: FourEyes = FourEyes.BY_HAND
    request_minutes: int = Field(default=15, ge=1, le=1440)

    @property
    def rules(self) -> SupervisionRules:
        """The same as acts go by it."""
        return SupervisionRules(self.four_eyes, self.request_minutes * MINUTE)


class CancellationCostSettings(_Section):
    """What a cancellation by the seller costs in the shop's own words, by channel."""

    vi: dict[str, PrintableText] = Field(default_factory=dict)
    en: dict[str, PrintableText] = Field(default_factory=dict)


class PrivacySettings(_Section):
    """For whom phone, email and street are masked until a contact starts."""

    masked_roles: tuple[Role, ...] = get_args(Role)


class RetentionSettings(_Section):
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


class CarrierSettings(_Section):
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


def _each_name_once(carriers: dict[str, CarrierSettings]) -> dict[str, CarrierSettings]:
    twice = names_twice([one.terms(name) for name, one in carriers.items()])
    if twice is not None:
        raise ValueError(f"each carrier's name once; {twice} stands there twice")
    return carriers


class MailSettings(_Section):
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


class CaseSettings(_Section):
    """Reports of buyers to their channel: when one is due, where the letters go."""

    unanswered_holds: int = Field(default=3, ge=1, le=1_000)
    refused_orders: int = Field(default=3, ge=1, le=1_000)
    window_days: int = Field(default=90, ge=1, le=3_650)
    check_after_days: int = Field(default=7, ge=1, le=365)
    folder: PrintableText = ""
    recipients: dict[str, MailAddress] = Field(default_factory=dict)


class LinkingSettings(_Section):
    """When a phone or an email does not link profiles: too many people's, or another person's since."""

    hub_limit: int = Field(default=4, ge=1, le=40)
    handed_on_months: int = Field(default=12, ge=1, le=120)

    @property
    def rules(self) -> LinkRules:
        """The same as the store goes by it; a month is a twelfth of 365 days."""
        return LinkRules(self.hub_limit, self.handed_on_months * 365 // 12)


class Settings(BaseSettings):
    """Everything that is configured for one station or daemon."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=_PREFIX, env_nested_delimiter=_NESTED, validate_default=False
    )

    database: Annotated[str, AfterValidator(_database_url)] = Field(default_factory=lambda: default_database())
    station: StationSettings = Field(default_factory=StationSettings)
    scanner: ScannerSettings = ScannerSettings()
    desk: DeskSettings = DeskSettings()
    shelf: ShelfSettings = ShelfSettings()
    sounds: SoundSettings = SoundSettings()
    contact: ContactSettings = ContactSettings()
    override: OverrideSettings = OverrideSettings()
    supervision: SupervisionSettings = SupervisionSettings()
    cancellation_cost: CancellationCostSettings = CancellationCostSettings()
    privacy: PrivacySettings = PrivacySettings()
    retention: RetentionSettings = RetentionSettings()
    linking: LinkingSettings = LinkingSettings()
    mail: MailSettings = MailSettings()
    cases: CaseSettings = CaseSettings()
    carriers: Annotated[dict[CarrierName, CarrierSettings], AfterValidator(_each_name_once)] = Field(
        default_factory=dict
    )

    @property
    def case_rules(self) -> CaseRules:
        """When buyers are to be reported and where the letters go; nobody gets one by mail while no mail server is configured."""
        cases = self.cases
        return CaseRules(
            cases.unanswered_holds,
            cases.refused_orders,
            cases.window_days * DAY,
            cases.check_after_days * DAY,
            Path(cases.folder).expanduser() if cases.folder else default_cases_folder(),
            {channel: address for channel, address in cases.recipients.items() if address} if self.mail.host else {},
        )

    @property
    def carrier_terms(self) -> Carriers:
        """The carriers as acts go by them."""
        return Carriers(tuple(one.terms(name) for name, one in self.carriers.items()))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in only: `load_settings` reads file and environment and keeps apart which said what."""
        return (init_settings,)


def default_config_folder() -> Path:
    """The folder of the shipped defaults: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "config"
    return inside if inside.is_dir() else package.parent / "config"


def user_config_folder() -> Path:
    """The folder where this user's config files are looked for."""
    return platformdirs.user_config_path("packstation", appauthor=False)


def default_cases_folder() -> Path:
    """Where letters to channels are saved: in the user's data folder."""
    return platformdirs.user_data_path("packstation", appauthor=False) / "cases"


def default_database() -> str:
    """The URL of the SQLite file in the user's data folder."""
    file = platformdirs.user_data_path("packstation", appauthor=False) / "packstation.db"
    return f"sqlite:///{file.as_posix()}"


def config_folder(given: Path | None = None) -> Path:
    """The folder of the config files: the given one, `PACKSTATION_CONFIG`, the user's if it exists, else the defaults.

    Raises:
        SettingsError: the given one, or that of `PACKSTATION_CONFIG`, is no folder.
    """
    named = given or (Path(text) if (text := os.environ.get(CONFIG_VARIABLE)) else None)
    if named is not None:
        if not named.is_dir():
            origin = "--config" if given else CONFIG_VARIABLE
            raise SettingsError(
                f"{origin} = {shown(str(named))}: no such folder; `packstation config init DIR` makes one"
            )
        return named
    users = user_config_folder()
    return users if users.is_dir() else default_config_folder()


def config_file(name: str, folder: Path) -> Path:
    """The config file of this name in `folder`, else the shipped default."""
    own = folder / name
    return own if own.is_file() else default_config_folder() / name


def load_settings(
    config: Path | None = None, *, database: str | None = None, station: str | None = None, language: str | None = None
) -> Settings:
    """The settings in force.

    Args:
        config: the folder of the config files, as `config_folder` takes it.
        database: URL given on the command line.
        station: name given on the command line.
        language: `vi` or `en` given on the command line.

    Raises:
        SettingsError: anything wrong in file, environment or arguments.
    """
    file = config_file(SETTINGS_FILE, config_folder(config))
    given: dict[str, Any] = {} if database is None else {"database": database}
    own = {key: value for key, value in (("name", station), ("language", language)) if value is not None}
    if own:
        given["station"] = own
    layers = {_ORIGIN_COMMAND_LINE: given, _ORIGIN_ENVIRONMENT: _environment(), str(file): read_toml(file)}
    merged: dict[str, Any] = {}
    for values in reversed(layers.values()):
        merged = _laid_over(merged, values)
    try:
        return Settings(**merged)
    except ValidationError as error:
        raise SettingsError(_one_line(error, layers)) from None


def _environment() -> dict[str, Any]:
    sections = Settings.model_fields
    for name in os.environ:
        head, nested, _ = name.upper().removeprefix(_PREFIX).partition(_NESTED)
        if name.upper().startswith(_PREFIX) and nested and head.lower() not in sections:
            raise SettingsError(f"{_ORIGIN_ENVIRONMENT}: {name}: no such section; {suggestion(head.lower(), sections)}")
    try:
        return EnvSettingsSource(Settings)()
    except UnreadableEnvironmentError as error:
        field = re.sub(r'.*field "(\w+)".*', r"\1", str(error))
        raise SettingsError(
            f"{_ORIGIN_ENVIRONMENT}: {_PREFIX}{field.upper()}: allowed: JSON, or one variable a key"
        ) from error


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _laid_over(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged


def _one_line(error: ValidationError, layers: dict[str, dict[str, Any]]) -> str:
    path, value, allowed = first_mistake(error)
    origin = next((name for name, values in layers.items() if _has(values, path)), next(reversed(layers)))
    key = _PREFIX + _NESTED.join(path).upper() if origin == _ORIGIN_ENVIRONMENT else dotted(path)
    if not allowed:
        return unknown_key_line(origin, key, path, Settings)
    return mistake_line(origin, key, value, allowed)


def _has(values: object, path: list[str]) -> bool:
    for part in path:
        if not isinstance(values, Mapping):
            return True
        if part not in values:
            return False
        values = values[part]
    return True
