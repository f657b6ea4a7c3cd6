"""The typed relational plan: what a question means, before it becomes PySpark.

A plan is a tree of relations over named tables; expressions inside them are trees too. It is
plain data: it serialises to JSON, so a follow-up can start from the plan of the turn before.
Joins, set operations and subqueries are part of it from the first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from spark_interpreter.model.base import Model


class _ByNode:
    """Reads a union of nodes by the class that `node` names.

    A discriminator would do the same, but expands the recursion in each of thirty models, which
    makes the import of this module take half a second.
    """

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        classes: dict[Any, type[Model]] = {
            node.model_fields["node"].default: node for node in get_args(source)
        }
        kinds = tuple(classes.values())

        def read(value: Any) -> Model:
            if isinstance(value, kinds):
                return value
            name = value.get("node") if isinstance(value, Mapping) else None
            if name not in classes:
                raise ValueError(f"a node of one of {sorted(classes)} is needed, not {name!r}")
            return classes[name].model_validate(value)

        return core_schema.no_info_plain_validator_function(read)


# --- scalar expressions ---------------------------------------------------------------------

TimeUnit = Literal["year", "quarter", "month", "week", "day", "hour", "minute"]
DatePart = Literal[
    "year", "quarter", "month", "month_name", "week", "day", "weekday", "weekday_name", "hour",
    "minute", "date",
]  # fmt: skip
AggregateFunction = Literal[
    "count", "sum", "avg", "min", "max", "median", "percentile", "stddev", "variance", "corr",
    "first", "mode", "collect_set",
]  # fmt: skip
WindowFunction = Literal["sum", "avg", "count", "min", "max", "lag", "lead", "rank", "row_number",
                         "dense_rank", "percent_rank"]  # fmt: skip


class Column(Model):
    """A column of the input; `table` names the scan (its alias, if any) when several have it."""

    node: Literal["column"] = "column"
    name: str
    table: str | None = None


class Constant(Model):
    """A constant. Dates and times are ISO text with `type` "date" or "timestamp"."""

    node: Literal["literal"] = "literal"
    value: bool | int | float | str | None
    type: Literal["auto", "date", "timestamp", "decimal"] = "auto"


class Arithmetic(Model):
    """`left op right`; division by zero gives null."""

    node: Literal["arithmetic"] = "arithmetic"
    op: Literal["+", "-", "*", "/", "%"]
    left: Expression
    right: Expression


class Call(Model):
    """A scalar function. `name` is one of a closed list that the renderer knows.

    Differences take (later, earlier); "round" and "substring" take constants after the value
    (digits; 1-based start and length).
    """

    node: Literal["call"] = "call"
    name: Literal[
        "lower", "upper", "trim", "length", "abs", "round", "floor", "ceil", "sqrt", "coalesce",
        "concat", "year_diff", "day_diff", "hour_diff", "cast_double", "cast_date", "cast_string",
        "substring", "current_date", "word_count",
    ]  # fmt: skip
    args: tuple[Expression, ...] = ()


class Truncate(Model):
    """The start of the time bucket a date or timestamp falls in."""

    node: Literal["truncate"] = "truncate"
    unit: TimeUnit
    value: Expression


class Extract(Model):
    """A part of a date or timestamp; weekday 1 is Monday."""

    node: Literal["extract"] = "extract"
    part: DatePart
    value: Expression


class Bin(Model):
    """The lower edge of the numeric interval of `width`, counted from `start`."""

    node: Literal["bin"] = "bin"
    value: Expression
    width: float
    start: float = 0


class Case(Model):
    """The value of the first condition that holds."""

    node: Literal["case"] = "case"
    whens: tuple[tuple[Predicate, Expression], ...]
    otherwise: Expression | None = None


class Aggregated(Model):
    """An aggregate over the rows of a group.

    `value` None counts rows. `parameter` is the fraction of a percentile. `where` limits the rows
    that count (conditional aggregation). `other` is the second column of a correlation or of a
    distinct count.
    """

    node: Literal["aggregated"] = "aggregated"
    function: AggregateFunction
    value: Expression | None = None
    distinct: bool = False
    parameter: float | None = None
    other: Expression | None = None
    where: Predicate | None = None


class Windowed(Model):
    """A value computed over neighbouring rows.

    `frame` counts rows from the current one, None meaning unbounded: (None, 0) is a running
    total, (-2, 0) a moving window of three. With `unit` it counts these units of the one time (or
    integer) in the order instead, so that a missing period is not skipped over: (-1, -1) with
    "month" is the month before. Without `order` the whole partition is seen. `offset` is how far
    lag and lead look.
    """

    node: Literal["windowed"] = "windowed"
    function: WindowFunction
    value: Expression | None = None
    partition: tuple[Expression, ...] = ()
    order: tuple[SortKey, ...] = ()
    frame: tuple[int | None, int | None] | None = None
    unit: TimeUnit | None = None
    offset: int = 1


class ScalarQuery(Model):
    """The single value of a one-row, one-column relation ("above the average")."""

    node: Literal["scalar_query"] = "scalar_query"
    relation: Relation


Expression = Annotated[
    Column | Constant | Arithmetic | Call | Truncate | Extract | Bin | Case | Aggregated | Windowed
    | ScalarQuery,
    _ByNode(),
]  # fmt: skip

# --- predicates -----------------------------------------------------------------------------


class Compare(Model):
    """`left op right`; null compares as unknown, as in SQL."""

    node: Literal["compare"] = "compare"
    op: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


class Between(Model):
    """`low <= value <= high`, or `low <= value < high` when half-open (time ranges)."""

    node: Literal["between"] = "between"
    value: Expression
    low: Expression
    high: Expression
    half_open: bool = False


class OneOf(Model):
    """The value is one of the options."""

    node: Literal["one_of"] = "one_of"
    value: Expression
    options: tuple[Constant, ...]


class Match(Model):
    """Text that contains, starts or ends with, or equals another."""

    node: Literal["match"] = "match"
    value: Expression
    kind: Literal["contains", "starts", "ends", "equals", "like", "regex"]
    text: str
    ignore_case: bool = True


class IsNull(Model):
    """The value is missing."""

    node: Literal["is_null"] = "is_null"
    value: Expression


class InQuery(Model):
    """The value is (not) among the values of a one-column relation."""

    node: Literal["in_query"] = "in_query"
    value: Expression
    relation: Relation
    negated: bool = False


class Exists(Model):
    """A row of `relation` agrees on the key columns, as (outer, inner) names."""

    node: Literal["exists"] = "exists"
    relation: Relation
    on: tuple[tuple[str, str], ...]
    negated: bool = False


class AllOf(Model):
    """Every part holds."""

    node: Literal["all"] = "all"
    parts: tuple[Predicate, ...]


class AnyOf(Model):
    """At least one part holds."""

    node: Literal["any"] = "any"
    parts: tuple[Predicate, ...]


class Not(Model):
    """The part does not hold."""

    node: Literal["not"] = "not"
    part: Predicate


Predicate = Annotated[
    Compare | Between | OneOf | Match | IsNull | InQuery | Exists | AllOf | AnyOf | Not,
    _ByNode(),
]

# --- relations ------------------------------------------------------------------------------


class Named(Model):
    """An expression and the name of the column it becomes."""

    name: str
    value: Expression


class SortKey(Model):
    """A sort order; nulls come last unless said otherwise."""

    value: Expression
    descending: bool = False
    nulls_first: bool = False


class Scan(Model):
    """A table, by its profile's name; `alias` tells two scans of one table apart."""

    node: Literal["scan"] = "scan"
    table: str
    alias: str | None = None


class Join(Model):
    """Rows of both sides that agree on the key columns, as (left, right) names."""

    node: Literal["join"] = "join"
    left: Relation
    right: Relation
    on: tuple[tuple[Column, Column], ...]
    how: Literal["inner", "left", "semi", "anti", "cross"] = "inner"


class Filter(Model):
    """The rows the predicate is true for."""

    node: Literal["filter"] = "filter"
    input: Relation
    predicate: Predicate


class Derive(Model):
    """All columns of the input and these, of which later ones may use earlier ones."""

    node: Literal["derive"] = "derive"
    input: Relation
    columns: tuple[Named, ...]


class Project(Model):
    """Only these columns, in this order."""

    node: Literal["project"] = "project"
    input: Relation
    columns: tuple[Named, ...]


class Distinct(Model):
    """Each different row once."""

    node: Literal["distinct"] = "distinct"
    input: Relation


class Aggregate(Model):
    """One row for each combination of keys; one row in all when there are none."""

    node: Literal["aggregate"] = "aggregate"
    input: Relation
    keys: tuple[Named, ...] = ()
    measures: tuple[Named, ...] = ()


class Sort(Model):
    """The rows in order."""

    node: Literal["sort"] = "sort"
    input: Relation
    keys: tuple[SortKey, ...]


class Limit(Model):
    """The first `count` rows after `offset`."""

    node: Literal["limit"] = "limit"
    input: Relation
    count: int
    offset: int = 0


class Top(Model):
    """The first `count` rows of each partition in the given order.

    With `ties` every row that equals the last one kept is kept too. Without partitions it is the
    top of the whole.
    """

    node: Literal["top"] = "top"
    input: Relation
    count: int
    order: tuple[SortKey, ...]
    partition: tuple[Expression, ...] = ()
    ties: bool = False


class Pivot(Model):
    """One row for each combination of keys and one column for each value of `column`."""

    node: Literal["pivot"] = "pivot"
    input: Relation
    keys: tuple[Named, ...]
    column: Named
    values: tuple[str | int | float, ...]
    measure: Named


class ColumnReport(Model):
    """One row for each column of the input.

    "missing": missing values and their share. "overview": type, filled, distinct, smallest,
    largest and mean.
    """

    node: Literal["column_report"] = "column_report"
    input: Relation
    kind: Literal["missing", "overview"]
    columns: tuple[str, ...]


class SetOperation(Model):
    """Rows of one, both or only the first input; columns go by position."""

    node: Literal["set_operation"] = "set_operation"
    op: Literal["union", "union_all", "intersect", "except"]
    left: Relation
    right: Relation


class SideBySide(Model):
    """Groups of several tables with the same keys: one row for each that any of them has.

    Measures of a group that a part lacks are null, counts of rows 0.
    """

    node: Literal["side_by_side"] = "side_by_side"
    parts: tuple[Aggregate, ...]

    @property
    def keys(self) -> tuple[Named, ...]:
        return self.parts[0].keys

    @property
    def measures(self) -> tuple[Named, ...]:
        return tuple(measure for part in self.parts for measure in part.measures)


Relation = Annotated[
    Scan | Join | Filter | Derive | Project | Distinct | Aggregate | Sort | Limit | Top | Pivot
    | ColumnReport | SetOperation | SideBySide,
    _ByNode(),
]  # fmt: skip


class Plan(Model):
    """A whole question: its relation and what has to be said about it.

    Attributes:
        relation: the root; its output columns are the answer's columns.
        assumptions: sentences about what was taken for granted.
        ordered: the order of the rows means something.
    """

    relation: Relation
    assumptions: tuple[str, ...] = ()
    ordered: bool = False


for _model in (
    Arithmetic, Call, Truncate, Extract, Bin, Case, Aggregated, Windowed, ScalarQuery, Compare,
    Between, OneOf, Match, IsNull, InQuery, Exists, AllOf, AnyOf, Not, Named, SortKey, Join, Filter,
    Derive, Project, Distinct, Aggregate, Sort, Limit, Top, Pivot, ColumnReport, SetOperation,
    SideBySide, Plan,
):  # fmt: skip
    _model.model_rebuild()
