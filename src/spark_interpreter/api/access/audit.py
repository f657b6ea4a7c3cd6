"""The audit log: who did what; append-only, without secrets and data."""

import json
import logging
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from spark_interpreter.model import FileSource, Source, Turn, now

_MOST_QUESTION = 2000
_SECRETS = re.compile(
    r"sci_[\w-]{8,}"  # our keys
    r"|\beyJ[\w-]{8,}\.[\w.-]+"  # tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|(?<=://)[^/\s@]+:[^/\s@]+(?=@)"
    r"|(?i:(?<=password)|(?<=passwd)|(?<=secret)|(?<=token)|(?<=api.key)|(?<=bearer))"
    r"(?:\s+is\s+|\s*[=:]\s*|\s+)\S+"
)
_log = logging.getLogger(__name__)


class AuditLog:
    """One JSON object a line, in one file a month; nothing written is ever changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(self, action: str, **fields: Any) -> None:
        """Add a line. What cannot be written is logged as an error instead."""
        at = now()
        line = {"time": at.isoformat(), "action": action, **fields}
        try:
            self._append(f"{at:%Y-%m}.jsonl", json.dumps(line, default=str))
        except OSError:
            _log.exception("the audit log cannot be written")

    def asked(self, turn: Turn, *, owner: str) -> None:
        """Record what was asked, before anything is done for it."""
        self.record(
            "asked",
            request_id=turn.wishes.request_id,
            owner=owner,
            session=turn.session_id,
            turn=turn.number,
            question=without_secrets(turn.question)[:_MOST_QUESTION],
            sources=[_named(source) for source in turn.sources],
        )

    def turn(self, turn: Turn, *, owner: str, request_id: str = "") -> None:
        """Record how a turn ended."""
        self.record(
            "turn",
            request_id=request_id,
            owner=owner,
            session=turn.session_id,
            turn=turn.number,
            question=without_secrets(turn.question)[:_MOST_QUESTION],
            sources=[_named(source) for source in turn.sources],
            inputs=[without_secrets(name) for name in turn.script.inputs] if turn.script else [],
            script=turn.script.sha256 if turn.script else None,
            edited=turn.script.edited if turn.script else False,
            platform=turn.placement.platform if turn.placement else None,
            outcome=turn.state,
            error=turn.error.code if turn.error else None,
        )

    def _append(self, name: str, line: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(self._folder / name, flags, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)


def without_secrets(text: str) -> str:
    """The text with whatever looks like a key, a token or a password covered."""
    return _SECRETS.sub("…", text)


def _named(source: Source) -> str:
    match source:
        case FileSource(uri=uri) if "://" in uri:
            parts = urlsplit(uri)
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        case FileSource(uri=uri):
            return uri
        case _:
            fields = source.model_dump(exclude={"name", "kind"})
            return f"{source.kind}:{'/'.join(map(str, fields.values()))}"
