"""What the sources of a script ask of its Spark session."""

from collections.abc import Sequence

from spark_interpreter.model import DatabaseKind, GlueRead, JdbcRead, TableProfile
from spark_interpreter.model.read import HIVE_CLIENT

_DRIVERS: dict[DatabaseKind, tuple[str, str, str]] = {
    "postgres": ("org.postgresql", "postgresql", "42.7.8"),
    "snowflake": ("net.snowflake", "snowflake-jdbc", "3.27.1"),
}
"""Maven coordinates of the JDBC drivers, as `requirements/jars.lock` has them."""

_GLUE_CLIENT = "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory"


def session_settings(
    profiles: Sequence[TableProfile], *, jars_uri: str = "", warehouse_uri: str = ""
) -> dict[str, str]:
    """The settings that reads of databases and of the Glue Data Catalog need.

    Args:
        jars_uri: folder with the JDBC drivers; without it they come from Maven Central.
        warehouse_uri: where the catalog's own tables lie, if anything is to be said of it.
    """
    reads = [profile.read for profile in profiles]
    dialects = dict.fromkeys(read.dialect for read in reads if isinstance(read, JdbcRead))
    drivers = [_DRIVERS[dialect] for dialect in dialects]
    settings = {}
    if drivers and jars_uri:
        base = jars_uri.rstrip("/")
        settings["spark.jars"] = ",".join(f"{base}/{name}-{v}.jar" for _, name, v in drivers)
    elif drivers:
        settings["spark.jars.packages"] = ",".join(":".join(driver) for driver in drivers)
    if any(isinstance(read, GlueRead) for read in reads):
        if warehouse_uri:
            settings["spark.sql.warehouse.dir"] = warehouse_uri
        settings[HIVE_CLIENT] = _GLUE_CLIENT
    return settings
