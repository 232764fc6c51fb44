# SPDX-License-Identifier: Apache-2.0
"""Whether images can be imported, and from where."""

import math

from glance_status import context, ini, plugins, results
from glance_status.checks import backends

FROM_GLANCE = 'glance-download'
# The first release with each method.
METHODS = {
    'glance-direct': 16,
    'web-download': 16,
    'copy-image': 20,
    FROM_GLANCE: 25,
}
# The first release that refuses a method which it does not know.
CHOOSING = 33
# What fetches an image from an address that a user names.
FETCHING = ('web-download', FROM_GLANCE)
# The first release in which a redirect or a name can no longer lead such a
# method inside, and the first in which that holds for the tasks API.
FILTERED = 32
TASKS_FILTERED = 33
# The first release that asks the same of the locations of the http driver.
LOCATIONS_FILTERED = 33

FILTERS = 'import_filtering_opts'
LISTS = (
    ('image_import_opts', 'image_import_plugins'),
    (FILTERS, 'allowed_schemes'),
    (FILTERS, 'disallowed_schemes'),
    (FILTERS, 'allowed_hosts'),
    (FILTERS, 'disallowed_hosts'),
    (FILTERS, 'allowed_ports'),
    (FILTERS, 'disallowed_ports'),
)

IMPORT_METHODS = results.FindingKind(
    id='import-methods',
    title='enabled_import_methods cannot be used',
    looks_for='A [DEFAULT] enabled_import_methods that is not in brackets, '
    'or that has a method which the target does not know, such as the one of '
    'no name after a comma at the end. It knows '
    'glance-direct, web-download, copy-image (from 20.0.0 on) and '
    'glance-download (from 25.0.0 on).',
    matters='The API starts. It answers 500 when an image is created, staged '
    'or imported, and when a client asks for /v2/info/import. Before 33.0.0 '
    'it does so only for want of brackets; a method that it does not know '
    'it then offers to users, and cannot carry out.',
    remediation='Write it as [METHOD, METHOD], brackets included, with '
    'methods of the target; [] is for none.',
    since='18.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)
IMPORT_LISTS = results.FindingKind(
    id='import-list-syntax',
    title='A list of the import options cannot be used',
    looks_for='[image_import_opts] image_import_plugins and the options of '
    '[import_filtering_opts] without brackets around their values, and '
    'allowed_schemes with a scheme in capitals, or with what follows it in '
    'an address, alone.',
    matters='The API starts. Without those of the plug-ins an import never '
    'ends, and without those of the filters each web-download is answered '
    'with 400. So is one from an address whose scheme is not in the list in '
    'small letters.',
    remediation='Write the value in brackets: [VALUE, VALUE], [] for none, '
    'and schemes in small letters, as http.',
    since='18.0.0',
    reference='https://docs.openstack.org/glance/latest/admin/'
    'interoperable-image-import.html',
)
SSRF = results.FindingKind(
    id='ssrf-imports',
    title='The target fetches images from addresses that it should not',
    looks_for='A target before 32.0.0 in which web-download or '
    'glance-download is enabled, by default or by [DEFAULT] '
    'enabled_import_methods; and the tasks API, which administrators may '
    'use, before 33.0.0.',
    matters='Who may import an image can make the API fetch from inside the '
    'cloud, around the filters in [import_filtering_opts]. The upgrade makes '
    'it neither better nor worse as long as it ends before 32.0.0.',
    remediation='Go on to 32.0.0 or later soon, or leave these methods out '
    'of [DEFAULT] enabled_import_methods until then, and set the policy '
    'tasks_api_access to "!".',
    since='18.0.0',
    reference='https://docs.openstack.org/releasenotes/glance/2026.1.html',
)
HTTP_FILTER = results.FindingKind(
    id='http-location-filter',
    title='Locations at HTTP servers are filtered like imports',
    looks_for='A store with the driver http that the configuration names, '
    'and no [import_filtering_opts] allowed_ports, where the upgrade passes '
    'into 33.0.0 (2026.2). A note where [glance_store] stores names it and '
    '[DEFAULT] show_multiple_locations is not true.',
    matters='From 33.0.0 on a location at another port than 80 and 443, or '
    'at an address of the host itself, cannot be added to an image any more. '
    'Those that images have stay.',
    remediation='Set [import_filtering_opts] allowed_ports, and '
    'allowed_hosts, in glance-image-import.conf for the servers that are '
    'used; or leave the driver out where nobody uses it.',
    since='33.0.0',
    reference='https://bugs.launchpad.net/glance/+bug/2161330',
)


def check_imports(checker: context.Checker) -> list[results.Finding]:
    """Look at the options of the import of images."""
    setting = checker.written('DEFAULT', 'enabled_import_methods')
    methods = None
    if setting is not None:
        methods = listed(backends.text(checker, setting))
    findings = []
    if setting is not None:
        findings += _methods(setting, methods, checker)
    findings += _lists(checker)
    if setting is None or methods is not None:
        findings += _fetching(setting, methods, checker)
    return findings


def listed(value: str) -> list[str] | None:
    """Return the items of a list in brackets, None where it is none."""
    value = value.strip()
    if not (value.startswith('[') and value.endswith(']')):
        return None
    return [item for item in _items(value) if item]


def plugged(checker: context.Checker, plugin: str) -> ini.Setting | None:
    """Return the line that has a plug-in work on imports, None for none."""
    setting = checker.written('image_import_opts', 'image_import_plugins')
    if setting is None:
        return None
    named = listed(backends.text(checker, setting))
    return setting if plugin in (named or ()) else None


def _items(value: str) -> list[str]:
    """Return what stands between brackets and commas, which may be nothing."""
    inside = value.strip()[1:-1]
    return [item.strip().strip('\'"') for item in inside.split(',') if inside]


def _methods(
    setting: ini.Setting,
    methods: list[str] | None,
    checker: context.Checker,
) -> list[results.Finding]:
    said = f'{setting.name} is {setting.value!r} ({setting.place})'
    if methods is None:
        if not backends.resolvable(backends.text(checker, setting)):
            return []
        return [IMPORT_METHODS.failure(f'{said}, without brackets.')]
    target = checker.target
    unknown = [
        name for name in methods if METHODS.get(name, math.inf) > target.major
    ]
    made = (
        IMPORT_METHODS.warning
        if target.major < CHOOSING
        else IMPORT_METHODS.failure
    )
    if '' in _items(backends.text(checker, setting)):
        return [
            made(
                f'{said}: where nothing stands before or after a comma, or '
                'a blank in the brackets, is a method without a name.'
            )
        ]
    return [
        made(
            f'{said}; {target.title} has no method {name}.',
            affected=results.Affected(1, (name,)),
        )
        for name in dict.fromkeys(unknown)
    ]


def _lists(checker: context.Checker) -> list[results.Finding]:
    findings = []
    for section, option in LISTS:
        setting = checker.written(section, option)
        if setting is None:
            continue
        value = backends.text(checker, setting)
        if listed(value) is None and backends.resolvable(value):
            findings.append(
                IMPORT_LISTS.failure(
                    f'{setting.name} is {value!r} ({setting.place}), without '
                    'brackets.',
                    affected=results.Affected(1, (setting.name,)),
                )
            )
        elif option == 'allowed_schemes':
            findings += _schemes(setting, listed(value) or [])
    return findings


def _schemes(
    setting: ini.Setting, schemes: list[str]
) -> list[results.Finding]:
    # Glance makes small letters of the address, and none of the option.
    plain = {name: name.lower().partition(':')[0] for name in schemes}
    return [
        IMPORT_LISTS.failure(
            f'{setting.name} has {name} ({setting.place}), which matches no '
            f'address; {scheme} does.',
            affected=results.Affected(1, (name,)),
        )
        for name, scheme in plain.items()
        if scheme not in schemes
    ]


def _fetching(
    setting: ini.Setting | None,
    methods: list[str] | None,
    checker: context.Checker,
) -> list[results.Finding]:
    target = checker.target
    if target.major >= TASKS_FILTERED:
        return []
    if target.major >= FILTERED:
        return [
            SSRF.note(
                f'In {target.title} administrators can still make the tasks '
                f'API fetch from inside the cloud; {TASKS_FILTERED}.0.0 '
                'filters that.',
                remediation='Set the policy tasks_api_access to "!" where '
                'nobody uses it.',
            )
        ]
    if setting is None or methods is None:
        return [
            SSRF.note(
                'web-download is enabled by default, and '
                f'{target.title} can be led around its filters; '
                f'{FILTERED}.0.0 cannot.'
            )
        ]
    fetching = [name for name in FETCHING if name in methods]
    if not fetching:
        return []
    return [
        SSRF.warning(
            f'{setting.name} has {" and ".join(fetching)} '
            f'({setting.place}), and {target.title} can be led around its '
            f'filters; {FILTERED}.0.0 cannot.',
            affected=results.Affected(len(fetching), tuple(fetching)),
        )
    ]


def check_http(checker: context.Checker) -> list[results.Finding]:
    """Look at stores whose locations are filtered from 33.0.0 on."""
    stores = backends.read(checker)
    named = stores.multi or checker.written('glance_store', 'stores')
    found = stores.of('http')
    if not named or not found or not checker.crosses(LOCATIONS_FILTERED):
        return []
    if checker.written(FILTERS, 'allowed_ports') is not None:
        return []
    shown = checker.written('DEFAULT', 'show_multiple_locations')
    # Every guide for a single store has listed file and http.
    usual = not stores.multi and not (
        shown and backends.is_true(backends.text(checker, shown))
    )
    first, *_others = found
    names = tuple(store.name for store in found)
    made = HTTP_FILTER.note if usual else HTTP_FILTER.warning
    return [
        made(
            f'There is a store with the driver http ({first.name})'
            f'{backends.place(checker, first)}, and [{FILTERS}] '
            'allowed_ports is not set: only locations at the ports 80 and '
            '443 can be added.',
            affected=results.Affected(
                len(names), names[: results.SAMPLE_SIZE]
            ),
        )
    ]


CHECKS = (
    plugins.Check(
        id='imports',
        title='Import of images',
        function=check_imports,
        kinds=(IMPORT_METHODS, IMPORT_LISTS, SSRF),
        topic='images',
        reads=('configuration',),
        description='Whether the target can import images with these '
        'options, and from where it would.',
    ),
    plugins.Check(
        id='http-locations',
        title='Locations at HTTP servers',
        function=check_http,
        kinds=(HTTP_FILTER,),
        topic='images',
        reads=('configuration',),
        description='Whether the filters of imports, which also apply to '
        'locations from 33.0.0 on, are set.',
    ),
)
