"""Replaces methods of the Spark client in the process of one script.

The harness looks in on a few places of the client: where a session is made, where data are read,
and where a result is written. The script itself stays as it was validated.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from spark_interpreter.model import EmptyTable, Need, ResultColumn
from spark_interpreter.platforms.embedded.places import read_locations

_ACTIONS = (
    "collect", "count", "first", "foreach", "head", "isEmpty", "show", "tail", "take",
    "toArrow", "toLocalIterator", "toPandas",
)  # fmt: skip


_CHANNEL_OPTIONS = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
)
"""No limit: a message is a batch of rows, however long its cells; memory is watched elsewhere."""


class Patches:
    """Base of both captures: keeps what the script did.

    Attributes:
        wrote: the declared output was written.
        columns: of the written DataFrame.
        looked_at_data: the script fetched rows.
        engine: name and version of an engine elsewhere.
        settings: names of those that an engine elsewhere took.
        session_seconds: how long the session took to open.
        reads: locations the script read, with the schema it gave (DDL or JSON).
    """

    def __init__(self) -> None:
        self.wrote = False
        self.columns: tuple[ResultColumn, ...] = ()
        self.looked_at_data = False
        self.session_seconds = 0.0
        self.engine = ""
        self.settings: list[str] = []
        self.reads: list[tuple[str, str]] = []

    def install(self) -> None:
        """Replace what every mode needs replaced."""
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.client import ChannelBuilder
        from pyspark.sql.connect.dataframe import DataFrame

        ChannelBuilder.GRPC_DEFAULT_OPTIONS = list(_CHANNEL_OPTIONS)
        self.replace(SparkSession.Builder, "getOrCreate", self._timed_session)
        self.replace(SparkSession.Builder, "enableHiveSupport", _needless)
        for action in _ACTIONS:
            self.replace(DataFrame, action, self._noted)

    def needs(self) -> tuple[Need, ...]:
        """What the script takes from its sources; empty if that is not known."""
        return ()

    @staticmethod
    def replace(owner: type, name: str, wrap: Callable[[Any], Any]) -> None:
        """Put `wrap(original)` in the place of a method."""
        setattr(owner, name, wrap(getattr(owner, name)))

    @staticmethod
    def on_new_session(act: Callable[[Any], None]) -> Callable[..., Any]:
        """Wraps the making of sessions: `act` sees each of them once."""

        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            known: set[str] = set()

            def get_or_create(builder: Any) -> Any:
                session = original(builder)
                if session.session_id not in known:
                    known.add(session.session_id)
                    act(session)
                return session

            return get_or_create

        return wrap

    def _timed_session(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def get_or_create(builder: Any) -> Any:
            started = time.monotonic()
            session = original(builder)
            self.session_seconds += time.monotonic() - started
            return session

        return get_or_create

    def _noted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def action(*args: Any, **kwargs: Any) -> Any:
            self.looked_at_data = True
            return original(*args, **kwargs)

        return action


@dataclass(frozen=True)
class Load:
    """A call of Spark's `DataFrameReader.load`.

    Attributes:
        reader: the `DataFrameReader` with what was set on it before.
        options: those of the call alone.
    """

    reader: Any
    path: Any
    format: Any
    schema: Any
    options: dict[str, Any]

    @property
    def kind(self) -> str:
        """The format's name, given here or before; empty where none was."""
        return str(self.format or self.reader._format or "")

    @property
    def locations(self) -> list[str]:
        """What is read; empty where nothing is named."""
        return read_locations(self.path, self.kind, self.reader._options | self.options)


def in_place_of_load(read: Callable[[Load], Any]) -> Callable[..., Any]:
    """A method with the signature of `DataFrameReader.load`, which `read` carries out."""

    def load(
        reader: Any,
        path: Any = None,
        format: Any = None,  # noqa: A002 - Spark's name
        schema: Any = None,
        **options: Any,
    ) -> Any:
        return read(Load(reader, path, format, schema, options))

    return load


def read_tables(reads: Iterable[tuple[str, str]]) -> tuple[EmptyTable, ...]:
    """The locations with the columns of their schemas."""
    return tuple(
        EmptyTable(location=location, columns=_columns(_struct(schema)))
        for location, schema in reads
    )


def _struct(schema: str) -> Any:
    from pyspark.sql.types import StructType

    if schema.startswith("{"):
        return StructType.fromJson(json.loads(schema))
    return StructType.fromDDL(schema)


def result_columns(frame: Any) -> tuple[ResultColumn, ...]:
    """Names and Spark SQL type names of a DataFrame."""
    return _columns(frame.schema)


def _columns(struct: Any) -> tuple[ResultColumn, ...]:
    return tuple(
        ResultColumn(name=field.name, type=field.dataType.simpleString()) for field in struct.fields
    )


def written_frame(writer: Any) -> Any:
    """The DataFrame a `DataFrameWriter` writes."""
    from pyspark.sql.connect.dataframe import DataFrame

    return DataFrame(writer._df, writer._spark)


def _needless(_original: Callable[..., Any]) -> Callable[..., Any]:
    """The Connect client knows no Hive; the tables a script names are declared all the same."""
    return lambda builder: builder


def unknown_location(location: str) -> Exception:
    """The script reads something that is not one of its sources."""
    from pyspark.errors import AnalysisException

    error: Exception = AnalysisException(
        f"[UNKNOWN_LOCATION] The script reads {location!r}, which is not one of its sources."
    )
    return error


def schema_of(columns: Iterable[ResultColumn]) -> str:
    """The columns as a schema string."""
    return ", ".join(f"`{column.name.replace('`', '``')}` {column.type}" for column in columns)
