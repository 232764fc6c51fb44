# SPDX-License-Identifier: Apache-2.0
"""Tasks that the upgrade cuts off."""

from glance_status import context, plugins, results, rows

UNFINISHED = ('pending', 'processing')

TASKS_IN_FLIGHT = results.FindingKind(
    id='tasks-in-flight',
    title='Tasks are pending or processing',
    looks_for='Tasks whose status is pending or processing.',
    matters='A task runs in the process that took it and ends with it. No '
    'other process takes it over, and it stays in that status for ever.',
    remediation='Stop imports and wait until they are done. What is still '
    'in that status when no service runs can be closed: '
    "UPDATE tasks SET status = 'failure' WHERE status IN ('pending', "
    "'processing');",
    reference='https://docs.openstack.org/glance/latest/admin/tasks.html',
)


def ask(_checker: context.Checker) -> list[rows.Question]:
    """Ask for tasks that have not come to their end."""
    import sqlalchemy

    from glance_status import tables

    tasks = tables.TASKS
    return [
        rows.Question(
            'in-flight',
            tasks,
            sqlalchemy.and_(
                ~tasks.c.deleted, tables.exact(tasks.c.status).in_(UNFINISHED)
            ),
            sort=str,
            looks_at=(tasks.c.status,),
        )
    ]


def check_tasks(checker: context.Checker) -> list[results.Finding]:
    """Judge the states of tasks."""
    answer = checker.answers['in-flight']
    if not answer.count:
        return []
    kind = TASKS_IN_FLIGHT
    found = kind.warning if checker.before == 'restart' else kind.note
    return [
        found(
            f'Tasks that have not come to their end: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]


CHECKS = (
    plugins.Check(
        id='task-states',
        title='Task states',
        function=check_tasks,
        kinds=(TASKS_IN_FLIGHT,),
        topic='images',
        reads=('database',),
        description='Whether tasks are still to come to their end.',
        asks=ask,
    ),
)
