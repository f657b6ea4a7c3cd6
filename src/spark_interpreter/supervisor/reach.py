"""Which local files a turn may read."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import FileSource, Source

_PATTERN = frozenset("*?[{")


def file_uris(sources: Iterable[Source]) -> tuple[str, ...]:
    """The paths, patterns and URIs of those sources that are files."""
    return tuple(source.uri for source in sources if isinstance(source, FileSource))


def require_reach(locations: Iterable[str], roots: Sequence[str] | None) -> None:
    """See that everything local lies below one of the roots, after links were followed.

    Args:
        locations: paths, patterns and URIs; URIs of other systems are not ours to judge.
        roots: files and folders; None allows every path.

    Raises:
        SourceUnreadable: a path lies elsewhere, whether or not there is such a file.
    """
    if roots is None:
        return
    allowed = [Path(root).resolve() for root in roots]
    for location in locations:
        bare = location.removeprefix("file://")
        if "://" in bare:
            continue
        path = _fixed_part(bare).expanduser().resolve()
        if not any(path.is_relative_to(root) for root in allowed):
            raise SourceUnreadable(
                f"“{location}” is outside the folders that may be read here.",
                remedy="Upload the file, or ask the operator to allow its folder.",
            )


def _fixed_part(path: str) -> Path:
    """The path up to its first part with a pattern."""
    fixed = Path()
    for part in Path(path).parts:
        if _PATTERN & set(part):
            break
        fixed /= part
    return fixed
