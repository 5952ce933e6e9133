"""What a database must have before the first migration: extensions, roles, rights.

Plain SQL over one connection, so that it runs before any model exists, on any PostgreSQL from 16.
Roles belong to the whole cluster: several databases, or several test workers, may prepare
themselves at the same instant.
"""

import time
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from parvis.home import Trouble


APP_ROLE = "parvis_app"
SHARED_ROLE = "t_public"
READER_ROLE = "adoption_reader"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
OLDEST_SERVER = 160000  # membership WITH INHERIT FALSE
ATTEMPTS = 20


def prepare(dsn: str, *, app_password: str | None = None) -> None:
    """Create what is missing; repeating it changes nothing.

    Args:
        dsn: address of the database, as the role that will own its tables.
        app_password: password of the serving role; without it, an existing one is kept.

    Raises:
        Trouble: the server is too old, cannot be reached, or refuses the owner.
    """
    for attempt in range(ATTEMPTS):
        try:
            with connect(dsn) as connection:
                _prepare(connection, app_password)
        except (
            psycopg.errors.DuplicateObject,
            psycopg.errors.DuplicateSchema,
            psycopg.errors.UniqueViolation,
            psycopg.errors.InternalError_,  # "tuple concurrently updated"
        ):
            # Somebody prepares the same cluster right now: look again at what is missing.
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.05 * (attempt + 1))
        else:
            return


def connect(dsn: str, *, seconds: int = 5) -> psycopg.Connection:
    """Open one plain connection.

    Raises:
        Trouble: nobody answers at this address, or it refuses the password.
    """
    try:
        return psycopg.connect(dsn, connect_timeout=seconds, prepare_threshold=None)
    except psycopg.OperationalError as error:
        raise Trouble(
            f"PostgreSQL does not answer at {without_password(dsn)}: {reason_of(error)}"
        ) from error
    except psycopg.ProgrammingError as error:
        raise Trouble(f"DATABASE_URL is not a PostgreSQL address: {error}") from error


def reason_of(error: psycopg.Error) -> str:
    """Return why a connection failed, without the address and the hints around it."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    telling = next((line for line in lines if " failed: " in line), lines[0])
    return telling.rpartition(" failed: ")[2].strip().rstrip(".")


def as_role(dsn: str, *, role: str, password: str) -> str:
    """Return the same address for another role."""
    parts = urlsplit(dsn)
    _, _, server = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{quote(password)}@{server}"))


def password_in(dsn: str) -> str | None:
    """Read the password that an address carries."""
    password = psycopg.conninfo.conninfo_to_dict(dsn).get("password")
    return None if password is None else str(password)


def without_password(dsn: str) -> str:
    """Describe an address, URL or keywords, so that it may be shown."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        return "(unreadable address)"
    server = f"{parts.get('host') or 'local socket'}:{parts.get('port') or 5432}"
    return f"{parts.get('user') or 'default user'}@{server}/{parts.get('dbname') or ''}"


def _prepare(connection: psycopg.Connection, app_password: str | None) -> None:
    if connection.info.server_version < OLDEST_SERVER:
        raise Trouble(
            f"PostgreSQL {connection.info.server_version // 10000} is too old: Parvis needs 16."
        )
    try:
        _create_extensions(connection)
        _create_roles(connection, app_password)
        _grant(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Trouble(
            f"The role {connection.info.user} may not prepare this database ({error}). "
            "It must own the database and have CREATEROLE: as a superuser, run "
            f"ALTER ROLE {connection.info.user} CREATEROLE; "
            f"ALTER DATABASE {connection.info.dbname} OWNER TO {connection.info.user};"
        ) from error


def _create_extensions(connection: psycopg.Connection) -> None:
    connection.execute("CREATE SCHEMA IF NOT EXISTS extensions")
    for name in EXTENSIONS:
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA extensions").format(
                sql.Identifier(name)
            )
        )


def _create_roles(connection: psycopg.Connection, app_password: str | None) -> None:
    known = {
        name
        for (name,) in connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)",
            [[APP_ROLE, SHARED_ROLE, READER_ROLE]],
        )
    }
    for name, attributes in (
        (APP_ROLE, "LOGIN NOINHERIT"),
        (SHARED_ROLE, "NOLOGIN"),
        (READER_ROLE, "NOLOGIN"),
    ):
        if name not in known:
            connection.execute(
                sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), sql.SQL(attributes))
            )
    connection.commit()
    if app_password and not _opens(connection, app_password):
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(APP_ROLE), sql.Literal(app_password)
            )
        )
    members = {
        name
        for (name,) in connection.execute(
            "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole",
            [APP_ROLE],
        )
    }
    for name in (SHARED_ROLE, READER_ROLE):
        if name not in members:
            connection.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                    sql.Identifier(name), sql.Identifier(APP_ROLE)
                )
            )


def _grant(connection: psycopg.Connection) -> None:
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    # The login role itself may look up nothing: it works through SET ROLE only.
    for name in (SHARED_ROLE, READER_ROLE):
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA public, extensions TO {}").format(sql.Identifier(name))
        )


def _opens(connection: psycopg.Connection, password: str) -> bool:
    try:
        psycopg.connect(
            connection.info.dsn,
            user=APP_ROLE,
            password=password,
            connect_timeout=5,
        ).close()
    except psycopg.OperationalError:
        return False
    return True
