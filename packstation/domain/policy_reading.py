"""Reading a policy file: tables, numbers and keys, with every mistake as one line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping


class PolicyError(ValueError):
    """A mistake in a policy; the text is one line naming file, key, value and what is allowed."""

    def __init__(self, source: str, key: str, value: object, allowed: str) -> None:
        shown = repr(value)
        line = f"{source}: {key} = {shown if len(shown) <= 80 else shown[:79] + '…'}: {allowed}"
        super().__init__("".join(each if each.isprintable() else repr(each)[1:-1] for each in line))


def read_tree(text: str, source: str, allowed: set[str]) -> Mapping[str, object]:
    """The tables of a file, of which it has no others than the `allowed` ones.

    Raises:
        PolicyError: it is no TOML, or has others.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(source, "file", str(error), "must be TOML") from error
    only(tree, allowed, source, "")
    return tree


def table(tree: Mapping[str, object], name: str, source: str, prefix: str = "") -> Mapping[str, object]:
    """The table of that name in another one, empty where there is none.

    Args:
        tree: the other one.
        name: its key there.
        source: the file, for the error.
        prefix: the keys that lead to `tree`, with a dot after each.

    Raises:
        PolicyError: it is something else.
    """
    found = tree.get(name, {})
    if not isinstance(found, dict):
        raise PolicyError(source, f"{prefix}{name}", found, "must be a table")
    return found


def number(
    tree: Mapping[str, object],
    name: str,
    default: float,
    least: float,
    most: float,
    source: str,
    prefix: str,
    *,
    whole: bool = False,
) -> float:
    """A number of a table, within its limits; `default` where it is not given. Arguments as those of `table`.

    Raises:
        PolicyError: no number, not a whole one where that is needed, or out of its limits.
    """
    value = tree.get(name, default)
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        what = "a whole number" if whole else "a number"
        raise PolicyError(source, f"{prefix}{name}", value, f"must be {what} from {least:g} to {most:g}")
    return value


def only(tree: Mapping[str, object], allowed: set[str], source: str, prefix: str) -> None:
    """Refuse keys that a table does not have. Arguments as those of `table`.

    Raises:
        PolicyError: there is one.
    """
    for name, value in tree.items():
        if name not in allowed:
            raise PolicyError(
                source, f"{prefix}{name}", value, f"is no setting here; allowed: {', '.join(sorted(allowed))}"
            )
