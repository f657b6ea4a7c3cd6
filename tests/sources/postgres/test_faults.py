"""What goes wrong between here and the server ends in a clear error, or is tried again; in time."""

import signal
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from spark_interpreter.errors import (
    InterpreterError,
    SourceDenied,
    SourceError,
    SourceNotFound,
    SourceUnavailable,
)
from spark_interpreter.model import PasswordAuth
from spark_interpreter.sources.postgres import PostgresReader
from spark_interpreter.sources.postgres.session import Timeouts
from tests.servers.planted import PASSWORD
from tests.servers.postgres import PostgresServer
from tests.servers.proxy import proxy
from tests.sources.postgres.conftest import MakeShop, Shop

WRONG = "planted-wrong-77"
ROWS = (
    "CREATE TABLE t (a int, b text)",
    "INSERT INTO t SELECT g, md5(g::text) FROM generate_series(1, 100000) g",
    "ANALYZE t",
)


@contextmanager
def told(kind: type[InterpreterError], words: str, seconds: float = 15) -> Iterator[None]:
    """The block fails in time, in these words and without a password."""
    started = time.monotonic()
    with pytest.raises(kind, match=words) as failure:
        yield
    assert time.monotonic() - started < seconds
    said = "".join(traceback.format_exception(failure.value))
    said += f"{failure.value} {failure.value.detail} {failure.value.__cause__!r}"
    assert PASSWORD not in said
    assert WRONG not in said


def reached(shop: Shop, port: int, **changes: object) -> None:
    """The connection leads elsewhere from now on."""
    connection = shop.store.postgres("shop").model_copy(update={"port": port, **changes})
    shop.store.change(connection, SecretStr(PASSWORD))


def test_nobody_listens(make_shop: MakeShop) -> None:
    shop = make_shop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        reached(shop, taken.getsockname()[1])
        with told(SourceUnavailable, r"'shop' \(127.0.0.1:\d+\) cannot be reached"):
            shop.reader.test("shop")


def test_the_server_accepts_and_is_silent(make_shop: MakeShop) -> None:
    shop = make_shop()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reached(shop, silent.getsockname()[1])
        shop.reader = PostgresReader(shop.settings, shop.store, Timeouts(connect=2))
        with told(SourceUnavailable, "did not answer in time"):
            shop.reader.test("shop")


def test_a_wrong_password(make_shop: MakeShop) -> None:
    shop = make_shop()
    shop.store.put_secret("shop", SecretStr(WRONG))
    with told(SourceDenied, "wrong user or password"):
        shop.reader.test("shop")


def test_an_unknown_user_or_database(make_shop: MakeShop) -> None:
    shop = make_shop()
    reached(shop, shop.server.port, auth=PasswordAuth(user="nobody"))
    with told(SourceDenied, "wrong user or password"):
        shop.reader.test("shop")
    reached(shop, shop.server.port, auth=PasswordAuth(user="reader"), database="nowhere")
    with told(SourceNotFound, "no database 'nowhere'"):
        shop.reader.test("shop")


def test_the_server_wants_tls(make_shop: MakeShop) -> None:
    shop = make_shop()
    if not shop.server.run("SELECT 1 FROM pg_database WHERE datname = 'tls_only'"):
        shop.server.run("CREATE DATABASE tls_only")
    reached(shop, shop.server.port, database="tls_only", tls="disable")
    with told(SourceDenied, "If it wants TLS set the connection's tls to 'require'"):
        shop.reader.test("shop")
    reached(shop, shop.server.port, database="tls_only", tls="require")
    assert shop.reader.test("shop").tls


def test_the_server_has_no_tls(make_shop: MakeShop) -> None:
    shop = make_shop()
    with proxy(shop.server.port, offers_tls=False) as plain:
        reached(shop, plain.port, tls="require")
        with told(SourceDenied, "asks for TLS, and the server does not offer it"):
            shop.reader.test("shop")
        reached(shop, plain.port, tls="prefer")
        assert shop.reader.test("shop").tls is None


def test_the_servers_certificate_is_checked(make_shop: MakeShop) -> None:
    shop = make_shop()
    reached(shop, shop.server.port, tls="verify-full")
    with told(SourceDenied, "certificate .* cannot be trusted"):
        shop.reader.test("shop")
    ca = str(shop.server.certificate)
    reached(shop, shop.server.port, tls="verify-full", ca_file=ca)
    assert shop.reader.test("shop").tls


def test_five_seconds_without_network_are_survived(make_shop: MakeShop) -> None:
    shop = make_shop(*ROWS)
    with proxy(shop.server.port, after=1_000_000, stall=5) as slow:
        reached(shop, slow.port)
        assert shop.stage(shop.profile("t")).num_rows == 100_000


def test_a_network_that_does_not_come_back(make_shop: MakeShop) -> None:
    shop = make_shop(*ROWS)
    profile = shop.profile("t")
    shop.reader = PostgresReader(shop.settings, shop.store, Timeouts(query=3, read=3, silence=2))
    with proxy(shop.server.port, after=200_000, stall=None) as dead:
        reached(shop, dead.port)
        with told(SourceUnavailable, "'shop' fell silent while table 'public.t' was read"):
            shop.stage(profile)


def test_a_connection_that_is_cut_in_the_middle(make_shop: MakeShop) -> None:
    shop = make_shop(*ROWS)
    profile = shop.profile("t")
    with proxy(shop.server.port, after=200_000, cut=True) as cut:
        reached(shop, cut.port)
        with told(SourceUnavailable, "'shop' broke off while table 'public.t' was read"):
            shop.stage(profile)


def test_a_statement_that_the_server_cancels(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE VIEW slow AS SELECT 1 AS a FROM pg_sleep(60)")
    shop.reader = PostgresReader(shop.settings, shop.store, Timeouts(query=1, read=1))
    with told(SourceUnavailable, "'public.slow' was not read in time"):
        shop.profile("slow")


def test_a_session_that_an_administrator_ends(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE VIEW slow AS SELECT 1 AS a FROM pg_sleep(60)")

    def end() -> None:
        shop.server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{shop.database}' AND application_name = 'spark-interpreter'"
        )

    threading.Timer(1, end).start()
    with told(SourceUnavailable, "broke off"):
        shop.profile("slow")


def test_a_server_that_is_killed_comes_back(
    postgres_server: PostgresServer, make_shop: MakeShop
) -> None:
    shop = make_shop("CREATE VIEW slow AS SELECT 1 AS a FROM pg_sleep(3)")

    def kill() -> None:
        postgres_server.stop(signal.SIGQUIT)

    threading.Timer(1, kill).start()
    try:
        with told(SourceError, "broke off|cannot be reached"):
            shop.profile("slow")
    finally:
        time.sleep(1)
        postgres_server.start()
    assert shop.profile("slow").row_count == 1


def test_too_many_sessions_are_asked_once_more(make_shop: MakeShop) -> None:
    shop = make_shop("CREATE TABLE t (a int)")
    shop.run("ALTER ROLE reader CONNECTION LIMIT 0")
    threading.Timer(0.2, shop.run, ["ALTER ROLE reader CONNECTION LIMIT -1"]).start()
    assert shop.reader.test("shop").user == "reader"
