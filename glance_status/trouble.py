# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a question, and what its check hears of it."""

import sqlalchemy
from sqlalchemy import exc

from glance_status import asked, complaints, context, database, plugins


def of_the_server(error: Exception) -> bool:
    """Tell whether another statement would fare no better."""
    return isinstance(error, database.Unreachable) or (
        isinstance(error, exc.DBAPIError)
        and (
            error.connection_invalidated
            or complaints.took_too_long(error)
            or complaints.denied(error)
            or complaints.outrun(error)
        )
    )


def fail(
    checker: context.Checker, group: list[asked.Asked], error: Exception
) -> None:
    """Let questions go without an answer, for a reason."""
    if isinstance(error, database.Unreachable):
        reason = f'the database did not let us in again: {error}'
    elif isinstance(error, exc.DBAPIError):
        reason = complaints.explain(error)
        if complaints.denied(error) and (grant := _grant(checker)):
            reason += f' {grant}'
        if error.connection_invalidated:
            # The next table gets a new one.
            checker.close()
    else:
        reason = f'its question failed: {plugins.describe(error)}'
    for item in group:
        if not item.failed:
            item.fail(reason)


def _grant(checker: context.Checker) -> str:
    try:
        return _granting(checker.connection)
    except (exc.SQLAlchemyError, database.Unreachable):
        return ''


def _granting(connection: sqlalchemy.Connection) -> str:
    """Return the statement that lets the user read all tables, '' for none."""
    dialect = connection.dialect
    if dialect.name == 'postgresql':
        user, schema = connection.exec_driver_sql(
            'SELECT CURRENT_USER, CURRENT_SCHEMA()'
        ).one()
        quote = dialect.identifier_preparer.quote_identifier
        return (
            f'GRANT SELECT ON ALL TABLES IN SCHEMA {quote(schema or "public")}'
            f' TO {quote(user)};'
        )
    if dialect.name in ('mysql', 'mariadb'):
        user, name = connection.exec_driver_sql(
            'SELECT CURRENT_USER(), DATABASE()'
        ).one()
        account = "'@'".join(user.rsplit('@', 1))
        # In GRANT, _ stands for any character.
        escaped = name.replace('_', r'\_')
        return f"GRANT SELECT ON `{escaped}`.* TO '{account}';"
    return ''
