"""What the run of a turn has said: why it failed first, then the lines, without secrets."""

import re
from collections.abc import Iterable

from spark_interpreter.model import ExecutionLogs, Turn
from spark_interpreter.stores.base import ArtifactStore

_TEXTS = ("stdout", "stderr", "engine")
_MOST_ERRORS = 50
_ERROR = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL)\b|^\s*(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception)\b"
    r"|^Caused by: |Task timed out after|OutOfMemory"
)
_SECRETS = (
    re.compile(r"(?P<keep>\b(?:A3T[A-Z0-9]|AKIA|ASIA))[A-Z0-9]{12,}"),
    re.compile(r"(?P<keep>://[^/\s:@]*:)[^/\s@]+(?=@)"),
    re.compile(r"(?P<keep>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(
        r"(?P<keep>\b[\w.-]*(?:password|passwd|pwd|secret[\w.-]*key|access[_.-]?key|token|api[_-]?key"
        r"|passphrase|private[_-]?key|X-Amz-Signature|X-Amz-Credential)[\w.-]*[\"']?\s*[=:]\s*[\"']?)"
        r"[^\s,;&\"')\]}]+",
        re.IGNORECASE,
    ),
)


def extract_logs(artifacts: ArtifactStore, turn: Turn) -> ExecutionLogs:
    """The logs of this turn's run alone; empty where nothing was run or said."""
    platform = turn.placement.platform if turn.placement else "local"
    folder = artifacts.log_dir(platform, f"{turn.session_id}-{turn.number}")
    texts = {
        name: redacted(path.read_text("utf-8", "replace"))
        for name in _TEXTS
        if (path := folder / f"{name}.log").is_file()
    }
    error = turn.error
    line = error.line if error else None
    return ExecutionLogs(
        problem=redacted(f"{error.message} {error.remedy}".strip()) if error else "",
        line=line,
        script_line=_line_of(turn, line),
        errors=error_lines(texts.values()),
        **texts,
    )


def redacted(text: str) -> str:
    """The text with what looks like a secret blotted out."""
    for pattern in _SECRETS:
        text = pattern.sub(r"\g<keep>***", text)
    return text


def error_lines(texts: Iterable[str]) -> tuple[str, ...]:
    """The lines that tell of errors, each once, at most fifty."""
    found = (line.strip() for text in texts for line in text.splitlines() if _ERROR.search(line))
    return tuple(dict.fromkeys(found))[:_MOST_ERRORS]


def _line_of(turn: Turn, line: int | None) -> str:
    lines = turn.script.text.splitlines() if turn.script else []
    return lines[line - 1].strip() if line and line <= len(lines) else ""
