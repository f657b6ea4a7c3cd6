"""The product as a Python object: ask, run, look back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import cached_property
from os import PathLike
from types import TracebackType
from typing import Any, Self

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import UsageError
from spark_interpreter.model import (
    CatalogEntry,
    Costs,
    Event,
    Example,
    FileSource,
    GlueTable,
    Known,
    PlatformName,
    Platforms,
    PostgresTable,
    Session,
    SnowflakeTable,
    Source,
    TableProfile,
    Turn,
    Wishes,
)
from spark_interpreter.model.report import Report, ReportStep
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.overview import overview
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.stores import FolderArtifactStore, SqliteSessionStore
from spark_interpreter.supervisor.answer import Answer
from spark_interpreter.supervisor.cache_builder import build_behind
from spark_interpreter.supervisor.carry import (
    carry,
    checked_question,
    examples_of,
    kept_for,
    last_sources,
    make_parts,
    place_named,
    place_of_all,
    source_named,
)
from spark_interpreter.supervisor.desk import OwnersDesk
from spark_interpreter.supervisor.doctor import Check, examine
from spark_interpreter.supervisor.recorder import OnEvent
from spark_interpreter.supervisor.tools import Tools
from spark_interpreter.supervisor.vouching import vouched
from spark_interpreter.supervisor.workflow import Parts

SourceLike = str | PathLike[str] | Source


class Interpreter:
    """Answers questions of data.

    Args:
        settings: where things are kept and what runs may use; read from the environment if None.
        owner: whose sessions these are.

    Nothing is started until the first question. Use it as a context manager, or call `close`.

    >>> with Interpreter() as spark:
    ...     answer = spark.ask("revenue by month", sources=["orders.csv"])
    ...     answer.to_pandas()
    """

    def __init__(self, settings: Settings | None = None, *, owner: str = "local") -> None:
        self.settings = settings or Settings()
        self.owner = owner

    # --- asking ---------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        sources: Sequence[SourceLike] = (),
        *,
        session_id: str | None = None,
        platform: PlatformName | None = None,
        dry_run: bool = False,
        fresh: bool = False,
        output: str | None = None,
        on_event: OnEvent | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Answer a question of the sources.

        Args:
            sources: files, folders, globs or typed sources; those of the session's last turn if
                there are none.
            session_id: a session to go on with, so that the question may refine the one before.
            platform: where to run; None leaves the choice to us.
            dry_run: write and check the script, but do not run it.
            fresh: compute the answer although the same was asked of the same files before.
            output: `s3://` prefix below which the result is written as well, in a folder of the
                session and turn.
            on_event: called with every event, in order, on the calling thread.
            cancellation: lets another thread stop the turn.

        Returns:
            The answer; whatever went wrong with the turn is in its document.

        Raises:
            UsageError: the question is empty or too long.
            NotFound: no such session.
            StoreError: sessions cannot be written.
        """
        question = checked_question(question)
        self._platform.warm()
        session, past = self._session(session_id, title=question)
        turn = self._store.add_turn(
            self.owner,
            session.id,
            question,
            self._meant(sources) or last_sources(past),
            wishes=Wishes(platform=platform, dry_run=dry_run, fresh=fresh, output=output),
        )
        return self._carry(turn, past, on_event, cancellation)

    def run(
        self,
        script: str,
        sources: Sequence[SourceLike] = (),
        *,
        session_id: str | None = None,
        platform: PlatformName | None = None,
        policy: bool = True,
        dry_run: bool = False,
        output: str | None = None,
        on_event: OnEvent | None = None,
        cancellation: Cancellation | None = None,
    ) -> Answer:
        """Validate a script and run it like one of ours.

        Args:
            script: the program's text. It reads local files by literal paths and leaves or
                writes a DataFrame called `result`.
            sources: data the script may read besides the files it names; if there are none, the
                tables it names of those the session was last asked of.
            policy: False skips the policy on the syntax tree; the sandbox stays on.

        The other arguments, the return value and the errors are those of `ask`.
        """
        self._platform.warm()
        session, past = self._session(session_id, title="Script")
        turn = self._store.add_turn(
            self.owner,
            session.id,
            "",
            self._meant(sources) or kept_for(script, past),
            wishes=Wishes(
                platform=platform, policy=policy, dry_run=dry_run, script=script, output=output
            ),
        )
        return self._carry(turn, (), on_event, cancellation)

    def investigate(
        self,
        question: str,
        sources: Sequence[SourceLike],
        *,
        on_step: Callable[[ReportStep], None] | None = None,
        cancellation: Cancellation | None = None,
    ) -> Report:
        """Find out why: a language model asks several questions of the data and writes a report.

        Args:
            on_step: called with every question that was answered.
            cancellation: lets another thread stop it.

        Raises:
            SettingsError: no language model is configured.
            SourceError: a source is missing, unreadable or empty.
            GenerationError: the model did not answer.
        """
        from spark_interpreter.supervisor.investigation import Investigation

        named = self._meant(sources)
        desk = _Desk(self, cancellation)
        return Investigation(
            desk, named, self.profile(named), on_step=on_step, cancellation=cancellation
        ).run(checked_question(question))

    def start(self, question: str, sources: Sequence[SourceLike] = (), **options: Any) -> "Asking":
        """Answer a question in the background; the options are those of `ask`.

        >>> asking = spark.start("revenue by month", ["orders.csv"])
        >>> async for event in asking:
        ...     print(event.message)
        >>> answer = await asking
        """
        return Asking(self, self._pool, question, sources, options)

    @property
    def tools(self) -> Tools:
        """The steps of the workflow, to be called one by one.

        >>> spark.tools.validate_spark_code(ScriptRequest(spark_code=text)).ok
        """
        return Tools(_Desk(self))

    def profile(self, sources: Sequence[SourceLike]) -> tuple[TableProfile, ...]:
        """What is known of the sources.

        Raises:
            SourceError: one is missing, unreadable or empty.
        """
        return self._sources.profile(self._meant(sources))

    def _meant(self, sources: Sequence[SourceLike]) -> tuple[Source, ...]:
        """The sources of words, paths and sources; "SCHEMA.*" means each table of the schema."""
        if isinstance(sources, str | PathLike):
            sources = [sources]
        return tuple(one for source in sources for one in self._each(source))

    def _each(self, source: SourceLike) -> tuple[Source, ...]:
        place = place_of_all(source) if isinstance(source, str) else None
        if place is None:
            return (_source(source),)
        return self._sources.tables_in(place)

    def browse(
        self, place: str = "", *, search: str = "", refresh: bool = False
    ) -> Known[tuple[CatalogEntry, ...]]:
        """What is in a catalog, database or schema, with its age.

        Args:
            place: `glue[:DATABASE]`, `postgres:CONNECTION[/SCHEMA]` or
                `snowflake:CONNECTION[/DATABASE[.SCHEMA]]`; empty for the places there are.
            search: words that a name, comment or column must have, ignoring case.
            refresh: ask the source again, whatever is known.

        Raises:
            UsageError: there is no such form of a place.
            SourceError: it is missing, denied or unreachable.
        """
        where = place_named(place) if place else None
        return self._sources.browse(where, search=search, refresh=refresh)

    # --- verified examples ------------------------------------------------------------------

    def vouch(
        self, session_id: str, turn: int, *, question: str = "", comment: str = ""
    ) -> Example:
        """Keep an answer as right, so that its program answers the question from now on.

        Args:
            turn: one that was answered, or a script that a person has corrected.
            question: what a script answers; else the turn's own question.

        Raises:
            NotFound: no such turn.
            Conflict: the turn has no answer.
            UsageError: a script without its question, or one that reads in a way of its own.
        """
        found = self._store.get_turn(self.owner, session_id, turn)
        example = vouched(self._sources, found, question=question, comment=comment, by=self.owner)
        examples_of(self.settings).add(example)
        return example

    def examples(self) -> tuple[Example, ...]:
        """The verified examples.

        Raises:
            SettingsError: one of their files cannot be used.
        """
        return examples_of(self.settings).all()

    def forget(self, example_id: str) -> None:
        """Remove a verified example.

        Raises:
            NotFound: there is none with this id.
        """
        examples_of(self.settings).remove(example_id)

    # --- looking back ---------------------------------------------------------------------

    def sessions(self, *, search: str = "", limit: int = 50) -> Sequence[Session]:
        """The owner's sessions, latest first."""
        return self._store.list_sessions(self.owner, search=search, limit=limit)

    def answers(self, session_id: str) -> list[Answer]:
        """The answers of a session, oldest first.

        Raises:
            NotFound: no such session.
        """
        return [self._answer(turn) for turn in self._store.list_turns(self.owner, session_id)]

    def events(self, session_id: str, turn: int) -> Sequence[Event]:
        """Everything that happened in a turn, in order."""
        return self._store.list_events(self.owner, session_id, turn)

    def costs(self, *, session_id: str | None = None, since: date | None = None) -> Costs:
        """What the owner's runs and model calls have cost, in US dollars.

        Args:
            session_id: of this session alone.
            since: from this day on (UTC).

        Raises:
            NotFound: no such session.
        """
        if session_id is not None:
            session_id = self._store.get_session(self.owner, session_id).id
        return Costs.of(self._store.costs(self.owner, session_id=session_id, since=since))

    def doctor(self) -> tuple[Check, ...]:
        """What works on this machine, and how to get the rest."""
        return examine(self.settings, self._parts.platforms)

    def platforms(self) -> Platforms:
        """Where scripts can run, what is missing where they cannot, limits and prices."""
        return overview(self._parts.platforms, self.settings)

    # --- life -----------------------------------------------------------------------------

    def warm(self) -> None:
        """Start what the first question will need, in the background."""
        self._platform.warm()

    def close(self) -> None:
        """Stop what was started. Sessions and results stay."""
        for name in ("_pool", "_parts", "_platform", "_store"):
            part = self.__dict__.pop(name, None)
            if isinstance(part, ThreadPoolExecutor):
                part.shutdown()
            elif part is not None:
                part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- parts, made when first needed ------------------------------------------------------

    @cached_property
    def _store(self) -> SqliteSessionStore:
        store = SqliteSessionStore(self.settings.data_dir / "sessions.db")
        store.fail_interrupted()
        return store

    @cached_property
    def _artifacts(self) -> FolderArtifactStore:
        return FolderArtifactStore(self.settings.data_dir)

    @cached_property
    def _sources(self) -> Sources:
        return Sources(self.settings)

    @cached_property
    def _platform(self) -> EmbeddedPlatform:
        return EmbeddedPlatform(self.settings)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(thread_name_prefix="spark-interpreter")

    @cached_property
    def _parts(self) -> Parts:
        return make_parts(self.settings, self._sources, self._platform, self._artifacts)

    # --- steps ------------------------------------------------------------------------------

    def _session(self, session_id: str | None, title: str) -> tuple[Session, Sequence[Turn]]:
        if session_id is None:
            return self._store.create_session(self.owner, title=title[:80]), ()
        session = self._store.get_session(self.owner, session_id)
        return session, self._store.list_turns(self.owner, session.id)

    def _carry(
        self,
        turn: Turn,
        past: Sequence[Turn],
        on_event: OnEvent | None,
        cancellation: Cancellation | None,
    ) -> Answer:
        turn = carry(
            self._parts, self._store, turn, past, on_event=on_event, cancellation=cancellation
        )
        if turn.state == "completed" and not turn.wishes.dry_run:
            build_behind(self.settings, self._parts.sources, turn.sources)
        return self._answer(turn)

    def _answer(self, turn: Turn) -> Answer:
        where = (turn.session_id, turn.number)
        return Answer(turn, self._artifacts.output_uri(*where), self._artifacts.script_uri(*where))


class Asking:
    """A question being answered in the background.

    Iterate over it asynchronously for the events, await it (or call `result`) for the answer.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        pool: ThreadPoolExecutor,
        question: str,
        sources: Sequence[SourceLike],
        options: dict[str, Any],
    ) -> None:
        self._cancellation: Cancellation = options.pop("cancellation", None) or Cancellation()
        self._events: list[Event] = []
        self._listeners: list[Callable[[], None]] = []
        self._future: Future[Answer] = pool.submit(
            interpreter.ask,
            question,
            sources,
            on_event=self._hear,
            cancellation=self._cancellation,
            **options,
        )
        self._future.add_done_callback(lambda _: self._wake())

    def cancel(self) -> None:
        """Stop the turn and whatever runs for it."""
        self._cancellation.cancel()

    def result(self, timeout: float | None = None) -> Answer:
        """The answer; waits for it at most `timeout` seconds."""
        return self._future.result(timeout)

    def __await__(self) -> Generator[Any, None, Answer]:
        return asyncio.wrap_future(self._future).__await__()

    async def __aiter__(self) -> AsyncIterator[Event]:
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(changed.set)

        self._listeners.append(wake)
        try:
            seen = 0
            while True:
                changed.clear()
                finished = self._future.done()
                for event in self._events[seen:]:
                    seen += 1
                    yield event
                if finished:
                    return
                await changed.wait()
        finally:
            self._listeners.remove(wake)

    def _hear(self, event: Event) -> None:
        self._events.append(event)
        self._wake()

    def _wake(self) -> None:
        for listener in list(self._listeners):
            listener()


class _Desk(OwnersDesk):
    """Carries the turns of the tools on the calling thread."""

    def __init__(self, interpreter: Interpreter, cancellation: Cancellation | None = None) -> None:
        super().__init__(interpreter._parts, interpreter._store, interpreter.owner)
        self._interpreter = interpreter
        self._cancellation = cancellation

    def complete(
        self, question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
    ) -> Turn:
        act = self._interpreter.ask if wishes.script is None else self._interpreter.run
        answer = act(
            wishes.script or question,
            sources,
            session_id=session_id,
            platform=wishes.platform,
            dry_run=wishes.dry_run,
            cancellation=self._cancellation,
        )
        return answer.turn


def _source(source: object) -> Source:
    if isinstance(source, PathLike):
        return FileSource(uri=str(source))
    if isinstance(source, str) and source.strip():
        return source_named(source)
    if isinstance(source, FileSource | GlueTable | PostgresTable | SnowflakeTable):
        return source
    raise UsageError(f"{source!r} is not a source.", remedy="Give the path of a file or folder.")
