"""Python source as a small tree, laid out the way a formatter would."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

WIDTH = 88


class Binding(IntEnum):
    """How tightly Python binds an expression, loosest first."""

    COMPARE = 1
    OR = 2
    AND = 3
    ADD = 4
    MULTIPLY = 5
    UNARY = 6
    POSTFIX = 7


_BINDINGS = {
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), Binding.COMPARE),
    "|": Binding.OR,
    "&": Binding.AND,
    **dict.fromkeys(("+", "-"), Binding.ADD),
    **dict.fromkeys(("*", "/", "%"), Binding.MULTIPLY),
}


@dataclass(frozen=True)
class Code:
    """An expression: `flat` is its text on one line."""

    @property
    def flat(self) -> str:
        raise NotImplementedError

    @property
    def binding(self) -> Binding:
        return Binding.POSTFIX

    def broken(self, indent: int) -> str:
        """The text over several lines, the first of which starts at some column >= indent."""
        del indent
        return self.flat

    def then(self, step: str, *arguments: Code) -> Chain:
        """The expression with a method called on it."""
        return Chain(self, (Call(step, arguments),))

    def lay(self, indent: int, start: int, trail: int = 0) -> str:
        """The text from column `start` of a line indented by `indent`, with `trail` to follow."""
        flat = self.flat
        return flat if start + len(flat) + trail <= WIDTH else self.broken(indent)


@dataclass(frozen=True)
class Atom(Code):
    """A name or constant, as it stands."""

    text: str

    @property
    def flat(self) -> str:
        return self.text


@dataclass(frozen=True)
class Items(Code):
    """A list."""

    items: tuple[Code, ...]

    @property
    def flat(self) -> str:
        return f"[{_flat(self.items)}]"

    def broken(self, indent: int) -> str:
        return f"[{_arguments(self.items, indent)}]"


@dataclass(frozen=True)
class Operation(Code):
    """`left operator right`; chains of one operator associate to the left."""

    left: Code
    operator: str
    right: Code

    @property
    def binding(self) -> Binding:
        return _BINDINGS[self.operator]

    @property
    def flat(self) -> str:
        return f"{self._left.flat} {self.operator} {self._right.flat}"

    @property
    def _left(self) -> Code:
        comparison = self.left.binding is self.binding is Binding.COMPARE
        loose = self.left.binding < self.binding or comparison
        return Bracketed(self.left) if loose or self._mixes(self.left) else self.left

    @property
    def _right(self) -> Code:
        loose = self.right.binding <= self.binding
        return Bracketed(self.right) if loose or self._mixes(self.right) else self.right

    def _mixes(self, operand: Code) -> bool:
        """`a & b | c` is legal, and nobody reads it right."""
        return self.binding is Binding.OR and operand.binding is Binding.AND

    def broken(self, indent: int) -> str:
        left, right = self._left, self._right
        start = indent + len(self.operator) + 1
        return (
            f"{left.lay(indent, indent)}\n{' ' * indent}{self.operator} {right.lay(indent, start)}"
        )


@dataclass(frozen=True)
class Inverted(Code):
    """`~operand`."""

    operand: Code

    @property
    def binding(self) -> Binding:
        return Binding.UNARY

    @property
    def flat(self) -> str:
        return f"~{self._inner.flat}"

    @property
    def _inner(self) -> Code:
        return Bracketed(self.operand) if self.operand.binding < Binding.UNARY else self.operand

    def broken(self, indent: int) -> str:
        return f"~{self._inner.broken(indent)}"


@dataclass(frozen=True)
class Bracketed(Code):
    """`(inner)`."""

    inner: Code

    @property
    def flat(self) -> str:
        return f"({self.inner.flat})"

    def broken(self, indent: int) -> str:
        return f"({_arguments((self.inner,), indent)})"


@dataclass(frozen=True)
class Call(Code):
    """`function(arguments)`."""

    function: str
    arguments: tuple[Code, ...] = ()

    @property
    def flat(self) -> str:
        return f"{self.function}({_flat(self.arguments)})"

    def broken(self, indent: int) -> str:
        return f"{self.function}({_arguments(self.arguments, indent)})"


@dataclass(frozen=True)
class Chain(Code):
    """`head.step(...).step(...)`: the usual form of a DataFrame or column expression."""

    head: Code
    steps: tuple[Call, ...] = ()

    def then(self, step: str, *arguments: Code) -> Chain:
        """The chain with one more step."""
        return Chain(self.head, (*self.steps, Call(step, arguments)))

    @property
    def flat(self) -> str:
        return "".join((self._head.flat, *(f".{step.flat}" for step in self.steps)))

    @property
    def _head(self) -> Code:
        return Bracketed(self.head) if self.head.binding < Binding.POSTFIX else self.head

    def broken(self, indent: int) -> str:
        """Break the longest part only, and keep the others on its first and last line."""
        parts = (self._head, *self.steps)
        longest = max(range(len(parts)), key=lambda i: len(parts[i].flat))
        texts = [part.broken(indent) if i == longest else part.flat for i, part in enumerate(parts)]
        return ".".join(texts)

    def stacked(self, indent: int) -> str:
        """One step a line; the first stays with a short head."""
        pad = " " * indent
        lines = [self.head.flat]
        for number, step in enumerate(self.steps):
            start = indent + 1 + (len(lines[0]) if number == 0 else 0)
            text = f".{step.lay(indent, start)}"
            if number == 0:
                lines[0] += text
            else:
                lines.append(text)
        return f"\n{pad}".join(lines)


def call(function: str, *arguments: Code) -> Call:
    """`F.function(arguments)`."""
    return Call(f"F.{function}", arguments)


def assign(name: str, code: Code) -> str:
    """The statement `name = code`."""
    flat = f"{name} = {code.flat}"
    fits = len(flat) <= WIDTH
    if not isinstance(code, Chain):
        return flat if fits else f"{name} = {code.broken(0)}"
    if len(code.steps) <= 2 and fits:
        return flat
    if len(code.steps) == 1:
        return f"{name} = {code.broken(0)}"
    return f"{name} = (\n    {code.stacked(4)}\n)"


def _flat(items: tuple[Code, ...]) -> str:
    return ", ".join(item.flat for item in items)


def _arguments(items: tuple[Code, ...], indent: int) -> str:
    """What stands between brackets, over several lines: together if they fit, else one a line."""
    inner = indent + 4
    pad = " " * inner
    together = _flat(items)
    if inner + len(together) <= WIDTH:
        return f"\n{pad}{together}\n{' ' * indent}"
    if len(items) == 1:
        return f"\n{pad}{items[0].broken(inner)}\n{' ' * indent}"
    lines = "".join(f"{pad}{item.lay(inner, inner, 1)},\n" for item in items)
    return f"\n{lines}{' ' * indent}"
