"""The logs of one run: bounded, without terminal sequences, written to its log folder."""

import re
from pathlib import Path

KIB = 1024
_SENTENCE_MAX = 600

_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # strings: titles, links, device control
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]",
    re.DOTALL,
)


def plain_text(text: str) -> str:
    """The text without terminal sequences and control characters other than tab and newline."""
    return _SEQUENCES.sub("", text.replace("\r\n", "\n")).replace("\r", "\n")


def first_sentence(message: str) -> str:
    """The message up to the engine's notes to itself (candidate lists, stack noise)."""
    details = re.search(r'^\s*details = "(.*)"$', message, re.MULTILINE)
    text = plain_text(details[1] if details else message).split("\n\n")[0].split("\n\t")[0]
    text = re.split(r" No function matches |\. You might need|\nJVM stack|\nstatus = ", text)[0]
    text = " ".join(text.split())
    return text if len(text) <= _SENTENCE_MAX else text[:_SENTENCE_MAX] + "…"


class LogStream:
    """Keeps the first `limit_kb` KiB of what is fed to it and counts the rest."""

    def __init__(self, limit_kb: int) -> None:
        self._room = limit_kb * KIB
        self._kept = bytearray()
        self.dropped = 0

    def feed(self, data: bytes) -> None:
        kept = data[: self._room]
        self._kept += kept
        self._room -= len(kept)
        self.dropped += len(data) - len(kept)

    @property
    def text(self) -> str:
        return plain_text(self._kept.decode("utf-8", "replace"))

    def save(self, file: Path) -> None:
        text = self.text
        if self.dropped:
            text += f"\n[{self.dropped} more bytes were not kept]\n"
        file.write_text(text, encoding="utf-8")
