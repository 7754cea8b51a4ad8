"""`packstation check`, `orders` and `holds`: what the desk would say, and what there is to pack."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from packstation.cli.errors import FAILED, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.domain.cards import Judgement
    from packstation.store.judging import ShopRates

EXIT_OF_VERDICT = {"pack": 0, "call": 10, "stop": 20, "unknown": 30}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(check)
    app.command()(orders)
    app.command()(holds)


def check(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(help="Order, tracking or package number.")] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Judge as known at this ISO 8601 moment.")
    ] = None,
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="Only this shop's orders.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    batch: Annotated[
        str | None,
        typer.Option("--batch", metavar="FILE", help="One code a line, optionally a tab and a TIME; - is stdin."),
    ] = None,
) -> None:
    """What the desk would say of a code. Never writes. Exits 0 PACK, 10 CALL, 20 STOP, 30 UNKNOWN; a batch exits 0."""
    from packstation.cli.documents import judgement_document

    if (code is None) == (batch is None):
        raise CommandError(_("check needs a CODE, or --batch FILE, and not both"), WRONG_USE)
    open_for_command(context.obj)
    if batch is not None:
        for document in _check_batch(context, batch, at, shop):
            sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        return
    judgement = _judge(context, str(code), at, shop, None)
    if as_json:
        typer.echo(json.dumps(judgement_document(judgement), ensure_ascii=False, indent=2))
    else:
        from packstation.cli.verdict_lines import verdict_lines

        typer.echo("\n".join(verdict_lines(judgement)))
    raise typer.Exit(EXIT_OF_VERDICT[str(judgement.verdict.kind)])


def _judge(context: typer.Context, code: str, at: str | None, shop: str | None, rates: ShopRates | None) -> Judgement:
    from packstation.acts.checking import check as judge
    from packstation.domain.codes import normalise
    from packstation.domain.times import UnreadableTimeError

    try:
        return judge(normalise(code, context.obj.scanner.code_format), at, shop, rates)
    except UnreadableTimeError as error:
        message = _("{time!r} is no moment: write a date and a time, as in 2026-11-22T14:05 or 2026-11-22T07:05Z")
        raise CommandError(message.format(time=str(error)), WRONG_USE) from error


def _check_batch(context: typer.Context, batch: str, at: str | None, shop: str | None) -> Iterator[dict[str, Any]]:
    from packstation.cli.documents import judgement_document
    from packstation.store.judging import ShopRates

    rates = ShopRates()
    with _lines_of(batch) as lines:
        for line in lines:
            code, _tab, moment = line.rstrip("\r\n").partition("\t")
            if code.strip():
                yield judgement_document(_judge(context, code, moment.strip() or at, shop, rates))


def _lines_of(batch: str) -> TextIO:
    if batch == "-":
        return sys.stdin
    try:
        return Path(batch).open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise CommandError(f"{batch}: {error.strerror}", WRONG_USE) from error


def orders(
    context: typer.Context,
    clean: Annotated[bool, typer.Option("--clean", help="Only those that can be packed as they are.")] = False,
    held: Annotated[bool, typer.Option("--held", help="Only those on hold.")] = False,
    still_open: Annotated[bool, typer.Option("--open", help="All that are still to pack (the default).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
) -> None:
    """The orders that are still to pack, with what the desk would say of each."""
    from packstation.acts.checking import packable_judgements
    from packstation.cli.documents import order_document
    from packstation.domain.plain_text import plain
    from packstation.domain.verdict import VerdictKind
    from packstation.locale.words import headline, moment

    if clean + held + still_open > 1:
        raise CommandError(_("--clean, --held and --open exclude each other"), WRONG_USE)
    open_for_command(context.obj)
    listed, lines = [], []
    for judgement in packable_judgements():
        on_hold = judgement.hold is not None and judgement.hold.hold.is_open
        if (clean and judgement.verdict.kind is not VerdictKind.PACK) or (held and not on_hold):
            continue
        if order := judgement.order:
            listed.append({**order_document(order), "verdict": str(judgement.verdict.kind)})
            due = moment(order.decide_by, order.zone)
            lines.append(f"{headline(judgement.verdict):<9} {due}  {plain(order.shop)}  {plain(order.number)}")
    if csv_file is not None:
        _write_csv(csv_file, listed)
    if as_json:
        typer.echo(json.dumps({"orders": listed}, ensure_ascii=False, indent=2))
    elif csv_file is None:
        for line in lines:
            typer.echo(line)


_CSV_COLUMNS = (
    "verdict shop channel number status placed_at decide_by currency total to_collect cod province tracking".split()
)


def _write_csv(file: Path, listed: Iterable[dict[str, Any]]) -> None:
    from packstation.reports.tables import write_csv

    rows = []
    for order in listed:
        tracking = " ".join(parcel["tracking"] for parcel in order["parcels"] if parcel["tracking"])
        row = {**order, "tracking": tracking}
        rows.append([str(row[name]) for name in _CSV_COLUMNS])
    try:
        write_csv(file, _CSV_COLUMNS, rows)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", FAILED) from error


def holds(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """The open holds, by decide-by."""
    from packstation.acts.desk_views import all_open_holds
    from packstation.cli.documents import hold_document
    from packstation.domain.plain_text import plain
    from packstation.locale.words import hold_reason_word, hold_state_word, moment, urgency_word
    from packstation.store.database import database_now

    open_for_command(context.obj)
    held, now = all_open_holds(), database_now()
    if as_json:
        listed = [
            {**hold_document(one.hold), "shop": one.order.shop, "number": one.order.number, "customer": one.customer_id}
            for one in held
        ]
        typer.echo(json.dumps({"holds": listed}, ensure_ascii=False, indent=2))
        return
    for one in held:
        hold = one.hold.hold
        slots = " ".join(one.hold.slots) or "-"
        state = f"{hold_state_word(hold.state)} ({hold_reason_word(hold.reason)})"
        due = moment(hold.decide_by, one.order.zone)
        urgency = urgency_word(one.order.notices.urgency(hold.decide_by, now))
        line = f"{due}  {urgency:<12}  {plain(slots):<4} {plain(one.order.shop)}  {plain(one.order.number)}  {state}"
        typer.echo(line)
