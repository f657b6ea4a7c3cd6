"""The turns that wait, each user's behind one another and no user's before the others'."""

import threading
from collections import Counter, OrderedDict, deque

from spark_interpreter.errors import Busy
from spark_interpreter.model import Model


class Ticket(Model):
    """A turn that waits or is being carried.

    Attributes:
        running_limit: it waits while so many turns of its owner run; 0 sets no limit.
    """

    owner: str
    session_id: str
    turn: int
    running_limit: int = 0


class FairQueue:
    """Hands out tickets: the user with the fewest running turns first, then the longest unserved.

    Turns of one session are handed out one after another, as each may refine the one before.
    Safe to use from several threads.

    Args:
        capacity: tickets that may wait.
        per_owner: tickets of one user that may wait.
    """

    def __init__(self, capacity: int, per_owner: int) -> None:
        self._capacity = capacity
        self._per_owner = per_owner
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self._running: Counter[str] = Counter()
        self._busy_sessions: set[str] = set()
        self._closed = False

    def reserve(self, owner: str) -> None:
        """See that another ticket of the user can wait.

        Raises:
            Busy: as many wait already as may.
        """
        with self._changed:
            waiting = sum(map(len, self._waiting.values()))
            own = len(self._waiting.get(owner, ()))
        if own >= self._per_owner:
            raise Busy(f"{own} of your questions are waiting already.", retry_after=2)
        if waiting >= self._capacity:
            raise Busy(f"{waiting} questions are waiting already.", retry_after=2)

    def put(self, ticket: Ticket) -> None:
        """Add a ticket behind those of its owner."""
        with self._changed:
            self._waiting.setdefault(ticket.owner, deque()).append(ticket)
            self._changed.notify()

    def take(self) -> Ticket | None:
        """The next ticket, which runs until `done`; waits for one. None once closed."""
        with self._changed:
            while not self._closed:
                ticket = self._next()
                if ticket is not None:
                    return self._started(ticket)
                self._changed.wait()
            return None

    def done(self, ticket: Ticket) -> None:
        """The ticket's turn has come to its end."""
        with self._changed:
            self._running -= Counter([ticket.owner])
            self._busy_sessions.discard(ticket.session_id)
            self._changed.notify_all()

    def remove(self, ticket: Ticket) -> bool:
        """Take a waiting ticket out; False if it does not wait."""
        with self._changed:
            own = self._waiting.get(ticket.owner, deque())
            if ticket not in own:
                return False
            own.remove(ticket)
            self._forget_if_empty(ticket.owner)
            return True

    def position(self, ticket: Ticket) -> int | None:
        """How many tickets are served before this one, roughly, plus one; None if it runs."""
        with self._changed:
            own = self._waiting.get(ticket.owner, deque())
            if ticket not in own:
                return None
            rank = own.index(ticket)
            others = (q for owner, q in self._waiting.items() if owner != ticket.owner)
            return 1 + rank + sum(min(len(q), rank) for q in others)

    def sizes(self) -> tuple[int, int]:
        """How many wait and how many run."""
        with self._changed:
            return sum(map(len, self._waiting.values())), self._running.total()

    def close(self) -> None:
        """Hand out nothing any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self) -> Ticket | None:
        for owner in sorted(self._waiting, key=self._running.__getitem__):
            for ticket in self._waiting[owner]:
                if self._may_run(ticket):
                    return ticket
        return None

    def _may_run(self, ticket: Ticket) -> bool:
        limit = ticket.running_limit
        return ticket.session_id not in self._busy_sessions and (
            not limit or self._running[ticket.owner] < limit
        )

    def _started(self, ticket: Ticket) -> Ticket:
        self._waiting[ticket.owner].remove(ticket)
        self._waiting.move_to_end(ticket.owner)
        self._forget_if_empty(ticket.owner)
        self._running[ticket.owner] += 1
        self._busy_sessions.add(ticket.session_id)
        return ticket

    def _forget_if_empty(self, owner: str) -> None:
        if not self._waiting[owner]:
            del self._waiting[owner]
