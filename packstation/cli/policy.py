"""`packstation policy`: the published rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.first_start import folder_of, open_ready
from packstation.cli.opening import open_for_command
from packstation.locale import _

app = typer.Typer(help="The rules that ask for a confirmation call.", no_args_is_help=True)

_File = Annotated[Path | None, typer.Argument(metavar="FILE", help="A risk.toml; the config folder's without it.")]


@app.callback()
def policy() -> None:
    """The rules that ask for a confirmation call."""


def _text_of(context: typer.Context, file: Path | None) -> tuple[Path, str]:
    from packstation.settings import config_file

    path = file or config_file("risk.toml", folder_of(context))
    try:
        return path, path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", WRONG_USE) from error
    except UnicodeDecodeError as error:
        raise CommandError(_("{file}: is not UTF-8 text").format(file=path), WRONG_USE) from error


@app.command()
def check(context: typer.Context, file: _File = None) -> None:
    """Say what is wrong with a policy file. Publishes nothing."""
    from packstation.domain.policy import parse_policy
    from packstation.domain.policy_reading import PolicyError

    path, text = _text_of(context, file)
    try:
        parsed = parse_policy(text, 0, str(path))
    except PolicyError as error:
        raise CommandError(str(error), WRONG_USE) from error
    typer.echo(_("{file}: {count} rules, nothing wrong").format(file=path, count=len(parsed.rules)))


@app.command()
def publish(
    context: typer.Context,
    file: _File = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Publish a policy file as the next version and judge all packable orders by it."""
    from packstation.acts.judging import judge_all_packable
    from packstation.acts.policies import publish_policy
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.policy import parse_policy
    from packstation.domain.policy_reading import PolicyError

    path, text = _text_of(context, file)
    try:
        parse_policy(text, 0, str(path))
    except PolicyError as error:
        raise CommandError(str(error), WRONG_USE) from error
    open_ready(context)
    place = open_command("policy publish")
    supervisor = ask_supervisor(place, by)
    published = publish_policy(place, text, supervisor, str(path))
    judged = judge_all_packable(place)
    typer.echo(
        _("version {version} is published; {count} orders judged").format(version=published.version, count=judged)
    )


@app.command()
def show(context: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The published policy and its versions."""
    from packstation.acts.policies import NoPolicyError, current_policy
    from packstation.domain.times import iso_utc
    from packstation.store.policies import versions

    open_for_command(context.obj)
    try:
        published = current_policy()
    except NoPolicyError as error:
        raise CommandError(
            _("no policy is published; `packstation policy publish` publishes one"), NOT_FOUND
        ) from error
    if not as_json:
        typer.echo(published.text)
        return
    document = {
        "version": published.version,
        "prior_weight": published.prior_weight,
        "rules": [
            {"id": rule.id, "verdict": str(rule.verdict), "when": rule.when.text, "over": list(rule.over), **rule.texts}
            for rule in published.rules
        ],
        "versions": [
            {"version": version, "published_at": iso_utc(published_at), "by": by}
            for version, published_at, by in versions()
        ],
    }
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


@app.command()
def explain(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE")],
    shop: Annotated[str | None, typer.Option("--shop", metavar="NAME")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Rule by rule, what the policy says of an order and on which figures."""
    from packstation.acts.checking import check as judge
    from packstation.acts.checking import explain as explain_order
    from packstation.domain.codes import normalise
    from packstation.domain.plain_text import plain
    from packstation.domain.times import UnreadableTimeError
    from packstation.locale.words import answer_word, figure_value, figure_word

    open_for_command(context.obj)
    normal = normalise(code, context.obj.scanner.code_format)
    try:
        lines = explain_order(normal, at, shop)
    except UnreadableTimeError as error:
        raise CommandError(_("{time!r} is no moment").format(time=str(error)), WRONG_USE) from error
    if lines is None:
        raise CommandError(_("no single order has the code {code!r}").format(code=code), NOT_FOUND)
    if as_json:
        typer.echo(json.dumps({"rules": [line.document() for line in lines]}, ensure_ascii=False, indent=2))
        return
    order = judge(normal, at, shop).order
    currency = order.currency if order else ""
    for line in lines:
        figures = ", ".join(
            f"{name} = {plain(figure_value(name, value, currency))} ({figure_word(name)})"
            for name, value in line.figures.items()
        )
        typer.echo(f"{answer_word(line.answer):<19} {line.rule}: {line.when}\n{'':<19} {figures}")
