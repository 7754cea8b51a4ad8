"""`packstation link`: which profiles are one person, and what a supervisor says about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import _

if TYPE_CHECKING:
    from packstation.acts.workplace import Workplace
    from packstation.domain.candidates import ProfileLink

app = typer.Typer(help="One person, many profiles.", no_args_is_help=True)

_Query = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Phone, its last digits, email, name, or code.")]
_Buyer = Annotated[
    str, typer.Argument(metavar="BUYER", help="CHANNEL:ID or SHOP:ID, or what finds a customer of one profile.")
]
_Other = Annotated[str, typer.Argument(metavar="BUYER", help="The other one.")]
_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")]
_Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the record.")]


@app.callback()
def link() -> None:
    """One person, many profiles."""


@app.command()
def show(
    context: typer.Context,
    query: _Query,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """A customer's profiles, why they are linked, and who may be the same person too."""
    from packstation.acts.linking import links_of
    from packstation.cli.customers import customer_meant

    open_for_command(context.obj)
    customer_id = customer_meant(query)
    links = links_of(customer_id)
    if as_json:
        document = {"customer": customer_id, "buyers": [_document(one) for one in links]}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for one in links:
        typer.echo(_line(one))


@app.command()
def add(context: typer.Context, one: _Buyer, other: _Other, why: _Why, by: _By = None) -> None:
    """Say that two profiles are one person; so a proposal is accepted."""
    from packstation.acts.linking import link as link_buyers

    def act(place: Workplace, supervisor: int | None) -> int:
        return link_buyers(
            place, _buyer_meant(one, whole=True), _buyer_meant(other, whole=True), supervisor, why
        ).judged

    judged = _acted(context, by, act)
    typer.echo(_("linked; {orders} open orders were judged anew").format(orders=judged))


@app.command()
def split(context: typer.Context, buyer: _Buyer, why: _Why, by: _By = None) -> None:
    """Take a profile out of its customer, and out of automatic links until it is put back."""
    from packstation.acts.linking import split as split_buyer

    judged = _acted(
        context, by, lambda place, supervisor: split_buyer(place, _buyer_meant(buyer), supervisor, why).judged
    )
    typer.echo(_("split off; {orders} open orders were judged anew").format(orders=judged))


@app.command(name="put-back")
def put_back(context: typer.Context, buyer: _Buyer, by: _By = None) -> None:
    """Let a profile that was split off be linked automatically again."""
    from packstation.acts.linking import put_back as put_buyer_back

    judged = _acted(
        context, by, lambda place, supervisor: put_buyer_back(place, _buyer_meant(buyer), supervisor).judged
    )
    typer.echo(_("put back; {orders} open orders were judged anew").format(orders=judged))


@app.command()
def refuse(context: typer.Context, one: _Buyer, other: _Other, by: _By = None) -> None:
    """Say that two proposed profiles are not one person: they are not proposed again."""
    from packstation.acts.linking import refuse_proposal

    def act(place: Workplace, supervisor: int | None) -> int:
        refuse_proposal(place, _buyer_meant(one, whole=True), _buyer_meant(other, whole=True), supervisor)
        return 0

    _acted(context, by, act)
    typer.echo(_("refused; they are not proposed again"))


@app.command()
def rebuild(context: typer.Context, by: _By = None) -> None:
    """Link everybody from nothing, by `[linking]` in packstation.toml, which all stations follow from then on."""
    from packstation.acts.linking import rebuild as rebuild_all

    rules = context.obj.linking.rules
    relinked = _acted(context, by, lambda place, supervisor: rebuild_all(place, rules, supervisor))
    typer.echo(_("linked anew; {buyers} profiles are with other ones than before").format(buyers=relinked))


def _acted(context: typer.Context, by: str | None, act: Callable[[Workplace, int | None], int]) -> int:
    """Do something as a supervisor, what goes wrong told in one line."""
    from packstation.acts.linking import NotSplitError, SameBuyerError, UnknownBuyerError
    from packstation.acts.overriding import ReasonMissingError
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor

    open_for_command(context.obj)
    place = open_command("link")
    try:
        return act(place, ask_supervisor(place, by))
    except ReasonMissingError as error:
        raise CommandError(_("--why: a reason is needed"), WRONG_USE) from error
    except SameBuyerError as error:
        raise CommandError(_("both are the same profile"), WRONG_USE) from error
    except NotSplitError as error:
        raise CommandError(_("the profile is not split off")) from error
    except UnknownBuyerError as error:
        raise CommandError(_("there is no such profile any more"), NOT_FOUND) from error


def _buyer_meant(query: str, *, whole: bool = False) -> int:
    """The id of the one buyer that is meant.

    Args:
        query: `CHANNEL:ID` or `SHOP:ID`, or what finds a customer.
        whole: any of a customer's buyers will do.

    Raises:
        CommandError: nobody is meant, or several are.
    """
    from packstation.cli.customers import customer_meant
    from packstation.domain.plain_text import plain
    from packstation.store.blocks import buyers_named
    from packstation.store.profiles import profiles_of

    called, colon, external_id = query.partition(":")
    named = buyers_named(called, external_id) if colon else {}
    if len(named) > 1:
        names = "; ".join(f"{plain(shop)}:{plain(external_id)}" for shop in list(named.values())[:5])
        raise CommandError(
            _("{query!r} is a buyer of several shops, name one: {names}").format(query=query, names=names), NOT_FOUND
        )
    if named:
        return next(iter(named))
    found = profiles_of(customer_meant(query))
    if len(found) > 1 and not whole:
        names = "; ".join(f"{one.channel}:{plain(one.external_id)}" for one in found[:5])
        line = _("{query!r} has {count} profiles, name one: {names}")
        raise CommandError(line.format(query=query, count=len(found), names=names), NOT_FOUND)
    return found[0].id


def _document(one: ProfileLink) -> dict[str, object]:
    return {
        "channel": one.channel,
        "id": one.external_id,
        "customer": one.customer_id,
        "name": one.name,
        "state": str(one.state),
        "reasons": [str(reason) for reason in one.reasons],
        "confidence": one.confidence,
    }


def _line(one: ProfileLink) -> str:
    from packstation.domain.plain_text import plain
    from packstation.locale.link_words import link_text

    return f"{one.channel}:{plain(one.external_id)}  {plain(one.name)}  {link_text(one)}".rstrip()
