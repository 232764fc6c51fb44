# SPDX-License-Identifier: Apache-2.0
"""Values that the target cannot read."""

import pathlib
import time

import pytest

from glance_status import context, results
from glance_status.checks import kinds, known, option_values
from tests.unit import checkers
from tests.unit.checks.test_paste import deployed, shipped

KEYSTONE = '[paste_deploy]\nflavor = keystone\n'
Found = list[tuple[str, int, str]]


def found(directory: pathlib.Path, checker: context.Checker) -> Found:
    """Return id, result and message of what the check finds."""
    return checkers.told(directory, option_values.check_values(checker))


@pytest.mark.parametrize(
    'text',
    [
        '[DEFAULT]\ndebug = Yes\n',
        '[DEFAULT]\nimage_location_quota =\n',
        '[DEFAULT]\nimage_size_cap = $image_tag_quota\n',
        '[DEFAULT]\nimage_size_cap = ${image_tag_quota}\n',
        '[paste_deploy]\nflavor = $config_file\n',
        '[local]\nfilesystem_store_datadir = ${DEFAULT.image_cache_dir}/a\n'
        '[DEFAULT]\nenabled_backends = local:file\nimage_cache_dir = /c\n',
        '[DEFAULT]\npublic_endpoint = http://a/$$state_path\n',
        '[DEFAULT]\npublic_endpoint = http://a/\\$state_path$5\n',
        '[our_plugin]\nnumber = $nothing\n',
        '[DEFAULT]\nenabled_backends = ours:our_driver\n'
        'public_endpoint = ${ours.place}\n[ours]\nplace = a\n',
        '[DEFAULT]\nimage_tag_quota = 12\nimage_size_cap = $image_tag_quota\n',
        '[image_import_opts]\nimage_import_plugins = [no_op]\n',
        '[DEFAULT]\nlog_rotation_type = SIZE\n',
        '[keystone_authtoken]\nusername = anything\n',
        '[our_plugin]\nnumber = none\n',
        # Of which another finding speaks.
        '[import_filtering_opts]\nallowed_ports = 80\n',
        '[import_filtering_opts]\nallowed_ports = $image_tag_quota\n'
        '[DEFAULT]\nimage_tag_quota = 80\n',
        '[task]\ntask_executor = eventlet\n',
    ],
)
def test_values_that_the_target_takes(
    tmp_path: pathlib.Path, text: str
) -> None:
    assert found(tmp_path, checkers.make(tmp_path, text)) == []


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (
            '[cors]\nmax_age = long\n',
            '[cors] max_age = long (glance-api.conf, line 2) is refused: the '
            'target takes a whole number. The API does not start.',
        ),
        (
            '[DEFAULT]\ntransport_url = kafka://mq/\n[cors]\nmax_age = long\n',
            '[cors] max_age = long (glance-api.conf, line 4) is refused: the '
            'target takes a whole number. The API does not start.',
        ),
        (
            '[oslo_messaging_rabbit]\nrpc_conn_pool_size = many\n',
            '[oslo_messaging_rabbit] rpc_conn_pool_size = many '
            '(glance-api.conf, line 2) is refused: the target takes a whole '
            'number of at least 1. The API does not start.',
        ),
        (
            '[profiler]\nenabled = true\ntrace_sqlalchemy = perhaps\n',
            '[profiler] trace_sqlalchemy = perhaps (glance-api.conf, line 3) '
            'is refused: the target takes true or false. The API does not '
            'start.',
        ),
        (
            '[glance_store]\ndefault_backend = $nobody\n',
            '[glance_store] default_backend = $nobody (glance-api.conf, line '
            '2) is refused: the target has no option nobody that $nobody '
            'could be. Requests for images fail.',
        ),
        (
            '[glance_store]\nstores = rbd\ndefault_store = rbd\n'
            'rbd_store_chunk_size = large\n',
            '[glance_store] rbd_store_chunk_size = large (glance-api.conf, '
            'line 4) is refused: the target takes a whole number of at least '
            '1. Images cannot be uploaded.',
        ),
        (
            f'[cors]\nmax_age = {"x" * 60}\n',
            f'[cors] max_age = {"x" * 60} (glance-api.conf, line 2) is '
            'refused: the target takes a whole number. The API does not '
            'start.',
        ),
        *(
            (
                f'[cors]\nmax_age = {"x" * number}\n',
                f'[cors] max_age = {"x" * 60} ... (glance-api.conf, line 2) '
                'is refused: the target takes a whole number. The API does '
                'not start.',
            )
            for number in (61, known.LONGEST)
        ),
        (
            '[cors]\nallow_credentials = perhaps\n',
            '[cors] allow_credentials = perhaps (glance-api.conf, line 2) is '
            'refused: the target takes true or false. The API does not start.',
        ),
        (
            '[wsgi]\ntask_pool_threads = 0\n',
            '[wsgi] task_pool_threads = 0 (glance-api.conf, line 2) is '
            'refused: the target takes a whole number of at least 1. The API '
            'does not start.',
        ),
        (
            '[DEFAULT]\nenabled_backends = a:file\n'
            '[a]\nfilesystem_store_timeout = -1\n',
            '[a] filesystem_store_timeout = -1 (glance-api.conf, line 4) is '
            'refused: the target takes a whole number of at least 0. The API '
            'does not start.',
        ),
        (
            KEYSTONE + '[keystone_authtoken]\ntoken_cache_time = long\n',
            '[keystone_authtoken] token_cache_time = long (glance-api.conf, '
            'line 4) is refused: the target takes a whole number. The API '
            'does not start.',
        ),
        (
            KEYSTONE + '[DEFAULT]\nallow_anonymous_access = perhaps\n',
            '[DEFAULT] allow_anonymous_access = perhaps (glance-api.conf, '
            'line 4) is refused: the target takes true or false. Who has no '
            'valid token is answered with 500 in place of 401, so that '
            'clients do not renew theirs.',
        ),
        (
            '[DEFAULT]\nimage_member_quota = many\n',
            '[DEFAULT] image_member_quota = many (glance-api.conf, line 2) '
            'is refused: the target takes a whole number. Images cannot be '
            'shared.',
        ),
        (
            '[DEFAULT]\nimage_tag_quota = many\n',
            '[DEFAULT] image_tag_quota = many (glance-api.conf, line 2) is '
            'refused: the target takes a whole number. Images cannot be '
            'created.',
        ),
        *(
            (
                f'[DEFAULT]\n{name} =\n',
                f'[DEFAULT] {name} = (glance-api.conf, line 2) is refused: it '
                f'is empty, and Glance compares it with numbers. {end}',
            )
            for name, end in (
                ('image_size_cap', 'Images cannot be uploaded.'),
                ('image_member_quota', 'Images cannot be shared.'),
                ('image_tag_quota', 'Images cannot be created.'),
                ('image_property_quota', 'Images cannot be created.'),
                ('api_limit_max', 'Requests for images fail.'),
                ('limit_param_default', 'Requests for images fail.'),
            )
        ),
        (
            '[image_import_opts]\nmax_parallel_stores = 0\n',
            '[image_import_opts] max_parallel_stores = 0 (glance-api.conf, '
            'line 2) is refused: the target takes a whole number of at least '
            '1. Images cannot be imported.',
        ),
        (
            '[task]\ntask_time_to_live =\n',
            '[task] task_time_to_live = (glance-api.conf, line 2) is refused: '
            'it is empty, and Glance compares it with numbers. Images cannot '
            'be imported.',
        ),
        *(
            (
                f'{stores}[{section}]\nfilesystem_store_file_perm =\n',
                f'[{section}] filesystem_store_file_perm = (glance-api.conf, '
                f'line {line}) is refused: it is empty, and Glance compares '
                'it with numbers. The API does not start.',
            )
            for stores, section, line in (
                ('', 'glance_store', 2),
                (
                    '[DEFAULT]\nenabled_backends = fast:file\n',
                    'backend_defaults',
                    4,
                ),
            )
        ),
        (
            '[DEFAULT]\nstate_path = /a\nimage_size_cap = $state_path\n',
            '[DEFAULT] image_size_cap = $state_path (glance-api.conf, line 3) '
            'is refused: the target has no option state_path that '
            '$state_path could be. Images cannot be uploaded.',
        ),
        (
            '[DEFAULT]\npublic_endpoint = http://a/$no_such.option\n',
            '[DEFAULT] public_endpoint = http://a/$no_such.option '
            '(glance-api.conf, line 2) is refused: the target has no option '
            'no_such.option that $no_such.option could be. Requests for '
            'images fail.',
        ),
        (
            '[key_manager]\nbackend = $nothing\n',
            '[key_manager] backend = $nothing (glance-api.conf, line 2) is '
            'refused: the target has no option nothing that $nothing could '
            'be. Requests for images fail.',
        ),
        (
            '[glance_store]\nstores = $nothing\n',
            '[glance_store] stores = $nothing (glance-api.conf, line 2) is '
            'refused: the target has no option nothing that $nothing could '
            'be. Requests for images fail.',
        ),
        (
            '[DEFAULT]\nenabled_import_methods = [glance-download]\n'
            '[glance_download_properties]\nextra_properties = $nothing\n',
            '[glance_download_properties] extra_properties = $nothing '
            '(glance-api.conf, line 4) is refused: the target has no option '
            'nothing that $nothing could be. Requests for images fail.',
        ),
        (
            '[database]\nconnection = sqlite:///$nothing\n',
            '[database] connection (glance-api.conf, line 2) is refused: the '
            'target has no option nothing that $nothing could be. Requests '
            'for images fail.',
        ),
        (
            '[taskflow_executor]\nmax_workers = 0\n',
            '[taskflow_executor] max_workers = 0 (glance-api.conf, line 2) '
            'is refused: the target takes a whole number of at least 1. '
            'Images cannot be imported.',
        ),
        (
            '[import_filtering_opts]\nallowed_ports = [http]\n',
            '[import_filtering_opts] allowed_ports = [http] '
            '(glance-api.conf, line 2) is refused: the target takes a list, '
            'each a whole number from 1 to 65535. Images cannot be imported.',
        ),
        (
            '[DEFAULT]\nenabled_backends = fast:file\n'
            '[fast]\nfilesystem_store_chunk_size = 0\n',
            '[fast] filesystem_store_chunk_size = 0 (glance-api.conf, line '
            '4) is refused: the target takes a whole number of at least 1. '
            'The API does not start.',
        ),
        (
            '[DEFAULT]\nenabled_backends = fast:rbd\n'
            '[fast]\nrbd_store_chunk_size = large\n',
            '[fast] rbd_store_chunk_size = large (glance-api.conf, line 4) '
            'is refused: the target takes a whole number of at least 1. '
            'Images cannot be uploaded.',
        ),
    ],
)
def test_values_that_stop_the_api(
    tmp_path: pathlib.Path, text: str, message: str
) -> None:
    assert found(tmp_path, checkers.make(tmp_path, text)) == [
        ('value-refused', results.FAILURE, message)
    ]


@pytest.mark.parametrize(
    'text',
    [
        # Read by what this configuration does not use.
        '[keystone_authtoken]\ntoken_cache_time = long\n',
        '[DEFAULT]\ntransport_url = kafka://mq/\n'
        '[oslo_messaging_rabbit]\nheartbeat_rate = often\n',
        '[DEFAULT]\ntransport_url = kafka://mq/\n'
        '[oslo_messaging_rabbit]\nrpc_conn_pool_size = many\n',
        '[profiler]\ntrace_sqlalchemy = perhaps\n',
        '[profiler]\nenabled = false\ntrace_sqlalchemy = perhaps\n',
        '[glance_store]\nstores = rbd\ndefault_store = rbd\n'
        'filesystem_store_timeout = -1\n',
        '[DEFAULT]\nenabled_backends = a:file\n'
        '[glance_store]\nfilesystem_store_timeout = -1\n',
        # Which stores there are is not known.
        '[DEFAULT]\nenabled_backends = $stores\n'
        '[glance_store]\nfilesystem_store_timeout = -1\n',
        # Read by nothing that was tried.
        '[DEFAULT]\nimage_location_quota = many\n',
        '[DEFAULT]\nallow_anonymous_access = perhaps\n',
        '[paste_deploy]\nflavor = caching\n'
        '[DEFAULT]\nallow_anonymous_access = $nothing\n',
        '[DEFAULT]\nenabled_import_methods = [glance-direct]\n'
        '[import_filtering_opts]\nallowed_ports = [http]\n',
        '[taskflow_executor]\nconversion_format = tape\n',
        '[barbican]\nauth_endpoint = $nothing\n',
        '[barbican_service_user]\nauth_url = $nothing\n',
        '[DEFAULT]\nscrub_pool_size = $nothing\n',
        '[key_manager]\npassword = pa$word\n',
        '[image_format]\nrequire_image_format_match = $nothing\n',
        '[glance_download_properties]\nextra_properties = $nothing\n',
        '[DEFAULT]\nenabled_import_methods = [web-download]\n'
        '[glance_download_properties]\nextra_properties = $nothing\n',
        '[DEFAULT]\nenabled_backends = a:file\n'
        '[glance_store]\nstores = $nothing\n',
        '[DEFAULT]\nscrub_time = $nothing\n',
        '[oslo_limit]\nauth_url = $nothing\n',
        '[DEFAULT]\nuse_keystone_limits = false\n'
        '[oslo_limit]\nauth_url = $nothing\n',
        # Read by a plug-in of imports.
        '[image_conversion]\noutput_format = RAW\n',
        '[inject_metadata_properties]\ninject = $nothing\n',
        '[image_import_opts]\nimage_import_plugins = [image_conversion]\n'
        '[inject_metadata_properties]\nignore_user_roles = $nothing\n',
        '[image_import_opts]\nimage_import_plugins = [inject_image_metadata]\n'
        '[image_conversion]\noutput_format = $nothing\n',
        # Read late.
        '[oslo_concurrency]\nlock_path = $state_path/lock\n',
        '[keystone_authtoken]\nusername = $nobody\n',
        '[DEFAULT]\nhttp_retries = many\n',
    ],
)
def test_values_that_are_read_late_or_never(
    tmp_path: pathlib.Path, text: str
) -> None:
    checker = checkers.make(tmp_path, text)
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', results.WARNING)
    ]


@pytest.mark.parametrize(
    ('value', 'end'),
    [
        (
            '$nothing',
            'the target has no option nothing that $nothing could be. Its '
            'default is taken.',
        ),
        ('often', 'the target takes a whole number. What reads it fails.'),
    ],
)
def test_values_in_whose_place_oslo_db_takes_its_default(
    tmp_path: pathlib.Path, value: str, end: str
) -> None:
    text = f'[database]\ndb_max_retries = {value}\n'
    assert found(tmp_path, checkers.make(tmp_path, text)) == [
        (
            'value-refused',
            results.WARNING,
            f'[database] db_max_retries = {value} (glance-api.conf, line 2) '
            f'is refused: {end}',
        )
    ]


@pytest.mark.parametrize(
    ('plugin', 'text', 'end'),
    [
        (
            'image_conversion',
            '[image_conversion]\noutput_format = RAW\n',
            'Images cannot be imported.',
        ),
        (
            'inject_image_metadata',
            '[inject_metadata_properties]\nignore_user_roles = $nothing\n',
            'Requests for images fail.',
        ),
    ],
)
def test_an_option_of_a_plug_in_of_imports(
    tmp_path: pathlib.Path, plugin: str, text: str, end: str
) -> None:
    text += f'[image_import_opts]\nimage_import_plugins = [no_op, {plugin}]\n'
    checker = checkers.make(tmp_path, text)
    ((name, result, message),) = found(tmp_path, checker)
    assert (name, result) == ('value-refused', results.FAILURE)
    assert message.endswith(f' {end}')


@pytest.mark.parametrize(
    'text',
    [
        '[barbican]\nverify_ssl = $nothing\n',
        '[DEFAULT]\nscrub_time = $nothing\ndelayed_delete = true\n',
        '[oslo_limit]\nauth_type = $nothing\n',
        '[oslo_limit]\nauth_url = $nothing\n'
        '[DEFAULT]\nuse_keystone_limits = true\n',
        '[import_filtering_opts]\nallowed_ports = $nothing\n',
        '[import_filtering_opts]\nallowed_ports = 80,$nothing\n',
    ],
)
def test_a_reference_to_nothing_that_is_read(
    tmp_path: pathlib.Path, text: str
) -> None:
    checker = checkers.make(tmp_path, text)
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', results.FAILURE)
    ]


def test_the_worst_is_told_first(tmp_path: pathlib.Path) -> None:
    text = '[DEFAULT]\nhttp_retries = many\n[cors]\nmax_age = long\n'
    told = found(tmp_path, checkers.make(tmp_path, text))
    assert [result for _name, result, _message in told] == [
        results.FAILURE,
        results.WARNING,
    ]


@pytest.mark.parametrize(
    ('target', 'expected'),
    [
        ('30', [('value-refused', results.FAILURE)]),
        # It takes the value of [backend_defaults], or its default.
        ('31', []),
    ],
)
def test_an_empty_number_of_a_store(
    tmp_path: pathlib.Path, target: str, expected: list[tuple[str, int]]
) -> None:
    text = (
        '[DEFAULT]\nenabled_backends = fast:file\n'
        '[fast]\nfilesystem_store_file_perm =\n'
    )
    checker = checkers.make(tmp_path, text, target=target)
    assert [item[:2] for item in found(tmp_path, checker)] == expected


@pytest.mark.parametrize(
    ('target', 'flavor', 'result'),
    [
        ('24', 'keystone', results.FAILURE),
        ('23', 'keystone', results.WARNING),
        ('23', 'keystone+caching', results.FAILURE),
    ],
)
def test_a_directory_of_a_cache_that_is_off(
    tmp_path: pathlib.Path, target: str, flavor: str, result: int
) -> None:
    text = (
        '[DEFAULT]\nimage_cache_dir = $nothing\n'
        f'[paste_deploy]\nflavor = {flavor}\n'
    )
    checker = checkers.make(tmp_path, text, target=target)
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', result)
    ]


NAMED = '[DEFAULT]\nenabled_backends = a:swift, b:swift, c:file\n'
SEED = 'swift_store_multiple_containers_seed ='
BY_DEFAULT = f'{NAMED}[glance_store]\ndefault_backend = a\n[a]\n'
SINGLE = '[glance_store]\nstores = file,swift\n'


@pytest.mark.parametrize(
    ('target', 'text', 'result'),
    [
        ('33', f'{BY_DEFAULT}{SEED} 33\n', results.FAILURE),
        ('33', f'{BY_DEFAULT}{SEED} 32\n', None),
        ('33', f'{BY_DEFAULT}{SEED}\n', None),
        ('30', f'{BY_DEFAULT}{SEED}\n', results.FAILURE),
        (
            '33',
            f'{BY_DEFAULT}{SEED} 33\nswift_store_multi_tenant = true\n',
            results.WARNING,
        ),
        ('33', f'{BY_DEFAULT}[b]\n{SEED} 33\n', results.WARNING),
        (
            '33',
            f'{BY_DEFAULT}[backend_defaults]\n{SEED} 33\n',
            results.FAILURE,
        ),
        (
            '33',
            f'{BY_DEFAULT}{SEED} 3\n[backend_defaults]\n{SEED} 33\n',
            results.WARNING,
        ),
        (
            '33',
            f'[DEFAULT]\nenabled_backends = a\n[glance_store]\n{SEED} 33\n',
            results.WARNING,
        ),
        ('33', f'{SINGLE}default_store = swift\n{SEED} 33\n', results.FAILURE),
        ('33', f'{SINGLE}default_store = swift\n{SEED}\n', results.FAILURE),
        ('33', f'{SINGLE}{SEED} 33\n', results.WARNING),
        ('33', f'[glance_store]\n{SEED} 33\n', results.WARNING),
    ],
)
def test_a_number_of_containers_that_swift_does_not_make(
    tmp_path: pathlib.Path, target: str, text: str, result: int | None
) -> None:
    checker = checkers.make(tmp_path, text, target=target)
    assert [item[:2] for item in found(tmp_path, checker)] == (
        [] if result is None else [('value-refused', result)]
    )


SHIPPED = 'backends = disable_by_file\ndisable_by_file_path = '
OTHERS = 'backends = disable_by_files_ports , enable_by_files\nx = '


@pytest.mark.parametrize(
    ('option', 'there', 'read'),
    [
        ('detailed', SHIPPED, True),
        ('detailed', 'detailed = true\nx = ', False),
        ('backends', SHIPPED, False),
        ('backends', 'x = ', True),
        ('disable_by_file_path', SHIPPED, False),
        ('disable_by_file_path', OTHERS, False),
        ('disable_by_file_path', 'x = ', False),
        ('disable_by_file_path', 'backends = disable_by_file\nx = ', True),
        ('disable_by_file_paths', SHIPPED, False),
        ('disable_by_file_paths', OTHERS, True),
        ('enable_by_file_paths', SHIPPED, False),
        ('enable_by_file_paths', OTHERS, True),
    ],
)
def test_a_healthcheck_and_its_options_in_the_paste_file(
    tmp_path: pathlib.Path, option: str, there: str, read: bool
) -> None:
    assert shipped(33).count(SHIPPED) == 1
    file = shipped(33).replace(SHIPPED, there)
    text = f'[healthcheck]\n{option} = $nothing\n'
    checker = deployed(tmp_path, text, file)
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', results.FAILURE if read else results.WARNING)
    ]


@pytest.mark.parametrize(
    ('changes', 'read'),
    [
        ([], True),
        # It does not load.
        ([('[filter:cors]', '[filter:other]')], True),
        ([('/healthcheck = healthcheck\n', '')], False),
    ],
)
def test_a_healthcheck_that_is_not_loaded(
    tmp_path: pathlib.Path, changes: list[tuple[str, str]], read: bool
) -> None:
    file = shipped(33)
    for old, new in changes:
        assert old in file
        file = file.replace(old, new)
    checker = deployed(tmp_path, '[healthcheck]\ndetailed = maybe\n', file)
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', results.FAILURE if read else results.WARNING)
    ]


@pytest.mark.parametrize('value', ['disable_by_file', 'a, disable_by_file'])
def test_a_healthcheck_whose_options_say_what_it_reads(
    tmp_path: pathlib.Path, value: str
) -> None:
    file = shipped(33).replace(SHIPPED, 'x = ')
    text = f'[healthcheck]\nbackends = {value}\ndisable_by_file_path = $none\n'
    checker = deployed(tmp_path, text, file)
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', results.FAILURE)
    ]


def test_a_healthcheck_of_old(tmp_path: pathlib.Path) -> None:
    text = '[healthcheck]\npath = $nothing\n'
    checker = checkers.make(tmp_path, text, target='18')
    assert [item[:2] for item in found(tmp_path, checker)] == [
        ('value-refused', results.FAILURE)
    ]


def test_a_choice_that_a_release_takes_away(tmp_path: pathlib.Path) -> None:
    text = '[oslo_messaging_rabbit]\nkombu_reconnect_delay = 5\n'
    before = checkers.make(tmp_path, text, target='23')
    assert found(tmp_path, before) == []
    after = checkers.make(tmp_path, text, target='24')
    ((_id, _result, message),) = found(tmp_path, after)
    assert 'the target takes a number from 0.0 to 4.5' in message


def test_a_list_of_half_a_million(tmp_path: pathlib.Path) -> None:
    text = f'[cors]\nallowed_origin = {"http://x," * 450_000}\n'
    checker = checkers.make(tmp_path, text)
    start = time.monotonic()
    assert found(tmp_path, checker) == []
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ('kind', 'text'),
    [
        ('String', 'a text'),
        ({'name': 'String', 'choices': ['', 'a']}, "one of '', a"),
        ({'name': 'Integer', 'max': 4}, 'a whole number of at most 4'),
        ({'name': 'Port', 'min': 1, 'max': 9}, 'a port number from 1 to 9'),
        (
            {'name': 'List', 'item_type': 'Integer'},
            'a list, each a whole number',
        ),
        ('NoSuchType', 'a text'),
    ],
)
def test_what_a_kind_takes(kind: object, text: str) -> None:
    assert kinds.described(kind) == text
