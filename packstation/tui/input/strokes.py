"""Textual's key and mouse events as strokes."""

from __future__ import annotations

from textual import events

from packstation.tui.input.bursts import Stroke, StrokeKind

_ENDS = frozenset({"enter", "ctrl+j", "tab", "ctrl+m", "ctrl+i"})
_PLAIN = frozenset(
    {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "escape", "shift+tab"}
)
_MODIFIERS = ("left_", "right_", "iso_level")
_MODIFIED = ("ctrl+", "alt+", "super+", "hyper+", "meta+")


def is_modifier(key: events.Key) -> bool:
    """Whether this is Shift, Ctrl or the like itself, which some terminals report before every capital."""
    return key.character is None and key.key.startswith(_MODIFIERS)


def key_stroke(key: events.Key) -> Stroke[events.Event]:
    """The stroke of a key."""
    return Stroke(key.time, _kind(key), key.key, key.character or "", key)


def pointer_stroke(event: events.MouseEvent) -> Stroke[events.Event]:
    """The stroke of a mouse event."""
    return Stroke(event.time, StrokeKind.POINTER, "pointer", "", event)


def _kind(key: events.Key) -> StrokeKind:
    if key.key in _ENDS:
        return StrokeKind.END
    if key.key == "backspace":
        return StrokeKind.ERASE
    modifiers = key.key.rpartition("+")[0]
    if any(modifier in f"{modifiers}+" for modifier in _MODIFIED):
        return StrokeKind.CHORD
    if key.is_printable:
        return StrokeKind.CHARACTER
    return StrokeKind.PLAIN if key.key in _PLAIN else StrokeKind.CHORD
