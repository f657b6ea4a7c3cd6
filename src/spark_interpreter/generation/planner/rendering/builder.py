"""What every part of the writer shares: statements so far, names, and helpers on frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Column,
    Expression,
    Filter,
    Join,
    Named,
    Pivot,
    Plan,
    Relation,
    SetOperation,
    SortKey,
    Top,
    Windowed,
)
from spark_interpreter.generation.planner.rendering import naming, schema
from spark_interpreter.generation.planner.rendering.code import Atom, Chain, Code, assign
from spark_interpreter.generation.planner.rendering.frames import Frame, VariableNames
from spark_interpreter.generation.planner.rendering.join_tree import JoinTree
from spark_interpreter.generation.planner.rendering.literals import text
from spark_interpreter.generation.planner.rendering.predicates import Predicates
from spark_interpreter.generation.planner.rendering.schema import Field
from spark_interpreter.model import Model, TableProfile

_WORTH_A_NAME = (Aggregate, Filter, Join, Pivot, SetOperation, Top)


class Builder(ABC):
    """Collects the statements of one plan."""

    def __init__(self, plan: Plan, profiles: Sequence[TableProfile]) -> None:
        self.plan = plan
        self.profiles = {profile.name: profile for profile in profiles}
        self.names = VariableNames(tuple(self.profiles))
        self.statements: list[str] = []
        self.join_tree: JoinTree | None = None
        self.sorted_names = _sorted_names(plan)
        self._windows: dict[str, Code] = {}
        self._repeated = _repeated(plan.relation)
        self._known: dict[Relation, Frame] = {}

    @abstractmethod
    def write(self, node: Relation, *, ordered: bool) -> Frame:
        """The relation as a chain of steps. `ordered`: its order reaches the result."""

    def relation(self, node: Relation, *, ordered: bool = False) -> Frame:
        """The relation; a variable when the plan has it more than once."""
        if node not in self._repeated or self.join_tree is not None:
            return self.write(node, ordered=ordered)
        if node not in self._known:
            frame = self.write(node, ordered=False).settled()
            self._known[node] = self.name(frame, naming.frame_name(node))
        return self._known[node]

    def isolated(self, node: Relation) -> Frame:
        """The relation on its own, whatever join it stands in, without helper columns."""
        outer, self.join_tree = self.join_tree, None
        frame = self.relation(node).settled()
        self.join_tree = outer
        return frame

    def inline(self, frame: Frame, wanted: str) -> Frame:
        """The frame as it stands if it is short, else under a name."""
        return frame if frame.short else self.name(frame, wanted)

    def name(self, frame: Frame, wanted: str) -> Frame:
        """A variable that holds the frame."""
        variable = self.names.new(wanted)
        self.statements.append(assign(variable, frame.code))
        return frame.at(Chain(Atom(variable)))

    def code(self, frame: Frame) -> Predicates:
        """The writer of expressions over the frame's columns."""
        return Predicates(frame.fields, self._name_window)

    def field(self, frame: Frame, named: Named, *, definition: Expression | None = None) -> Field:
        """The column that a named expression becomes."""
        own = None
        if isinstance(named.value, Column):
            own = schema.resolve(named.value, frame.fields)
        return Field(
            name=named.name,
            type=schema.type_of(named.value, frame.fields),
            nullable=schema.is_nullable(named.value, frame.fields),
            magnitude=own.magnitude if own else None,
            definition=definition,
        )

    def derived(self, frame: Frame, named: Named, *, hidden: bool = False) -> Frame:
        """The frame with one more column."""
        code = self.code(frame).column(named.value)
        field = self.field(frame, named)
        field = schema.hide(field) if hidden else field
        return frame.then("withColumn", text(named.name), code).plus(field)

    def _name_window(self, specification: Chain, node: Windowed) -> Code:
        """A window with an order gets a name; one that only partitions reads well in place."""
        if not node.order:
            return specification
        if specification.flat not in self._windows:
            variable = self.names.new(naming.window_name(node))
            self.statements.append(assign(variable, specification))
            self._windows[specification.flat] = Atom(variable)
        return self._windows[specification.flat]


def _sorted_names(plan: Plan) -> frozenset[str]:
    keys = (key.value for key in plan_tools.find(plan, SortKey))
    return frozenset(key.name for key in keys if isinstance(key, Column))


def _repeated(root: Relation) -> frozenset[Relation]:
    """Relations that occur several times, but not the parts of such ones."""
    counts: Counter[Relation] = Counter()

    def count(node: Model) -> None:
        if isinstance(node, _WORTH_A_NAME):
            counts[node] += 1
            if counts[node] > 1:
                return
        for child in plan_tools.children(node):
            count(child)

    count(root)
    return frozenset(node for node, count in counts.items() if count > 1)
