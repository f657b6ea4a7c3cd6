"""What was made of objects is found again by the objects, and by nothing that equals them."""

import gc
from concurrent.futures import ThreadPoolExecutor

from spark_interpreter.generation.planner.recent import Recent


class Thing:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_the_same_objects_give_the_same_thing() -> None:
    recent: Recent[object] = Recent(2)
    one, two = Thing(), Thing()
    made = recent.of(one, two, make=object)
    assert recent.of(one, two, make=object) is made
    assert recent.of(two, one, make=object) is not made


def test_nothing_made_counts_as_made() -> None:
    recent: Recent[object] = Recent(2)
    thing = Thing()
    assert recent.of(thing, make=lambda: None) is None
    assert recent.of(thing, make=object) is None


def test_the_least_recently_used_goes_first() -> None:
    recent: Recent[object] = Recent(2)
    things = [Thing() for _ in range(3)]
    made = [recent.of(thing, make=object) for thing in things[:2]]
    assert recent.of(things[0], make=object) is made[0]
    recent.of(things[2], make=object)
    assert recent.of(things[0], make=object) is made[0]
    assert recent.of(things[1], make=object) is not made[1]


def test_an_address_is_not_taken_over_by_another_object() -> None:
    recent: Recent[object] = Recent(10)
    made = []
    for _ in range(5):  # none of these is kept by the test
        made.append(recent.of(Thing(), make=object))
        gc.collect()
    assert len(set(map(id, made))) == 5


def test_many_threads_at_once() -> None:
    recent: Recent[int] = Recent(3)
    things = [Thing() for _ in range(8)]

    def ask(number: int) -> bool:
        place = number % len(things)
        return recent.of(things[place], make=lambda: place) == place

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(4000)))
