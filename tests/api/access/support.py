"""A small application behind access control, served over real HTTP, and tokens to call it with."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import Depends, FastAPI, UploadFile
from pydantic import BaseModel

from spark_interpreter.api import problems
from spark_interpreter.api.access import Access, Caller, Permission, install, require
from spark_interpreter.model.access import AccessSettings
from spark_interpreter.settings import ServiceSettings, Settings

ISSUER = "https://login.example"
AUDIENCE = "spark"


def settings_of(folder: Path, *, host: str = "127.0.0.1", **access: Any) -> Settings:
    return Settings(
        data_dir=folder / "data",
        cache_dir=folder / "cache",
        service=ServiceSettings(host=host, upload_mb=1, access=AccessSettings(**access)),
    )


Looker = Annotated[Caller, Depends(require(Permission.READ))]
Asker = Annotated[Caller, Depends(require(Permission.ASK))]


class Question(BaseModel):
    text: str = ""


def application(settings: Settings) -> FastAPI:
    app = FastAPI()

    @app.get("/life", dependencies=[Depends(require(Permission.PUBLIC))])
    def life() -> str:
        return "ok"

    @app.get("/me")
    def me(caller: Looker) -> dict[str, str]:
        return {"owner": caller.owner, "role": caller.role, "via": caller.via}

    @app.get("/everything", dependencies=[Depends(require(Permission.OPERATE))])
    def everything() -> str:
        return "ok"

    @app.post("/ask")
    def ask(question: Question, caller: Asker) -> str:
        return question.text[:10]

    @app.post("/spark/upload")
    def upload(file: UploadFile, caller: Asker) -> int:
        return len(file.file.read())

    @app.get("/shared/{token}")
    def shared(token: str, caller: Looker) -> str:
        access: Access = app.state.access
        return access.links.open(token).session_id

    problems.install(app)
    install(app, settings)
    return app


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of the application, which is served on a free port meanwhile."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving(settings: Settings) -> Iterator[httpx.Client]:
    app = application(settings)
    with served(app) as client:
        yield client
    app.state.access.close()


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def audit_lines(settings: Settings) -> list[dict[str, Any]]:
    files = sorted((settings.data_dir / "audit").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


class Provider:
    """An identity provider on loopback: publishes public keys, signs tokens."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.requests = 0

    @property
    def jwks(self) -> dict[str, Any]:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.rsa.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def public_pem(self, key: Any) -> str:
        return str(
            key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def claims(self, **changes: Any) -> dict[str, Any]:
        at = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "kim", "iat": at, "exp": at + 60}
        return {name: v for name, v in (claims | changes).items() if v is not None}

    def token(self, *, kid: str = "one", **changes: Any) -> str:
        return jwt.encode(self.claims(**changes), self.rsa, "RS256", headers={"kid": kid})

    def settings(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "audience": (AUDIENCE, "spark-app"),
            "jwks_url": f"{self.url}/keys.json",
            "leeway_seconds": 0,
        }


@contextmanager
def identity_provider() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.requests += 1
            found = self.path in {"/keys.json", "/alb/key-1"}
            self.send_response(200 if found else 404)
            self.end_headers()
            if self.path == "/keys.json":
                self.wfile.write(json.dumps(provider.jwks).encode())
            elif found:
                self.wfile.write(provider.public_pem(provider.ec).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
