"""A widget by lines, each kept as it was made until somebody says that it is another."""

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class KeptLines(Widget, can_focus=False):
    """Makes a line anew only where it was refreshed.

    At every update Textual asks each widget that the update touches for all its lines, and looks through its
    own cache of them one by one, filters included: a fifth of what a changed cell cost, on 40 lines.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._kept: dict[int, Strip] = {}

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "KeptLines":
        """Marks lines, or all of them, as others than they were."""
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
        """The lines that Textual asks for; those of a part of the width are not kept."""
        width = self.size.width
        if crop.x or crop.width != width:
            return super().render_lines(crop)
        return [self._line_at(y, width) for y in crop.line_range]

    def _line_at(self, y: int, width: int) -> Strip:
        strip = self._kept.get(y)
        if strip is None or strip.cell_length != width:
            strip = self._kept[y] = super().render_lines(Region(0, y, width, 1))[0]
        return strip
