# SPDX-License-Identifier: Apache-2.0
"""The tables of the central image cache, and the nodes in them."""

from glance_status import context, plugins, releases, results, rows
from glance_status.checks import pipeline, values
from glance_status.releases import chain

SINCE = 28
# The revision that makes the tables.
REVISION = '2024_1_expand01'
CENTRAL = 'centralized_db'

CACHE_TABLES = results.FindingKind(
    id='cache-tables',
    title='The tables of the image cache are not there',
    looks_for='The tables node_reference and cached_images, where the new '
    'API will use them: a paste flavor with caching, image_cache_driver '
    'centralized_db or not set, and worker_self_reference_url set.',
    matters='The API writes into node_reference when it starts, and does '
    'not start without it.',
    remediation='Run `glance-manage db sync`, or `glance-manage db expand`, '
    'of the target before the new API starts.',
    since='28.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2024.1.html',
)
NODE_REFS = results.FindingKind(
    id='node-refs',
    title='The image cache does not know this node',
    looks_for='Rows in cached_images, where node_reference has other nodes '
    'and not the worker_self_reference_url of this one.',
    matters='Where the URL of a node was changed, what it has cached is '
    'recorded under the old one: it is not used, and not pruned.',
    remediation='Keep the old URL, or empty the cache of the node and '
    'remove the rows of the old URL: DELETE FROM cached_images WHERE '
    'node_reference_id IN (SELECT node_reference_id FROM node_reference '
    "WHERE node_reference_url = 'URL'); then the row in node_reference.",
    since='28.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/cache.html',
)


def _url(checker: context.Checker) -> str:
    return values.text(checker, 'DEFAULT', 'worker_self_reference_url') or ''


def _require_central_cache(checker: context.Checker) -> None:
    """Raise Inapplicable where the API will not use the tables."""
    if checker.target.major < SINCE:
        raise context.Inapplicable(
            f'the image cache has no tables before {SINCE}.0.0'
        )
    driver = values.text(checker, 'DEFAULT', 'image_cache_driver') or CENTRAL
    if not pipeline.caches(checker) or driver != CENTRAL:
        raise context.Inapplicable(
            'the image cache is off, or not in the database'
        )
    if not _url(checker) and 'cache' not in pipeline.flavor(checker):
        raise context.Inapplicable(
            'without worker_self_reference_url nothing is cached'
        )


def ask(checker: context.Checker) -> list[rows.Question]:
    """Ask what the tables hold."""
    import sqlalchemy

    from glance_status import tables

    _require_central_cache(checker)
    nodes, cached = tables.NODE_REFERENCE, tables.CACHED_IMAGES
    url = tables.exact(nodes.c.node_reference_url)
    return [
        rows.Question(
            'others',
            nodes,
            url != _url(checker),
            sample=(nodes.c.node_reference_url,),
        ),
        rows.Question('mine', nodes, url == _url(checker)),
        rows.Question('cached', cached, sqlalchemy.true()),
    ]


def check_cache(checker: context.Checker) -> list[results.Finding]:
    """Look whether the tables are there, and who is in them."""
    missing = [
        table
        for name, table in (
            ('others', 'node_reference'),
            ('cached', 'cached_images'),
        )
        if not _there(checker, name)
    ]
    if missing:
        return [_absent(missing, checker)]
    others = checker.answers['others']
    if (
        not checker.answers['cached'].count
        or not others.count
        or checker.answers['mine'].count
        or not _url(checker)
    ):
        return []
    return [
        NODE_REFS.note(
            f'Nodes whose cache is recorded: {others.count}. The '
            f'worker_self_reference_url of this one, {_url(checker)}, is '
            'none of theirs.',
            affected=others.affected,
        )
    ]


def _there(checker: context.Checker, name: str) -> bool:
    try:
        checker.answers[name]
    except rows.Missing:
        return False
    return True


def _absent(missing: list[str], checker: context.Checker) -> results.Finding:
    coming = checker.before == 'sync' and _is_to_come(checker)
    found = CACHE_TABLES.note if coming else CACHE_TABLES.failure
    return found(
        f'Tables that are not there: {", ".join(missing)}. The API of '
        f'{checker.target.title} uses them from its start.',
        affected=results.Affected(len(missing), tuple(missing)),
    )


def _is_to_come(checker: context.Checker) -> bool:
    """Tell whether `glance-manage db sync` will make the tables."""
    try:
        steps = releases.missing(checker.facts.revisions, checker.target)
    except chain.UnknownRevision:
        return False
    return any(step.id == REVISION for step in steps)


CHECKS = (
    plugins.Check(
        id='cache-database',
        title='Image cache in the database',
        function=check_cache,
        kinds=(CACHE_TABLES, NODE_REFS),
        topic='cache',
        reads=('configuration', 'database'),
        description='Whether the tables of the central image cache are '
        'there, and know this node.',
        asks=ask,
    ),
)
