"""Write docs/manifest.md from the manifest's records: `python scripts/manifest_reference.py`."""

from __future__ import annotations

import inspect
from pathlib import Path

from pydantic import BaseModel

from paperkit.figures import mark_names, mark_options
from paperkit.manifest import model
from paperkit.manifest.schema import field_descriptions
from paperkit.style.venue import load_venue, venue_names

RECORDS = (
    model.PaperSpec,
    model.Label,
    model.TableStyle,
    model.FrameSpec,
    model.Join,
    model.Baseline,
    model.SignificanceTest,
    model.Correlate,
    model.Pivot,
    model.Melt,
    model.Transpose,
    model.Concat,
    model.TableSpec,
    model.Shade,
    model.Emphasis,
    model.Stars,
    model.RowGroups,
    model.Override,
    model.Summary,
    model.Statistic,
    model.FigureSpec,
    model.PanelGrid,
    model.Legend,
    model.LegendEntry,
    model.Palette,
    model.PanelSpec,
    model.Axes,
    model.LayerSpec,
    model.Inset,
    model.ReferenceLine,
    model.ReferenceSpan,
    model.ReferenceText,
    model.MacroSpec,
    model.OverleafSpec,
)
HEAD = """# The manifest, key by key

Made from the records by `python scripts/manifest_reference.py`. `paper.toml` in this repository is the tutorial.
A key without a default is required. Unknown keys are errors, except among the free attributes of labels.
"""


def reference() -> str:
    """Return docs/manifest.md."""
    return HEAD + "".join(_section(record) for record in RECORDS) + _marks() + _venues()


def _marks() -> str:
    text = "\n## Marks\n\nOptions keep seaborn's and matplotlib's names.\n\n| mark | options (default) |\n|---|---|\n"
    for name in mark_names():
        options = (f"`{option}` ({_plain(part.get('default'))})" for option, part in mark_options(name).items())
        text += f"| `{name}` | {', '.join(options)} |\n"
    return text


def _plain(value: object) -> str:
    return "set by the theme" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _venues() -> str:
    text = "\n## Venues\n\nWidths in TeX points (1/72.27 in); sources and dates stand in `style/venues.toml`.\n\n"
    text += "| venue | class | text width | column width | other widths | font |\n|---|---|---|---|---|---|\n"
    for name in venue_names():
        venue = load_venue(name)
        others = ", ".join(f"`{word}` {points:g}" for word, points in venue.artwork_widths.items())
        font = f"{venue.family}, figures {venue.figure_family}" if venue.figure_family else venue.family
        text += f"| `{name}` | {venue.document_class or 'artwork only'} | {venue.text_width:g} | "
        text += f"{venue.column_width:g} | {others} | {font} |\n"
    return text


def _section(record: type[BaseModel]) -> str:
    title, _, rest = inspect.cleandoc(record.__doc__ or "").partition(": ")
    texts = field_descriptions(record)
    rows = "".join(
        f"| `{field.alias or name}` | {_default(field.is_required(), field.get_default(call_default_factory=True))} "
        f"| {texts[name].replace('|', chr(92) + '|')} |\n"
        for name, field in record.model_fields.items()
    )
    return f"\n## {title}\n\n{rest[0].upper()}{rest[1:]}\n\n| key | default | meaning |\n|---|---|---|\n{rows}"


def _default(required: bool, value: object) -> str:
    if required:
        return "required"
    if value is None or value in ("", (), {}) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    shown = ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
    return f"`{shown}`"


if __name__ == "__main__":
    Path(__file__).parent.parent.joinpath("docs", "manifest.md").write_text(reference(), encoding="utf-8")
