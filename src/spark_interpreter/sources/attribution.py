"""For whom a database is asked: what its administrator sees beside each query.

A session's id and the number of a turn say where to look; neither a question nor a secret is said.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PRODUCT = "spark-interpreter"
_LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL keeps."""

_turn: ContextVar[tuple[str, int] | None] = ContextVar("asking_turn", default=None)


@contextmanager
def asking_for(session_id: str, turn: int) -> Iterator[None]:
    """Let databases know, within the block, which turn asks them."""
    token = _turn.set((session_id, turn))
    try:
        yield
    finally:
        _turn.reset(token)


def application_name() -> str:
    """PostgreSQL's `application_name`: the product, the session and the turn, in plain ASCII."""
    if (asking := _turn.get()) is None:
        return _PRODUCT
    session_id, turn = asking
    plain = session_id.encode("ascii", "replace").decode()
    room = _LONGEST_NAME - len(f"{_PRODUCT} /{turn}")
    return f"{_PRODUCT} {plain[:room]}/{turn}"


def query_tag(purpose: str) -> str:
    """Snowflake's `QUERY_TAG`, as JSON: `TRY_PARSE_JSON(query_tag):session` in its history.

    Args:
        purpose: "catalog", "profile", "stage" or the like.
    """
    tag: dict[str, str | int] = {"product": _PRODUCT, "purpose": purpose}
    if (asking := _turn.get()) is not None:
        tag |= {"session": asking[0], "turn": asking[1]}
    return json.dumps(tag)
