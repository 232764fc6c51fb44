# SPDX-License-Identifier: Apache-2.0
"""What values refer to, as in ``$image_cache_dir/old``."""

import typing

from glance_status import context
from glance_status.checks import backends, known, values
from glance_status.releases import lifecycle


def unknown(checker: context.Checker, item: known.Known) -> str | None:
    """Return what a value refers to that the target does not have, or None.

    oslo.config looks in the section of the value, then in [DEFAULT]; what
    stands before a dot is the section. What no file sets has its default;
    what the target does not know ends with NoSuchOptError, set or not.
    """
    for name in _names(item.setting.value):
        if not _is_known(checker, item, name):
            return name
    return None


def _names(value: str) -> typing.Iterator[str]:
    for match in backends.REFERENCE.finditer(value):
        name = match['braced'] or match['plain']
        if name is not None:
            yield name


def _is_known(checker: context.Checker, item: known.Known, name: str) -> bool:
    section, option = backends.referred(name)
    if not section:
        return _has(checker, ('DEFAULT', *item.tables), name)
    tables = known.sections(checker).tables(section)
    if not tables and checker.written(section, option):
        # It may be one of a driver of another party.
        return True
    return _has(checker, tables, option)


def _has(
    checker: context.Checker, tables: typing.Iterable[str], name: str
) -> bool:
    lives = (lifecycle.knowledge().tables[table].get(name) for table in tables)
    return any(life and life.read_at(checker.target.major) for life in lives)


# What is read where something is asked for that few use.
_LATE = frozenset(
    {
        # By the scrubber alone.
        ('DEFAULT', 'scrub_pool_size'),
        # Of images that are not what they claim to be.
        ('image_format', 'gpt_safety_checks_nonfatal'),
        ('image_format', 'require_image_format_match'),
        ('image_format', 'vmdk_allowed_types'),
        ('oslo_concurrency', 'lock_path'),
        ('task', 'work_dir'),
        ('wsgi', 'python_interpreter'),
    }
)
# Of key managers, which are asked for certificates of signed images.
_KEYS = ('barbican', 'barbican_service_user', 'vault')


def is_dropped(item: known.Known) -> bool:
    """Tell whether the default is taken for what refers to nothing.

    oslo.db asks whether there is such an option, and hears that there is not.
    """
    assert item.option is not None
    return item.option.table == 'database' and item.option.name != 'connection'


def is_late(checker: context.Checker, item: known.Known) -> bool:
    """Tell whether images can be served though it cannot be read."""
    assert item.option is not None
    table, name = item.option.table, item.option.name
    if (table, name) == ('DEFAULT', 'scrub_time'):
        return not values.boolean(checker, 'DEFAULT', 'delayed_delete')
    if is_dropped(item):
        return True
    if table == 'key_manager':
        return name != 'backend'
    if lifecycle.group_of(item.setting.section) in _KEYS:
        return f'{table} {name}' not in lifecycle.refusals()
    return (table, name) in _LATE or name.endswith('_format_string')
