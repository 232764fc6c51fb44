# SPDX-License-Identifier: Apache-2.0
"""Tests that secrets are masked, and nothing else is."""

import secrets
import time
import urllib.parse

import pytest

from glance_status import redaction


def cleaned(text: str, *settings: tuple[str, str]) -> str:
    return redaction.Redactor(settings).clean(text)


@pytest.mark.parametrize(
    'url',
    [
        'mysql+pymysql://glance:{}@db/glance',
        'mysql+pymysql://:{}@db/glance',
        'mysql+pymysql://glance:{}@db:port/glance',
        'mysql+pymysql://glance:{}@[::1/glance',
        'mysql+pymysql://glance:{}@',
        'mysql+pymysql://glance:{} @db/glance',
        'mysql+pymysql://"glance:{}"@db/glance',
        'glance:{}@db/glance',
        '//glance:{}@db/glance',
        '{}',
        'postgresql:///glance?host=/run/postgresql&user=glance&password={}',
    ],
)
@pytest.mark.parametrize('special', ['', '%', '$$', '-', '\\', 'ä', '!', '+'])
def test_no_password_shows_however_the_url_is_written(
    url: str, special: str
) -> None:
    written = secrets.token_hex(6) + special + secrets.token_hex(6)
    value = url.format(written)
    password = written.replace('$$', '$')
    encoded = urllib.parse.unquote(password)
    text = f'cannot use {value}: {password}, {password!r}, {encoded}, \n'

    shown = cleaned(text + password, ('connection', value))

    assert written[:12] not in shown
    assert written[-12:] not in shown


@pytest.mark.parametrize(
    'url',
    [
        'mysql+pymysql://glance:{}@db/glance',
        'mysql+pymysql://:{}@db/glance',
        'mysql+pymysql://glance:{}@db:port/glance',
        'mysql+pymysql://glance:{}@[::1/glance',
        'mysql+pymysql://"glance:{}"@db/glance',
        'glance:{}@db/glance',
    ],
)
@pytest.mark.parametrize('special', ['@', '/', ':', '?', '#', '@@', ' '])
def test_no_piece_shows_of_a_password_that_cuts_its_url(
    url: str, special: str
) -> None:
    one, other = secrets.token_hex(6), secrets.token_hex(6)
    value = url.format(f'{one}{special}{other}')

    shown = cleaned(
        f"bad port: '{one}', unknown host {other}@db in {value}",
        ('connection', value),
    )

    assert one not in shown
    assert other not in shown


@pytest.mark.parametrize(
    'url', ['mysql://glance:{}', 'mysql://glance:{}/glance', 'glance:{}']
)
def test_no_password_shows_of_a_url_without_a_host(url: str) -> None:
    password = secrets.token_hex(6)
    value = url.format(password)

    shown = cleaned(f'no {value}, port {password}', ('connection', value))

    assert password not in shown


@pytest.mark.parametrize(
    'url', ['mysql://host9:33061/x7', 'mysql://host9:33061']
)
def test_a_port_is_no_password(url: str) -> None:
    text = f'nobody listens at host9:33061/x7, 33061, of {url}'

    assert cleaned(text, ('connection', url)) == text


@pytest.mark.parametrize(
    ('url', 'password'),
    [
        # Each of its words is too short to be masked alone.
        ('mysql://glance:Tr0 b4d@db/glance', 'Tr0 b4d'),
        # Nothing in a URL without a host is the name of anything.
        ('mysql://glance:tigers', 'tigers'),
    ],
)
def test_a_password_of_a_url_that_is_wrong_is_masked_as_a_whole(
    url: str, password: str
) -> None:
    assert cleaned(f'with {password}.', ('connection', url)) == 'with ***.'


def test_a_password_in_a_url_is_masked_encoded_and_decoded() -> None:
    url = 'mysql://glance:p%40ss%25w%2Frd@db/glance'

    assert (
        cleaned(
            "driver: p@ss%w/rd, as written: p%40ss%25w%2Frd, in 'p@ss%w/rd'",
            ('connection', url),
        )
        == "driver: ***, as written: ***, in '***'"
    )


def test_each_host_of_a_transport_url_has_a_password() -> None:
    url = 'rabbit://stack:tiger-1@one:5672,stack:tiger-2@two:5672/vhost'

    assert (
        cleaned('tiger-1 tiger-2 one two stack', ('transport_url', url))
        == '*** *** one two stack'
    )


@pytest.mark.parametrize(
    'option',
    [
        'password',
        'admin_password',
        'DB_PASS',
        'vmware_server_password',
        'metadata_encryption_key',
        's3_store_access_key',
        's3_store_secret_key',
        'swift_store_key',
        'swift_store_user',
        'cinder_store_password',
        'hmac_keys',
        'memcache_secret_key',
        'admin_token',
        'key',
        'apikey',
    ],
)
def test_the_whole_value_of_a_secret_option_is_masked(option: str) -> None:
    value = secrets.token_urlsafe(12)

    assert cleaned(f'got {value}.', (option, value)) == 'got ***.'


@pytest.mark.parametrize(
    'option',
    [
        'auth_url',
        'bind_host',
        'connection_parameters',
        'keymap',
        'owner_is_tenant',
        'passive',
        'policy_file',
        'rbd_store_pool',
        'ssl_key_file',
        'token_cache_time',
        'username',
    ],
)
def test_options_of_no_secret_are_shown(option: str) -> None:
    assert not redaction.is_secret(option)
    assert cleaned('it is 0ld-value', (option, '0ld-value')) == (
        'it is 0ld-value'
    )


def test_each_of_a_list_of_keys_is_masked() -> None:
    assert cleaned('K3y-one; K3y-two', ('hmac_keys', 'K3y-one, K3y-two')) == (
        '***; ***'
    )


def test_a_password_in_the_url_of_any_option_is_masked() -> None:
    value = 'http://proxy:Tr0ub4dor@proxy:3128'

    assert redaction.is_secret('http_proxy', value)
    assert cleaned(f'{value} Tr0ub4dor', ('http_proxy', value)) == (
        'http://***@proxy:3128 ***'
    )


def test_a_password_with_a_comma_is_masked_as_a_whole() -> None:
    value = 'http://proxy:Tr0ub,4dor@proxy:3128'

    assert cleaned('with Tr0ub,4dor.', ('http_proxy', value)) == 'with ***.'


def test_a_password_among_parameters_is_masked() -> None:
    value = 'charset=utf8&ssl_key_password=Tr0ub4dor'

    assert redaction.is_secret('connection_parameters', value)
    assert cleaned(
        f'bad: {value} (Tr0ub4dor)', ('connection_parameters', value)
    ) == ('bad: charset=utf8&ssl_key_password=*** (***)')


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('mysql://a:b@c/d', 'mysql://***@c/d'),
        ('password=hunter2 host=db', 'password=*** host=db'),
        ("passwd='hun ter2', x", 'passwd=***, x'),
        ('using password: YES', 'using password: YES'),
        ('https://docs.openstack.org/glance/', None),
        ('https://[::1]:9292/v2', None),
        ('mail root@localhost', None),
        ('write mysql+pymysql://USER:PASSWORD@HOST/glance', None),
    ],
)
def test_without_a_configuration_what_looks_like_a_secret_is_masked(
    text: str, shown: str | None
) -> None:
    assert cleaned(text) == (shown or text)


@pytest.mark.parametrize('password', ['glance', 'images', 'secret', 'db'])
def test_a_password_that_is_an_ordinary_word_does_not_garble_a_report(
    password: str,
) -> None:
    text = (
        'Access denied for user glance at db: the images of glance_store '
        'and their secret locations in glance-api.conf'
    )

    assert (
        cleaned(
            text,
            ('connection', f'mysql://glance:{password}@db/glance'),
            ('password', password),
        )
        == text
    )


def test_a_password_that_is_a_number_does_not_garble_releases() -> None:
    assert cleaned(
        'from 2024.1 to 2025.1: password 2024, 12024 images, 2024',
        ('password', '2024'),
    ) == ('from 2024.1 to 2025.1: password ***, 12024 images, ***')


def test_a_password_that_names_a_store_as_well_shows_the_store() -> None:
    assert cleaned(
        'the store späicher of ceph',
        ('enabled_backends', 'späicher:rbd, ceph:rbd'),
        ('password', 'ceph'),
    ) == ('the store späicher of ceph')


@pytest.mark.parametrize('word', ['cephalo', 'nautilus', 'octopus'])
def test_a_password_that_is_a_name_in_a_url_shows_the_name(word: str) -> None:
    url = 'mysql://cephalo:Tr0ub4dor@nautilus/octopus'

    assert cleaned(
        f'{word} and Tr0ub4dor', ('connection', url), ('password', word)
    ) == (f'{word} and ***')


@pytest.mark.parametrize(
    ('length', 'masked'),
    [(1, False), (3, False), (4, True), (10_000, True), (10_001, False)],
)
def test_what_is_too_short_or_too_long_is_no_secret(
    length: int, masked: bool
) -> None:
    word = 'A' * length

    assert cleaned(f'it is {word}.', ('password', word)) == (
        'it is ***.' if masked else f'it is {word}.'
    )


def test_a_strong_password_is_masked_wherever_else_it_stands() -> None:
    password = secrets.token_urlsafe(12)

    assert cleaned(
        f'note {password}, \\n{password}',
        ('password', password),
        ('note', f'the password is {password}'),
    ) == ('note ***, \\n***')


def test_many_secrets_of_one_beginning_are_masked_to_their_ends() -> None:
    words = ['Ab1x', *(f'Ab1x{number}' for number in range(20))]

    assert cleaned(
        ' '.join(words), *(('password', word) for word in words)
    ) == ' '.join(['***'] * 21)


def test_ten_thousand_secrets_take_no_time_worth_speaking_of() -> None:
    settings = [
        ('s3_store_secret_key', secrets.token_hex(20)) for _ in range(10_000)
    ]
    redactor = redaction.Redactor(settings)
    text = 'The store names the driver sheepdog, which is gone. ' * 4
    start = time.monotonic()

    for _option, secret in settings[:2_000]:
        assert redactor.clean(text + secret) == text + redaction.MASK

    assert time.monotonic() - start < 60


@pytest.mark.parametrize('text', ['://a:' * 20_000, 'password=' * 20_000])
def test_a_hostile_text_takes_no_time_worth_speaking_of(text: str) -> None:
    start = time.monotonic()

    cleaned(text, ('connection', text), ('note', text))

    assert time.monotonic() - start < 60
