"""The supervisor agent as a runtime of AgentCore.

`python -m spark_interpreter.agents.supervisor_runtime`. An invocation is one of
`SupervisorInvocation`; the runtime's session is ours. A turn that nobody waits for goes on in the
background, and a later invocation reads how far it is.
"""

import base64
import queue
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bedrock_agentcore import BedrockAgentCoreApp, PingStatus, RequestContext
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from spark_interpreter.agents.desk import ServiceDesk
from spark_interpreter.agents.runtime import answered, serve
from spark_interpreter.errors import NotFound
from spark_interpreter.model import FINAL_STATES, Event, Model, Source, Turn, Wishes
from spark_interpreter.model.agents import (
    AskInvocation,
    Begun,
    CancelInvocation,
    CarriedTurn,
    CarryInvocation,
    FileInvocation,
    FilePiece,
    LookInvocation,
    StreamedEvent,
    SupervisorInvocation,
    ToolInvocation,
)
from spark_interpreter.results import MANIFEST_NAME
from spark_interpreter.settings import Settings
from spark_interpreter.stores.ids import mapped_session_id, usable_as_session_id
from spark_interpreter.supervisor import document
from spark_interpreter.supervisor.carry import source_named
from spark_interpreter.supervisor.logs import extract_logs
from spark_interpreter.supervisor.reach import file_uris, require_reach
from spark_interpreter.supervisor.service import Service
from spark_interpreter.supervisor.tools import Tools, tool_named

NAME = "spark_supervisor_agent"
_PIECE = 4 * 1024 * 1024
_TOOL_SECONDS = 840.0
_QUIET_SECONDS = 15.0
_LAST_EVENT_SECONDS = 2.0
_INVOCATION: TypeAdapter[SupervisorInvocation] = TypeAdapter(SupervisorInvocation)


def create_supervisor(settings: Settings) -> BedrockAgentCoreApp:
    """The runtime as an ASGI application; it carries turns from its start to its end."""
    service = Service(settings)

    @asynccontextmanager
    async def life(_: BedrockAgentCoreApp) -> AsyncIterator[None]:
        await run_in_threadpool(service.start)
        try:
            yield
        finally:
            await run_in_threadpool(service.stop)

    app = BedrockAgentCoreApp(lifespan=life)
    supervisor = Supervisor(service)

    @app.entrypoint
    def invoke(payload: dict[str, Any], context: RequestContext) -> Any:
        return supervisor.invoke(payload, context.session_id)

    @app.ping
    def ping() -> PingStatus:
        return PingStatus.HEALTHY_BUSY if any(service.sizes()) else PingStatus.HEALTHY

    return app


class Supervisor:
    """Carries out invocations on a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def invoke(self, payload: Any, session_id: str | None) -> dict[str, Any] | Iterator[Any]:
        """The answer to an invocation; the frames of a stream where somebody waits for a turn.

        Args:
            session_id: the runtime's session, and no other is ever looked at.
        """
        streamed: list[Iterator[Any]] = []

        def act() -> Model:
            given = _INVOCATION.validate_python({"action": "ask"} | payload)
            reply = self._carry_out(given, session_id)
            if isinstance(given, AskInvocation) and given.wait:
                assert isinstance(reply, Begun)
                streamed.append(self._frames(given.owner, reply))
            return reply

        answer = answered(act)
        return streamed[0] if streamed else answer

    def _carry_out(self, given: SupervisorInvocation, session_id: str | None) -> Model:
        match given:
            case AskInvocation():
                return self._ask(given, session_id)
            case CarryInvocation(owner=owner, turn=turn, past=past):
                return _begun(self._service.adopt(owner, _restricted(turn), past))
            case LookInvocation():
                return self._look(given, session_id)
            case CancelInvocation(owner=owner, turn=number):
                return _begun(self._service.cancel(owner, _own(owner, session_id), number))
            case FileInvocation():
                return self._file(given, session_id)
            case ToolInvocation():
                return self._tool(given, session_id)

    def _ask(self, given: AskInvocation, session_id: str | None) -> Begun:
        platform = None if given.execution_platform == "auto" else given.execution_platform
        wishes = Wishes(
            platform=platform,
            dry_run=given.mode == "script",
            script=given.spark_code,
            read_roots=(),
        )
        sources = tuple(source_named(s) if isinstance(s, str) else s for s in given.sources)
        return _begun(
            self._service.submit(
                given.owner, given.prompt, sources, wishes=wishes, session_id=session_id
            )
        )

    def _look(self, given: LookInvocation, session_id: str | None) -> CarriedTurn:
        store, session = self._service.store, _own(given.owner, session_id)
        if given.turn is None:
            turn = store.list_turns(given.owner, session)[-1]
        else:
            turn = store.get_turn(given.owner, session, given.turn)
        ended = turn.state in FINAL_STATES
        events = self._events(given.owner, turn, ended=ended)
        logs = extract_logs(self._service.artifacts, turn) if ended else None
        return CarriedTurn(turn=turn, events=tuple(events[given.after :]), logs=logs)

    def _events(self, owner: str, turn: Turn, *, ended: bool) -> Sequence[Event]:
        """All events; the last one of a turn that has ended follows its last state in a moment."""
        deadline = time.monotonic() + _LAST_EVENT_SECONDS
        while True:
            events = self._service.store.list_events(owner, turn.session_id, turn.number)
            told = bool(events) and events[-1].state in FINAL_STATES
            if told or not ended or time.monotonic() > deadline:
                return events
            time.sleep(0.02)

    def _file(self, given: FileInvocation, session_id: str | None) -> FilePiece:
        session = _own(given.owner, session_id)
        turn = self._service.store.get_turn(given.owner, session, given.turn)
        files = [file.path for file in turn.result.manifest.files] if turn.result else []
        path = Path(self._service.artifacts.output_uri(session, given.turn)) / given.path
        if given.path not in {*files, MANIFEST_NAME} or not path.is_file():
            raise NotFound(f"The turn {given.turn} has no file {given.path[:200]!r}.")
        with path.open("rb") as file:
            file.seek(given.offset)
            content = file.read(_PIECE)
        following = given.offset + len(content)
        more = following < path.stat().st_size
        return FilePiece(
            content=base64.b64encode(content).decode(), next=following if more else None
        )

    def _tool(self, given: ToolInvocation, session_id: str | None) -> Model:
        kind = tool_named(given.name)

        def begin(question: str, sources: Any, wishes: Wishes, session: str | None) -> Turn:
            wishes = wishes.model_copy(update={"read_roots": ()})
            return self._service.submit(
                given.owner, question, sources, wishes=wishes, session_id=session or session_id
            )

        desk = ServiceDesk(self._service, given.owner, begin, _elsewhere_only, _TOOL_SECONDS)
        reply: Model = kind.call(Tools(desk), kind.takes.model_validate(given.input))
        return reply

    def _frames(self, owner: str, begun: Begun) -> Iterator[dict[str, Any]]:
        """The turn's events as they come, and its answer."""
        news: queue.SimpleQueue[None] = queue.SimpleQueue()
        seen, key = 0, (begun.session_id, begun.turn)
        store = self._service.store
        with self._service.news.listening(*key, lambda: news.put(None)):
            while not self._service.stopping:
                for event in store.list_events(owner, *key, after=seen):
                    seen = event.sequence
                    yield StreamedEvent(event=event).model_dump(mode="json", exclude_none=True)
                    if event.state in FINAL_STATES:
                        yield {"answer": document(store.get_turn(owner, *key)).to_dict()}
                        return
                _wait(news)


def _wait(news: "queue.SimpleQueue[None]") -> None:
    try:
        news.get(timeout=_QUIET_SECONDS)
    except queue.Empty:
        return


def _own(owner: str, session_id: str | None) -> str:
    """The id under which the runtime's session is kept."""
    if session_id is None:
        raise NotFound("There is no session.", remedy="Name the runtime's session.")
    return session_id if usable_as_session_id(session_id) else mapped_session_id(owner, session_id)


def _restricted(turn: Turn) -> Turn:
    """The turn without what only its keeper may decide: no file of this machine, no exemption."""
    wishes = turn.wishes.model_copy(update={"read_roots": (), "policy": True})
    return turn.model_copy(update={"wishes": wishes, "state": "queued"})


def _elsewhere_only(sources: Any) -> tuple[Source, ...]:
    """The sources, none of which is a file of this machine."""
    require_reach(file_uris(sources), ())
    return tuple(sources)


def _begun(turn: Turn) -> Begun:
    return Begun(session_id=turn.session_id, turn=turn.number, state=turn.state)


if __name__ == "__main__":
    _settings = Settings()
    serve(create_supervisor(_settings), _settings)
