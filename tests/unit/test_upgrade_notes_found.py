# SPDX-License-Identifier: Apache-2.0
"""What a note is about gives one of its findings, at the note's release."""

import contextlib
import dataclasses
import pathlib
from collections import abc

import pytest

from glance_status import checks, context
from tests.unit import checkers
from tests.unit.test_upgrade_notes import rows

# What the database or the host tells: their checks have tests of their own.
NOT_TRIED = {
    'cron-tools',
    'db-premigrate',
    'db-train-backend',
    'metadefs-behind',
    'no-hash',
    'python-version',
    'reserved-props',
    'wsgi-script',
    'wsgi-unit',
}

DEFAULT = '[DEFAULT]\n'
MANY = f'[glance_store]\ndefault_backend = a\n{DEFAULT}enabled_backends = a:'
LEGACY = '[glance_store]\nstores = file\n'
SHOWN = f'{DEFAULT}show_multiple_locations = true\n'
ADMIN = f'{DEFAULT}admin_role = boss\n'
ADDITIONAL = f'{DEFAULT}allow_additional_image_properties = false\n'
SECURE = f'{DEFAULT}enforce_secure_rbac = true\n'
STRATEGY = f'{DEFAULT}location_strategy = store_type\n'
CINDER = f'{MANY}cinder\n'


@dataclasses.dataclass(frozen=True)
class Situation:
    """A configuration and what stands beside it.

    :param before: whether the note tells of a hole that its release closed,
        so that the release before is the one to look at
    """

    text: str = ''
    files: abc.Mapping[str, str] = dataclasses.field(default_factory=dict)
    before: bool = False


SITUATIONS = {
    'Stein_final_release': Situation(LEGACY),
    'update-stein-deprecations': Situation(LEGACY),
    'deprecate-show-multiple-location-continued-again': Situation(SHOWN),
    'mutistore-support-for-scrubber': Situation(
        files={'glance-scrubber.conf': f'{DEFAULT}enabled_backends = a:rbd\n'}
    ),
    'rethinking-filesystem-access': Situation(
        f'{MANY}rbd\nnode_staging_uri = file:///srv\n'
    ),
    'deprecate-sheepdog-driver': Situation(f'{MANY}sheepdog\n'),
    'release-1.0.0': Situation(LEGACY),
    'remove-store-cap-update': Situation(
        '[glance_store]\nstore_capabilities_update_min_interval = 5\n'
    ),
    'deprecate-admin_role': Situation(ADMIN),
    'deprecate-allow_additional': Situation(ADDITIONAL),
    'deprecate-show-multiple-location-continued-ussuri': Situation(SHOWN),
    'drop-sheepdog': Situation(f'{MANY}sheepdog\n'),
    'policy-in-code-7': Situation(
        files={'policy.json': '{"get_images": "role:member"}'}
    ),
    'policy-in-code-implications': Situation(
        f'{DEFAULT}property_protection_rule_format = policies\n'
        'property_protection_file = protections.conf\n',
        {
            'protections.conf': '[x_.*]\ncreate = mine\nread = mine\n'
            'update = mine\ndelete = mine\n'
        },
    ),
    'remove_native_ssl': Situation(
        f'{DEFAULT}cert_file = /srv/c\nkey_file = /srv/k\n'
    ),
    'cleanout_registry': Situation(
        f'{DEFAULT}data_api = glance.db.registry.api\n'
    ),
    'cleanup-enable_v2_api': Situation(f'{DEFAULT}enable_v2_api = true\n'),
    'support-cinder-multiple-stores-e': Situation(CINDER),
    'support-cinder-multiple-stores-6': Situation(CINDER),
    'victoria-m3': Situation(CINDER),
    'deprecate-json-formatted': Situation(
        files={'policy.json': '{"get_images": "role:member"}'}
    ),
    'metadef-api-admin': Situation(),
    'os-glance-injection': Situation(
        '[image_import_opts]\nimage_import_plugins = [inject_image_metadata]\n'
        '[inject_metadata_properties]\ninject = os_glance_a:1\n'
    ),
    'remove-admin_role': Situation(ADMIN),
    'remove-owner_is_tenant': Situation(f'{DEFAULT}owner_is_tenant = false\n'),
    'secure-rbac-project': Situation(SECURE),
    'policy-refactor-xena': Situation(SECURE),
    'bug-1954883': Situation(f'{MANY}rbd\n'),
    'immediate-caching': Situation(
        f'{DEFAULT}cache_prefetcher_interval = 60\n'
    ),
    'remove_secure_proxy': Situation(
        f'{DEFAULT}secure_proxy_ssl_header = X-Forwarded-Proto\n'
    ),
    'lock_path': Situation(
        CINDER,
        {'../cinder/cinder.conf': '[os_brick]\nlock_path = /srv/locks\n'},
    ),
    'bug-2059809': Situation(),
    'enable-enforce-scope': Situation(),
    'remove-enforce-secure': Situation(SECURE),
    'deprecate-rados': Situation(
        f'{MANY}rbd\n[a]\nrados_connect_timeout = 5\n'
    ),
    'deprecate-location_strategy': Situation(STRATEGY),
    'deprecate-scrubber': Situation(f'{DEFAULT}delayed_delete = true\n'),
    'deprecate-sqlite': Situation(f'{DEFAULT}image_cache_driver = sqlite\n'),
    'deprecate-vmware': Situation(f'{MANY}vmware\n'),
    'fix-rados': Situation(f'{MANY}rbd\n[a]\nrados_connect_timeout = 5\n'),
    'bug-2138602': Situation(),
    'deprecate-digest': Situation(f'{DEFAULT}digest_algorithm = sha1\n'),
    'deprecate_metadata_encryption': Situation(
        f'{DEFAULT}metadata_encryption_key = {"k" * 16}\n'
    ),
    'remove-allow_additional': Situation(ADDITIONAL),
    'removed-location-strategy': Situation(STRATEGY),
    'add-service-role': Situation(
        files={'policy.yaml': 'stores_info_detail: rule:context_is_admin\n'}
    ),
    'image-safety-check': Situation(),
    'deprecate-filesystem_store_datadirs': Situation(
        f'{MANY}file\n[a]\nfilesystem_store_datadirs = /srv:1\n'
    ),
    'swift-remove-auth': Situation(
        f'{MANY}swift\n[a]\nswift_store_auth_version = 2\n'
    ),
    'service-api-default': Situation(
        files={'policy.yaml': 'add_image_location: role:admin\n'}
    ),
    'bug-2152110': Situation(before=True),
    'bug-2158998': Situation(before=True),
    'bug-2161330': Situation('[glance_store]\nstores = file, http\n'),
    'drop-standalone-server': Situation(f'{DEFAULT}workers = 4\n'),
    'gpt-strict': Situation(),
    'remove-disabling-rbac': Situation(
        '[oslo_policy]\nenforce_scope = false\n'
    ),
    'remove-eventlet-task': Situation(
        '[task]\neventlet_executor_pool_size = 5\n'
    ),
    'unbounded-web-download': Situation(),
}


def covered() -> list[dict[str, str]]:
    """Return the notes of which the configuration tells."""
    return [
        row
        for row in rows()
        if row['findings'] and not NOT_TRIED & {*row['findings'].split()}
    ]


def found(checker: context.Checker, wanted: set[str]) -> set[str]:
    """Return the ids that those checks find that may find what is wanted."""
    ids = set()
    for check in checks.Checks().get_checks():
        if 'database' in check.reads:
            continue
        if wanted & {kind.id for kind in check.kinds}:
            with contextlib.suppress(context.Inapplicable):
                ids |= {item.id for item in check.function(checker)}
    return ids


@pytest.mark.parametrize('row', covered(), ids=lambda row: row['note'])
def test_what_the_note_is_about_is_found(
    tmp_path: pathlib.Path, row: dict[str, str]
) -> None:
    (situation,) = (
        situation
        for note, situation in SITUATIONS.items()
        if row['note'].startswith(note)
    )
    directory = tmp_path / 'glance'
    directory.mkdir()
    for name, text in situation.files.items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    target = int(row['release']) - situation.before
    checker = checkers.make(
        directory, situation.text, target=str(target), source=str(target - 1)
    )
    wanted = {*row['findings'].split()}
    assert found(checker, wanted) & wanted
