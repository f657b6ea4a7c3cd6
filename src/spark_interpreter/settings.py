"""Every setting, in one object.

A setting comes from, in falling order: an argument, the environment variable
`SPARK_INTERPRETER_<NAME>` (nested: `SPARK_INTERPRETER_LIMITS__SECONDS`), its default.
"""

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from spark_interpreter.model.run import Limits


def _data_dir() -> Path:
    return Path(platformdirs.user_data_dir("spark-interpreter"))


def _cache_dir() -> Path:
    return Path(platformdirs.user_cache_dir("spark-interpreter"))


class Settings(BaseSettings):
    """What an operator or user can change."""

    model_config = SettingsConfigDict(
        env_prefix="SPARK_INTERPRETER_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data_dir: Path = Field(default_factory=_data_dir, description="Sessions and artifacts.")
    cache_dir: Path = Field(
        default_factory=_cache_dir, description="Columnar copies of sources; may be deleted."
    )
    cache_max_mb: int = Field(
        default=10_240, ge=0, description="Size limit of the columnar cache in MiB; 0 turns it off."
    )
    sample_rows: int = Field(default=20_000, ge=100, description="Rows a profile is taken from.")
    preview_rows: int = Field(
        default=100, ge=1, le=10_000, description="Rows shown with an answer."
    )
    confidence_threshold: float = Field(
        default=0.5, ge=0, le=1,
        description="Below this confidence a turn asks back instead of answering.",
    )  # fmt: skip
    limits: Limits = Field(default=Limits(), description="What one run may use.")
    allow_udfs: bool = Field(
        default=False, description="Let scripts define Python functions that run inside the engine."
    )
