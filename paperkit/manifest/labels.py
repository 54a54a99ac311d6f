"""Labels: the display name, order and attributes of the values of a column, for the whole paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from paperkit.errors import ManifestPath, PaperkitError, Problem, did_you_mean
from paperkit.manifest.model import Label, Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """`[labels.*]`: column → value (as text) → label, in the order of the manifest.

    A *reference* is a column name, or `column.attribute` such as `base_model.family`.
    """

    columns: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)

    def text(self, reference: str, value: Scalar) -> str:
        """Return what is printed for `value`: its label, or the attribute that `reference` names."""
        column, _, attribute = reference.partition(".")
        if attribute and attribute != "label":
            return str(self.attribute(column, value, attribute))
        label = self.columns.get(column, {}).get(str(value))
        return str(value) if label is None or label.label is None else label.label

    def is_labelled(self, reference: str, value: Scalar) -> bool:
        """Tell whether the manifest (which is trusted) gives the text of `value`, not the data."""
        return str(value) in self.columns.get(reference.partition(".")[0], {})

    def attribute(self, column: str, value: Scalar, attribute: str) -> Scalar:
        """Return one attribute of one value.

        Raises:
            PaperkitError: the column has no labels, the value no label, or the label no such attribute.

        """
        path: ManifestPath = ("labels", column)
        values = self.columns.get(column)
        if values is None:
            close = did_you_mean(column, self.columns)
            raise PaperkitError(Problem(message=f"no [labels.{column}] to take '{attribute}' from{close}", path=path))
        label = values.get(str(value))
        if label is None:
            raise PaperkitError(Problem(message=f"no label for '{value}'{did_you_mean(str(value), values)}", path=path))
        found = label.attributes().get(attribute)
        if found is None:
            close = did_you_mean(attribute, label.attributes())
            raise PaperkitError(
                Problem(message=f"'{value}' has no attribute '{attribute}'{close}", path=(*path, str(value)))
            )
        return found

    def attribute_map(self, column: str, attribute: str) -> Mapping[str, Scalar]:
        """Return value (as text) → attribute for the labelled values of `column` that have it."""
        return {
            value: label.attributes()[attribute]
            for value, label in self.columns.get(column, {}).items()
            if attribute in label.attributes()
        }

    def order(self, reference: str, values: Iterable[Scalar]) -> tuple[Scalar, ...]:
        """Return the distinct `values` in the manifest's order, when it labels all of them, else as they came.

        A label that only gives one value a nicer name must not move it to the front.
        """
        ranks = {value: rank for rank, value in enumerate(self.columns.get(reference.partition(".")[0], {}))}
        distinct = tuple(dict.fromkeys(values))
        if any(str(value) not in ranks for value in distinct):
            return distinct
        return tuple(sorted(distinct, key=lambda value: ranks[str(value)]))
