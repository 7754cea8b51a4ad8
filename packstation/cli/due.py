"""`packstation due`: who is about to run out, who has not come back, whose birthday is near."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.errors import FAILED, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.domain.due import DueKind, VoucherGroup
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.acts.dues import Due
    from packstation.reports.tables import Value


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(due)


def due(
    context: typer.Context,
    kind: Annotated[list[DueKind] | None, typer.Option("--kind", help="What for; several times for several.")] = None,
    within: Annotated[
        float | None,
        typer.Option("--within", metavar="DAYS", min=0, max=400, help="The window instead of care.toml's."),
    ] = None,
    vouchers: Annotated[VoucherGroup | None, typer.Option("--vouchers", help="Only these buyers.")] = None,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="So many lines on screen.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document; phones and emails masked.")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a CSV file.")] = None,
    xlsx_file: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write an Excel workbook.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Who is due to hear from the shop. A file has phones in clear: it asks for a supervisor's PIN, and is recorded."""
    from packstation.acts.dues import due_list, record_export
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.store.database import database_now

    files = [file for file in (csv_file, xlsx_file) if file is not None]
    if len(files) + as_json > 1:
        raise CommandError(_("--json, --csv and --xlsx exclude each other"), WRONG_USE)
    open_for_command(context.obj)
    kinds = tuple(kind or DueKind)
    if files:
        place = open_command("due")
        record_export(place, ask_supervisor(place, by), kinds)
    now = database_now()
    found = due_list(kinds, within, vouchers)
    if files:
        count = _write(files[0], found, now, as_xlsx=xlsx_file is not None)
        typer.echo(_("{count} lines written to {file}").format(count=count, file=files[0]))
    elif as_json:
        typer.echo(json.dumps({"due": [_document(one, now) for one in found]}, ensure_ascii=False, indent=2))
    else:
        _print(found, now, most)


def _print(found: Iterable[Due], now: int, most: int) -> None:
    """The lines nearest to today, without keeping the others in memory."""
    from packstation.domain.phones import mask_phone
    from packstation.domain.plain_text import plain
    from packstation.locale.care_words import due_kind_word, due_when, voucher_group_word

    count = 0

    def counted() -> Iterator[Due]:
        nonlocal count
        for one in found:
            count += 1
            yield one

    nearest = heapq.nsmallest(most, counted(), key=lambda each: (abs(each.due_at - now), each.customer_id))
    for one in sorted(nearest, key=lambda each: abs(each.days_left(now))):
        product = f"{one.quantity} × {one.product or one.sku}" if one.quantity else ""
        parts = (
            due_kind_word(one.kind),
            due_when(one.days_left(now)),
            f"#{one.customer_id} {one.name}".strip(),
            mask_phone(one.phone) if one.phone else "",
            product,
            voucher_group_word(one.vouchers),
        )
        typer.echo(plain("  ".join(part for part in parts if part), 200))
    if count > most:
        typer.echo(_("and {count} more: --most, or --csv FILE").format(count=count - most))
    elif count == 0:
        typer.echo(_("nobody is due"))


def _document(one: Due, now: int) -> dict[str, Any]:
    from packstation.domain.masking import mask_email
    from packstation.domain.phones import mask_phone
    from packstation.domain.times import iso_utc

    return {
        "kind": str(one.kind),
        "customer": one.customer_id,
        "name": one.name,
        "phone": mask_phone(one.phone) if one.phone else None,
        "email": mask_email(one.email) if one.email else None,
        "channels": list(one.channels),
        "due_at": iso_utc(one.due_at),
        "days_left": one.days_left(now),
        "basis": None if one.basis is None else str(one.basis),
        "last_at": None if one.last_at is None else iso_utc(one.last_at),
        "sku": one.sku or None,
        "product": one.product or None,
        "quantity": one.quantity,
        "vouchers": str(one.vouchers),
    }


def _write(file: Path, found: Iterable[Due], now: int, *, as_xlsx: bool) -> int:
    from packstation.reports.tables import write_csv, write_xlsx

    columns = (
        _("why"),
        _("due"),
        _("days left"),
        _("customer"),
        _("name"),
        _("phone"),
        _("email"),
        _("channels"),
        _("SKU"),
        _("product"),
        _("pieces last time"),
        _("last bought"),
        _("buys with vouchers"),
    )
    count = 0

    def rows() -> Iterator[tuple[Value, ...]]:
        nonlocal count
        for one in found:
            count += 1
            yield _row(one, now)

    try:
        (write_xlsx if as_xlsx else write_csv)(file, columns, rows())
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", FAILED) from error
    return count


def _row(one: Due, now: int) -> tuple[Value, ...]:
    from packstation.locale.care_words import due_kind_word, voucher_group_word
    from packstation.locale.words import day

    return (
        due_kind_word(one.kind),
        day(one.due_at, one.zone),
        one.days_left(now),
        f"#{one.customer_id}",
        one.name,
        one.phone,
        one.email,
        ", ".join(one.channels),
        one.sku,
        one.product,
        one.quantity,
        "" if one.last_at is None else day(one.last_at, one.zone),
        voucher_group_word(one.vouchers),
    )
