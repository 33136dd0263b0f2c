"""A widget by lines, each kept as it was made until somebody says that it is another."""

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class LineCache(Widget, can_focus=False):
    """Makes a line again only if it was refreshed; its lines are all there is of it.

    At every update Textual asks each widget that the update touches for all its lines, and looks through its
    own cache of them one by one, filters included: a fifth of what a changed cell cost, on 40 lines. To a
    line that was made again it adds border, padding, tint and the like: a sixth of what a scrolled picture
    cost, for a widget that has none of them.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._kept: dict[int, Strip] = {}

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "LineCache":
        """Mark lines, or all of them, as others than they were."""
        for region in regions:
            for y in region.line_range:
                self._kept.pop(y, None)
        if not regions:
            self._kept.clear()
        super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def notify_style_update(self) -> None:
        """All lines look different."""
        self._kept.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines that Textual asks for, each as wide as the widget; of those a part is cut out."""
        width = self.size.width
        if any(y not in self._kept or self._kept[y].cell_length != width for y in crop.line_range):
            self._make(crop, width)
        lines = [self._kept[y] for y in crop.line_range]
        if crop.x or crop.width != width:
            return [line.crop(crop.x, crop.right) for line in lines]
        return lines

    def _make(self, crop: Region, width: int) -> None:
        filters, background = self.get_line_filters(), self.background_colors[1]
        for y in crop.line_range:
            line = self._kept.get(y)
            if line is None or line.cell_length != width:
                line = self.render_line(y).adjust_cell_length(width)
                for one in filters:
                    line = line.apply_filter(one, background)
                self._kept[y] = line
