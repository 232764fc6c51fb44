# SPDX-License-Identifier: Apache-2.0
"""Changes, made to a deployment in a directory.

What comes out of it is what Glance and this tool are started on::

    glance-api.conf          of all changes, one over the other
    glance-api-paste.ini     of the release, and what changes make of it
    store/images, ...        the directories of the stores
    ...                      the files of the changes
    *.sqlite                 the database, where that is on SQLite
"""

import pathlib
import urllib.parse
from collections import abc
from typing import Any

import sqlalchemy

from tests.functional import glance_databases
from tests.proof import real
from tests.proof.corpus.change import Change, Sql, merged


def make(
    directory: pathlib.Path,
    url: str,
    changes: abc.Sequence[Change],
    paste: str,
    cloud: str,
) -> None:
    """Write the files of a deployment, and change its database.

    :param directory: where the files go; it is the one that Glance reads
    :param url: of the database, which is in its state already; the changes
        add their statements and rows
    :param changes: a variant, then the hazards
    :param paste: the paste file that the release ships
    :param cloud: the address of the Keystone that is played
    """

    def put(value: Any) -> Any:
        if isinstance(value, str):
            named = value.replace('{path}', str(directory))
            port = urllib.parse.urlsplit(cloud).port
            return named.replace('{cloud}', cloud).replace('{port}', str(port))
        if isinstance(value, list):
            return [put(item) for item in value]
        return value

    sections = merged(
        {'database': {'connection': url.replace('$', '$$')}},
        *(change.sections for change in changes),
    )
    filled = {
        name: {option: put(value) for option, value in options.items()}
        for name, options in sections.items()
    }
    real.deployment(directory, None, filled)
    for change in changes:
        paste = change.paste(paste)
        for name, content in change.files.items():
            path = directory / name
            if content is None:
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(put(content))
        glance_databases.execute(url, *_statements(url, change.sql))
        for table, values in change.rows:
            row = {key: put(value) for key, value in values.items()}
            glance_databases.insert(url, table, row)
    (directory / 'glance-api-paste.ini').write_text(paste)


def _statements(url: str, sql: Sql) -> tuple[str, ...]:
    """Return those for the server of a database."""
    if isinstance(sql, tuple):
        return sql
    return sql[sqlalchemy.make_url(url).get_backend_name()]
