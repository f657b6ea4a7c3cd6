"""What the tools do: each is a request of the service, under the same access control as HTTP."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio import to_thread

from spark_interpreter.agents.desk import ServiceDesk
from spark_interpreter.agents.mcp import messages as m
from spark_interpreter.agents.mcp.files import below, data_files
from spark_interpreter.api.access import Access, Caller
from spark_interpreter.api.access.data import GLUE
from spark_interpreter.api.finding import chart_of, output_of
from spark_interpreter.api.parameters import owner_of
from spark_interpreter.api.reach import Reach
from spark_interpreter.api.schemas import ProfileView
from spark_interpreter.api.waiting import finished, news_of
from spark_interpreter.errors import Conflict
from spark_interpreter.model import (
    FINAL_STATES,
    CatalogEntry,
    Event,
    ExecutionLogs,
    FileSource,
    Model,
    Place,
    Source,
    Turn,
    Wishes,
)
from spark_interpreter.results import page, render_png
from spark_interpreter.supervisor.carry import place_named, source_named
from spark_interpreter.supervisor.logs import extract_logs
from spark_interpreter.supervisor.service import Service
from spark_interpreter.supervisor.tools import ToolKind, Tools

_CANCEL_SECONDS = 2.0
_VALIDATE_SECONDS = 60.0
_MOST_CLIENTS = 1000
_TABLES = ("glue", "postgres:", "snowflake:")

Tell = Callable[[int, str], Awaitable[None]]
"""Hears the number of a turn's step, and the step in words."""


@dataclass(frozen=True)
class Client:
    """Who calls a tool.

    Attributes:
        key: tells the clients of one caller apart; None where nothing does.
        tell: hears the steps of a turn that is waited for.
    """

    caller: Caller
    key: str | None
    tell: Tell


@dataclass(frozen=True)
class Shown:
    """A reply with a picture (PNG)."""

    reply: Model
    picture: bytes


class Desk:
    """Carries out what clients ask for.

    Args:
        roots: folders whose files are listed, and that relative paths are looked for in.
    """

    def __init__(self, service: Service, access: Access, roots: Sequence[Path]) -> None:
        self._service = service
        self._access = access
        self._reach = Reach(service, access)
        self._roots = tuple(root.resolve() for root in roots)
        self._current: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def ask(self, client: Client, given: m.Ask) -> m.Standing:
        wishes = Wishes(platform=given.platform, dry_run=given.script_only)
        return await self._begin(client, given, given.question, wishes)

    async def run_script(self, client: Client, given: m.RunScript) -> m.Standing:
        wishes = Wishes(platform=given.platform, script=given.script)
        return await self._begin(client, given, "", wishes)

    async def validate(self, client: Client, given: m.Validate) -> m.Checked:
        wishes = Wishes(dry_run=True, script=given.script)
        caller, sources = client.caller, self._sources(given.sources)
        turn = await to_thread.run_sync(lambda: self._reach.begin(caller, "", sources, wishes))
        turn = await finished(self._service, caller.owner, turn, _VALIDATE_SECONDS)
        if turn.verdict is None:
            raise Conflict(
                turn.error.message if turn.error else "The script was not checked in time.",
                remedy=turn.error.remedy if turn.error else "Try again later.",
            )
        verdict = turn.verdict
        return m.Checked(ok=verdict.ok, findings=verdict.findings, columns=verdict.columns)

    async def wait(self, client: Client, given: m.Wait) -> m.Waited:
        owner, turn = await self._turn(client, given.turn_id)
        turn = await self._watched(client, owner, turn, given.seconds)
        standing = await to_thread.run_sync(self._standing, owner, turn)
        result = None
        if turn.state in FINAL_STATES:
            result = await to_thread.run_sync(self._outcome, turn, 0, given.rows)
        return m.Waited(**standing.model_dump(), result=result)

    async def result(self, client: Client, given: m.ReadResult) -> m.Outcome:
        _, turn = await self._turn(client, given.turn_id)
        if turn.state not in FINAL_STATES:
            raise Conflict(f"The turn is {turn.state}.", remedy="Call `wait` until it is finished.")
        return await to_thread.run_sync(self._outcome, turn, given.offset, given.rows)

    async def cancel(self, client: Client, given: m.OfTurn) -> m.Standing:
        owner, turn = await self._turn(client, given.turn_id)
        turn = await to_thread.run_sync(self._service.cancel, owner, turn.session_id, turn.number)
        turn = await finished(self._service, owner, turn, _CANCEL_SECONDS)
        return await to_thread.run_sync(self._standing, owner, turn)

    async def chart(self, client: Client, given: m.OfTurn) -> Shown:
        _, turn = await self._turn(client, given.turn_id)
        drawn = chart_of(turn)
        reply = m.Drawn(turn_id=given.turn_id, kind=drawn.kind, description=drawn.description)
        return Shown(reply, await to_thread.run_sync(render_png, drawn))

    async def logs(self, client: Client, given: m.OfTurn) -> ExecutionLogs:
        _, turn = await self._turn(client, given.turn_id)
        return await to_thread.run_sync(extract_logs, self._service.artifacts, turn)

    async def list_sources(self, client: Client, given: m.ListSources) -> m.Found:
        return await to_thread.run_sync(self._list_sources, client.caller, given)

    async def profile(self, client: Client, given: m.ProfileSource) -> ProfileView:
        (source,) = self._sources([given.source])

        def look() -> ProfileView:
            (found,) = self._service.sources.profile([self._reach.one(client.caller, source)])
            return ProfileView.of(found)

        return await to_thread.run_sync(look)

    async def step(self, client: Client, kind: ToolKind, given: Model) -> Model:
        """A step of the workflow alone."""
        caller = client.caller

        def begin(
            question: str, sources: Sequence[Source], wishes: Wishes, session_id: str | None
        ) -> Turn:
            return self._reach.begin(caller, question, sources, wishes, session_id=session_id)

        def may_read(sources: Sequence[Source]) -> Sequence[Source]:
            return tuple(self._reach.one(caller, source) for source in sources)

        desk = ServiceDesk(self._service, caller.owner, begin, may_read, m.MAX_WAIT)
        reply: Model = await to_thread.run_sync(kind.call, Tools(desk), given)
        return reply

    # --- steps ----------------------------------------------------------------------------

    async def _begin(
        self, client: Client, given: m.Ask | m.RunScript, question: str, wishes: Wishes
    ) -> m.Standing:
        session_id = given.session_id
        if session_id is None and not given.new_session:
            session_id = self._current_session(client)
        sources = self._sources(given.sources)
        turn = await to_thread.run_sync(
            lambda: self._reach.begin(
                client.caller, question, sources, wishes, session_id=session_id
            )
        )
        self._keep_session(client, turn.session_id)
        return await to_thread.run_sync(self._standing, client.caller.owner, turn)

    def _sources(self, words: Sequence[str]) -> tuple[Source, ...]:
        return tuple(source_named(below(word, self._roots)) for word in words)

    def _current_session(self, client: Client) -> str | None:
        return self._current.get((client.caller.owner, client.key)) if client.key else None

    def _keep_session(self, client: Client, session_id: str) -> None:
        if client.key:
            self._current[client.caller.owner, client.key] = session_id
            self._current.move_to_end((client.caller.owner, client.key))
            if len(self._current) > _MOST_CLIENTS:
                self._current.popitem(last=False)

    async def _turn(self, client: Client, turn_id: str) -> tuple[str, Turn]:
        session_id, number = m.parse_turn_id(turn_id)

        def look() -> tuple[str, Turn]:
            owner = owner_of(self._service, client.caller, session_id)
            return owner, self._service.store.get_turn(owner, session_id, number)

        return await to_thread.run_sync(look)

    async def _watched(self, client: Client, owner: str, turn: Turn, seconds: float) -> Turn:
        """The turn at its end or after this time; its steps are told meanwhile."""
        with (
            anyio.move_on_after(seconds),
            news_of(self._service, turn.session_id, turn.number) as news,
        ):
            told = 0
            while not self._service.stopping:
                news.clear()
                events = await to_thread.run_sync(self._events, owner, turn, told)
                if events:
                    told = events[-1].sequence
                    await client.tell(told, events[-1].message)
                    if events[-1].state in FINAL_STATES:
                        break
                await news.wait()
        return await to_thread.run_sync(
            self._service.store.get_turn, owner, turn.session_id, turn.number
        )

    def _events(self, owner: str, turn: Turn, after: int = 0) -> Sequence[Event]:
        return self._service.store.list_events(owner, turn.session_id, turn.number, after=after)

    def _standing(self, owner: str, turn: Turn) -> m.Standing:
        events = self._events(owner, turn)
        doing = events[-1].message if events else ""
        return m.Standing.of(turn, self._service.position(owner, turn), doing)

    def _outcome(self, turn: Turn, offset: int, limit: int) -> m.Outcome:
        result = turn.result
        if result is None or limit == 0:
            return m.Outcome.of(turn, (), offset)
        if offset + limit <= len(result.rows) or not result.truncated:
            return m.Outcome.of(turn, result.rows[offset : offset + limit], offset)
        rows = page(output_of(self._service, turn), offset=offset, limit=limit)
        return m.Outcome.of(turn, tuple(rows), offset)

    def _list_sources(self, caller: Caller, given: m.ListSources) -> m.Found:
        if given.place.startswith(_TABLES):
            entries = self._entries(caller, place_named(given.place), given)
            return m.Found(entries=entries[: given.limit], truncated=len(entries) > given.limit)
        if given.place:
            source = FileSource(uri=below(given.place, self._roots))
            self._reach.one(caller, source)
            files, more = data_files([Path(source.uri)], given.search, given.limit)
            return m.Found(files=files, truncated=more)
        files, more = data_files(self._folders(caller), given.search, given.limit)
        return m.Found(files=files, entries=self._entries(caller, None, given), truncated=more)

    def _folders(self, caller: Caller) -> tuple[Path, ...]:
        """Where files that the caller may read are; those of the start for whom all is allowed."""
        allowed = self._reach.roots(caller)
        return self._roots if allowed is None else tuple(map(Path, allowed))

    def _entries(
        self, caller: Caller, place: Place | None, given: m.ListSources
    ) -> tuple[CatalogEntry, ...]:
        """What is in a place; the places that the caller may look into for None."""
        data = self._access.data
        if place is not None:
            data.check_place(caller, *_where(place))
            known = self._service.sources.browse(place, search=given.search)
            return known.value
        known = self._service.sources.browse(search=given.search)
        return tuple(e for e in known.value if data.may_use(caller, e.name))


def _where(place: Place) -> tuple[str, ...]:
    """What allow-lists call the place."""
    return (place.connection,) if place.connection else (GLUE, *place.names[:1])
