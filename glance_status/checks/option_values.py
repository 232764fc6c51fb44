# SPDX-License-Identifier: Apache-2.0
"""Values that the target does not take."""

from glance_status import context, plugins, results
from glance_status.checks import (
    backends,
    elsewhere,
    healthcheck,
    imports,
    kinds,
    known,
    references,
    values,
)
from glance_status.releases import lifecycle

# What a deployment cannot do without, of what may break.
VITAL = frozenset(
    {
        'start',
        'versions',
        'health',
        'list',
        'create',
        'upload',
        'download',
        'show',
        'delete',
        'import',
        'share',
        'strangers',
    }
)
# The first release that asks where the cache is whenever it starts.
READS_CACHE = 24
# What the driver of Swift reads with every upload to a store of one account.
_SEED = 'swift_store_multiple_containers_seed'
# Numbers that Glance compares with others, and cannot where nothing is
# written: what fails then, and with what is no number.
_COMPARED = {
    'DEFAULT api_limit_max': 'list',
    'DEFAULT image_member_quota': 'share',
    'DEFAULT image_property_quota': 'create',
    'DEFAULT image_size_cap': 'upload',
    'DEFAULT image_tag_quota': 'create',
    'DEFAULT limit_param_default': 'list',
    'backend:file filesystem_store_file_perm': 'start',
    'backend:swift ' + _SEED: 'upload',
    'glance_store filesystem_store_file_perm': 'start',
    'glance_store ' + _SEED: 'upload',
    'task task_time_to_live': 'import',
}
# Not all of these requests were sent by the experiments of the knowledge.
_ASKED = {**_COMPARED, 'DEFAULT allow_anonymous_access': 'strangers'}
# What is read when an import has been accepted: no answer tells of it.
_IMPORTING = {
    'image_conversion': None,
    'image_import_opts': ('max_parallel_stores',),
    'import_filtering_opts': None,
    'taskflow_executor': ('engine_mode', 'max_workers'),
}
# What is read of [oslo_limit] though nobody asks for limits.
_PLUGIN_OF_LIMITS = ('auth_type', 'auth_section')
# Options that one plug-in of imports reads.
_PLUGGED = {
    'image_conversion': 'image_conversion',
    'inject_metadata_properties': 'inject_image_metadata',
}
REFUSED = results.FindingKind(
    id='value-refused',
    title='The target refuses a value',
    looks_for='Values that the target cannot read: no number where one has '
    'to be, none of its choices, below its minimum or above its maximum. '
    'They are read with the types that the target has. Also some numbers '
    'that are left empty, such as image_size_cap; and values that '
    'refer to an option that the target does not have, set or not, such as '
    '$state_path; with two dollars, $$, it is no reference. A value with a '
    'reference to an option that no file sets is left alone.',
    matters='oslo.config raises ConfigFileValueError, or NoSuchOptError, as '
    'soon as Glance reads the option. It is a failure where the API does '
    'not start with it, or images cannot be listed, created, uploaded, '
    'imported, downloaded, shared or deleted, and a warning where it is '
    'read later or by what this configuration does not use.',
    remediation='Correct the value, or remove the line.',
    reference='https://docs.openstack.org/glance/latest/configuration/',
)


def check_values(checker: context.Checker) -> list[results.Finding]:
    """Read every value as the target would."""
    refused = [
        (item, trouble)
        for item in known.settings(checker)
        if item.option
        and not item.option.beside
        and not _spoken_for(item, checker)
        and (trouble := _trouble(item, checker))
    ]
    troubles = {item.setting: trouble for item, trouble in refused}
    worst_first = sorted(
        (item for item, _trouble in refused),
        key=lambda item: not _vital(item, checker),
    )
    return known.capped(
        REFUSED,
        worst_first,
        lambda item: _refused(item, troubles[item.setting], checker),
    )


def _spoken_for(item: known.Known, checker: context.Checker) -> bool:
    option = item.option
    assert option is not None
    if (option.table, option.name) in elsewhere.VALUES:
        return True
    bounds = isinstance(option.kind, dict) and option.kind.get('bounds')
    return (
        bool(bounds)
        and not item.setting.value.lstrip().startswith('[')
        and references.unknown(checker, item) is None
    )


def _trouble(item: known.Known, checker: context.Checker) -> str | None:
    """Return what is wrong with a value, None where nothing is."""
    assert item.option is not None
    if len(item.setting.value) > known.LONGEST:
        return None
    stranger = references.unknown(checker, item)
    if stranger is not None:
        return f'the target has no option {stranger} that ${stranger} could be'
    value = backends.text(checker, item.setting)
    if not value and _compared(item, checker):
        return 'it is empty, and Glance compares it with numbers'
    if not backends.resolvable(value):
        return None
    try:
        known.parser(item.option)(value)
    except (ValueError, TypeError):
        return f'the target takes {kinds.described(item.option.kind)}'
    return None


def _compared(item: known.Known, checker: context.Checker) -> bool:
    """Tell whether an empty value is compared with numbers."""
    assert item.option is not None
    own = item.option.table.startswith(lifecycle.BACKEND) and (
        lifecycle.group_of(item.setting.section) != backends.SHARED_GROUP
    )
    if own and checker.target.major >= backends.SHARED_DEFAULTS:
        # What is empty in a store's section has the value of all stores.
        return False
    return _key(item) in _COMPARED


def _refused(
    item: known.Known, trouble: str, checker: context.Checker
) -> results.Finding:
    assert item.option is not None
    setting = item.setting
    shown = f' = {_short(setting.value)}'.rstrip()
    if item.option.secret:
        shown = ''
    said = f'{setting.name}{shown} ({setting.place}) is refused: {trouble}.'
    when = _when(item)
    if _vital(item, checker):
        return REFUSED.failure(
            f'{said} {_CONSEQUENCES.get(when or "", _REQUESTS)}',
            affected=known.affected(item),
        )
    effect = 'What reads it fails.'
    if references.unknown(checker, item) and references.is_dropped(item):
        effect = 'Its default is taken.'
    return REFUSED.warning(f'{said} {effect}', affected=known.affected(item))


def _short(value: str) -> str:
    line = ' '.join(value.split())
    return line if len(line) <= 60 else f'{line[:60]} ...'


_REQUESTS = 'Requests for images fail.'
_CONSEQUENCES = {
    'start': 'The API does not start.',
    'upload': 'Images cannot be uploaded.',
    'download': 'Images cannot be downloaded.',
    'delete': 'Images cannot be deleted.',
    'create': 'Images cannot be created.',
    'import': 'Images cannot be imported.',
    'share': 'Images cannot be shared.',
    'strangers': 'Who has no valid token is answered with 500 in place of '
    '401, so that clients do not renew theirs.',
}


def _key(item: known.Known) -> str:
    assert item.option is not None
    return f'{item.option.table} {item.option.name}'


def _when(item: known.Known) -> str | None:
    """Return what fails first, None for what no experiment has seen."""
    assert item.option is not None
    name = item.option.name
    found = lifecycle.refusals()
    if _key(item) in _ASKED:
        return _ASKED[_key(item)]
    if item.option.table in _IMPORTING:
        read = _IMPORTING[item.option.table]
        return 'import' if read is None or name in read else None
    if name == _SEED:
        return 'upload'
    if name == 'weight':
        # Of every store alike; the experiment has images in one alone.
        return found.get(f'{lifecycle.BACKEND}file {name}')
    if item.option.table == 'glance_store':
        driver = _driver(name)
        return found.get(f'glance_store {name}') or found.get(
            f'{lifecycle.BACKEND}{driver} {name}'
        )
    return found.get(f'{item.option.table} {name}')


def _vital(item: known.Known, checker: context.Checker) -> bool:
    """Tell whether the target is of no use with it."""
    assert item.option is not None
    table, name = item.option.table, item.option.name
    if references.unknown(checker, item) is not None:
        # It breaks what reads the option, whatever the option is.
        if references.is_late(checker, item):
            return False
    elif _when(item) not in VITAL:
        return False
    flavor = values.text(checker, 'paste_deploy', 'flavor') or ''
    methods = checker.written('DEFAULT', 'enabled_import_methods')
    if table == 'import_filtering_opts':
        return methods is None or any(
            name in methods.value for name in imports.FETCHING
        )
    if table == 'glance_download_properties':
        return methods is not None and imports.FROM_GLANCE in methods.value
    if (
        lifecycle.group_of(item.setting.section) == 'keystone_authtoken'
        or _when(item) == 'strangers'
    ):
        return 'keystone' in flavor
    if table == 'oslo_limit' and name not in _PLUGIN_OF_LIMITS:
        return bool(values.boolean(checker, 'DEFAULT', 'use_keystone_limits'))
    if table in _PLUGGED:
        return imports.plugged(checker, _PLUGGED[table]) is not None
    if table == 'healthcheck':
        return healthcheck.is_read(checker, name)
    if name.startswith('image_cache_') and (
        name != 'image_cache_dir' or checker.target.major < READS_CACHE
    ):
        return 'cach' in flavor
    if table == 'oslo_messaging_rabbit':
        url = checker.written('DEFAULT', 'transport_url')
        return url is None or url.value.startswith(('rabbit', 'kombu'))
    if table.startswith('profiler') and name != 'enabled':
        enabled = checker.written('profiler', 'enabled')
        return enabled is not None and backends.is_true(enabled.value)
    if name == _SEED:
        return _names_containers(item, checker)
    if table == 'glance_store':
        return _single_store(name, checker)
    return True


def _names_containers(item: known.Known, checker: context.Checker) -> bool:
    """Tell whether images go to the Swift store with this seed."""
    try:
        stores = backends.read(checker).of('swift')
    except context.Inapplicable:
        return False
    return any(
        store.default
        and backends.written(checker, store, _SEED) == item.setting
        and not backends.is_true(
            backends.value(checker, store, 'swift_store_multi_tenant')
        )
        for store in stores
    )


def _single_store(name: str, checker: context.Checker) -> bool:
    """Tell whether an option of [glance_store] is one of a store in use."""
    if name == 'stores':
        # It is what says so, where there is nothing newer.
        return not values.text(checker, 'DEFAULT', 'enabled_backends')
    driver = _driver(name)
    if driver is None:
        return True
    try:
        stores = backends.read(checker)
    except context.Inapplicable:
        return False
    return not stores.multi and bool(stores.of(driver))


def _driver(name: str) -> str | None:
    """Return the driver that an option belongs to."""
    for table, known_names in lifecycle.knowledge().tables.items():
        if table.startswith(lifecycle.BACKEND) and name in known_names:
            return table.removeprefix(lifecycle.BACKEND)
    return None


CHECKS = (
    plugins.Check(
        id='option-values',
        title='Values of options',
        function=check_values,
        kinds=(REFUSED,),
        topic='options',
        reads=('configuration', 'files'),
        description='Whether the target can read the value of every option '
        'that the configuration sets.',
    ),
)
