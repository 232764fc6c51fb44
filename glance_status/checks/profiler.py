# SPDX-License-Identifier: Apache-2.0
"""Whether traces of requests still go anywhere."""

from glance_status import context, plugins, results
from glance_status.checks import values

# The first release that was tested with osprofiler 4.4.
NO_JAEGER = 33

JAEGER = results.FindingKind(
    id='profiler-jaeger',
    title='The profiler no longer writes to Jaeger',
    looks_for='[profiler] enabled with a connection_string that begins with '
    'jaeger, where the upgrade passes into 33.0.0 (2026.2), which is tested '
    'with osprofiler 4.4.',
    matters='The API starts, logs an error and traces nothing.',
    remediation='Let Jaeger take OTLP and set [profiler] connection_string '
    'to otlp://HOST:PORT, or switch the profiler off.',
    since='33.0.0',
    reference='https://docs.openstack.org/osprofiler/latest/user/'
    'collectors.html',
)


def check_profiler(checker: context.Checker) -> list[results.Finding]:
    """Look where the profiler writes to."""
    setting = checker.written('profiler', 'connection_string')
    if (
        setting is None
        or not setting.value.startswith('jaeger')
        or not values.boolean(checker, 'profiler', 'enabled')
        or not checker.crosses(NO_JAEGER)
    ):
        return []
    return [
        JAEGER.warning(
            f'{setting.name} ({setting.place}) names Jaeger, for which '
            f'{checker.target.title} has no driver.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='profiler',
        title='Profiler',
        function=check_profiler,
        kinds=(JAEGER,),
        topic='services',
        reads=('configuration',),
        description='Whether osprofiler of the target has the driver that '
        'traces are written with.',
    ),
)
