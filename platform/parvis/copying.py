"""Write thousands of new rows by COPY: a third of the time that INSERT takes."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import sql

from parvis import guard


def copy(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model, and give each its number.

    Nothing is checked but what the database checks, and defaults of the database are not read.

    Raises:
        WrongTenant: a row refers to one of another commune.
        IntegrityError: a constraint refused a row; none is written.
    """
    if not rows:
        return
    guard.check(*rows)
    meta = rows[0]._meta  # noqa: SLF001 (its documented name)
    fields = [each for each in meta.concrete_fields if not each.generated]
    connection = connections[DEFAULT_DB_ALIAS]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(meta.db_table),
        sql.SQL(", ").join([sql.Identifier(str(each.column)) for each in fields]),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, meta.pk.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number
        with connection.wrap_database_errors, cursor.copy(statement) as writing:
            for row in rows:
                writing.write_row(
                    [
                        each.get_db_prep_save(each.pre_save(row, add=True), connection)
                        for each in fields
                    ]
                )
    for row in rows:
        row._state.adding = False  # noqa: SLF001
        row._state.db = connection.alias  # noqa: SLF001
