"""An answer as a person reads it on a terminal."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spark_interpreter.cli.tables import result_table
from spark_interpreter.cli.terminal import LABEL_WIDTH
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from rich.console import Console

    from spark_interpreter.model import AnswerDocument, CrossCheck, Finding

_MAX_ISSUES = 6
_MAX_OTHER_ROWS = 5
_SHOWN_FINDINGS = {"error", "warning"}


def show_answer(
    console: "Console",
    document: "AnswerDocument",
    *,
    rows: int,
    explain: bool = False,
    files: Sequence[tuple[str, Path]] = (),
    seconds: float | None = None,
    numbered: bool = False,
) -> None:
    """Print the reading, the table, the summary and everything the reader should know.

    Args:
        rows: how many rows to print at most.
        explain: also print how the answer is computed, all findings, the script and stage times.
        files: labels and paths of what was written.
        seconds: how long it took.
        numbered: count the suggestions, so that one can be chosen.
    """
    if document.reading:
        console.print(Text(clean(document.reading), style="bold"))
        console.print()
    _show_table(console, document, rows)
    if document.summary:
        console.print()
        console.print(Text(clean(document.summary)))
    notes = list(_notes(document, explain=explain))
    notes += [(label, [_home(path)]) for label, path in files]
    if document.suggestions:
        notes.append(("Next", _suggestions(document, numbered=numbered)))
    _show_notes(console, notes)
    if explain:
        show_script(console, document.script)
    _show_time(console, document, seconds, explain=explain)


def show_refusal(console: "Console", document: "AnswerDocument", *, numbered: bool = False) -> None:
    """Print why there is no answer, and what to ask instead."""
    console.print(Text(clean(document.message or "More is needed to answer that."), style="yellow"))
    notes: list[tuple[str, list[str]]] = []
    if document.not_understood:
        words = ", ".join(f"“{clean(word)}”" for word in document.not_understood)
        notes.append(("Unknown", [words]))
    if document.reading:
        notes.append(("Closest", [clean(document.reading)]))
    if document.suggestions:
        notes.append(("Try", _suggestions(document, numbered=numbered)))
    _show_notes(console, notes)


def _suggestions(document: "AnswerDocument", *, numbered: bool) -> list[str]:
    texts = [clean(text) for text in document.suggestions]
    return [f"{n}  {text}" for n, text in enumerate(texts, 1)] if numbered else texts


def show_findings(console: "Console", findings: "Iterable[Finding]") -> None:
    """Print what validation found, one finding a line, with its fix below."""
    styles = {"error": "red", "warning": "yellow", "advice": "dim"}
    for finding in findings:
        where = f"line {finding.line}: " if finding.line else ""
        line = Text.assemble(
            (f"{finding.severity:<8} ", styles[finding.severity]),
            f"{where}{clean(finding.message)}",
            (f"  [{finding.rule}]", "dim"),
        )
        console.print(line)
        if remedy := finding.remedy:
            console.print(Padding(Text(clean(remedy), style="green"), (0, 0, 0, 9), expand=False))


def show_script(console: "Console", script: str) -> None:
    """Print a script, coloured on a terminal and as it is in a pipe."""
    if not console.is_terminal:
        console.file.write(script)
        return
    from rich.syntax import Syntax

    console.print()
    console.print(
        Syntax(clean(script, keep="\n\t"), "python", theme="ansi_dark", background_color="default")
    )


def _show_table(console: "Console", document: "AnswerDocument", rows: int) -> None:
    if document.row_count is None:
        return
    shown = document.rows[:rows]
    if shown and document.columns:
        fitted = result_table(document.columns, shown, console, row_count=document.row_count)
        console.print(fitted.body)
        _show_left_out(console, fitted.left_out)
    if len(shown) < document.row_count:
        console.print(Text(f"Showing {len(shown):,} of {document.row_count:,} rows.", style="dim"))


def _show_left_out(console: "Console", names: Sequence[str]) -> None:
    if not names:
        return
    count = f"{len(names)} more columns" if len(names) > 1 else "1 more column"
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    console.print(Text(f"{count} did not fit: {listed}", style="dim"))


def _notes(document: "AnswerDocument", *, explain: bool) -> Iterable[tuple[str, list[str]]]:
    if explain and document.explanation:
        yield "How", [clean(document.explanation)]
    if document.assumptions:
        yield "Assumes", [clean(text) for text in document.assumptions]
    if document.data_issues:
        yield "Data", _issues(document)
    if document.cross_check is not None:
        yield from _other_answer(document.cross_check, explain=explain)
    if document.attempts:
        tried = enumerate(document.attempts, 1)
        yield "Tried", [clean(f"{n}  {attempt.error.message}") for n, attempt in tried]
    if explain and document.generator:
        yield "Written", [clean(f"by {document.generator}")]
    if explain and document.spark_settings:
        yield "Spark", [f"{name} {value}" for name, value in document.spark_settings.items()]
    shown = [
        finding
        for finding in document.findings
        if explain or finding.severity in _SHOWN_FINDINGS or finding.saved_bytes
    ]
    if shown:
        yield "Note", [clean(finding.sentence) for finding in shown]


def _other_answer(check: "CrossCheck", *, explain: bool) -> Iterable[tuple[str, list[str]]]:
    """The planner's result where it is another; that it is the same only when asked for."""
    if check.outcome == "differs":
        names = [column.name for column in check.columns]
        rows = [
            ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True))
            for row in check.rows[:_MAX_OTHER_ROWS]
        ]
        more = (check.row_count or 0) - len(rows)
        yield "Planner", [clean(row) for row in rows] + ([f"and {more:,} more"] if more > 0 else [])
    elif explain:
        yield "Check", [clean(check.message)]


def _issues(document: "AnswerDocument") -> list[str]:
    texts = [clean(issue.sentence) for issue in document.data_issues]
    more = len(texts) - _MAX_ISSUES
    return texts if more <= 0 else [*texts[:_MAX_ISSUES], f"and {more} more; --output json has all"]


def _show_notes(console: "Console", notes: Sequence[tuple[str, list[str]]]) -> None:
    if not notes:
        return
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="cyan", no_wrap=True, min_width=LABEL_WIDTH - 1)
    table.add_column(overflow="fold")
    for label, lines in notes:
        for number, line in enumerate(lines):
            table.add_row(Text("" if number else label), Text(line))
    console.print()
    console.print(table)


def _came_from(document: "AnswerDocument") -> str:
    if document.reused:
        return "as answered before (--fresh computes it again)"
    return "verified" if document.verified else ""


def _price(document: "AnswerDocument") -> str:
    """What is to be paid for the answer; empty where that is nothing."""
    if document.cost is None:
        return "cost not known"
    digits = 2 if document.cost >= 1 else 6
    about = "about " if document.cost_about else ""
    return f"{about}${document.cost:,.{digits}f}" if document.cost else ""


def _show_time(
    console: "Console", document: "AnswerDocument", seconds: float | None, *, explain: bool
) -> None:
    if seconds is None:
        return
    where = f" on {document.platform}" if document.platform else ""
    parts = (f"{seconds:.2f} s{where}", _price(document), _came_from(document))
    text = ", ".join(filter(None, parts))
    if explain and document.timings:
        stages = ", ".join(f"{name} {spent:.2f}" for name, spent in document.timings.items())
        text += f" ({stages})"
    console.print()
    console.print(Text(f"{text} · session {clean(document.session_id)}", style="dim"))


def _home(path: Path) -> str:
    """The path, shorter when it is below the home folder."""
    try:
        return clean(f"~/{path.absolute().relative_to(Path.home())}")
    except (ValueError, RuntimeError):
        return clean(str(path))
