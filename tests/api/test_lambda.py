"""The Lambda entry: requests of a load balancer, one after another."""

import json
import os
import subprocess
import sys
from pathlib import Path

from spark_interpreter.stores.access import AccessStore

PROGRAM = """
import base64, json, sys, time
from spark_interpreter.api.lambda_entry import handler

def call(method, path, body=None, **headers):
    headers = headers or {"x-api-key": sys.argv[3]}
    event = {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": method, "path": path, "queryStringParameters": {},
        "headers": {"host": "spark.example", "content-type": "application/json", **headers},
        "body": json.dumps(body) if body else "", "isBase64Encoded": False,
    }
    answer = handler(event, None)
    print(answer, file=sys.stderr)
    body = base64.b64decode if answer["isBase64Encoded"] else str
    return answer["statusCode"], json.loads(body(answer["body"]))

spoofed = {"host": "localhost", "x-forwarded-for": "127.0.0.1"}
assert call("GET", "/sessions", **spoofed)[0] == 401
status, turn = call("POST", "/spark/generate", {"prompt": sys.argv[1], "sources": [sys.argv[2]]})
assert status == 202, (status, turn)
while not turn["finished"]:
    time.sleep(0.1)
    status, turn = call("GET", turn["links"]["self"])
print(json.dumps(turn))
"""


def test_a_turn_outlives_its_request_and_is_polled(tmp_path: Path, orders: Path) -> None:
    store = AccessStore.of(tmp_path / "data")
    _, key = store.create_key("kim", "analyst")
    store.close()
    environment = os.environ | {
        "SPARK_INTERPRETER_SERVICE__ACCESS__ALLOW": '{"*": {"paths": ["*"]}}',
        "SPARK_INTERPRETER_DATA_DIR": str(tmp_path / "data"),
        "SPARK_INTERPRETER_CACHE_DIR": str(tmp_path / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "total amount by region", str(orders), key],
        capture_output=True, text=True, timeout=90, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(json.loads(done.stdout)["answer"]["rows"]) == 2
