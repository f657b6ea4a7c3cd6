"""Check mode: every read gives an empty table, nothing is written, plans resolve at their line."""

from collections.abc import Callable
from typing import Any

from spark_interpreter.model import EmptyTable, ResultColumn
from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.spark_patches import (
    Patches,
    locations,
    result_columns,
    same_place,
    written_frame,
)


class Capture(Patches):
    """Gives stand-ins for what is read, and takes the schema of what is written."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._tables = work.tables
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
        self.replace(DataFrame, "__init__", self._resolved)

    def _with_views(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def get_or_create(builder: Any) -> Any:
            session = original(builder)
            for table in self._tables:
                if table.location.isidentifier():
                    _empty(session, table.columns).createOrReplaceTempView(table.location)
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
            named = locations(path, reader._options | options)
            if not named:
                raise _unknown(str(format or reader._format))
            tables = [self._stand_in(location) for location in named]
            if schema is not None:
                reader.schema(schema)
            if reader._schema:
                return _empty_of(reader._client, reader._schema)
            return _empty(reader._client, tables[0].columns)

        return load

    def _table(self, _original: Callable[..., Any]) -> Callable[..., Any]:
        def table(reader: Any, tableName: str) -> Any:  # noqa: N803 - Spark's name
            return _empty(reader._client, self._stand_in(tableName).columns)

        return table

    def _stand_in(self, location: str) -> EmptyTable:
        for table in self._tables:
            if same_place(table.location, location):
                return table
        raise _unknown(location)

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


def _unknown(location: str) -> Exception:
    from pyspark.errors import AnalysisException

    error: Exception = AnalysisException(
        f"[UNKNOWN_LOCATION] The script reads {location!r}, which is not one of its sources."
    )
    return error


def _empty(session: Any, columns: tuple[ResultColumn, ...]) -> Any:
    names = (f"`{column.name.replace('`', '``')}` {column.type}" for column in columns)
    return _empty_of(session, ", ".join(names))


def _empty_of(session: Any, schema: str) -> Any:
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.connect.plan import LocalRelation

    return DataFrame(LocalRelation(None, schema=schema), session)
