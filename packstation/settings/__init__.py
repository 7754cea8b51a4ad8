"""Settings: the config files' folder, and `packstation.toml` with the environment as one typed, frozen object.

A key is taken from the command line, else from the environment (`PACKSTATION_STATION__NAME` is `station.name`), else
from the file, else from the defaults here, which the shipped file repeats with comments.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableEnvironmentError

from packstation.domain.carriers import Carriers
from packstation.domain.cases import CaseRules
from packstation.domain.times import DAY
from packstation.settings.carriers import CarrierName, CarrierSettings, each_name_once
from packstation.settings.cases import CaseSettings, MailSettings
from packstation.settings.contact import ContactSettings
from packstation.settings.desk import DeskSettings, ShelfSettings
from packstation.settings.folders import (
    CONFIG_VARIABLE,
    config_file,
    config_folder,
    default_cases_folder,
    default_config_folder,
    default_database,
    user_config_folder,
)
from packstation.settings.privacy import LinkingSettings, PrivacySettings, RetentionSettings
from packstation.settings.stations import ScannerSettings, SoundSettings, StationSettings
from packstation.settings.supervision import CancellationCostSettings, OverrideSettings, SupervisionSettings
from packstation.settings_errors import (
    SettingsError,
    dotted,
    first_mistake,
    mistake_line,
    read_toml,
    suggestion,
    unknown_key_line,
)

__all__ = [
    "CONFIG_VARIABLE",
    "CaseSettings",
    "MailSettings",
    "Settings",
    "SoundSettings",
    "config_file",
    "config_folder",
    "default_config_folder",
    "default_database",
    "load_settings",
    "user_config_folder",
]

SETTINGS_FILE = "packstation.toml"
_PREFIX = "PACKSTATION_"
_NESTED = "__"
_ORIGIN_COMMAND_LINE = "command line"
_ORIGIN_ENVIRONMENT = "environment"


def _database_url(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("a URL that begins with sqlite:/// or postgresql://")
    return url


class Settings(BaseSettings):
    """Everything that is configured for one station or daemon."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=_PREFIX, env_nested_delimiter=_NESTED, validate_default=False
    )

    database: Annotated[str, AfterValidator(_database_url)] = Field(default_factory=default_database)
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
    carriers: Annotated[dict[CarrierName, CarrierSettings], AfterValidator(each_name_once)] = Field(
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
