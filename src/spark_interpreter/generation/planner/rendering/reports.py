"""Reports with one row for each column of a table."""

from __future__ import annotations

from spark_interpreter.generation.planner.plan import ColumnReport
from spark_interpreter.generation.planner.rendering import naming
from spark_interpreter.generation.planner.rendering.builder import Builder
from spark_interpreter.generation.planner.rendering.code import Atom, Items, assign, call
from spark_interpreter.generation.planner.rendering.frames import Frame
from spark_interpreter.generation.planner.rendering.literals import name_text, quoted, text
from spark_interpreter.generation.planner.rendering.schema import Field, Fields
from spark_interpreter.model.types import family, is_numeric

_MISSING: tuple[str, ...] = (
    'F.lit(name).alias("column")',
    'F.count_if(F.col({name}).isNull()).alias("missing")',
    'F.avg(F.col({name}).isNull().cast("int")).alias("share")',
)
_OVERVIEW = (
    'F.lit(name).alias("column")',
    'F.lit(kind).alias("type")',
    'F.count({name}).alias("filled")',
    'F.count_distinct({name}).alias("distinct")',
    'F.min({name}).cast("string").alias("smallest")',
    'F.max({name}).cast("string").alias("largest")',
)
_MEAN = 'F.avg(F.col({name}) if name in {numeric} else F.lit(None)).cast("double").alias("mean")'

MISSING_FIELDS: Fields = (
    Field("column", "string", nullable=False),
    Field("missing", "bigint", nullable=False),
    Field("share", "double"),
)
OVERVIEW_FIELDS = (
    Field("column", "string", nullable=False),
    Field("type", "string", nullable=False),
    Field("filled", "bigint", nullable=False),
    Field("distinct", "bigint", nullable=False),
    Field("smallest", "string"),
    Field("largest", "string"),
    Field("mean", "double"),
)


def report(builder: Builder, node: ColumnReport) -> Frame:
    """One aggregation over all columns, unfolded to a row for each."""
    frame = _chosen(builder.relation(node.input).settled(), node.columns)
    if frame.code.steps:
        frame = builder.name(frame, naming.frame_name(node.input))
    table, name = frame.code.flat, _reference(frame.fields)
    if node.kind == "missing":
        fields, parts, loop = MISSING_FIELDS, _MISSING, f"for name in {table}.columns"
    else:
        numeric = builder.names.new("numeric")
        numbers = [text(field.name) for field in frame.fields if is_numeric(field.type)]
        builder.statements.append(assign(numeric, Items(tuple(numbers))))
        parts = (*_OVERVIEW, _MEAN.replace("{numeric}", numeric))
        fields, loop = OVERVIEW_FIELDS, f"for name, kind in {table}.dtypes"
    struct = ",\n".join(f"        {part.replace('{name}', name)}" for part in parts)
    rows = builder.names.new("report")
    builder.statements.append(f"{rows} = [\n    F.struct(\n{struct},\n    )\n    {loop}\n]")
    column = text("report")
    packed = frame.then("agg", call("array", Atom(f"*{rows}")).then("alias", column))
    return packed.then("select", call("inline", column)).having(fields)


def _chosen(frame: Frame, columns: tuple[str, ...]) -> Frame:
    """The frame with these columns only; nested ones as text, which can be compared."""
    if columns and list(columns) != [field.name for field in frame.fields]:
        fields = {field.name: field for field in frame.fields}
        chosen = frame.then("select", *map(name_text, columns))
        frame = chosen.having(fields[name] for name in columns)
    for field in frame.fields:
        if family(field.type) == "other" and field.type != "unknown":
            value = call("col", name_text(field.name)).then("cast", text("string"))
            frame = frame.then("withColumn", text(field.name), value)
    return frame


def _reference(fields: Fields) -> str:
    """How the loop names a column to Spark."""
    if any("`" in field.name for field in fields):
        return '"`" + name.replace("`", "``") + "`"'
    if any(quoted(field.name) != field.name for field in fields):
        return 'f"`{name}`"'
    return "name"
