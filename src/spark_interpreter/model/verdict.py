"""What validation found."""

from typing import Literal

from spark_interpreter.model.base import Model
from spark_interpreter.model.staging import Need
from spark_interpreter.model.types import ResultColumn

Severity = Literal["error", "warning", "advice"]


class Finding(Model):
    """One observation about a script.

    Attributes:
        rule: stable name ("import-not-allowed", "unknown-column", "cartesian-join").
        severity: an "error" refuses the script; the others never block.
        line: 1-based line of the portable script; None if it concerns the whole.
        suggestion: the fix, ready to apply when possible.
        saved_bytes: of advice, what a run would read less of its sources; None where nobody can
            say.
    """

    rule: str
    severity: Severity
    message: str
    line: int | None = None
    suggestion: str = ""
    saved_bytes: int | None = None

    @property
    def remedy(self) -> str:
        """The fix and what it saves."""
        megabytes = (self.saved_bytes or 0) / 1e6
        saves = f"Saves reading about {megabytes:,.0f} MB." if self.saved_bytes else ""
        return f"{self.suggestion} {saves}".strip()

    @property
    def sentence(self) -> str:
        """What it says, with the fix and what that saves."""
        return f"{self.message} {self.remedy}".strip()


class Verdict(Model):
    """All findings, and what the engine resolved without data.

    Attributes:
        columns: of the result.
        needs: what the script takes from its sources.
    """

    findings: tuple[Finding, ...] = ()
    columns: tuple[ResultColumn, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def ok(self) -> bool:
        """No finding is an error."""
        return all(f.severity != "error" for f in self.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "error")
