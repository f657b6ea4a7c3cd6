"""Check mode: every read gives an empty table, nothing is written, plans resolve at their line."""

import re
from collections.abc import Callable
from typing import Any

from spark_interpreter.model import EmptyTable, Need
from spark_interpreter.platforms.embedded.needs import NeedsWalk, TooLarge
from spark_interpreter.platforms.embedded.places import (
    declare_table,
    same_place,
    same_table,
)
from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.spark_patches import (
    Load,
    Patches,
    in_place_of_load,
    result_columns,
    schema_of,
    unknown_location,
    written_frame,
)

_CLOCK = re.compile(r"\b(?:now|today|utcnow|localtimestamp|current_\w+)\b")
_UTC = frozenset({"UTC", "Etc/UTC", "GMT", "Z"})


class Capture(Patches):
    """Gives stand-ins for what is read, and takes the schema of what is written."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._tables = work.tables
        self._script = work.script
        self._stand_ins: dict[int, tuple[EmptyTable, ...]] = {}
        self._walk = NeedsWalk(self._stand_ins, work.tables)
        self._lost = False
        self._shows = False
        self._zone = "UTC"
        self._views: set[str] = set()
        self._resolving = False

    def install(self) -> None:
        super().install()
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.client import SparkConnectClient
        from pyspark.sql.connect.dataframe import DataFrame
        from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter

        self.replace(SparkSession.Builder, "getOrCreate", self._with_views)
        self.replace(DataFrameReader, "load", self._load)
        self.replace(DataFrameReader, "table", self._table)
        self.replace(DataFrameWriter, "save", self._save)
        for name in ("createTempView", "createOrReplaceTempView"):
            self.replace(DataFrame, name, self._viewed)
        self.replace(DataFrame, "show", self._shown)
        for name in ("to_table", "to_table_as_iterator", "to_pandas"):
            self.replace(SparkConnectClient, name, self._fetched)
        self.replace(DataFrame, "__init__", self._resolved)

    def _with_views(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def get_or_create(builder: Any) -> Any:
            session = original(builder)
            for table in self._tables:
                if table.location.isidentifier():
                    _empty(session, table).createOrReplaceTempView(table.location)
                declare_table(session, table.location, _empty(session, table))
            return session

        return get_or_create

    def _load(self, _original: Callable[..., Any]) -> Callable[..., Any]:
        def read(call: Load) -> Any:
            named, reader = call.locations, call.reader
            if not named:
                raise unknown_location(call.kind)
            tables = [self._stand_in(location) for location in named]
            if call.schema is not None:
                reader.schema(call.schema)
            if reader._schema:
                return self._known(_empty_of(reader._client, reader._schema), tables)
            return self._known(_empty(reader._client, tables[0]), tables)

        return in_place_of_load(read)

    def _table(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def table(reader: Any, tableName: str) -> Any:  # noqa: N803 - Spark's name
            for table in self._tables:
                if same_table(table.location, tableName):
                    return self._known(_empty(reader._client, table), [table])
            if tableName.casefold() not in self._views:
                raise unknown_location(tableName)
            return original(reader, tableName)

        return table

    def _viewed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def create(frame: Any, name: str) -> None:
            original(frame, name)
            self._views.add(name.casefold())
            self._take_in(frame)

        return create

    def _shown(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def show(frame: Any, *args: Any, **kwargs: Any) -> None:
            self._take_in(frame)
            self._shows = True
            try:
                original(frame, *args, **kwargs)
            finally:
                self._shows = False

        return show

    def _fetched(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Rows that a script looks at are others in its run, and may change its whole plan."""

        def fetch(*args: Any, **kwargs: Any) -> Any:
            self._lost = self._lost or not self._shows
            return original(*args, **kwargs)

        return fetch

    def _known(self, frame: Any, tables: list[EmptyTable]) -> Any:
        """Remember for which sources a frame stands."""
        self._stand_ins[frame._plan._root_plan_id] = tuple(tables)
        return frame

    def _take_in(self, frame: Any) -> None:
        """All of a frame is used."""
        client = frame.sparkSession.client
        try:
            self._walk.add(frame._plan.to_proto(client).root)
        except (TooLarge, RecursionError):
            self._lost = True

    def needs(self) -> tuple[Need, ...]:
        """What the script takes from its sources; empty if that is not known.

        Conditions hold only for a plan that is the same when it runs: one without the time of
        day in it, and whose times are in UTC.
        """
        if self._lost:
            return ()
        steady = not _CLOCK.search(self._script) and self._zone in _UTC
        return self._walk.needs(conditions=steady)

    def _stand_in(self, location: str) -> EmptyTable:
        for table in self._tables:
            if same_place(table.location, location):
                return table
        raise unknown_location(location)

    def _save(self, _original: Callable[..., Any]) -> Callable[..., Any]:
        def save(writer: Any, *_args: Any, **_kwargs: Any) -> None:
            frame = written_frame(writer)
            self.columns = result_columns(frame)
            self._take_in(frame)
            self._zone = frame.sparkSession.conf.get("spark.sql.session.timeZone")
            self.wrote = True

        return save

    def _resolved(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Ask for the schema of each DataFrame as it is made, so an error has its line."""

        def init(frame: Any, *args: Any, **kwargs: Any) -> None:
            original(frame, *args, **kwargs)
            if self._resolving or self._shows:
                return
            self._resolving = True
            try:
                frame._schema  # noqa: B018 - resolves the plan
            finally:
                self._resolving = False

        return init


def _empty(session: Any, table: EmptyTable) -> Any:
    return _empty_of(session, schema_of(table.columns))


def _empty_of(session: Any, schema: str) -> Any:
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.connect.plan import LocalRelation

    return DataFrame(LocalRelation(None, schema=schema), session)
