"""What a script may do, decided on its syntax tree: everything that is not allowed is refused."""

import ast
import builtins
from collections.abc import Iterable

from spark_interpreter.model import EmptyTable, Script
from spark_interpreter.validation import names
from spark_interpreter.validation.bindings import CREDENTIALS, FUNCTIONS_MODULE
from spark_interpreter.validation.calls import CallRules
from spark_interpreter.validation.findings import Findings, did_you_mean
from spark_interpreter.validation.kinds import Kinds, strings
from spark_interpreter.validation.names import Kind
from spark_interpreter.validation.sizes import SizeRules
from spark_interpreter.validation.source_text import parse

_STATEMENTS: dict[type[ast.AST], str] = {
    ast.AsyncFor: "async for",
    ast.AsyncFunctionDef: "async functions",
    ast.AsyncWith: "async with",
    ast.Await: "await",
    ast.ClassDef: "classes",
    ast.Delete: "del",
    ast.Global: "global",
    ast.Match: "match",
    ast.Nonlocal: "nonlocal",
    ast.TryStar: "except*",
    ast.With: "with",
    ast.Yield: "yield",
    ast.YieldFrom: "yield from",
}

_ALLOWED_NODES = (
    ast.Module, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop,
    ast.alias, ast.arg, ast.arguments, ast.keyword, ast.comprehension, ast.ExceptHandler,
    ast.AnnAssign, ast.Assert, ast.Assign, ast.AugAssign, ast.Break, ast.Continue, ast.Expr,
    ast.For, ast.FunctionDef, ast.If, ast.Import, ast.ImportFrom, ast.Pass, ast.Raise, ast.Return,
    ast.Try,
    ast.Attribute, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Constant, ast.Dict,
    ast.DictComp, ast.FormattedValue, ast.GeneratorExp, ast.IfExp, ast.JoinedStr, ast.Lambda,
    ast.List, ast.ListComp, ast.Name, ast.NamedExpr, ast.Set, ast.SetComp, ast.Slice, ast.Starred,
    ast.Subscript, ast.Tuple, ast.UnaryOp,
)  # fmt: skip

_UNSHAREABLE = frozenset({Kind.BUILDER, Kind.CONF, Kind.READER, Kind.WRITER})
_COLUMN_HOLDERS = frozenset({Kind.COLUMN, Kind.FRAME, Kind.ROW, Kind.UNKNOWN})
_ESCAPES = frozenset("\x07\x08\x1b\x9b\x9d")

_REMEDIES = {
    "_jvm": "Use functions of pyspark.sql.functions; there is no JVM to reach.",
    "rdd": "Use DataFrame operations; RDDs do not exist over Spark Connect.",
    "sparkContext": "Remove it; a SparkContext does not exist over Spark Connect.",
    "toPandas": "Keep the data in Spark, or use collect() for a few rows.",
    "jdbc": 'Write spark.read.format("jdbc") with url and dbtable as options.',
    "master": "Remove it; the platform decides where the script runs.",
    "write": "Only a DataFrame is written.",
}


def check_policy(
    script: Script, tables: Iterable[EmptyTable], findings: Findings, *, allow_udfs: bool
) -> Kinds | None:
    """Add what the policy refuses to the findings.

    Returns:
        The kinds of the tree, for further checks; None if the text could not be parsed.
    """
    tree = parse(script.text, findings)
    if tree is None:
        return None
    try:
        kinds = Kinds(tree)
        columns = {column.name for table in tables for column in table.columns}
        _Policy(kinds, columns, findings, allow_udfs=allow_udfs).check()
        SizeRules(kinds, findings).check()
        CallRules(kinds, script, findings).check()
    except RecursionError:
        findings.error("too-complex", "The script is too deeply nested to be checked.", None)
        return None
    return kinds


class _Policy:
    """Statements, imports, names and attributes."""

    def __init__(
        self, kinds: Kinds, columns: Iterable[str], findings: Findings, *, allow_udfs: bool
    ) -> None:
        self.kinds = kinds
        self.findings = findings
        self.allow_udfs = allow_udfs
        self.columns = set(columns) | {text for text in strings(kinds.nodes) if text.isidentifier()}

    def check(self) -> None:
        self._check_shadowed()
        for node in self.kinds.nodes:
            if self.findings.full:
                return
            self._check_node(node)

    def _check_node(self, node: ast.AST) -> None:
        if not isinstance(node, _ALLOWED_NODES):
            self._refuse_statement(node)
        elif isinstance(node, ast.Import):
            self._check_import(node)
        elif isinstance(node, ast.ImportFrom):
            self._check_import_from(node)
        elif isinstance(node, ast.Name):
            self._check_name(node)
        elif isinstance(node, ast.Attribute):
            self._check_attribute(node)
        elif isinstance(node, ast.FunctionDef):
            self._check_function(node)
        elif isinstance(node, ast.Constant):
            self._check_constant(node)
        elif isinstance(node, ast.Call):
            self._check_called(node)
        elif isinstance(node, ast.arg | ast.keyword):
            self._check_bound_name(node.arg or "", node.lineno)
        elif isinstance(node, ast.ExceptHandler):
            self._check_bound_name(node.name or "", node.lineno)
        if isinstance(node, ast.expr):
            self._check_place(node)

    # Statements

    def _refuse_statement(self, node: ast.AST) -> None:
        line = getattr(node, "lineno", None)
        if isinstance(node, ast.While):
            self.findings.error(
                "endless-loop", "A while loop may never end.", line,
                "Loop over a list or a range with for.",
            )  # fmt: skip
            return
        what = _STATEMENTS.get(type(node), type(node).__name__)
        self.findings.error("statement-not-allowed", f"A script cannot use {what}.", line)

    def _check_function(self, node: ast.FunctionDef) -> None:
        self._check_bound_name(node.name, node.lineno)
        for decorator in node.decorator_list:
            if not (self.allow_udfs and self._is_udf(decorator)):
                self.findings.error(
                    "decorator-not-allowed", f"The function {node.name} has a decorator.",
                    decorator.lineno,
                )  # fmt: skip

        for annotated in [
            node.returns,
            *(arg.annotation for arg in ast.walk(node.args) if isinstance(arg, ast.arg)),
        ]:
            if isinstance(annotated, ast.Constant) and isinstance(annotated.value, str):
                self._check_annotation(annotated.value, annotated.lineno)

    def _check_annotation(self, text: str, line: int) -> None:
        """Spark evaluates the text of annotations when it makes a UDF."""
        if not text.isidentifier():
            self.findings.error("annotation-not-allowed", "An annotation is given as text.", line)

    def _is_udf(self, decorator: ast.expr) -> bool:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        return self.kinds.function(function) in names.UDF_FUNCTIONS

    def _check_constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and not _ESCAPES.isdisjoint(node.value):
            self.findings.error(
                "control-character", "A text contains terminal control characters.", node.lineno
            )

    def _check_called(self, node: ast.Call) -> None:
        if self.kinds.of(node.func) is Kind.COLUMN and isinstance(node.func, ast.Name):
            self.findings.error(
                "indirect-call", f"{node.func.id} is a column and cannot be called.", node.lineno
            )

    # Imports

    def _check_import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._check_bound_name(alias.asname or "", node.lineno)
            if alias.name not in names.MODULES or alias.name == CREDENTIALS[0]:
                self._refuse_module(alias.name, node.lineno)
            elif "." in alias.name and alias.asname is None:
                self.findings.error(
                    "import-not-allowed", f"Import {alias.name} under a name of its own.",
                    node.lineno, f"import {alias.name} as {alias.name.rpartition('.')[2]}",
                )  # fmt: skip

    def _check_import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level or module not in names.MODULES:
            self._refuse_module("." * node.level + module, node.lineno)
            return
        for alias in node.names:
            self._check_bound_name(alias.asname or "", node.lineno)
            if alias.name == "*":
                self.findings.error(
                    "import-not-allowed", f"Import the names of {module} one by one.",
                    node.lineno, "from pyspark.sql import functions as F, types as T",
                )  # fmt: skip
            else:
                self._check_module_member(module, alias.name, node.lineno)

    def _refuse_module(self, module: str, line: int) -> None:
        self.findings.error(
            "import-not-allowed", f"A script cannot import {module}.", line,
            did_you_mean(module, names.MODULES),
        )  # fmt: skip

    def _check_module_member(self, module: str, name: str, line: int) -> None:
        allowed = names.MODULES[module]
        if name.startswith("_"):
            self._refuse_underscore(name, line)
        elif module == FUNCTIONS_MODULE and name in names.UDF_FUNCTIONS:
            self._check_udf(f"F.{name}", line)
        elif name not in allowed:
            rule = "function-not-allowed" if module == FUNCTIONS_MODULE else "name-not-allowed"
            self.findings.error(
                rule, f"{module} has no {name} that a script may use.", line,
                did_you_mean(name, allowed),
            )  # fmt: skip

    def _check_udf(self, name: str, line: int) -> None:
        if not self.allow_udfs:
            self.findings.error(
                "udf-not-allowed", f"{name} runs Python code inside the engine.", line,
                "Use functions of pyspark.sql.functions, or have the operator set allow_udfs.",
            )  # fmt: skip

    # Names

    def _check_shadowed(self) -> None:
        for name in sorted(self.kinds.bindings.shadowed):
            self.findings.error(
                "shadowed-name", f"{name} is imported and gets another value too.", None,
                "Use another name for one of them.",
            )  # fmt: skip

    def _check_bound_name(self, name: str, line: int) -> None:
        if name.startswith("__"):
            self._refuse_underscore(name, line)

    def _refuse_underscore(self, name: str, line: int) -> None:
        self.findings.error(
            "underscore-access", f"{name} is internal and cannot be used.", line,
            _REMEDIES.get(name, ""),
        )  # fmt: skip

    def _check_name(self, node: ast.Name) -> None:
        name, line = node.id, node.lineno
        if isinstance(node.ctx, ast.Store) or name in names.DUNDER_NAMES:
            if isinstance(node.ctx, ast.Store):
                self._check_bound_name(name, line)
        elif name.startswith("__"):
            self._refuse_underscore(name, line)
        elif name in self.kinds.bindings.of_name and _may_be_bound(name):
            self._check_import_use(node)
        elif name not in names.BUILTINS:
            self._refuse_name(name, line)

    def _check_import_use(self, node: ast.Name) -> None:
        parent = self.kinds.parents.get(node)
        if node.id in self.kinds.bindings.modules and not isinstance(parent, ast.Attribute):
            self.findings.error(
                "module-as-value", f"The module {node.id} is used as a value.", node.lineno
            )
        imported = self.kinds.bindings.imported.get(node.id)
        if imported == (FUNCTIONS_MODULE, "expr") and not self.kinds.called(node):
            self._refuse_indirect("expr", node.lineno)

    def _refuse_name(self, name: str, line: int) -> None:
        if hasattr(builtins, name):
            self.findings.error("builtin-not-allowed", f"A script cannot use {name}().", line)
            return
        self.findings.error(
            "undefined-name", f"{name} is not defined.", line,
            did_you_mean(name, [*self.kinds.bindings.of_name, *names.BUILTINS]),
        )  # fmt: skip

    # Attributes

    def _check_attribute(self, node: ast.Attribute) -> None:
        name, line = node.attr, node.lineno
        if name.startswith("_"):
            self._refuse_underscore(name, line)
        elif not isinstance(node.ctx, ast.Load):
            self.findings.error("attribute-assigned", f"{name} of a value cannot be changed.", line)
        elif isinstance(node.value, ast.Name) and node.value.id in self.kinds.bindings.modules:
            module = self.kinds.bindings.modules[node.value.id]
            if module in names.MODULES:
                self._check_module_attribute(node, module)
        else:
            self._check_member(node)

    def _check_module_attribute(self, node: ast.Attribute, module: str) -> None:
        self._check_module_member(module, node.attr, node.lineno)
        if module == FUNCTIONS_MODULE and node.attr == "expr" and not self.kinds.called(node):
            self._refuse_indirect("expr", node.lineno)

    def _check_member(self, node: ast.Attribute) -> None:
        name, kind = node.attr, self.kinds.of(node.value)
        if name in names.CHECKED_MEMBERS and not self.kinds.called(node):
            self._refuse_indirect(name, node.lineno)
        elif name in names.MEMBERS.get(kind, {}):
            return
        elif name in names.UDF_MEMBERS.get(kind, {}) or name in {"applyInPandas", "mapInPandas"}:
            self._check_udf(name, node.lineno)
        elif kind is Kind.UNKNOWN and name in names.ANY_MEMBERS:
            return
        elif not self._is_column(node, kind):
            self._refuse_member(name, kind, node.lineno)

    def _is_column(self, node: ast.Attribute, kind: Kind) -> bool:
        """Whether `df.price` can only be a column or field."""
        name = node.attr
        if kind not in _COLUMN_HOLDERS or name in names.REFUSED_MEMBERS or self.kinds.called(node):
            return False
        if kind is Kind.COLUMN and name == "write":
            return False
        return kind is not Kind.UNKNOWN or name in self.columns

    def _refuse_member(self, name: str, kind: Kind, line: int) -> None:
        suggestion = _REMEDIES.get(name) or did_you_mean(
            name, names.MEMBERS.get(kind) or names.ANY_MEMBERS
        )
        if kind in _COLUMN_HOLDERS and name in self.columns:
            suggestion = f'If it is a column, write ["{name}"].'
        self.findings.error(
            "member-not-allowed", f"A {kind} has no {name} that a script may use.", line,
            suggestion,
        )  # fmt: skip

    def _refuse_indirect(self, name: str, line: int) -> None:
        self.findings.error(
            "indirect-call", f"{name} must be called where it is named.", line,
            f'If it is a column, write ["{name}"].' if name in self.columns else "",
        )  # fmt: skip

    def _check_place(self, node: ast.expr) -> None:
        """Readers, writers and configurations stay where the policy can follow them."""
        if self.kinds.of(node) not in _UNSHAREABLE or isinstance(
            getattr(node, "ctx", None), ast.Store
        ):
            return
        parent = self.kinds.parents.get(node)
        if isinstance(parent, ast.Attribute | ast.Expr | ast.Call) and (
            not isinstance(parent, ast.Call) or parent.func is node
        ):
            return
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            return
        self.findings.error(
            "indirect-call", f"{self.kinds.of(node)} cannot be passed around.", node.lineno,
            "Finish the read or write in one expression.",
        )  # fmt: skip


def _may_be_bound(name: str) -> bool:
    """Whether a name the script binds somewhere can be trusted to mean that everywhere."""
    allowed = name in names.BUILTINS or name in names.REUSABLE_BUILTINS
    return allowed or not hasattr(builtins, name)
