"""The words of the product as types. Imports nothing of ours but itself."""

from spark_interpreter.model.answer import AnswerDocument, AnswerStatus
from spark_interpreter.model.base import Model, now
from spark_interpreter.model.draft import ChartHint, Draft, Generation, NeedsInput, Usage
from spark_interpreter.model.plan_check import EmptyTable, PlanFailure, PlanReport
from spark_interpreter.model.profile import (
    ColumnProfile,
    DataIssue,
    ForeignKey,
    TableProfile,
    ValueCount,
)
from spark_interpreter.model.read import ColumnRead, FileRead, ReadPlan
from spark_interpreter.model.result import Chart, Manifest, Result, ResultFile
from spark_interpreter.model.run import (
    Job,
    Limits,
    Placement,
    PlatformHealth,
    PlatformName,
    Resources,
    Run,
)
from spark_interpreter.model.script import Script, Target
from spark_interpreter.model.session import (
    FINAL_STATES,
    ErrorInfo,
    Event,
    EventKind,
    Feedback,
    RequestKey,
    Session,
    Turn,
    TurnState,
    Wishes,
)
from spark_interpreter.model.source import (
    FileSource,
    GlueTable,
    PostgresTable,
    SnowflakeTable,
    Source,
)
from spark_interpreter.model.verdict import Finding, ResultColumn, Verdict

__all__ = [
    "FINAL_STATES",
    "AnswerDocument",
    "AnswerStatus",
    "Chart",
    "ChartHint",
    "ColumnProfile",
    "ColumnRead",
    "DataIssue",
    "Draft",
    "EmptyTable",
    "ErrorInfo",
    "Event",
    "EventKind",
    "Feedback",
    "FileRead",
    "FileSource",
    "Finding",
    "ForeignKey",
    "Generation",
    "GlueTable",
    "Job",
    "Limits",
    "Manifest",
    "Model",
    "NeedsInput",
    "Placement",
    "PlanFailure",
    "PlanReport",
    "PlatformHealth",
    "PlatformName",
    "PostgresTable",
    "ReadPlan",
    "RequestKey",
    "Resources",
    "Result",
    "ResultColumn",
    "ResultFile",
    "Run",
    "Script",
    "Session",
    "SnowflakeTable",
    "Source",
    "TableProfile",
    "Target",
    "Turn",
    "TurnState",
    "Usage",
    "ValueCount",
    "Verdict",
    "Wishes",
    "now",
]
