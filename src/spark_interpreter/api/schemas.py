"""What goes over the wire besides the model's own types."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, SecretStr

from spark_interpreter.model import (
    FINAL_STATES,
    AnswerDocument,
    CatalogSchema,
    CatalogTable,
    ColumnProfile,
    DataIssue,
    Example,
    Feedback,
    GlueTable,
    Known,
    Model,
    PlatformName,
    PostgresConnection,
    PostgresTable,
    ResultColumn,
    Session,
    SnowflakeConnection,
    SnowflakeTable,
    Source,
    TableProfile,
    Turn,
    TurnState,
    source_word,
)
from spark_interpreter.model.source import Location
from spark_interpreter.supervisor import document
from spark_interpreter.supervisor.carry import MAX_QUESTION, MAX_SCRIPT, last_sources, source_named

MAX_WAIT = 60.0
"""Seconds a request waits for its turn at most."""

SessionId = Annotated[str, Field(min_length=1, max_length=200)]
PlatformWish = Literal["auto", "local", "lambda", "emr", "connect"]


class Schema(Model):
    """Base of what goes over HTTP, built at once: FastAPI looks at all of it when it starts."""

    model_config = ConfigDict(defer_build=False)


class _Request(Schema):
    """What every request for a turn has.

    Attributes:
        session_id: a session to go on with, or a client's own name for a new one; the answer
            says what its id is.
        execution_platform: where to run; "auto" leaves the choice to the service.
        sources: files (paths, patterns, `s3://` and `upload:` URIs) and tables, as objects or
            in a word (`postgres:CONNECTION/SCHEMA.TABLE`, `glue:DATABASE.TABLE`); those of the
            session's last turn if there are none.
        wait: seconds to wait for the turn before it is answered with 202.
    """

    session_id: SessionId | None = None
    execution_platform: PlatformWish = "auto"
    s3_input_path: Location | None = None
    sources: tuple[Location | Source, ...] = Field(default=(), max_length=50)
    selected_tables: tuple[GlueTable, ...] = Field(default=(), max_length=50)
    selected_postgres_tables: tuple[PostgresTable, ...] = Field(default=(), max_length=50)
    selected_snowflake_tables: tuple[SnowflakeTable, ...] = Field(default=(), max_length=50)
    s3_output_path: Annotated[str, Field(pattern=r"^s3a?://[^/]+", max_length=2048)] | None = None
    wait: float = Field(default=0, ge=0, le=MAX_WAIT)

    @property
    def platform(self) -> PlatformName | None:
        return None if self.execution_platform == "auto" else self.execution_platform

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """Everything the request names as data."""
        named = (*self.sources, *((self.s3_input_path,) if self.s3_input_path else ()))
        found = [source_named(s) if isinstance(s, str) else s for s in named]
        return (
            *found,
            *self.selected_tables,
            *self.selected_postgres_tables,
            *self.selected_snowflake_tables,
        )

    @property
    def fingerprint(self) -> str:
        """The same for requests that ask for the same."""
        text = f"{type(self).__name__} {self.model_dump_json(exclude={'wait'})}"
        return hashlib.sha256(text.encode()).hexdigest()


class GenerateRequest(_Request):
    """A question.

    Attributes:
        prompt: the question in plain language.
        mode: "script" writes and checks the script without running it; "agent" lets a language
            model ask several questions of the data and write a report.
        fresh: compute the answer although the same was asked of the same files before.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"prompt": "revenue by month", "sources": ["examples/shop/orders.csv"], "wait": 20}
            ]
        }
    )

    prompt: str = Field(min_length=1, max_length=MAX_QUESTION)
    mode: Literal["answer", "script", "agent"] = "answer"
    fresh: bool = False


class ExecuteRequest(_Request):
    """A script that a person wrote or changed.

    Attributes:
        spark_code: the program; it leaves a DataFrame called `result`.
        mode: "script" checks it without running it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "spark_code": "from pyspark.sql import SparkSession\n\n"
                    "spark = SparkSession.builder.getOrCreate()\n"
                    "result = spark.range(3)\n",
                    "wait": 20,
                }
            ]
        }
    )

    spark_code: str = Field(min_length=1, max_length=MAX_SCRIPT)
    mode: Literal["answer", "script"] = "answer"


class TurnView(Schema):
    """A turn as it is now.

    Attributes:
        finished: it is in a final state, and `answer` is there.
        position: its place among those that wait, from 1.
        retry_of: the number of the turn it repeats.
        links: where its parts are.
    """

    session_id: str
    turn: int
    state: TurnState
    finished: bool
    position: int | None = None
    question: str
    created: datetime
    updated: datetime
    retry_of: int | None = None
    feedback: Feedback | None = None
    reused: str | None = None
    answer: AnswerDocument | None = None
    links: dict[str, str]

    @classmethod
    def of(cls, turn: Turn, position: int | None = None) -> Self:
        finished = turn.state in FINAL_STATES
        return cls(
            session_id=turn.session_id,
            turn=turn.number,
            state=turn.state,
            finished=finished,
            position=position,
            question=turn.question,
            created=turn.created,
            updated=turn.updated,
            retry_of=turn.wishes.retry_of,
            feedback=turn.feedback,
            reused=turn.reused,
            answer=document(turn) if finished else None,
            links=links(turn),
        )

    def without_links(self) -> Self:
        """As people see it who may only look."""
        return self.model_copy(update={"links": {}})


class TurnSummary(Schema):
    """A line of a session's list of turns."""

    turn: int
    state: TurnState
    question: str
    created: datetime
    updated: datetime
    row_count: int | None = None
    code: str | None = None

    @classmethod
    def of(cls, turn: Turn) -> Self:
        return cls(
            turn=turn.number,
            state=turn.state,
            question=turn.question,
            created=turn.created,
            updated=turn.updated,
            row_count=turn.result.manifest.row_count if turn.result else None,
            code=turn.error.code if turn.error else None,
        )


class SessionView(Schema):
    """A session."""

    session_id: str
    title: str
    created: datetime
    updated: datetime
    turn_count: int

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            session_id=session.id,
            title=session.title,
            created=session.created,
            updated=session.updated,
            turn_count=session.turn_count,
        )


class SessionPage(Schema):
    """Sessions, latest first; `next` is where the following page is."""

    sessions: tuple[SessionView, ...]
    next: str | None = None


class SessionResult(Schema):
    """A session, its latest turn in full and all of its turns in short.

    Attributes:
        sources: what a question that names no data is asked of: the last that were named.
        selected_tables, selected_postgres_tables, selected_snowflake_tables: the tables of these,
            as requests name them.
    """

    session: SessionView
    latest: TurnView | None
    turns: tuple[TurnSummary, ...]
    sources: tuple[Source, ...]
    selected_tables: tuple[GlueTable, ...]
    selected_postgres_tables: tuple[PostgresTable, ...]
    selected_snowflake_tables: tuple[SnowflakeTable, ...]

    @classmethod
    def of(cls, session: Session, turns: Sequence[Turn], position: int | None = None) -> Self:
        kept = last_sources(turns)
        return cls(
            sources=kept,
            selected_tables=tuple(s for s in kept if isinstance(s, GlueTable)),
            selected_postgres_tables=tuple(s for s in kept if isinstance(s, PostgresTable)),
            selected_snowflake_tables=tuple(s for s in kept if isinstance(s, SnowflakeTable)),
            session=SessionView.of(session),
            latest=TurnView.of(turns[-1], position) if turns else None,
            turns=tuple(TurnSummary.of(turn) for turn in turns),
        )

    def without_links(self) -> Self:
        """As people see it who may only look."""
        return self.model_copy(update={"latest": self.latest and self.latest.without_links()})


class ShareRequest(Schema):
    """How long a link works; as long as the operator allows if not said."""

    hours: float | None = Field(default=None, gt=0, le=24 * 365)


class Shared(Schema):
    """A link to a session."""

    token: str
    path: str
    expires: datetime


class Rename(Schema):
    """A session's new title."""

    title: str = Field(min_length=1, max_length=200)


class FeedbackRequest(Schema):
    """What a person says of an answer."""

    verdict: Literal["right", "wrong"]
    comment: str = Field(default="", max_length=4000)


class VouchRequest(Schema):
    """Who vouches for an answer says what of it; a script needs the question that it answers."""

    question: str = Field(default="", max_length=MAX_QUESTION)
    comment: str = Field(default="", max_length=4000)


class ExampleList(Schema):
    """The verified examples."""

    examples: tuple[Example, ...]


class RowsPage(Schema):
    """Rows of a result; `next` is where the following page is."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    offset: int
    row_count: int
    next: str | None = None


class UploadView(Schema):
    """A file of the caller; requests name it by its `uri`."""

    id: str
    uri: str
    name: str
    bytes: int
    created: datetime


class SourceList(Schema):
    """What can be asked of."""

    uploads: tuple[UploadView, ...]


class ProfileView(Schema):
    """What is known of a source."""

    name: str
    label: str
    format: str
    columns: tuple[ColumnProfile, ...]
    row_count: int | None
    row_count_exact: bool
    byte_count: int | None
    issues: tuple[DataIssue, ...]

    @classmethod
    def of(cls, profile: TableProfile) -> Self:
        shared = cls.model_fields.keys() & TableProfile.model_fields.keys()
        values = {name: getattr(profile, name) for name in shared}
        return cls(format=profile.read.format, **values)


class PostgresConnectionRequest(PostgresConnection, Schema):
    """A connection and its password, which is never given back."""

    password: SecretStr | None = Field(default=None, max_length=4096)

    @property
    def secret(self) -> SecretStr | None:
        return self.password

    @property
    def connection(self) -> PostgresConnection:
        return PostgresConnection(**self.model_dump(exclude={"password"}))


class SnowflakeConnectionRequest(SnowflakeConnection, Schema):
    """A connection and its password, private key (PEM) or token, which is never given back."""

    secret: SecretStr | None = Field(default=None, max_length=16_384)

    @property
    def connection(self) -> SnowflakeConnection:
        return SnowflakeConnection(**self.model_dump(exclude={"secret"}))


class PostgresConnections(Schema):
    """PostgreSQL connections, by name."""

    connections: tuple[PostgresConnection, ...]


class SnowflakeConnections(Schema):
    """Snowflake connections, by name."""

    connections: tuple[SnowflakeConnection, ...]


class WarehouseList(Model):
    """Warehouses that a connection's role may see."""

    warehouses: tuple[str, ...]


class DatabaseList(Model):
    """Databases of an account or catalog; `age_seconds` since it was asked."""

    databases: tuple[CatalogSchema, ...]
    age_seconds: float


class SchemaList(Model):
    """Schemas of a database; `age_seconds` since it was asked."""

    schemas: tuple[CatalogSchema, ...]
    age_seconds: float


class TableList(Model):
    """A page of tables; `after=next` asks for the following one."""

    tables: tuple[CatalogTable, ...]
    total: int
    next: str | None
    age_seconds: float


class TableView(Model):
    """A table as declared.

    Attributes:
        source: what a question names to ask of it.
        word: the same in one word (`postgres:shop/public.orders`).
        age_seconds: since its catalog was asked.
    """

    table: CatalogTable
    source: Source
    word: str
    age_seconds: float

    @classmethod
    def of(cls, known: Known[CatalogTable], source: Source) -> Self:
        word = source_word(source)
        return cls(table=known.value, source=source, word=word, age_seconds=known.age_seconds)


class Uploaded(Schema):
    """An upload and what was found in it."""

    upload: UploadView
    profile: ProfileView


class Live(Schema):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Schema):
    """Whether turns can be carried; `checks` has "ok" or what is wrong."""

    ready: bool
    checks: dict[str, str]
    waiting: int
    running: int


class Version(Schema):
    """Which versions are at work."""

    version: str
    engine: str
    python: str


def links(turn: Turn) -> dict[str, str]:
    """Where the parts of a turn are."""
    at = turn_path(turn.session_id, turn.number)
    found = {
        "self": at,
        "events": f"/spark/events/{turn.session_id}/{turn.number}",
        "cancel": f"{at}/cancel",
        "script": f"{at}/script",
        "logs": f"{at}/logs",
    }
    if turn.result is not None:
        found |= {"rows": f"{at}/rows", "download": f"{at}/download"}
        if turn.result.chart is not None:
            found["chart"] = f"{at}/chart"
    return found


def turn_path(session_id: str, number: int) -> str:
    """Where a turn is."""
    return f"/spark/result/{session_id}/{number}"
