"""From a question to an answer: profile, generate, validate, place, run, present."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spark_interpreter.aws import counting_s3
from spark_interpreter.cancellation import Cancellation, cancelled_by
from spark_interpreter.errors import (
    DataMismatch,
    InterpreterError,
    ResultError,
    RunInterrupted,
    ScriptFailed,
    ValidationError,
)
from spark_interpreter.generation.base import GenerationRequest, Generator, PastTurn
from spark_interpreter.generation.memory import ExampleFolder
from spark_interpreter.model import (
    Draft,
    FailedRun,
    FileSource,
    Generation,
    JdbcRead,
    Job,
    Placement,
    PlatformName,
    Run,
    Script,
    Source,
    Staged,
    TableProfile,
    Turn,
    TurnState,
    Verdict,
)
from spark_interpreter.model.patterns import unescaped
from spark_interpreter.platforms.base import Platform, RunProgress
from spark_interpreter.platforms.cost import cost_of, cost_of_requests
from spark_interpreter.platforms.data_sizes import joins_up_to
from spark_interpreter.platforms.manifest import MANIFEST_NAME
from spark_interpreter.platforms.selection import Demand
from spark_interpreter.results import preload, present
from spark_interpreter.script import (
    assemble,
    empty_tables,
    from_text,
    literal_reads,
    writing_to,
)
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources, asking_for, merged_issues
from spark_interpreter.storage import Storage
from spark_interpreter.stores import FolderArtifactStore
from spark_interpreter.supervisor.cross_check import CrossChecker
from spark_interpreter.supervisor.placing import Placing, demand_of
from spark_interpreter.supervisor.reach import file_uris, require_reach
from spark_interpreter.supervisor.recorder import TurnRecorder
from spark_interpreter.supervisor.reuse import REUSED, Answers
from spark_interpreter.supervisor.settling import BilledLater, settle
from spark_interpreter.supervisor.staging import staging_folder
from spark_interpreter.supervisor.writing import Writer
from spark_interpreter.validation import Place, Validator

_S3 = ("s3://", "s3a://")
_HERE: tuple[PlatformName, ...] = ("local", "connect")
"""Platforms whose runs leave their result in a folder of this machine by themselves."""
MAX_ATTEMPTS = 25
"""How often a question is run when cells turn out not to fit their columns' types."""


@dataclass(frozen=True)
class Parts:
    """The capabilities a turn is carried by.

    Attributes:
        generator: writes the scripts.
        planner: the second opinion on what a model wrote; None where there is no model.
    """

    settings: Settings
    sources: Sources
    generator: Generator
    planner: Generator | None
    examples: ExampleFolder
    validator: Validator
    platforms: Mapping[PlatformName, Platform]
    artifacts: FolderArtifactStore
    storage: Storage

    def close(self) -> None:
        """End what runs on any platform."""
        for platform in self.platforms.values():
            platform.close()


class Workflow:
    """Carries one turn to its end. Whatever happens, the turn ends in a final state."""

    def __init__(
        self,
        parts: Parts,
        recorder: TurnRecorder,
        cancellation: Cancellation,
        answers: Answers,
    ) -> None:
        self._parts = parts
        self._recorder = recorder
        self._wishes = recorder.turn.wishes
        self._cancellation = cancellation
        self._answers = answers
        self._runs = 0
        self._unsettled: list[tuple[FailedRun, BilledLater]] = []

    @property
    def _turn(self) -> Turn:
        return self._recorder.turn

    def carry(self, history: Sequence[PastTurn]) -> Turn:
        """Answer the turn's question, or run the script it came with.

        Args:
            history: the turns before it, oldest first.
        """
        turn = self._turn
        with (
            cancelled_by(self._cancellation),
            asking_for(turn.session_id, turn.number),
            counting_s3() as requests,
        ):
            self._recorder.s3_cost = lambda: cost_of_requests(requests.billed, self._parts.settings)
            turn = self._carried(history)
        for failed, billed_later in self._unsettled:
            settle(failed, billed_later, self._parts.settings, self._recorder.settle)
        return turn

    def _carried(self, history: Sequence[PastTurn]) -> Turn:
        try:
            self._answer_or_execute(history)
        except InterpreterError as error:
            if self._cancellation.cancelled:  # whatever the work says of having been stopped
                self._stop()
            else:
                refused = isinstance(error, ValidationError)
                self._recorder.fail(error, state="refused" if refused else "failed")
        return self._turn

    def _answer_or_execute(self, history: Sequence[PastTurn]) -> None:
        if self._wishes.script is None:
            self._answer(history)
        else:
            self._execute(self._wishes.script)

    def _stop(self) -> None:
        if self._cancellation.interrupted:
            self._recorder.fail(
                RunInterrupted("Interrupted: the service was stopped.", remedy="Ask again.")
            )
        else:
            self._recorder.enter("cancelled", "Cancelled before it was finished.")

    def _execute(self, text: str) -> None:
        profiles = self._profile((*self._turn.sources, *_files_read(text)))
        settings = self._parts.settings
        script = from_text(
            text,
            profiles,
            output=self._output(),
            jars_uri=settings.jars_uri,
            warehouse_uri=settings.warehouse_uri,
        )
        self._carry_out(script, profiles)
        self._complete()

    def _answer(self, history: Sequence[PastTurn]) -> None:
        profiles = self._profile(self._turn.sources)
        request = self._request(profiles, history)
        key = self._answers.key(self._turn, request)
        if (before := self._answers.find(key)) is not None:
            self._reuse(before, profiles)
        else:
            self._compute(request)
            self._answers.remember(key, self._turn)

    def _reuse(self, before: Turn, profiles: Sequence[TableProfile]) -> None:
        """Take the answer of an earlier turn, which was asked the same of the same data."""
        assert before.draft is not None
        assert before.result is not None
        script = self._assemble(
            before.draft, [p for p in profiles if p.name in before.draft.tables]
        )
        require_reach(_read_by(script, profiles), self._wishes.read_roots)
        self._answers.copy_output(before, self._turn)
        self._save(script)
        self._recorder.note(
            "result",
            f"The same was asked of the same data on {before.created:%Y-%m-%d at %H:%M} UTC",
            **{name: getattr(before, name) for name in REUSED},
            script=script,
            reused=f"{before.session_id}/{before.number}",
        )
        self._complete()

    def _compute(self, request: GenerationRequest) -> None:
        parts = self._parts
        writer = Writer(parts.generator, parts.planner, parts.settings.model, self._recorder)
        draft = writer.write(request)
        attempts = 1
        while draft is not None:
            used = [p for p in request.profiles if p.name in draft.tables]
            try:
                self._carry_out(self._assemble(draft, used), used, draft)
            except DataMismatch as mismatch:
                again = attempts < MAX_ATTEMPTS
                widened = self._widened(request.profiles, mismatch) if again else None
                attempts += 1
                if widened is None:
                    draft = writer.mend(mismatch, request)
                else:
                    request = request.model_copy(update={"profiles": widened})
                    draft = writer.rewrite(request)
            except (ScriptFailed, ValidationError) as error:
                draft = writer.mend(error, request)
            else:
                self._cross_check(draft, writer.planned, request.profiles)
                self._complete()
                return

    def _cross_check(
        self, draft: Draft, planned: Generation | None, profiles: Sequence[TableProfile]
    ) -> None:
        """Compare what a model's script found with what the planner's finds."""
        settings, platform = self._parts.settings, self._parts.platforms.get("local")
        wanted = settings.model.cross_check == "auto" and self._turn.result is not None
        by_model = draft.generator == self._parts.generator.name and not draft.verified
        if not (wanted and by_model and isinstance(planned, Draft) and platform):
            return
        self._recorder.progress("Comparing with the planner's answer", {})
        checker = CrossChecker(
            settings, self._parts.sources, self._parts.validator, platform, self._cancellation
        )
        found = checker.check(self._turn, planned, profiles, self._output())
        self._recorder.note("cross_check", found.message, cross_check=found)

    def _complete(self) -> None:
        result = self._turn.result
        if result is None:
            self._recorder.enter("completed", "Checked; not run, as asked.")
        else:
            self._recorder.enter("completed", f"{result.manifest.row_count:,} rows")

    def _widened(
        self, profiles: tuple[TableProfile, ...], mismatch: DataMismatch
    ) -> tuple[TableProfile, ...] | None:
        """The profiles with the misfit type widened; None if the cell is not a source's."""
        widened = self._parts.sources.widen(profiles, mismatch)
        if widened is None:
            return None
        self._recorder.note(
            "progress",
            f"{mismatch.message} Reading it again.",
            data_issues=tuple(issue for p in widened for issue in p.issues),
        )
        return widened

    def _carry_out(
        self, script: Script, profiles: Sequence[TableProfile], draft: Draft | None = None
    ) -> None:
        require_reach(_read_by(script, profiles), self._wishes.read_roots)
        verdict = self._validate(script, profiles)
        if not verdict.ok:
            first = verdict.errors[0]
            raise ValidationError(first.message, remedy=first.suggestion)
        if not self._wishes.dry_run:
            run = self._run(script, profiles, verdict, draft)
            self._present(run, draft)

    def _profile(self, sources: Sequence[Source]) -> tuple[TableProfile, ...]:
        self._enter("profiling", "Looking at the data")
        require_reach(file_uris(sources), self._wishes.read_roots)
        profiles = self._parts.sources.profile(list(dict.fromkeys(sources)))
        self._recorder.note(
            "progress",
            f"Looked at {', '.join(p.label for p in profiles)}" if profiles else "No data named",
            data_issues=tuple(issue for p in profiles for issue in p.issues),
        )
        return profiles

    def _request(
        self, profiles: tuple[TableProfile, ...], history: Sequence[PastTurn]
    ) -> GenerationRequest:
        return GenerationRequest(
            question=self._turn.question,
            profiles=profiles,
            history=tuple(history),
            today=datetime.now(UTC).date(),
            glossary=self._parts.sources.glossary(),
            find_values=self._parts.sources.find_values,
            find_keys=self._parts.sources.find_keys,
        )

    def _assemble(self, draft: Draft, profiles: Sequence[TableProfile]) -> Script:
        return assemble(
            draft.analysis,
            profiles,
            title=draft.title,
            question=self._turn.question,
            assumptions=draft.assumptions,
            output=self._output(),
            app_name=self._turn.session_id,
            jars_uri=self._parts.settings.jars_uri,
            warehouse_uri=self._parts.settings.warehouse_uri,
        )

    def _validate(self, script: Script, profiles: Sequence[TableProfile]) -> Verdict:
        self._enter("validating", "Checking the script", script=script)
        if not self._wishes.dry_run:
            threading.Thread(target=preload, daemon=True).start()
        self._save(script)
        verdict = self._parts.validator.validate(
            script,
            empty_tables(script, profiles),
            policy=self._wishes.policy,
            profiles=profiles,
            placed_later=not self._wishes.dry_run,
        )
        self._recorder.note("verdict", _verdict_message(verdict), verdict=verdict)
        return verdict

    def _run(
        self,
        script: Script,
        profiles: Sequence[TableProfile],
        verdict: Verdict,
        draft: Draft | None,
    ) -> Run:
        self._enter("placing", "Choosing a platform")
        parts = self._parts
        extents = parts.sources.extents(profiles, verdict.needs)
        logins = script.connections.values()
        known = parts.sources.secrets(logins)
        here = tuple(name for name in dict.fromkeys(logins) if name not in known)
        demand = demand_of(parts.platforms, profiles, extents, verdict, secrets_here=here)
        placing = Placing(parts.platforms, parts.settings, self._wishes.platform, demand)
        return placing.carry(
            lambda placement: self._run_on(placement, script, demand, verdict, draft),
            tell=lambda message: self._recorder.note("progress", message),
        )

    def _run_on(
        self,
        placement: Placement,
        script: Script,
        demand: Demand,
        verdict: Verdict,
        draft: Draft | None,
    ) -> Run:
        self._recorder.note("placement", placement.reasons[0], placement=placement)
        platform = placement.platform
        self._advise(script, demand, verdict, platform)
        script = self._with_output_for(script, platform)
        job = self._job(script, platform, ordered=draft is None or draft.ordered)
        job = job.model_copy(
            update={
                "profiles": tuple(demand.profiles),
                "extents": tuple(demand.extents),
                "needs": verdict.needs,
            }
        )
        started = time.perf_counter()
        with self._staged(_to_stage(platform, demand.profiles), verdict) as staged:
            fetched = time.perf_counter() - started
            self._enter("running", f"Running on {platform}")
            run = self._executed(job.model_copy(update={"staged": staged}), platform)
        if platform in _HERE and job.output != job.folder:
            self._parts.storage.put_folder(Path(job.folder), job.output, last=MANIFEST_NAME)
        if staged:
            run = run.model_copy(update={"timings": {"stage": fetched} | run.timings})
        cost = cost_of(platform, run.resources.billed, self._parts.settings)
        run = run.model_copy(update={"cost": cost})
        self._recorder.note("run", f"Finished on {run.engine}", run=run)
        return run

    def _advise(
        self, script: Script, demand: Demand, verdict: Verdict, platform: PlatformName
    ) -> None:
        """Say what would make the script faster there, and nothing that would elsewhere."""
        joins = joins_up_to(platform, demand.profiles, demand.extents)
        place = Place(platform, demand.extents, joins)
        verdict = self._parts.validator.advise_on_place(verdict, script, demand.profiles, place)
        if verdict != self._turn.verdict:
            message = f"Looked at what matters on {platform}"
            self._recorder.note("verdict", message, verdict=verdict)

    def _executed(self, job: Job, platform: PlatformName) -> Run:
        try:
            return self._parts.platforms[platform].execute(
                job, on_progress=self._on_progress, cancellation=self._cancellation
            )
        except InterpreterError as error:
            if error.billed is not None:
                self._note_failed(job, platform, error, error.billed)
            raise

    def _note_failed(
        self, job: Job, platform: PlatformName, error: InterpreterError, billed: dict[str, float]
    ) -> None:
        """Keep what a run without a result costs."""
        cost = cost_of(platform, billed, self._parts.settings)
        failed = FailedRun(
            run_id=job.run_id, platform=platform, error=error.code, billed=billed, cost=cost,
            about=error.billed_about,
        )  # fmt: skip
        if error.billed_later is not None:
            self._unsettled.append((failed, error.billed_later))
        about = "about " if failed.about else ""
        price = "is not known" if cost is None else f"is {about}${cost:,.6f}"
        self._recorder.note(
            "progress",
            f"What the run on {platform} cost that has failed {price}",
            failed_runs=(*self._turn.failed_runs, failed),
        )

    def _with_output_for(self, script: Script, platform: PlatformName) -> Script:
        """The script writing its result to S3, where the platform or the asker wants it there."""
        where = (self._turn.session_id, self._turn.number)
        if self._wishes.output is not None:
            output = "/".join((self._wishes.output.rstrip("/"), *map(str, where)))
        elif platform in _HERE:
            output = script.output
        else:
            output = self._parts.storage.output_uri(*where)
        if output != script.output:
            script = writing_to(script, output)
        if script != self._turn.script:
            self._save(script)
            self._recorder.note("progress", f"The result goes to {output}", script=script)
        return script

    def _job(self, script: Script, platform: PlatformName, *, ordered: bool) -> Job:
        turn, artifacts = self._turn, self._parts.artifacts
        artifacts.clear_output(turn.session_id, turn.number)
        if script.output.startswith(_S3):
            self._parts.storage.clear(script.output)
        self._runs += 1
        name = f"{turn.session_id}-{turn.number}"
        return Job(
            run_id=name if self._runs == 1 else f"{name}.{self._runs}",
            session_id=turn.session_id,
            turn=turn.number,
            script=script.local_text if platform == "local" else script.text,
            read_paths=script.read_paths,
            settings=script.session,
            connections=script.connections,
            secrets=self._parts.sources.secrets(script.connections.values()),
            output=script.output,
            folder=self._output(),
            log_dir=str(artifacts.log_dir(platform, name)),
            limits=self._parts.settings.limits_of(platform),
            ordered=ordered,
        )

    @contextmanager
    def _staged(
        self, profiles: Sequence[TableProfile], verdict: Verdict
    ) -> Iterator[tuple[Staged, ...]]:
        """Copies of what the script needs of data that are elsewhere, as long as it runs."""
        if not profiles:
            yield ()
            return
        self._enter("running", "Fetching the data")
        started = time.perf_counter()
        with staging_folder(self._parts.settings.cache_dir / "staged") as folder:
            staged = self._parts.sources.stage(
                profiles,
                verdict.needs,
                folder,
                stopped=lambda: self._cancellation.cancelled,
                on_bytes=lambda size: self._recorder.progress(
                    f"Fetching the data: {size / 1e6:,.1f} MB",
                    {"bytes": size, "seconds": time.perf_counter() - started},
                ),
            )
            self._tell_of(staged, profiles)
            yield staged

    def _tell_of(self, staged: Sequence[Staged], profiles: Sequence[TableProfile]) -> None:
        """Note how it was fetched, and the cells that could not be read."""
        notes = [copy.note for copy in staged if copy.note]
        if not notes and not any(copy.issues for copy in staged):
            return
        sampled = {issue for p in profiles for issue in p.issues}
        issues = [issue for issue in self._turn.data_issues if issue not in sampled]
        for profile in profiles:
            counted = [i for s in staged if s.location in profile.read.locations for i in s.issues]
            issues += merged_issues(profile.issues, counted)
        message = "; ".join(notes) or "Fetched the data"
        self._recorder.note("progress", message, data_issues=tuple(issues))

    def _present(self, run: Run, draft: Draft | None) -> None:
        result = present(
            self._output(),
            preview_rows=self._parts.settings.preview_rows,
            hint=draft.chart if draft else None,
            title=draft.title if draft else "",
        )
        if result.manifest.run_id != run.run_id:
            raise ResultError("The output belongs to another run.")
        self._recorder.note("result", result.summary, result=result)

    def _save(self, script: Script) -> None:
        uri = self._parts.artifacts.script_uri(self._turn.session_id, self._turn.number)
        self._parts.artifacts.write_text(uri, script.text)

    def _output(self) -> str:
        return self._parts.artifacts.output_uri(self._turn.session_id, self._turn.number)

    def _enter(self, state: TurnState, message: str, **changes: object) -> None:
        self._cancellation.check()
        self._recorder.enter(state, message, **changes)

    def _on_progress(self, progress: RunProgress) -> None:
        self._recorder.progress(progress.stage, progress.model_dump(mode="json", exclude={"stage"}))


def _to_stage(platform: PlatformName, profiles: Sequence[TableProfile]) -> list[TableProfile]:
    """What is copied for a run: a cluster reads all that needs no password by itself."""
    if platform == "connect":
        return [p for p in profiles if isinstance(p.read, JdbcRead)]
    return [p for p in profiles if platform == "local" and p.read.remote and not p.read.columnar]


def _files_read(text: str) -> Iterator[FileSource]:
    """Files that a person's script reads: those elsewhere, and local ones of unknown columns."""
    for read in literal_reads(text):
        elsewhere = read.location.startswith(_S3)
        if elsewhere or (not read.columns and Path(unescaped(read.location)).exists()):
            yield FileSource(uri=read.location)


def _verdict_message(verdict: Verdict) -> str:
    if verdict.ok:
        return "The script passed all checks"
    return f"The script was refused: {verdict.errors[0].message}"


def _read_by(script: Script, profiles: Sequence[TableProfile]) -> tuple[str, ...]:
    """What the script reads beyond the copies we made of its sources."""
    ours = {p.read.columnar for p in profiles}
    return tuple(path for path in script.read_paths if path not in ours)
