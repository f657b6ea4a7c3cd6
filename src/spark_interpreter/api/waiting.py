"""Waiting for news of a turn on the event loop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi.concurrency import run_in_threadpool

from spark_interpreter.model import FINAL_STATES, Turn
from spark_interpreter.supervisor.service import Service


@contextmanager
def news_of(service: Service, session_id: str, number: int) -> Iterator[asyncio.Event]:
    """An event that is set whenever the turn has news."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(news.set)

    with service.news.listening(session_id, number, wake):
        yield news


async def finished(service: Service, owner: str, turn: Turn, seconds: float) -> Turn:
    """The turn once it is in a final state, or as it is after this time."""
    deadline = asyncio.get_running_loop().time() + seconds
    with news_of(service, turn.session_id, turn.number) as news:
        while True:
            news.clear()
            turn = await run_in_threadpool(
                service.store.get_turn, owner, turn.session_id, turn.number
            )
            left = deadline - asyncio.get_running_loop().time()
            if turn.state in FINAL_STATES or left <= 0 or service.stopping:
                return turn
            try:
                await asyncio.wait_for(news.wait(), left)
            except TimeoutError:
                continue
