"""`packstation status` and `doctor`: how things are, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from packstation.cli.errors import FOUND_SOMETHING
from packstation.cli.first_start import folder_of
from packstation.cli.opening import open_for_command
from packstation.locale import _


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(status)
    app.command()(doctor)


def status(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Stations, shops, the age of their data, and what waits."""
    from packstation.domain.plain_text import plain
    from packstation.domain.times import SECOND, iso_utc
    from packstation.locale.words import span
    from packstation.store.database import database_now
    from packstation.store.holds import open_holds
    from packstation.store.judging import packable_orders
    from packstation.store.people import stations
    from packstation.store.policies import newest_version
    from packstation.store.shops import shops

    open_for_command(context.obj)
    now = database_now()
    holds = open_holds()
    document = {
        "policy_version": newest_version(),
        "to_pack": len(packable_orders()),
        "holds": {
            "open": len(holds),
            "escalated": sum(hold.state == "escalated" for _hold, _order, hold in holds),
            "past_decide_by": sum(hold.decide_by <= now for _hold, _order, hold in holds),
        },
        "stations": [
            {"name": name, "person": person, "seen_at": iso_utc(seen_at)} for name, person, seen_at in stations()
        ],
        "shops": [
            {
                "name": name,
                "channel": channel,
                "currency": currency,
                "zone": zone,
                "orders": orders,
                "data_age_seconds": None if synced_at is None else max(0, now - synced_at) / SECOND,
            }
            for name, channel, currency, zone, synced_at, orders in shops()
        ],
    }
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    line = _("policy version {version}; {to_pack} orders to pack; {open} holds open, {escalated} for the supervisor")
    escalated = sum(hold.state == "escalated" for _hold, _order, hold in holds)
    typer.echo(
        line.format(
            version=document["policy_version"], to_pack=document["to_pack"], open=len(holds), escalated=escalated
        )
    )
    for name, person, seen_at in stations():
        who = plain(person) if person else _("nobody")
        typer.echo(
            _("station {name}: {who}, seen {age} ago").format(name=plain(name), who=who, age=span(now - seen_at))
        )
    for name, channel, _currency, _zone, synced_at, orders in shops():
        age = _("from files") if synced_at is None else _("synced {age} ago").format(age=span(now - synced_at))
        typer.echo(
            _("shop {name} ({channel}): {orders} orders, {age}").format(
                name=plain(name), channel=channel, orders=orders, age=age
            )
        )


def doctor(context: typer.Context) -> None:
    """What is wrong with this installation and how to mend it. Exits 5 when something is."""
    from packstation.cli.diagnosis import diagnose

    findings = diagnose(context.obj, folder_of(context))
    for finding in findings:
        mark = _("ok") if finding.good else _("BAD")
        typer.echo(f"{mark:<4} {finding.text}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(FOUND_SOMETHING)
