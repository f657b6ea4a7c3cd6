"""The files that verified examples are kept in: TOML, to be read, reviewed and versioned."""

import re
import threading
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from spark_interpreter.errors import NotFound, SettingsError, StoreError
from spark_interpreter.model import Example
from spark_interpreter.replacing import replacing

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class ExampleFolder:
    """A folder with one file for each table that questions begin with: `orders.toml`.

    Files are read again whenever they have changed; a folder that is not there is empty. Safe to
    share between threads; of processes that write at once, the last one wins.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[Path, tuple[tuple[int, int], tuple[Example, ...]]] = {}

    def all(self) -> tuple[Example, ...]:
        """Every example, by file and then in the order of the file.

        Raises:
            SettingsError: a file cannot be read, or says something that is not an example.
        """
        with self._lock:
            return tuple(
                example
                for path in sorted(self._folder.glob("*.toml"))
                for example in self._read(path)
            )

    def add(self, example: Example) -> None:
        """Keep an example, in place of one with the same id."""
        name = _UNSAFE.sub("-", example.tables[0].name) or "table"
        with self._lock:
            self._drop(example.id)
            path = self._folder / f"{name}.toml"
            self._write(path, [*(self._read(path) if path.exists() else ()), example])

    def remove(self, example_id: str) -> None:
        """Forget an example.

        Raises:
            NotFound: there is none with this id.
        """
        with self._lock:
            if not self._drop(example_id):
                raise NotFound(f'There is no verified example "{example_id}".')

    def _drop(self, example_id: str) -> bool:
        for path in self._folder.glob("*.toml"):
            examples = self._read(path)
            kept = [example for example in examples if example.id != example_id]
            if len(kept) < len(examples):
                self._write(path, kept)
                return True
        return False

    def _read(self, path: Path) -> tuple[Example, ...]:
        try:
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            known = self._known.get(path)
            if known is None or known[0] != seen:
                found = tomllib.loads(path.read_text("utf-8"))
                known = seen, _examples(found)
                self._known[path] = known
        except (OSError, ValueError) as exc:
            raise SettingsError(
                f"The verified examples in {path} cannot be used: {_reason(exc)}.",
                remedy="Correct the file, or remove it.",
            ) from exc
        return known[1]

    def _write(self, path: Path, examples: Sequence[Example]) -> None:
        import tomli_w

        text = tomli_w.dumps({"example": [_plain(e) for e in examples]}, multiline_strings=True)
        try:
            if not examples:
                path.unlink(missing_ok=True)
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(path) as file:
                file.write(text.encode())
        except OSError as exc:
            raise StoreError(
                f"The verified examples in {path} cannot be written: {exc.strerror}.",
                remedy="Check the folder's permissions and free space.",
            ) from exc


def _examples(found: dict[str, Any]) -> tuple[Example, ...]:
    if unknown := found.keys() - {"example"}:
        raise ValueError(f"it has no use for [[{min(unknown)}]]")
    entries: Iterable[Any] = found.get("example", ())
    return tuple(Example.model_validate(entry) for entry in entries)


def _plain(example: Example) -> dict[str, Any]:
    """What the file says: only what differs from the defaults."""
    said = example.model_dump(exclude_defaults=True, exclude_none=True)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in said.items()}


def _reason(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        problem = exc.errors()[0]
        place = ", ".join(str(part) for part in problem["loc"])
        return f"{place}: {problem['msg']}"
    if isinstance(exc, OSError):
        return str(exc.strerror)
    return str(exc).rstrip(".")
