# SPDX-License-Identifier: Apache-2.0
"""Our checks in the situations that they are for."""

import my_site_checks
import pytest
from oslo_upgradecheck import upgradecheck

from glance_status import context, plugins, results, testing

WARNING = upgradecheck.Code.WARNING
FAILURE = upgradecheck.Code.FAILURE


class TestConformance(testing.Conformance):
    """What every plug-in has to keep."""

    entry_point = 'my-site'
    configuration = '[DEFAULT]\nworkers = 8\n'


def test_an_endpoint_is_looked_for(glance_checker):
    result = my_site_checks.check_endpoint(glance_checker())
    assert result.code == WARNING


def test_a_release_that_nobody_approved_is_a_failure(glance_checker):
    checker = glance_checker(target='2025.2')
    result = my_site_checks.check_release(checker, approved=['2025.1'])
    assert (result.code, result.details) == (
        FAILURE,
        '2025.2 Flamingo is not approved. Approved are: 2025.1.',
    )


def test_after_the_sync_nobody_approves(glance_checker):
    checker = glance_checker(before='restart')
    with pytest.raises(context.Inapplicable):
        my_site_checks.check_release(checker, approved=['2025.1'])


def test_too_many_workers_are_found_where_they_are_set(glance_checker):
    checker = glance_checker('[DEFAULT]\nworkers = 8\n')
    [setting] = checker.settings
    assert my_site_checks.check_workers(checker) == [
        my_site_checks.WORKERS.warning(
            f'{setting.file}, line 2: workers is 8.'
        )
    ]


@pytest.mark.parametrize('text', ['', '[DEFAULT]\nworkers = 4\n'])
def test_few_workers_are_well(glance_checker, text):
    assert my_site_checks.check_workers(glance_checker(text)) == []


def test_images_without_data_are_found(glance_checker, glance_database):
    database = glance_database()
    for status in ('queued', 'active', 'queued'):
        database.add_image(name=f'{status} image', status=status)
    [check] = [
        item
        for item in my_site_checks.Checks().get_checks()
        if isinstance(item, plugins.Check) and item.id == 'my-site-uploads'
    ]
    assert testing.run(check, glance_checker(database=database)) == [
        my_site_checks.QUEUED.warning(
            'Images that wait for their data: 2.',
            affected=results.Affected(2, ('queued image',)),
        )
    ]


def test_golden_images_are_looked_for(glance_checker, glance_database):
    database = glance_database('2025.1')
    for name, status in (
        ('acme-golden', 'active'),
        ('acme-base-2026', 'deactivated'),
    ):
        database.add_image(
            name=name, status=status, owner=my_site_checks.PROJECT
        )
    checker = glance_checker(database=database)
    [finding] = my_site_checks.check_golden(checker)
    assert finding.affected == results.Affected(1, ('acme-base-2026',))


def test_golden_images_that_are_there_are_well(
    glance_checker, glance_database
):
    database = glance_database()
    for name in my_site_checks.GOLDEN:
        database.add_image(name=name, owner=my_site_checks.PROJECT)
    checker = glance_checker(database=database)
    assert my_site_checks.check_golden(checker) == []
