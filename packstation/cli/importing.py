"""`packstation import`: an export file's orders, or what a carrier sends, into the database."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli.errors import FAILED, WITH_REJECTS, WRONG_USE, CommandError
from packstation.cli.first_start import folder_of, open_ready
from packstation.locale import _

if TYPE_CHECKING:
    from sync.files.any_file import ReadAny
    from sync.files.result import ReadFile, Reject

_BAR_WIDTH = 30


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command(name="import")(import_file)


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX, also .gz.")],
    format_name: Annotated[str, typer.Option("--format", metavar="NAME", help="A format's name, or auto.")] = "auto",
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="Store under this shop's name.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check the file, store nothing.")] = False,
    rejects_file: Annotated[
        Path | None, typer.Option("--rejects", metavar="FILE", help="Where bad rows go; FILE.rejects.csv without it.")
    ] = None,
) -> None:
    """Import orders, or a carrier's statement or status file: checked first, then stored. Exits 3 when rows were rejected."""
    from sync.files.result import ReadFile

    read = _read(context, file, format_name, shop)
    if not isinstance(read, ReadFile):
        from packstation.cli.importing_carriers import take_in_carriers

        take_in_carriers(context, file, read, shop, dry_run=dry_run)
        _tell_rejects(file, rejects_file, read.rejects)
        return
    if not dry_run:
        _store(context, file, read)
    verb = _("checked") if dry_run else _("stored")
    line = _("{file}: {format}, shop {shop}: {orders} orders {verb}")
    typer.echo(line.format(file=file, format=read.format, shop=read.shop.name, orders=len(read.orders), verb=verb))
    if read.unmatched:
        line = _("{count} lines of credit notes match no order ({quantity} pieces)")
        typer.echo(line.format(count=len(read.unmatched), quantity=read.dropped_quantity))
        for credit in read.unmatched[:10]:
            typer.echo(f"  {credit.line}: {credit.number} {credit.sku} {credit.quantity}")
    _tell_rejects(file, rejects_file, read.rejects)


def _tell_rejects(file: Path, rejects_file: Path | None, rejects: Sequence[Reject]) -> None:
    if rejects:
        target = rejects_file or file.with_name(f"{file.name}.rejects.csv")
        _write_rejects(target, rejects)
        typer.echo(_("{count} rows rejected, with line and reason, in {file}").format(count=len(rejects), file=target))
        raise typer.Exit(WITH_REJECTS)


def _read(context: typer.Context, file: Path, format_name: str, shop: str | None) -> ReadAny:
    from packstation.settings import default_config_folder
    from sync.files.any_file import read_any_file
    from sync.files.errors import FileRefusedError
    from sync.files.result import ReadFile

    own = folder_of(context) / "imports"
    try:
        folder = own if own.is_dir() else default_config_folder() / "imports"
        read = read_any_file(file, format_name, formats_folder=folder)
    except FileRefusedError as error:
        raise CommandError(str(error), WRONG_USE) from error
    if shop is not None and isinstance(read, ReadFile):
        read.shop = replace(read.shop, name=shop)
    return read


def _store(context: typer.Context, file: Path, read: ReadFile) -> None:
    from packstation.acts.intake import record_import, store_orders
    from packstation.acts.workplace import open_command
    from packstation.locale import in_this_language
    from packstation.locale.shop_words import other_shop
    from packstation.store.shops import OtherShopError

    open_ready(context)
    place = open_command("import")
    bar = _ProgressBar(len(read.orders))
    try:
        stored = store_orders(place, read.shop, read.orders, read.buyers_without_orders, progress=bar.show)
    except OtherShopError as error:
        raise CommandError(in_this_language(other_shop(error.shop, error.wanted)), FAILED) from error
    finally:
        bar.close()
    record_import(place, read.shop, file.name, _digest(file), read.format, stored, len(read.rejects))
    line = _("{new} new, {changed} changed, {unchanged} as they were, {judged} still to pack and judged")
    typer.echo(line.format(new=stored.new, changed=stored.changed, unchanged=stored.unchanged, judged=stored.judged))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_rejects(target: Path, rejects: Sequence[Reject]) -> None:
    from sync.files.rejects import write_rejects

    try:
        write_rejects(target, rejects)
    except OSError as error:
        raise CommandError(f"{target}: {error.strerror}", FAILED) from error


class _ProgressBar:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = max(1, total)
        self._on = sys.stderr.isatty()

    def show(self, done: int) -> None:
        """Draw the bar at this many orders done."""
        if self._on:
            filled = _BAR_WIDTH * done // self._total
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {done}/{self._total}")
            sys.stderr.flush()

    def close(self) -> None:
        """Leave the bar's line."""
        if self._on:
            sys.stderr.write("\n")
