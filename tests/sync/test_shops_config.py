from __future__ import annotations

import re
import unicodedata
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from packstation.domain.orders import Shop, Status
from packstation.domain.outbox import DecisionKind
from packstation.settings import default_config_folder
from packstation.settings_errors import SettingsError
from sync.shops_config import (
    ChannelsFile,
    MetricsConfig,
    PullConfig,
    ShopKeys,
    SyncConfig,
    WebhooksConfig,
    is_secret_name,
    load_shops,
)

SHIPPED = default_config_folder() / "channels.toml"


def write(folder: Path, text: str) -> Path:
    file = folder / "channels.toml"
    file.write_text(text, encoding="utf-8")
    return file


def mistake(folder: Path, text: str) -> str:
    file = write(folder, text)
    with pytest.raises(SettingsError) as caught:
        load_shops(folder)
    line = str(caught.value)
    assert line.startswith(f"{file}: ")
    assert line.isprintable()
    assert caught.value.__cause__ is None or not isinstance(caught.value.__cause__, ValidationError)
    return line.removeprefix(f"{file}: ")


def uncommented(text: str) -> str:
    return re.sub(r'^# (?=\[|[a-z_]+ = |"[A-Z_]+" = )', "", text, flags=re.MULTILINE)


def test_the_shipped_file_has_no_shop_and_says_what_the_defaults_are(tmp_path: Path) -> None:
    assert load_shops(default_config_folder()) == SyncConfig()
    assert load_shops(tmp_path) == SyncConfig()


def test_a_configuration_is_known_again_by_its_computer_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    name = load_shops(tmp_path).name
    write(tmp_path, '[shops.x]\nchannel = "shopee"\n')
    assert load_shops(other / "..").name == name
    assert load_shops(other).name != name
    monkeypatch.setattr("socket.gethostname", lambda: "another-computer")
    assert load_shops(tmp_path).name not in (name, load_shops(other).name)


def test_the_shipped_example_is_a_shop_that_loads_with_every_key(tmp_path: Path) -> None:
    text = uncommented(SHIPPED.read_text(encoding="utf-8"))
    write(tmp_path, text)
    [shop] = load_shops(tmp_path).shops
    assert (shop.name, shop.channel, shop.currency, shop.history_days) == ("Sóc Nâu Shopee", "shopee", "VND", 90)
    assert shop.statuses == {"SOME_NEW_WORD": Status.TO_PACK}
    shown = set(re.findall(r"^([a-z_]+) = ", text, re.MULTILINE)) | {"statuses"}
    models: list[type[BaseModel]] = [ShopKeys, PullConfig, WebhooksConfig, MetricsConfig]
    assert shown == {key for model in models for key in model.model_fields}


def test_a_shop_needs_no_more_than_its_channel(tmp_path: Path) -> None:
    write(tmp_path, '[shops."Bàn 1"]\nchannel = "kiotviet"\n')
    [shop] = load_shops(tmp_path).shops
    assert shop.shop == Shop("Bàn 1", "kiotviet", "VND", "Asia/Ho_Chi_Minh")
    assert (shop.outbox, shop.api_host, shop.requests_per_second, dict(shop.account)) == (frozenset(), None, None, {})


def test_a_shop_takes_what_it_is_given(tmp_path: Path) -> None:
    write(
        tmp_path,
        '[shops.web]\nchannel = "woocommerce"\ncurrency = "GBP"\nzone = "Europe/London"\napi_host = "https://shop.vn/blog/"\n'
        'auth_host = "http://[::1]:9000"\naccount = { site = "1" }\noutbox = ["packed", "note"]\nrequests_per_second = 0.5\n'
        '[shops.web.statuses]\n"wc-mới" = "channel_hold"\n[webhooks]\nenabled = true\npublic_url = "https://a.vn/x"\n',
    )
    config = load_shops(tmp_path)
    [shop] = config.shops
    assert (shop.api_host, shop.auth_host) == ("https://shop.vn/blog", "http://[::1]:9000")
    assert shop.outbox == {DecisionKind.PACKED, DecisionKind.NOTE}
    assert shop.statuses["wc-mới"] is Status.CHANNEL_HOLD
    assert config.webhooks.enabled
    with pytest.raises(ValidationError):
        shop.currency = "USD"


def test_a_shop_is_found_however_its_accents_were_typed(tmp_path: Path) -> None:
    write(tmp_path, f'[shops."{unicodedata.normalize("NFD", "Sóc Nâu")}"]\nchannel = "shopee"\n')
    config = load_shops(tmp_path)
    assert config.shops[0].name == unicodedata.normalize("NFC", "Sóc Nâu")
    for form in ("NFC", "NFD"):
        assert config.shop_named(unicodedata.normalize(form, "Sóc Nâu")) is config.shops[0]
    assert config.shop_named("Soc Nau") is None


SHOP = '[shops."Sóc Nâu"]\nchannel = "shopee"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[shops.a]\n", "shops.a.channel: is missing"),
        ('[shops.a]\nchannel = "Shopee!"', 'shops.a.channel = "Shopee!": allowed: small letters, digits'),
        ("shops = 1", "shops = 1: allowed: a section"),
        ("[shops]\na = 1", "shops.a = 1: allowed: a section"),
        (SHOP + 'zone = "Hanoi"', 'shops."Sóc Nâu".zone = "Hanoi": allowed: an IANA zone'),
        (SHOP + 'currency = "đ"', 'shops."Sóc Nâu".currency = "đ": allowed: an ISO 4217 code'),
        (SHOP + "concurency = 4", 'shops."Sóc Nâu".concurency: no such key; did you mean concurrency?'),
        (SHOP + "concurrency = 0", "concurrency = 0: allowed: greater than or equal to 1"),
        (SHOP + "requests_per_second = inf", "requests_per_second = Infinity: allowed: "),
        (SHOP + 'outbox = ["pakced"]', "\"pakced\": allowed: 'packed', 'hold_released'"),
        (SHOP + "outbox = 5", "outbox = 5: allowed: a list"),
        (SHOP + '[shops."Sóc Nâu".statuses]\nX = "gone"', "statuses.X = \"gone\": allowed: 'unpaid'"),
        (SHOP + "account = { shop_id = 5 }", "account.shop_id: allowed: text in quotes"),
        ('[shops."a\\u001b[2J"]\nchannel = "x"', 'shops."a\\u001b[2J" = "a\\u001b[2J": allowed: a name of 1 to 80'),
        ('[shops."a\\u202eb"]\nchannel = "x"', 'shops."a?b" = "a?b": allowed: a name of'),
        ('[shops." a"]\nchannel = "x"', 'shops." a" = " a": allowed: a name of'),
        ("[shop.a]", "shop: no such key; did you mean shops?"),
        ("[webhooks]\nport = 0", "webhooks.port = 0: allowed: greater than"),
        ("[metrics]\nhost = '0.0.0.0'", "metrics.host: no such key; allowed: enabled, port"),
        ("[shops", "is not TOML: "),
        ("a = " + "[" * 3000, "is not TOML: "),
        (
            '[shops."Sóc"]\nchannel = "x"\n[shops."So\\u0301c"]\nchannel = "x"',
            'shops."Sóc": stands there twice',
        ),
    ],
)
def test_a_mistake_is_one_line_naming_file_key_value_and_what_is_allowed(tmp_path: Path, text: str, says: str) -> None:
    assert says in mistake(tmp_path, text)


@pytest.mark.parametrize(
    "host",
    [
        "http://shop.vn",
        "http://127.0.0.1.evil.vn",
        "http://127.0.0.2",
        "http://localhost@evil.vn",
        "https://",
        "https://a b",
        "https://a\\\\b",
        "https://shop.vn/?x=1",
        "https://shop.vn:port",
        "ftp://localhost",
        "shop.vn",
        "https://[::1",
    ],
)
def test_only_tls_or_this_computer_is_spoken_to(tmp_path: Path, host: str) -> None:
    assert "allowed: https:// and a host, or http:// and one of 127.0.0.1" in mistake(
        tmp_path, f'{SHOP}api_host = "{host}"'
    )


@pytest.mark.parametrize(
    "text",
    [
        'account = { partner_key = "s3cret" }',
        'account = { consumerSecret = "s3cret" }',
        'partner_key = "s3cret"',
        'access_token = "s3cret"',
        'password = "s3cret"',
        "account = { api-key = 's3cret' }",
    ],
)
def test_a_secret_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    line = mistake(tmp_path, SHOP + text)
    assert "`packstation sync login SHOP` asks for them" in line
    assert "s3cret" not in line


@pytest.mark.parametrize(
    "text",
    [
        'account = "s3cret"',
        'account = ["s3cret"]',
        'account = { shop_id = ["s3cret"] }',
        'api_host = "https://ck:s3cret@shop.vn"',
        'api_host = "https://shop.vn?consumer=s3cret"',
    ],
)
def test_what_may_be_a_secret_in_a_wrong_place_is_not_shown(tmp_path: Path, text: str) -> None:
    assert "s3cret" not in mistake(tmp_path, SHOP + text)


def test_ids_are_no_secrets() -> None:
    ids = ("shop_id", "partner_id", "app_key", "retailer", "client_id", "site", "business_id", "app_id", "keyboard")
    assert not [name for name in ids if is_secret_name(name)]


def test_the_sections_of_the_file_are_those_that_are_loaded() -> None:
    assert set(ChannelsFile.model_fields) == {field.name for field in fields(SyncConfig) if field.compare}


def test_webhooks_want_the_address_where_a_channel_signs_it(tmp_path: Path) -> None:
    shopee, lazada = '[shops.a]\nchannel = "shopee"\n', '[shops.b]\nchannel = "lazada"\n'
    line = mistake(tmp_path, f"{shopee}[webhooks]\nenabled = true\n")
    assert "webhooks.public_url" in line
    for fine in (
        f"{lazada}[webhooks]\nenabled = true\n",
        f'{shopee}[webhooks]\nenabled = true\npublic_url = "https://a.vn"\n',
        shopee,
    ):
        write(tmp_path, fine)
        assert load_shops(tmp_path).shops
