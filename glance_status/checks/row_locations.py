# SPDX-License-Identifier: Apache-2.0
"""Whether the target can read what the locations of images point to."""

import ipaddress
import typing
import urllib.parse

from glance_status import context, plugins, results, rows
from glance_status.checks import backends, located, swift, swift_file

S3_WITHOUT_KEYS = 33
FILTERED = 33
CINDER_STORES = 21
SWIFT_V3 = 31

_PORTS = {'http': 80, 'https': 443}

SCHEME = results.FindingKind(
    id='loc-scheme',
    title='Locations use a scheme that no store serves',
    looks_for='Locations of images whose URL has a scheme that no driver of '
    'the configured stores serves in the target.',
    matters='These images can be neither read nor deleted.',
    remediation='Before the upgrade, copy the images to a store that the '
    'target has, and remove these locations; or configure a store that '
    'serves the scheme.',
    since='20.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/ussuri.html',
)
ENCRYPTED = results.FindingKind(
    id='loc-encrypted',
    title='Locations are no URLs',
    looks_for='Locations of images whose value has no scheme, as it is '
    'after it was encrypted with [DEFAULT] metadata_encryption_key.',
    matters='Without the key with which it was encrypted, Glance does not '
    'find the image.',
    remediation='Keep metadata_encryption_key as it is on all nodes, and '
    'back it up apart from the database.',
    reference='https://docs.openstack.org/releasenotes/glance/2024.2.html',
)
S3_CREDENTIALS = results.FindingKind(
    id='loc-s3-creds',
    title='S3 locations embed credentials',
    looks_for='Locations with an S3 URL in which an access key stands, '
    'where the upgrade passes into 33.0.0.',
    matters='The new driver ignores the keys in the URL and takes those of '
    'the configuration, and with several stores the URL is written anew '
    'without them when somebody reads the image. Nodes of the old release '
    'cannot read such a URL: there is no way back, and old and new nodes '
    'cannot run side by side. An image under another account is lost to '
    'view.',
    remediation='Give each S3 store the one account that its images are '
    'under. Back up image_locations, and stop all nodes of the old release '
    'before the first of the new one starts.',
    since='33.0.0',
    reference='https://docs.openstack.org/glance_store/latest/',
)
CINDER_LEGACY = results.FindingKind(
    id='loc-cinder-legacy',
    title='Cinder locations do not name their store',
    looks_for='Locations like cinder://VOLUME, where [DEFAULT] '
    'enabled_backends has a cinder store: since Victoria they are '
    'cinder://STORE/VOLUME.',
    matters='Glance finds out the store by the type of the volume when '
    'somebody reads the image, and writes it down. It does not where no '
    'store has that volume type.',
    remediation='Set cinder_volume_type of each cinder store to the type of '
    'the volumes in it, then read each image once as an administrator: '
    '`openstack image show IMAGE`.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/victoria.html',
)
SWIFT_REFERENCE = results.FindingKind(
    id='loc-swift-reference',
    title='Swift locations use a reference that is not configured',
    looks_for='Locations like swift+config://REFERENCE/..., whose reference '
    'is neither a complete section of the swift_store_config_file of a store '
    'nor, without such a file, its default_swift_reference.',
    matters='These images can be neither read nor deleted.',
    remediation='Add the section with the account to the file that '
    'swift_store_config_file names.',
    reference='https://docs.openstack.org/glance/latest/configuration/'
    'configuring.html',
)
SWIFT_AUTH = results.FindingKind(
    id='loc-swift-auth',
    title='Swift locations lead to version 1 or 2 of the identity service',
    looks_for='Locations with a swift URL that has credentials and an '
    'address which ends in /v1 or /v2, where the upgrade passes into 31.0.0.',
    matters='The new driver speaks version 3 alone, also with these '
    'addresses, and does not get in.',
    remediation='Before the upgrade, copy the images to a container of a '
    'store that uses version 3 and swift_store_config_file, and remove '
    'these locations.',
    since='31.0.0',
    reference='https://docs.openstack.org/releasenotes/glance_store/'
    '2025.2.html',
)
HTTP_FILTERED = results.FindingKind(
    id='loc-http-filtered',
    title='HTTP locations that could not be added any more',
    looks_for='Locations with an HTTP URL on another port than 80 and 443, '
    'or than [import_filtering_opts] allowed_ports has, or on a loopback or '
    'link-local address, where the upgrade passes into 33.0.0.',
    matters='These images stay as they are, and nobody can add such a '
    'location any more: the request is refused.',
    remediation='Set [import_filtering_opts] allowed_ports and '
    'allowed_hosts in glance-image-import.conf to what is still wanted.',
    since='33.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)


def ask(checker: context.Checker) -> list[rows.Question]:
    """Ask for the locations that need a look in this configuration."""
    from glance_status import tables

    stores = backends.read(checker)
    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    raw = (tables.IMAGE_LOCATIONS.c.value,)
    asked = [
        tables.live_locations(
            'scheme',
            _unserved(value, stores, checker),
            sort=scheme,
            looks_at=raw,
        ),
        tables.live_locations('encrypted', ~value.like('%://%')),
    ]
    if checker.crosses(S3_WITHOUT_KEYS) and stores.of('s3'):
        asked.append(
            tables.live_locations(
                's3',
                value.like('s3%://%@%'),
                sort=_account_sorter(_access_keys(checker, stores)),
                looks_at=raw,
            )
        )
    if stores.multi and stores.of('cinder'):
        asked.append(
            tables.live_locations(
                'cinder',
                value.like('cinder://%') & ~value.like('cinder://%/%'),
            )
        )
    if stores.of('swift'):
        asked += _ask_swift(checker, stores)
    if checker.crosses(FILTERED) and stores.of('http'):
        asked.append(
            tables.live_locations(
                'http',
                value.like('http://%') | value.like('https://%'),
                sort=_filter(checker),
                looks_at=raw,
            )
        )
    return asked


def _ask_swift(
    checker: context.Checker, stores: backends.Stores
) -> list[rows.Question]:
    from glance_status import tables

    value = tables.exact(tables.IMAGE_LOCATIONS.c.value)
    raw = (tables.IMAGE_LOCATIONS.c.value,)
    asked = []
    references = _references(checker, stores)
    if references is not None:
        asked.append(
            tables.live_locations(
                'swift-reference',
                value.like('swift+config://%'),
                sort=lambda url: (
                    None if _host(url) in references else _host(url)
                ),
                looks_at=raw,
            )
        )
    if checker.crosses(SWIFT_V3):
        asked.append(
            tables.live_locations(
                'swift-auth',
                value.like('swift%://%@%'),
                sort=_identity_version,
                looks_at=raw,
            )
        )
    return asked


def _unserved(
    value: typing.Any, stores: backends.Stores, checker: context.Checker
) -> typing.Any:
    """Return the condition that a URL has a scheme that no store serves.

    Where a driver of another party is configured, nobody knows what that
    one serves: then only the schemes of Glance's own drivers count.
    """
    import sqlalchemy

    def one_of(schemes: typing.Iterable[str]) -> typing.Any:
        return sqlalchemy.or_(
            sqlalchemy.false(),
            *(value.like(f'{name}://%') for name in sorted(schemes)),
        )

    served = located.schemes(stores, checker.target)
    if located.foreign(stores):
        return one_of(located.known_schemes() - served)
    return value.like('%://%') & ~one_of(served)


def scheme(url: str) -> str:
    """Return the scheme of a URL, and no more of it than that."""
    name = url.partition('://')[0]
    return name if name.replace('+', '').isalnum() else 'others'


def _host(url: str) -> str:
    return url.partition('://')[2].partition('/')[0]


def _access_keys(
    checker: context.Checker, stores: backends.Stores
) -> frozenset[str]:
    found = (
        backends.value(checker, store, 's3_store_access_key')
        for store in stores.of('s3')
    )
    return frozenset(filter(None, found))


def _account_sorter(
    keys: typing.Container[str],
) -> typing.Callable[[str], str]:
    def sort(url: str) -> str:
        key = url.partition('://')[2].partition(':')[0]
        known = key in keys or urllib.parse.unquote(key) in keys
        return 'configured account' if known else 'other accounts'

    return sort


def _references(
    checker: context.Checker, stores: backends.Stores
) -> frozenset[str] | None:
    """Return the references of all swift stores, None where one is unknown."""
    found: set[str] = set()
    for store in stores.of('swift'):
        path = backends.value(checker, store, swift.CONFIG_FILE)
        if path is None:
            named = backends.value(checker, store, swift.REFERENCE)
            found.add(named or swift.DEFAULT_REFERENCE)
            continue
        file = swift_file.read(checker, path)
        if file.wrong or file.complete is None:
            return None
        found |= file.complete
    return frozenset(found)


def _identity_version(url: str) -> str | None:
    # The last two are the container and the object.
    path = url.rpartition('@')[2].split('/')[1:-2]
    return next((part for part in path if part.startswith(('v1', 'v2'))), None)


def _filter(checker: context.Checker) -> typing.Callable[[str], str | None]:
    setting = checker.written('import_filtering_opts', 'allowed_ports')
    text = setting.value if setting else '80,443'
    allowed = {word.strip() for word in text.strip('[] ').split(',')}

    def sort(url: str) -> str | None:
        """Return why a URL would be refused, None where it would not."""
        try:
            parsed = urllib.parse.urlsplit(url)
            port = parsed.port or _PORTS[parsed.scheme]
        except (KeyError, ValueError):
            return 'unreadable port'
        if str(port) not in allowed:
            return f'port {port}'
        try:
            address = ipaddress.ip_address(parsed.hostname or '')
        except ValueError:
            return 'localhost' if parsed.hostname == 'localhost' else None
        if address.is_loopback:
            return 'loopback address'
        return 'link-local address' if address.is_link_local else None

    return sort


def check_locations(checker: context.Checker) -> list[results.Finding]:
    """Judge the URLs of locations."""
    return [
        *_schemes(checker),
        *_encrypted(checker),
        *_s3(checker),
        *_cinder(checker),
        *_swift(checker),
        *_http(checker),
    ]


def _schemes(checker: context.Checker) -> list[results.Finding]:
    return [
        SCHEME.failure(
            f'Locations with the scheme {name}, which no store of the '
            f'configuration serves in {checker.target.title}: {each.count}.',
            affected=each.affected,
        )
        for name, each in sorted(checker.answers['scheme'].kinds.items())
    ]


def _encrypted(checker: context.Checker) -> list[results.Finding]:
    answer = checker.answers['encrypted']
    if not answer.count:
        return []
    message = f'Locations that are no URLs: {answer.count}.'
    key = checker.written('DEFAULT', 'metadata_encryption_key')
    if key is None:
        return [
            ENCRYPTED.warning(
                f'{message} [DEFAULT] metadata_encryption_key is not set, so '
                'that Glance cannot read them.',
                remediation='Set metadata_encryption_key to the key with '
                'which they were encrypted, or delete these images.',
                affected=answer.affected,
            )
        ]
    return [
        ENCRYPTED.warning(
            f'{message} The key in {key.place} is needed to read them.',
            affected=answer.affected,
        )
    ]


def _s3(checker: context.Checker) -> list[results.Finding]:
    answer = _asked(checker, 's3')
    if not answer.count:
        return []
    return [
        S3_CREDENTIALS.warning(
            f'S3 locations with credentials in them: {answer.count} '
            f'({answer.by_kind}).',
            affected=answer.affected,
        )
    ]


def _cinder(checker: context.Checker) -> list[results.Finding]:
    answer = _asked(checker, 'cinder')
    if not answer.count or checker.target.major < CINDER_STORES:
        return []
    return [
        CINDER_LEGACY.warning(
            f'Cinder locations without the name of a store: {answer.count}.',
            affected=answer.affected,
        )
    ]


def _swift(checker: context.Checker) -> list[results.Finding]:
    findings = [
        SWIFT_REFERENCE.failure(
            f'Locations with the swift reference {name}, which is not '
            f'configured: {each.count}.',
            affected=each.affected,
        )
        for name, each in sorted(
            _asked(checker, 'swift-reference').kinds.items()
        )
    ]
    answer = _asked(checker, 'swift-auth')
    if answer.count:
        findings.append(
            SWIFT_AUTH.warning(
                'Swift locations with an address of an identity service '
                f'that is not version 3: {answer.count} ({answer.by_kind}).',
                affected=answer.affected,
            )
        )
    return findings


def _http(checker: context.Checker) -> list[results.Finding]:
    answer = _asked(checker, 'http')
    if not answer.count:
        return []
    return [
        HTTP_FILTERED.warning(
            f'HTTP locations that {checker.target.title} would not let '
            f'anybody add: {answer.count} ({answer.by_kind}).',
            affected=answer.affected,
        )
    ]


def _asked(checker: context.Checker, name: str) -> rows.Answer:
    """Return the answer to what is not always asked."""
    try:
        return checker.answers[name]
    except KeyError:
        return rows.NONE


CHECKS = (
    plugins.Check(
        id='image-locations',
        title='Image locations',
        function=check_locations,
        kinds=(
            SCHEME,
            ENCRYPTED,
            S3_CREDENTIALS,
            CINDER_LEGACY,
            SWIFT_REFERENCE,
            SWIFT_AUTH,
            HTTP_FILTERED,
        ),
        topic='stores',
        reads=('configuration', 'files', 'database'),
        description='Whether the stores of the target can read what the '
        'locations of images point to.',
        asks=ask,
    ),
)
