"""Every setting, in one object.

A setting comes from, in falling order: an argument, the environment variable
`SPARK_INTERPRETER_<NAME>` (nested: `SPARK_INTERPRETER_LIMITS__SECONDS`), its default.
"""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from spark_interpreter.model.access import AccessSettings
from spark_interpreter.model.base import Model
from spark_interpreter.model.deployment import (
    AgentSettings,
    ConnectSettings,
    EmrSettings,
    LambdaSettings,
    PlacementSettings,
    PriceTable,
)
from spark_interpreter.model.language_model import ModelSettings
from spark_interpreter.model.report import InvestigationSettings
from spark_interpreter.model.run import Limits, PlatformName


def _data_dir() -> Path:
    return Path(platformdirs.user_data_dir("spark-interpreter"))


def _cache_dir() -> Path:
    return Path(platformdirs.user_cache_dir("spark-interpreter"))


class ServiceSettings(Model):
    """The HTTP service.

    Attributes:
        host: address to listen on; any other than loopback needs authentication.
        port: port to listen on; 0 takes a free one.
        runs: turns carried at once; 0 takes one more than there are processors, as each turn
            waits now and then.
        queue: turns that may wait; more are answered with 429.
        queue_per_user: turns of one user that may wait.
        upload_mb: size limit of one upload, MiB.
        heartbeat_seconds: silence after which an event stream says that it is alive.
        grace_seconds: how long running turns may finish when the service stops.
        keep_output_days: results and uploads are removed after so many days; 0 keeps them.
        keep_log_days: logs of runs are removed after so many days; 0 keeps them.
        keep_profile_days: what was found in files is looked at anew after so many days; 0 keeps it.
        otlp_endpoint: where traces are sent (OTLP over HTTP); empty sends none.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    runs: int = Field(default=0, ge=0)
    queue: int = Field(default=64, ge=1)
    queue_per_user: int = Field(default=32, ge=1)
    upload_mb: int = Field(default=200, ge=1)
    heartbeat_seconds: float = Field(default=15, gt=0)
    grace_seconds: float = Field(default=10, ge=0)
    keep_output_days: float = Field(default=30, ge=0)
    keep_log_days: float = Field(default=7, ge=0)
    keep_profile_days: float = Field(default=30, ge=0)
    otlp_endpoint: str = ""
    access: AccessSettings = AccessSettings()


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
    glossary: Path | None = Field(
        default=None,
        description="Terms, metrics and default filters; `glossary.toml` in `data_dir` if unset.",
    )  # fmt: skip
    stage_max_mb: int = Field(
        default=4096, ge=1,
        description="What one question may bring to this machine from S3 or a database, MiB.",
    )  # fmt: skip
    storage_uri: str = Field(
        default="",
        pattern=r"^(s3://[^/]+.*)?$",
        description="`s3://bucket[/prefix]` for the scripts, output and logs of platforms "
        "elsewhere; Lambda and EMR Serverless need it.",
    )
    jars_uri: str = Field(
        default="",
        description="Folder with the JDBC drivers that scripts name (`make jars`); "
        "without it they name them at Maven Central.",
    )
    warehouse_uri: str = Field(
        default="", description="Warehouse folder that scripts over the Glue Data Catalog name."
    )
    schema_cache_seconds: int = Field(
        default=600, ge=0,
        description="How long schemas, tables and columns of catalogs are taken as known; "
        "0 always asks.",
    )  # fmt: skip
    secret_store: Literal["auto", "keyring", "file"] = Field(
        default="auto",
        description="Where passwords of connections are kept: the system's keyring or an "
        "encrypted file; auto takes the keyring where there is one.",
    )
    secrets_key: SecretStr | None = Field(
        default=None,
        description="Passphrase of the encrypted file; without it a random key lies beside it.",
    )
    sample_rows: int = Field(default=20_000, ge=100, description="Rows a profile is taken from.")
    reuse_answers: bool = Field(
        default=True,
        description="Answer the same question of the same files from before, while they have "
        "not changed.",
    )
    examples: Path | None = Field(
        default=None, description="Folder of verified examples; `verified` in `data_dir` if unset."
    )
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
    aws_lambda: LambdaSettings = Field(default=LambdaSettings(), description="AWS Lambda.")
    emr: EmrSettings = Field(default=EmrSettings(), description="EMR Serverless.")
    connect: ConnectSettings = Field(default=ConnectSettings(), description="Spark Connect.")
    placement: PlacementSettings = Field(
        default=PlacementSettings(), description="Which platform carries a run."
    )
    prices: PriceTable = Field(default=PriceTable(), description="What the cloud charges.")
    model: ModelSettings = Field(
        default=ModelSettings(), description="The model that writes scripts."
    )
    investigation: InvestigationSettings = Field(
        default=InvestigationSettings(), description="What an investigation may use."
    )
    agents: AgentSettings = Field(
        default=AgentSettings(), description="The agents as runtimes of AgentCore."
    )
    service: ServiceSettings = Field(default=ServiceSettings(), description="The HTTP service.")

    def limits_of(self, platform: PlatformName) -> Limits:
        """What a run may use there; its time is the platform's own unless one is set for all."""
        seconds = {
            "lambda": self.aws_lambda.seconds,
            "emr": self.emr.seconds,
            "connect": self.connect.seconds,
        }
        if platform not in seconds or "seconds" in self.limits.model_fields_set:
            return self.limits
        return self.limits.model_copy(update={"seconds": seconds[platform]})
