"""The server of the tests is a server."""

from tests.servers.postgres import PostgresServer


def test_a_database_of_its_own(postgres_server: PostgresServer) -> None:
    name = postgres_server.new_database("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1), (2)")
    before = len(postgres_server.log())
    assert postgres_server.run("SELECT sum(a) FROM t", database=name) == [(3,)]
    assert "SELECT sum(a) FROM t" in postgres_server.statements(before)
