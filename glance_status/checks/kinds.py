# SPDX-License-Identifier: Apache-2.0
"""The types of oslo.config, made from what the data say of them."""

import functools
import json
import typing

from oslo_config import types

Parser = typing.Callable[[str], typing.Any]

# Names of arguments in the data and in oslo_config.types.
_NUMBER = ('min', 'max', 'choices')
_ARGUMENTS = {
    'Boolean': (),
    'Dict': ('bounds', 'key_value_separator'),
    'Float': ('min', 'max'),
    'HostAddress': ('version',),
    'HostDomain': ('version',),
    'Hostname': (),
    'IPAddress': ('version',),
    'Integer': _NUMBER,
    'List': ('bounds',),
    'Number': ('min', 'max'),
    'Port': _NUMBER,
    'String': ('choices', 'quotes', 'regex', 'ignore_case', 'max_length'),
    'URI': ('max_length', 'schemes'),
}


def make(kind: typing.Any) -> Parser:
    """Return what reads a value of a kind, or raises ValueError.

    A kind that oslo.config does not have takes anything.
    """
    return _made(json.dumps(kind))


@functools.cache
def _made(text: str) -> Parser:
    kind = json.loads(text)
    detail = {'name': kind} if isinstance(kind, str) else kind
    name = detail['name']
    if name not in _ARGUMENTS:
        return str
    arguments = {key: detail[key] for key in _ARGUMENTS[name] if key in detail}
    for key in ('item_type', 'value_type'):
        if key in detail:
            arguments[key] = make(detail[key])
    made: Parser = getattr(types, name)(**arguments)
    return made


def described(kind: typing.Any) -> str:
    """Return what values a kind takes, for the middle of a sentence."""
    detail = {'name': kind} if isinstance(kind, str) else kind
    if 'choices' in detail:
        choices = [str(choice) or "''" for choice in detail['choices']]
        return 'one of ' + ', '.join(choices)
    text = _WORDS.get(detail['name'], 'a text')
    low, high = detail.get('min'), detail.get('max')
    if low is not None and high is not None:
        return f'{text} from {low} to {high}'
    if low is not None:
        return f'{text} of at least {low}'
    if high is not None:
        return f'{text} of at most {high}'
    if 'item_type' in detail:
        return f'{text}, each {described(detail["item_type"])}'
    return text


_WORDS = {
    'Boolean': 'true or false',
    'Dict': 'a list of key:value pairs',
    'Float': 'a number',
    'HostAddress': 'a host name or an IP address',
    'HostDomain': 'a host name or an IP address',
    'Hostname': 'a host name',
    'IPAddress': 'an IP address',
    'Integer': 'a whole number',
    'List': 'a list',
    'Port': 'a port number',
    'URI': 'a URL',
}
