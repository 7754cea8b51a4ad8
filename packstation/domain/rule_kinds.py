"""The kinds of published rules beside the policy."""

from __future__ import annotations

from enum import StrEnum


class RuleKind(StrEnum):
    """What the rules are about; each kind has its file and its own versions."""

    TIERS = "tiers"
    CARE = "care"
