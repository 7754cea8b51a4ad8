"""`packstation policy`: the published rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from packstation.cli.errors import NOT_FOUND, WRONG_USE, CommandError
from packstation.cli.first_start import folder_of, open_ready
from packstation.cli.opening import open_for_command
from packstation.domain.rule_kinds import RuleKind
from packstation.locale import _

app = typer.Typer(help="The rules that ask for a confirmation call.", no_args_is_help=True)

_File = Annotated[Path | None, typer.Argument(metavar="FILE", help="A risk.toml; the config folder's without it.")]

_Care = Annotated[Path | None, typer.Option("--care", metavar="FILE", help="A care.toml: what goes into parcels.")]
_Tiers = Annotated[
    Path | None, typer.Option("--tiers", metavar="FILE", help="A tiers.toml: the rules for tiers and tags.")
]


@app.callback()
def policy() -> None:
    """The rules that ask for a confirmation call."""


def _text_of(context: typer.Context, file: Path | None, name: str = "risk.toml") -> tuple[Path, str]:
    from packstation.settings import config_file

    path = file or config_file(name, folder_of(context))
    try:
        return path, path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", WRONG_USE) from error
    except UnicodeDecodeError as error:
        raise CommandError(_("{file}: is not UTF-8 text").format(file=path), WRONG_USE) from error


@app.command()
def check(context: typer.Context, file: _File = None, tiers: _Tiers = None, care: _Care = None) -> None:
    """Say what is wrong with the files: those given, else all of the config folder. Publishes nothing."""
    from packstation.domain.policy import parse_policy
    from packstation.domain.policy_reading import PolicyError

    given = {RuleKind.TIERS: tiers, RuleKind.CARE: care}
    everything = file is None and not any(given.values())
    if everything or file is not None:
        path, text = _text_of(context, file)
        try:
            parsed = parse_policy(text, 0, str(path))
        except PolicyError as error:
            raise CommandError(str(error), WRONG_USE) from error
        typer.echo(_("{file}: {count} rules, nothing wrong").format(file=path, count=len(parsed.rules)))
    for kind, named in given.items():
        if everything or named is not None:
            path, _content = _rules_text(context, kind, named)
            typer.echo(_("{file}: nothing wrong").format(file=path))


@app.command()
def publish(
    context: typer.Context,
    file: _File = None,
    tiers: _Tiers = None,
    care: _Care = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="The supervisor whose PIN is given.")] = None,
) -> None:
    """Publish rules as their next version and judge all packable orders by them.

    Without a file: the config folder's risk.toml, and what else there differs from what is published.
    """
    from packstation.acts.judging import judge_all_packable
    from packstation.acts.policies import NoPolicyError, current_policy, publish_policy
    from packstation.acts.rule_sets import publish_rules
    from packstation.acts.workplace import open_command
    from packstation.cli.authority import ask_supervisor
    from packstation.domain.policy import parse_policy
    from packstation.domain.policy_reading import PolicyError
    from packstation.settings import default_config_folder
    from packstation.store.rule_versions import newest_rules

    given = {RuleKind.TIERS: tiers, RuleKind.CARE: care}
    everything = file is None and not any(given.values())
    with_policy = everything or file is not None
    path, text = _text_of(context, file)
    rules = {kind: _rules_text(context, kind, named) for kind, named in given.items() if everything or named}
    try:
        if with_policy:
            parse_policy(text, 0, str(path))
    except PolicyError as error:
        raise CommandError(str(error), WRONG_USE) from error
    open_ready(context)
    place = open_command("policy publish")
    supervisor = ask_supervisor(place, by)
    for kind, (source, content) in rules.items():
        newest = newest_rules(kind)
        # A folder without the file, or no folder of one's own, is not to bring the shipped one back.
        if given[kind] is None and newest and (newest[1] == content or source.parent == default_config_folder()):
            continue
        version = publish_rules(place, kind, content, supervisor, str(source))
        typer.echo(_("{file}: version {version} is published").format(file=source, version=version))
    if with_policy:
        publish_policy(place, text, supervisor, str(path))
    try:
        published = current_policy()
    except NoPolicyError:
        return
    judged = judge_all_packable(place)
    typer.echo(
        _("version {version} is published; {count} orders judged").format(version=published.version, count=judged)
        if with_policy
        else _("{count} orders judged").format(count=judged)
    )


def _rules_text(context: typer.Context, kind: RuleKind, file: Path | None) -> tuple[Path, str]:
    """The rules of a kind from a file, else from the config folder, found sound."""
    from packstation.acts.rule_sets import check_rules
    from packstation.domain.policy_reading import PolicyError

    path, text = _text_of(context, file, f"{kind}.toml")
    try:
        check_rules(kind, text, str(path))
    except PolicyError as error:
        raise CommandError(str(error), WRONG_USE) from error
    return path, text


@app.command()
def show(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    of: Annotated[RuleKind | None, typer.Option("--of", help="Other rules than the policy's.")] = None,
) -> None:
    """The published policy and its versions, or those of other rules."""
    from packstation.acts.policies import NoPolicyError, current_policy
    from packstation.domain.times import iso_utc
    from packstation.store.policies import versions

    open_for_command(context.obj)
    if of is not None:
        _show_rules(of, as_json=as_json)
        return
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


def _show_rules(kind: RuleKind, *, as_json: bool) -> None:
    from packstation.domain.times import iso_utc
    from packstation.store.rule_versions import newest_rules, rules_versions

    newest = newest_rules(kind)
    if newest is None:
        raise CommandError(_("nothing is published; `packstation policy publish` does it"), NOT_FOUND)
    version, text = newest
    if not as_json:
        typer.echo(text)
        return
    versions = [{"version": one, "published_at": iso_utc(at), "by": by} for one, at, by in rules_versions(kind)]
    document = {"kind": str(kind), "version": version, "text": text, "versions": versions}
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
