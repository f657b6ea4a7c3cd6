"""The helper that travels with a job finds a connection's credentials, and says where it looked."""

import json

import pytest

from spark_interpreter.script.job_credentials import CredentialsError, credentials

LOGIN = {"user": "reader", "password": 'pass " word'}


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_CREDENTIALS_SHOP_DB", json.dumps(LOGIN))
    assert credentials("shop-db") == LOGIN


def test_a_secret_of_a_database_has_more_than_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {"username": "reader", "password": "p", "host": "db", "engine": "postgres"}
    monkeypatch.setenv("SPARK_CREDENTIALS_SHOP", json.dumps(secret))
    assert credentials("shop") == {"user": "reader", "password": "p"}


def test_other_ways_to_log_in_keep_their_options(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"user": "reader", "authenticator": "oauth", "token": "t"}
    monkeypatch.setenv("SPARK_CREDENTIALS_WAREHOUSE", json.dumps(options))
    assert credentials("warehouse") == options


@pytest.mark.parametrize("text", ["secret words", '["a"]', '{"user": 1}', '{"user": "u"}'])
def test_what_is_wrong_is_said_without_the_secret(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_CREDENTIALS_SHOP", text)
    with pytest.raises(CredentialsError, match="SPARK_CREDENTIALS_SHOP") as raised:
        credentials("shop")
    assert text not in str(raised.value)


def test_nothing_is_there() -> None:
    with pytest.raises(CredentialsError, match="SPARK_CREDENTIALS_SHOP_ARN"):
        credentials("shop")
