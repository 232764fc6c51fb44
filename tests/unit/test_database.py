# SPDX-License-Identifier: Apache-2.0
"""What is made of the URL of the database."""

import pytest
import sqlalchemy

from glance_status import database

PLACES = {
    'sqlite:////var/lib/glance.sqlite': '/var/lib/glance.sqlite',
    'mysql+pymysql://u:p@db1/glance': 'db1:3306/glance',
    'mysql://u:p@db1:3306/glance?charset=utf8': 'db1:3306/glance',
    'mysql+pymysql://u:p@/glance?unix_socket=/run/my.sock': (
        '/run/my.sock:3306/glance'
    ),
    'mariadb+pymysql://u:p@db1/glance': 'db1:3306/glance',
    'mariadb+pymysql://u:p@db1:3307/glance': 'db1:3307/glance',
    'postgresql://u:p@db1/glance': 'db1:5432/glance',
    'postgresql://u:p@/glance': 'localhost:5432/glance',
    'oracle://u:p@db1/glance': 'db1:0/glance',
    'sqlite://': 'memory',
    'postgresql+psycopg2://u@/glance?host=/run/pg': '/run/pg:5432/glance',
    'postgresql+psycopg2://u:p@[::1]:5433/glance': '::1:5433/glance',
}


@pytest.mark.parametrize('url', PLACES)
def test_a_place_says_neither_who_nor_how(url: str) -> None:
    assert database.place(database.parse(url)) == PLACES[url]


@pytest.mark.parametrize(
    'text',
    [
        '',
        'glance',
        'mysql+pymysql://u:p@a@db1/glance',
        'mysql+pymysql://u:p@a/ss@db1/glance',
        'mysql+pymysql://u:p@db1:port/glance',
    ],
)
def test_what_is_no_url_is_not_repeated(text: str) -> None:
    with pytest.raises(database.Unreachable) as caught:
        database.parse(text, '[database] slave_connection')
    assert str(caught.value) == (
        '[database] slave_connection is not a database URL. Write it as '
        'mysql+pymysql://USER:PASSWORD@HOST/glance, with each special '
        'character of the password as %XX (@ is %40, % is %25, / is %2F).'
    )


def test_an_option_that_is_not_set_is_named() -> None:
    access = database.Access(None, option='[database] slave_connection')
    with pytest.raises(database.Unreachable) as caught:
        database.url_of(access)
    assert str(caught.value) == (
        '[database] slave_connection is not set in the files that were read. '
        'Name the files in which it stands with --config-file.'
    )


def test_parameters_are_appended_as_oslo_db_does() -> None:
    access = database.Access(
        'mysql+pymysql://u:p@db1/glance?charset=utf8',
        parameters='local_infile=0&read_timeout=9',
    )
    assert database.url_of(access) == sqlalchemy.make_url(
        'mysql+pymysql://u:p@db1/glance?charset=utf8&local_infile=0'
        '&read_timeout=9'
    )


def test_what_limits_hold_where_nobody_says() -> None:
    assert database.Access('sqlite:///x') == database.Access(
        'sqlite:///x', '', None, 5, 60, '[database] connection'
    )


@pytest.mark.parametrize(
    ('url', 'meant'),
    [
        ('postgres://u:p@db1/glance', 'postgresql+psycopg2://u:p@db1/glance'),
        (
            'postgres+psycopg://u:p@db1/glance',
            'postgresql+psycopg://u:p@db1/glance',
        ),
        (
            'postgresql://u:p@db1/glance',
            'postgresql+psycopg2://u:p@db1/glance',
        ),
        (
            'mysql+pymysql://u:p@db1/glance?plugin=dbcounter&charset=utf8',
            'mysql+pymysql://u:p@db1/glance?charset=utf8',
        ),
    ],
)
def test_what_other_versions_of_the_libraries_take_it_for(
    url: str, meant: str
) -> None:
    assert database.url_of(database.Access(url)) == sqlalchemy.make_url(meant)


def test_parameters_begin_with_a_question_mark() -> None:
    access = database.Access('mysql+pymysql://u:p@db1/glance', 'charset=utf8')
    assert database.url_of(access) == sqlalchemy.make_url(
        'mysql+pymysql://u:p@db1/glance?charset=utf8'
    )
