"""Check mode: every read gives an empty table, nothing is written, plans resolve at their line."""

from collections.abc import Callable
from typing import Any

from spark_interpreter.model import EmptyTable
from spark_interpreter.platforms.embedded.places import (
    declare_table,
    read_locations,
    same_place,
    same_table,
)
from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.spark_patches import (
    Patches,
    result_columns,
    schema_of,
    unknown_location,
    written_frame,
)


class Capture(Patches):
    """Gives stand-ins for what is read, and takes the schema of what is written."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._tables = work.tables
        self._views: set[str] = set()
        self._resolving = False

    def install(self) -> None:
        super().install()
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.dataframe import DataFrame
        from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter

        self.replace(SparkSession.Builder, "getOrCreate", self._with_views)
        self.replace(DataFrameReader, "load", self._load)
        self.replace(DataFrameReader, "table", self._table)
        self.replace(DataFrameWriter, "save", self._save)
        for name in ("createTempView", "createOrReplaceTempView"):
            self.replace(DataFrame, name, self._viewed)
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
        def load(
            reader: Any,
            path: Any = None,
            format: Any = None,  # noqa: A002 - Spark's name
            schema: Any = None,
            **options: Any,
        ) -> Any:
            named = read_locations(path, format or reader._format, reader._options | options)
            if not named:
                raise unknown_location(str(format or reader._format))
            tables = [self._stand_in(location) for location in named]
            if schema is not None:
                reader.schema(schema)
            if reader._schema:
                return _empty_of(reader._client, reader._schema)
            return _empty(reader._client, tables[0])

        return load

    def _table(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def table(reader: Any, tableName: str) -> Any:  # noqa: N803 - Spark's name
            for table in self._tables:
                if same_table(table.location, tableName):
                    return _empty(reader._client, table)
            if tableName.casefold() not in self._views:
                raise unknown_location(tableName)
            return original(reader, tableName)

        return table

    def _viewed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def create(frame: Any, name: str) -> None:
            original(frame, name)
            self._views.add(name.casefold())

        return create

    def _stand_in(self, location: str) -> EmptyTable:
        for table in self._tables:
            if same_place(table.location, location):
                return table
        raise unknown_location(location)

    def _save(self, _original: Callable[..., Any]) -> Callable[..., Any]:
        def save(writer: Any, *_args: Any, **_kwargs: Any) -> None:
            self.columns = result_columns(written_frame(writer))
            self.wrote = True

        return save

    def _resolved(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Ask for the schema of each DataFrame as it is made, so an error has its line."""

        def init(frame: Any, *args: Any, **kwargs: Any) -> None:
            original(frame, *args, **kwargs)
            if self._resolving:
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
