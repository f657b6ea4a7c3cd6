"""Many users' turns at once: a bounded number is carried, the others wait fairly."""

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from spark_interpreter.aws import AwsClients
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import Conflict, NotFound, SettingsError, Stopping
from spark_interpreter.generation.memory import ExampleFolder
from spark_interpreter.model import (
    FINAL_STATES,
    Event,
    Example,
    Feedback,
    PlatformName,
    RequestKey,
    Session,
    Source,
    Turn,
    Wishes,
    now,
)
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.storage import Storage
from spark_interpreter.stores import FolderArtifactStore, SqliteSessionStore
from spark_interpreter.stores.ids import usable_as_session_id
from spark_interpreter.supervisor.cache_builder import build_behind
from spark_interpreter.supervisor.carry import (
    carry,
    checked_question,
    kept_for,
    last_sources,
    make_parts,
)
from spark_interpreter.supervisor.fair_queue import FairQueue, Ticket
from spark_interpreter.supervisor.handover import Handover
from spark_interpreter.supervisor.housekeeping import Housekeeping
from spark_interpreter.supervisor.investigation import InvestigationTurn, require_model
from spark_interpreter.supervisor.news import News
from spark_interpreter.supervisor.recorder import TurnRecorder
from spark_interpreter.supervisor.staging import sweep
from spark_interpreter.supervisor.uploads import Uploads
from spark_interpreter.supervisor.vouching import vouched

OnStep = Callable[[Turn, Event], None]
"""Hears every event, with the turn as it was when its work began."""
OnEnd = Callable[[str, Turn], None]
"""Hears of every turn that has ended, with its owner."""

_STOP_SECONDS = 5.0
_S3_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Service:
    """Carries the turns of all users of one process. Its methods block; call them from threads.

    Everything is in the stores: what waits goes on after a restart, what was running is marked
    as interrupted.

    Attributes:
        store: sessions, turns and events.
        artifacts: scripts, results and logs.
        sources: what data there is.
        platform: where scripts run.
        uploads: the users' files.
        news: wakes those who wait for a turn.
        parts: the capabilities that turns are carried by.

    Args:
        lasting: False for one that its only client starts and ends: what waits here is cancelled
            at its end, and what waits for another service is left to that one.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        on_step: OnStep | None = None,
        on_end: OnEnd | None = None,
        lasting: bool = True,
    ) -> None:
        self.settings = settings
        self.store = SqliteSessionStore(settings.data_dir / "sessions.db")
        self.artifacts = FolderArtifactStore(settings.data_dir)
        self.sources = Sources(settings)
        self.platform = EmbeddedPlatform(settings)
        self.uploads = Uploads(settings.data_dir / "uploads")
        self.news = News()
        self._on_step = on_step
        self._on_end = on_end
        self._lasting = lasting
        self.parts = make_parts(settings, self.sources, self.platform, self.artifacts)
        self._handover = (
            Handover(settings.agents, self.store, self.artifacts, self._tell_elsewhere)
            if settings.agents.supervisor_arn
            else None
        )
        self._queue = FairQueue(settings.service.queue, settings.service.queue_per_user)
        self._cancellations: dict[tuple[str, int], Cancellation] = {}
        self._submitting = threading.Lock()
        self._building = threading.Lock()
        self._builder: subprocess.Popen[bytes] | None = None
        self._housekeeping = Housekeeping(
            settings.service, self.store, self.artifacts, self.uploads,
            settings.cache_dir / "profiles", remove_copies=self._remove_copies,
        )  # fmt: skip
        self._workers: list[threading.Thread] = []
        self._stopping = False

    # --- life -----------------------------------------------------------------------------

    def start(self) -> None:
        """Go on with what waits, and begin to carry."""
        interrupted = self.store.fail_interrupted()
        for owner, turn in interrupted:
            self._ended(owner, turn)
        waiting = self.store.waiting_turns() if self._lasting else ()
        for owner, turn in waiting:
            self._enqueue(_ticket(owner, turn))
        swept = self.platform.sweep() + sweep(self.settings.cache_dir / "staged")
        _log.info(
            "started",
            extra={"interrupted": len(interrupted), "waiting": len(waiting), "swept": swept},
        )
        self.platform.warm()
        self._housekeeping.start()
        for number in range(self.settings.service.runs or len(os.sched_getaffinity(0)) + 1):
            worker = threading.Thread(target=self._work, name=f"turns-{number}", daemon=True)
            worker.start()
            self._workers.append(worker)

    def drain(self) -> None:
        """Begin nothing new. What waits is kept for the next start. Returns at once."""
        self._stopping = True
        self._queue.close()
        self.news.tell_all()

    def stop(self) -> None:
        """Let running turns finish for the grace time, interrupt the others, end everything."""
        self.drain()
        if not self._lasting:
            self._cancel_own_waiting()
        deadline = time.monotonic() + self.settings.service.grace_seconds
        _join(self._workers, deadline)
        for cancellation in list(self._cancellations.values()):
            cancellation.interrupt()
        _join(self._workers, time.monotonic() + _STOP_SECONDS)
        self._housekeeping.stop()
        if self._builder is not None:
            self._builder.terminate()
            self._builder.wait()
        self.parts.close()
        self.store.close()
        _log.info("stopped")

    @property
    def examples(self) -> ExampleFolder:
        """Questions whose programs people have vouched for."""
        return self.parts.examples

    @property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        """The configured platforms, in the order in which they are preferred."""
        return self.parts.platforms

    @property
    def stopping(self) -> bool:
        """Nothing new is begun any more."""
        return self._stopping

    # --- asking ---------------------------------------------------------------------------

    def submit(
        self,
        owner: str,
        question: str,
        sources: Sequence[Source],
        *,
        wishes: Wishes,
        session_id: str | None = None,
        key: RequestKey | None = None,
    ) -> Turn:
        """Put a turn into the queue.

        Args:
            question: empty where the wishes have a script.
            sources: if there are none, those the session was last asked of; for a script the tables
                of them that it names.
            session_id: a session to go on with, or a client's own id for a new one.
            key: a request with the same key is answered with the same turn.

        Raises:
            UsageError: the question is empty or too long.
            Busy: as many turns wait as may.
            Conflict: the key was used for another request, or the question takes a language model
                and none is configured.
            Stopping: the service is being stopped.
        """
        if wishes.script is None:
            question = checked_question(question)
        if wishes.investigate:
            self._require_model()
        with self._submitting:
            if key is not None and (known := self.store.find_request(owner, key)) is not None:
                return known
            self._require_room(owner)
            title = (question or "Script")[:80]
            session = self.store.create_session(owner, client_id=session_id, title=title)
            if not sources and session.turn_count:
                past = self.store.list_turns(owner, session.id)
                sources = kept_for(wishes.script, past) if wishes.script else last_sources(past)
            turn = self.store.add_turn(
                owner, session.id, question, sources, wishes=wishes, waiting=True, key=key
            )
            self._enqueue(_ticket(owner, turn))
        return self._handed_over(owner, turn)

    def adopt(self, owner: str, turn: Turn, past: Sequence[Turn]) -> Turn:
        """Carry a turn that another service keeps, unless that was begun already.

        Args:
            past: the turns before it, which its question may refer to.

        Raises:
            Busy: as many turns wait as may.
            Stopping: the service is being stopped.
        """
        with self._submitting:
            self._require_room(owner)
            for earlier in past:
                self.store.adopt_turn(owner, earlier)
            if self.store.adopt_turn(owner, turn, waiting=True):
                self._enqueue(_ticket(owner, turn))
        return self.store.get_turn(owner, turn.session_id, turn.number)

    def retry(self, owner: str, session_id: str, number: int, *, wishes: Wishes) -> Turn:
        """Ask the turn's question, or run its script, once more, as the session's next turn.

        Args:
            wishes: of who retries; what to run and where is taken from the turn.

        Raises:
            Conflict: the turn has not come to its end.
        """
        before = self._finished_turn(owner, session_id, number)
        again = before.wishes.model_copy(
            update={
                "retry_of": before.wishes.retry_of or before.number,
                "read_roots": wishes.read_roots,
                "running_limit": wishes.running_limit,
                "request_id": wishes.request_id,
            }
        )
        with self._submitting:
            self._require_room(owner)
            turn = self.store.add_turn(
                owner, before.session_id, before.question, before.sources,
                wishes=again, waiting=True,
            )  # fmt: skip
            self._enqueue(_ticket(owner, turn))
        return self._handed_over(owner, turn)

    def cancel(self, owner: str, session_id: str, number: int) -> Turn:
        """Stop the turn and whatever runs for it; one that has ended stays as it is."""
        turn = self.store.get_turn(owner, session_id, number)
        ticket = _ticket(owner, turn)
        cancellation = self._cancellations.get(_key(ticket))
        if cancellation is None:
            return turn
        cancellation.cancel()
        if self._handover is not None and self._handover.stop(owner, turn):
            return turn
        if self._queue.remove(ticket):
            self._cancel_waiting(ticket)
        return self.store.get_turn(owner, session_id, number)

    def look(self, owner: str, session_id: str, number: int) -> Turn:
        """A turn as it is now, whoever carries it.

        Raises:
            NotFound: there is no such turn.
        """
        try:
            turn = self.store.get_turn(owner, session_id, number)
        except NotFound:
            if not self.seek(owner, session_id, number):
                raise
            return self.store.get_turn(owner, session_id, number)
        if self._handover is not None and turn.state not in FINAL_STATES:
            turn = self._handover.refresh(owner, turn)
        return turn

    def seek(self, owner: str, session_id: str, number: int | None = None) -> bool:
        """Whether the supervisor agent has a turn of the session, handed over by another process.

        It is kept here from then on. Without a number it is the session's last turn.
        """
        if self._handover is None or not usable_as_session_id(session_id):
            return False
        turn = self._handover.find(owner, session_id, number)
        if turn is not None and turn.state not in FINAL_STATES:
            self._enqueue(_ticket(owner, turn))
        return turn is not None

    def wait(self, owner: str, turn: Turn, seconds: float) -> Turn:
        """The turn at its end, or as it is after this time."""
        deadline = time.monotonic() + seconds
        news = threading.Event()
        with self.news.listening(turn.session_id, turn.number, news.set):
            while True:
                news.clear()
                turn = self.store.get_turn(owner, turn.session_id, turn.number)
                left = deadline - time.monotonic()
                if turn.state in FINAL_STATES or left <= 0 or self._stopping:
                    return turn
                news.wait(left)

    def position(self, owner: str, turn: Turn) -> int | None:
        """The turn's place among those that wait, from 1; None if it does not wait."""
        return self._queue.position(_ticket(owner, turn)) if turn.state == "queued" else None

    def sizes(self) -> tuple[int, int]:
        """How many turns wait and how many are being carried."""
        return self._queue.sizes()

    # --- sessions -------------------------------------------------------------------------

    def give_feedback(
        self,
        owner: str,
        session_id: str,
        number: int,
        verdict: Literal["right", "wrong"],
        comment: str,
    ) -> Turn:
        """Keep what a person says of an answer; the last word counts.

        Raises:
            Conflict: the turn has not come to its end.
        """
        turn = self._finished_turn(owner, session_id, number)
        feedback = Feedback(verdict=verdict, comment=comment, time=now())
        turn = turn.model_copy(update={"feedback": feedback})
        self.store.save_turn(turn)
        return turn

    def vouch(
        self, owner: str, session_id: str, number: int, *, by: str, question: str, comment: str
    ) -> Example:
        """Keep an answer as right for everybody; see `Interpreter.vouch`.

        Args:
            by: who vouches for it.
        """
        turn = self.store.get_turn(owner, session_id, number)
        example = vouched(self.sources, turn, question=question, comment=comment, by=by)
        self.examples.add(example)
        return example

    def delete_session(self, owner: str, session_id: str) -> None:
        """Stop what runs in the session, and remove it with all its scripts, results and logs.

        Raises:
            Conflict: a run could not be stopped in time.
        """
        session = self.store.get_session(owner, session_id)
        active = [
            turn
            for turn in self.store.list_turns(owner, session.id)
            if self.cancel(owner, session.id, turn.number).state not in FINAL_STATES
        ]
        deadline = time.monotonic() + _STOP_SECONDS
        while any((session.id, turn.number) in self._cancellations for turn in active):
            if time.monotonic() > deadline:
                raise Conflict("A run of the session is still being stopped.")
            time.sleep(0.02)
        self.store.delete_session(owner, session.id)
        self.artifacts.delete_session(session.id)

    def session(self, owner: str, session_id: str) -> tuple[Session, Sequence[Turn]]:
        """A session with its turns, oldest first."""
        session = self.store.get_session(owner, session_id)
        return session, self.store.list_turns(owner, session.id)

    def kept_sources(self, owner: str, session_id: str) -> tuple[Source, ...]:
        """What the session was last asked of; nothing if there is no such session."""
        try:
            return last_sources(self.session(owner, session_id)[1])
        except NotFound:
            return ()

    # --- steps ----------------------------------------------------------------------------

    def _remove_copies(self, before: datetime) -> int:
        """Remove the copies of databases' tables in S3 whose runs were killed."""
        if not (self.settings.storage_uri and "connect" in self.platforms):
            return 0
        from spark_interpreter.platforms.connect.copies import remove_left

        longest = timedelta(seconds=self.settings.limits_of("connect").seconds)
        clients = AwsClients(read_seconds=_S3_SECONDS, attempts=2)
        storage = Storage(self.settings.storage_uri, clients=clients)
        return remove_left(storage, before - longest)

    def _require_model(self) -> None:
        try:
            require_model(self.settings)
        except SettingsError as missing:
            raise Conflict(missing.message, remedy=missing.remedy) from missing

    def _require_room(self, owner: str) -> None:
        if self._stopping:
            raise Stopping("The service is being stopped.", retry_after=10)
        self._queue.reserve(owner)

    def _finished_turn(self, owner: str, session_id: str, number: int) -> Turn:
        turn = self.store.get_turn(owner, session_id, number)
        if turn.state not in FINAL_STATES:
            raise Conflict(f"The turn {number} has not come to its end.", remedy="Wait for it.")
        return turn

    def _enqueue(self, ticket: Ticket) -> None:
        self._cancellations[_key(ticket)] = Cancellation()
        self._queue.put(ticket)

    def _work(self) -> None:
        """What each worker does until the service stops."""
        while (ticket := self._queue.take()) is not None:
            try:
                self._carry(ticket)
            except NotFound:
                _log.info("deleted while it ran", extra=ticket.model_dump())
            except Exception:  # noqa: BLE001  the boundary: a worker outlives every turn
                _log.exception("not kept", extra=ticket.model_dump())
            finally:
                self._cancellations.pop(_key(ticket), None)
                self._queue.done(ticket)
                self.news.tell(ticket.session_id, ticket.turn)

    def _handed_over(self, owner: str, turn: Turn) -> Turn:
        """The turn at the supervisor agent, if there is one and it can read all that is named."""
        if self._handover is None or not self._handover.takes(turn):
            return turn
        return self._handover.begin(owner, turn, self._past(owner, turn))

    def _past(self, owner: str, turn: Turn) -> Sequence[Turn]:
        """The turns that the turn's question may refer to."""
        first = turn.wishes.retry_of or turn.number
        return [t for t in self.store.list_turns(owner, turn.session_id) if t.number < first]

    def _carry_elsewhere(self, handover: Handover, ticket: Ticket, turn: Turn) -> None:
        past = self._past(ticket.owner, turn)
        turn = handover.carry(ticket.owner, turn, past, self._cancellations[_key(ticket)])
        if turn.state in FINAL_STATES:
            self._ended(ticket.owner, turn)

    def _tell_elsewhere(self, event: Event) -> None:
        self.news.tell(event.session_id, event.turn)

    def _carry(self, ticket: Ticket) -> None:
        waiting = self.store.get_turn(ticket.owner, ticket.session_id, ticket.turn)
        if self._handover is not None and self._handover.takes(waiting):
            self._carry_elsewhere(self._handover, ticket, waiting)
            return
        turn = self.store.claim_turn(ticket.session_id, ticket.turn)
        if turn is None:
            return
        if turn.wishes.investigate:
            turn = self._investigate(ticket.owner, turn, self._cancellations[_key(ticket)])
        else:
            turn = carry(
                self.parts,
                self.store,
                turn,
                self._past(ticket.owner, turn),
                on_event=partial(self._tell, turn),
                cancellation=self._cancellations[_key(ticket)],
            )
        self._ended(ticket.owner, turn)
        if turn.state == "completed" and not turn.wishes.dry_run:
            self._build_cache(turn.sources)

    def _investigate(self, owner: str, turn: Turn, cancellation: Cancellation) -> Turn:
        return InvestigationTurn(
            self.parts,
            self.store,
            owner,
            turn,
            hears=lambda each: partial(self._tell, each),
            on_end=partial(self._ended, owner),
            cancellation=cancellation,
        ).carry()

    def _cancel_waiting(self, ticket: Ticket) -> None:
        turn = self.store.claim_turn(ticket.session_id, ticket.turn)
        if turn is not None:
            recorder = TurnRecorder(turn, self.store, partial(self._tell, turn))
            recorder.enter("cancelled", "Cancelled before it was begun.")
            self._ended(ticket.owner, recorder.turn)
        self._cancellations.pop(_key(ticket), None)

    def _cancel_own_waiting(self) -> None:
        for owner, turn in self.store.waiting_turns():
            if (turn.session_id, turn.number) in self._cancellations:
                self.cancel(owner, turn.session_id, turn.number)

    def _build_cache(self, sources: Sequence[Source]) -> None:
        """Build columnar copies behind the answer, one process at a time."""
        with self._building:
            if self._builder is None or self._builder.poll() is not None:
                self._builder = build_behind(self.settings, self.sources, sources)

    def _ended(self, owner: str, turn: Turn) -> None:
        if self._on_end is not None:
            self._on_end(owner, turn)

    def _tell(self, turn: Turn, event: Event) -> None:
        if self._on_step is not None:
            self._on_step(turn, event)
        self.news.tell(event.session_id, event.turn)


def _ticket(owner: str, turn: Turn) -> Ticket:
    return Ticket(
        owner=owner,
        session_id=turn.session_id,
        turn=turn.number,
        running_limit=turn.wishes.running_limit,
    )


def _key(ticket: Ticket) -> tuple[str, int]:
    return ticket.session_id, ticket.turn


def _join(workers: Sequence[threading.Thread], deadline: float) -> None:
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
