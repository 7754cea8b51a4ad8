"""`packstation rescues` and `returns`: parcels whose delivery failed, and those on their way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.domain.returns import ComingBack
    from packstation.reports.tables import Value
    from packstation.store.rescues import RescueCard

app = typer.Typer(help="Parcels on their way back, by age and claim deadline.", invoke_without_command=True)
_COLUMNS = "stage carrier tracking shop number since age_days claim_from claim_until value currency".split()


def register(main: typer.Typer) -> None:
    """Add the commands of this module."""
    main.add_typer(app, name="returns")
    main.command()(rescues)


def rescues(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Deliveries that failed once and can be rescued by a call, most urgent first; and whose carrier is to be told."""
    from packstation.acts.rescuing import rescues_now

    open_for_command(context.obj)
    cards = rescues_now()
    if as_json:
        typer.echo(json.dumps({"rescues": [_rescue(card) for card in cards]}, ensure_ascii=False, indent=2))
        return
    for card in cards:
        typer.echo(_rescue_line(card))
    if not cards:
        typer.echo(_("nobody has to be called"))


def _rescue(card: RescueCard) -> dict[str, Any]:
    from packstation.domain.times import iso_utc

    rescue = card.rescue
    return {
        "id": card.id,
        "state": str(rescue.state),
        "shop": card.shop,
        "number": card.number,
        "tracking": card.tracking,
        "carrier": rescue.carrier,
        "cause": str(rescue.cause) if rescue.cause else None,
        "reason": rescue.reason,
        "failed_at": iso_utc(rescue.failed_at),
        "deadline": iso_utc(rescue.deadline),
        "tries": rescue.tries,
        "next_try_at": None if rescue.next_try_at is None else iso_utc(rescue.next_try_at),
        "wanted_at": None if rescue.wanted_at is None else iso_utc(rescue.wanted_at),
        "instruction": rescue.instruction,
        "customer": card.customer_id,
    }


def _rescue_line(card: RescueCard) -> str:
    from packstation.domain.plain_text import plain
    from packstation.locale.carrier_words import failure_word, rescue_word
    from packstation.locale.words import moment

    rescue = card.rescue
    why = plain(rescue.reason, 60) or failure_word(rescue.cause)
    told = [moment(rescue.wanted_at, card.zone)] if rescue.wanted_at is not None else []
    told += [plain(rescue.instruction)] if rescue.instruction else []
    parts = (
        moment(rescue.deadline, card.zone),
        f"{rescue_word(rescue.state):<16}",
        plain(rescue.carrier) or "-",
        plain(card.tracking) or "-",
        plain(card.number),
        why,
        *told,
    )
    return "  ".join(parts)


@app.callback()
def returns(
    context: typer.Context,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that can be claimed now.")] = False,
    carrier: Annotated[str | None, typer.Option("--carrier", metavar="NAME", help="Only this carrier's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")] = None,
) -> None:
    """Parcels on their way back, the oldest first; the overdue ones by the last moment for a claim."""
    if context.invoked_subcommand is not None:
        return
    from packstation.acts.returning import returns_now
    from packstation.cli.writing_tables import write_tables

    open_for_command(context.obj)
    carriers = context.obj.carrier_terms
    told = returns_now(carriers)
    listed = [
        one
        for one in (told.overdue if overdue else told.parcels)
        if carrier is None or carriers.terms(carrier).is_called(one.carrier)
    ]
    write_tables(_COLUMNS, [_cells(one, told.now) for one in listed], csv_file, xlsx_file)
    if as_json:
        documents = [dict(zip(_COLUMNS, _cells(one, told.now), strict=True)) for one in listed]
        typer.echo(json.dumps({"returns": documents}, ensure_ascii=False, indent=2))
    elif csv_file is None and xlsx_file is None:
        for one in listed:
            typer.echo(_line(one, told.now))
        if not listed:
            typer.echo(_("no parcel is on its way back"))


@app.command()
def received(
    context: typer.Context, code: Annotated[str, typer.Argument(metavar="CODE", help="Tracking or order number.")]
) -> None:
    """Note that a parcel on its way back is here."""
    _settle(context, code, None)


@app.command()
def claimed(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Tracking or order number.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="What was claimed, or what came of it.")],
) -> None:
    """Note that a parcel that does not come back was claimed."""
    _settle(context, code, why)


def _settle(context: typer.Context, code: str, why: str | None) -> None:
    from packstation.acts.overriding import ReasonMissingError
    from packstation.acts.returning import NotComingBackError, settle_return
    from packstation.acts.workplace import open_command

    open_for_command(context.obj)
    try:
        count = settle_return(open_command("returns"), context.obj.carrier_terms, code, None, claimed=why)
    except ReasonMissingError as error:
        raise CommandError(_("--why needs a reason"), WRONG_USE) from error
    except NotComingBackError as error:
        raise CommandError(
            _("no parcel on its way back has the number {code!r}").format(code=code), NOT_FOUND
        ) from error
    typer.echo(_("{count} parcels are listed no more").format(count=count))


def _cells(one: ComingBack, now: int) -> list[Value]:
    from packstation.domain.times import DAY, iso_utc

    return [
        str(one.stage(now)),
        one.carrier,
        one.tracking,
        one.shop,
        one.number,
        iso_utc(one.since),
        max(0, now - one.since) // DAY,
        iso_utc(one.claim_from),
        iso_utc(one.claim_until),
        one.value,
        one.currency,
    ]


def _line(one: ComingBack, now: int) -> str:
    from packstation.domain.plain_text import plain
    from packstation.locale.carrier_words import return_word
    from packstation.locale.words import moment, money, span

    until = _("claim until {at}").format(at=moment(one.claim_until, one.zone))
    return "  ".join(
        (
            f"{span(max(0, now - one.since)):<8}",
            f"{return_word(one.stage(now)):<14}",
            plain(one.carrier) or "-",
            plain(one.tracking) or "-",
            plain(one.number),
            money(one.value, one.currency),
            until,
        )
    )
