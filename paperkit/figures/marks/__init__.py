"""Marks: one file each, found by listing this package; a mark's fields are its options."""

from __future__ import annotations

import pkgutil
from abc import abstractmethod
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import ValidationError

from paperkit.errors import AssetError, ManifestPath, Problem, did_you_mean
from paperkit.figures.encoding import ROLES, PanelData, Role
from paperkit.figures.plots import Plots
from paperkit.figures.statistics import Statistics
from paperkit.manifest.labels import Labels
from paperkit.manifest.model import Axes as AxesSpec
from paperkit.manifest.model import PanelSpec, Record
from paperkit.style import palette
from paperkit.style.palette import Rgb

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from paperkit.figures.renderer import MeasuringRenderer


Places = Literal["names", "numbers", "either", "none"]

_NEEDS: Mapping[str, str] = {"hue": "compares the levels of a hue", "units": "compares what has the same unit"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """An entry of the legend for a level of `style` or a number of `size`."""

    role: Role
    text: str
    handle: Artist


class Mark(Record):
    """The base of all marks: a frozen record whose fields are the options, under seaborn's names.

    `places` says what the mark takes on x: names, each with a slot of its own; numbers; numbers if all are, else
    names; or none, where the values themselves stand on x and y counts them. `uses` are the further columns that it
    takes: a group has their values in `extras`; `needs` are those without which it cannot be. A matrix has names on
    both axes, and a column of `values`. A mark that `has_own_axes` sets all about them, and stands alone in its panel.
    Where it `has_flags`, the values may be true and false.
    """

    places: ClassVar[Places] = "names"
    uses: ClassVar[frozenset[Role]] = frozenset()
    needs: ClassVar[frozenset[Role | Literal["hue"]]] = frozenset()
    can_turn: ClassVar[bool] = False
    is_matrix: ClassVar[bool] = False
    has_own_axes: ClassVar[bool] = False
    has_flags: ClassVar[bool] = False

    @property
    def is_horizontal(self) -> bool:
        """Tell whether the slots are on the y axis; `can_turn` says that the option `orient` decides it."""
        return getattr(self, "orient", "v") == "h"

    @property
    def axis_names(self) -> tuple[str, str] | None:
        """Return what the axes show, where that is not the columns x and y."""
        return None

    @property
    def counts(self) -> str:
        """Return the name of the y axis of a mark that counts the values of x."""
        return ""

    @property
    def has_shared_bar(self) -> bool:
        """Tell whether its colours are those of other panels' matrices too, with one colour bar for all."""
        return False

    def shaded(self, data: PanelData) -> tuple[float, ...]:
        """Return the numbers that colours show."""
        del data
        return ()

    @abstractmethod
    def draw(self, axes: Axes, data: PanelData, *, seed: str) -> None:
        """Draw `data` onto `axes`, groups where `data.at` says; whatever is random comes from `seed`."""

    def plots(self, data: PanelData, *, seed: str) -> Plots | None:
        """Return what `draw` draws as numbers and looks; None where pgfplots has no words for the mark."""
        del data, seed
        return None

    @abstractmethod
    def handles(self, data: PanelData) -> tuple[Artist, ...]:
        """Return one legend handle for each level of hue."""

    @abstractmethod
    def shades(self, data: PanelData) -> tuple[Rgb, ...]:
        """Return the colour in which each level of hue is drawn; none where colours stand for something else."""

    def apart(self, data: PanelData) -> tuple[Hashable, ...]:
        """Return what besides its colour tells each level of hue from others: a shape, or its place in every slot."""
        return (None,) * len(data.hue)

    def statistics(self, data: PanelData, *, seed: str) -> tuple[Statistics, ...]:
        """Return the numbers that `draw` shows with the same `seed`: by default every value."""
        del seed
        return tuple(Statistics.of(group, {}, {"value": group.values}) for group in data.groups)

    def keys(self, data: PanelData) -> tuple[Key, ...]:
        """Return what the legend lists besides the levels of hue: what markers, dashes and sizes mean."""
        del data
        return ()

    def arrange(self, data: PanelData, labels: Labels, *, path: ManifestPath) -> PanelData:
        """Return `data` in the order in which they are drawn: by default as they are."""
        del labels, path
        return data

    def notices(self, data: PanelData, axes: AxesSpec, *, path: ManifestPath) -> Iterator[Problem]:
        """Yield what is legal but may mislead about how `data` are drawn in the panel at `path`."""
        del data, axes, path
        yield from ()

    def settle(
        self, axes: Axes, data: PanelData, artists: Sequence[Artist], *, renderer: MeasuringRenderer
    ) -> Iterator[Problem]:
        """Place those of the mark's own `artists` that depend on the final size of `axes`, once that is known.

        Yield what there is no room for, by keys of the panel. Nothing may grow beyond what `draw` drew; `renderer`
        measures text.
        """
        del axes, data, artists, renderer
        yield from ()


@cache
def mark_names() -> tuple[str, ...]:
    """Return the names of all marks, sorted.

    >>> "box" in mark_names()
    True
    """
    # What several marks have in common is no mark.
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


@cache
def mark_type(name: str) -> type[Mark]:
    """Return the record of the mark `name`: the one subclass of `Mark` that its module defines."""
    module = import_module(f"{__name__}.{name}")
    (found,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Mark) and value.__module__ == module.__name__
    )
    return found


def mark_options(name: str) -> Mapping[str, dict[str, Any]]:
    """Return the options of the mark `name`: option → its JSON schema.

    >>> mark_options("box")["whis"]["default"]
    1.5
    """
    schema: dict[str, dict[str, Any]] = mark_type(name).model_json_schema()["properties"]
    return schema


def mark_problems(name: str, options: Mapping[str, Any], *, path: ManifestPath) -> tuple[Problem, ...]:
    """Return what is wrong with the `mark` and the `options` of the panel at `path`."""
    if name not in mark_names():
        close = did_you_mean(name, mark_names())
        hint = None if close else f"known marks: {', '.join(mark_names())}"
        return (Problem(message=f"unknown mark '{name}'{close}", path=(*path, "mark"), hint=hint),)
    try:
        mark = mark_type(name).model_validate(dict(options))
    except ValidationError as error:
        return _problems(error, name, (*path, "options"))
    return tuple(_color_problems(mark, (*path, "options")))


def encoding_problems(spec: PanelSpec, *, path: ManifestPath) -> tuple[Problem, ...]:
    """Return the keys of the panel at `path` that its mark, which there is, needs or has no use for."""
    mark = mark_type(spec.mark)
    return tuple(_encoding_problems(spec, mark, path))


def _encoding_problems(spec: PanelSpec, mark: type[Mark], path: ManifestPath) -> Iterator[Problem]:
    if spec.y is None and mark.places != "none":
        yield Problem(message="key 'y' is missing", path=path, hint=f"'{spec.mark}' draws the values of a column y")
    if spec.y is not None and mark.places == "none":
        yield Problem(message=f"'{spec.mark}' counts the values of x and has no y", path=(*path, "y"))
    if spec.values is None and mark.is_matrix:
        hint = f"'{spec.mark}' shades its cells by the numbers of a column"
        yield Problem(message="key 'values' is missing", path=path, hint=hint)
    if spec.values is not None and not mark.is_matrix:
        yield Problem(message=f"'{spec.mark}' has its values on y, and no 'values'", path=(*path, "values"))
    if spec.hue is not None and mark.is_matrix:
        yield Problem(message=f"the colours of '{spec.mark}' show its values: it has no hue", path=(*path, "hue"))
    for needed in sorted(mark.needs):
        if getattr(spec, needed) is None:
            hint = f"'{spec.mark}' {_NEEDS[needed]}: name its column"
            yield Problem(message=f"key '{needed}' is missing", path=path, hint=hint)
    for role in ROLES:
        if getattr(spec, role) is not None and role not in mark.uses:
            using = [name for name in mark_names() if role in mark_type(name).uses]
            known = f"marks that have: {', '.join(using)}" if using else None
            yield Problem(message=f"'{spec.mark}' has no use for '{role}'", path=(*path, role), hint=known)


def _color_problems(mark: Mark, path: ManifestPath) -> Iterator[Problem]:
    for option in ("color", "linecolor", "edgecolor"):
        color = getattr(mark, option, None)
        if color is not None and color != "auto":
            for problem in palette.problems([color]):
                yield replace(problem, path=(*path, option))


def _problems(error: ValidationError, name: str, path: ManifestPath) -> tuple[Problem, ...]:
    # An option with several forms has one finding for each; the first speaks for all.
    findings = {str(finding["loc"][0]): finding for finding in reversed(error.errors())}
    return tuple(
        _unknown(option, name, path)
        if finding["type"] == "extra_forbidden"
        else Problem(message=_lowered(finding["msg"]), path=(*path, option))
        for option, finding in sorted(findings.items())
    )


def _unknown(option: str, name: str, path: ManifestPath) -> Problem:
    close = did_you_mean(option, mark_options(name))
    hint = None if close else f"options of '{name}': {', '.join(sorted(mark_options(name)))}"
    return Problem(message=f"unknown option '{option}' of mark '{name}'{close}", path=(*path, option), hint=hint)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def make_mark(name: str, options: Mapping[str, Any], *, path: ManifestPath) -> Mark:
    """Return the mark of the panel at `path`.

    Raises:
        AssetError: there is no such mark, or an option is wrong.

    """
    wrong = mark_problems(name, options, path=path)
    if wrong:
        raise AssetError(*wrong)
    return mark_type(name).model_validate(dict(options))
