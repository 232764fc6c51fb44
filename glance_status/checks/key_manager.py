# SPDX-License-Identifier: Apache-2.0
"""Whether the target finds the key manager, which it opens at its start."""

from glance_status import context, plugins, results
from glance_status.checks import presence, values

# The first release whose API opens it.
OPENED = 19
NAMES = frozenset(('barbican', 'vault'))
_PACKAGE = 'castellan.key_manager.'
CLASSES = frozenset(
    (
        f'{_PACKAGE}barbican_key_manager.BarbicanKeyManager',
        f'{_PACKAGE}not_implemented_key_manager.NotImplementedKeyManager',
        f'{_PACKAGE}vault_key_manager.VaultKeyManager',
    )
)

BACKEND = results.FindingKind(
    id='key-manager-backend',
    title='There is no such key manager',
    looks_for='A [key_manager] backend, or api_class, that castellan does '
    'not have and no distribution installed here brings.',
    matters='The API opens it at its start, to delete the keys of encrypted '
    'volumes along with their images, and does not start without.',
    remediation='Write barbican or vault, or delete the option, which means '
    'barbican. The key managers of Nova and Cinder are not for Glance.',
    since='19.0.0',
    reference='https://docs.openstack.org/castellan/latest/user/index.html',
)


def check_backend(checker: context.Checker) -> list[results.Finding]:
    """Look at the name of the key manager."""
    setting = checker.written('key_manager', 'backend') or checker.written(
        'key_manager', 'api_class'
    )
    if setting is None or checker.target.major < OPENED:
        return []
    name = setting.value
    if name in NAMES | CLASSES or '$' in name:
        return []
    if name in presence.brought('castellan.drivers', 'castellan'):
        return []
    said = (
        f'{setting.name} is {values.shown(name) or "empty"} ({setting.place})'
    )
    if '.' in name and not name.startswith('castellan.'):
        return [
            BACKEND.warning(
                f'{said}, a class that castellan does not have: the API '
                'starts only where it is installed beside it.'
            )
        ]
    return [
        BACKEND.failure(
            f'{said}, and castellan has no such key manager: the API would '
            'not start.'
        )
    ]


CHECKS = (
    plugins.Check(
        id='key-manager',
        title='Key manager',
        function=check_backend,
        kinds=(BACKEND,),
        topic='services',
        reads=('configuration',),
        description='Whether the target has the key manager, which the API '
        'opens at its start.',
    ),
)
