from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Button

from packstation.domain.plain_text import plain
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, LineTable

COLUMNS = (
    Column(plain("Order"), 8),
    Column(plain("Buyer")),
    Column(plain("Total"), 6, Alignment.RIGHT),
)


def row(number: int, buyer: str = "Nguyễn Thị Ánh") -> tuple[Cell, ...]:
    return Cell(plain(f"O{number}"), "bold"), Cell(plain(buyer)), Cell(plain(number * 10))


class Orders(App[None]):
    CSS = "LineTable { height: 6; width: 30; }"

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count
        self.chosen: list[int] = []
        self.moved: list[int] = []

    def compose(self) -> ComposeResult:
        yield LineTable(COLUMNS)
        yield Button("other")

    def on_mount(self) -> None:
        self.table.show_rows([row(number) for number in range(self._count)])
        self.table.focus()

    @property
    def table(self) -> LineTable:
        return self.query_one(LineTable)

    def on_line_table_row_chosen(self, message: LineTable.RowChosen) -> None:
        self.chosen.append(message.index)

    def on_line_table_cursor_moved(self, message: LineTable.CursorMoved) -> None:
        self.moved.append(message.index)

    def line(self, y: int) -> str:
        return self.table.render_line(y).text


async def test_columns_stand_under_their_titles_and_fill_the_width() -> None:
    app = Orders(2)
    async with app.run_test():
        assert [app.line(y) for y in range(4)] == [
            "Order    Buyer           Total",
            "O0       Nguyễn Thị Ánh      0",
            "O1       Nguyễn Thị Ánh     10",
            " " * 30,
        ]


async def test_hostile_and_wide_text_keeps_its_column() -> None:
    app = Orders(0)
    async with app.run_test():
        names = ["[@click=app.quit]x[/]", "田中田中田中田中田中", "\u202e\x1b[2Jabc", "q" + "\u0323" * 40, "x" * 10_000]
        app.table.show_rows([row(number, name) for number, name in enumerate(names)])
        for y in range(1, 6):
            assert app.table.render_line(y).cell_length == 30
            assert app.line(y).endswith(f"{(y - 1) * 10:>6}")


async def test_keys_move_the_cursor_and_enter_chooses() -> None:
    app = Orders(50)
    async with app.run_test() as pilot:
        await pilot.press("down", "down", "up", "enter")
        await pilot.press("end", "enter", "home", "enter", "pagedown", "enter", "pageup", "up", "enter")
        assert app.chosen == [1, 49, 0, 4, 0]
        assert app.moved == [1, 2, 1, 49, 0, 4, 0]


async def test_the_row_under_the_cursor_is_always_in_view() -> None:
    app = Orders(50)
    async with app.run_test() as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert "O49" in app.line(5)
        await pilot.press("pageup", "pageup")
        await pilot.pause()
        assert "O41" in app.line(1)


async def test_a_click_chooses_its_row_and_the_titles_none() -> None:
    app = Orders(50)
    async with app.run_test() as pilot:
        await pilot.press("end")
        await pilot.pause()
        await pilot.click(LineTable, offset=(3, 2))
        await pilot.click(LineTable, offset=(3, 0))
        assert app.chosen == [46]
        assert app.table.cursor == 46


async def test_a_click_below_the_last_row_chooses_nothing() -> None:
    app = Orders(2)
    async with app.run_test() as pilot:
        await pilot.click(LineTable, offset=(3, 4))
        assert app.chosen == []


async def test_an_empty_table_has_no_cursor_and_nothing_to_choose() -> None:
    app = Orders(0)
    async with app.run_test() as pilot:
        await pilot.press("enter", "down", "end")
        assert app.table.cursor is None
        assert (app.chosen, app.moved) == ([], [])


async def test_new_rows_start_at_the_top_and_keep_the_cursor_inside() -> None:
    app = Orders(50)
    async with app.run_test() as pilot:
        await pilot.press("end")
        app.table.show_rows([row(7)])
        await pilot.pause()
        assert app.table.cursor == 0
        assert "O7" in app.line(1)


async def test_only_the_lines_in_view_are_made() -> None:
    app = Orders(500)
    async with app.run_test():
        assert 0 < len(app.table._lines) <= 6


async def test_the_cursor_is_seen_with_the_focus_only() -> None:
    app = Orders(2)
    async with app.run_test() as pilot:
        with_focus = app.table.render_line(1)
        assert all(segment.style and segment.style.reverse for segment in with_focus if segment.text.strip())
        app.query_one(Button).focus()
        await pilot.pause()
        assert app.table.render_line(1) != with_focus


async def test_columns_without_room_are_left_out() -> None:
    app = Orders(1)
    async with app.run_test() as pilot:
        app.table.styles.width = 10
        await pilot.pause()
        assert app.table.render_line(1).cell_length == 10
