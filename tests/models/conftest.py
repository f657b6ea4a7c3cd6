"""One warm engine for all questions; a scripted model for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model import Event, ModelSettings, Turn
from spark_interpreter.model.source import FileSource
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.stores import FolderArtifactStore, SqliteSessionStore
from spark_interpreter.supervisor.carry import carry, make_parts
from spark_interpreter.supervisor.recorder import OnEvent
from tests.servers.model import Call, ModelServer, Reply

RIGHT = {
    "kind": "script",
    "analysis": (
        'result = (\n    orders.groupBy("region")\n'
        '    .agg(F.sum("amount").alias("total"))\n    .orderBy("region")\n)'
    ),
    "tables": ["orders"],
    "title": "Amount by region",
    "reading": "The total amount of each region",
    "assumptions": ["amounts are in euros"],
    "explanation": "Sums the amounts of each region.",
    "ordered": True,
    "chart": "bar",
    "chart_x": "region",
    "chart_y": ["total"],
    "confidence": 0.9,
}
ANSWER = (("North", 225), ("South", 240))
QUESTION = "total amount by region"


def answers(analysis: str | None = None, **fields: Any) -> Reply:
    """The reply of a model that does as it is asked."""
    given = {**RIGHT, **({"analysis": analysis} if analysis is not None else {}), **fields}
    return Reply(calls=(Call("answer", given),))


@dataclass
class Asker:
    """Carries questions as the service does.

    Attributes:
        heard: events of the last turn.
    """

    home: Path
    platform: EmbeddedPlatform
    heard: list[Event] = field(default_factory=list)

    def ask(
        self,
        question: str,
        path: Path,
        server: ModelServer | None,
        protocol: str = "openai",
        *,
        cancellation: Cancellation | None = None,
        on_event: OnEvent | None = None,
        settings: dict[str, Any] | None = None,
        dry_run: bool = False,
        **model: Any,
    ) -> Turn:
        spoken = server.settings(protocol) if server else {}
        chosen = Settings(
            data_dir=self.home / "data",
            cache_dir=self.home / "cache",
            cache_max_mb=0,
            reuse_answers=False,
            model=ModelSettings(**{"retry_seconds": 0.01, **spoken, **model}),
            **(settings or {}),
        )
        store = SqliteSessionStore(self.home / "data" / "sessions.db")
        try:
            return self._carry(chosen, store, question, path, cancellation, on_event, dry_run)
        finally:
            store.close()

    def _carry(
        self,
        settings: Settings,
        store: SqliteSessionStore,
        question: str,
        path: Path,
        cancellation: Cancellation | None,
        on_event: OnEvent | None,
        dry_run: bool,
    ) -> Turn:
        from spark_interpreter.model import Wishes

        parts = make_parts(
            settings, Sources(settings), self.platform, FolderArtifactStore(settings.data_dir)
        )
        session = store.create_session("person")
        turn = store.add_turn(
            "person", session.id, question, (FileSource(uri=str(path)),),
            wishes=Wishes(dry_run=dry_run),
        )  # fmt: skip
        self.heard = []

        def hear(event: Event) -> None:
            self.heard.append(event)
            if on_event is not None:
                on_event(event)

        return carry(parts, store, turn, (), on_event=hear, cancellation=cancellation)

    def messages(self) -> list[str]:
        return [event.message for event in self.heard]


@pytest.fixture(scope="package")
def asker(tmp_path_factory: pytest.TempPathFactory, own_folders: None) -> Iterator[Asker]:
    home = tmp_path_factory.mktemp("models")
    with EmbeddedPlatform(Settings(data_dir=home / "data", cache_dir=home / "cache")) as platform:
        yield Asker(home, platform)


@pytest.fixture(scope="package")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    rows = [f"{n},2024-0{n % 3 + 1}-11,{'North' if n % 2 else 'South'},{n}" for n in range(1, 31)]
    path.write_text("\n".join(["id,day,region,amount", *rows]) + "\n")
    return path
