# SPDX-License-Identifier: Apache-2.0
"""A waivers file, read without making anything of what its YAML stands for."""

import datetime
import os
import re
import typing

from glance_status import errors, waivers

# Bytes; room for a thousand entries, which are read within seconds.
LARGEST = 256 * 1024

_TAG = 'tag:yaml.org,2002:'


class _Field(typing.NamedTuple):
    tags: tuple[str, ...]
    pattern: re.Pattern[str]
    fault: str


_TEXT = _Field(('str',), re.compile('(?s).*'), 'is no text')

_FIELDS = {
    'id': _TEXT,
    'object': _TEXT,
    'reason': _TEXT,
    'expires': _Field(
        ('timestamp', 'str'),
        re.compile('[0-9]{4}-[0-9]{2}-[0-9]{2}'),
        'is no date like 2026-12-31',
    ),
    'max_count': _Field(
        ('int',), re.compile('0|[1-9][0-9]{,17}'), 'is no number from 0 on'
    ),
}

KEYS = tuple(_FIELDS)


def read(path: str) -> list[waivers.Waiver]:
    """Return the entries of a waivers file; Problem where it is none.

    Only the nodes of the YAML are read. Merge keys, tags and numbers can
    stand for far more than the file holds, so no values are made of them.
    """
    import yaml

    text = _text_of(path)
    try:
        root: typing.Any = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, 'problem_mark', None)
        where = f', line {mark.line + 1}' if mark else ''
        hint = ''
        if 'alias' in str(error):
            hint = '; a text that begins with * needs quotes'
        raise errors.Problem(f'{path}{where}: not YAML{hint}.') from error
    if root is None or root.tag == f'{_TAG}null':
        return []
    if root.tag != f'{_TAG}seq':
        raise errors.Problem(
            f'{path}: a list of entries is expected, each with '
            f'{", ".join(KEYS)}.'
        )
    return [
        _waiver(path, number, entry)
        for number, entry in enumerate(root.value, start=1)
    ]


def _text_of(path: str) -> str:
    try:
        with open(os.path.expanduser(path), 'rb') as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise errors.Problem(f'{path}: {error.strerror}.') from error
    if len(content) > LARGEST:
        raise errors.Problem(
            f'{path} is larger than {LARGEST // 1024} KiB: no waivers file.'
        )
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise errors.Problem(f'{path} is not UTF-8 text.') from error


def _waiver(path: str, number: int, entry: typing.Any) -> waivers.Waiver:
    """Return what a node of YAML says."""

    def wrong(what: str) -> errors.Problem:
        return errors.Problem(f'{path}: entry {number}: {what}.')

    if entry.id != 'mapping':
        raise wrong(f'keys and values are expected: {", ".join(KEYS)}')
    if entry.tag != f'{_TAG}map':
        line = entry.start_mark.line + 1
        raise errors.Problem(f'{path}, line {line}: not YAML.')
    values: dict[str, str] = {}
    seen = set()
    for key, node in entry.value:
        name = key.value if key.id == 'scalar' else f'a {key.id}'
        if name not in KEYS:
            shown = name[:40] if name.isprintable() else ascii(name[:40])
            raise wrong(f'unknown key {shown}; known: {", ".join(KEYS)}')
        if name in seen:
            raise wrong(f'{name} is there twice')
        seen.add(name)
        tags, pattern, fault = _FIELDS[name]
        if node.tag == f'{_TAG}null':
            continue
        if (
            node.id != 'scalar'
            or node.tag.removeprefix(_TAG) not in tags
            or not pattern.fullmatch(node.value)
        ):
            raise wrong(f'{name} {fault}')
        values[name] = node.value
    if not values.get('id'):
        raise wrong('id is missing')
    expires = None
    if 'expires' in values:
        try:
            expires = datetime.date.fromisoformat(values['expires'])
        except ValueError:
            raise wrong(f'expires {_FIELDS["expires"].fault}') from None
    return waivers.Waiver(
        number=number,
        id=values['id'],
        object=values.get('object'),
        reason=values.get('reason', '').strip() or None,
        expires=expires,
        max_count=int(values['max_count']) if 'max_count' in values else None,
    )
