"""Files that people name for a result or a chart."""

from collections.abc import Collection
from pathlib import Path

from spark_interpreter.errors import ResultError


def checked_ending(path: Path, endings: Collection[str], refusal: str) -> str:
    """The path's ending in lower case, when a file of that kind can be written there.

    Args:
        refusal: what is said before the file's name, where the ending is not one of `endings`.

    Raises:
        ResultError: the ending is none of these, or the folder is missing.
    """
    ending = path.suffix.lower()
    if ending not in endings:
        raise ResultError(
            f"{refusal} “{path.name}”.", remedy=f"Give it one of the endings {', '.join(endings)}."
        )
    if not path.parent.is_dir():
        raise ResultError(f"The folder “{path.parent}” does not exist.", remedy="Make it first.")
    return ending
