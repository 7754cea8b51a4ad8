"""Lazada's words for where a unit stands, the same in its exports and its API, and which unit speaks for the order.

Source: Lazada Open Platform, GetMultipleOrderItems.
"""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import Status

STATUS_WORDS: Mapping[str, Status] = {
    word: status
    for status, words in {
        Status.UNPAID: ("unpaid",),
        Status.TO_PACK: ("pending", "topack", "repacked"),
        Status.LABEL_READY: ("packed", "ready_to_ship", "ready_to_ship_pending", "toship"),
        Status.SHIPPED: ("shipped", "shipping"),
        Status.DELIVERED: ("delivered",),
        Status.COMPLETED: ("confirmed", "completed"),
        Status.CANCELLED: ("canceled", "cancelled"),
        Status.RETURNING: ("failed", "failed_delivery", "shipped_back", "shipped_back_failed"),
        Status.RETURNED: ("returned", "shipped_back_success"),
        Status.LOST: ("lost", "lost_by_3pl", "damaged_by_3pl", "package_scrapped"),
    }.items()
    for word in words
}
LEAST_ADVANCED_FIRST = (
    Status.CHANNEL_HOLD,
    Status.CANCEL_REQUESTED,
    Status.UNPAID,
    Status.TO_PACK,
    Status.LABEL_READY,
    Status.SHIPPED,
    Status.DELIVERED,
    Status.COMPLETED,
    Status.LOST,
    Status.RETURNING,
    Status.RETURNED,
    Status.CANCELLED,
)
"""An order stands where its least advanced unit stands, so that one odd unit keeps a parcel from being packed."""
