"""A drawing as chart data."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from spark_interpreter.results.drawing import Drawing
from spark_interpreter.results.people import phrase
from spark_interpreter.results.shape import Field


@dataclass(frozen=True)
class Picture:
    """A drawing's fields as chart data: names that are safe in Vega expressions, plain values."""

    drawing: Drawing

    @property
    def subject(self) -> str:
        """What is shown, for a title."""
        y = self.drawing.subject or "Measures"
        return f"{y} by {phrase(self.drawing.x.name)}" if self.drawing.x is not None else y

    @property
    def x(self) -> Field:
        assert self.drawing.x is not None
        return self.drawing.x

    @property
    def y(self) -> Field:
        return self.drawing.y

    @property
    def color(self) -> Field | None:
        return self.drawing.color

    @cached_property
    def on_time_axis(self) -> bool:
        """Whether x is drawn as points in time, not as one label after another."""
        return self.x.role == "time" and self.drawing.kind in {"line", "area"}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Field name -> key in the data: its word characters only, so that no dot, bracket or
        quote is taken for an expression.
        """
        keys: dict[str, str] = {}
        for field in self._fields:
            base = "".join(c if c.isalnum() else "_" for c in field.name).strip("_") or "column"
            base = base if not base[0].isdigit() else f"_{base}"
            key, number = base, 2
            while key in keys.values():
                key, number = f"{base}_{number}", number + 1
            keys[field.name] = key
        return keys

    @property
    def _fields(self) -> list[Field]:
        return [f for f in (self.drawing.x, self.drawing.y, self.drawing.color) if f is not None]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        names = [self.keys[f.name] for f in self._fields]
        columns = [self._plain(f) for f in self._fields]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        if self.drawing.kind == "histogram" and self.drawing.x is not None:
            width = _bin_width(self.x)
            edge = self.keys[self.x.name]
            rows = [{**r, "bin_end": r[edge] + width} for r in rows if r[edge] is not None]
        return rows

    def _plain(self, field: Field) -> list[Any]:
        if field.role == "measure":
            return list(field.numbers)
        if field is self.drawing.x and self.on_time_axis:
            return [v if v is None or v.endswith("Z") else _utc(v) for v in field.values]
        return field.labels

    def key(self, field: Field) -> str:
        return self.keys[field.name]

    @cached_property
    def order(self) -> list[str]:
        """The axis labels as the table has them; times and their parts in their own order."""
        if self.x.role in {"time", "period"} and self.drawing.kind != "bar":
            pairs = sorted(zip(self.x.ranks, self.x.labels, strict=True), key=_by_value)
            return list(dict.fromkeys(text for _, text in pairs))
        return list(dict.fromkeys(self.x.labels))

    @cached_property
    def horizontal(self) -> bool:
        """Long or many labels read better from top to bottom."""
        if self.x.role in {"time", "period"}:
            return False
        return len(self.order) > 20 or sum(map(len, self.order)) > 80


def _utc(text: str) -> str:
    return f"{text}Z" if "T" in text else f"{text}T00:00:00Z"


def _by_value(pair: tuple[Any, str]) -> tuple[bool, Any]:
    return (pair[0] is None, pair[0])


def _bin_width(edges: Field) -> float:
    known = sorted(set(edges.known))
    gaps = [b - a for a, b in pairwise(known)]
    return min(gaps, default=1)
