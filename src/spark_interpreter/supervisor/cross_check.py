"""The planner's answer beside the model's: a difference is shown, not hidden.

Both programs see the same data: all of it where that is little, else the first rows of each table.
What is elsewhere is fetched for it where it is little.
The planner's passes the same checks as the model's and runs in the same sandbox; nothing of it
reaches the turn's result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import InterpreterError, RunCancelled, ValidationError
from spark_interpreter.model import (
    CrossCheck,
    Draft,
    Job,
    ResultColumn,
    Staged,
    TableProfile,
    Turn,
    Verdict,
)
from spark_interpreter.platforms.base import Platform
from spark_interpreter.results import Output, read_table
from spark_interpreter.results.agreement import difference
from spark_interpreter.results.cells import shown_rows
from spark_interpreter.script import assemble, empty_tables
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.supervisor.staging import staging_folder
from spark_interpreter.validation import Validator

if TYPE_CHECKING:
    import pyarrow as pa

WHOLE_BYTES = 100 * 1024 * 1024
"""Data up to this size are read a second time as a whole."""

SAMPLE_ROWS = 20_000
_SHOWN_ROWS = 20
_SECONDS = 60


@dataclass(frozen=True)
class CrossChecker:
    """Runs a planner's draft aside and compares."""

    settings: Settings
    sources: Sources
    validator: Validator
    platform: Platform
    cancellation: Cancellation

    def check(
        self, turn: Turn, planned: Draft, profiles: Sequence[TableProfile], output: str
    ) -> CrossCheck:
        """How the turn's result compares with the planner's.

        Args:
            profiles: of every table of the turn.
            output: the folder with the turn's result.

        Raises:
            RunCancelled: the turn was cancelled.
        """
        assert turn.draft is not None
        if turn.draft.analysis.strip() == planned.analysis.strip():
            return _about(planned, "agrees", "The built-in planner writes the same script.")
        try:
            return self._compared(turn, turn.draft, planned, profiles, output)
        except RunCancelled:
            raise
        except InterpreterError as error:
            message = f"The answer was not compared with the planner's: {error.message}"
            return _about(planned, "not_compared", message)

    def _compared(
        self,
        turn: Turn,
        draft: Draft,
        planned: Draft,
        profiles: Sequence[TableProfile],
        output: str,
    ) -> CrossCheck:
        used = [p for p in profiles if p.name in {*draft.tables, *planned.tables}]
        sizes = [profile.byte_count for profile in used]
        whole = all(s is not None for s in sizes) and sum(s or 0 for s in sizes) <= WHOLE_BYTES
        if not whole and any(map(_is_elsewhere, used)):
            message = (
                "The answer was not compared with the planner's: its data are elsewhere, and too "
                "large to be fetched for that."
            )
            return _about(planned, "not_compared", message)
        with staging_folder(self.settings.cache_dir / "checked") as folder:
            if whole:
                ours = read_table(output)
                theirs = self._run(turn, planned, used, folder / "planner")
            else:
                staged = tuple(self._sample(turn, p, folder / f"table-{p.name}") for p in used)
                ours = self._run(turn, draft, used, folder / "model", staged)
                theirs = self._run(turn, planned, used, folder / "planner", staged)
            return _verdict(planned, ours, theirs, folder / "planner", whole=whole)

    def _sample(self, turn: Turn, profile: TableProfile, folder: Path) -> Staged:
        """The first rows of a table, as its reads are to find them."""
        first = Draft(
            analysis=f"result = {profile.name}.limit({SAMPLE_ROWS})",
            title="Sample", reading="", tables=(profile.name,), confidence=1, generator="sample",
        )  # fmt: skip
        self._run(turn, first, [profile], folder)
        return Staged(
            location=profile.read.columnar or profile.read.locations[0],
            paths=tuple(map(str, sorted(folder.glob("*.parquet")))),
            columns=tuple(ResultColumn(name=c.name, type=c.type) for c in profile.columns),
        )

    def _run(
        self,
        turn: Turn,
        draft: Draft,
        profiles: Sequence[TableProfile],
        folder: Path,
        staged: tuple[Staged, ...] = (),
    ) -> "pa.Table":
        used = [p for p in profiles if p.name in draft.tables]
        script = assemble(
            draft.analysis, used, title=draft.title, question=turn.question,
            assumptions=draft.assumptions, output=str(folder), app_name=turn.session_id,
        )  # fmt: skip
        verdict = self.validator.validate(script, empty_tables(script, used), profiles=used)
        _require(verdict)
        staged = staged or self._fetched(used, verdict, folder.with_name(f"{folder.name}-data"))
        limits = self.settings.limits_of("local")
        self.platform.execute(
            Job(
                run_id=f"{turn.session_id}-{turn.number}.{folder.name}",
                session_id=turn.session_id,
                turn=turn.number,
                script=script.local_text,
                read_paths=script.read_paths,
                staged=tuple(s for s in staged if any(_is_of(s, p) for p in used)),
                output=str(folder),
                folder=str(folder),
                log_dir=str(folder.with_name(f"{folder.name}-logs")),
                limits=limits.model_copy(update={"seconds": min(_SECONDS, limits.seconds)}),
                ordered=draft.ordered,
            ),
            on_progress=lambda _: None,
            cancellation=self.cancellation,
        )
        return read_table(str(folder))

    def _fetched(
        self, profiles: Sequence[TableProfile], verdict: Verdict, folder: Path
    ) -> tuple[Staged, ...]:
        """Copies of what a script needs of data that are elsewhere."""
        elsewhere = [profile for profile in profiles if _is_elsewhere(profile)]
        if not elsewhere:
            return ()
        folder.mkdir()
        return self.sources.stage(
            elsewhere,
            verdict.needs,
            folder,
            stopped=lambda: self.cancellation.cancelled,
            on_bytes=lambda _: None,
        )


def _is_elsewhere(profile: TableProfile) -> bool:
    return profile.read.remote and not profile.read.columnar


def _is_of(staged: Staged, profile: TableProfile) -> bool:
    return staged.location in {profile.read.columnar, *profile.read.locations}


def _require(verdict: Verdict) -> None:
    if not verdict.ok:
        raise ValidationError(verdict.errors[0].message)


def _verdict(
    planned: Draft, ours: "pa.Table", theirs: "pa.Table", folder: Path, *, whole: bool
) -> CrossCheck:
    output = Output(str(folder))
    differs = difference(ours, theirs)
    where = "" if whole else f", over the first {SAMPLE_ROWS:,} rows of each table"
    if differs is None:
        message = f"The built-in planner comes to the same result{where}."
    else:
        message = (
            f"The built-in planner comes to another result{where}: {differs}. "
            f"It reads the question as: {planned.reading}"
        )
    return _about(planned, "agrees" if differs is None else "differs", message).model_copy(
        update={
            "sample": None if whole else SAMPLE_ROWS,
            "columns": output.manifest.columns,
            "rows": tuple(shown_rows(output.head(_SHOWN_ROWS))),
            "row_count": output.manifest.row_count,
        }
    )


def _about(planned: Draft, outcome: str, message: str) -> CrossCheck:
    return CrossCheck.model_validate(
        {
            "outcome": outcome,
            "message": message,
            "reading": planned.reading,
            "analysis": planned.analysis,
        }
    )
