"""`packstation case`: buyers reported to their channel: opened, answered, closed, listed, shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packstation.cli.errors import FAILED, NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.opening import open_for_command
from packstation.locale import LANGUAGES, _, language

if TYPE_CHECKING:
    from packstation.domain.cases import CaseCard
    from packstation.store.case_evidence import DueReport

app = typer.Typer(help="Buyers reported to their channel.", no_args_is_help=True)

_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")]
_Id = Annotated[int, typer.Argument(metavar="ID", help="The case's number, as `case list` tells it.")]


@app.callback()
def case() -> None:
    """Buyers reported to their channel."""


@app.command(name="open")
def open_(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Order, tracking or package number.")],
    letter_language: Annotated[
        str | None, typer.Option("--lang", help="The letter's language, vi or en; else the language in use.")
    ] = None,
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME", help="Only this shop's orders.")] = None,
    by: _By = None,
) -> None:
    """Report an order's buyer: the letter goes by mail where the channel has an address, else into a file."""
    from packstation.acts.reporting_buyers import CaseOpenError, LetterNotSavedError, open_case
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor

    if letter_language is not None and letter_language not in LANGUAGES:
        raise CommandError(_("--lang {language!r}: must be vi or en").format(language=letter_language), WRONG_USE)
    open_for_command(context.obj)
    order_id = _order_meant(code, shop)
    place = open_command("case open")
    supervisor = ask_supervisor(place, by)
    try:
        card = open_case(place, context.obj.case_rules, supervisor, order_id, letter_language or language())
    except CaseOpenError as error:
        line = _("this buyer is reported already: case {id} is not closed yet")
        raise CommandError(line.format(id=error.card.id)) from error
    except LetterNotSavedError as error:
        line = _("{folder} cannot be written: {reason}")
        raise CommandError(line.format(folder=error.folder, reason=error.reason), FAILED) from error
    if card.mail is not None:
        line = _("case {id}: the letter waits to be sent to {recipient}; `packstation sync` sends it")
        typer.echo(line.format(id=card.id, recipient=card.recipient))
    else:
        line = _("case {id}: the letter is saved in {file}; hand it in to the channel")
        typer.echo(line.format(id=card.id, file=card.file))


def _order_meant(code: str, shop: str | None) -> int:
    from packstation.store.finding import find_code

    found = sorted({order_id for each in find_code((code,), shop) for order_id in each.order_ids})
    if not found:
        raise CommandError(_("there is no order {number!r}").format(number=code), NOT_FOUND)
    if len(found) > 1:
        raise CommandError(_("{number!r} means several orders: say --shop").format(number=code), NOT_FOUND)
    return found[0]


@app.command(name="list")
def list_(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """All cases, those to be looked at first, and the buyers whom somebody should report."""
    from packstation.acts.reporting_buyers import all_cases, due
    from packstation.store.database import database_now

    open_for_command(context.obj)
    cards, to_report, now = all_cases(), due(context.obj.case_rules), database_now()
    if as_json:
        document = {
            "cases": [_document(card, now) for card in cards],
            "due": [_due_document(each) for each in to_report],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for card in cards:
        typer.echo(_line(card, now))
    for each in to_report:
        typer.echo(_due_line(each))
    if not cards and not to_report:
        typer.echo(_("no case, and nobody to report"))


@app.command()
def show(
    context: typer.Context,
    case_id: _Id,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write the letter as PDF.")] = None,
) -> None:
    """A case with its letter."""
    from packstation.printing.letters import letter_pdf
    from packstation.store.database import database_now

    open_for_command(context.obj)
    card = _case_meant(case_id)
    if pdf is None:
        typer.echo("\n".join(_case_lines(card, database_now())))
        return
    if card.letter is None:
        raise CommandError(_("case {id}: its letter was erased").format(id=case_id), NOT_FOUND)
    try:
        pdf.write_bytes(letter_pdf(card.letter, card.case.opened_at))
    except OSError as error:
        raise CommandError(f"{pdf}: {error.strerror}", FAILED) from error
    typer.echo(_("written to {file}").format(file=pdf))


@app.command()
def answered(
    context: typer.Context,
    case_id: _Id,
    result: Annotated[str, typer.Option("--result", metavar="TEXT", help="What the channel answered.")],
    next_check: Annotated[
        str | None, typer.Option("--next-check", metavar="DATE", help="When to look again, such as 2026-12-24.")
    ] = None,
    by: _By = None,
) -> None:
    """Note what the channel answered."""
    from packstation.acts.reporting_buyers import answer_case
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.cases import CaseMoveError, EmptyResultError

    open_for_command(context.obj)
    card = _case_meant(case_id)
    check_at = None if next_check is None else _day(next_check, card.zone)
    place = open_command("case answered")
    supervisor = ask_supervisor(place, by)
    try:
        answer_case(place, supervisor, case_id, result, check_at)
    except EmptyResultError as error:
        raise CommandError(_("--result: say what the channel answered"), WRONG_USE) from error
    except CaseMoveError as error:
        raise _not_possible(case_id, error) from error
    typer.echo(_("case {id}: the answer is noted").format(id=case_id))


@app.command()
def close(context: typer.Context, case_id: _Id, by: _By = None) -> None:
    """Close a case: nothing more is awaited."""
    from packstation.acts.reporting_buyers import close_case
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.cases import CaseMoveError

    open_for_command(context.obj)
    _case_meant(case_id)
    place = open_command("case close")
    supervisor = ask_supervisor(place, by)
    try:
        close_case(place, supervisor, case_id)
    except CaseMoveError as error:
        raise _not_possible(case_id, error) from error
    typer.echo(_("case {id} is closed").format(id=case_id))


def _case_meant(case_id: int) -> CaseCard:
    from packstation.acts.reporting_buyers import NoSuchCaseError, case_of

    try:
        return case_of(case_id)
    except NoSuchCaseError as error:
        raise CommandError(_("there is no case {id}").format(id=case_id), NOT_FOUND) from error


def _not_possible(case_id: int, error: Exception) -> CommandError:
    from packstation.domain.cases import CaseMoveError
    from packstation.locale.case_words import case_state_word

    state = case_state_word(error.state) if isinstance(error, CaseMoveError) else ""
    return CommandError(_("case {id} is {state}: that is not possible now").format(id=case_id, state=state))


def _day(text: str, zone: str) -> int:
    """The morning of a day in a zone, ms UTC."""
    from packstation.domain.times import UnreadableTimeError, parse_iso

    try:
        return parse_iso(f"{text.strip()}T08:00", zone)
    except UnreadableTimeError as error:
        line = _("--next-check {day!r}: write a date, such as 2026-12-24")
        raise CommandError(line.format(day=text), WRONG_USE) from error


def _document(card: CaseCard, now: int) -> dict[str, Any]:
    from packstation.domain.times import iso_utc

    case = card.case
    times = {
        name: None if at is None else iso_utc(at)
        for name, at in (
            ("opened_at", case.opened_at),
            ("sent_at", case.sent_at),
            ("answered_at", case.answered_at),
            ("closed_at", case.closed_at),
            ("next_check_at", case.next_check_at),
        )
    }
    return {
        "id": card.id,
        "state": str(case.state),
        "ground": str(case.ground),
        "shop": card.shop,
        "channel": card.channel,
        "number": card.number,
        **times,
        "overdue": case.is_overdue(now),
        "result": case.result,
        "mail": None if card.mail is None else str(card.mail),
        "file": card.file,
    }


def _due_document(due: DueReport) -> dict[str, Any]:
    return {
        "shop": due.shop,
        "channel": due.channel,
        "number": due.number,
        "ground": str(due.ground),
        "unanswered": due.conduct.unanswered,
        "refused": due.conduct.refused,
    }


def _line(card: CaseCard, now: int) -> str:
    from packstation.domain.plain_text import plain
    from packstation.locale.case_words import case_state_word, check_words, ground_word

    parts = (
        f"{card.id:>4}  {case_state_word(card.case.state):<14} {plain(card.shop)}  {plain(card.number)}",
        ground_word(card.case.ground),
        check_words(card, now),
        plain(card.case.result),
    )
    return "  ".join(part for part in parts if part)


def _due_line(due: DueReport) -> str:
    from packstation.domain.plain_text import plain
    from packstation.locale.case_words import ground_word

    line = _("to report: {shop}  {number}, {ground} ({unanswered} never answered, {refused} refused)")
    return line.format(
        shop=plain(due.shop),
        number=plain(due.number),
        ground=ground_word(due.ground),
        unanswered=due.conduct.unanswered,
        refused=due.conduct.refused,
    )


def _case_lines(card: CaseCard, now: int) -> Iterator[str]:
    from packstation.domain.plain_text import plain, plain_lines
    from packstation.locale.case_words import way_words

    yield _line(card, now)
    yield plain(way_words(card))
    if card.letter is None:
        yield _("its letter was erased")
        return
    yield ""
    yield plain(card.letter.subject)
    yield ""
    yield from plain_lines(card.letter.text, most_lines=500)
