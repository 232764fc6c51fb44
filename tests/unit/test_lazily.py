# SPDX-License-Identifier: Apache-2.0
"""What few runs have a use for is not loaded, and works all the same."""

import pathlib
import subprocess
import sys

BEGIN = """
import sys
from glance_status import cli, lazily
before = list(sys.meta_path)
"""
LOADED = """
print([name for name in ('netaddr', 'rfc3986') if name in sys.modules])
print([name for name in ('netaddr.ip', 'rfc3986.misc') if name in sys.modules])
print(sys.meta_path == before)
"""


def said(program: str) -> list[str]:
    """Return the lines that a program prints in a process of its own."""
    found = subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.splitlines()


def test_a_run_imports_them_and_loads_none(tmp_path: pathlib.Path) -> None:
    conf = tmp_path / 'glance-api.conf'
    conf.write_text('[DEFAULT]\nenabled_backends = one:file\n')
    words = ['--config-file', str(conf), 'upgrade', 'check', '--from', '17']
    program = f'{BEGIN}\nprint(cli.main({words}))\n{LOADED}'
    # Without a database: the exit code is that of it.
    assert said(program)[-4:] == [
        '255',
        "['netaddr', 'rfc3986']",
        '[]',
        'True',
    ]


def test_who_uses_one_has_it() -> None:
    program = f"""{BEGIN}
with lazily.imported():
    from oslo_config import cfg, types
{LOADED}
print(types.HostAddress()('::1'), types.URI()('http://a/b'))
{LOADED}
"""
    assert said(program) == [
        "['netaddr', 'rfc3986']",
        '[]',
        'True',
        '::1 http://a/b',
        "['netaddr', 'rfc3986']",
        "['netaddr.ip', 'rfc3986.misc']",
        'True',
    ]


def test_they_are_loaded_before_others_use_them() -> None:
    program = f"""{BEGIN}
lazily.load()
with lazily.imported():
    from oslo_config import cfg
lazily.load()
{LOADED}
"""
    assert said(program)[1:] == ["['netaddr.ip', 'rfc3986.misc']", 'True']


def test_what_is_there_already_stays_as_it_is() -> None:
    program = f"""{BEGIN}
import netaddr
mine = netaddr
with lazily.imported():
    from oslo_config import types
print(types.netaddr is mine, type(mine).__name__)
"""
    assert said(program) == ['True module']


def test_who_lacks_one_hears_of_it_as_ever() -> None:
    program = f"""{BEGIN}
sys.path.clear()
with lazily.imported():
    try:
        import netaddr
    except ModuleNotFoundError as error:
        print(error)
"""
    assert said(program) == ["No module named 'netaddr'"]
