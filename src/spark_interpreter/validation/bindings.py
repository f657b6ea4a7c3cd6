"""Where the names of a script get their values."""

import ast
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from spark_interpreter.validation import names
from spark_interpreter.validation.names import Kind

FUNCTIONS_MODULE = "pyspark.sql.functions"
CREDENTIALS = ("job_credentials", "credentials")
"""The helper that travels with a job, and its only function."""

_KEPT = frozenset({(FUNCTIONS_MODULE, "expr"), CREDENTIALS})
"""Imports whose every use is checked, so their names mean nothing else."""


@dataclass(frozen=True)
class Binding:
    """One place that gives a name its value.

    Attributes:
        value: the expression assigned; None for a parameter, a function, an import.
        element: the name gets an element of `value`, not `value` itself.
        kind: known without looking at `value`.
        source: what an import brings ("functools.reduce").
    """

    value: ast.expr | None = None
    element: bool = False
    kind: Kind | None = None
    source: str = ""


_IMPORTED_KINDS = frozenset(
    {Kind.CLASS, Kind.DATE, Kind.FRAME_CLASS, Kind.SESSION_CLASS, Kind.WINDOW_CLASS}
)
"""What an imported name can be itself; the other kinds are what calling it returns."""

_BINDING_PARTS = (ast.NamedExpr, ast.comprehension, ast.arg, ast.ExceptHandler)

_UNKNOWN = Binding(kind=Kind.UNKNOWN)


class Bindings:
    """All bindings of a script, scopes taken together.

    Attributes:
        of_name: name -> everything that binds it.
        modules: local name -> module ("F" -> "pyspark.sql.functions").
        imported: local name -> (module, name) of `from module import name`.
        shadowed: imported names that also get another value, where that would mislead the policy.
    """

    def __init__(self, nodes: Sequence[ast.AST]) -> None:
        self.of_name: defaultdict[str, list[Binding]] = defaultdict(list)
        self.modules: dict[str, str] = {}
        self.imported: dict[str, tuple[str, str]] = {}
        self.shadowed: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.stmt):
                self._bind_statement(node)
            elif isinstance(node, _BINDING_PARTS):
                self._bind_part(node)
        for name in list(self.of_name):
            self._unimport(name)

    def only_value(self, name: str) -> ast.expr | None:
        """The expression a name stands for throughout the script, if there is exactly one."""
        bindings = self.of_name.get(name, [])
        if len(bindings) != 1 or bindings[0].element:
            return None
        return bindings[0].value

    def _bind_statement(self, node: ast.AST) -> None:
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    self._bind_module(alias.asname or alias.name, alias.name)
            case ast.ImportFrom(module=module, names=aliases):
                for alias in aliases:
                    self._bind_import(alias.asname or alias.name, module or "", alias.name)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind_target(target, Binding(value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind_target(target, Binding(value))
            case ast.AugAssign(target=target):
                self._bind_target(target, _UNKNOWN)
            case ast.For(target=target, iter=iterable):
                self._bind_target(target, Binding(iterable, element=True))
            case ast.FunctionDef(name=name):
                self.of_name[name].append(_UNKNOWN)

    def _bind_part(self, node: ast.AST) -> None:
        match node:
            case ast.NamedExpr(target=target, value=value):
                self._bind_target(target, Binding(value))
            case ast.comprehension(target=target, iter=iterable):
                self._bind_target(target, Binding(iterable, element=True))
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                self.of_name[name].append(_UNKNOWN)

    def _bind_module(self, local: str, module: str) -> None:
        self.modules[local] = module
        self.of_name[local].append(Binding(kind=Kind.MODULE, source=module))

    def _bind_import(self, local: str, module: str, name: str) -> None:
        kind = names.MODULES.get(module, {}).get(name, Kind.UNKNOWN)
        if kind is Kind.MODULE:
            self._bind_module(local, f"{module}.{name}")
            return
        self.imported[local] = (module, name)
        itself = kind if kind in _IMPORTED_KINDS else Kind.UNKNOWN
        self.of_name[local].append(Binding(kind=itself, source=f"{module}.{name}"))

    def _bind_target(self, target: ast.expr, binding: Binding) -> None:
        if isinstance(target, ast.Name):
            self.of_name[target.id].append(binding)
        elif isinstance(target, ast.Starred):
            self._bind_target(target.value, _UNKNOWN)
        elif isinstance(target, ast.Tuple | ast.List):
            whole = binding.value is not None and not binding.element
            item_binding = Binding(binding.value, element=True) if whole else _UNKNOWN
            for item in target.elts:
                self._bind_target(item, item_binding)

    def _unimport(self, name: str) -> None:
        """An imported name that gets other values too does not stand for the imported thing."""
        if len(set(self.of_name[name])) == 1:
            return
        if name in self.modules or self.imported.get(name) in _KEPT:
            self.shadowed.add(name)
        self.imported.pop(name, None)
