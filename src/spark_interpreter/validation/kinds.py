"""What the names and expressions of a script are, worked out without running it.

A name has one kind for the whole script: that of all its assignments, or `UNKNOWN` when they
differ. Kinds sharpen the policy's messages and tell reads from writes; what is refused whatever
its kind (`names.REFUSED_MEMBERS`, underscores) does not depend on them.
"""

import ast
from collections.abc import Iterable, Iterator

from spark_interpreter.validation import names
from spark_interpreter.validation.bindings import FUNCTIONS_MODULE, Bindings
from spark_interpreter.validation.names import Kind
from spark_interpreter.validation.source_text import SyntaxTree

_ROUNDS = 6
_LITERALS = (ast.Constant, ast.JoinedStr, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)
_ELEMENTS = {element: kind for kind, element in names.LIST_KINDS.items()}
_TELLING = {"conf": Kind.CONF, "read": Kind.READER, "write": Kind.WRITER}
"""Members only one class has, so that they tell what they are whatever they are asked of."""


class Kinds:
    """Kinds of every expression and name of a tree; see `SyntaxTree` for nodes and parents."""

    def __init__(self, tree: SyntaxTree) -> None:
        self.nodes = tree.nodes
        self.parents = tree.parents
        self.bindings = Bindings(self.nodes)
        self._expressions: dict[ast.expr, Kind] = {}
        self._names: dict[str, Kind] = {}
        self._resolve([node for node in self.nodes if isinstance(node, ast.expr)])

    def of(self, node: ast.expr) -> Kind:
        """The kind of an expression of the tree."""
        return self._expressions.get(node, Kind.UNKNOWN)

    def module_of(self, node: ast.expr) -> str | None:
        """The module a name stands for."""
        return self.bindings.modules.get(node.id) if isinstance(node, ast.Name) else None

    def named(self, kind: Kind) -> set[str]:
        """The names of this kind."""
        return {name for name, found in self._names.items() if found is kind}

    def function(self, node: ast.expr) -> str | None:
        """The name of the `pyspark.sql.functions` function an expression stands for."""
        if isinstance(node, ast.Attribute):
            return node.attr if self.module_of(node.value) == FUNCTIONS_MODULE else None
        if isinstance(node, ast.Name):
            module, name = self.bindings.imported.get(node.id, ("", ""))
            return name if module == FUNCTIONS_MODULE else None
        return None

    def called(self, node: ast.expr) -> bool:
        """Whether the expression is what a call calls."""
        parent = self.parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def constant(self, node: ast.expr) -> object:
        """The value of a literal, or of a name for exactly one literal; None if it is neither."""
        if isinstance(node, ast.Name):
            value = self.bindings.only_value(node.id)
            return value.value if isinstance(value, ast.Constant) else None
        return node.value if isinstance(node, ast.Constant) else None

    def text(self, node: ast.expr) -> str | None:
        """The text an expression is known to be."""
        value = self.constant(node)
        return value if isinstance(value, str) else None

    def texts(self, node: ast.expr) -> list[str] | None:
        """The texts a literal, or a list or tuple of literals, holds."""
        if isinstance(node, ast.Name):
            value = self.bindings.only_value(node.id)
            node = value if isinstance(value, ast.Tuple) else node
        items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
        texts = [self.text(item) for item in items]
        known = [text for text in texts if text is not None]
        return known if len(known) == len(texts) else None

    def _resolve(self, expressions: list[ast.expr]) -> None:
        """Follow the script until no name changes its kind."""
        bound = self._bound_to_expressions()
        for name in list(self.bindings.of_name):
            for binding in self.bindings.of_name[name]:
                self._bind(name, binding.kind)
        for _ in range(_ROUNDS):
            changed = False
            for node in expressions:
                kind = self._kind(node)
                if kind is not None:
                    self._expressions[node] = kind
                for name, element in bound.get(node, ()):
                    changed |= self._bind(name, _element_kind(kind) if element else kind)
            if not changed:
                return
        self._names = dict.fromkeys(self._names, Kind.UNKNOWN)
        self._expressions = {}

    def _bound_to_expressions(self) -> dict[ast.expr, list[tuple[str, bool]]]:
        """For each expression the names it, or each of its elements, is bound to."""
        bound: dict[ast.expr, list[tuple[str, bool]]] = {}
        for name, bindings in self.bindings.of_name.items():
            for binding in bindings:
                if binding.value is not None and binding.kind is None:
                    bound.setdefault(binding.value, []).append((name, binding.element))
        return bound

    def _bind(self, name: str, kind: Kind | None) -> bool:
        """Whether the name got another kind; a second kind makes it unknown."""
        before = self._names.get(name)
        if kind is None or kind is before or before is Kind.UNKNOWN:
            return False
        self._names[name] = kind if before is None else Kind.UNKNOWN
        return True

    def _kind(self, node: ast.expr) -> Kind | None:
        """The kind as far as it is known yet; None while it hangs on a name without one."""
        if isinstance(node, _LITERALS):
            return Kind.TEXT if isinstance(node, ast.JoinedStr) or _is_text(node) else Kind.VALUE
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            return self._reference_kind(node)
        if isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp):
            return self._operator_kind(node)
        return self._composed_kind(node)

    def _reference_kind(
        self, node: ast.Name | ast.Attribute | ast.Call | ast.Subscript
    ) -> Kind | None:
        match node:
            case ast.Name(id=name):
                return self._name_kind(name)
            case ast.Attribute(value=base, attr=attr):
                return self._attribute_kind(base, attr)
            case ast.Subscript(value=base, slice=index):
                return self._subscript_kind(base, index)
            case ast.Call():
                return self._call_kind(node)

    def _operator_kind(self, node: ast.BinOp | ast.Compare | ast.UnaryOp) -> Kind | None:
        match node:
            case ast.BinOp(left=left, right=right):
                return self._combined([left, right])
            case ast.UnaryOp(operand=operand):
                return self._combined([operand])
            case ast.Compare(left=left, comparators=others):
                kind = self._combined([left, *others])
                return kind if kind is Kind.COLUMN else Kind.VALUE

    def _composed_kind(self, node: ast.expr) -> Kind | None:
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._list_kind(items)
            case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item):
                return self._list_kind([item])
            case ast.NamedExpr(value=value) | ast.Starred(value=value):
                return self._expressions.get(value)
            case ast.IfExp(body=body, orelse=orelse):
                return self._same([body, orelse])
            case ast.BoolOp(values=values):
                return self._same(values)
        return Kind.UNKNOWN

    def _name_kind(self, name: str) -> Kind | None:
        if name in self.bindings.of_name:
            return self._names.get(name)
        return Kind.CLASS if name in names.BUILTINS else Kind.UNKNOWN

    def _attribute_kind(self, base: ast.expr, attr: str) -> Kind | None:
        module = self.module_of(base)
        if module is not None:
            return names.MODULES.get(module, {}).get(attr, Kind.UNKNOWN)
        kind = self._expressions.get(base)
        if kind is None:
            return None
        members = names.MEMBERS.get(kind, {})
        if attr in members:
            return members[attr] if attr in names.PROPERTIES else Kind.UNKNOWN
        held = Kind.COLUMN if kind in {Kind.FRAME, Kind.COLUMN} else Kind.UNKNOWN
        return _TELLING.get(attr, held)

    def _call_kind(self, call: ast.Call) -> Kind | None:
        kind = self._returned_kind(call)
        return Kind.UNKNOWN if kind in {Kind.CLASS, Kind.FRAME_CLASS} else kind

    def _returned_kind(self, call: ast.Call) -> Kind | None:
        func = call.func
        if isinstance(func, ast.Name):
            return self._name_call_kind(func.id, call)
        if not isinstance(func, ast.Attribute):
            return Kind.UNKNOWN
        if self.module_of(func.value) is not None:
            return self._expressions.get(func)
        kind = self._expressions.get(func.value)
        if kind is None:
            return None
        return names.MEMBERS.get(kind, {}).get(func.attr, Kind.UNKNOWN)

    def _name_call_kind(self, name: str, call: ast.Call) -> Kind | None:
        if name in self.bindings.imported:
            module, original = self.bindings.imported[name]
            if (module, original) == ("functools", "reduce"):
                return self._reduce_kind(call)
            return names.MODULES.get(module, {}).get(original, Kind.UNKNOWN)
        if name in self.bindings.of_name:
            return Kind.UNKNOWN
        if name in {"list", "reversed", "sorted"} and len(call.args) == 1:
            kind = self._expressions.get(call.args[0])
            return kind if kind is None or kind in names.LIST_KINDS else Kind.UNKNOWN
        return names.BUILTINS.get(name, Kind.UNKNOWN)

    def _reduce_kind(self, call: ast.Call) -> Kind | None:
        step = call.args[0] if call.args else None
        if isinstance(step, ast.Lambda):
            body = step.body
            bitwise = isinstance(body, ast.BinOp) and isinstance(body.op, ast.BitAnd | ast.BitOr)
            return Kind.COLUMN if bitwise else self._expressions.get(body)
        if isinstance(step, ast.Attribute):
            if self.module_of(step.value) == "operator":
                return Kind.COLUMN if step.attr in {"and_", "or_"} else Kind.UNKNOWN
            if self._expressions.get(step.value) is Kind.FRAME_CLASS:
                return names.MEMBERS[Kind.FRAME].get(step.attr, Kind.UNKNOWN)
        return Kind.UNKNOWN

    def _subscript_kind(self, base: ast.expr, index: ast.expr) -> Kind | None:
        kind = self._expressions.get(base)
        if kind is not None and kind in names.LIST_KINDS:
            return kind if isinstance(index, ast.Slice) else names.LIST_KINDS[kind]
        if kind is Kind.FRAME:
            return Kind.FRAME if isinstance(index, ast.List) else Kind.COLUMN
        if kind in {Kind.COLUMN, Kind.TEXT}:
            return kind
        return kind and Kind.UNKNOWN

    def _list_kind(self, items: list[ast.expr]) -> Kind | None:
        kind = self._same(items) if items else Kind.UNKNOWN
        return _ELEMENTS.get(kind, Kind.UNKNOWN) if kind is not None else None

    def _same(self, nodes: Iterable[ast.expr]) -> Kind | None:
        kinds = {kind for node in nodes if (kind := self._expressions.get(node)) is not None}
        if not kinds:
            return None
        return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN

    def _combined(self, operands: list[ast.expr]) -> Kind | None:
        kinds = [self._expressions.get(operand) for operand in operands]
        if Kind.COLUMN in kinds:
            return Kind.COLUMN
        if None in kinds:
            return None
        known = set(kinds)
        return known.pop() if len(known) == 1 else Kind.UNKNOWN


def _element_kind(kind: Kind | None) -> Kind | None:
    return names.LIST_KINDS.get(kind, Kind.UNKNOWN) if kind is not None else None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def strings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every text constant among the nodes."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
