# SPDX-License-Identifier: Apache-2.0
"""Keep passwords, keys and tokens out of everything that is shown."""

import re
import typing
import urllib.parse

MASK = '***'

# Options that hold a secret, by name: those that Glance and the libraries in
# its configuration mark as secret, and those whose name says it (custom
# options, and keystoneauth's, which are registered at run time alone).
SECRET_OPTION = re.compile(
    r'passw|passphrase|passcode|secret|credential|hmac|token$|keys?$'
    r'|(^|_)(pass|pwd|pw|connection|connection_string|transport_url)$'
    r'|^swift_store_user$',
    re.IGNORECASE,
)

# user:password@ of a URL (but of no example), and key=value pairs as drivers
# print them.
_USERINFO = re.compile(
    r'(?<=://)(?!USER:PASSWORD@)[^/\s\'"@]{,256}:[^\s\'"]{,4096}@(?=[\w\[/.-])'
)
_ASSIGNED = re.compile(
    r'(?i)\b(\w*(?:password|passwd|pwd|secret|token|api_?key))(\s*[=:]\s*)'
    r'(?!(?:YES|NO)\b)("[^"]*"|\'[^\']*\'|[^\s,;&]+)'
)
# Several hosts in one URL, as message transports have them.
_ONE_OF_MANY = re.compile(r'(?:^|,)[^:,@]*:([^,@]*)@')
# Where a reader of URLs cuts a password that was not written as %XX.
_CUTS = re.compile(r'[@:/?#&\s"\']+')
# Anything shorter says nothing when it is shown, and garbles when masked.
_SHORTEST = 4
# Anything longer is no secret, but a file that is no configuration.
_LONGEST = 10_000
_WORD = re.compile(r'[\w.-]+')
# A password like this may stand in a sentence that has nothing to do with it.
_ORDINARY = re.compile(r'\d{,8}|[a-z]+(?:[_-][a-z]+)*')
_VOCABULARY = frozenset(
    _WORD.findall(
        """
        admin api backend check checks config configuration connection
        database default driver file files glance glance-status host image
        images key localhost mariadb mysql name nova openstack option pass
        password policy port postgresql release root rule rules secret server
        service services source sqlite store stores table tables target test
        token upgrade user value version
        """
    )
)


def is_secret(option: str, value: str = '') -> bool:
    """Tell whether an option of this name and value holds a secret."""
    return bool(SECRET_OPTION.search(option) or _passwords_of(value))


class Redactor:
    """Masks the secrets of one configuration in any text.

    :param settings: (option name, value) pairs, as the files have them
    """

    def __init__(self, settings: typing.Iterable[tuple[str, str]] = ()):
        secret: set[str] = set()
        public = set(_VOCABULARY)
        for option, value in settings:
            if SECRET_OPTION.search(option):
                secret.update(_secrets_of(value))
                public.update(_public_of(value))
            else:
                secret.update(_passwords_of(value))
                shown = _ASSIGNED.sub('', _USERINFO.sub('', value))
                public.update(_WORD.findall(shown))
        words = {
            form
            for word in secret
            for form in _forms_of(word)
            if _SHORTEST <= len(form) <= _LONGEST
        }
        # A password that is also the name of something is no secret that
        # masking could keep, and masking it would make the report unreadable.
        ordinary = {word for word in words if _ORDINARY.fullmatch(word)}
        self._hidden = [
            re.compile(template % _any_of(_longest_first(found)))
            for template, found in (
                ('(?:%s)', words - ordinary),
                (
                    r'(?<!\w)(?:%s)(?!\w|\.\d)',
                    ordinary - public,
                ),
            )
            if found
        ]

    def clean(self, text: str) -> str:
        """Return the text with a mask in the place of every secret."""
        text = _USERINFO.sub(MASK + '@', text)
        for hidden in self._hidden:
            text = hidden.sub(MASK, text)
        return _ASSIGNED.sub(rf'\1\2{MASK}', text)


def _any_of(words: list[str], depth: int = _SHORTEST) -> str:
    """Return a pattern that is fast for thousands of words."""
    if not depth or len(words) < 10:
        return '|'.join(map(re.escape, words))
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[0], []).append(word[1:])
    return '|'.join(
        f'{re.escape(first)}(?:{_any_of(rest, depth - 1)})'
        for first, rest in tails.items()
    )


def _longest_first(words: typing.Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _secrets_of(value: str) -> set[str]:
    """Return what is secret in the value of a secret option."""
    _scheme, is_url, rest = value.partition('://')
    userinfo, has_user, _place = (rest or value).rpartition('@')
    found = _passwords_of(value)
    if has_user:
        # Read as one password and as those of many hosts, well-formed or not.
        found.add(userinfo.partition(':')[2])
        found.update(_ONE_OF_MANY.findall(userinfo + '@'))
    elif is_url:
        # The host was forgotten, and the password stands where a port would.
        port = rest.partition(':')[2]
        found.update([] if port.partition('/')[0].isdigit() else [port])
    if not is_url:
        found.update([value, *re.split(r'\s*[,\n]\s*', value)])
    return found


def _passwords_of(value: str) -> set[str]:
    """Return the passwords of all URLs in a value, as they are written."""
    found: set[str] = set()
    # Files of any size are read: look closely where there is something.
    if '=' in value or ':' in value:
        found.update(
            match[2].strip('"\'') for match in _ASSIGNED.findall(value)
        )
    for userinfo in _USERINFO.findall(value):
        found.add(userinfo[:-1].partition(':')[2])
        found.update(_ONE_OF_MANY.findall(userinfo))
    return found


def _forms_of(word: str) -> typing.Iterator[str]:
    """Yield a secret as it may be shown: decoded, escaped or cut."""
    plain = word.replace('$$', '$')
    for form in {word, plain, urllib.parse.unquote(plain)}:
        for piece in (form, *_CUTS.split(form)):
            yield piece
            yield repr(piece)[1:-1]


def _public_of(url: str) -> list[str]:
    """Return user, host and database of a URL whose password is secret."""
    _scheme, is_url, rest = url.partition('://')
    userinfo, has_user, place = rest.rpartition('@')
    if not is_url or not has_user:
        return []
    shown = _ASSIGNED.sub('', place)
    return [userinfo.partition(':')[0], *_WORD.findall(shown)]
