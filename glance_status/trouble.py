# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with a question, and what its check hears of it."""

from sqlalchemy import exc

from glance_status import asked, context, database, plugins


def of_the_server(error: Exception) -> bool:
    """Tell whether another statement would fare no better."""
    return isinstance(error, database.Unreachable) or (
        isinstance(error, exc.DBAPIError)
        and (
            error.connection_invalidated
            or database.took_too_long(error)
            or database.denied(error)
            or database.outrun(error)
        )
    )


def fail(
    checker: context.Checker, group: list[asked.Asked], error: Exception
) -> None:
    """Let questions go without an answer, for a reason."""
    if isinstance(error, database.Unreachable):
        reason = f'the database did not let us in again: {error}'
    elif isinstance(error, exc.DBAPIError):
        reason = database.explain(error)
        if database.denied(error):
            reason += _grant(checker)
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
        return ' ' + database.grant(checker.connection)
    except (exc.SQLAlchemyError, database.Unreachable):
        return ''
