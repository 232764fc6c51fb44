# SPDX-License-Identifier: Apache-2.0
"""Names of options: gone, renamed, on their way out, misspelt."""

import pathlib
import time

import pytest

from glance_status import context, results
from glance_status.checks import (
    Checks,
    elsewhere,
    known,
    option_deprecated,
    option_gone,
    option_unknown,
)
from glance_status.releases import lifecycle
from tests.unit import checkers

CHECKS = (
    option_gone.check_gone,
    option_deprecated.check_deprecated,
    option_unknown.check_unknown,
)
Found = list[tuple[str, int, str]]


def found(directory: pathlib.Path, checker: context.Checker) -> Found:
    """Return id, result and message of all findings, without directories."""
    return [
        (item.id, item.result, item.message.replace(f'{directory}/', ''))
        for check in CHECKS
        for item in check(checker)
    ]


@pytest.mark.parametrize(
    ('text', 'source', 'target'),
    [
        ('[DEFAULT]\ndebug = true\n', '18', '33'),
        # What the source does not read either concerns no upgrade.
        ('[DEFAULT]\nallow_additional_image_properties = 0\n', '29', '33'),
        # What another finding speaks of.
        ('[DEFAULT]\nworkers = 4\n', '18', '33'),
        ('[database]\nuse_tpool = true\n', '18', '33'),
        # Software of somebody else.
        ('[our_plugin]\nanything = 1\n', '18', '33'),
        ('[DEFAULT]\nenabled_backends = a:ours\n[a]\nx = 1\n', '18', '33'),
        # Keystoneauth's plug-ins, where they are read.
        ('[keystone_authtoken]\nusername = glance\n', '18', '33'),
        ('[oslo_limit]\nuser_domain_name = x\n', '24', '33'),
        ('[keystone_authtoken]\nauth_section = ks\n[ks]\nx = 1\n', '18', '33'),
        # Named, reserved and shared stores.
        (
            '[DEFAULT]\nenabled_backends = Fast:rbd\n'
            '[Fast]\nrbd_store_pool = images\nweight = 10\n',
            '27',
            '33',
        ),
        (
            '[os_glance_staging_store]\nfilesystem_store_datadir = /x\n',
            '19',
            '33',
        ),
        ('[backend_defaults]\nrbd_store_pool = images\n', '31', '33'),
        ('[upgrade_check]\nanything = 1\n', '18', '33'),
        ('[DEFAULT]\nssl_ca_file = x\n', '18', '33'),
        ('[barbican]\nauth_endpoint = http://x/\n', '18', '18'),
        # Of middleware that is in no pipeline of Glance's.
        ('[oslo_middleware]\nsecure_proxy_ssl_header = X\n', '18', '33'),
    ],
)
def test_names_that_nothing_is_said_of(
    tmp_path: pathlib.Path, text: str, source: str, target: str
) -> None:
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert found(tmp_path, checker) == []


def test_an_option_that_is_gone(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nallow_additional_image_properties = false\n'
    checker = checkers.make(tmp_path, text, source='28', target='29')
    assert found(tmp_path, checker) == [
        (
            'option-gone',
            results.WARNING,
            '[DEFAULT] allow_additional_image_properties (glance-api.conf, '
            'line 2) is not read any more from 29.0.0 (2024.2 Dalmatian) on.'
            ' Its documentation says: "This option is redundant. Control '
            "custom image property usage via the 'image_property_quota' "
            'configuration option. This option is scheduled to be removed '
            'during the Victoria development cycle".',
        )
    ]


def test_a_gone_option_that_has_its_default(tmp_path: pathlib.Path) -> None:
    text = '[healthcheck]\npath = /healthcheck\n'
    checker = checkers.make(tmp_path, text, source='31', target='32')
    assert found(tmp_path, checker) == [
        (
            'option-gone',
            results.SUCCESS,
            '[healthcheck] path (glance-api.conf, line 2) is not read any '
            'more from 32.0.0 (2026.1 Gazpacho) on. Its value was the '
            'default.',
        )
    ]


def test_a_name_that_is_not_honoured(tmp_path: pathlib.Path) -> None:
    text = '[oslo_messaging_rabbit]\nkombu_ssl_ca_certs = /etc/ca.pem\n'
    checker = checkers.make(tmp_path, text, source='29', target='30')
    (finding,) = option_gone.check_gone(checker)
    assert (finding.id, finding.result, finding.remediation) == (
        'option-renamed',
        results.WARNING,
        'Write the value as [oslo_messaging_rabbit] ssl_ca_file, and remove '
        'the old line.',
    )
    text += 'ssl_ca_file = /etc/ca.pem\n'
    checker = checkers.make(tmp_path, text, source='29', target='30')
    assert [
        (item.id, item.result) for item in option_gone.check_gone(checker)
    ] == [('option-renamed', results.SUCCESS)]


def test_a_section_that_has_another_name(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nlock_path = /run/glance\n'
    before = checkers.make(tmp_path, text, source='26', target='27')
    assert [(i[0], i[1]) for i in found(tmp_path, before)] == [
        ('option-old-name', results.SUCCESS)
    ]
    after = checkers.make(tmp_path, text, source='27', target='28')
    assert found(tmp_path, after) == [
        (
            'option-renamed',
            results.WARNING,
            '[DEFAULT] lock_path (glance-api.conf, line 2) is called '
            '[oslo_concurrency] lock_path now, and the old name is not read '
            'any more from 28.0.0 (2024.1 Caracal) on: the target takes its '
            'default.',
        )
    ]


@pytest.mark.parametrize(
    ('value', 'result'), [('true', 1), ('false', results.SUCCESS)]
)
def test_an_option_on_its_way_out(
    tmp_path: pathlib.Path, value: str, result: int
) -> None:
    text = f'[DEFAULT]\nwatch_log_file = {value}\n'
    checker = checkers.make(tmp_path, text, source='30', target='31')
    assert [(i[0], i[1]) for i in found(tmp_path, checker)] == [
        ('option-deprecated', result)
    ]


def test_what_is_said_of_options_on_their_way_out(
    tmp_path: pathlib.Path,
) -> None:
    # The first is none, and the second may be another client's.
    text = (
        '[DEFAULT]\nour_own_thing = 1\n'
        '[keystone_authtoken]\ntenant_name = service\n'
        '[DEFAULT]\nwatch_log_file = true\n'
        '[healthcheck]\npath = /ours\n'
    )
    checker = checkers.make(tmp_path, text, source='30', target='31')
    findings = option_deprecated.check_deprecated(checker)
    assert checkers.told(tmp_path, findings) == [
        (
            'option-deprecated',
            results.WARNING,
            '[DEFAULT] watch_log_file (glance-api.conf, line 6) is deprecated '
            'in 2025.2 Flamingo. Its documentation says: "This function is '
            'known to have bene broken for long time, and depends on the '
            'unmaintained library".',
        ),
        (
            'option-deprecated',
            results.WARNING,
            '[healthcheck] path (glance-api.conf, line 8) is deprecated in '
            '2025.2 Flamingo.',
        ),
    ]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (
            '[DEFAULT]\nimage_cache_dri = /x\n',
            '[DEFAULT] image_cache_dri (glance-api.conf, line 2) is known in '
            'no release. Is [DEFAULT] image_cache_dir meant?',
        ),
        (
            '[DEFAULT]\nenabled_backends = a:rbd\n[a]\nrbd_store_pol = x\n',
            '[a] rbd_store_pol (glance-api.conf, line 4) is known in no '
            'release. Is [a] rbd_store_pool meant?',
        ),
        (
            '[databse]\nmax_pool_size = 5\n',
            'The section [databse] (glance-api.conf, line 2) is known in no '
            'release. Is [database] meant?',
        ),
    ],
)
def test_slips_of_the_pen(
    tmp_path: pathlib.Path, text: str, message: str
) -> None:
    checker = checkers.make(tmp_path, text)
    assert found(tmp_path, checker) == [
        ('option-unknown', results.WARNING, message)
    ]


def test_a_name_that_is_like_no_other(tmp_path: pathlib.Path) -> None:
    # Behind one that is known.
    text = '[DEFAULT]\nuse_syslog = true\nour_own_thing = 1\n'
    checker = checkers.make(tmp_path, text)
    assert [(i[0], i[1]) for i in found(tmp_path, checker)] == [
        ('option-unknown', results.SUCCESS)
    ]


def test_an_option_of_another_section(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\ncinder_catalog_info = volumev3:cinder:internalURL\n'
    checker = checkers.make(tmp_path, text)
    assert found(tmp_path, checker) == [
        (
            'option-unknown',
            results.SUCCESS,
            '[DEFAULT] cinder_catalog_info (glance-api.conf, line 2) is '
            'known in no release in this section, and so without effect. '
            'There is [glance_store] cinder_catalog_info.',
        )
    ]


@pytest.mark.parametrize(
    ('name', 'homes'),
    [
        ('default_swift_reference', '[DEFAULT] {0} and [glance_store] {0}'),
        # Of three nobody knows which is meant.
        ('collect_timing', None),
        # A library has it, and Glance does not read it.
        ('backdoor_port', None),
    ],
)
def test_sections_that_an_option_may_be_meant_for(
    tmp_path: pathlib.Path, name: str, homes: str | None
) -> None:
    checker = checkers.make(tmp_path, f'[image_format]\n{name} = 1\n')
    told = ' in this section, and so without effect. There is {}.'
    assert found(tmp_path, checker) == [
        (
            'option-unknown',
            results.SUCCESS,
            f'[image_format] {name} (glance-api.conf, line 2) is known in no '
            'release' + (told.format(homes.format(name)) if homes else '.'),
        )
    ]


def test_the_section_that_is_most_like_the_written_one_is_meant(
    tmp_path: pathlib.Path,
) -> None:
    # It is like [oslo_messaging_zmq] as well.
    text = '[oslo_messaging_amq]\naddressing_mode = dynamic\n'
    (finding,) = option_unknown.check_unknown(checkers.make(tmp_path, text))
    assert (finding.message, finding.remediation) == (
        f'The section [oslo_messaging_amq] ({tmp_path}/glance-api.conf, '
        'line 2) is known in no release. Is [oslo_messaging_amqp] meant?',
        'Write [oslo_messaging_amqp] if it is meant.',
    )


def test_an_option_that_comes_later(tmp_path: pathlib.Path) -> None:
    text = '[image_format]\nrequire_image_format_match = false\n'
    checker = checkers.make(tmp_path, text, source='27', target='28')
    assert found(tmp_path, checker) == [
        (
            'option-not-yet',
            results.SUCCESS,
            '[image_format] require_image_format_match (glance-api.conf, '
            'line 2) comes with 30.0.0 (2025.1 Epoxy).',
        )
    ]


@pytest.mark.parametrize(
    ('source', 'target', 'told'),
    [
        ('29', '30', []),
        (
            '30',
            '32',
            [
                (
                    'option-gone',
                    results.SUCCESS,
                    '[oslo_messaging_rabbit] '
                    'ssl_enforce_hostname_verification (glance-api.conf, '
                    'line 2) is not read any more from 31.0.0 (2025.2 '
                    'Flamingo) on. Its value was the default.',
                )
            ],
        ),
        ('31', '32', []),
    ],
)
def test_an_option_that_goes_and_comes_back(
    tmp_path: pathlib.Path, source: str, target: str, told: Found
) -> None:
    text = (
        '[oslo_messaging_rabbit]\nssl_enforce_hostname_verification = false\n'
    )
    checker = checkers.make(tmp_path, text, source=source, target=target)
    assert found(tmp_path, checker) == told


def test_many_findings_are_counted(tmp_path: pathlib.Path) -> None:
    lines = ''.join(f'no_such_thing_{n} = 1\n' for n in range(20_000))
    checker = checkers.make(tmp_path, f'[DEFAULT]\n{lines}')
    start = time.monotonic()
    findings = option_unknown.check_unknown(checker)
    assert time.monotonic() - start < 10
    assert len(findings) == known.MOST + 1
    assert findings[-1].affected
    assert findings[-1].affected.count == 20_000 - known.MOST


def test_ten_thousand_backends(tmp_path: pathlib.Path) -> None:
    names = ', '.join(f'b{n}:file' for n in range(10_000))
    groups = ''.join(
        f'[b{n}]\nfilesystem_store_datadir = /{n}\n' for n in range(10_000)
    )
    text = f'[DEFAULT]\nenabled_backends = {names}\n{groups}'
    checker = checkers.make(tmp_path, text)
    start = time.monotonic()
    assert found(tmp_path, checker) == []
    assert time.monotonic() - start < 20


def test_options_elsewhere_are_options() -> None:
    knowledge = lifecycle.knowledge()
    unheard = {
        (table, name)
        for table, name in elsewhere.FINDINGS
        if name != '*'
        and name not in knowledge.tables.get(table, {})
        and (table, name) not in knowledge.aliases
    }
    # Older than the data, and one that its release note misspells.
    assert unheard == {
        ('DEFAULT', 'enable_secure_rbac'),
        ('DEFAULT', 'enable_v1_api'),
    }


@pytest.mark.parametrize(
    ('table', 'option', 'expected'),
    [
        ('DEFAULT', 'admin_role', True),
        ('DEFAULT', 'debug', False),
        ('task', 'admin_role', False),
        # All options of its stores.
        ('backend:vmware', 'vmware_server_host', True),
        ('backend:file', 'filesystem_store_datadir', False),
    ],
)
def test_what_another_finding_speaks_of(
    table: str, option: str, expected: bool
) -> None:
    assert elsewhere.speaks(table, option) is expected


def test_findings_elsewhere_exist() -> None:
    ids = {kind.id for check in Checks().get_checks() for kind in check.kinds}
    assert set(elsewhere.FINDINGS.values()) - ids == set()
