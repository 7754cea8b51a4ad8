"""`packstation people`: who works here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.first_start import open_ready
from packstation.domain.people import Person, Role
from packstation.locale import _

app = typer.Typer(help="The people who work here.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="NAME")]
_By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")]


@app.callback()
def people() -> None:
    """The people who work here."""


@app.command()
def add(
    context: typer.Context,
    name: _Name,
    role: Annotated[Role, typer.Option("--role")] = Role.PACKER,
    with_pin: Annotated[
        bool, typer.Option("--pin", help="Ask for a PIN; supervisors and owners always have one.")
    ] = False,
    by: _By = None,
) -> None:
    """Add a person. Without a terminal: the supervisor's PIN, then the new one, are lines of standard input."""
    from packstation.acts.people import BadNameError, BadPinError, add_person
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor, read_pin
    from packstation.domain.people import SUPERVISING

    open_ready(context)
    place = open_command("people add")
    supervisor = ask_supervisor(place, by)
    pin = read_pin(_("New PIN: ")) if with_pin or role in SUPERVISING else None
    try:
        person = add_person(place, name, role, pin, supervisor)
    except BadNameError as error:
        raise CommandError(
            _("{name!r}: a name has 1 to 40 letters and is not taken yet").format(name=name), WRONG_USE
        ) from error
    except BadPinError as error:
        raise CommandError(_("a PIN has 4 to 32 digits"), WRONG_USE) from error
    typer.echo(_("{name} was added").format(name=person.name))


@app.command(name="list")
def list_people(context: typer.Context) -> None:
    """Everybody, the disabled ones too."""
    from packstation.locale.words import role_word
    from packstation.store.people import everybody

    open_ready(context)
    for person in everybody():
        marks = [_("badge")] * person.has_badge + [_("PIN")] * person.has_pin + [_("disabled")] * (not person.active)
        typer.echo(f"{person.name:<40} {role_word(person.role):<12} {', '.join(marks)}".rstrip())


@app.command()
def badge(
    context: typer.Context,
    name: _Name,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="FILE.svg, FILE.png or FILE.pdf.")],
    by: _By = None,
) -> None:
    """Print a new badge for a person; the earlier one stops working."""
    from packstation.acts.people import new_badge
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.cli.printing import write_badges

    open_ready(context)
    person = _person(name)
    place = open_command("people badge")
    supervisor = ask_supervisor(place, by)
    write_badges(to, [(person.name, new_badge(place, person.id, supervisor))])
    typer.echo(_("The badge of {name} is in {file}").format(name=person.name, file=to))


@app.command()
def revoke(context: typer.Context, name: _Name, by: _By = None) -> None:
    """Take a lost badge from a person: it stops working at once."""
    from packstation.acts.people import revoke_badge
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor

    open_ready(context)
    person = _person(name)
    place = open_command("people revoke")
    revoke_badge(place, person.id, ask_supervisor(place, by))
    typer.echo(_("{name} has no badge any more").format(name=person.name))


@app.command(name="role")
def role_(
    context: typer.Context, name: _Name, role: Annotated[Role, typer.Argument(metavar="ROLE")], by: _By = None
) -> None:
    """Give a person another role: packer, caller, supervisor or owner. The last supervisor stays one."""
    from packstation.acts.people import BadPinError, LastSupervisorError, change_role
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.locale.words import role_word

    open_ready(context)
    person = _person(name)
    place = open_command("people role")
    supervisor = ask_supervisor(place, by)
    try:
        change_role(place, person.id, role, supervisor)
    except BadPinError as error:
        message = _("{name} has no PIN, which a supervisor needs: `packstation people pin` gives one")
        raise CommandError(message.format(name=person.name)) from error
    except LastSupervisorError as error:
        raise CommandError(_("{name} is the last supervisor and stays").format(name=name)) from error
    typer.echo(_("{name} is now {role}").format(name=person.name, role=role_word(role)))


@app.command()
def pin(context: typer.Context, name: _Name, by: _By = None) -> None:
    """Give a person a new PIN."""
    from packstation.acts.people import BadPinError, change_pin
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor, read_pin

    open_ready(context)
    person = _person(name)
    place = open_command("people pin")
    supervisor = ask_supervisor(place, by)
    try:
        change_pin(place, person.id, read_pin(_("New PIN: ")), supervisor)
    except BadPinError as error:
        raise CommandError(_("a PIN has 4 to 32 digits"), WRONG_USE) from error
    typer.echo(_("{name} has a new PIN").format(name=person.name))


@app.command()
def disable(context: typer.Context, name: _Name, by: _By = None) -> None:
    """Keep a person out: badge and name no longer sign in. The last supervisor stays."""
    _set_active(context, name, by, active=False)


@app.command()
def enable(context: typer.Context, name: _Name, by: _By = None) -> None:
    """Let a disabled person back in; they need a new badge."""
    _set_active(context, name, by, active=True)


def _set_active(context: typer.Context, name: str, by: str | None, *, active: bool) -> None:
    from packstation.acts.people import LastSupervisorError, set_active
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor

    open_ready(context)
    person = _person(name)
    place = open_command("people")
    supervisor = ask_supervisor(place, by)
    try:
        set_active(place, person.id, active=active, by=supervisor)
    except LastSupervisorError as error:
        raise CommandError(_("{name} is the last supervisor and stays").format(name=name)) from error
    line = _("{name} is back in") if active else _("{name} is disabled")
    typer.echo(line.format(name=person.name))


def _person(name: str) -> Person:
    from packstation.store.people import person_by_name

    person = person_by_name(name)
    if person is None:
        raise CommandError(_("nobody here is called {name!r}").format(name=name), NOT_FOUND)
    return person
