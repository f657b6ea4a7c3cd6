"""The glossary file, as people edit it."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from spark_interpreter.errors import SettingsError
from spark_interpreter.model import Glossary

FILE_NAME = "glossary.toml"
_SECTIONS = {"term": "terms", "metric": "metrics", "filter": "filters"}


class GlossaryFile:
    """A TOML file with the tables `[[term]]`, `[[metric]]` and `[[filter]]`.

    It is read again whenever it has changed; a file that is not there is an empty glossary.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._glossary = Glossary()

    def read(self) -> Glossary:
        """What the file says now.

        Raises:
            SettingsError: it cannot be read, or says something that is not a glossary.
        """
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return Glossary()
        except OSError as exc:
            raise self._unreadable(str(exc.strerror)) from exc
        seen = (stat.st_mtime_ns, stat.st_size)
        if seen != self._seen:
            self._glossary = self._parsed()
            self._seen = seen
        return self._glossary

    def _parsed(self) -> Glossary:
        try:
            found = tomllib.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError) as exc:
            raise self._unreadable(str(exc)) from exc
        unknown = found.keys() - _SECTIONS
        if unknown:
            raise self._unreadable(f"it has no use for [[{min(unknown)}]]")
        try:
            return Glossary.model_validate({_SECTIONS[name]: found[name] for name in found})
        except ValidationError as exc:
            raise self._unreadable(_first_problem(exc)) from exc

    def _unreadable(self, reason: str) -> SettingsError:
        return SettingsError(
            f"The glossary {self._path} cannot be used: {reason.rstrip('.')}.",
            remedy="Correct the file; docs/glossary.md shows what can stand in it.",
        )


def _first_problem(exc: ValidationError) -> str:
    """The first thing that is wrong, by the entry as the file has it ("metric 2, formula")."""
    problem = exc.errors()[0]
    names = {field: section for section, field in _SECTIONS.items()}
    words = [
        str(names.get(str(part), part)) if isinstance(part, str) else str(part + 1)
        for part in problem["loc"]
    ]
    place = ", ".join([" ".join(words[:2]), *words[2:]])
    return f"{place}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
