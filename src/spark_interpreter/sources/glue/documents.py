"""Rows of JSON lines as columns of text cells, by the rules of Hive's JSON SerDes."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import CatalogColumn
from spark_interpreter.sources.arrow_types import arrow_type
from spark_interpreter.sources.glue.storage import Storage
from spark_interpreter.sources.s3.listing import ObjectRef


def cells_of(
    lines: Sequence[str], storage: Storage, columns: Sequence[CatalogColumn], item: ObjectRef
) -> list[Any]:
    """Columns of text cells; texts as they are, everything else as JSON.

    Names are found ignoring case, those within structs too. Lines that are empty or only spaces
    are no rows.

    Raises:
        SourceUnreadable: a line is no JSON object, and the table does not allow for such lines.
    """
    keys = [storage.keys.get(c.name.lower(), c.name).lower() for c in columns]
    kinds = [arrow_type(c.type) for c in columns]
    cells: list[list[str | None]] = [[] for _ in columns]
    for line in lines:
        if not line.strip():
            continue
        document = _document(line, storage, item)
        for column, key, kind in zip(cells, keys, kinds, strict=True):
            column.append(_text(document.get(key), kind))
    return [pa.array(column, pa.string()) for column in cells]


def _document(line: str, storage: Storage, item: ObjectRef) -> dict[str, Any]:
    try:
        # Numbers stay as they are written: a decimal must not pass through a float.
        parsed = json.loads(line, parse_float=_Written, parse_int=_Written)
    except (ValueError, RecursionError) as exc:
        parsed = exc
    if isinstance(parsed, dict):
        return {key.lower(): value for key, value in parsed.items()}
    if storage.bad_lines:
        return {}
    raise SourceUnreadable(
        f"'{item.uri}' has a line that is no JSON object: {line.strip()[:80]!r}",
        remedy="Correct the line, or set ignore.malformed.json in the table's SerDe parameters.",
    )


class _Written(str):
    """A number as the document writes it."""

    __slots__ = ()


def _text(value: Any, kind: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _json(value, kind)


def _json(value: Any, kind: Any = None) -> str:
    """JSON of a value, numbers as they were written, names of structs in lower case."""
    if isinstance(value, _Written):
        return str(value)
    if isinstance(value, dict):
        struct = kind is not None and pa.types.is_struct(kind)
        items = ((k.lower() if struct else k, v) for k, v in value.items())
        inner = (f"{json.dumps(k)}:{_json(v, _kind_of(kind, k))}" for k, v in items)
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(v, _kind_of(kind, "")) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _kind_of(kind: Any, name: str) -> Any:
    """The type of what is inside a value of a nested type."""
    if kind is None:
        return None
    if pa.types.is_struct(kind):
        place = kind.get_field_index(name)
        return kind.field(place).type if place >= 0 else None
    if pa.types.is_map(kind):
        return kind.item_type
    return kind.value_type if pa.types.is_list(kind) else None
