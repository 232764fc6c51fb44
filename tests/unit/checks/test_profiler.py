# SPDX-License-Identifier: Apache-2.0
"""The profiler and where it writes to."""

import pathlib

import pytest

from glance_status.checks import profiler
from tests.unit import checkers


@pytest.mark.parametrize(
    ('enabled', 'driver', 'source', 'number'),
    [
        ('true', 'jaeger', '32', 1),
        ('true', 'jaeger', '33', 0),
        ('false', 'jaeger', '32', 0),
        ('true', 'otlp', '32', 0),
    ],
)
def test_traces(
    tmp_path: pathlib.Path,
    enabled: str,
    driver: str,
    source: str,
    number: int,
) -> None:
    text = (
        f'[profiler]\nenabled = {enabled}\n'
        f'connection_string = {driver}://localhost:6831\n'
    )
    checker = checkers.make(tmp_path, text, source=source)
    assert [item.message for item in profiler.check_profiler(checker)] == [
        f'[profiler] connection_string ({tmp_path}/glance-api.conf, line 3) '
        'names Jaeger, for which 2026.2 Hibiscus has no driver.'
    ] * number


def test_nothing_is_written_anywhere(tmp_path: pathlib.Path) -> None:
    checker = checkers.make(tmp_path, '[profiler]\nenabled = true\n')
    assert profiler.check_profiler(checker) == []
