"""The attack scripts: what each is after, and which rule of the policy refuses it.

A script names the places of its attack in capitals; whoever runs it puts real ones in:

- ATTACK_INPUT: the declared source; ATTACK_OUTPUT: the run's output folder;
- ATTACK_SECRET: a file with a secret, and ATTACK_OUTSIDE: a folder, both out of the run's reach;
- ATTACK_SOCKET: a Unix socket and ATTACK_PORT: a TCP port somebody listens on;
- ATTACK_PID: a process that is none of the run's; ATTACK_VARIABLE: an environment variable
  the parent has.

Bombs and endless loops have no end of their own: whoever runs them sets small limits.
"""

import re
from dataclasses import dataclass
from pathlib import Path

KINDS = ("files", "network", "processes", "memory", "time", "output", "engine", "python", "sql")
_TAG = re.compile(r"^# (attack|rule|goal): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Attack:
    """One script; `kind` is one of KINDS, `rule` what the policy says to it."""

    name: str
    kind: str
    rule: str
    goal: str
    text: str

    def at(self, **places: str | int | Path) -> str:
        """The script's text with real places, by the second half of their names in lower case."""
        text = self.text
        for name, place in places.items():
            text = text.replace(f"ATTACK_{name.upper()}", str(place))
        return text


def load_attacks() -> list[Attack]:
    """All attacks, in the order of their numbers."""
    return [_load(path) for path in sorted((Path(__file__).parent / "scripts").glob("*.py"))]


def _load(path: Path) -> Attack:
    text = path.read_bytes().decode()
    tags = dict(_TAG.findall(text))
    return Attack(path.stem, tags["attack"], tags["rule"], tags["goal"], text)
