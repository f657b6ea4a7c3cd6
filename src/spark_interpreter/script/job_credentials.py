"""Credentials for the JDBC reads of a script that runs away from the interpreter.

This one file travels with a job (`spark-submit --py-files job_credentials.py script.py`) and needs
nothing but Python, and boto3 where a secret lies in AWS Secrets Manager. For a connection called
"shop-db" it looks, in this order, at

1. the environment variable SPARK_CREDENTIALS_SHOP_DB: a JSON object such as
   {"user": "reader", "password": "..."};
2. the environment variable SPARK_CREDENTIALS_SHOP_DB_ARN, or the Spark setting
   spark.credentials.shop-db.arn: the ARN of a secret that holds such an object.
"""

import json
import os
import re
from collections.abc import Mapping


class CredentialsError(Exception):
    """The credentials of a connection are not there, or cannot be used."""


def credentials(name: str) -> dict[str, str]:
    """The JDBC options a connection logs in with: "user" and "password", or what its secret has.

    Raises:
        CredentialsError: nothing says what they are, or what says it cannot be read. The message
            names the place, never its content.
    """
    variable = "SPARK_CREDENTIALS_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    if text := os.environ.get(variable):
        return _options(text, f"The environment variable {variable}")
    arn = os.environ.get(f"{variable}_ARN") or _setting(f"spark.credentials.{name}.arn")
    if arn:
        return _options(_secret(arn), f"The secret of the connection {name}")
    raise CredentialsError(
        f'There are no credentials for the connection "{name}". Set {variable} to a JSON object '
        f'with "user" and "password", or {variable}_ARN to the ARN of such a secret.'
    )


def _options(text: str, place: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, Mapping) or not all(isinstance(v, str) for v in found.values()):
        raise CredentialsError(f"{place} is not a JSON object of texts.")
    options = {str(key): str(value) for key, value in found.items()}
    user = options.pop("username", None)
    if user is not None:
        options.setdefault("user", user)
    return options if "authenticator" in options else _login(options, place)


def _login(options: dict[str, str], place: str) -> dict[str, str]:
    """User and password alone: a secret of RDS has the address too, which the script names."""
    if not {"user", "password"} <= options.keys():
        raise CredentialsError(f'{place} has no "user" and "password".')
    return {"user": options["user"], "password": options["password"]}


def _setting(key: str) -> str | None:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    return session.conf.get(key, None) if session else None


def _secret(arn: str) -> str:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    region = arn.split(":")[3] if arn.count(":") >= 6 else None
    try:
        client = boto3.client("secretsmanager", region_name=region)
        return str(client.get_secret_value(SecretId=arn)["SecretString"])
    except (BotoCoreError, ClientError, KeyError) as exc:
        raise CredentialsError(f"The secret {arn} cannot be read: {type(exc).__name__}.") from None
