"""Numbers a script writes down that could only exhaust the machine."""

import ast
import operator
from collections.abc import Callable

from spark_interpreter.validation.findings import Findings
from spark_interpreter.validation.kinds import Kinds
from spark_interpreter.validation.names import LIST_KINDS, Kind

MAX_BITS = 128
MAX_REPEAT = 100_000
MAX_ROUNDS = 1_000_000
MAX_ROWS = 1_000_000_000

_REPEATING = frozenset({"array_repeat", "lpad", "repeat", "rpad", "sequence"})
_PADDING = frozenset({"ljust", "rjust", "zfill"})


class SizeRules:
    """Refuses repetition, ranges and powers beyond any use."""

    def __init__(self, kinds: Kinds, findings: Findings) -> None:
        self.kinds = kinds
        self.findings = findings
        self._resolving: set[str] = set()

    def check(self) -> None:
        for node in self.kinds.nodes:
            if isinstance(node, ast.BinOp):
                self._check_operator(node)
            elif isinstance(node, ast.Call):
                self._check_call(node)

    def _check_operator(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mult):
            for sequence, times in ((node.left, node.right), (node.right, node.left)):
                if self._is_sequence(sequence) and self._exceeds(times, MAX_REPEAT):
                    self._refuse(node, MAX_REPEAT)
        if isinstance(node.op, ast.Pow | ast.LShift | ast.Mult) and self._overflows(node):
            self.findings.error(
                "too-large", "A number has more digits than any use here.", node.lineno
            )

    def _check_call(self, node: ast.Call) -> None:
        func = node.func
        if isinstance(func, ast.Name) and func.id == "range":
            self._check_arguments(node, MAX_ROUNDS)
        elif isinstance(func, ast.Attribute) and func.attr == "range":
            self._check_arguments(node, MAX_ROWS)
        elif isinstance(func, ast.Attribute) and func.attr in _PADDING:
            self._check_arguments(node, MAX_REPEAT)
        elif self.kinds.function(node.func) in _REPEATING:
            self._check_arguments(node, MAX_ROUNDS)

    def _check_arguments(self, node: ast.Call, limit: int) -> None:
        if any(self._exceeds(argument, limit) for argument in node.args):
            self._refuse(node, limit)

    def _refuse(self, node: ast.expr, limit: int) -> None:
        self.findings.error("too-large", f"More than {limit:,} repetitions.", node.lineno)

    def _is_sequence(self, node: ast.expr) -> bool:
        kind = self.kinds.of(node)
        return (
            kind is Kind.TEXT
            or kind in LIST_KINDS
            or isinstance(node, ast.List | ast.Tuple)
            or (isinstance(node, ast.Constant) and isinstance(node.value, bytes))
        )

    def _exceeds(self, node: ast.expr, limit: int) -> bool:
        number = self._number(node)
        return number is not None and number > limit

    def _overflows(self, node: ast.BinOp) -> bool:
        left, right = self._number(node.left), self._number(node.right)
        return left is not None and right is not None and _bits(node.op, left, right) > MAX_BITS

    def _number(self, node: ast.expr) -> int | None:
        """The value of an integer expression of constants; None if it is none or too large."""
        if isinstance(node, ast.Call) and self.kinds.function(node.func) == "lit" and node.args:
            return self._number(node.args[0])
        if isinstance(node, ast.BinOp):
            return self._result(node)
        if isinstance(node, ast.Name):
            return self._named(node.id)
        value = self.kinds.constant(node)
        return value if isinstance(value, int) else None

    def _named(self, name: str) -> int | None:
        """The number a name stands for, unless that leads back to the name."""
        value = self.kinds.bindings.only_value(name)
        if value is None or name in self._resolving:
            return None
        self._resolving.add(name)
        number = self._number(value)
        self._resolving.discard(name)
        return number

    def _result(self, node: ast.BinOp) -> int | None:
        left, right = self._number(node.left), self._number(node.right)
        operation = _OPERATIONS.get(type(node.op))
        if left is None or right is None or operation is None:
            return None
        return operation(left, right) if 0 < _bits(node.op, left, right) <= MAX_BITS else None


_OPERATIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.LShift: operator.lshift,
    ast.Mult: operator.mul,
    ast.Pow: pow,
    ast.Sub: operator.sub,
}


def _bits(op: ast.operator, left: int, right: int) -> int:
    """How many bits the result may have; 0 when a negative right side makes it no integer."""
    first, second = left.bit_length(), right.bit_length()
    if isinstance(op, ast.Pow | ast.LShift):
        return 0 if right < 0 else first * right if isinstance(op, ast.Pow) else first + right
    return first + second + 1
