"""Passwords of Secrets Manager and tokens of RDS: kept for minutes, asked again when refused."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from spark_interpreter.errors import SourceDenied, SourceNotFound
from spark_interpreter.model import IamAuth, PostgresConnection, SecretsManagerAuth
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import ConnectionStore, Credentials, SecretStore
from spark_interpreter.sources.postgres import PostgresReader
from tests.servers.moto import Aws
from tests.servers.planted import PASSWORD
from tests.servers.postgres import READER, PostgresServer


def secret(aws: Aws, name: str, value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    made = aws.client("secretsmanager").create_secret(Name=name, SecretString=text)
    return str(made["ARN"])


def named(arn: str) -> PostgresConnection:
    return PostgresConnection(
        name="shop", host="db.example", database="d", auth=SecretsManagerAuth(arn=arn)
    )


def test_a_rotated_password_is_fetched_again_when_refused(
    aws: Aws, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    arn = secret(aws, "rotated", {"username": READER, "password": "old-and-wrong"})
    database = postgres_server.new_database()
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")
    store = ConnectionStore(settings)
    store.add(postgres_server.connection("shop", database, auth=SecretsManagerAuth(arn=arn)))
    reader = PostgresReader(settings, store)
    with pytest.raises(SourceDenied, match="wrong user or password"):
        reader.test("shop")
    new = json.dumps({"username": READER, "password": PASSWORD})
    aws.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=new)
    assert reader.test("shop").user == READER


def test_it_is_kept_for_a_while(aws: Aws, tmp_path: Path) -> None:
    arn = secret(aws, "kept", {"username": "ann", "password": "one"})
    credentials = Credentials(SecretStore(Settings(data_dir=tmp_path)))
    first = credentials.login(named(arn))
    assert (first.user, first.secret) == ("ann", SecretStr("one"))
    assert credentials.newer(named(arn), first) is None
    new = json.dumps({"username": "ann", "password": "two"})
    aws.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=new)
    assert credentials.login(named(arn)) == first
    newer = credentials.newer(named(arn), first)
    assert newer is not None
    assert newer.secret == SecretStr("two")


@pytest.mark.parametrize("value", ["planted-text", '["planted-text"]', '{"username": "ann"}'])
def test_a_secret_that_is_no_login(aws: Aws, tmp_path: Path, value: str) -> None:
    arn = secret(aws, f"bad-{len(value)}", value)
    with pytest.raises(SourceDenied, match="not JSON with username and password") as failure:
        Credentials(SecretStore(Settings(data_dir=tmp_path))).login(named(arn))
    assert "planted" not in f"{failure.value} {failure.value.__cause__}"


def test_a_missing_secret(aws: Aws, tmp_path: Path) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf"
    with pytest.raises(SourceNotFound, match="The secret of connection 'shop' does not exist"):
        Credentials(SecretStore(Settings(data_dir=tmp_path))).login(named(arn))


def test_an_rds_token_is_signed_for_host_and_user(aws: Aws, tmp_path: Path) -> None:
    connection = PostgresConnection(
        name="shop", host="db.example", database="d", auth=IamAuth(user="ann", region="eu-west-1")
    )
    login = Credentials(SecretStore(Settings(data_dir=tmp_path))).login(connection)
    token = login.secret.get_secret_value()
    assert token.startswith("db.example:5432/?Action=connect&DBUser=ann")
    assert "eu-west-1" in token
    assert token not in repr(login)
