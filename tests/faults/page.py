# SPDX-License-Identifier: Apache-2.0
"""The tables of the page about faults, made of those of the tests.

``python -m tests.faults.page`` writes them into the page.
"""

import pathlib
import re
from collections import abc

from tests.faults import table
from tests.faults.fault import Fault

PAGE = pathlib.Path(__file__).parents[2] / 'doc/source/operations/faults.rst'

_WORDS = {
    'file': 'FILE',
    'place': 'HOST:PORT/DATABASE',
    'host': 'HOST',
    'port': 'PORT',
    'user': 'USER',
    'database': 'DATABASE',
}
_NAMES = {'sqlite': 'SQLite', 'mariadb': 'MariaDB', 'postgresql': 'PostgreSQL'}
_BLOCKED = {
    'none': None,
    'database': 'The checks that read the database do not run.',
    'rest': 'The checks that were not done do not run: they say that the run '
    'was interrupted, and by which signal.',
    'later': 'The checks that come after it and read the database do not run.',
}
_BEGIN = '.. begin of {}, which the tests write\n'
_END = '.. end of {}\n'


def rendered(text: str) -> str:
    """Return the text of the page, with its tables as they have to be."""
    for name, faults in table.GROUPS.items():
        begin, end = _BEGIN.format(name), _END.format(name)
        head, _begin, rest = text.partition(begin)
        _old, _end, tail = rest.partition(end)
        text = f'{head}{begin}\n{_table(faults)}\n{end}{tail}'
    return text


def _table(faults: abc.Iterable[Fault]) -> str:
    rows = [
        ['Fault', 'Code', 'What it says', 'Longer by at most'],
        *map(_row, faults),
    ]
    lines = [
        '.. list-table::',
        '   :header-rows: 1',
        '   :widths: 25 8 47 20',
        '',
    ]
    for row in rows:
        for number, cell in enumerate(row):
            lines += _cell('* -' if number == 0 else '  -', cell)
    return '\n'.join(lines) + '\n'


def _cell(mark: str, text: str) -> abc.Iterator[str]:
    paragraphs = text.split('\n\n')
    yield f'   {mark} {paragraphs[0]}'
    for paragraph in paragraphs[1:]:
        yield ''
        yield f'       {paragraph}'


def _row(fault: Fault) -> list[str]:
    servers = ', '.join(_NAMES[name] for name in fault.servers)
    return [
        f'{fault.title} ({servers})',
        str(fault.code),
        '\n\n'.join(_says(fault)) or 'What it says without the fault.',
        fault.takes,
    ]


def _says(fault: Fault) -> abc.Iterator[str]:
    for name, details in fault.broken.items():
        yield f'``{name}``: {_plain(details)}'
    if fault.stderr:
        yield f'On stderr: {_plain(fault.stderr.strip())}'
    if blocked := _BLOCKED[fault.blocked]:
        yield blocked


def _plain(template: str) -> str:
    """Return words of the command as text without marks of its own."""
    text = template.format_map(_Words())
    return re.sub(r'([\\*`|_])', r'\\\1', text)


class _Words(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _WORDS.get(name, name.upper())


if __name__ == '__main__':
    PAGE.write_text(rendered(PAGE.read_text('utf-8')), 'utf-8')
