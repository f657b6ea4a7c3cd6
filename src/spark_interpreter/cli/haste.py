"""What makes the first answer of a process come sooner."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from spark_interpreter.platforms.embedded.parent import WarmParent


def make_haste() -> None:
    """Start the engine's process before all else, and spare this one what it does not need."""
    WarmParent.start_early()
    keep_pandas_out_of_arrow()


def keep_pandas_out_of_arrow() -> None:
    """Let PyArrow find, at its first conversion, that there is no pandas.

    It would import pandas then (0.3 s), only to know its objects if it meets some. It asks once,
    and does without for good; `to_pandas` asks again, and gets it.
    """
    import pyarrow as pa

    hidden = _Hidden()
    sys.meta_path.insert(0, hidden)
    try:
        pa.scalar(0)
    finally:
        sys.meta_path.remove(hidden)


class _Hidden(MetaPathFinder):
    """Finds that there is no pandas."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is hidden from PyArrow", name=fullname)
        return None
