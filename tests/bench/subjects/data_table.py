"""The obvious dashboard: Textual's DataTable, one row per session, one cell updated per event."""

import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from browser_host.api.client import HostClient
from browser_host.sessions import views
from tests.bench.raw_terminal import SIZE
from tui.view.columns import layout
from tui.view.rows import RowContext, cells

COLUMNS = layout(SIZE[0] - 1, wide=False)
"""The columns of Watchdeck's table."""

COLUMN_OF = {"session.color": "color", "session.status": "status"}


class DataTableApp(App[None]):
    """Shows the sessions of a host, and each change.

    It updates neither ages nor other cells of the row, so it sends less than a correct one.

    Args:
        socket: the host's socket.
    """

    def __init__(self, socket: Path) -> None:
        super().__init__()
        self._client = HostClient(socket, "bench")
        self._views: dict[str, views.SessionView] = {}

    def compose(self) -> ComposeResult:
        """Yield the table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Start to follow the host."""
        table = self.query_one(DataTable)
        for placed in COLUMNS.placed:
            table.add_column(placed.column.title, width=placed.width, key=placed.column.id)
        self.run_worker(self._follow(table))

    async def _follow(self, table: "DataTable[Any]") -> None:
        snapshot = await self._client.snapshot()
        context = RowContext(snapshot.sessions[0].last_event_at or 0.0)
        for view in snapshot.sessions:
            self._views[view.id] = view
            table.add_row(*self._texts(view, context).values(), key=view.id)
        async with aclosing(cast("Any", self._client.events(snapshot.seq))) as events:
            async for event in events:
                if event.type in COLUMN_OF:
                    view = self._views[event.id] = views.merged(self._views[event.id], event.body)
                    column = COLUMN_OF[event.type]
                    table.update_cell(event.id, column, self._texts(view, context)[column])

    def _texts(self, view: views.SessionView, context: RowContext) -> dict[str, Text]:
        told = zip(COLUMNS.placed, cells(view, COLUMNS, context), strict=True)
        return {placed.column.id: Text("".join(span.text for span in cell)) for placed, cell in told}


if __name__ == "__main__":
    DataTableApp(Path(sys.argv[1])).run()
