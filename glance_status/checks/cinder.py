# SPDX-License-Identifier: Apache-2.0
"""Whether Cinder stores have the credentials that they start with."""

from glance_status import context, plugins, results
from glance_status.checks import backends, values

# The first release with many Cinder stores, which looks for the volume type
# of each when it starts.
MANY_STORES = 21
# The first whose glance_store takes application credentials.
APPLICATION_CREDENTIALS = 32

# The first whose glance_store looks for version 3 of Cinder's API.
ONLY_V3 = 22

VOLUME_TYPE = 'cinder_volume_type'
CATALOG_INFO = 'cinder_catalog_info'
OLD_SERVICE = 'volumev2'
AUTH_ADDRESS = 'cinder_store_auth_address'
PASSWORD = (
    'cinder_store_user_name',
    'cinder_store_password',
    'cinder_store_project_name',
    AUTH_ADDRESS,
)
CREDENTIAL = (
    'cinder_store_application_credential_id',
    'cinder_store_application_credential_secret',
)

CINDER_START = results.FindingKind(
    id='cinder-start',
    title='A Cinder store looks for its volume type without credentials',
    looks_for='A Cinder store, the default or not, with cinder_volume_type '
    'and not all of cinder_store_user_name, cinder_store_password, '
    'cinder_store_project_name and cinder_store_auth_address. From 32.0.0 on '
    'cinder_store_application_credential_id and _secret stand for the first '
    'three. Also with a cinder_store_auth_address that is no URL.',
    matters='The API asks Cinder for the volume type when it starts, when '
    'there is no user who asks: it does not start, with AttributeError, '
    "\"'NoneType' object has no attribute 'user_id'\", or EndpointNotFound.",
    remediation='Set the four options in the section of the store. Keystone '
    'and Cinder then have to answer whenever the API starts.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/victoria.html',
)
CINDER_VOLUME_TYPE = results.FindingKind(
    id='cinder-volume-type',
    title='A Cinder store has no volume type',
    looks_for='Cinder stores in [DEFAULT] enabled_backends without '
    'cinder_volume_type, where the upgrade passes into 21.0.0 (Victoria).',
    matters='From 21.0.0 on a location is cinder://STORE/VOLUME. Older ones, '
    'cinder://VOLUME, are rewritten when their image is next used, to the '
    'store with the type of the volume; a store without a type takes those '
    "with Cinder's default type.",
    remediation='Set cinder_volume_type in the section of each Cinder store, '
    'and with it cinder_store_user_name, cinder_store_password, '
    'cinder_store_project_name and cinder_store_auth_address.',
    since='21.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/victoria.html',
)
CINDER_CATALOG = results.FindingKind(
    id='cinder-catalog-info',
    title='A Cinder store looks for version 2 of the API',
    looks_for='A cinder_catalog_info of a Cinder store with the service '
    'type volumev2, without a cinder_endpoint_template.',
    matters='Glance speaks version 3, and Cinder has no version 2 since its '
    'Xena. Where the catalog still has the old endpoint, '
    'requests go there and fail; where it has none, nothing is found.',
    remediation='Set it to volumev3::publicURL, with the name and the '
    'interface as in the catalog, or delete the line: that is the default '
    'from 22.0.0 on.',
    since='22.0.0',
    reference='https://docs.openstack.org/releasenotes/cinder/xena.html',
)


def check_cinder(checker: context.Checker) -> list[results.Finding]:
    """Look at the options of all Cinder stores."""
    stores = backends.read(checker)
    if checker.target.major < MANY_STORES:
        return []
    findings = []
    for store in stores.of('cinder'):
        findings += _catalog(store, checker)
        if backends.value(checker, store, VOLUME_TYPE):
            findings += _start(store, checker)
        elif stores.multi and checker.crosses(MANY_STORES):
            findings.append(
                CINDER_VOLUME_TYPE.warning(
                    f'[{store.group}] does not set {VOLUME_TYPE}, for '
                    f'{backends.placed(checker, store)}.',
                    affected=results.Affected(1, (store.name,)),
                )
            )
    return findings


def _catalog(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    setting = backends.written(checker, store, CATALOG_INFO)
    if setting is None or checker.target.major < ONLY_V3:
        return []
    value = backends.text(checker, setting)
    if value.partition(':')[0] != OLD_SERVICE:
        return []
    if backends.value(checker, store, 'cinder_endpoint_template'):
        return []
    return [
        CINDER_CATALOG.warning(
            f'{setting.name} is {value} ({setting.place}), and '
            f'{checker.target.title} speaks version 3.',
            affected=results.Affected(1, (store.name,)),
        )
    ]


def _address(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    setting = backends.written(checker, store, AUTH_ADDRESS)
    if setting is None:
        return []
    value = backends.text(checker, setting)
    if values.has_host(value) or not backends.resolvable(value):
        return []
    return [
        CINDER_START.failure(
            f'{setting.name} is {values.shown(value)} ({setting.place}), and '
            'has to be a URL with http:// or https:// and a host: '
            f'{checker.target.title} does not start.',
            affected=results.Affected(1, (store.name,)),
        )
    ]


def _start(
    store: backends.Store, checker: context.Checker
) -> list[results.Finding]:
    wanted: tuple[str, ...] = PASSWORD
    if checker.target.major >= APPLICATION_CREDENTIALS and all(
        backends.value(checker, store, name) for name in CREDENTIAL
    ):
        wanted = (AUTH_ADDRESS,)
    missing = [
        name for name in wanted if not backends.value(checker, store, name)
    ]
    setting = backends.written(checker, store, VOLUME_TYPE)
    if setting is None:
        return []
    if not missing:
        return _address(store, checker)
    return [
        CINDER_START.failure(
            f'{setting.name} is set ({setting.place}), and '
            f'{", ".join(missing)} not: {checker.target.title} does not '
            'start.',
            affected=results.Affected(1, (store.name,)),
        )
    ]


CHECKS = (
    plugins.Check(
        id='cinder-stores',
        title='Cinder stores',
        function=check_cinder,
        kinds=(CINDER_START, CINDER_VOLUME_TYPE, CINDER_CATALOG),
        topic='stores',
        reads=('configuration',),
        description='Whether Cinder stores have what the target needs when '
        'it starts.',
    ),
)
