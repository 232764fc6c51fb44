# SPDX-License-Identifier: Apache-2.0
"""Whether the store that each location names is there."""

import json
import typing

from glance_status import context, plugins, results, rows, waypoints
from glance_status.checks import backends

TRAIN = 19

_MULTI_STORE = (
    'https://docs.openstack.org/glance/latest/admin/multistores.html'
)

TRAIN_BACKEND = results.FindingKind(
    id='db-train-backend',
    title='Locations name their store as Stein did',
    looks_for='Locations whose metadata has the key "backend", which Train '
    'renamed to "store".',
    matters='The data migration that renames it runs with the code of '
    '19.x alone. An upgrade that skips 19.x reports success and leaves it: '
    'Glance does not see the store, and finds it again, when somebody reads '
    'the image, only where the URL fits one of the stores.',
    remediation='Back up image_locations, then '
    f'{waypoints.RENAME_BACKEND} It may be done while 19.0.0 or later runs.',
    since='19.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/train.html',
)
STORE_UNKNOWN = results.FindingKind(
    id='loc-store-unknown',
    title='Locations point to a store that is not enabled',
    looks_for='Locations of images whose metadata names a store that '
    '[DEFAULT] enabled_backends does not have. A warning for files in the '
    'directory of a store that it has.',
    matters='These images can be neither read nor deleted, unless the URL '
    'fits another store: then Glance writes that one into the location when '
    'somebody reads the image.',
    remediation='Add the store to enabled_backends again under this name, '
    'or copy the images to another store and remove these locations.',
    since='19.0.0',
    reference=_MULTI_STORE,
)
STORE_MISSING = results.FindingKind(
    id='loc-store-missing',
    title='Locations do not name their store',
    looks_for='Locations of images without "store" in their metadata, where '
    '[DEFAULT] enabled_backends is set.',
    matters='They were made when there was one store. Glance finds out '
    'which store it is when somebody reads the image, by the beginning of '
    'the URL, and can write that down only if the reader owns the image or '
    'is an administrator.',
    remediation='Read each image once as an administrator '
    '(`openstack image show IMAGE`) after the upgrade, and look whether '
    'it has its store then.',
    since='19.0.0',
    reference=_MULTI_STORE,
)

# What stands for no store among the kinds of an answer.
_NONE = ''


def ask(checker: context.Checker) -> list[rows.Question]:
    """Ask what the metadata of locations says of their store."""
    import sqlalchemy

    from glance_status import tables

    table = tables.IMAGE_LOCATIONS
    meta = tables.exact(table.c.meta_data)
    backend = rows.Question(
        'backend',
        table,
        sqlalchemy.and_(meta.like('%"backend":%'), ~table.c.deleted),
        sample=(table.c.image_id,),
    )
    stores = backends.read(checker)
    if not stores.multi:
        return [backend]
    names = [store.name for store in stores.all]
    named = sqlalchemy.or_(
        *(meta.like(f'%"{key}"%') for key in ('store', 'backend'))
    )
    strange = sqlalchemy.and_(named, ~_names(meta, names))
    within = _within(checker, stores.of('file'), tables.exact(table.c.value))
    return [
        backend,
        tables.live_locations(
            'missing',
            sqlalchemy.or_(table.c.meta_data.is_(None), ~named),
        ),
        *(
            tables.live_locations(
                name,
                sqlalchemy.and_(strange, where),
                sort=_sorter(names),
                looks_at=(table.c.meta_data,),
            )
            for name, where in (
                ('named', ~sqlalchemy.or_(sqlalchemy.false(), *within)),
                ('renamed', sqlalchemy.or_(sqlalchemy.false(), *within)),
            )
        ),
    ]


def _within(
    checker: context.Checker,
    stores: typing.Iterable[backends.Store],
    value: typing.Any,
) -> list[typing.Any]:
    """Return the conditions that a URL begins as those of a store do."""
    places = (backends.datadir(checker, store.group) for store in stores)
    return [
        value.like(f'{_escaped(f"file://{place}")}%', escape='!')
        for place in sorted({place for place in places if place})
        if backends.resolvable(place)
    ]


def _escaped(text: str) -> str:
    for wild in '!%_':
        text = text.replace(wild, f'!{wild}')
    return text


def _names(meta: typing.Any, stores: typing.Iterable[str]) -> typing.Any:
    """Return the condition that JSON plainly names one of the stores.

    Where the key stands first or last, the text alone tells. A string in
    JSON cannot look the same, since its quotes are escaped.
    """
    import sqlalchemy

    patterns = []
    for name in stores:
        text = _escaped(json.dumps({'store': name}))
        patterns += [f'{text[:-1]}%', f'%, {text[1:]}']
    return sqlalchemy.or_(
        *(meta.like(pattern, escape='!') for pattern in patterns)
    )


def _sorter(
    stores: typing.Container[str],
) -> typing.Callable[[str], str | None]:
    def store(text: str) -> str | None:
        """Return the store that is not enabled, None where it is."""
        try:
            document = json.loads(text)
        except ValueError:
            return _NONE
        if not isinstance(document, dict):
            return _NONE
        name = document.get('store') or document.get('backend')
        if not name:
            return _NONE
        return None if name in stores else str(name)

    return store


def check_location_stores(checker: context.Checker) -> list[results.Finding]:
    """Judge the stores that locations name."""
    findings = _train(checker)
    if not backends.read(checker).multi or checker.target.major < TRAIN:
        return findings
    return [*findings, *_unknown(checker), *_missing(checker)]


def _train(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers['backend']
    if not answer.count or checker.target.major < TRAIN:
        return []
    message = (
        f'Locations whose metadata has the key "backend": {answer.count}.'
    )
    if checker.target.major == TRAIN and checker.before == 'sync':
        return [
            TRAIN_BACKEND.note(
                f'{message} The data migration of {TRAIN}.x renames it.',
                remediation='`glance-manage db sync`, or db migrate, of '
                f'{TRAIN}.x does it.',
                affected=answer.affected,
            )
        ]
    return [TRAIN_BACKEND.warning(message, affected=answer.affected)]


def _unknown(checker: context.Checker) -> list[results.Finding]:
    return [
        *_strange(checker, 'named', STORE_UNKNOWN.failure, ''),
        *_strange(
            checker,
            'renamed',
            STORE_UNKNOWN.warning,
            ' Their files are in a directory of another store, by which '
            'Glance finds them.',
        ),
    ]


def _strange(
    checker: context.Checker,
    question: str,
    made: typing.Callable[..., results.Finding],
    end: str,
) -> list[results.Finding]:
    return [
        made(
            f'Locations in the store {name}, which [DEFAULT] '
            f'enabled_backends does not have: {each.count}.{end}',
            affected=each.affected,
        )
        for name, each in sorted(checker.answers[question].kinds.items())
        if name != _NONE
    ]


def _missing(checker: context.Checker) -> list[results.Finding]:
    found = [
        checker.answers['missing'],
        *(
            checker.answers[question].kinds.get(_NONE, rows.NONE)
            for question in ('named', 'renamed')
        ),
    ]
    count = sum(each.count for each in found)
    if not count:
        return []
    names = sorted({name for each in found for name in each.affected.sample})
    return [
        STORE_MISSING.warning(
            f'Locations that do not name their store: {count}.',
            affected=results.Affected(
                count, tuple(names[: results.SAMPLE_SIZE])
            ),
        )
    ]


CHECKS = (
    plugins.Check(
        id='location-stores',
        title='Stores of locations',
        function=check_location_stores,
        kinds=(TRAIN_BACKEND, STORE_UNKNOWN, STORE_MISSING),
        topic='stores',
        reads=('configuration', 'database'),
        description='Whether the store that each location names is enabled, '
        'and whether it names one.',
        asks=ask,
    ),
)
