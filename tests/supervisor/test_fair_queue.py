"""The queue: fair between users, one turn of a session at a time, bounded."""

import threading

import pytest

from spark_interpreter.errors import Busy
from spark_interpreter.supervisor.fair_queue import FairQueue, Ticket


def ticket(owner: str, number: int, *, session: str = "", limit: int = 0) -> Ticket:
    session = session or f"{owner}-{number}"
    return Ticket(owner=owner, session_id=session, turn=number, running_limit=limit)


def taken(queue: FairQueue) -> Ticket:
    found = queue.take()
    assert found is not None
    return found


def test_users_take_turns_whoever_came_first() -> None:
    queue = FairQueue(100, 100)
    for number in range(3):
        queue.put(ticket("ann", number))
    queue.put(ticket("bob", 0))
    queue.put(ticket("eve", 0))
    order = []
    for _ in range(5):
        order.append(taken(queue))
        queue.done(order[-1])
    assert [t.owner for t in order] == ["ann", "bob", "eve", "ann", "ann"]


def test_who_has_fewer_running_comes_first() -> None:
    queue = FairQueue(100, 100)
    queue.put(ticket("ann", 0))
    taken(queue)
    queue.put(ticket("ann", 1))
    queue.put(ticket("bob", 0))
    assert taken(queue).owner == "bob"


def test_a_session_has_one_turn_at_a_time() -> None:
    queue = FairQueue(100, 100)
    first, second, other = (
        ticket("ann", 1, session="s"), ticket("ann", 2, session="s"), ticket("ann", 1),
    )  # fmt: skip
    for each in (first, second, other):
        queue.put(each)
    assert [taken(queue), taken(queue)] == [first, other]
    queue.done(first)
    assert taken(queue) == second


def test_the_limit_of_running_turns_holds() -> None:
    queue = FairQueue(100, 100)
    for number in range(2):
        queue.put(ticket("ann", number, limit=1))
    queue.put(ticket("bob", 0))
    first = taken(queue)
    assert taken(queue).owner == "bob"
    queue.done(first)
    assert taken(queue) == ticket("ann", 1, limit=1)


def test_positions_and_removal() -> None:
    queue = FairQueue(100, 100)
    tickets = [ticket("ann", 0), ticket("ann", 1), ticket("bob", 0)]
    for each in tickets:
        queue.put(each)
    assert [queue.position(each) for each in tickets] == [1, 3, 1]
    assert queue.remove(tickets[0])
    assert not queue.remove(tickets[0])
    assert queue.position(tickets[0]) is None
    assert queue.position(tickets[1]) == 1
    assert queue.sizes() == (2, 0)


def test_no_more_than_may_wait() -> None:
    queue = FairQueue(3, 2)
    for number in range(2):
        queue.reserve("ann")
        queue.put(ticket("ann", number))
    with pytest.raises(Busy, match="of your questions"):
        queue.reserve("ann")
    queue.put(ticket("bob", 0))
    with pytest.raises(Busy, match="3 questions"):
        queue.reserve("eve")


def test_closing_ends_those_who_wait() -> None:
    queue = FairQueue(3, 2)
    found: list[Ticket | None] = []
    thread = threading.Thread(target=lambda: found.append(queue.take()))
    thread.start()
    queue.close()
    thread.join(5)
    assert found == [None]
