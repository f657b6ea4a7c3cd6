"""The scripts of all kinds of source give on Apache Spark 3.5 what they gave here.

They run unchanged but for where their result goes, inside one `spark-submit`: S3 through
hadoop-aws, databases through their JDBC drivers with the credentials helper that travels with a
job. There is no Glue catalog here that Spark could ask, so the catalog's tables are declared in
Spark's own session catalog, over the same objects, before the scripts run.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spark_interpreter import Answer
from spark_interpreter.aws import AwsClients
from tests.elsewhere.asking import Case, Everywhere, cases
from tests.elsewhere.conftest import GLUE_DATABASE
from tests.elsewhere.layouts import glue_in_spark
from tests.parity.compare import differences
from tests.parity.spark import (
    ROOT,
    SPARK_VENV,
    SparkRun,
    environment,
    read_output,
    rows_of,
    run_together,
)
from tests.servers.moto import KEYS, REGION
from tests.servers.planted import PASSWORD
from tests.servers.postgres import READER
from tests.servers.snowflake import USER

pytestmark = [
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("spark"),
    pytest.mark.timeout(900),
]
HELPER = ROOT / "src/spark_interpreter/script/job_credentials.py"
UTC = ("--conf", "spark.driver.extraJavaOptions=-Duser.timezone=UTC")
_PAIRS = (("s3", "postgres"), ("glue", "snowflake"))
ONE_PLACE = [
    (case, place)
    for number, case in enumerate(cases("questions.toml"))
    for place in _PAIRS[number % 2]
]
"""Each question in two kinds of source, twenty of each kind: all of them take four minutes."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("everywhere-spark")


@pytest.fixture(scope="module")
def runs(everywhere: Everywhere, workspace: Path, moto: str) -> dict[str, SparkRun]:
    """All scripts, run one after the other."""
    declared = workspace / "declared.sql"
    declared.write_text("\n".join(glue_in_spark(everywhere.bucket, GLUE_DATABASE)), "utf-8")
    scripts = [declared]
    scripts += [written(answer, workspace, name) for name, answer in answers(everywhere).items()]
    return run_together(
        workspace, scripts, timeout=850, options=options(moto), variables=variables(moto)
    )


def answers(everywhere: Everywhere) -> dict[str, Answer]:
    """What was answered here, by the names of the scripts there."""
    found = {f"{case['id']}-{place}": everywhere.ask(case, place) for case, place in ONE_PLACE}
    across = {f"{case['id']}-across": everywhere.ask_across(case) for case in cases("across.toml")}
    return found | across


def options(moto: str) -> list[str]:
    """What `spark-submit` is told of the places, and never a credential."""
    settings = {
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": moto,
        "spark.hadoop.fs.s3a.endpoint.region": REGION,
        "spark.hadoop.fs.s3a.path.style.access": "true",
    }
    jars = ",".join(map(str, sorted((ROOT / "jars").glob("*.jar"))))
    confs = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    return ["--jars", jars, "--py-files", str(HELPER), *UTC, *confs]


def variables(moto: str) -> dict[str, str]:
    """The environment of a job: AWS as usual, and the logins of connections."""
    return KEYS | {
        "AWS_ENDPOINT_URL": moto,
        "AWS_REGION": REGION,
        "SPARK_CREDENTIALS_SHOP_DB": json.dumps({"user": READER, "password": PASSWORD}),
        "SPARK_CREDENTIALS_WAREHOUSE": json.dumps({"user": USER, "password": PASSWORD}),
    }


@pytest.mark.parametrize(
    ("case", "place"), ONE_PLACE, ids=[f"{case['id']}-{place}" for case, place in ONE_PLACE]
)
def test_same_answer_on_apache_spark(
    everywhere: Everywhere, runs: dict[str, SparkRun], workspace: Path, tmp_path: Path,
    case: Case, place: str,
) -> None:  # fmt: skip
    name = f"{case['id']}-{place}"
    assert not runs["declared"].error
    assert not runs[name].error
    check_output(everywhere.ask(case, place), workspace / "output" / name, tmp_path)


@pytest.mark.parametrize("case", cases("across.toml"), ids=lambda case: case["id"])
def test_same_answer_across_sources(
    everywhere: Everywhere, runs: dict[str, SparkRun], workspace: Path, tmp_path: Path, case: Case
) -> None:
    name = f"{case['id']}-across"
    assert not runs[name].error
    check_output(everywhere.ask_across(case), workspace / "output" / name, tmp_path)


def test_a_program_of_its_own_with_a_login_from_secrets_manager(
    everywhere: Everywhere, moto: str, tmp_path: Path
) -> None:
    """The driver comes from where the script's header says, the login from the secret.

    `spark-submit` has started its JVM before it reads the header: it needs `--jars`.
    """
    [case] = (case for case in cases("questions.toml") if case["id"] == "by-region")
    answer = everywhere.ask(case, "postgres")
    login = json.dumps({"username": READER, "password": PASSWORD, "engine": "postgres"})
    secret = AwsClients().get("secretsmanager").create_secret(Name="shop-db", SecretString=login)
    given = environment() | variables(moto)
    del given["SPARK_CREDENTIALS_SHOP_DB"], given["SPARK_HOME"]
    given["SPARK_CREDENTIALS_SHOP_DB_ARN"] = secret["ARN"]
    given["JAVA_TOOL_OPTIONS"] = "-Duser.timezone=UTC"
    shutil.copy(HELPER, tmp_path)
    done = subprocess.run(
        [SPARK_VENV / "bin/python", written(answer, tmp_path, "alone")], cwd=tmp_path, env=given,
        capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert PASSWORD not in done.stdout + done.stderr
    check_output(answer, tmp_path / "output" / "alone", tmp_path)


def written(answer: Answer, folder: Path, name: str) -> Path:
    """The script as a file, unchanged but for where its result goes."""
    assert answer.turn.script is not None
    path = folder / f"{name}.py"
    path.write_text(answer.script.replace(answer.turn.script.output, f"output/{name}"), "utf-8")
    return path


def check_output(answer: Answer, output: Path, folder: Path) -> None:
    assert answer.turn.draft is not None
    answer.export(folder / "answer.parquet")
    here, there = pq.ParquetFile(folder / "answer.parquet").read(), read_output(output)
    assert there.column_names == here.column_names
    assert not differences(rows_of(here), rows_of(there), ordered=answer.turn.draft.ordered)
