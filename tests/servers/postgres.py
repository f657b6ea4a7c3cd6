"""A real PostgreSQL server: a process of its own on a free port, with TLS, stopped by its id."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.model import PasswordAuth, PostgresConnection
from tests.servers.certificate import self_signed
from tests.servers.missing import missing
from tests.servers.planted import PASSWORD

OWNER = "owner"
READER = "reader"
START_SECONDS = 60.0
_INSTALL = "PostgreSQL is not installed: apt-get install postgresql"
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 50
shared_buffers = '128MB'
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
log_statement = 'all'
log_line_prefix = '%m [%p] %a '
shared_preload_libraries = 'pg_stat_statements'
timezone = 'America/New_York'
"""
"""The zone is far from UTC on purpose: sessions have to ask for theirs."""
_ACCESS = f"""
hostssl tls_only all 127.0.0.1/32 scram-sha-256
host    tls_only all 127.0.0.1/32 reject
host    all      all 127.0.0.1/32 scram-sha-256
local   all      {OWNER}           scram-sha-256
"""


def program(name: str) -> Path | None:
    """A program of the newest PostgreSQL here: Debian keeps them out of PATH."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


class PostgresServer:
    """One server. `owner` may do all, `reader` reads what it is granted."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.folder = Path(tempfile.mkdtemp(prefix="spark-interpreter-postgres-"))
        self.certificate = self.folder / "data" / "server.crt"
        self._log_path = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._account = _account()

    def create(self) -> None:
        """Make the files and start."""
        if self._account:
            shutil.chown(self.folder, *self._account)
        self.folder.chmod(0o755)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        self._run("initdb", "--pgdata", str(self.folder / "data"), "--username", OWNER,
                  "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8",
                  "--locale", "C.UTF-8", "--no-sync")  # fmt: skip
        data = self.folder / "data"
        certificate, key = self_signed("127.0.0.1")
        for name, content in (
            ("server.crt", certificate), ("server.key", key), ("pg_hba.conf", _ACCESS.encode()),
        ):  # fmt: skip
            (data / name).write_bytes(content)
            (data / name).chmod(0o600)
            if self._account:
                shutil.chown(data / name, *self._account)
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"{_CONFIGURATION}unix_socket_directories = '{self.folder}'\n")
        self.start()
        self.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")

    def start(self) -> None:
        """Start on the port it had before, or a free one."""
        self.port = self.port or _free_port()
        postgres = program("postgres")
        assert postgres is not None
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [postgres, "-D", str(self.folder / "data"), "-p", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._identity,
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all sessions at once, SIGKILL of the parent is a crash."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def connect(self, database: str = "postgres") -> Iterator[Any]:
        """A session of the owner, each statement for itself."""
        import psycopg

        with psycopg.connect(
            host=self.host, port=self.port, dbname=database, user=OWNER, password=PASSWORD,
            autocommit=True, connect_timeout=10,
        ) as session:  # fmt: skip
            yield session

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows of the last statement, as the owner."""
        with self.connect(database) as session:
            cursor = session.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def new_database(self, *statements: str) -> str:
        """A database of its own in which `reader` may read all that the statements make."""
        name = f"d_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name}")
        self.run(
            f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}",
            f"ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {READER}",
            *statements,
            database=name,
        )
        return name

    def connection(self, name: str, database: str, **changes: Any) -> PostgresConnection:
        """How the product reaches it."""
        fields = {
            "name": name, "host": self.host, "port": self.port, "database": database,
            "auth": PasswordAuth(user=READER), **changes,
        }  # fmt: skip
        return PostgresConnection(**fields)

    def log(self) -> str:
        return self._log_path.read_text(errors="replace")

    def statements(self, since: int = 0) -> list[str]:
        """What clients asked, from a position of the log on."""
        text = self.log()[since:]
        found = re.findall(
            r"(?:statement|execute [^:]*): (.*?)(?=\n\d{4}-\d\d-\d\d |\Z)", text, re.DOTALL
        )
        return [statement.strip() for statement in found]

    def _wait(self) -> None:
        import psycopg

        end = time.monotonic() + START_SECONDS
        while True:
            assert self._process is not None
            if self._process.poll() is not None:
                pytest.fail(f"PostgreSQL did not start: {self.log()[-2000:]}", pytrace=False)
            try:
                with self.connect():
                    return
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    @property
    def _identity(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root."""
        if not self._account:
            return {}
        user, group = self._account
        return {"user": user, "group": group, "extra_groups": []}

    def _run(self, name: str, *arguments: str) -> None:
        path = program(name)
        assert path is not None
        done = subprocess.run(
            [path, *arguments], cwd=self.folder, capture_output=True, text=True, check=False,
            timeout=START_SECONDS, **self._identity,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"{name} failed: {done.stderr[-2000:]}", pytrace=False)


def _account() -> tuple[int, int] | None:
    """Another user's ids where this process is root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise RuntimeError("there is no user 'postgres' or 'nobody' to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests of a process; each test makes a database of its own."""
    if program("initdb") is None or program("postgres") is None:
        missing(_INSTALL)
    server = PostgresServer()
    try:
        server.create()
        yield server
    finally:
        server.remove()
