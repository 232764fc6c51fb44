# SPDX-License-Identifier: Apache-2.0
"""Whether the target can run tasks, imports among them."""

from glance_status import context, plugins, results
from glance_status.checks import values

# The first release that takes no other value than taskflow.
ONLY_TASKFLOW = 33
KNOWN = 'taskflow'
# What earlier releases took for taskflow, with a warning in the log.
DEPRECATED = 'eventlet'

TASK_EXECUTOR = results.FindingKind(
    id='task-executor',
    title='There is no such task executor',
    looks_for='A [task] task_executor other than taskflow, upper and lower '
    'case being different. Up to 32.0.0, eventlet meant the same.',
    matters='The API starts; every import is refused with 400, and every '
    'other task fails.',
    remediation='Delete [task] task_executor.',
    since='33.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/',
)


def check_executor(checker: context.Checker) -> list[results.Finding]:
    """Look at task_executor."""
    setting = checker.written('task', 'task_executor')
    target = checker.target
    if setting is None or setting.value == KNOWN or '$' in setting.value:
        return []
    name = values.shown(setting.value)
    said = f'[task] task_executor is {name} ({setting.place})'
    if target.major < ONLY_TASKFLOW and setting.value == DEPRECATED:
        return [
            TASK_EXECUTOR.warning(
                f'{said}, which {target.title} takes for {KNOWN}; '
                f'{ONLY_TASKFLOW}.0.0 refuses it.'
            )
        ]
    return [
        TASK_EXECUTOR.failure(
            f'{said}, and {target.title} has none but {KNOWN}: imports and '
            'other tasks would fail.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='task-options',
        title='Tasks',
        function=check_executor,
        kinds=(TASK_EXECUTOR,),
        topic='services',
        reads=('configuration',),
        description='Whether the target has the executor that tasks and '
        'imports are to run in.',
    ),
)
