"""The keys of a replay, beside those of the dashboard."""

from textual.binding import Binding

BINDINGS = (
    Binding("left", "jump(-1)", "Jump back", show=False, id="replay.back"),
    Binding("right", "jump(1)", "Jump on", show=False, id="replay.on"),
    Binding("left_square_bracket", "pace('slower')", "Slower", show=False, id="replay.slower"),
    Binding("right_square_bracket", "pace('faster')", "Faster", show=False, id="replay.faster"),
)
