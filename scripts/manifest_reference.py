"""Write docs/manifest.md from the manifest's records: `python scripts/manifest_reference.py`."""

from __future__ import annotations

import inspect
from pathlib import Path

from pydantic import BaseModel

from paperkit.manifest import model
from paperkit.manifest.schema import field_descriptions

RECORDS = (
    model.PaperSpec,
    model.Label,
    model.TableStyle,
    model.FrameSpec,
    model.Baseline,
    model.TableSpec,
    model.Shade,
    model.FigureSpec,
    model.PanelGrid,
    model.Legend,
    model.Palette,
    model.PanelSpec,
    model.Axes,
    model.ReferenceLine,
    model.MacroSpec,
)
HEAD = """# The manifest, key by key

Made from the records by `python scripts/manifest_reference.py`. `paper.toml` in this repository is the tutorial.
A key without a default is required. Unknown keys are errors, except among the free attributes of labels.
"""


def reference() -> str:
    """Return docs/manifest.md."""
    return HEAD + "".join(_section(record) for record in RECORDS)


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
