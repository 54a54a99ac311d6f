"""`python = "plots.py:function"`: a figure that a function of the project draws on matplotlib.

The function gets `fig`, a figure of the exact size in the venue's theme (or `ax`, the only axes of it), frames and
`params` by the names of its parameters, and `style`. What it draws is laid out once with TeX's metrics, by the layout
engine that it leaves the figure with: `constrained` if it says nothing.
"""

from __future__ import annotations

import copy
import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperkit.data import python_call, python_code
from paperkit.data.python_code import Function
from paperkit.errors import AssetError, DataError, PaperkitError, Place, Problem
from paperkit.figures.draw import estimates
from paperkit.figures.scene import Scene
from paperkit.figures.size import Size
from paperkit.figures.style import Style
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import HANDED, FigureAsset, FrameSpec
from paperkit.style.theme import Theme, rc_context
from paperkit.tex.lengths import format_pt, to_inches

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from paperkit.data.frame import Frame
    from paperkit.figures.renderer import MeasuringRenderer

# A legend outside of the axes is only known to the second layout (matplotlib#30300).
_ROUNDS = 3
_ROOM = "give the figure more room, or smaller decorations"


def python_problems(asset: FigureAsset, specs: Mapping[str, FrameSpec], root: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the `python` and `params` of a figure, found without running anything."""
    spec = asset.spec
    if spec.python is None:
        return ()
    path = (*asset.path, "python")
    try:
        function = python_code.find(spec.python, root)
    except PaperkitError as error:
        return tuple(problem.under(path) for problem in error.problems)
    found = list(python_call.problems(function, spec.params, specs, handed=HANDED))
    if not {parameter.name for parameter in function.parameters} & {"fig", "ax"}:
        message = f"{function.name} takes neither 'fig' nor 'ax'"
        hint = "fig is matplotlib's Figure to draw on, ax its only Axes"
        found.append(Problem(message=message, path=("python",), place=function.place, hint=hint))
    return tuple(problem.under(asset.path) for problem in found)


def draw_python(
    asset: FigureAsset, frames: Mapping[str, Frame], labels: Labels, *, size: Size, theme: Theme, root: Path
) -> tuple[Scene, Canvas, tuple[Problem, ...]]:
    """Return what the function of `asset` draws, its layout solved, and what is to be noticed.

    Raises:
        AssetError: the function cannot be called, raises an exception, or draws elsewhere or in another size.

    """
    from paperkit.figures.renderer import DPI, MeasuringRenderer, mark_alignments

    wrong = python_problems(asset, {name: FrameSpec() for name in frames}, root)
    if wrong:
        raise AssetError(*wrong)
    function = python_code.find(asset.spec.python or "", root)
    style = Style(asset=asset, frames=frames, labels=labels, size=size, theme=theme)
    with rc_context(theme), _looks(), _warnings(function, root, asset) as said:
        renderer = MeasuringRenderer(theme, asset.path, (to_inches(size.width) * DPI, to_inches(size.height) * DPI))
        job = _Job(function=function, style=style, root=root, canvas=_canvas(size, renderer))
        job.draw()
        notices = _lay_out(job, renderer)
    mark_alignments(job.canvas)
    scene = Scene(asset=asset, panels=(), encoded=(), entries=())
    return scene, job.canvas, (*said, *notices, *estimates(asset, renderer))


def _canvas(size: Size, renderer: MeasuringRenderer) -> Canvas:
    """Return a figure of the exact size; whoever asks for a renderer while it is drawn gets the one that measures."""
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.figure import Figure as Canvas

    class Measured(FigureCanvasBase):
        def get_renderer(self) -> MeasuringRenderer:
            return renderer

    from paperkit.figures.renderer import DPI

    canvas = Canvas(figsize=(to_inches(size.width), to_inches(size.height)), dpi=DPI, layout="constrained")
    Measured(canvas)
    canvas.patch.set_visible(False)
    return canvas


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    """What drawing needs: the function, what it is handed, the project's folder and the figure."""

    function: Function
    style: Style
    root: Path
    canvas: Canvas

    @property
    def asset(self) -> FigureAsset:
        return self.style.asset

    def draw(self) -> None:
        """Call the function."""
        given = self._given()
        try:
            with python_call.alone(self.function.path, self.root), _seeded(self.style.seed), _current(self):
                made = python_call.called(self.function, given, self.root)
        except DataError as error:
            raise AssetError(*self._placed(error)) from error.__cause__
        self._require_ours(made)

    def _placed(self, error: PaperkitError) -> Iterator[Problem]:
        return (problem.under((*self.asset.path, "python")) for problem in error.problems)

    def _given(self) -> Mapping[str, Any]:
        handed: dict[str, Any] = {}
        spec = self.asset.spec
        for parameter in self.function.parameters:
            name = parameter.name
            frame = python_code.frame_of(name, dict.fromkeys(self.style.frames, FrameSpec()))
            if name == "fig":
                handed[name] = self.canvas
            elif name == "ax":
                handed[name] = self.canvas.add_subplot()
            elif name == "style":
                handed[name] = self.style
            elif frame is not None:
                handed[name] = self.style.frames[frame].to_pandas()
        return {**copy.deepcopy(spec.params), **handed}

    def wrong(self, message: str, hint: str | None = None) -> AssetError:
        """Return what is wrong with what the function does."""
        path = (*self.asset.path, "python")
        return AssetError(
            Problem(message=f"{self.function.name} {message}", path=path, place=self.function.place, hint=hint)
        )

    def _require_ours(self, made: Any) -> None:
        """Check what the function left: its drawing on this figure, in this size."""
        from matplotlib.figure import Figure as Canvas

        other = made if isinstance(made, Canvas) else getattr(made, "figure", None)
        if isinstance(other, Canvas) and other is not self.canvas:
            raise self.wrong("returns another figure", "draw on the one it gets: fig.subplots(), or ax=ax in seaborn")
        size = self.style.size
        wanted = (to_inches(size.width), to_inches(size.height))
        found = tuple(float(side) for side in self.canvas.get_size_inches())
        if found != wanted:
            message = f"makes the figure {found[0]:.4g} by {found[1]:.4g} inches large"
            hint = f"its size is that of the manifest, {format_pt(size.width)} by {format_pt(size.height)}: set 'width'"
            raise self.wrong(message, f"{hint} and 'height' there")
        drawn = [artist for artist in self.canvas.get_children() if artist is not self.canvas.patch]
        if not drawn:
            raise self.wrong("draws nothing on the figure", "ax = fig.subplots() makes axes on it")


@contextmanager
def _looks() -> Iterator[None]:
    """Let legends look as those of panels do, and keep them off the axes that they stand in."""
    import matplotlib as mpl

    with mpl.rc_context({"legend.frameon": False, "legend.borderaxespad": 0.5}):
        yield


@contextmanager
def _current(job: _Job) -> Iterator[None]:
    """Let pyplot's `gca` and the like mean this figure, and refuse any other that it makes."""
    from matplotlib._pylab_helpers import Gcf
    from matplotlib.backend_bases import FigureManagerBase

    pyplot: Any = Gcf
    before = dict(pyplot.figs)
    manager = FigureManagerBase(job.canvas.canvas, 1)
    # The figures of a notebook are out of reach: `plt.close("all")` is not meant for them.
    pyplot.figs.clear()
    pyplot._set_new_active_manager(manager)  # noqa: SLF001 - as pyplot.figure does
    try:
        yield
        others = [other for other in pyplot.figs.values() if other is not manager]
    finally:
        pyplot.figs.clear()
        pyplot.figs.update(before)
    if others:
        hint = "draw on the figure it gets: ax = fig.subplots() instead of fig, ax = plt.subplots()"
        raise job.wrong("makes a figure of its own with pyplot", hint)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Make what is random depend on the figure's name alone, where it comes from the global generators."""
    import numpy as np

    plain, numeric = random.getstate(), np.random.get_state()  # noqa: NPY002 - seaborn's jitter uses it
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(numeric)  # noqa: NPY002


@contextmanager
def _warnings(function: Function, root: Path, asset: FigureAsset) -> Iterator[list[Problem]]:
    """Make notices of warnings; each stands at the line of the project's code that it is about."""
    said: dict[Problem, None] = {}
    notices: list[Problem] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for unasked in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", unasked)
        yield notices
    for warning in caught:
        file = python_call.own_name(warning.filename, root)
        place = function.place if file is None else Place(file=file, line=warning.lineno)
        message = " ".join(str(warning.message).split())
        said[Problem(message=message, path=(*asset.path, "python"), place=place)] = None
    notices += said


def _lay_out(job: _Job, renderer: MeasuringRenderer) -> Sequence[Problem]:
    """Solve the layout and freeze it."""
    import matplotlib as mpl

    canvas, theme = job.canvas, job.style.theme
    canvas.set_dpi(72)
    parameters: Any = mpl.rcParams
    parameters.update({**theme.rc(), "text.usetex": False})
    notices: list[Problem] = []
    for _ in range(_ROUNDS):
        notices += _plain_texts(job)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("error", ".*layout not applied.*")
                canvas.draw(renderer)
        except PaperkitError:
            raise
        except UserWarning:
            raise job.wrong("leaves no room for the axes beside their labels", _ROOM) from None
        except Exception as error:
            raise AssetError(
                python_call.raised(error, job.function, {}, job.root).under((*job.asset.path, "python"))
            ) from error
    canvas.set_layout_engine("none")
    return tuple(dict.fromkeys((*notices, *_plain_texts(job))))


def _plain_texts(job: _Job) -> Iterator[Problem]:
    """Give every text the font of the figure: it is the only one that is measured, and that all formats have."""
    from matplotlib.text import Text

    rc = job.style.theme.rc()
    for text in job.canvas.findobj(Text):
        font: Any = text.get_fontproperties()
        is_bold, is_slanted = font.get_weight() not in _REGULAR, font.get_style() != "normal"
        if (is_bold or is_slanted) and text.get_text().strip():
            what = "bold" if is_bold else "slanted"
            cure = r"$\mathbf{…}$ is bold" if is_bold else r"$\mathit{…}$ is slanted"
            yield Problem(
                message=f"'{text.get_text()}' is printed upright and regular, not {what}",
                path=(*job.asset.path, "python"),
                place=job.function.place,
                hint=f"figures are set in one font; {cure} in maths",
            )
        text.set(usetex=False, weight="normal", style="normal", family=rc["font.family"])
        text.set_math_fontfamily(rc["mathtext.fontset"])


_REGULAR = ("normal", "regular", "book", "medium", "roman", 400, 500)
