"""Turns that the supervisor agent's runtime carries: handed over once, read back by looking."""

import base64
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from spark_interpreter.agent_runtime import AgentRuntime
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    AgentUnavailable,
    InterpreterError,
    RunInterrupted,
)
from spark_interpreter.model import FINAL_STATES, Event, Model, Turn, Wishes, now
from spark_interpreter.model.agents import (
    Begun,
    CancelInvocation,
    CarriedTurn,
    CarryInvocation,
    FileInvocation,
    FilePiece,
    LookInvocation,
    Refused,
    SupervisorInvocation,
)
from spark_interpreter.model.deployment import AgentSettings
from spark_interpreter.results import MANIFEST_NAME
from spark_interpreter.script import literal_reads
from spark_interpreter.stores import FolderArtifactStore
from spark_interpreter.stores.base import SessionStore
from spark_interpreter.supervisor.reach import file_uris
from spark_interpreter.supervisor.recorder import OnEvent, error_info

_S3 = ("s3://", "s3a://")
_HANDED_OVER = "Handed over to the supervisor agent"
_LONG_AGO = float("-inf")
R = TypeVar("R", bound=Model)


class _Refusal(InterpreterError):
    """What the supervisor answered instead, as an error of ours."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.error.message, remedy=refused.error.remedy)
        self.told = refused.error.code


class Handover:
    """Hands turns to the supervisor agent and copies what comes of them into our own stores.

    A session is the runtime's session of the same id. The first event of a turn that was handed
    over says so, and is kept before the one invocation that hands it over: whoever goes on with
    the turn, in this process or after a restart, looks and never hands it over again.
    """

    def __init__(
        self,
        settings: AgentSettings,
        store: SessionStore,
        artifacts: FolderArtifactStore,
        on_event: OnEvent,
    ) -> None:
        self._settings = settings
        self._runtime = AgentRuntime(settings.supervisor_arn, settings)
        self._store = store
        self._artifacts = artifacts
        self._on_event = on_event
        self._locks: defaultdict[tuple[str, int], threading.Lock] = defaultdict(threading.Lock)
        self._looked: dict[tuple[str, int], float] = {}

    def takes(self, turn: Turn) -> bool:
        """Whether the agent can read all that the turn names: files of this machine it cannot.

        An investigation stays, as its questions are turns that are to be found here.
        """
        if turn.wishes.investigate:
            return False
        read = (each.location for each in literal_reads(turn.wishes.script or ""))
        return all(file.startswith(_S3) for file in (*file_uris(turn.sources), *read))

    def begin(self, owner: str, turn: Turn, past: Sequence[Turn]) -> Turn:
        """Hand the turn over, unless that was done; it fails if the agent cannot be reached."""
        with self._locks[_key(turn)]:
            if turn.state in FINAL_STATES or _handed_over(self._events(owner, turn)):
                return turn
            self._tell(turn, 1, _HANDED_OVER)
            request = CarryInvocation(
                action="carry",
                owner=owner,
                turn=_for_the_agent(turn),
                past=tuple(map(_in_short, past)),
            )
            try:
                self._invoke(request, turn.session_id, Begun)
            except AgentUnavailable as error:
                if not error.begun:  # else it is seen by looking whether it was
                    return self._failed(owner, turn, error)
            except InterpreterError as error:
                return self._failed(owner, turn, error)
            return turn

    def carry(
        self, owner: str, turn: Turn, past: Sequence[Turn], cancellation: Cancellation
    ) -> Turn:
        """The turn at its end, or as it is when the process has to end."""
        turn = self.begin(owner, turn, past)
        cancelled = False
        while turn.state not in FINAL_STATES and not cancellation.interrupted:
            if cancellation.cancelled and not cancelled:
                cancelled = self._cancel(owner, turn)
            turn = self.refresh(owner, turn, at_once=True)
            if turn.state not in FINAL_STATES:
                _pause(cancellation, self._settings.poll_seconds)
        self._looked.pop(_key(turn), None)
        self._locks.pop(_key(turn), None)
        return turn

    def refresh(self, owner: str, turn: Turn, *, at_once: bool = False) -> Turn:
        """The turn as the agent has it now, or as it was known a moment ago."""
        with self._locks[_key(turn)]:
            turn = self._store.get_turn(owner, turn.session_id, turn.number)
            events = self._events(owner, turn)
            waited = time.monotonic() - self._looked.get(_key(turn), _LONG_AGO)
            fresh = not at_once and waited < self._settings.poll_seconds
            if turn.state in FINAL_STATES or not _handed_over(events) or fresh:
                return turn
            try:
                look = LookInvocation(
                    action="turn", owner=owner, turn=turn.number, after=len(events) - 1
                )
                carried = self._invoke(look, turn.session_id, CarriedTurn)
                self._looked[_key(turn)] = time.monotonic()
                return self._copied(owner, turn, carried)
            except _Refusal as error:
                return self._lost(owner, turn, error)
            except AgentUnavailable as error:
                silent = (now() - max(events[-1].time, turn.updated)).total_seconds()
                if silent < self._settings.patience_seconds:
                    return turn
                return self._lost(owner, turn, error)

    def stop(self, owner: str, turn: Turn) -> bool:
        """Ask the agent to stop the turn; False if the turn was not handed over."""
        return _handed_over(self._events(owner, turn)) and self._cancel(owner, turn)

    def find(self, owner: str, session_id: str, number: int | None = None) -> Turn | None:
        """A turn that another process handed over; its owner's alone. None if there is none.

        Args:
            number: the session's last turn if there is none.
        """
        look = LookInvocation(action="turn", owner=owner, turn=number)
        try:
            carried = self._invoke(look, session_id, CarriedTurn)
        except (_Refusal, AgentUnavailable):
            return None
        turn = carried.turn.model_copy(update={"state": "queued"})
        if self._store.adopt_turn(owner, turn, waiting=True):
            self._tell(turn, 1, _HANDED_OVER)
            return self._copied(owner, turn, carried)
        return self._store.get_turn(owner, session_id, turn.number)

    # --- steps ----------------------------------------------------------------------------

    def _invoke(self, request: SupervisorInvocation, session_id: str, reply: type[R]) -> R:
        answer = self._runtime.invoke(request.model_dump_json(), session_id)
        try:
            if isinstance(answer, dict) and "error" in answer:
                raise _Refusal(Refused.model_validate(answer))
            return reply.model_validate(answer)
        except ValidationError as exc:
            raise AgentUnavailable(
                "The supervisor agent answered with something that is not understood.",
                remedy="Deploy the same version of the agent and of this service.",
                begun=True,
            ) from exc

    def _copied(self, owner: str, turn: Turn, carried: CarriedTurn) -> Turn:
        ended = carried.turn.state in FINAL_STATES
        kept = carried.turn.model_copy(update={"wishes": turn.wishes, "created": turn.created})
        if ended:
            self._fetch(owner, kept, carried)
            self._store.claim_turn(turn.session_id, turn.number)
        self._store.save_turn(kept)
        for told in carried.events:
            event = told.model_copy(update={"sequence": told.sequence + 1})
            self._store.add_event(event)
            self._on_event(event)
        return kept

    def _fetch(self, owner: str, turn: Turn, carried: CarriedTurn) -> None:
        """Copy the result's files, the script and the logs, so that they are found here."""
        where = (turn.session_id, turn.number)
        if turn.script is not None:
            self._artifacts.write_text(self._artifacts.script_uri(*where), turn.script.text)
        if carried.logs is not None and turn.placement is not None:
            name = f"{turn.session_id}-{turn.number}"
            folder = self._artifacts.log_dir(turn.placement.platform, name)
            for stream, text in carried.logs.streams.items():
                (folder / f"{stream}.log").write_text(text, "utf-8")
        if turn.result is not None:
            self._artifacts.clear_output(*where)
            folder = Path(self._artifacts.output_uri(*where))
            names = [file.path for file in turn.result.manifest.files]
            for name in (*names, MANIFEST_NAME):
                self._fetch_file(owner, turn, name, folder / name)

    def _fetch_file(self, owner: str, turn: Turn, name: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        offset: int | None = 0
        with path.open("wb") as file:
            while offset is not None:
                request = FileInvocation(
                    action="file", owner=owner, turn=turn.number, path=name, offset=offset
                )
                piece = self._invoke(request, turn.session_id, FilePiece)
                file.write(base64.b64decode(piece.content))
                offset = piece.next

    def _cancel(self, owner: str, turn: Turn) -> bool:
        try:
            request = CancelInvocation(action="cancel", owner=owner, turn=turn.number)
            self._invoke(request, turn.session_id, Begun)
        except AgentUnavailable:
            return False
        except _Refusal:
            return True
        return True

    def _lost(self, owner: str, turn: Turn, error: InterpreterError) -> Turn:
        """The turn that its agent does not know any more, or that nobody reaches."""
        lost = RunInterrupted(
            "Interrupted: the supervisor agent that carried it is gone.",
            remedy="Ask again.",
            detail=str(error),
        )
        return self._failed(owner, turn, lost)

    def _failed(self, owner: str, turn: Turn, error: InterpreterError) -> Turn:
        self._store.claim_turn(turn.session_id, turn.number)
        told = len(self._events(owner, turn))
        failed = turn.model_copy(
            update={"state": "failed", "error": error_info(error), "updated": now()}
        )
        self._store.save_turn(failed)
        self._tell(failed, told + 1, str(error), error=True)
        return failed

    def _events(self, owner: str, turn: Turn) -> Sequence[Event]:
        return self._store.list_events(owner, turn.session_id, turn.number)

    def _tell(self, turn: Turn, sequence: int, message: str, *, error: bool = False) -> None:
        event = Event(
            session_id=turn.session_id,
            turn=turn.number,
            sequence=sequence,
            time=now(),
            kind="error" if error else "progress",
            state=turn.state,
            message=message,
            data=turn.model_dump(mode="json", include={"error"}) if error else {},
        )
        self._store.add_event(event)
        self._on_event(event)


def _for_the_agent(turn: Turn) -> Turn:
    """The turn with what the agent has to know of its wishes: it reads no file of its machine."""
    wishes: Wishes = turn.wishes.model_copy(update={"read_roots": (), "policy": True})
    return turn.model_copy(update={"wishes": wishes})


def _handed_over(events: Sequence[Event]) -> bool:
    return bool(events) and events[0].message == _HANDED_OVER


def _in_short(turn: Turn) -> Turn:
    """What a question may refer to of an earlier turn; not its rows."""
    return turn.model_copy(update={"result": None, "script": None, "verdict": None, "run": None})


def _pause(cancellation: Cancellation, seconds: float) -> None:
    if cancellation.cancelled:
        time.sleep(min(seconds, 0.2))
    else:
        cancellation.wait(seconds)


def _key(turn: Turn) -> tuple[str, int]:
    return turn.session_id, turn.number
