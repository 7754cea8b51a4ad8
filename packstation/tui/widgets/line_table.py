"""A table drawn line by line: as fast with 500 rows as with 5, because only the lines in view are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from packstation.domain.plain_text import PlainText
from packstation.tui.widgets.cells import Alignment, fitted

_GAP = " "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `width` cells, or without one of an equal share of the room that is left, at least `least` cells."""

    title: PlainText
    width: int | None = None
    alignment: Alignment = Alignment.LEFT
    least: int = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """One text in a row. `style` is a style of the house's own ("bold red"), never from outside."""

    text: PlainText
    style: str = ""


Row = Sequence[PlainText | Cell]


class LineTable(ScrollView, can_focus=True):
    """Rows under fixed titles, with a cursor; posts `RowChosen` on Enter or a click."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-table--titles", "line-table--cursor"}

    DEFAULT_CSS = """
    LineTable { height: 1fr; overflow-x: hidden; }
    LineTable > .line-table--titles { text-style: bold; }
    LineTable > .line-table--cursor { text-style: reverse; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_pages(-1)", show=False),
        Binding("pagedown", "move_pages(1)", show=False),
        Binding("home", "move_to(0)", show=False),
        Binding("end", "move_to(-1)", show=False),
    ]

    class RowChosen(Message):
        """Somebody chose a row; `index` counts the table's rows from 0."""

        def __init__(self, table: LineTable, index: int) -> None:
            super().__init__()
            self.table = table
            self.index = index

        @property
        def control(self) -> LineTable:
            """The table, for `@on` selectors."""
            return self.table

    class CursorMoved(RowChosen):
        """The cursor came to stand on another row."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()
        self._cursor = 0
        self._lines: dict[tuple[int, int], list[Segment]] = {}

    @property
    def cursor(self) -> int | None:
        """The row under the cursor, from 0; None without rows."""
        return self._cursor if self._rows else None

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Have other columns from now on; rows that fit them are to be shown next."""
        self._columns = tuple(columns)
        self._rows = ()
        self._lines.clear()

    def show_rows(self, rows: Sequence[Row], cursor: int = 0) -> None:
        """Replace all rows, and put the cursor on one of them. A row has a cell for every column."""
        self._rows = tuple(rows)
        self._lines.clear()
        self._cursor = self._clamped(cursor)
        self.virtual_size = Size(0, len(self._rows) + 1)
        self._keep_cursor_in_view()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the titles first, then the rows that are scrolled to."""
        width = self.size.width
        if y == 0:
            titles = [Cell(column.title) for column in self._columns]
            return self._strip(self._segments(titles, width), "line-table--titles", width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        if (segments := self._lines.get((index, width))) is None:
            segments = self._lines[index, width] = self._segments(self._rows[index], width)
        under_cursor = index == self._cursor and self.has_focus
        return self._strip(segments, "line-table--cursor" if under_cursor else "", width)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._rows:
            self.post_message(self.RowChosen(self, self._cursor))

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._move_cursor(self._cursor + rows)

    def action_move_pages(self, pages: int) -> None:
        """Move the cursor by as many rows as are in view."""
        self._move_cursor(self._cursor + pages * max(1, self.size.height - 2))

    def action_move_to(self, index: int) -> None:
        """Move the cursor to a row; -1 is the last."""
        self._move_cursor(index if index >= 0 else len(self._rows) - 1)

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0:
            return
        index = self.scroll_offset.y + offset.y - 1
        if index < len(self._rows):
            event.stop()
            self._move_cursor(index)
            self.action_choose()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor is drawn with the focus only."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def _move_cursor(self, index: int) -> None:
        clamped = self._clamped(index)
        if clamped != self._cursor:
            self._cursor = clamped
            self._keep_cursor_in_view()
            self.refresh()
            self.post_message(self.CursorMoved(self, clamped))

    def _keep_cursor_in_view(self) -> None:
        top, in_view = round(self.scroll_y), max(1, self.size.height - 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= top + in_view:
            self.scroll_to(y=self._cursor - in_view + 1, animate=False)

    def _clamped(self, index: int) -> int:
        return max(0, min(index, len(self._rows) - 1))

    def _segments(self, row: Row, width: int) -> list[Segment]:
        segments: list[Segment] = []
        for column, cell, room in zip(self._columns, row, self._widths(width), strict=True):
            if room <= 0:
                continue
            if segments:
                segments.append(Segment(_GAP))
            text, style = (cell.text, cell.style) if isinstance(cell, Cell) else (cell, "")
            segments.append(Segment(fitted(text, room, column.alignment), Style.parse(style) if style else None))
        return segments

    def _widths(self, width: int) -> list[int]:
        """The cells of each column; columns that have no room left at all get 0."""
        room = width - len(_GAP) * (len(self._columns) - 1)
        flexible = [column for column in self._columns if column.width is None]
        spare = room - sum(column.width or 0 for column in self._columns)
        share, rest = divmod(max(spare, 0), len(flexible)) if flexible else (0, 0)
        widths: list[int] = []
        for column in self._columns:
            wanted = column.width
            if wanted is None:
                wanted = max(share + (1 if rest > 0 else 0), column.least)
                rest -= 1
            widths.append(max(0, min(wanted, room - sum(widths))))
        return widths

    def _strip(self, segments: list[Segment], component: str, width: int) -> Strip:
        # The row under the cursor must be seen: its colours go over those of the cells.
        over = self.get_component_rich_style(component, partial=True) if component else None
        strip = Strip(Segment.apply_style(segments, self.rich_style, over))
        return strip.adjust_cell_length(width, self.rich_style)
