"""Sealed credentials in the store: one row a shop, replaced by version, renewed by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from peewee import fn

from packstation.store.database import answering, database_now, is_sqlite, rows_of, transaction
from packstation.store.tables.base import database as proxy
from packstation.store.tables.credentials import CredentialRow

_COLUMNS = "c.sealed, c.version, c.expires_at, c.refresh_expires_at, c.updated_at, c.renewing_since"
_NORMAL = 1


@dataclass(frozen=True, slots=True)
class SealedCredential:
    """A credential as it is stored. Times in ms UTC.

    Attributes:
        sealed: what only the key opens.
        version: rises by one whenever it is replaced.
        expires_at: of the access token; None where nobody says.
        refresh_expires_at: of the refresh token; None where nobody says.
        updated_at: when it was stored.
        renewing_since: when a renewal was begun whose result was not stored, or not yet: what it brought may be lost.
    """

    sealed: str
    version: int
    expires_at: int | None
    refresh_expires_at: int | None
    updated_at: int
    renewing_since: int | None


def sealed_credential(shop_id: int) -> SealedCredential | None:
    """The shop's credential; None when nobody logged in yet."""
    with answering():
        rows = rows_of(f"SELECT {_COLUMNS} FROM credential c WHERE c.shop_id = ?", (shop_id,))
    return SealedCredential(*rows[0]) if rows else None


def all_credentials() -> list[tuple[int, str, SealedCredential]]:
    """The credentials of all shops as (shop id, shop's name, credential), by name."""
    with answering():
        rows = rows_of(
            f"SELECT s.id, s.name, {_COLUMNS} FROM credential c JOIN shop s ON s.id = c.shop_id ORDER BY s.name"
        )
    return [(row[0], row[1], SealedCredential(*row[2:])) for row in rows]


def put_credential(shop_id: int, sealed: str, expires_at: int | None, refresh_expires_at: int | None) -> None:
    """Store what a person logged in with, whatever was there, and make it reach the disk. Ends any claim."""
    with _reaching_the_disk():
        found = rows_of("SELECT version FROM credential WHERE shop_id = ?", (shop_id,))
        values = _values(sealed, expires_at, refresh_expires_at)
        if found:
            CredentialRow.update(values | {"version": CredentialRow.version + 1}).where(
                CredentialRow.shop_id == shop_id
            ).execute()
        else:
            CredentialRow.insert(values | {"shop_id": shop_id, "version": 1}).execute()


def claim_renewal(shop_id: int, version: int, claimant: str, lease_ms: int) -> bool:
    """Claim the renewal of this version for `lease_ms`, and record that it was begun.

    Returns:
        False when another process has the claim, or stored a newer version.
    """
    with _reaching_the_disk():
        now = database_now()
        claimed = (
            CredentialRow.update(
                {
                    "claimed_by": claimant,
                    "claimed_until": now + lease_ms,
                    "renewing_since": fn.COALESCE(CredentialRow.renewing_since, now),
                }
            )
            .where(
                (CredentialRow.shop_id == shop_id)
                & (CredentialRow.version == version)
                & (CredentialRow.claimed_by.is_null() | (CredentialRow.claimed_until <= now))
            )
            .execute()
        )
    return bool(claimed)


def extend_claim(shop_id: int, claimant: str, lease_ms: int) -> bool:
    """Keep a claim for `lease_ms` from now; False when it is lost."""
    with transaction():
        kept = (
            CredentialRow.update({"claimed_until": database_now() + lease_ms})
            .where((CredentialRow.shop_id == shop_id) & (CredentialRow.claimed_by == claimant))
            .execute()
        )
    return bool(kept)


def release_claim(shop_id: int, claimant: str) -> None:
    """Let others renew. That a renewal was begun stays recorded: nobody knows what came of it."""
    _let_go(shop_id, claimant, {})


def withdraw_claim(shop_id: int, claimant: str, renewing_since: int | None) -> None:
    """Let others renew, where the channel refused and so gave nothing out: what was recorded of earlier renewals is as before."""
    _let_go(shop_id, claimant, {"renewing_since": renewing_since})


def _let_go(shop_id: int, claimant: str, values: dict[str, int | None]) -> None:
    with transaction():
        CredentialRow.update({"claimed_by": None, "claimed_until": None, **values}).where(
            (CredentialRow.shop_id == shop_id) & (CredentialRow.claimed_by == claimant)
        ).execute()


def replace_credential(
    shop_id: int, version: int, sealed: str, expires_at: int | None, refresh_expires_at: int | None
) -> bool:
    """Store a renewed credential in place of `version`, make it reach the disk, and end the claim.

    Who has the claim does not matter: a late result is better than none.

    Returns:
        False when another version is there already; then nothing is changed.
    """
    with _reaching_the_disk():
        replaced = (
            CredentialRow.update(_values(sealed, expires_at, refresh_expires_at) | {"version": version + 1})
            .where((CredentialRow.shop_id == shop_id) & (CredentialRow.version == version))
            .execute()
        )
    return bool(replaced)


def _values(sealed: str, expires_at: int | None, refresh_expires_at: int | None) -> dict[str, object]:
    return {
        "sealed": sealed,
        "expires_at": expires_at,
        "refresh_expires_at": refresh_expires_at,
        "updated_at": database_now(),
        "claimed_by": None,
        "claimed_until": None,
        "renewing_since": None,
    }


@contextmanager
def _reaching_the_disk() -> Iterator[None]:
    """A writing transaction that is on the disk when the block ends, also while orders are written in bulk."""
    if proxy.obj.in_transaction():
        raise RuntimeError("a credential cannot reach the disk inside another transaction")
    relaxed = False
    with answering():
        if is_sqlite():
            relaxed = rows_of("PRAGMA synchronous")[0][0] == _NORMAL
            proxy.execute_sql("PRAGMA synchronous = FULL")
    try:
        with transaction():
            if not is_sqlite():
                proxy.execute_sql("SET LOCAL synchronous_commit = on")
            yield
    finally:
        if relaxed:
            proxy.execute_sql("PRAGMA synchronous = NORMAL")
