"""Reads of databases: only declared tables, with the credentials of their own connection."""

import ast
from collections import Counter

from spark_interpreter.model import JDBC_DRIVERS, Script, jdbc_location
from spark_interpreter.validation import names
from spark_interpreter.validation.bindings import CREDENTIALS
from spark_interpreter.validation.findings import Findings, did_you_mean
from spark_interpreter.validation.kinds import Kinds
from spark_interpreter.validation.names import Kind

_REMEDY = (
    'spark.read.format("jdbc").option("url", …).option("dbtable", …)'
    '.options(**credentials("connection")).load()'
)


class JdbcRules:
    """Checks every chain that reads from a database, from `spark.read` to `load()`."""

    def __init__(self, kinds: Kinds, script: Script, findings: Findings) -> None:
        self.kinds = kinds
        self.script = script
        self.findings = findings
        self._checked: set[ast.expr] = set()

    def covers(self, call: ast.Call) -> bool:
        """Whether the call is a step of a read from a database; such a read is checked whole."""
        chain = self._chain(call)
        if not any(self._names_jdbc(step) for step in chain):
            return False
        if chain[-1] not in self._checked:
            self._checked.add(chain[-1])
            self._check(chain)
        return True

    def check_credentials(self) -> None:
        """The helper stands nowhere but in the options of a read from a database."""
        for node in self.kinds.nodes:
            if isinstance(node, ast.Name) and self.kinds.bindings.imported.get(
                node.id
            ) == CREDENTIALS and not self._is_option(node):  # fmt: skip
                self._error(
                    "credentials", "Credentials can only be the options of a JDBC read.", node
                )

    def _is_option(self, name: ast.Name) -> bool:
        call = self.kinds.parents.get(name)
        if not isinstance(call, ast.Call) or call.func is not name:
            return False
        keyword = self.kinds.parents.get(call)
        if not isinstance(keyword, ast.keyword) or keyword.arg is not None:
            return False
        step = self.kinds.parents.get(keyword)
        return (
            isinstance(step, ast.Call)
            and _method(step) == "options"
            and any(self._names_jdbc(each) for each in self._chain(step))
        )

    def _chain(self, call: ast.Call) -> list[ast.Call]:
        """The calls of a chain on `spark.read`, first to last; empty if it is none."""
        first: ast.expr = call
        while isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute):
            first = first.func.value
        if not isinstance(first, ast.Attribute) or self.kinds.of(first) is not Kind.READER:
            return []
        steps: list[ast.Call] = []
        node: ast.AST = first
        while True:
            attribute = self.kinds.parents.get(node)
            step = self.kinds.parents.get(attribute) if attribute else None
            if (
                not isinstance(attribute, ast.Attribute)
                or not isinstance(step, ast.Call)
                or step.func is not attribute
                or self.kinds.of(attribute.value) is not Kind.READER
            ):
                return steps
            steps.append(step)
            node = step

    def _names_jdbc(self, step: ast.Call) -> bool:
        given: list[ast.expr] = []
        if _method(step) == "format":
            given = [*step.args, *(keyword.value for keyword in step.keywords)]
        elif _method(step) == "load":
            given = [*step.args[1:2], *(k.value for k in step.keywords if k.arg == "format")]
        return any((self.kinds.text(node) or "").casefold() == "jdbc" for node in given)

    def _check(self, chain: list[ast.Call]) -> None:
        options: Counter[str] = Counter()
        values: dict[str, str] = {}
        asked: list[str | None] = []
        for step in chain[:-1]:
            match _method(step):
                case "format":
                    pass
                case "option" | "options":
                    self._collect(step, options, values, asked)
                case other:
                    self._error("jdbc-read", f"A JDBC read cannot use {other}().", step)
                    return
        last = chain[-1]
        if _method(last) != "load" or last.args or last.keywords:
            self._error("jdbc-read", "A JDBC read ends with load() without arguments.", last)
            return
        if repeated := [name for name, count in options.items() if count > 1]:
            self._error("jdbc-read", f"The option {repeated[0]} is given twice.", last)
        self._check_place(last, values, asked)

    def _collect(
        self,
        step: ast.Call,
        options: Counter[str],
        values: dict[str, str],
        asked: list[str | None],
    ) -> None:
        pairs: list[tuple[str | None, ast.expr]] = []
        if _method(step) == "option" and len(step.args) == 2 and not step.keywords:
            pairs = [(self.kinds.text(step.args[0]), step.args[1])]
        elif _method(step) == "options" and not step.args:
            for keyword in step.keywords:
                if keyword.arg is None:
                    asked.append(self._connection(keyword.value))
                else:
                    pairs.append((keyword.arg, keyword.value))
        else:
            pairs = [(None, step)]
        for key, node in pairs:
            value = self.kinds.constant(node)
            if key is None or not isinstance(value, str | int):
                self._error("option-not-literal", "Options of a JDBC read must be literals.", step)
            elif key.casefold() not in names.JDBC_OPTIONS:
                self.findings.error(
                    "option-not-allowed", f"The option {key[:200]} cannot be used.", step.lineno,
                    did_you_mean(key, names.JDBC_OPTIONS),
                )  # fmt: skip
            else:
                options[key.casefold()] += 1
                values[key.casefold()] = str(value)

    def _connection(self, node: ast.expr) -> str | None:
        """The connection whose credentials an expression asks for."""
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and self.kinds.bindings.imported.get(node.func.id) == CREDENTIALS
            and len(node.args) == 1
            and not node.keywords
        ):
            return self.kinds.text(node.args[0])
        return None

    def _check_place(self, last: ast.Call, values: dict[str, str], asked: list[str | None]) -> None:
        url, table = values.get("url", ""), values.get("dbtable", "")
        location = jdbc_location(url, table)
        if location not in self.script.inputs:
            self.findings.error(
                "input-not-declared", f"{location[:200]} is not among the declared sources.",
                last.lineno, did_you_mean(location, self.script.inputs),
            )  # fmt: skip
            return
        connection = self.script.connections.get(url)
        if any(name is None or name != connection for name in asked) or len(asked) > 1:
            self._error(
                "credentials", f'This read logs in with credentials("{connection}") alone.', last
            )
        if values.get("driver", "") not in {"", *JDBC_DRIVERS.values()}:
            self._error("option-not-allowed", "The driver is not one that comes with us.", last)

    def _error(self, rule: str, message: str, node: ast.expr) -> None:
        self.findings.error(rule, message, node.lineno, _REMEDY)


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""
