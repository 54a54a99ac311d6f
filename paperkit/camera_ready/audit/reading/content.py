"""Interpret the content of a page, and of the forms that it shows.

Source: ISO 32000-2, annex A (operators), 8 (graphics), 9 (text). What is read is what the audit asks about; content of
tiling patterns, of Type 3 glyphs and of soft masks is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from paperkit.camera_ready.audit.reading.blocks import Gathered
from paperkit.camera_ready.audit.reading.colours import space_name
from paperkit.camera_ready.audit.reading.glyphs import Glyphs, load_glyphs
from paperkit.camera_ready.audit.reading.lexer import Name, Operation, operations
from paperkit.camera_ready.audit.reading.limits import MOST_BLOCKS, MOST_DEPTH, Budget, TooMuchError
from paperkit.camera_ready.audit.reading.matrices import IDENTITY, Bounds, Matrix, common, mapped, times
from paperkit.camera_ready.audit.reading.objects import box, file_name, number, numbers
from paperkit.camera_ready.audit.reading.painter import Painter, Path, Run
from paperkit.camera_ready.audit.reading.state import State, States
from paperkit.camera_ready.audit.reading.streams import decoded

if TYPE_CHECKING:
    import pikepdf

_SPACE = 32
_PAIR = 2
_FORM = 10  # Showing a form takes the time of so many operators.
_MESH = 4  # Types of shadings from this one on are meshes.
_SMALL = 4096
_MOST_KEPT = 2000


@dataclass(kw_only=True, slots=True)
class Shared:
    """What all pages share: the budget, fonts and forms that were read once."""

    budget: Budget
    glyphs: dict[tuple[int, int], Glyphs] = field(default_factory=dict)
    forms: dict[tuple[int, int], tuple[Operation, ...]] = field(default_factory=dict)

    def content(self, form: pikepdf.Stream) -> Iterable[Operation]:
        """Return the content of a form; small ones, such as a plot's marks, which are shown often, are read once.

        Raises:
            TooMuchError: it is too large.

        """
        known = self.forms.get(form.objgen)
        if known is not None:
            return known
        data = decoded(form)
        if len(data) > _SMALL or len(self.forms) > _MOST_KEPT:
            return operations(data)
        found = self.forms[form.objgen] = tuple(operations(data))
        return found


class Interpreter:
    """Reads one page's content; `blocks` has what each included file paints, the page's own first."""

    def __init__(self, shared: Shared, visible: Bounds) -> None:
        self.shared = shared
        self.blocks = [Gathered()]
        self.unread: str | None = None
        self.painter = Painter(self.blocks[0], visible)
        self._states = States(State())
        self._resources: Any = {}
        self._path = Path()
        self._clips = False
        self._text: Matrix = IDENTITY
        self._line: Matrix = IDENTITY
        self._open: list[tuple[int, int]] = []

    def run(self, content: Iterable[Operation], resources: Any) -> None:
        """Interpret operations with their resources.

        Raises:
            TooMuchError: a limit was reached; what was read until then is in `blocks`.

        """
        outer, self._resources = self._resources, resources
        spend = self.shared.budget.operator
        for word, operands in content:
            spend()
            handler = self._HANDLERS.get(word)
            if handler is not None:
                try:
                    handler(self, *operands)
                except (TypeError, ValueError, IndexError, ArithmeticError, AttributeError):
                    # Operands that are too few, too many or of a wrong type: viewers go on with the next operator.
                    continue
        self._resources = outer

    # Graphics state

    def _save(self) -> None:
        self._states.push()

    def _restore(self) -> None:
        self._states.pop()

    def _concatenate(self, *matrix: float) -> None:
        a, b, c, d, e, f = matrix
        self._states.now.matrix = times((a, b, c, d, e, f), self._states.now.matrix)

    def _line_width(self, width: float) -> None:
        self._states.now.width = abs(width)

    def _named_state(self, name: str) -> None:
        import pikepdf

        given = self._named("/ExtGState", name)
        state = self._states.now
        if not isinstance(given, pikepdf.Dictionary):
            return
        state.width = number(given.get("/LW"), state.width)
        state.fill_alpha = number(given.get("/ca"), state.fill_alpha)
        state.stroke_alpha = number(given.get("/CA"), state.stroke_alpha)
        mask, blend, font = given.get("/SMask"), given.get("/BM"), given.get("/Font")
        if mask is not None:
            state.is_masked = isinstance(mask, pikepdf.Dictionary)
        if blend is not None:
            state.blend = str(blend[0]) if isinstance(blend, pikepdf.Array) and len(blend) else str(blend)
        if isinstance(font, pikepdf.Array) and len(font) == _PAIR:
            state.glyphs, state.size = self._load(font[0]), number(font[1], 1.0)

    # Paths

    def _move(self, x: float, y: float) -> None:
        self._path.move(self._states.now.matrix, x, y)

    def _line_to(self, x: float, y: float) -> None:
        self._path.line(self._states.now.matrix, x, y)

    def _curve(self, *points: float) -> None:
        self._path.curve(self._states.now.matrix, *points)

    def _rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self._path.rectangle(self._states.now.matrix, x, y, width, height)

    def _clip(self) -> None:
        self._clips = True

    def _paint(self, *, fill: bool = False, stroke: bool = False) -> None:
        path, self._path = self._path, Path()
        clips, self._clips = self._clips, False
        rectangles = path.finished()
        state = self._states.now
        if fill:
            self.painter.fill(state, path.bounds, rectangles)
        if stroke:
            self.painter.stroke(state, path.bounds, is_edge=fill)
        if clips and state.clip is not None:
            state.clip = None if path.bounds is None else common(state.clip, path.bounds)

    # Colours

    def _device(self, *values: float, space: str, stroke: bool) -> None:
        state = self._states.now
        if stroke:
            state.stroke_space, state.stroke = space, values
        else:
            state.fill_space, state.fill = space, values

    def _space(self, name: str, *, stroke: bool) -> None:
        found = space_name(name, _get(self._resources, "/ColorSpace"))
        black = {"gray": (0.0,), "icc1": (0.0,), "cmyk": (0.0, 0.0, 0.0, 1.0), "icc4": (0.0, 0.0, 0.0, 1.0)}
        self._device(*black.get(found, (0.0, 0.0, 0.0)), space=found, stroke=stroke)

    def _colour(self, *values: Any, stroke: bool) -> None:
        state = self._states.now
        space = state.stroke_space if stroke else state.fill_space
        self._device(*(value for value in values if isinstance(value, float)), space=space, stroke=stroke)

    def _shading(self, name: str) -> None:
        found = self._named("/Shading", name)
        space = space_name(_get(found, "/ColorSpace"), _get(self._resources, "/ColorSpace"))
        state = self._states.now
        bounds = box(_get(found, "/BBox"))
        corner = None if bounds is None else (bounds.left, bounds.bottom, bounds.right, bounds.top)
        is_mesh = number(_get(found, "/ShadingType"), 0.0) >= _MESH
        self.painter.shade(state, space, None if corner is None else mapped(corner, state.matrix), is_mesh=is_mesh)

    # Text

    def _begin_text(self) -> None:
        self._text = self._line = IDENTITY

    def _font(self, name: str, size: float) -> None:
        state = self._states.now
        state.glyphs, state.size = self._load(self._named("/Font", name)), size

    def _text_value(self, value: float, *, key: str) -> None:
        setattr(self._states.now, key, int(value) if key == "mode" else value / 100 if key == "stretch" else value)

    def _text_move(self, x: float, y: float, *, lead: bool = False) -> None:
        if lead:
            self._states.now.leading = -y
        self._text = self._line = times((1, 0, 0, 1, x, y), self._line)

    def _text_matrix(self, *matrix: float) -> None:
        a, b, c, d, e, f = matrix
        self._text = self._line = (a, b, c, d, e, f)

    def _next_line(self) -> None:
        self._text_move(0.0, -self._states.now.leading)

    def _show_next(self, text: bytes) -> None:
        self._next_line()
        self._show(text)

    def _show_spaced(self, word: float, character: float, text: bytes) -> None:
        self._states.now.word_spacing, self._states.now.spacing = word, character
        self._show_next(text)

    def _show(self, text: bytes) -> None:
        self._show_many([text])

    def _show_many(self, parts: list[Any]) -> None:
        """Show strings with kerns between them; a kern wider than a third of the size is a space, and a new run."""
        state = self._states.now
        glyphs = state.glyphs
        if glyphs is None:
            return
        width, text = 0.0, ""
        start = self._text
        for part in parts:
            if isinstance(part, bytes):
                codes = glyphs.codes(part)
                width += self._width(state, glyphs, codes)
                text += glyphs.read(codes)
            elif isinstance(part, float):
                kern = -part / 1000 * state.size * state.stretch
                if abs(part) > 2000:  # noqa: PLR2004 - two of the type's size is a gap between columns
                    self._flush(state, start, width, text)
                    start, text = times((1, 0, 0, 1, width + kern, 0), start), ""
                    width = 0.0
                else:
                    text += " " if part < -200 else ""  # noqa: PLR2004 - a fifth of the size is a space in all fonts
                    width += kern
        self._flush(state, start, width, text)
        self._text = times((1, 0, 0, 1, width, 0), start)

    def _flush(self, state: State, start: Matrix, width: float, text: str) -> None:
        matrix = times((1, 0, 0, 1, 0, state.rise), times(start, state.matrix))
        self.painter.text(state, Run(matrix=matrix, width=width, size=state.size, text=text))

    def _width(self, state: State, glyphs: Glyphs, codes: list[int]) -> float:
        get, default = glyphs.widths.get, glyphs.default
        natural = sum(get(code, default) for code in codes) * state.size
        words = codes.count(_SPACE) if glyphs.step == 1 else 0
        return (natural + len(codes) * state.spacing + words * state.word_spacing) * state.stretch

    def _load(self, font: Any) -> Glyphs | None:
        import pikepdf

        if not isinstance(font, pikepdf.Dictionary):
            return None
        key = font.objgen
        found = self.shared.glyphs.get(key) if key != (0, 0) else None
        if found is None:
            found = load_glyphs(font)
            if key != (0, 0):
                self.shared.glyphs[key] = found
        return found

    # Images and forms

    def _inline_image(self, *operands: Any) -> None:
        keys = dict(zip(operands[::2], operands[1::2], strict=False))
        width, height = (_either(keys, name) for name in (("/W", "/Width"), ("/H", "/Height")))
        is_mask = _either(keys, ("/IM", "/ImageMask")) == b"true"
        space = space_name(_either(keys, ("/CS", "/ColorSpace")), _get(self._resources, "/ColorSpace"))
        self.painter.image(self._states.now, (int(width), int(height)), space, is_mask=is_mask)

    def _show_object(self, name: str) -> None:
        import pikepdf

        found = self._named("/XObject", name)
        if not isinstance(found, pikepdf.Stream):
            return
        kind = str(found.get("/Subtype", ""))
        if kind == "/Image":
            self._image(found)
        elif kind == "/Form":
            self._form(found)

    def _image(self, image: pikepdf.Stream) -> None:
        pixels = int(number(image.get("/Width"), 0.0)), int(number(image.get("/Height"), 0.0))
        is_mask = bool(image.get("/ImageMask", False))
        space = space_name(image.get("/ColorSpace"), _get(self._resources, "/ColorSpace"))
        block = self.painter.block
        own = block is self.painter.page
        if own:
            self._enter(Gathered(is_image=True, natural=(float(pixels[0]), float(pixels[1]))))
        if image.get("/SMask") is not None:
            self.painter.block.transparent.add("image with an alpha channel")
        self.painter.image(self._states.now, pixels, space, is_mask=is_mask)
        self.painter.block = block

    def _form(self, form: pikepdf.Stream) -> None:
        key = form.objgen
        if key in self._open:
            self.unread = "a form that shows itself"
            return
        if len(self._open) >= MOST_DEPTH:
            self.unread = f"forms within forms, more than {MOST_DEPTH} deep"
            return
        self.shared.budget.operator(_FORM)
        content = self.shared.content(form)
        block = self.painter.block
        bounds = box(form.get("/BBox"))
        self._place(form, (bounds.width, bounds.height) if bounds else None)
        self._states.push()
        states, path = self._states, self._path
        state = self._states.now
        matrix = numbers(form.get("/Matrix"), 6)
        if matrix:
            state.matrix = times((matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]), state.matrix)
        if bounds and state.clip is not None:
            corner = (bounds.left, bounds.bottom, bounds.right, bounds.top)
            state.clip = common(state.clip, mapped(corner, state.matrix))
        self._states, self._path = States(state), Path()
        self._open.append(key)
        texts = self._text, self._line
        self.run(content, form.get("/Resources", self._resources))
        self._text, self._line = texts
        self._open.pop()
        self._states, self._path = states, path
        self._states.pop()
        self.painter.block = block

    def _place(self, form: pikepdf.Stream, natural: tuple[float, float] | None) -> None:
        """Gather a form that is an included file of its own, or stands on the page itself, apart."""
        name = file_name(form.get("/PTEX.FileName"))
        block = self.painter.block
        if block is self.painter.page or (name is not None and block.asset is None):
            number, outer = form.objgen[0] or None, block.outer or block.form
            self._enter(Gathered(asset=name, is_form=True, natural=natural, form=number, outer=outer))
        elif name is not None and block.inner is None:
            block.inner = name

    def _enter(self, block: Gathered) -> None:
        if len(self.blocks) >= MOST_BLOCKS:
            raise TooMuchError(f"more than {MOST_BLOCKS} figures on a page")
        self.blocks.append(block)
        self.painter.block = block

    def _named(self, kind: str, name: str) -> Any:
        return _get(_get(self._resources, kind), name)

    _HANDLERS: ClassVar[dict[bytes, Callable[..., None]]] = {
        b"q": _save,
        b"Q": _restore,
        b"cm": _concatenate,
        b"w": _line_width,
        b"gs": _named_state,
        b"m": _move,
        b"l": _line_to,
        b"c": _curve,
        b"v": _curve,
        b"y": _curve,
        b"re": _rectangle,
        b"W": _clip,
        b"W*": _clip,
        b"n": _paint,
        **dict.fromkeys((b"f", b"F", b"f*"), partial(_paint, fill=True)),
        **dict.fromkeys((b"S", b"s"), partial(_paint, stroke=True)),
        **dict.fromkeys((b"B", b"B*", b"b", b"b*"), partial(_paint, fill=True, stroke=True)),
        b"g": partial(_device, space="gray", stroke=False),
        b"G": partial(_device, space="gray", stroke=True),
        b"rg": partial(_device, space="rgb", stroke=False),
        b"RG": partial(_device, space="rgb", stroke=True),
        b"k": partial(_device, space="cmyk", stroke=False),
        b"K": partial(_device, space="cmyk", stroke=True),
        b"cs": partial(_space, stroke=False),
        b"CS": partial(_space, stroke=True),
        **dict.fromkeys((b"sc", b"scn"), partial(_colour, stroke=False)),
        **dict.fromkeys((b"SC", b"SCN"), partial(_colour, stroke=True)),
        b"sh": _shading,
        b"BT": _begin_text,
        b"Tf": _font,
        b"Tc": partial(_text_value, key="spacing"),
        b"Tw": partial(_text_value, key="word_spacing"),
        b"Tz": partial(_text_value, key="stretch"),
        b"TL": partial(_text_value, key="leading"),
        b"Ts": partial(_text_value, key="rise"),
        b"Tr": partial(_text_value, key="mode"),
        b"Td": _text_move,
        b"TD": partial(_text_move, lead=True),
        b"Tm": _text_matrix,
        b"T*": _next_line,
        b"Tj": _show,
        b"TJ": _show_many,
        b"'": _show_next,
        b'"': _show_spaced,
        b"BI": _inline_image,
        b"Do": _show_object,
    }


def _get(dictionary: Any, key: str) -> Any:
    import pikepdf

    return dictionary.get(key) if isinstance(dictionary, pikepdf.Dictionary | pikepdf.Stream) else None


def _either(keys: dict[Any, Any], names: tuple[str, str]) -> Any:
    return keys.get(Name(names[0]), keys.get(Name(names[1])))
