"""Collecting findings, and finding the name that was probably meant."""

from collections.abc import Iterable
from typing import Any

from spark_interpreter.model import Finding
from spark_interpreter.model.verdict import Severity

MAX_FINDINGS = 100
"""Most findings kept of one severity."""

_SHORT = 2
"""Names this short are part of nearly every other name."""


class Findings:
    """The findings of one script, in the order they were made, each once."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    def error(self, rule: str, message: str, line: int | None, suggestion: str = "") -> None:
        self._add("error", rule, message, line=line, suggestion=suggestion)

    def warning(self, rule: str, message: str, line: int | None, suggestion: str = "") -> None:
        self._add("warning", rule, message, line=line, suggestion=suggestion)

    def advice(
        self,
        rule: str,
        message: str,
        line: int | None,
        suggestion: str = "",
        *,
        saved_bytes: int | None = None,
    ) -> None:
        self._add(
            "advice", rule, message, line=line, suggestion=suggestion, saved_bytes=saved_bytes
        )

    @property
    def refused(self) -> bool:
        """Whether there is an error among them."""
        return any(finding.severity == "error" for finding in self.all)

    @property
    def full(self) -> bool:
        """Whether another error would not be kept."""
        return sum(1 for finding in self.all if finding.severity == "error") >= MAX_FINDINGS

    def _add(self, severity: Severity, rule: str, message: str, **more: Any) -> None:
        finding = Finding(rule=rule, severity=severity, message=message, **more)
        alike = sum(1 for other in self.all if other.severity == severity)
        if finding not in self.all and alike < MAX_FINDINGS:
            self.all.append(finding)


def nearest(name: str, known: Iterable[str], *, limit: int = 1) -> list[str]:
    """The known names most like `name`, best first; none if nothing is alike."""
    from rapidfuzz import fuzz, process

    matches = process.extract(
        name, sorted(set(known)), processor=str.casefold, limit=limit, score_cutoff=70,
        scorer=fuzz.WRatio if len(name) > _SHORT else fuzz.ratio,
    )  # fmt: skip
    return [match[0] for match in matches]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A suggestion, empty if no known name is alike."""
    best = nearest(name, known)
    return f"Did you mean {best[0]}?" if best else ""
