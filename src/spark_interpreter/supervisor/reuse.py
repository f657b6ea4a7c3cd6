"""Exact repeats: the same question of the same data takes its answer from before."""

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from spark_interpreter.__about__ import __version__
from spark_interpreter.errors import InterpreterError
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.memory import ExampleFolder
from spark_interpreter.model import Draft, FileSource, Turn
from spark_interpreter.results import Output
from spark_interpreter.settings import Settings
from spark_interpreter.stores.base import ArtifactStore, SessionStore

_ASKED = {"platform", "policy", "read_roots"}
REUSED = (
    "draft", "attempts", "verdict", "placement", "run", "result", "cross_check", "data_issues",
)  # fmt: skip
"""What a repeated turn takes from the one that answers it."""
_MATTERS = {
    "confidence_threshold", "preview_rows", "sample_rows", "allow_udfs", "limits", "model",
}  # fmt: skip
"""Settings that change what an answer is."""


_APART: Any = {
    "history": True, "find_values": True, "find_keys": True,
    "profiles": {"__all__": {"read": {"columnar": True}}},
}  # fmt: skip
"""What of a request is told apart, or says nothing of the answer."""


class Answers:
    """Finds the finished turn of the same owner that answers a request as it stands.

    A request is the same when the question, what it may refer to, the tables with the version of
    their data, the glossary, the verified examples, the settings and the program are. Only files
    say when their data change, so only questions of files are remembered.
    """

    def __init__(
        self,
        settings: Settings,
        store: SessionStore,
        artifacts: ArtifactStore,
        generator: str,
        examples: ExampleFolder,
    ) -> None:
        self._folder = settings.cache_dir / "answers"
        self._settings = settings.model_dump(mode="json", include=_MATTERS)
        self._on = settings.reuse_answers
        self._store = store
        self._artifacts = artifacts
        self._generator = generator
        self._examples = examples

    def key(self, turn: Turn, request: GenerationRequest) -> str | None:
        """What is the same for two requests with the same answer; None if nobody can say."""
        wishes, profiles = turn.wishes, request.profiles
        if wishes.fresh or wishes.dry_run or wishes.retry_of or wishes.output:
            return None
        files = all(isinstance(p.source, FileSource) and p.version for p in profiles)
        if not (self._on and profiles and files):
            return None
        said = {
            "program": [__version__, self._generator],
            "examples": [example.id for example in self._examples.all()],
            "owner": self._store.owner_of(turn.session_id),
            "request": request.model_dump(mode="json", exclude=_APART),
            "history": [
                [past.question, past.outcome.analysis if isinstance(past.outcome, Draft) else ""]
                for past in request.history
            ],
            "settings": self._settings,
            "wishes": wishes.model_dump(mode="json", include=_ASKED),
        }
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def remember(self, key: str | None, turn: Turn) -> None:
        """The turn, if it was answered, answers requests of this key from now on."""
        if key is None or turn.state != "completed":
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self._folder / f".{key}.{os.getpid()}"
        partial.write_text(json.dumps([turn.session_id, turn.number]), encoding="utf-8")
        partial.replace(self._folder / key)

    def find(self, key: str | None) -> Turn | None:
        """The turn that answers requests of this key, if its result is still there and whole.

        A person may have found it wrong since, or have removed it.
        """
        if key is None:
            return None
        try:
            session_id, number = json.loads((self._folder / key).read_text("utf-8"))
            owner = self._store.owner_of(session_id)
            turn = self._store.get_turn(owner, session_id, number)
            Output(self._artifacts.output_uri(session_id, number))
        except (OSError, ValueError, InterpreterError):
            return None
        wrong = turn.feedback is not None and turn.feedback.verdict == "wrong"
        return None if wrong or turn.state != "completed" else turn

    def copy_output(self, turn: Turn, to: Turn) -> None:
        """Give a turn the result of another, without its bytes where the disk can share them."""
        folder = Path(self._artifacts.output_uri(to.session_id, to.number))
        self._artifacts.clear_output(to.session_id, to.number)
        folder.mkdir(mode=0o700, parents=True)
        for file in sorted(
            Path(self._artifacts.output_uri(turn.session_id, turn.number)).iterdir()
        ):
            _link(file, folder / file.name)


def _link(file: Path, copy: Path) -> None:
    try:
        os.link(file, copy)
    except OSError:
        shutil.copy2(file, copy)
