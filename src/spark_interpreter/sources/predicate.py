"""Conditions in Spark SQL, walked once for all who say or judge them in their own way.

Each source has a `Dialect`, which says the conditions that mean the same there. What of a condition
cannot be said is left out: more rows arrive, and the script filters them itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Generic, TypeVar

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

T = TypeVar("T")
"""What a dialect makes of a condition."""

_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.NullSafeEQ: "<=>",
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Unlike(Exception):
    """There is no condition here that surely means the same there."""


def parsed(where: str) -> exp.Expr | None:
    """The condition as a tree; None if it cannot be read."""
    try:
        tree = parse_one(where, dialect="spark")
    except (SqlglotError, RecursionError):
        return None
    return tree


def conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that all have to hold."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if isinstance(tree, exp.And):
        yield from conjuncts(tree.left)
        yield from conjuncts(tree.right)
    else:
        yield tree


class Dialect(ABC, Generic[T]):
    """How conditions are said elsewhere.

    Its methods raise `Unlike` for what would mean something else there. The expressions they are
    given stand outside of parentheses.
    """

    @abstractmethod
    def conjunction(self, parts: Sequence[T]) -> T:
        """That all of these hold; nulls as in SQL. There is one part at least."""

    @abstractmethod
    def disjunction(self, parts: Sequence[T]) -> T:
        """That one of these holds; nulls as in SQL. There is one part at least."""

    @abstractmethod
    def negation(self, part: T) -> T:
        """That this does not hold; nulls as in SQL."""

    @abstractmethod
    def missing(self, value: exp.Expr) -> T:
        """That there is no value."""

    @abstractmethod
    def compared(self, value: exp.Expr, sign: str, other: exp.Expr, *, exact: bool) -> T:
        """A comparison; what has a column stands first, if anything has.

        Args:
            sign: =, <>, <, <=, >, >= or <=> (equal, or both missing).
            exact: what is said must be false and unknown where the comparison is; else it may hold
                for more rows.
        """

    def alone(self, node: exp.Expr) -> T:
        """Any other expression as a condition: a flag, a constant."""
        del node
        raise Unlike

    def pushed(self, where: str | None) -> T | None:
        """What holds for every row that the condition holds for; None if nothing can be said."""
        tree = parsed(where) if where else None
        if tree is None:
            return None
        try:
            return self.said(tree, exact=False)
        except (Unlike, RecursionError):
            return None

    def said(self, node: exp.Expr, *, exact: bool) -> T:
        """A condition in this dialect.

        Args:
            exact: true, false and unknown where the condition is; else it may hold for more rows.

        Raises:
            Unlike: it cannot be said.
        """
        node = node.unnest()
        if isinstance(node, exp.And):
            return self._together((partial(self.said, part) for part in node.flatten()), exact)
        if isinstance(node, exp.Or):
            return self.disjunction([self.said(part, exact=exact) for part in node.flatten()])
        if isinstance(node, exp.Not):
            return self.negation(self.said(node.this, exact=True))
        return self._tested(node, exact)

    def _tested(self, node: exp.Expr, exact: bool) -> T:
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return self.missing(node.this.unnest())
        if isinstance(node, exp.Between):
            ends = ((">=", node.args["low"]), ("<=", node.args["high"]))
            return self._together(
                (partial(self._ordered, node.this, sign, end) for sign, end in ends), exact
            )
        if isinstance(node, exp.In) and node.expressions and not node.args.get("query"):
            equal = partial(self._ordered, node.this, "=", exact=exact)
            return self.disjunction([equal(each) for each in node.expressions])
        if sign := _SIGNS.get(type(node)):
            return self._ordered(node.args["this"], sign, node.args["expression"], exact=exact)
        return self.alone(node)

    def _together(self, parts: Iterable[Callable[..., T]], exact: bool) -> T:
        """All of the parts, or those that can be said where more rows do no harm."""
        found = []
        for say in parts:
            try:
                found.append(say(exact=exact))
            except Unlike:
                if exact:
                    raise
        if not found:
            raise Unlike
        return self.conjunction(found)

    def _ordered(self, left: exp.Expr, sign: str, right: exp.Expr, *, exact: bool) -> T:
        """The comparison with its column first."""
        left, right = left.unnest(), right.unnest()
        if not isinstance(left, exp.Column) and not _has_column(left) and _has_column(right):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        return self.compared(left, sign, right, exact=exact)


class SqlDialect(Dialect[str]):
    """What dialects of SQL have in common."""

    def conjunction(self, parts: Sequence[str]) -> str:
        return " AND ".join(parts)

    def disjunction(self, parts: Sequence[str]) -> str:
        return f"({' OR '.join(parts)})"

    def negation(self, part: str) -> str:
        return f"NOT ({part})"


def _has_column(node: exp.Expr) -> bool:
    return node.find(exp.Column) is not None
