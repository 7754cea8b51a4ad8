"""`packstation costs`: what the pieces cost that a shop sells, for the profit on the customer screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What pieces cost.")


@app.callback()
def costs() -> None:
    """What pieces cost."""


@app.command("import")
def import_costs(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with the columns sku, cost, and since if you like.")
    ],
    shop: Annotated[str, typer.Option("--shop", metavar="NAME", help="The shop that sells them.")],
) -> None:
    """Take in what pieces cost: all lines of a file or none."""
    import csv

    from packstation.acts.costing import BadCostError, NoSuchShopError, WrittenCost, take_in_costs

    open_for_command(context.obj)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            names = {name.strip().casefold(): name for name in reader.fieldnames or () if name}
            if not {"sku", "cost"} <= names.keys():
                raise CommandError(
                    _("{file}: the first line must name the columns sku and cost").format(file=file), WRONG_USE
                )
            since = names.get("since", "")
            written = [
                WrittenCost(
                    reader.line_num,
                    row[names["sku"]] or "",
                    row[names["cost"]] or "",
                    (row.get(since) or "") if since else "",
                )
                for row in reader
            ]
        count = take_in_costs(shop, written)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: {error}", WRONG_USE) from error
    except NoSuchShopError as error:
        raise CommandError(_("no shop is called {shop!r} here").format(shop=shop), NOT_FOUND) from error
    except BadCostError as error:
        line = _("{file} line {line}: {text!r} is no {what}; nothing was taken in")
        raise CommandError(
            line.format(file=file, line=error.line, text=error.text, what=error.what), WRONG_USE
        ) from error
    typer.echo(_("{shop}: {count} costs taken in").format(shop=shop, count=count))
