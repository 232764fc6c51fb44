# SPDX-License-Identifier: Apache-2.0
"""The options that this tool reads: its own, and Glance's."""

import copy
import typing

from oslo_config import cfg

GROUP = 'upgrade_check'

OWN = [
    cfg.StrOpt(
        'target',
        help='Glance release to upgrade to, when --target does not say: a '
        'name, a cycle or a version (Caracal, 2024.1, 28.0.0). Without it '
        'the newest release that the tool knows.',
    ),
    cfg.FloatOpt(
        'timeout',
        default=60,
        min=0.1,
        max=86400,
        help='Seconds that one check, or one statement in the database, may '
        'take, when --timeout does not say.',
    ),
    cfg.FloatOpt(
        'deadline',
        min=0.1,
        max=86400,
        help='Seconds that the whole run may take, when --deadline does not '
        'say. Without it there is no limit.',
    ),
    cfg.IntOpt(
        'connect_timeout',
        default=5,
        min=1,
        max=3600,
        help='Seconds that connecting to the database may take.',
    ),
    cfg.ListOpt(
        'namespaces',
        default=[],
        help='Entry-point groups to take plug-ins from, beside '
        'glance.status.upgrade.checks; shell patterns are allowed.',
    ),
    cfg.ListOpt(
        'skip',
        default=[],
        help='Ids of checks and findings to leave out; shell patterns are '
        'allowed.',
    ),
    cfg.StrOpt(
        'waivers',
        help='YAML file of the findings that are accepted, when --waivers '
        'does not say.',
    ),
    cfg.BoolOpt(
        'replica',
        default=False,
        help='Read from [database] slave_connection in place of connection.',
    ),
]

# Glance's options that checks read, with Glance's types. The defaults are
# those of no release in particular: a check asks for what the operator set.
GLANCE: dict[str, list[cfg.Opt]] = {
    'DEFAULT': [
        cfg.BoolOpt('allow_anonymous_access'),
        cfg.BoolOpt('delayed_delete'),
        cfg.BoolOpt('do_secure_hash'),
        cfg.BoolOpt('enforce_secure_rbac'),
        cfg.BoolOpt('owner_is_tenant'),
        cfg.DictOpt('enabled_backends'),
        # The place where releases before 2025.1 found it as well.
        cfg.StrOpt('policy_file'),
        cfg.MultiStrOpt('policy_dirs'),
        cfg.StrOpt('policy_default_rule'),
        cfg.StrOpt('image_cache_dir'),
        cfg.StrOpt('image_cache_driver'),
        cfg.StrOpt('image_cache_sqlite_db'),
        cfg.StrOpt('property_protection_file'),
        cfg.StrOpt('property_protection_rule_format'),
        cfg.StrOpt('public_endpoint'),
        cfg.StrOpt('worker_self_reference_url'),
        cfg.ListOpt('default_log_levels'),
        cfg.StrOpt('transport_url'),
        cfg.BoolOpt('use_journal'),
        cfg.BoolOpt('use_keystone_limits'),
        cfg.BoolOpt('use_syslog'),
    ],
    'glance_store': [
        cfg.ListOpt('stores'),
        cfg.StrOpt('default_store'),
        cfg.StrOpt('default_backend'),
    ],
    'inject_metadata_properties': [
        cfg.DictOpt('inject'),
    ],
    'keystone_authtoken': [
        cfg.BoolOpt('memcache_sasl_enabled'),
        cfg.BoolOpt('memcache_tls_enabled'),
        cfg.BoolOpt('service_token_roles_required'),
    ],
    'oslo_concurrency': [
        cfg.StrOpt('lock_path'),
    ],
    'oslo_messaging_notifications': [
        cfg.StrOpt('transport_url'),
    ],
    'oslo_middleware': [
        cfg.BoolOpt('enable_proxy_headers_parsing'),
    ],
    'oslo_policy': [
        cfg.BoolOpt('enforce_new_defaults'),
        cfg.BoolOpt('enforce_scope'),
        cfg.StrOpt('policy_default_rule'),
        cfg.MultiStrOpt('policy_dirs'),
        cfg.StrOpt('policy_file'),
    ],
    'paste_deploy': [
        cfg.StrOpt('config_file'),
        cfg.StrOpt('flavor'),
    ],
    'profiler': [
        cfg.BoolOpt('enabled'),
    ],
}

# Where releases before 2024.1 found [database] connection as well.
OLD_CONNECTIONS = (
    ('DEFAULT', 'sql_connection'),
    ('database', 'sql_connection'),
    ('sql', 'connection'),
)


def register_own(conf: cfg.ConfigOpts) -> None:
    """Register the options of this tool."""
    conf.register_opts(OWN, group=GROUP)


def register_database(conf: cfg.ConfigOpts) -> None:
    """Register oslo.db's own option objects, so that a plug-in can too."""
    from oslo_db import options

    conf.register_opts(options.database_opts, group='database')


def glance(conf: cfg.ConfigOpts) -> cfg.ConfigOpts:
    """Return the configuration, able to answer for ``GLANCE``.

    Only the process of the built-in checks does this: a plug-in that brings
    Glance's own definitions must not meet ours.
    """
    # Checks ask a hundred times: [paste_deploy] is registered by us alone.
    if next(reversed(GLANCE)) not in conf:
        for group, opts in GLANCE.items():
            conf.register_opts(opts, None if group == 'DEFAULT' else group)
    return conf


def list_opts() -> list[tuple[str, list[typing.Any]]]:
    """Return the options of this tool for oslo.config's sample generator."""
    return [(GROUP, copy.deepcopy(OWN))]
