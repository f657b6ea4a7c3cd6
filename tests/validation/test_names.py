"""The names in the allow-list exist, and everything else of Spark's classes is refused by name."""

import builtins
import importlib
import inspect
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions, types
from pyspark.sql.connect.column import Column
from pyspark.sql.connect.conf import RuntimeConf
from pyspark.sql.connect.dataframe import DataFrame, DataFrameNaFunctions, DataFrameStatFunctions
from pyspark.sql.connect.group import GroupedData
from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.connect.window import Window, WindowSpec

from spark_interpreter.validation import names
from spark_interpreter.validation.names import Kind

CLASSES: dict[Kind, tuple[Any, ...]] = {
    Kind.BUILDER: (SparkSession.Builder,),
    Kind.COLUMN: (Column,),
    Kind.CONF: (RuntimeConf,),
    Kind.FRAME: (DataFrame,),
    Kind.FRAME_CLASS: (DataFrame,),
    Kind.GROUPED: (GroupedData,),
    Kind.NA: (DataFrameNaFunctions,),
    Kind.READER: (DataFrameReader,),
    Kind.ROW: (types.Row,),
    Kind.SESSION: (SparkSession,),
    Kind.SESSION_CLASS: (SparkSession,),
    Kind.STAT: (DataFrameStatFunctions,),
    Kind.TEXT: (str,),
    Kind.WINDOW: (WindowSpec,),
    Kind.WINDOW_CLASS: (Window,),
    Kind.WRITER: (DataFrameWriter,),
}


def generator() -> Any:
    yield


@pytest.mark.parametrize("module", sorted(names.MODULES.keys() - {"job_credentials"}))
def test_module_names_exist(module: str) -> None:
    members = dir(importlib.import_module(module))
    assert set(names.MODULES[module]) - set(members) - {"functions", "types"} == set()


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_members_exist(kind: Kind) -> None:
    existing = {name for one in CLASSES[kind] for name in dir(one)}
    assert set(names.MEMBERS[kind]) - existing == set()


def test_schema_members_exist() -> None:
    assert set(names.MEMBERS[Kind.SCHEMA]) - set(dir(types.StructType())) == set()


def test_builtins_exist() -> None:
    assert set(names.BUILTINS) - set(dir(builtins)) == set()


def test_functions_are_functions() -> None:
    for name in names.FUNCTIONS:
        assert inspect.isfunction(getattr(functions, name)), name


def test_types_are_types() -> None:
    for name in names.TYPES:
        assert inspect.isclass(getattr(types, name)), name


@pytest.mark.parametrize(
    "reachable",
    [
        SparkSession,
        SparkSession.Builder,
        DataFrame,
        Column,
        GroupedData,
        DataFrameReader,
        DataFrameWriter,
        RuntimeConf,
        Window,
        WindowSpec,
        types.StructType,
        types.StructField,
        PySparkException,
        type,
        generator,
    ],
    ids=lambda reachable: reachable.__name__,
)
def test_other_members_are_never_taken_for_columns(reachable: Any) -> None:
    harmless = {"active", "close", "name", "path"}
    public = {name for name in dir(reachable) if not name.startswith("_")}
    assert public - names.ANY_MEMBERS - names.REFUSED_MEMBERS - harmless == set()


def test_frames_of_generators_are_refused() -> None:
    assert {"gi_frame", "gi_code", "gi_yieldfrom"} <= names.REFUSED_MEMBERS


def test_nothing_dangerous_is_allowed() -> None:
    assert names.ANY_MEMBERS.isdisjoint(names.REFUSED_MEMBERS)
    refused = {"call_function", "call_udf", "java_method", "reflect", "udf", "udtf", "xpath"}
    assert refused.isdisjoint(names.FUNCTIONS)
    assert refused.isdisjoint(names.SQL_FUNCTIONS)
    assert not any(name.startswith("_") for name in names.ANY_MEMBERS)
