"""`packstation demo`: simulated channels, the daemon and the desk on a throwaway database of believable orders."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli.first_start import open_prepared
from packstation.cli.station import need_terminal
from packstation.locale import _, language

if TYPE_CHECKING:
    from packstation.tui.app import DemoLine

SUPERVISOR_PIN = "2468"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(demo)


def demo(
    context: typer.Context,
    speed: Annotated[float, typer.Option(min=0.1, max=10_000, help="How many times faster new orders live.")] = 30.0,
) -> None:
    """Try the desk: invented orders, simulated channels where new ones arrive, and a card of codes that shows every verdict."""
    from packstation.cli.demo_channels import daemon_for, simulated_channels
    from packstation.settings import CaseSettings, MailSettings, default_config_folder
    from packstation.tui.app import run_station

    need_terminal()

    with tempfile.TemporaryDirectory(prefix="packstation-demo-", ignore_cleanup_errors=True) as folder:
        station = context.obj.station.model_copy(update={"kiosk": False})
        settings = context.obj.model_copy(
            update={
                "database": f"sqlite:///{Path(folder) / 'demo.db'}",
                "station": station,
                "mail": MailSettings(),
                "cases": CaseSettings(folder=str(Path(folder) / "cases")),
            }
        )
        sys.stderr.write(_("Making a throwaway database of invented orders ...") + "\n")
        with simulated_channels(speed) as simulation:
            open_prepared(settings, default_config_folder(), patient=True)
            card = fill()
            with daemon_for(simulation, settings, Path(folder)):
                code = run_station(settings, card)
        raise typer.Exit(code)


def fill(orders: int = 4_000) -> Sequence[DemoLine]:
    """Fill the open, empty database with people and a demo world; the card of codes for the screen."""
    from packstation.acts.blocking import block_buyer
    from packstation.acts.intake import store_orders
    from packstation.acts.people import add_person
    from packstation.acts.workplace import open_command
    from packstation.cli.demo_care import care_for_demo
    from packstation.domain.people import Role
    from packstation.store.database import database_now
    from packstation.tui.app import DemoLine
    from sync.sandbox.world import demo_world

    place = open_command("demo")
    add_person(place, "Lan", Role.PACKER, None)
    add_person(place, "Hùng", Role.CALLER, None)
    add_person(place, "Mai", Role.SUPERVISOR, SUPERVISOR_PIN)
    care_for_demo(place)
    world = demo_world(database_now(), orders=orders)
    for shop, shop_orders in world.shops:
        # Blocks come before the orders, so that these are judged with them.
        store_orders(place, shop, (), [order.buyer for order in shop_orders if order.buyer])
    for buyer in world.blocked:
        block_buyer(place, buyer.channel, buyer.external_id, buyer.why)
    for shop, shop_orders in world.shops:
        store_orders(place, shop, shop_orders)
    shown = [
        DemoLine(line.code, line.expected, _shows(line.what_it_shows_vi, line.what_it_shows_en)) for line in world.card
    ]
    pin = _("supervisor Mai, PIN {pin}").format(pin=SUPERVISOR_PIN)
    return [*shown, DemoLine("", "", pin)]


def _shows(vietnamese: str, english: str) -> str:
    return vietnamese if language() == "vi" else english
