"""The dashboard that anyone would write: Textual's own table, a row a session, a cell set at each event."""

import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from browser_host.api.client import HostClient
from browser_host.sessions import views
from tests.bench.line import SIZE
from tui.columns import layout
from tui.rows import Telling, cells

COLUMNS = layout(SIZE[0] - 1, wide=False)
"""As they stand in watchdeck's table."""

COLUMN_OF = {"session.color": "color", "session.status": "status"}


class DataTableApp(App[None]):
    """Shows what a host knows, and then each change as it comes.

    Ages are not kept up, and no other cell of the row is set: it sends less than it should.

    Args:
        socket: the host's.
    """

    def __init__(self, socket: Path) -> None:
        super().__init__()
        self._client = HostClient(socket, "bench")
        self._views: dict[str, views.SessionView] = {}

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Begins to follow the host."""
        table = self.query_one(DataTable)
        for placed in COLUMNS.placed:
            table.add_column(placed.column.title, width=placed.width, key=placed.column.id)
        self.run_worker(self._follow(table))

    async def _follow(self, table: "DataTable[Any]") -> None:
        snapshot = await self._client.snapshot()
        telling = Telling(snapshot.sessions[0].last_event_at or 0.0)
        for view in snapshot.sessions:
            self._views[view.id] = view
            table.add_row(*self._texts(view, telling).values(), key=view.id)
        async with aclosing(cast("Any", self._client.events(snapshot.seq))) as events:
            async for event in events:
                if event.type in COLUMN_OF:
                    view = self._views[event.id] = views.merged(self._views[event.id], event.body)
                    column = COLUMN_OF[event.type]
                    table.update_cell(event.id, column, self._texts(view, telling)[column])

    def _texts(self, view: views.SessionView, telling: Telling) -> dict[str, Text]:
        told = zip(COLUMNS.placed, cells(view, COLUMNS, telling), strict=True)
        return {placed.column.id: Text("".join(span.text for span in cell)) for placed, cell in told}


if __name__ == "__main__":
    DataTableApp(Path(sys.argv[1])).run()
