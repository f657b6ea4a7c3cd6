"""Whole sentences about a plan."""

from collections.abc import Sequence

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    ColumnReport,
    Derive,
    Filter,
    Join,
    Limit,
    Pivot,
    Plan,
    Project,
    Relation,
    Scan,
    SetOperation,
    SideBySide,
    Sort,
    Top,
)
from spark_interpreter.generation.planner.wording.readings import Reader
from spark_interpreter.generation.planner.wording.words import capitalized, humanize, listed
from spark_interpreter.model import TableProfile


def reading(plan: Plan, profiles: Sequence[TableProfile]) -> str:
    """One sentence that says exactly how the question was understood: every condition, group,
    measure, order and limit.
    """
    return f"{capitalized(Reader(profiles).read(plan.relation).text)}."


def explanation(plan: Plan, profiles: Sequence[TableProfile]) -> str:
    """Two or three plain sentences on how the answer is computed."""
    nodes = tuple(reversed(tuple(plan_tools.spine(plan.relation))))
    reader = Reader(profiles)
    reader.read(plan.relation)
    steps = [step for node in nodes if (step := _step(node, reader))]
    first = _start(nodes[0], any(isinstance(node, Filter) for node in nodes[:2]))
    if not steps:
        return f"{first}, as they are."
    sentences = [f"{first}; {steps[0]}."]
    if len(steps) > 1:
        sentences.append(f"{capitalized(steps[1])}.")
    if len(steps) > 2:
        sentences.append(f"Then {', then '.join(steps[2:])}.")
    return " ".join(sentences)


def _start(base: Relation, filtered: bool) -> str:
    tables = listed([humanize(table) for table in dict.fromkeys(plan_tools.tables(base))])
    match base:
        case Join():
            return f"The rows of {tables} are joined on their keys"
        case SetOperation():
            return f"The rows of {tables} are combined"
        case SideBySide():
            return f"The rows of {tables} are grouped by themselves, and the groups put together"
        case Scan() if filtered:
            return f"All rows of {tables} are read"
        case _:
            return f"The rows of {tables} are read"


def _step(node: Relation, reader: Reader) -> str:
    phrases = reader.phrases
    match node:
        case Filter():
            parts = plan_tools.conjuncts(node.predicate)
            return f"only those where {' and '.join(map(phrases.predicate, parts))} are kept"
        case Aggregate(keys=(), measures=measures):
            values = listed([phrases.expression(measure.value) for measure in measures])
            return f"the {values} is computed over all of them"
        case Aggregate(keys=keys, measures=measures):
            groups = listed([phrases.expression(key.value) for key in keys])
            values = listed([phrases.expression(measure.value) for measure in measures])
            grouped = f"they are grouped by {groups}"
            return f"{grouped}, and each group gets its {values}" if values else grouped
        case Derive(columns=columns):
            return f"from these comes {listed([humanize(column.name) for column in columns])}"
        case Pivot(column=column):
            values = phrases.expression(column.value)
            return f"they are grouped, and the values of {values} become columns"
        case ColumnReport():
            return "every column is looked at on its own"
        case Sort(keys=keys):
            return f"the rows are put in order of {listed([phrases.order(key) for key in keys])}"
        case Top(order=keys, count=count):
            order = listed([phrases.order(key) for key in keys])
            return f"the rows are put in order of {order}, and {_kept(count)}{_each(node, reader)}"
        case Limit(count=count):
            return _kept(count)
        case Project(columns=columns):
            return f"the columns shown are {listed([humanize(column.name) for column in columns])}"
        case _:
            return ""


def _each(node: Top, reader: Reader) -> str:
    parts = listed([reader.phrases.expression(value) for value in node.partition])
    return f" for each {parts}" if parts else ""


def _kept(count: int) -> str:
    return "the first is kept" if count == 1 else f"the first {count} are kept"
