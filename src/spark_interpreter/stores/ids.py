"""Ids that name folders and rows: what is safe, and what an unsafe one becomes."""

import re
import uuid
from hashlib import sha256

from spark_interpreter.errors import NotFound

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_SAFE_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_OWN_LENGTH = 33


def new_session_id() -> str:
    """An id nobody can guess (36 characters)."""
    return str(uuid.uuid4())


def mapped_session_id(owner: str, client_id: str) -> str:
    """Our id for a client's, always the same one for the same owner (64 characters)."""
    return sha256(f"{owner}\0{client_id}".encode()).hexdigest()


def usable_as_session_id(client_id: str) -> bool:
    """Whether a client's id can be the session's: 33 to 128 letters, digits, `-` and `_`."""
    return len(client_id) >= _OWN_LENGTH and _SAFE.fullmatch(client_id) is not None


def folder_name(kind: str, name: str) -> str:
    """The name, if it is one that stays in its folder.

    Args:
        kind: what it names ("session", "platform", "run"), for the message.

    Raises:
        NotFound: nothing of ours can have this name.
    """
    pattern = _SAFE_RUN if kind == "run" else _SAFE
    if pattern.fullmatch(name) is None:
        raise NotFound(f"There is no {kind} with the id {name[:200]!r}.")
    return name
