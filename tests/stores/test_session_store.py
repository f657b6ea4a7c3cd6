"""What every session store does. A new implementation adds itself to `STORES`."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.errors import NotFound
from spark_interpreter.model import (
    Attempt,
    Costs,
    DataIssue,
    Draft,
    ErrorInfo,
    Event,
    FailedRun,
    FileSource,
    Manifest,
    Result,
    ResultColumn,
    Run,
    Script,
    Turn,
    Usage,
    Verdict,
    now,
)
from spark_interpreter.stores import SessionStore, SqliteSessionStore

STORES: dict[str, Callable[[Path], SessionStore]] = {
    "sqlite": lambda folder: SqliteSessionStore(folder / "sessions.db"),
}
LONG_ID = "client-0123456789-0123456789-0123456789"


@pytest.fixture(params=sorted(STORES))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SessionStore]:
    """Opens the same store, as often as it is called."""
    return lambda: STORES[request.param](tmp_path)


@pytest.fixture
def store(open_store: Callable[[], SessionStore]) -> Iterator[SessionStore]:
    opened = open_store()
    yield opened
    opened.close()


def event(turn: Turn, sequence: int, message: str = "") -> Event:
    return Event(
        session_id=turn.session_id,
        turn=turn.number,
        sequence=sequence,
        time=now(),
        kind="progress",
        state="running",
        message=message,
        data={"fraction": sequence / 10},
    )


def finished(turn: Turn) -> Turn:
    """The turn with all that came of it."""
    manifest = Manifest(
        run_id="r",
        columns=(ResultColumn(name="Größe", type="decimal(10,2)"),),
        row_count=2,
        files=(),
        ordered=True,
        created=now(),
    )
    return turn.model_copy(
        update={
            "state": "completed",
            "updated": now(),
            "draft": Draft(
                analysis="result = orders",
                title="All",
                reading="all orders",
                tables=("orders",),
                confidence=0.9,
                generator="planner",
                state={"plan": {"nested": [1, 2.5, None, "ü"]}},
            ),
            "script": Script(text="text", local_text="text", inputs=("/a",), output="/o"),
            "verdict": Verdict(),
            "result": Result(manifest=manifest, rows=(("1.50",), (None,)), truncated=False),
            "data_issues": (DataIssue(kind="null", message="2 cells are empty.", count=2),),
            "timings": {"running": 1.25},
        }
    )


def test_a_session_is_found_again(store: SessionStore) -> None:
    made = store.create_session("ann", title="Sales")
    assert 33 <= len(made.id) <= 128
    assert (made.owner, made.title, made.turn_count) == ("ann", "Sales", 0)
    assert store.get_session("ann", made.id) == made
    assert store.create_session("ann").id != made.id


def test_ids_of_clients(store: SessionStore) -> None:
    own = store.create_session("ann", client_id=LONG_ID)
    assert own.id == LONG_ID
    assert store.create_session("ann", client_id=LONG_ID) == own
    for client_id in ["1", "my session", "../../etc", "", "é" * 40, "x" * 500, "a/" * 20]:
        mapped = store.create_session("ann", client_id=client_id, title="first")
        assert 33 <= len(mapped.id) <= 128
        assert mapped.id.isalnum()
        assert store.create_session("ann", client_id=client_id, title="again") == mapped
        assert store.get_session("ann", client_id) == mapped


def test_owners_do_not_meet(store: SessionStore) -> None:
    anns = store.create_session("ann", client_id=LONG_ID)
    bobs = store.create_session("bob", client_id=LONG_ID)
    assert anns.id != bobs.id
    assert store.get_session("bob", LONG_ID) == bobs
    assert (
        store.create_session("ann", client_id="1").id
        != store.create_session("bob", client_id="1").id
    )
    turn = store.add_turn("ann", anns.id, "q", ())
    calls: list[Callable[[], object]] = [
        lambda: store.get_session("eve", anns.id),
        lambda: store.rename_session("eve", anns.id, "x"),
        lambda: store.delete_session("eve", anns.id),
        lambda: store.add_turn("eve", anns.id, "q", ()),
        lambda: store.get_turn("eve", anns.id, turn.number),
        lambda: store.list_turns("eve", anns.id),
        lambda: store.list_events("eve", anns.id, turn.number),
        lambda: store.list_sessions("eve", before=anns.id),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert store.list_sessions("eve") == []


def test_what_is_not_there(store: SessionStore) -> None:
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q", ())
    calls: list[Callable[[], object]] = [
        lambda: store.get_session("ann", "nothing"),
        lambda: store.get_turn("ann", session.id, 2),
        lambda: store.list_events("ann", session.id, 2),
        lambda: store.save_turn(turn.model_copy(update={"number": 7})),
        lambda: store.add_event(event(turn.model_copy(update={"number": 7}), 1)),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_sessions_are_listed_latest_first_in_pages(store: SessionStore) -> None:
    ids = [store.create_session("ann", title=f"s{number}").id for number in range(7)]
    store.add_turn("ann", ids[2], "the latest question", ())
    expected = [ids[2], *(name for name in reversed(ids) if name != ids[2])]
    assert [s.id for s in store.list_sessions("ann")] == expected
    pages: list[str] = []
    before = None
    while page := store.list_sessions("ann", limit=3, before=before):
        pages += [session.id for session in page]
        before = page[-1].id
    assert pages == expected


def test_sessions_are_searched_by_title_and_question(store: SessionStore) -> None:
    umsatz = store.create_session("ann", title="ÜMSATZ 100%")
    other = store.create_session("ann", title="other")
    store.add_turn("ann", other.id, "Revenue by Month", ())
    assert [s.id for s in store.list_sessions("ann", search="ümsatz")] == [umsatz.id]
    assert [s.id for s in store.list_sessions("ann", search="revenue BY")] == [other.id]
    assert [s.id for s in store.list_sessions("ann", search="100%")] == [umsatz.id]
    assert store.list_sessions("ann", search="%") != store.list_sessions("ann")
    assert store.list_sessions("ann", search="' OR 1=1 --") == []


def test_sessions_are_renamed_and_deleted(store: SessionStore) -> None:
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q", ())
    store.add_event(event(turn, 1))
    assert store.rename_session("ann", session.id, "New").title == "New"
    store.delete_session("ann", session.id)
    with pytest.raises(NotFound):
        store.get_session("ann", session.id)
    with pytest.raises(NotFound):
        store.save_turn(turn)
    assert store.list_sessions("ann") == []


def test_turns_are_numbered_and_kept_whole(store: SessionStore) -> None:
    session = store.create_session("ann")
    source = FileSource(uri="/data/größe.csv")
    first = store.add_turn("ann", session.id, "first?", [source])
    second = store.add_turn("ann", session.id, "second?", ())
    assert (first.number, first.state, first.sources) == (1, "queued", (source,))
    assert second.number == 2
    done = finished(first)
    store.save_turn(done)
    assert store.get_turn("ann", session.id, 1) == done
    assert store.list_turns("ann", session.id) == [done, second]
    after = store.get_session("ann", session.id)
    assert after.turn_count == 2
    assert after.updated >= session.updated


def test_events_are_listed_in_order(store: SessionStore) -> None:
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q", ())
    events = [event(turn, number) for number in range(1, 15)]
    for one in events:
        store.add_event(one)
    assert store.list_events("ann", session.id, 1) == events
    assert store.list_events("ann", session.id, 1, after=11) == events[11:]
    assert store.list_events("ann", session.id, 1, after=99) == []


def test_another_store_sees_it_at_once(
    store: SessionStore, open_store: Callable[[], SessionStore]
) -> None:
    session = store.create_session("ann")
    other = open_store()
    turn = other.add_turn("ann", session.id, "q", ())
    store.save_turn(finished(turn))
    assert other.get_turn("ann", session.id, 1).state == "completed"
    other.close()
    assert store.get_session("ann", session.id).turn_count == 1


def test_threads_share_a_store(store: SessionStore) -> None:
    session = store.create_session("ann")
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(10):
                turn = store.add_turn("ann", session.id, "q", ())
                store.add_event(event(turn, 1))
                store.save_turn(finished(turn))
                store.list_turns("ann", session.id)
        except Exception as error:  # noqa: BLE001 - reported by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    turns = store.list_turns("ann", session.id)
    assert [turn.number for turn in turns] == list(range(1, 61))
    assert {turn.state for turn in turns} == {"completed"}


def test_turns_of_a_living_process_go_on(store: SessionStore) -> None:
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q", ())
    assert not store.fail_interrupted()
    assert store.get_turn("ann", session.id, 1) == turn


def test_errors_of_turns_are_kept(store: SessionStore) -> None:
    session = store.create_session("ann")
    turn = store.add_turn("ann", session.id, "q", ())
    error = ErrorInfo(code="timeout", phase="running", message="Too long.", line=3)
    failed = turn.model_copy(
        update={"state": "failed", "error": error, "updated": turn.updated + timedelta(seconds=1)}
    )
    store.save_turn(failed)
    assert store.get_turn("ann", session.id, 1) == failed


def test_a_turn_made_elsewhere_is_kept_under_its_number_once(store: SessionStore) -> None:
    made = Turn(
        session_id=LONG_ID, number=3, state="queued", question="why", created=now(), updated=now()
    )
    assert store.adopt_turn("kim", made, waiting=True)
    assert not store.adopt_turn("kim", made.model_copy(update={"question": "other"}))
    assert store.get_turn("kim", LONG_ID, 3) == made
    assert [turn.number for _, turn in store.waiting_turns()] == [3]
    earlier = made.model_copy(update={"number": 1, "state": "completed"})
    assert store.adopt_turn("kim", earlier)
    assert store.get_session("kim", LONG_ID).turn_count == 3
    assert store.add_turn("kim", LONG_ID, "next", ()).number == 4
    with pytest.raises(NotFound):
        store.adopt_turn("lee", made.model_copy(update={"number": 9}))
    assert store.get_session("kim", LONG_ID).turn_count == 4


def test_a_waiting_turn_that_was_saved_still_waits(open_store: Callable[[], SessionStore]) -> None:
    """Its progress is noted by whoever looks at it elsewhere; a restart goes on with it."""
    store = open_store()
    session = store.create_session("kim")
    turn = store.add_turn("kim", session.id, "why", (), waiting=True)
    store.save_turn(turn.model_copy(update={"state": "running"}))
    assert store.fail_interrupted() == []
    assert [turn.state for _, turn in store.waiting_turns()] == ["running"]
    store.close()


def test_what_a_failed_run_cost_is_known_later(store: SessionStore) -> None:
    turn = store.add_turn("me", store.create_session("me").id, "how many?", ())
    other = FailedRun(run_id="r.2", platform="lambda", error="timeout", cost=4)
    run = FailedRun(run_id="r", platform="lambda", error="cancelled", cost=2, about=True)
    store.save_turn(finished(turn).model_copy(update={"failed_runs": (run, other)}))
    before = Costs.of(store.costs("me"))
    assert (before.runs, before.about) == (6, 1)
    known = run.model_copy(update={"cost": 1, "about": False})
    store.settle_run(turn.session_id, turn.number, known)
    after = Costs.of(store.costs("me"))
    assert (after.runs, after.about) == (5, 0)
    assert store.get_turn("me", turn.session_id, turn.number).failed_runs == (known, other)
    store.delete_session("me", turn.session_id)
    store.settle_run(turn.session_id, turn.number, known)


def test_costs_are_added_up(store: SessionStore) -> None:
    def cost(owner: str, session: str, run: float | None, model: float | None, **more: Any) -> None:
        turn = store.add_turn(owner, session, "how many?", ())
        done = finished(turn)
        assert done.draft is not None
        used = Usage(model="m", cost=model)
        update = {
            "run": Run(
                run_id="r", platform="lambda", platform_run_id="1", engine="e", state="succeeded",
                started=now(), ended=now(), cost=run,
            ),
            "draft": done.draft.model_copy(update={"usage": used}),
            **more,
        }  # fmt: skip
        store.save_turn(done.model_copy(update=update))

    mine = store.create_session("me").id
    other = store.create_session("me").id
    theirs = store.create_session("them").id
    cost("me", mine, 0.25, 0.5)
    cost("me", mine, None, None)
    lost = FailedRun(run_id="r", platform="lambda", error="timeout")
    cost("me", mine, 0, 0, failed_runs=(lost, lost.model_copy(update={"cost": 2})))
    cost("me", mine, 8, 8, reused="x/1", s3_cost=0.5, failed_runs=(lost,))
    cost("me", other, 1, 0.125, created=now() - timedelta(days=3))
    cost("them", theirs, 2, None)
    tried = Attempt(error=ErrorInfo(code="x", phase="generating", message="m"),
                    usage=Usage(model="m", cost=0.0625))  # fmt: skip
    cost("them", theirs, 0, None, attempts=(tried, tried))

    costs = Costs.of(store.costs("me"))
    assert (costs.turns, costs.runs, costs.models, costs.unknown) == (5, 3.75, 0.625, 2)
    assert costs.about == 0
    assert costs.by_session == {mine: 3.25, other: 1.125}
    assert list(costs.by_day.values()) == [1.125, 3.25]
    assert Costs.of(store.costs("me", session_id=other)).total == 1.125
    assert Costs.of(store.costs("me", since=now().date())).total == 3.25
    assert Costs.of(store.costs(None)).by_owner == {"me": 4.375, "them": 2.125}
    assert Costs.of(store.costs("nobody")).total == 0
