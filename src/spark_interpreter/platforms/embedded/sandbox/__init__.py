"""What keeps a run away from everything that is not its own."""

from spark_interpreter.platforms.embedded.sandbox.namespaces import enter as enter_namespaces
from spark_interpreter.platforms.embedded.sandbox.process import (
    allow_inspection,
    close_descriptors,
    die_with_parent,
    forbid_inspection,
)
from spark_interpreter.platforms.embedded.sandbox.profiles import (
    restrict_engine,
    restrict_script,
)

__all__ = [
    "allow_inspection",
    "close_descriptors",
    "die_with_parent",
    "enter_namespaces",
    "forbid_inspection",
    "restrict_engine",
    "restrict_script",
]
