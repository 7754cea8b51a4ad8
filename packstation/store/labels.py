"""The address that an order's label was made for."""

from __future__ import annotations

from packstation.store.database import rows_of

LABEL_HOLDS_NOW = "label_address_key = address_key, label_address_changed_at = coalesce(address_changed_at, 0)"
"""The assignments by which a label is one for the address as it is now."""


def keep_label(order_id: int) -> bool:
    """Let the order's label hold for its address as it is now; whether it was made for another one."""
    changed = rows_of(
        f"UPDATE orders SET {LABEL_HOLDS_NOW} WHERE id = ? AND (label_address_changed_at < address_changed_at "
        "OR (label_address_key IS NOT NULL AND (address_key IS NULL OR label_address_key <> address_key))) RETURNING id",
        (order_id,),
    )
    return bool(changed)
