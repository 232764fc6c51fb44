# SPDX-License-Identifier: Apache-2.0
"""The options of Glance that checks read."""

import pathlib

from glance_status import options
from tests.unit import checkers


def test_a_check_reads_what_is_set_and_no_default(
    tmp_path: pathlib.Path,
) -> None:
    conf = checkers.make(
        tmp_path,
        '[DEFAULT]\nuse_syslog = yes\nenabled_backends = a:file, b:rbd\n'
        '[oslo_policy]\npolicy_dirs = one\npolicy_dirs = two\n',
    ).conf
    for _ in range(2):
        assert options.glance(conf) is conf
    assert (
        conf.use_syslog,
        conf.enabled_backends,
        conf.oslo_policy.policy_dirs,
        conf.use_journal,
        conf.paste_deploy.flavor,
    ) == (True, {'a': 'file', 'b': 'rbd'}, ['one', 'two'], None, None)
