"""`packstation sync login`: let packstation in at a shop's channel."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.errors import FAILED, NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.first_start import folder_of, open_ready
from packstation.locale import _, in_this_language

if TYPE_CHECKING:
    from sync.channels.protocol import Abilities, Consent
    from sync.credentials.credential import Credential
    from sync.credentials.key import Key
    from sync.credentials.vault import Vault
    from sync.shops_config import ShopConfig

_REDIRECT = "http://127.0.0.1:8791/"


def register(app: typer.Typer) -> None:
    """Add the command to the group `sync`."""
    app.command()(login)


def login(
    context: typer.Context,
    shop: Annotated[str, typer.Argument(metavar="SHOP", help="A shop of channels.toml.")],
    redirect: Annotated[
        str,
        typer.Option("--redirect", metavar="URL", help="Where the consent page sends the browser, as declared there."),
    ] = _REDIRECT,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Give packstation what it needs to speak for a shop, and try it. Nothing is shown; all of it is stored encrypted.

    Without a terminal, the supervisor's PIN, each secret, and the address after the consent page are lines of standard input.
    """
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.locale.shop_words import other_shop
    from packstation.store.database import transaction
    from packstation.store.shops import OtherShopError, shop_id_of
    from sync.channels.errors import ChannelError
    from sync.channels.registry import UnknownChannelError
    from sync.credentials.consent import WrongAnswerError

    config = _configured(context, shop)
    open_ready(context)
    ask_supervisor(open_command("sync login"), by)
    try:
        abilities = asyncio.run(_abilities_of(config))
        with transaction():
            shop_id = shop_id_of(config.shop)
        _log_in(config, shop_id, abilities, redirect)
    except UnknownChannelError as error:
        raise CommandError(in_this_language(str(error)), WRONG_USE) from None
    except OtherShopError as error:
        raise CommandError(in_this_language(other_shop(error.shop, error.wanted)), WRONG_USE) from None
    except (ChannelError, WrongAnswerError) as error:
        trouble = in_this_language(str(error))
        raise CommandError(_("{shop}: {trouble}").format(shop=config.name, trouble=trouble), FAILED) from None


def _configured(context: typer.Context, shop: str) -> ShopConfig:
    from packstation.domain.plain_text import plain
    from packstation.settings_errors import SettingsError
    from sync.shops_config import CHANNELS_FILE, load_shops

    try:
        known = load_shops(folder_of(context))
    except SettingsError as error:
        raise CommandError(str(error), WRONG_USE) from error
    config = known.shop_named(shop)
    if config is None:
        line = _("{file} has no shop {shop!r}; it has: {shops}")
        shops = ", ".join(one.name for one in known.shops) or "-"
        raise CommandError(line.format(file=CHANNELS_FILE, shop=str(plain(shop)), shops=shops), NOT_FOUND)
    return config


async def _abilities_of(config: ShopConfig) -> Abilities:
    from sync.credentials.credential import Credential
    from sync.credentials.login import visiting
    from sync.shops_config import CHANNELS_FILE

    async with visiting(config, Credential()) as visit:
        missing = [name for name in visit.channel.abilities.account if not config.account.get(name)]
        if missing:
            line = _("{file}: {shop}: account lacks {names}")
            text = line.format(file=CHANNELS_FILE, shop=config.name, names=", ".join(missing))
            raise CommandError(text, WRONG_USE)
        return visit.channel.abilities


def _log_in(config: ShopConfig, shop_id: int, abilities: Abilities, redirect: str) -> None:
    from sync.credentials.credential import Credential
    from sync.credentials.key import find_or_make_keys
    from sync.credentials.vault import Vault

    keys = find_or_make_keys()
    vault = Vault(keys)
    given = Credential(secrets=_ask(abilities, _known_secrets(vault, shop_id)))
    tried = asyncio.run(_let_in(config, shop_id, vault, given, redirect))
    line = (
        _("{shop}: logged in") if tried else _("{shop}: stored, but the channel could not be asked whether it is right")
    )
    typer.echo(line.format(shop=config.name))
    typer.echo(_place_line(keys[0]))


def _known_secrets(vault: Vault, shop_id: int) -> Mapping[str, str]:
    """The secrets of an earlier login; none where they cannot be opened any more."""
    from sync.credentials.errors import CredentialError
    from sync.credentials.tokens import stored_credential

    try:
        stored = stored_credential(vault, shop_id)
    except CredentialError:
        return {}
    return {} if stored is None else stored[1].secrets


def _ask(abilities: Abilities, known: Mapping[str, str]) -> dict[str, str]:
    from packstation.cli.authority import read_pin

    answers: dict[str, str] = {}
    for name in (*abilities.secrets, *abilities.push_secrets):
        may_be_left_out = name in abilities.push_secrets
        prompt = "{name}: "
        if name in known:
            prompt = _("{name} (empty: as before): ")
        elif may_be_left_out:
            prompt = _("{name} (empty: none, pushes are not used): ")
        text = read_pin(prompt.format(name=name)).strip() or known.get(name, "")
        if not text and may_be_left_out:
            continue
        if not text or not text.isprintable():
            raise CommandError(_("{name}: must be one line of text").format(name=name), WRONG_USE)
        answers[name] = text
    return answers


async def _let_in(config: ShopConfig, shop_id: int, vault: Vault, given: Credential, redirect: str) -> bool:
    """Get, store and try the credential; False when the channel does not answer now, and it is stored untried.

    One that the channel refuses is not stored, except after a consent: what the channel gave then cannot be had again.
    """
    from sync.channels.errors import Advice, ChannelError
    from sync.credentials.login import visiting
    from sync.credentials.tokens import log_in

    async with visiting(config, given) as visit:
        consent = visit.channel.consent
        if consent is not None:
            visit.given.credential = await _consented(consent, redirect)
            log_in(vault, shop_id, visit.given.credential)
        tried = True
        try:
            await visit.channel.check()
        except ChannelError as error:
            if error.advice is not Advice.RETRY:
                raise
            tried = False
        log_in(vault, shop_id, visit.given.credential)
        return tried


async def _consented(consent: Consent, redirect: str) -> Credential:
    from sync.credentials.consent import caught_answer, is_caught_here, pasted_answer

    state = secrets.token_urlsafe(24)
    url = consent.consent_url(redirect, state)
    typer.echo(_("Open this address in the seller's browser and agree:"))
    typer.echo(url)
    _show_qr(url)
    catching = is_caught_here(redirect)
    typer.echo(_("Then paste the address that the browser ended at, or the code in it:"))
    if catching and sys.stdin.isatty():
        typer.echo(_("A browser on this computer needs no pasting."))
        return await consent.exchange(await _pasted_or_caught(redirect, state))
    line = sys.stdin.readline()
    nothing_to_paste = catching and not line.strip()
    return await consent.exchange(
        await caught_answer(redirect, state) if nothing_to_paste else pasted_answer(line, state)
    )


async def _pasted_or_caught(redirect: str, state: str) -> Mapping[str, str]:
    """Whichever comes first: the browser on this computer, or a line at the terminal."""
    from sync.credentials.consent import caught_answer, pasted_answer

    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        if not line.done():
            line.set_result(sys.stdin.readline())

    catching = asyncio.ensure_future(caught_answer(redirect, state))
    try:
        loop.add_reader(sys.stdin, read)
    except NotImplementedError:
        # Windows waits for no terminal beside a socket; there it is the browser alone.
        return await catching
    try:
        both: set[asyncio.Future[Any]] = {catching, line}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return pasted_answer(line.result(), state) if line.done() else await catching
    finally:
        loop.remove_reader(sys.stdin)
        catching.cancel()


def _show_qr(url: str) -> None:
    """The address for a phone's camera, where the terminal has room for it."""
    from packstation.printing.qr import UnprintableTextError, qr_rows

    if not sys.stdout.isatty():
        return
    try:
        rows = qr_rows(url)
    except UnprintableTextError:
        return
    if len(rows[0]) <= shutil.get_terminal_size().columns:
        for row in rows:
            typer.secho(row, fg="black", bg="white")


def _place_line(key: Key) -> str:
    from sync.credentials.key import KEY_VARIABLE, KeyPlace, key_file

    if key.place is KeyPlace.ENVIRONMENT:
        return _("sealed with the key in {variable}").format(variable=KEY_VARIABLE)
    if key.place is KeyPlace.KEYRING:
        line = _("sealed with the key in the system's keyring; a daemon elsewhere needs it as {variable}")
        return line.format(variable=KEY_VARIABLE)
    line = _("sealed with the key in {file}; a daemon elsewhere needs it as {variable}")
    return line.format(file=key_file(), variable=KEY_VARIABLE)
