# SPDX-License-Identifier: Apache-2.0
"""Read a report that an earlier run wrote as JSON."""

import dataclasses
import datetime
import json
import os
import re
import typing

from glance_status import errors, results

# Bytes; more is no report, and would fill the memory before it said so.
LARGEST = 32 * 1024 * 1024

# What ended a run that says no more than that it was interrupted.
A_SIGNAL = 'a signal'

# How reports write the time, which is in UTC.
TIME = '%Y-%m-%dT%H:%M:%SZ'

_HOW = '`glance-status upgrade check --format json` writes one'
_VERSION = re.compile(r'(\d{1,6})\.\d{1,6}', re.ASCII)
_MAJOR = 1
# Names are printed as they are; a terminal would obey these.
_CONTROL = re.compile(r'[\x00-\x1f\x7f-\x9f]')
# Levels of objects and lists that the one free-form value may have.
_DEEPEST = 4

T = typing.TypeVar('T')


class _Wrong(Exception):
    """It is no report that can be read; the text says why."""


class _Node(typing.NamedTuple):
    """A value of the document.

    :param place: where it stands, '' for the whole document
    :param early: whether the document is of a version before 1.0
    """

    value: typing.Any
    place: str
    early: bool

    def get(
        self, key: str, kind: typing.Callable[['_Node'], T], *default: T
    ) -> T:
        """Return a member of an object; what is not asked for is ignored.

        :param default: what versions before 1.0 need not have. All later
            ones have it; a key that comes with a later minor version needs
            a default of its own.
        """
        if not isinstance(self.value, dict):
            raise _Wrong(f'{self.place} is not an object')
        place = f'{self.place}.{key}' if self.place else key
        if key in self.value:
            return kind(_Node(self.value[key], place, self.early))
        if default and self.early:
            return default[0]
        raise _Wrong(f'it has no {place}')


_Kind = typing.Callable[[_Node], T]


def report(path: str) -> results.Report:
    """Return the report in a file, or raise Problem, which names the file.

    A report does not say by which signal it was interrupted, nor which
    --fail-level it was made with where none would change its exit code:
    there it has A_SIGNAL and the default. All else is as it was.
    """
    try:
        document = _parsed(_text_of(os.path.expanduser(path)))
        major = _major(document)
        return _report(_Node(document, '', early=major < _MAJOR))
    except _Wrong as error:
        raise errors.Problem(
            f'{_shown(path)} cannot be read as a report: {error}.'
        ) from error


def _text_of(path: str) -> str:
    try:
        with open(path, 'rb') as stream:
            content = stream.read(LARGEST + 1)
    except IsADirectoryError as error:
        raise _Wrong('it is a directory') from error
    except OSError as error:
        raise _Wrong(error.strerror or 'it cannot be opened') from error
    except ValueError as error:
        raise _Wrong('this is not the name of a file') from error
    if len(content) > LARGEST:
        raise _Wrong(f'it is larger than {LARGEST // 1024**2} MiB')
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise _Wrong(f'it is not UTF-8; {_HOW}') from error
    if not text.strip():
        raise _Wrong(
            'it is empty, as a run leaves it that ended before its checks '
            'began; what that run said on stderr tells why'
        )
    return text


def _parsed(text: str) -> typing.Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_not_a_number,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        body = text.strip()
        if body[0] == '{' and (
            body[-1] != '}' or error.pos >= len(text.rstrip())
        ):
            raise _Wrong('it is cut off in the middle') from error
        raise _Wrong(
            f'it is not JSON ({error.msg}: line {error.lineno}, column '
            f'{error.colno}); {_HOW}'
        ) from error
    except RecursionError as error:
        raise _Wrong('its values are nested too deeply') from error
    except ValueError as error:
        raise _Wrong('it has a number of too many digits') from error


def _object(pairs: list[tuple[str, typing.Any]]) -> dict[str, typing.Any]:
    twin = _twin(key for key, _value in pairs)
    if twin is not None:
        raise _Wrong(f'an object in it has the key {_shown(twin)} twice')
    return dict(pairs)


def _not_a_number(_text: str) -> typing.NoReturn:
    raise _Wrong('it has NaN or Infinity in it, which JSON does not know')


def _float(text: str) -> float:
    number = float(text)
    if abs(number) == float('inf'):
        raise _Wrong('it has a number in it that is too large')
    return number


def _major(document: typing.Any) -> int:
    """Return the first number of the schema's version, if it is known."""
    if not isinstance(document, dict):
        raise _Wrong(f'it is JSON of something else; {_HOW}')
    version = document.get('schema_version')
    if version is None and {'name', 'checks'} <= document.keys():
        raise _Wrong(
            "it has no schema_version: it comes from Glance's own "
            "glance-status, or from another service's status command"
        )
    if version is None:
        raise _Wrong(f'it is JSON of something else; {_HOW}')
    match = isinstance(version, str) and _VERSION.fullmatch(version)
    if not match:
        raise _Wrong('schema_version is not two numbers with a dot')
    if int(match[1]) > _MAJOR:
        raise _Wrong(
            f'its schema_version is {version}, and this glance-status reads '
            f'none above {_MAJOR}.x. Read it with the glance-status that '
            'wrote it, or a later one'
        )
    return int(match[1])


def _report(node: _Node) -> results.Report:
    outcome = node.get('outcome', _one_of(*results.OUTCOMES.values()), None)
    exit_code = node.get('exit_code', _one_of(0, 1, 2, 255), None)
    complete = node.get('complete', _one_of(True, False), None)
    lenient = (outcome, exit_code) == ('warning', 0)
    found = results.Report(
        tool_version=node.get('tool_version', _name, 'unknown'),
        host=node.get('host', _name),
        generated_at=node.get('generated_at', _time),
        before=node.get('before', _one_of('sync', 'restart'), 'sync'),
        target=node.get('target', _target),
        source=node.get('source', _maybe(_source), None),
        config_files=node.get('config_files', _list_of(_text), ()),
        options=node.get('options', _options, {}),
        outcomes=node.get('checks', _list_of(_outcome)),
        not_run=node.get('not_run', _list_of(_not_run), ()),
        gone=node.get('gone', _list_of(_finding), ()),
        fail_level=results.FAILURE if lenient else results.WARNING,
    )
    twin = _twin(row.id for row in found.outcomes)
    if twin is not None:
        raise _Wrong(f'two of its checks have the id {_shown(twin)}')
    if complete is False and found.complete:
        found = dataclasses.replace(found, interrupted=A_SIGNAL)
    for key, stated, actual in (
        ('complete', complete, found.complete),
        ('outcome', outcome, results.OUTCOMES[found.worst]),
        ('exit_code', exit_code, found.exit_code),
    ):
        if stated not in (None, actual):
            raise _Wrong(f'its {key} is not what its checks make')
    return found


def _target(node: _Node) -> results.Target:
    origins: _Kind[typing.Literal['option', 'configuration', 'newest']] = (
        _one_of('option', 'configuration', 'newest')
    )
    return results.Target(
        release=node.get('release', _name),
        version=node.get('version', _name),
        origin=node.get('origin', origins, 'option'),
    )


def _source(node: _Node) -> results.Source:
    return results.Source(
        releases=node.get('releases', _list_of(_name)),
        schema_revisions=node.get('schema_revisions', _list_of(_text), ()),
    )


def _outcome(node: _Node) -> results.Outcome:
    identity = node.get('id', _name)
    return results.Outcome(
        id=identity,
        check=node.get('check', _text, identity),
        plugin=node.get('plugin', _name, 'unknown'),
        result=node.get('result', _one_of(0, 1, 2, 255)),
        details=node.get('details', _maybe(_text), None),
        duration=node.get('duration', _seconds, 0.0),
        findings=node.get('findings', _list_of(_finding), ()),
    )


def _finding(node: _Node) -> results.Finding:
    states = _one_of('active', 'waived', 'known')
    return results.Finding(
        id=node.get('id', _name),
        result=node.get('result', _one_of(0, 1, 2)),
        message=node.get('message', _text),
        remediation=node.get('remediation', _maybe(_text), None),
        since=node.get('since', _maybe(_line), None),
        reference=node.get('reference', _maybe(_line), None),
        affected=node.get('affected', _maybe(_affected), None),
        state=node.get('state', states, 'active'),
        waiver=node.get('waiver', _maybe(_waiver), None),
    )


def _affected(node: _Node) -> results.Affected:
    return results.Affected(
        count=node.get('count', _count),
        sample=node.get('sample', _list_of(_text), ()),
    )


def _not_run(node: _Node) -> results.NotRun:
    causes: _Kind[results.Cause] = _one_of(
        'blocked', 'deselected', 'inapplicable'
    )
    identity = node.get('id', _name)
    return results.NotRun(
        id=identity,
        check=node.get('check', _text, identity),
        plugin=node.get('plugin', _name, 'unknown'),
        cause=node.get('cause', causes),
        reason=node.get('reason', _text),
    )


def _text(node: _Node) -> str:
    if not isinstance(node.value, str):
        raise _Wrong(f'{node.place} is not a string')
    return node.value


def _line(node: _Node) -> str:
    text = _text(node)
    if _CONTROL.search(text):
        raise _Wrong(f'{node.place} has control characters in it')
    return text


def _name(node: _Node) -> str:
    name = _line(node)
    if not name.strip():
        raise _Wrong(f'{node.place} is empty')
    return name


def _time(node: _Node) -> str:
    text = _text(node)
    try:
        moment = datetime.datetime.strptime(text, TIME)
    except ValueError:
        moment = None
    # Times are compared as they are written, so with all their zeros.
    if moment is None or moment.strftime(TIME) != text:
        raise _Wrong(f'{node.place} is not a time like 2026-11-22T02:00:00Z')
    return text


def _count(node: _Node) -> int:
    if type(node.value) is not int or node.value < 0:
        raise _Wrong(f'{node.place} is not a whole number from 0 on')
    return node.value


def _seconds(node: _Node) -> float:
    if type(node.value) not in (int, float) or not 0 <= node.value < 1e9:
        raise _Wrong(f'{node.place} is not a number of seconds')
    return float(node.value)


def _options(node: _Node) -> dict[str, str]:
    if not isinstance(node.value, dict):
        raise _Wrong(f'{node.place} is not an object')
    if not all(isinstance(item, str) for item in node.value.values()):
        raise _Wrong(f'{node.place} has a value that is not a string')
    return node.value


def _waiver(node: _Node) -> dict[str, typing.Any]:
    if not isinstance(node.value, dict):
        raise _Wrong(f'{node.place} is not an object')
    layer: list[typing.Any] = [node.value]
    for _level in range(_DEEPEST):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if type(outer) is dict else outer)
        ]
    if layer:
        raise _Wrong(f'{node.place} is nested too deeply')
    return node.value


def _one_of(*choices: T) -> _Kind[T]:
    def read(node: _Node) -> T:
        for choice in choices:
            # To Python, 1 is True, and 1.0.
            if type(node.value) is type(choice) and node.value == choice:
                return choice
        listed = ', '.join(json.dumps(choice) for choice in choices)
        raise _Wrong(f'{node.place} is none of {listed}')

    return read


def _maybe(kind: _Kind[T]) -> _Kind[T | None]:
    return lambda node: None if node.value is None else kind(node)


def _list_of(kind: _Kind[T]) -> _Kind[tuple[T, ...]]:
    def read(node: _Node) -> tuple[T, ...]:
        if not isinstance(node.value, list):
            raise _Wrong(f'{node.place} is not a list')
        return tuple(
            kind(_Node(item, f'{node.place}[{index}]', node.early))
            for index, item in enumerate(node.value)
        )

    return read


def _twin(names: typing.Iterable[str]) -> str | None:
    """Return the first name that is there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _shown(text: str) -> str:
    """Return a name of any origin so that it fits into a line."""
    return text if text.isprintable() else ascii(text)
