"""What rendering keeps about a DataFrame: its code and the columns it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spark_interpreter.generation.planner.rendering.code import Chain, Code
from spark_interpreter.generation.planner.rendering.literals import RESERVED_NAMES, text
from spark_interpreter.generation.planner.rendering.schema import Field, Fields, unique_name

_INLINE_STEPS = 2
_INLINE_LENGTH = 60


@dataclass(frozen=True)
class Frame:
    """A DataFrame expression and its columns."""

    code: Chain
    fields: Fields

    def then(self, step: str, *arguments: Code) -> Frame:
        return replace(self, code=self.code.then(step, *arguments))

    def at(self, code: Chain) -> Frame:
        return replace(self, code=code)

    def having(self, fields: Iterable[Field]) -> Frame:
        return replace(self, fields=tuple(fields))

    def plus(self, *fields: Field) -> Frame:
        """With these columns in the place of those of the same names, or behind the others."""
        new = {field.name.lower(): field for field in fields}
        kept = [new.pop(field.name.lower(), field) for field in self.fields]
        return self.having((*kept, *new.values()))

    def settled(self) -> Frame:
        """Without the helper columns."""
        hidden = [field.name for field in self.fields if field.hidden]
        if not hidden:
            return self
        return self.then("drop", *map(text, hidden)).having(
            field for field in self.fields if not field.hidden
        )

    def free_name(self, wanted: str) -> str:
        """A column name that is not taken here."""
        return unique_name(wanted, [field.name for field in self.fields])

    @property
    def short(self) -> bool:
        """Fits inside another expression without harm."""
        return len(self.code.steps) <= _INLINE_STEPS and len(self.code.flat) <= _INLINE_LENGTH

    @property
    def aggregates(self) -> bool:
        """The code groups rows in one of its steps."""
        return any(step.function in {"agg", "count", "pivot"} for step in self.code.steps)


class VariableNames:
    """Hands out variable names that shadow nothing."""

    def __init__(self, taken: Sequence[str]) -> None:
        self._taken = {*RESERVED_NAMES, *taken}

    def new(self, wanted: str) -> str:
        """The wanted name made an identifier, with a number if it is taken."""
        base = identifier(wanted)
        name, number = base, 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name


def identifier(words: str) -> str:
    """A lower-case Python identifier of the words."""
    name = "".join(char if char.isalnum() else "_" for char in words.lower()).strip("_")
    name = "_".join(part for part in name.split("_") if part)
    return name if name.isidentifier() else f"part_{name}" if name.isascii() and name else "part"
