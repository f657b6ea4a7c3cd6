"""Run mode of a script whose engine is elsewhere: it reads there, and its result comes here."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from spark_interpreter.platforms.data_sizes import SPARKS_OWN
from spark_interpreter.platforms.embedded import run_mode
from spark_interpreter.platforms.embedded.places import same_place
from spark_interpreter.platforms.embedded.protocol import Progress
from spark_interpreter.platforms.embedded.spark_patches import (
    Load,
    Patches,
    in_place_of_load,
    unknown_location,
)

_RETRIES = 4
"""A server that does not answer is asked so often again, within about five seconds."""


class Capture(run_mode.Capture):
    """Sees the write of the declared output, and how far the engine is."""

    def __init__(self, work: Any, tell: Callable[[Progress], None]) -> None:
        super().__init__(work)
        self._tell = tell
        self._asked: set[str] = set()

    def install(self) -> None:
        Patches.install(self)
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.client.core import SparkConnectClient
        from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
        from pyspark.sql.connect.session import SparkSession as RemoteSession

        warnings.filterwarnings("ignore", module="pyspark")
        self.replace(RemoteSession.Builder, "_apply_options", self._what_can_be_set)
        self.replace(SparkSession.Builder, "getOrCreate", self.on_new_session(self._watch))
        self.replace(SparkConnectClient, "get_config_dict", _known_configs)
        self.replace(DataFrameReader, "load", self._load)
        self.replace(DataFrameWriter, "save", self._save)

    def _what_can_be_set(self, _original: Callable[..., Any]) -> Callable[..., Any]:
        """Settings that only a new cluster could take (jars, a warehouse) stay as they are."""

        def apply_options(builder: Any, session: Any) -> None:
            for name, value in builder._options.items():
                self._asked.add(name)
                if session.conf.isModifiable(name):
                    session.conf.set(name, value)

        return apply_options

    def _load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Databases are read from copies, all else by the engine itself."""

        def read(call: Load) -> Any:
            if call.kind.casefold() != "jdbc":
                return original(call.reader, call.path, call.format, call.schema, **call.options)
            named = call.locations
            staged = self._work.staged
            copies = [c for c in staged if any(same_place(c.location, each) for each in named)]
            if not copies:
                raise unknown_location(" ".join(named) or call.kind)
            return run_mode.copied(call.reader._client, copies)

        return in_place_of_load(read)

    def _watch(self, session: Any) -> None:
        """Let a session tell of its progress, and give up on a server that is gone."""
        from pyspark.sql.connect.client.retries import DefaultPolicy

        session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES)])
        self.engine = f"Apache Spark {session.version}"
        session.registerProgressHandler(self._progress)
        self._tell_of_data(session)

    def _tell_of_data(self, session: Any) -> None:
        """Set what is said of the data for this session, which ends with the run.

        What the script or the server's operator has set to something else stays. A server that
        takes none of it runs the script all the same.
        """
        from pyspark.errors import PySparkException

        settings = self._work.remote.settings if self._work.remote else {}
        wanted = {name: value for name, value in settings.items() if name not in self._asked}
        try:
            found = session.client.get_configs(*wanted) if wanted else ()
            for (name, value), now in zip(wanted.items(), found, strict=True):
                if now == SPARKS_OWN[name]:
                    session.conf.set(name, value)
                    self.settings.append(name)
        except PySparkException as exc:
            warnings.warn(f"The server takes no settings: {exc}", stacklevel=1)

    def _progress(self, stages: Any, **_: Any) -> None:
        total = sum(stage.num_tasks for stage in stages or ())
        done = sum(stage.num_completed_tasks for stage in stages or ())
        if total:
            self._tell(Progress(fraction=min(done / total, 0.99)))


def _known_configs(original: Callable[..., Any]) -> Callable[..., Any]:
    """An older server does not know all settings that the client asks for."""

    def get_config_dict(client: Any, *keys: str) -> Mapping[str, str | None]:
        from pyspark.errors import PySparkException

        try:
            found: Mapping[str, str | None] = original(client, *keys)
        except PySparkException:
            return {key: _DEFAULTS[key] for key in keys}
        return found

    return get_config_dict


_DEFAULTS = {
    "spark.sql.execution.arrow.useLargeVarTypes": "false",
    "spark.sql.execution.pandas.convertToArrowArraySafely": "false",
    "spark.sql.execution.pandas.inferPandasDictAsMap": "false",
    "spark.sql.pyspark.inferNestedDictAsStruct.enabled": "false",
    "spark.sql.pyspark.legacy.inferArrayTypeFromFirstElement.enabled": "false",
    "spark.sql.pyspark.legacy.inferMapTypeFromFirstPair.enabled": "false",
    "spark.sql.session.localRelationBatchOfChunksSizeBytes": "1073741824",
    "spark.sql.session.localRelationCacheThreshold": "67108864",
    "spark.sql.session.localRelationChunkSizeBytes": "16777216",
    "spark.sql.session.localRelationChunkSizeRows": "10000",
    "spark.sql.session.localRelationSizeLimit": "268435456",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
}
"""Spark's own defaults of what `createDataFrame` asks for."""
