"""`packstation care`: voucher codes, and what would be put into a parcel."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

app = typer.Typer(help="Care at the desk: vouchers and what goes into parcels.", no_args_is_help=True)
vouchers = typer.Typer(help="Voucher codes.", no_args_is_help=True)
app.add_typer(vouchers, name="vouchers")

REJECTS = 3


@app.callback()
def care() -> None:
    """Care at the desk: vouchers and what goes into parcels."""


@vouchers.callback()
def voucher_codes() -> None:
    """Voucher codes."""


@vouchers.command("import")
def import_vouchers(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a row of titles.")],
    name: Annotated[str, typer.Option("--list", metavar="NAME", help="The list that care.toml names.")],
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Add the codes of a file to a list: code, amount, currency, and, if wanted, expires and condition."""
    from packstation.acts.vouchers import add_vouchers
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.vouchers import is_list_name, read_vouchers

    if not is_list_name(name):
        raise CommandError(
            _("--list {name!r}: must be letters, digits, dots and dashes, at most 40").format(name=name), WRONG_USE
        )
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", WRONG_USE) from error
    except UnicodeDecodeError as error:
        raise CommandError(_("{file}: is not UTF-8 text").format(file=file), WRONG_USE) from error
    open_for_command(context.obj)
    read = read_vouchers(text, _zone())
    if read.missing:
        line = _("{file}: the column {column} is missing; needed: code, amount, currency")
        raise CommandError(line.format(file=file, column=read.missing), WRONG_USE)
    place = open_command("care vouchers import")
    added = add_vouchers(place, name, read.vouchers, ask_supervisor(place, by))
    line = _("{list}: {added} codes added, {known} known already, {rejected} lines rejected")
    known = len(read.vouchers) - added
    typer.echo(line.format(list=name, added=added, known=known, rejected=len(read.rejects)))
    for reject in read.rejects[:20]:
        typer.echo(
            _("line {line}: {column} {value!r} is missing, unreadable or there twice").format(
                line=reject.line, column=reject.column, value=reject.value
            ),
            err=True,
        )
    if read.rejects:
        raise typer.Exit(REJECTS)


def _zone() -> tzinfo | None:
    """Where a voucher's last day ends: the zone of all shops, or this computer's where they differ or there is none."""
    from packstation.store.shops import shops

    zones = {zone for _name, _channel, _currency, zone, _synced_at, _orders in shops()}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else datetime.now().astimezone().tzinfo


@vouchers.command("list")
def list_vouchers(context: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """How many codes of each list were given, expired or are left."""
    from packstation.store.care import voucher_lists
    from packstation.store.database import database_now

    open_for_command(context.obj)
    lists = voucher_lists(database_now())
    if as_json:
        document = [{"list": one.name, "given": one.given, "expired": one.expired, "left": one.left} for one in lists]
        typer.echo(json.dumps({"lists": document}, ensure_ascii=False, indent=2))
        return
    for one in lists:
        line = _("{list}: {left} left, {given} given, {expired} expired")
        typer.echo(line.format(list=one.name, left=one.left, given=one.given, expired=one.expired))


@app.command()
def show(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE")],
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What an order's parcel would get now, and rule by rule on which figures. Keeps and changes nothing."""
    from packstation.acts.caring import explain, preview
    from packstation.acts.looking_up import look_up
    from packstation.domain.codes import normalise
    from packstation.domain.plain_text import plain
    from packstation.locale import language
    from packstation.locale.care_words import insert_text
    from packstation.store.shops import shop_named

    open_for_command(context.obj)
    found = look_up(normalise(code, context.obj.scanner.code_format), shop).found
    if len(found) != 1:
        raise CommandError(_("no single order has the code {code!r}").format(code=code), NOT_FOUND)
    order_id = found[0].order_ids[0]
    offer, lines = preview(order_id), explain(order_id)
    if as_json:
        document = {
            "inserts": [
                {
                    "rule": one.rule,
                    "kind": str(one.kind),
                    "text": one.texts[language()],
                    "voucher": one.voucher.code if one.voucher else None,
                }
                for one in offer.inserts
            ],
            "empty_lists": list(offer.empty_lists),
            "rules": [{"rule": one.rule, "gives": one.gives, "figures": dict(one.figures)} for one in lines],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    shop_found = shop_named(found[0].shop)
    for insert in offer.inserts:
        typer.echo(plain(insert_text(insert, shop_found[2] if shop_found else "UTC")))
    if not offer.inserts:
        typer.echo(_("nothing"))
    for line in lines:
        figures = ", ".join(f"{name} = {_shown(value)}" for name, value in line.figures.items())
        typer.echo(f"{_('gives') if line.gives else _('does not give'):<14} {line.rule}: {plain(figures, 300)}")


def _shown(value: object) -> str:
    """A figure as a person reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value is None or value == "" else str(value)
