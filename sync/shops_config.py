"""`channels.toml`: which shops are synced and how, as typed, frozen objects. Secrets are never in it: `sync login` takes them."""

from __future__ import annotations

import re
import socket
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from packstation.domain.orders import Shop, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.plain_text import plain
from packstation.domain.times import UnknownZoneError, zone
from packstation.settings import config_file
from packstation.settings_errors import (
    SettingsError,
    dotted,
    first_mistake,
    mistake_line,
    read_toml,
    unknown_key_line,
)
from sync.rhythm import Rhythm

CHANNELS_FILE = "channels.toml"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that may be spoken to without TLS: nobody can listen in between."""

_LONGEST_NAME = 80
_SECRET_WORDS = re.compile(r"secret|token|passw|(^|[^a-z])pass($|[^a-z])|private|credential|signature")
_KEYS_THAT_ARE_IDS = frozenset({"app_key"})
"""Lazada's and TikTok Shop's public half of a pair is called a key; every other key is taken for a secret."""

_SIGN_THE_ADDRESS = frozenset({"shopee"})
"""Channels whose signature covers the address that they push to (Shopee Open Platform v2, "Push mechanism")."""

_ADDRESSES = frozenset({"api_host", "auth_host", "consent_host", "public_url"})


def _shop_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    if not name or len(name) > _LONGEST_NAME or plain(name, _LONGEST_NAME) != name or name != name.strip():
        raise ValueError(f"a name of 1 to {_LONGEST_NAME} printable characters without spaces around it")
    return name


def _channel_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,40}", name):
        raise ValueError("small letters, digits, - and _, such as shopee")
    return name


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("an ISO 4217 code such as VND")
    return code


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except UnknownZoneError as error:
        raise ValueError("an IANA zone such as Asia/Ho_Chi_Minh") from error
    return name


def _host(url: str) -> str:
    """A host's address without a slash at its end; plain http on this computer only."""
    wanted = "https:// and a host, or http:// and one of " + ", ".join(sorted(LOOPBACK_HOSTS))
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(wanted) from error
    readable = host and url.isprintable() and not re.search(r"[\s\\@?#]", url)
    if not readable or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_HOSTS)):
        raise ValueError(wanted)
    return url.rstrip("/")


def _public_url(url: str) -> str:
    return _host(url) if url else url


def _listening_host(host: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:-]{1,255}", host):
        raise ValueError("an address or name of this computer, such as 127.0.0.1")
    return host


def is_secret_name(key: str) -> bool:
    """Whether something called so is a secret, which no config file may hold."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_")
    if words in _KEYS_THAT_ARE_IDS:
        return False
    return bool(_SECRET_WORDS.search(words)) or "key" in words.split("_") or words.endswith("key")


ShopName = Annotated[str, AfterValidator(_shop_name)]
ChannelName = Annotated[str, AfterValidator(_channel_name)]
Host = Annotated[str, AfterValidator(_host)]


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShopKeys(_Keys):
    """`[shops."name"]`: everything about a shop but its name.

    Attributes:
        channel: the name of the entry point.
        currency: ISO 4217.
        zone: IANA name.
        api_host: where calls go; None for the channel's own.
        auth_host: where tokens are renewed; None for the channel's own.
        consent_host: where the seller's browser goes; None for the channel's own.
        account: the channel's ids of shop and application; no secrets.
        history_days: how far the first back-fill goes.
        requests_per_second: a rate other than the channel's; None leaves it.
        concurrency: how many calls at once.
        outbox: which decisions the channel is told.
        statuses: what words of the channel mean that packstation does not know.
    """

    channel: ChannelName
    currency: Annotated[str, AfterValidator(_currency)] = "VND"
    zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Ho_Chi_Minh"
    api_host: Host | None = None
    auth_host: Host | None = None
    consent_host: Host | None = None
    account: Mapping[str, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict)
    history_days: int = Field(default=90, ge=1, le=3650)
    requests_per_second: float | None = Field(default=None, gt=0, le=1000, allow_inf_nan=False)
    concurrency: int = Field(default=2, ge=1, le=64)
    outbox: frozenset[DecisionKind] = frozenset()
    statuses: Mapping[str, Status] = Field(default_factory=dict)


class ShopConfig(ShopKeys):
    """One shop and how it is synced."""

    name: ShopName

    @property
    def shop(self) -> Shop:
        """The shop as orders know it."""
        return Shop(self.name, self.channel, self.currency, self.zone)


class WebhooksConfig(_Keys):
    """`[webhooks]`: the receiver of pushes. `public_url` is what the channels are told, as they sign it."""

    enabled: bool = False
    host: Annotated[str, AfterValidator(_listening_host)] = "127.0.0.1"
    port: int = Field(default=8790, ge=1, le=65535)
    public_url: Annotated[str, AfterValidator(_public_url)] = ""


class MetricsConfig(_Keys):
    """`[metrics]`: figures for Prometheus, on this computer only."""

    enabled: bool = False
    port: int = Field(default=9790, ge=1, le=65535)


class PullConfig(_Keys):
    """`[pull]`: how often the channels are asked. The lease is for how long a daemon that died keeps its shops."""

    poll_seconds: float = Field(default=30.0, ge=1, le=3600, allow_inf_nan=False)
    reconcile_minutes: float = Field(default=360.0, ge=1, le=10_080, allow_inf_nan=False)
    lease_seconds: float = Field(default=30.0, ge=3, le=600, allow_inf_nan=False)

    @property
    def rhythm(self) -> Rhythm:
        """How often what is done."""
        return Rhythm(poll=self.poll_seconds, reconcile=self.reconcile_minutes * 60, lease=self.lease_seconds)


class ChannelsFile(_Keys):
    """The whole file."""

    shops: Mapping[ShopName, ShopKeys] = Field(default_factory=dict)
    pull: PullConfig = PullConfig()
    webhooks: WebhooksConfig = WebhooksConfig()
    metrics: MetricsConfig = MetricsConfig()


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """What the daemon is to do: the shops in the order of the file. `name` tells whose configuration it is: computer and folder."""

    shops: tuple[ShopConfig, ...] = ()
    pull: PullConfig = field(default_factory=PullConfig)
    webhooks: WebhooksConfig = field(default_factory=WebhooksConfig)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)
    name: str = field(default="", compare=False)

    def shop_named(self, name: str) -> ShopConfig | None:
        """The shop of this name, however its accents were typed; None when there is none."""
        wanted = unicodedata.normalize("NFC", name).strip()
        return next((shop for shop in self.shops if shop.name == wanted), None)


def load_shops(folder: Path) -> SyncConfig:
    """What `channels.toml` of the config folder says; the shipped one, without shops, where it has none.

    Raises:
        SettingsError: anything wrong with it, in one line that never shows a secret.
    """
    file = config_file(CHANNELS_FILE, folder)
    values = read_toml(file)
    _refuse_secrets(str(file), values)
    try:
        read = ChannelsFile.model_validate(values)
    except ValidationError as error:
        line = _one_line(str(file), error)
    else:
        _refuse_names_spelt_twice(str(file), values)
        shops = tuple(ShopConfig(name=name, **dict(keys)) for name, keys in read.shops.items())
        _refuse_unsigned_address(str(file), shops, read.webhooks)
        return SyncConfig(shops, read.pull, read.webhooks, read.metrics, f"{socket.gethostname()}:{folder.resolve()}")
    raise SettingsError(line)


def _one_line(file: str, error: ValidationError) -> str:
    path, value, allowed = first_mistake(error)
    key = dotted(path)
    if not allowed:
        return unknown_key_line(file, key, path, ChannelsFile)
    if error.errors()[0]["type"] == "missing":
        return f"{file}: {key}: is missing"
    # Where ids and addresses belong, somebody may have put a secret, or one behind the address.
    if "account" in path or (path[-1] in _ADDRESSES and re.search(r"[@?#]", str(value))):
        return f"{file}: {key}: allowed: {allowed}"
    return mistake_line(file, key, value, allowed)


def _refuse_secrets(file: str, values: Mapping[str, Any]) -> None:
    shops = values.get("shops")
    for name, keys in shops.items() if isinstance(shops, dict) else ():
        if not isinstance(keys, dict):
            continue
        account = keys.get("account")
        places = [((), keys), (("account",), account if isinstance(account, dict) else {})]
        for above, section in places:
            secret = next((key for key in section if is_secret_name(key)), None)
            if secret is not None:
                key = dotted(("shops", name, *above, secret))
                raise SettingsError(
                    f"{file}: {key}: secrets are not kept here; `packstation sync login SHOP` asks for them"
                )


def _refuse_names_spelt_twice(file: str, values: Mapping[str, Any]) -> None:
    """Refuse two shops whose names differ in nothing that anybody sees: the later one would take the earlier one's place."""
    seen: set[str] = set()
    for name in values.get("shops", {}):
        spelt = unicodedata.normalize("NFC", name)
        if spelt in seen:
            raise SettingsError(f"{file}: {dotted(('shops', spelt))}: stands there twice; allowed: one shop of a name")
        seen.add(spelt)


def _refuse_unsigned_address(file: str, shops: Iterable[ShopConfig], webhooks: WebhooksConfig) -> None:
    """Refuse to receive without the address that a channel signs: every one of its deliveries would be taken for a forgery."""
    signing = next((shop for shop in shops if shop.channel in _SIGN_THE_ADDRESS), None)
    if webhooks.enabled and not webhooks.public_url and signing is not None:
        raise SettingsError(
            f"{file}: webhooks.public_url: is missing, and {signing.channel} signs it: put there what its console was given"
            f" as the push address, without /hooks/ and the shop, or set webhooks.enabled = false"
        )
