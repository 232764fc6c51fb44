# SPDX-License-Identifier: Apache-2.0
"""Which questions a schema is too old for."""

from collections import abc

import sqlalchemy
from sqlalchemy import exc

from glance_status import asked, context, schema, trouble


def look(
    checker: context.Checker, group: list[asked.Asked]
) -> abc.Iterator[float]:
    """Ask each table for the columns that are needed, and for no row."""
    needed: dict[sqlalchemy.TableClause, set[str]] = {}
    for item in group:
        for table, names in item.columns.items():
            needed.setdefault(table, set()).update(names)
    for table, names in needed.items():
        using = [item for item in group if table in item.columns]
        statement = (
            sqlalchemy.select(
                sqlalchemy.literal(1),
                *(table.c[name] for name in sorted(names)),
            )
            .select_from(table)
            .where(sqlalchemy.false())
        )
        try:
            checker.connection.execute(statement).close()
        except exc.DBAPIError as error:
            if trouble.of_the_server(error):
                trouble.fail(checker, using, error)
                continue
            yield 0
            missing = schema.missing_columns(checker.connection, table, names)
            for item in using:
                said = _said(table.name, item.columns[table], missing)
                if said:
                    item.fail(said, 'missing')
        yield 0


def _said(table: str, mine: set[str], missing: set[str] | None) -> str:
    if missing is None:
        return f'the database has no table {table}'
    if absent := sorted(mine & missing):
        return (
            f'the table {table} of this database has no column '
            f'{", ".join(absent)}'
        )
    return ''
