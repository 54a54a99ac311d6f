"""Put paths, text and images on a page: where they are, in whose name, how fine, on what ground."""

from __future__ import annotations

from dataclasses import dataclass

from paperkit.camera_ready.audit.facts import Contrast, Image
from paperkit.camera_ready.audit.reading.blocks import Gathered, as_box
from paperkit.camera_ready.audit.reading.colours import RGB, hexadecimal, to_rgb
from paperkit.camera_ready.audit.reading.grounds import Grounds
from paperkit.camera_ready.audit.reading.lines import Lines
from paperkit.camera_ready.audit.reading.matrices import (
    EVERYWHERE,
    Bounds,
    Matrix,
    common,
    mapped,
    scale_of,
    times,
    union,
)
from paperkit.camera_ready.audit.reading.state import State
from paperkit.style.contrast import contrast_ratio

_WHITE = (255, 255, 255)
_UNIT: Bounds = (0.0, 0.0, 1.0, 1.0)
_INVISIBLE = (3, 7)  # Text that neither fills nor strokes.
_BELOW, _ABOVE = -0.2, 0.72  # What of type's size letters take below and above the baseline.
_SCRIPT_RATIO = 0.9
_MOST_RECTANGLES = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A shown string: its map to the page, its width and the font's size before the map, what it says."""

    matrix: Matrix
    width: float
    size: float
    text: str


class Painter:
    """Takes what a page paints; `block` is where it is gathered."""

    def __init__(self, block: Gathered, visible: Bounds) -> None:
        self.page = block
        self.block = block
        self.lines = Lines()
        self._visible = visible
        self._grounds = Grounds()
        self._last: tuple[float, float, float, bool] | None = None

    def fill(self, state: State, bounds: Bounds | None, rectangles: list[Bounds]) -> None:
        """Fill a path: `rectangles` are its subpaths when each of them is one."""
        shown = self._shown(state, bounds)
        if shown is None:
            return
        self._note(state, state.fill_space, state.fill_alpha)
        colour = to_rgb(state.fill_space, state.fill)
        if colour == _WHITE and self.block.ink is None:
            # A figure's white background is no ink; it may well reach into a margin.
            self._grounds.fill(shown, colour)
            return
        self.block.paint(shown)
        opaque = state.fill_alpha >= 1 and not state.is_masked and state.blend == "/Normal"
        for part in rectangles if len(rectangles) <= _MOST_RECTANGLES else ():
            seen = self._shown(state, part)
            if seen:
                self._grounds.fill(seen, colour if opaque else None)
        if not rectangles or len(rectangles) > _MOST_RECTANGLES:
            self._grounds.fill(shown, None)

    def stroke(self, state: State, bounds: Bounds | None, *, is_edge: bool = False) -> None:
        """Stroke a path; the edge of a shape in the shape's own colour, which hides seams, is no line."""
        if bounds is None or to_rgb(state.stroke_space, state.stroke) == _WHITE:
            return
        width = state.width * scale_of(state.matrix)
        half = width / 2
        shown = self._shown(state, (bounds[0] - half, bounds[1] - half, bounds[2] + half, bounds[3] + half))
        if shown is None or state.stroke_alpha == 0:
            return
        self._note(state, state.stroke_space, state.stroke_alpha)
        self.block.paint(shown)
        is_seam = is_edge and (state.fill_space, state.fill) == (state.stroke_space, state.stroke)
        if bounds[2] - bounds[0] + bounds[3] - bounds[1] > 0 and not is_seam:
            self.block.add_line(width)

    def shade(self, state: State, space: str, bounds: Bounds | None = None, *, is_mesh: bool = False) -> None:
        """Fill the clip, or what of it is within the gradient's own bounds, with a gradient.

        A gradient without either fills the page; how far a mesh reaches is not read, so it counts on the page only.
        """
        shown = self._shown(state, bounds or EVERYWHERE)
        if shown is not None and (is_mesh or shown == EVERYWHERE):
            shown = common(shown, self._visible)
        if shown is not None:
            self._note(state, space, state.fill_alpha)
            self.block.paint(shown)
            self._grounds.fill(shown, None)

    def image(self, state: State, pixels: tuple[int, int], space: str, *, is_mask: bool) -> None:
        """Place an image on the unit square."""
        shown = self._shown(state, mapped(_UNIT, state.matrix))
        if shown is None:
            return
        a, b, c, d, _, _ = state.matrix
        placed = ((a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5)
        dpi = tuple(
            round(72 * count / length, 1) if length > 0 else 0.0 for count, length in zip(pixels, placed, strict=True)
        )
        self._note(state, state.fill_space if is_mask else space, state.fill_alpha)
        self.block.paint(shown)
        self.block.add_image(
            Image(pixels=pixels, dpi=(dpi[0], dpi[1]), space=space, is_mask=is_mask, box=as_box(shown))
        )
        self._grounds.fill(shown, None)

    def text(self, state: State, run: Run) -> None:
        """Show a string."""
        if state.mode in _INVISIBLE or not run.text.strip():
            return
        box = (min(0.0, run.width), _BELOW * run.size, max(0.0, run.width), _ABOVE * run.size)
        shown = self._shown(state, mapped(box, run.matrix))
        if shown is None:
            return
        x, y = run.matrix[4], run.matrix[5]
        end = times((1, 0, 0, 1, run.width, 0), run.matrix)
        a, b, c, d, _, _ = run.matrix
        size = abs(run.size) * (c * c + d * d) ** 0.5
        is_script = self._is_script(x, y, size)
        self._last = (end[4], y if not is_script else self._last[1] if self._last else y, size, is_script)
        self._note(state, state.fill_space, state.fill_alpha)
        self.block.paint(shown)
        self.block.add_text(size, run.text.strip(), is_script=is_script)
        if self.block is self.page and abs(b) < abs(a):
            self.lines.add(x, end[4], y, size, run.text)
        ink = to_rgb(state.fill_space, state.fill)
        # Glyphs that say nothing are parts of pictures, such as those of coloured emoji.
        if ink is not None and state.fill_alpha >= 1 and any(map(str.isalnum, run.text)):
            self._contrast(ink, ((shown[0] + shown[2]) / 2, (shown[1] + shown[3]) / 2), size, run.text.strip())

    def _contrast(self, ink: RGB, centre: tuple[float, float], size: float, text: str) -> None:
        ground = self._grounds.at(*centre)
        if ground is not None:
            ratio = round(contrast_ratio(ink, ground), 2)
            self.block.add_contrast(
                Contrast(ratio=ratio, ink=hexadecimal(ink), ground=hexadecimal(ground), sample=text[:24], size=size)
            )

    def _is_script(self, x: float, y: float, size: float) -> bool:
        """Tell whether a run is a script of the run before it: smaller, right behind it, off its baseline."""
        if self._last is None:
            return False
        end, baseline, before, was_script = self._last
        if was_script:
            return (
                abs(size - before) < before * (1 - _SCRIPT_RATIO)
                and abs(x - end) < before
                and abs(y - baseline) < 2 * before
            )
        return size < _SCRIPT_RATIO * before and abs(x - end) < 0.5 * before and 0 < abs(y - baseline) < before

    def _shown(self, state: State, bounds: Bounds | None) -> Bounds | None:
        """Return what of the bounds the clip lets through; ink off the page counts, for it is meant to be seen."""
        if bounds is None or state.clip is None:
            return None
        return common(bounds, state.clip)

    def _note(self, state: State, space: str, alpha: float) -> None:
        block = self.block
        block.spaces.add(space)
        if alpha < 1:
            block.transparent.add("opacity")
        if state.is_masked:
            block.transparent.add("soft mask")
        if state.blend not in {"/Normal", "/Compatible"}:
            block.transparent.add(f"blend mode {state.blend[1:]}")


class Path:
    """A path under construction, in the page's coordinates."""

    def __init__(self) -> None:
        self.bounds: Bounds | None = None
        self.rectangles: list[Bounds] = []
        self.all_rectangles = True
        self._corners: list[tuple[float, float]] = []

    def move(self, matrix: Matrix, x: float, y: float) -> None:
        """Begin a subpath."""
        self._end()
        self._corners = [_mapped(matrix, x, y)]

    def line(self, matrix: Matrix, x: float, y: float) -> None:
        """Draw a line to a point."""
        if len(self._corners) < 6:  # noqa: PLR2004 - a rectangle has five, and more is none
            self._corners.append(_mapped(matrix, x, y))
            self._take(*self._corners[-1])
        else:
            self._take(*_mapped(matrix, x, y))
        self._take(*self._corners[0])

    def curve(self, matrix: Matrix, *points: float) -> None:
        """Draw a curve; its control points bound it."""
        self.all_rectangles = False
        for at in range(0, len(points) - 1, 2):
            self._take(*_mapped(matrix, points[at], points[at + 1]))
        if self._corners:
            self._take(*self._corners[0])

    def rectangle(self, matrix: Matrix, x: float, y: float, width: float, height: float) -> None:
        """Add a rectangle."""
        self._end()
        bounds = mapped((min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height)), matrix)
        self.bounds = union(self.bounds, bounds)
        upright = matrix[1] == matrix[2] == 0 or matrix[0] == matrix[3] == 0
        self.all_rectangles &= upright
        if len(self.rectangles) <= _MOST_RECTANGLES:
            self.rectangles.append(bounds)

    def finished(self) -> list[Bounds]:
        """End the path; return its rectangles when it has nothing else."""
        self._end()
        return self.rectangles if self.all_rectangles else []

    def _end(self) -> None:
        corners = self._corners
        if len(corners) > 1:
            xs, ys = {round(x, 3) for x, _ in corners}, {round(y, 3) for _, y in corners}
            if len(corners) in {4, 5} and len(xs) == len(ys) == 2:  # noqa: PLR2004 - two of each make a rectangle
                if len(self.rectangles) <= _MOST_RECTANGLES:
                    self.rectangles.append((min(xs), min(ys), max(xs), max(ys)))
            else:
                self.all_rectangles = False
        self._corners = []

    def _take(self, x: float, y: float) -> None:
        bounds = self.bounds
        if bounds is None:
            self.bounds = (x, y, x, y)
        elif not (bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]):
            self.bounds = (min(bounds[0], x), min(bounds[1], y), max(bounds[2], x), max(bounds[3], y))


def _mapped(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
