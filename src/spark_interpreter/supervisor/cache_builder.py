"""Builds the columnar cache behind an answer, in a process of its own.

The process outlives the one that asked, so a command line returns at once; it works at low
priority and leaves either a complete cache entry or none.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter

from spark_interpreter.errors import SourceError
from spark_interpreter.model import FileSource, Source
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources

_SOURCES: TypeAdapter[tuple[Source, ...]] = TypeAdapter(tuple[Source, ...])


def build_behind(
    settings: Settings, known: Sources, sources: Sequence[Source]
) -> "subprocess.Popen[bytes] | None":
    """Start building the cache of the files that are worth one; returns at once.

    Args:
        known: what has looked at the sources just now.
    """
    files = [source for source in sources if isinstance(source, FileSource)]
    try:
        wanted = tuple(p.source for p in known.profile(files) if known.worth_caching(p))
    except SourceError:  # gone since the answer, which does not need them any more
        return None
    if not wanted:
        return None
    builder = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={
            **os.environ,
            "SPARK_INTERPRETER_CACHE_DIR": str(settings.cache_dir),
            "SPARK_INTERPRETER_CACHE_MAX_MB": str(settings.cache_max_mb),
            "SPARK_INTERPRETER_SAMPLE_ROWS": str(settings.sample_rows),
            "SPARK_INTERPRETER_STAGE_MAX_MB": str(settings.stage_max_mb),
        },
    )
    assert builder.stdin is not None
    with builder.stdin as pipe:
        pipe.write(_SOURCES.dump_json(wanted))
    return builder


def _main() -> None:
    os.nice(10)
    sources = Sources(Settings())
    for source in _SOURCES.validate_json(sys.stdin.buffer.read()):
        try:
            for profile in sources.profile([source]):
                sources.build_cache(profile)
        except SourceError:
            continue


if __name__ == "__main__":
    _main()
