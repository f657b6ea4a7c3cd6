"""Settings of the places where scripts run besides this machine, and what they cost."""

from datetime import date
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, model_validator

from spark_interpreter.model.base import Model

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class LambdaSettings(Model):
    """The AWS Lambda function that runs scripts over small data in S3.

    Attributes:
        function: name or ARN of the function; empty leaves the platform out.
        region: the function's; that of the AWS settings when empty.
        memory_mb: what the function was given, MiB.
        seconds: time limit of one run; the function's own is 300.
        max_input_mb: data of more bytes than this do not go to Lambda.
        log_seconds: how long the log of a run that ended without an answer is waited for.
    """

    function: str = ""
    region: str = ""
    memory_mb: int = Field(default=3008, ge=128, le=10_240)
    seconds: float = Field(default=300, gt=0, le=900)
    max_input_mb: int = Field(default=100, ge=1)
    log_seconds: float = Field(default=15, ge=0)


class EmrSettings(Model):
    """The EMR Serverless application that runs scripts over large data.

    Attributes:
        application_id: the application; empty leaves the platform out.
        execution_role_arn: the role its jobs run as.
        region: the application's; that of the AWS settings when empty.
        release_label: of an application that is made for you.
        architecture: of an application that is made for you.
        max_vcpu: vCPUs one job may use.
        max_memory_gb: memory one job may use, GB.
        seconds: time limit of one run; the job is cancelled at its end.
        poll_seconds: the longest pause between two looks at a job.
        log_seconds: how long the logs of a failed job are waited for.
    """

    application_id: str = ""
    execution_role_arn: str = ""
    region: str = ""
    release_label: str = "emr-7.9.0"
    architecture: Literal["ARM64", "X86_64"] = "ARM64"
    max_vcpu: int = Field(default=100, ge=2)
    max_memory_gb: int = Field(default=200, ge=4)
    seconds: float = Field(default=3600, gt=0)
    poll_seconds: float = Field(default=15, gt=0)
    log_seconds: float = Field(default=60, ge=0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.application_id and not self.execution_role_arn:
            raise ValueError("an application_id needs an execution_role_arn")
        return self


class ConnectSettings(Model):
    """A Spark cluster reached over Spark Connect, or an Apache Spark of this machine.

    Attributes:
        url: `sc://host:port`; empty leaves the platform out unless there is a `spark_home`. What
            follows as `/;token=…;use_ssl=true` is taken for `token` and `tls`.
        token: bearer token of the cluster.
        tls: whether the connection is encrypted; a token is never sent without.
        spark_home: folder of an Apache Spark that is started when it is needed.
        master: where that Apache Spark runs its tasks (`local[*]`, `spark://host:7077`).
        jars: files that this Apache Spark is started with: before 4.0 it needs the one of Spark
            Connect.
        spark_conf: settings that it is started with.
        shares_files: whether the cluster's workers see the files of this machine under the same
            paths; unset takes it for `url` and `master` on this machine.
        idle_seconds: an Apache Spark that was started here and not used for so long is stopped.
        seconds: time limit of one run.
    """

    url: str = ""
    token: SecretStr | None = None
    tls: bool = False
    spark_home: str = ""
    master: str = "local[*]"
    jars: tuple[str, ...] = ()
    spark_conf: dict[str, str] = Field(default={})
    shares_files: bool | None = None
    idle_seconds: float = Field(default=600, gt=0, le=604_800)
    seconds: float = Field(default=3600, gt=0)

    @model_validator(mode="before")
    @classmethod
    def _out_of_address(cls, given: object) -> object:
        """Spark's way of writing an address has the token in it, which is not for every eye."""
        if not (isinstance(given, dict) and isinstance(given.get("url"), str)):
            return given
        url, *parameters = given["url"].split(";")
        values = dict(each.partition("=")[::2] for each in parameters if each)
        taken: dict[str, object] = {}
        if token := values.pop("token", ""):
            taken["token"] = unquote(token)
            taken["tls"] = urlsplit(url).hostname not in LOOPBACK
        if values.pop("use_ssl", "").casefold() == "true":
            taken["tls"] = True
        rest = [f"{name}={value}" for name, value in values.items()]
        return {**taken, **given, "url": ";".join([url if rest else url.rstrip("/"), *rest])}

    @model_validator(mode="after")
    def _token_needs_tls(self) -> Self:
        here = urlsplit(self.url).hostname in LOOPBACK
        if self.token is not None and not (self.tls or here):
            raise ValueError("a token is sent over TLS only: set tls")
        return self


class PlacementSettings(Model):
    """Which platform carries a run.

    Attributes:
        order: the platforms that may be chosen, cheapest first.
        local_max_mb: data of more bytes than this are not run on this machine.
        on_outgrown: what follows when a run was too large for its platform: name the next larger
            one ("offer"), or run there at once ("take").
        max_cost: a run that is expected to cost more US dollars than this is refused; unset
            sets no limit.
    """

    order: tuple[Literal["local", "lambda", "connect", "emr"], ...] = (
        "local", "lambda", "connect", "emr",
    )  # fmt: skip
    local_max_mb: int = Field(default=20_480, ge=1)
    on_outgrown: Literal["offer", "take"] = "offer"
    max_cost: float | None = Field(default=None, ge=0)


class PriceTable(Model):
    """What the cloud charges, in US dollars; list prices of one region on one day.

    Attributes:
        dated: the day the prices were looked up.
        region: where they hold.
        lambda_gb_second: a GB-second of Lambda.
        lambda_request: an invocation of Lambda.
        emr_vcpu_hour: a vCPU-hour of EMR Serverless.
        emr_gb_hour: a GB-hour of EMR Serverless memory.
        emr_storage_gb_hour: a GB-hour of EMR Serverless storage beyond what is free.
        s3_put: one PUT, COPY, POST or LIST request.
        s3_get: one GET request.
        model_tokens: by model id, what 1,000 input and 1,000 output tokens cost.
    """

    dated: date = date(2026, 11, 1)
    region: str = "us-east-1"
    lambda_gb_second: float = 0.0000166667
    lambda_request: float = 0.0000002
    emr_vcpu_hour: float = 0.052
    emr_gb_hour: float = 0.0057
    emr_storage_gb_hour: float = 0.000111
    s3_put: float = 0.000005
    s3_get: float = 0.0000004
    model_tokens: dict[str, tuple[float, float]] = Field(default={})


class AgentSettings(Model):
    """The agents as runtimes of Amazon Bedrock AgentCore.

    Attributes:
        supervisor_arn: the runtime that carries the service's turns; empty carries them here.
        code_generation_arn: the runtime that writes scripts; empty writes them here.
        region: the runtimes'; that of the AWS settings when empty.
        seconds: how long one answer of a runtime is waited for.
        poll_seconds: the pause between two looks at a turn that a runtime carries.
        patience_seconds: how long a runtime may not answer before its turn is given up.
        host: address a runtime listens on.
        port: port a runtime listens on.
    """

    supervisor_arn: str = ""
    code_generation_arn: str = ""
    region: str = ""
    seconds: float = Field(default=900, gt=0)
    poll_seconds: float = Field(default=1, gt=0)
    patience_seconds: float = Field(default=60, ge=0)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
