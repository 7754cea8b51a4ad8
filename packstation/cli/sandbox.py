"""`packstation sandbox`: simulated channels on this computer, to try things without a shop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli.errors import WRONG_USE, CommandError
from packstation.domain.plain_text import shell_word
from packstation.locale import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.sandbox.running import Opened


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(sandbox)


def sandbox(
    channel: Annotated[list[str], typer.Option("--channel", metavar="NAME", help="Which channel; may be repeated.")],
    orders: Annotated[int, typer.Option(min=0, max=200_000, help="How many orders there are at first.")] = 300,
    days: Annotated[int, typer.Option(min=1, max=3650, help="In how many days they were placed.")] = 30,
    arrivals: Annotated[float, typer.Option(min=0, max=100_000, help="How many orders arrive an hour.")] = 20.0,
    speed: Annotated[float, typer.Option(min=0.01, max=100_000, help="How many times faster orders live.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another one gives other orders.")] = 1,
    faults: Annotated[float, typer.Option(min=0, max=0.5, help="The chance of each kind of fault at a call.")] = 0.0,
    port: Annotated[int, typer.Option(min=0, max=65_500, help="The first channel's port; 0 takes free ones.")] = 0,
    risky: Annotated[
        int, typer.Option(min=0, max=1_000, help="How many buyers who refused before soon order again.")
    ] = 0,
    push: Annotated[
        list[str] | None,
        typer.Option("--push", metavar="CHANNEL=URL", help="Where a channel pushes changes to, on this computer."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line a channel.")] = False,
) -> None:
    """Simulate channels on this computer until interrupted: real wire formats, orders that live, faults on demand."""
    import asyncio

    from sync.sandbox.counters import LIVE_COUNTERS
    from sync.sandbox.running import Plan, simulate

    unknown = [name for name in channel if name not in LIVE_COUNTERS]
    if unknown:
        line = _("--channel {name}: allowed: {channels}")
        raise CommandError(line.format(name=unknown[0], channels=", ".join(sorted(LIVE_COUNTERS))), WRONG_USE)
    plan = Plan(channel, orders, days, arrivals, speed, seed, faults, port, risky, _pushes(push or [], channel))
    try:
        asyncio.run(simulate(plan, lambda opened: typer.echo(opened.as_json() if as_json else _told(opened))))
    except OSError as error:
        raise CommandError(_("port {port}: {reason}").format(port=port, reason=error.strerror)) from error


def _pushes(given: Sequence[str], channels: Sequence[str]) -> dict[str, str]:
    from sync.sandbox.pushing import MANNERS, NoPushesError, check_push

    pushes = {}
    for one in given:
        channel, _sign, url = one.partition("=")
        try:
            if channel not in channels:
                raise NoPushesError(channel)
            check_push(channel, url)
        except NoPushesError as error:
            line = _(
                "--push {given}: allowed: CHANNEL=http://127.0.0.1:8790/hooks/SHOP, with a --channel of {channels}"
            )
            raise CommandError(line.format(given=one, channels=", ".join(sorted(MANNERS))), WRONG_USE) from error
        pushes[channel] = url
    return pushes


def _told(opened: Opened) -> str:
    """A section for channels.toml, and what `sync login` is to be told."""
    account = ", ".join(f"{name} = {json.dumps(value)}" for name, value in opened.account.items())
    secrets = ", ".join(f"{name} = {value}" for name, value in opened.credential.secrets.items())
    hosts = "\n".join(f'{name} = "{opened.url}"' for name in ("api_host", "auth_host", "consent_host"))
    head = f'[shops.{json.dumps(opened.shop, ensure_ascii=False)}]\nchannel = "{opened.channel}"\n{hosts}\n'
    line = _("# packstation sync login {shop} asks for: {secrets}")
    return f"{head}account = {{ {account} }}\n{line.format(shop=shell_word(opened.shop), secrets=secrets)}\n"
