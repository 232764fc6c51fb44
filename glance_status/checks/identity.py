# SPDX-License-Identifier: Apache-2.0
"""What a section has to have for Glance to authenticate with Keystone."""

import difflib
import re
import typing

from glance_status import context, ini
from glance_status.checks import pipeline, presence, texts, values
from glance_status.releases import points

_MIDDLEWARE = (
    'keystonemiddleware.auth_token',
    'egg:keystonemiddleware#auth_token',
)
_IN_PASTE = re.compile(
    r'^(auth_type|auth_plugin|auth_section|identity_uri|admin_\w+)\s*[=:]',
    re.MULTILINE,
)

# Each group of names is one thing that has to be set, under any of them.
Needs = tuple[tuple[str, ...], ...]

_URL: Needs = (('auth_url',),)
_USER: Needs = (('username', 'user_id'), ('password',))
_DOMAIN = ('user_domain_name', 'user_domain_id', 'user_id')
_OIDC: Needs = (*_URL, ('identity_provider',), ('protocol',))

# What each plug-in of keystoneauth asks for, when it is loaded or at the
# first request; read from keystoneauth 3.4 (17.0.0) to 5.15 (33.0.0).
NEEDS: dict[str, Needs] = {
    'admin_token': (('endpoint',), ('token',)),
    'http_basic': (('endpoint',), ('username',)),
    'none': (),
    'password': (*_URL, *_USER),
    'token': (*_URL, ('token',)),
    'v2password': (*_URL, *_USER),
    'v2token': (*_URL, ('token',)),
    'v3adfspassword': (
        *_OIDC,
        ('identity_provider_url',),
        ('service_provider_endpoint',),
        ('service_provider_entity_id',),
        ('username',),
        ('password',),
    ),
    'v3applicationcredential': (
        *_URL,
        ('application_credential_secret',),
        ('application_credential_id', 'application_credential_name'),
    ),
    'v3fedkerb': _URL,
    'v3kerberos': _URL,
    'v3multifactor': (*_URL, ('auth_methods',)),
    'v3oauth1': _URL,
    'v3oauth2clientcredential': (
        *_URL,
        ('oauth2_endpoint',),
        ('oauth2_client_id',),
        ('oauth2_client_secret',),
    ),
    'v3oauth2mtlsclientcredential': (
        *_URL,
        ('oauth2_endpoint',),
        ('oauth2_client_id',),
    ),
    'v3oidcaccesstoken': (*_OIDC, ('access_token',)),
    'v3oidcauthcode': (*_OIDC, ('code',)),
    'v3oidcclientcredentials': _OIDC,
    'v3oidcdeviceauthz': _OIDC,
    'v3oidcpassword': (*_OIDC, ('username',), ('password',)),
    'v3password': (*_URL, *_USER, _DOMAIN),
    'v3samlpassword': (
        *_OIDC,
        ('identity_provider_url',),
        ('username',),
        ('password',),
    ),
    'v3token': (*_URL, ('token',)),
    'v3tokenlessauth': _URL,
    'v3totp': (*_URL, _USER[0], _DOMAIN, ('passcode',)),
}

# What else Keystone can find the user, and then the project, by.
_DEFAULT_DOMAIN = ('default_domain_name', 'default_domain_id')
_SCOPES = ('domain_name', 'domain_id', 'system_scope', 'trust_id')
_PROJECT: Needs = (
    ('project_name', 'project_id', *_SCOPES),
    (
        'project_domain_name',
        'project_domain_id',
        'project_id',
        *_DEFAULT_DOMAIN,
        *_SCOPES,
    ),
)

# What Keystone asks for besides, before a service may check tokens.
SERVICE_NEEDS: dict[str, Needs] = {
    'password': ((*_DOMAIN, *_DEFAULT_DOMAIN), *_PROJECT),
    'v3password': _PROJECT,
}

# Those of a version of Keystone's API that ended with Queens.
ENDED = frozenset({'v2password', 'v2token'})

_ALIASES = {
    'code': ('authorization_code',),
    'endpoint': ('url',),
    'project_id': ('tenant_id',),
    'project_name': ('tenant_name',),
    'username': ('user_name',),
}
# So many names of one thing are told.
_TOLD = 3


class Identity(typing.NamedTuple):
    """How Glance is to authenticate, as a section has it.

    :param section: where it stands
    :param setting: that of auth_type, None where nothing sets it
    :param plugin: its value, empty where it is not set
    :param known: whether the target has such a plug-in
    """

    section: str
    setting: ini.Setting | None
    plugin: str
    known: bool

    @property
    def place(self) -> str:
        """Return where its name is set, as the end of a clause."""
        return f' ({self.setting.place})' if self.setting else ''

    @property
    def unknown(self) -> str:
        """Return what is wrong with its name, as a clause."""
        name = values.shown(self.plugin)
        near = difflib.get_close_matches(name, NEEDS)
        return (
            f'[{self.section}] auth_type is {name}{self.place}, and '
            'keystoneauth has no plug-in of this name'
            + (f' (did you mean {near[0]}?)' if near else '')
        )


def uses_keystone(checker: context.Checker) -> bool:
    """Tell whether requests go through Keystone's middleware.

    Where there is no paste file to look at, the name of the flavor decides.
    """
    found = pipeline.read(checker)
    if found is None or found.unread or found.wrong:
        return 'keystone' in pipeline.flavor(checker)
    return any(map(found.loads, _MIDDLEWARE))


def in_paste_file(checker: context.Checker) -> bool:
    """Tell whether the paste file says how to authenticate, as of old."""
    path = pipeline.file_of(checker)
    text = texts.read(path).text if path else None
    return bool(text and _IN_PASTE.search(text))


def of(checker: context.Checker, section: str) -> Identity:
    """Return how a section says to authenticate."""
    named = checker.written(section, 'auth_section')
    if named and named.value:
        section = named.value
    setting = checker.written(section, 'auth_type') or checker.written(
        section, 'auth_plugin'
    )
    plugin = setting.value if setting else ''
    return Identity(section, setting, plugin, _is_known(checker, plugin))


def _is_known(checker: context.Checker, plugin: str) -> bool:
    group = 'keystoneauth1.plugin'
    # To ask for what is installed is dear.
    return plugin in points.names(group, checker.target) or (
        plugin != '' and plugin in presence.brought(group, 'keystoneauth1')
    )


def lacking(
    checker: context.Checker, identity: Identity, service: bool = False
) -> list[str]:
    """Return the names of the options that its plug-in asks for in vain.

    :param service: whether it is to check the tokens of others
    """
    more = SERVICE_NEEDS.get(identity.plugin, ()) if service else ()
    return [
        ' or '.join(names[:_TOLD])
        for names in (*NEEDS.get(identity.plugin, ()), *more)
        if not any(is_set(checker, identity.section, name) for name in names)
    ]


def is_set(checker: context.Checker, section: str, option: str) -> bool:
    """Tell whether an option has a value, under an old name or its own."""
    return setting(checker, section, option) is not None


def setting(
    checker: context.Checker, section: str, option: str
) -> ini.Setting | None:
    """Return the line that gives an option a value, under any of its names."""
    found = [
        checker.written(section, spelt)
        for name in (option, *_ALIASES.get(option, ()))
        for spelt in (name, name.replace('_', '-'))
    ]
    return next((item for item in found if item and item.value), None)
