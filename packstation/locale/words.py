"""The words of most screens and lines, together: each subject's stand in a module of its own."""

from __future__ import annotations

from packstation.locale.alarm_words import pull_place, pull_text
from packstation.locale.figure_words import figure_value, figure_word
from packstation.locale.hold_words import (
    hold_reason_word,
    hold_state_word,
    method_word,
    result_word,
    urgency_word,
    why_word,
)
from packstation.locale.ledger_words import break_word
from packstation.locale.measures import age, day, day_and_time, decimal, moment, money, percent, span
from packstation.locale.order_words import marked_text, outcome_word, parcel_word, status_word
from packstation.locale.people_words import label_word, role_word, tag_word, tier_word
from packstation.locale.verdict_words import answer_word, headline, reason_text, status_stop, verdict_word

__all__ = [
    "age",
    "answer_word",
    "break_word",
    "day",
    "day_and_time",
    "decimal",
    "figure_value",
    "figure_word",
    "headline",
    "hold_reason_word",
    "hold_state_word",
    "label_word",
    "marked_text",
    "method_word",
    "moment",
    "money",
    "outcome_word",
    "parcel_word",
    "percent",
    "pull_place",
    "pull_text",
    "reason_text",
    "result_word",
    "role_word",
    "span",
    "status_stop",
    "status_word",
    "tag_word",
    "tier_word",
    "urgency_word",
    "verdict_word",
    "why_word",
]
