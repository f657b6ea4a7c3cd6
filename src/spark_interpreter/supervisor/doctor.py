"""What of the product works on this machine, and how to get the rest."""

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from spark_interpreter.model import Model, PlatformHealth, PlatformName
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.sandbox.layers import sandbox_layers
from spark_interpreter.settings import Settings


class Check(Model):
    """One thing that is there or not.

    Attributes:
        group: what it belongs to.
        ok: it is there; None where it is optional and absent.
        remedy: how to get it.
    """

    group: Literal["engine", "sandbox", "platform", "storage", "model", "optional"]
    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


def examine(settings: Settings, platforms: Mapping[PlatformName, Platform]) -> tuple[Check, ...]:
    """Look at everything; changes nothing but creating the data folders."""
    return tuple(
        check
        for group in (
            _engine(),
            _sandbox(),
            _platforms(platforms),
            _storage(settings),
            _model(settings),
            _optional(),
        )
        for check in group
    )


def _engine() -> Iterator[Check]:
    yield Check(
        group="engine",
        name="Python",
        ok=sys.version_info >= (3, 11),
        detail=f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        remedy="" if sys.version_info >= (3, 11) else "Use Python 3.11 or later.",
    )
    for package in ("pysail", "pyspark-client", "duckdb", "pyarrow"):
        yield Check(
            group="engine", name=package, ok=True, detail=importlib.metadata.version(package)
        )


def _sandbox() -> Iterator[Check]:
    for layer in sandbox_layers():
        yield Check(
            group="sandbox",
            name=layer.name,
            ok=layer.available,
            detail=layer.detail,
            remedy="" if layer.available else layer.remedy,
        )


def _platforms(platforms: Mapping[PlatformName, Platform]) -> Iterator[Check]:
    for each in platforms.values():
        health: PlatformHealth = each.health()
        yield Check(
            group="platform",
            name=health.platform,
            ok=health.configured and health.healthy,
            detail=health.detail,
            remedy=health.remedy,
        )


def _storage(settings: Settings) -> Iterator[Check]:
    for name, folder in (("data_dir", settings.data_dir), ("cache_dir", settings.cache_dir)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as problem:
            yield Check(
                group="storage",
                name=name,
                ok=False,
                detail=str(problem),
                remedy=f"Set SPARK_INTERPRETER_{name.upper()} to a folder you can write.",
            )
        else:
            yield Check(
                group="storage", name=name, ok=True, detail=f"{folder}, {free / 1e9:.1f} GB free"
            )


_LIBRARIES = {
    "anthropic": "anthropic",
    "bedrock": "boto3",
    "gemini": "google.genai",
    "ollama": "ollama",
    "openai": "openai",
}
"""What Strands Agents needs besides itself, by provider."""


def _model(settings: Settings) -> Iterator[Check]:
    """Whether the model that the settings name could be called; it is not."""
    provider, name = settings.model.provider, settings.model.name
    if not provider:
        yield Check(
            group="model", name="language model", ok=None, detail="none: the planner writes scripts"
        )
        return
    missing = [module for module in ("strands", _LIBRARIES[provider]) if not _is_there(module)]
    remedy = "" if name else "Set SPARK_INTERPRETER_MODEL__NAME."
    if missing:
        remedy = "pip install 'spark-code-interpreter[agents]'"
    yield Check(
        group="model",
        name=provider,
        ok=not remedy,
        detail=f"{', '.join(missing)} not installed" if missing else name or "no model is named",
        remedy=remedy,
    )


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False


_PROGRAMS: dict[str, tuple[str, str]] = {
    "Java": ("java", "apt-get install default-jre-headless (only to run scripts on Apache Spark)"),
}


def _optional(find: Callable[[str], str | None] = shutil.which) -> Iterator[Check]:
    for name, (command, remedy) in _PROGRAMS.items():
        path = find(command)
        yield Check(
            group="optional",
            name=name,
            ok=True if path else None,
            detail=path or "not found",
            remedy="" if path else remedy,
        )
