"""`packstation costs`: what the pieces cost that a shop sells, for the profit on the customer screen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.acts.costing import WrittenCost

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

    from packstation.acts.costing import BadCostError, NoSuchShopError, take_in_costs
    from packstation.domain.spreadsheets import divider_of

    open_for_command(context.obj)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            divider = divider_of(lines.readline())
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter=divider)
            names = {name.strip().casefold(): name for name in reader.fieldnames or () if name}
            if not {"sku", "cost"} <= names.keys():
                raise CommandError(
                    _("{file}: the first line must name the columns sku and cost").format(file=file), WRONG_USE
                )
            written = [_written(reader.line_num, row, names) for row in reader]
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


def _written(line: int, row: Mapping[Any, Any], names: Mapping[str, str]) -> WrittenCost:
    """A line of the file; `names` are its columns by their plain names."""
    from packstation.acts.costing import BadCostError, WrittenCost

    sku, cost, since = (row.get(names.get(name, "")) or "" for name in ("sku", "cost", "since"))
    if beyond := row.get(None):
        # A cost with the divider in it, not quoted, is not the cost that stands before it.
        raise BadCostError(line, ",".join((cost, *beyond)), "cost")
    return WrittenCost(line, sku, cost, since)
