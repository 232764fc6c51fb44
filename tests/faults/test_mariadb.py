# SPDX-License-Identifier: Apache-2.0
"""The faults of the table that are made with a MariaDB of their own."""

from collections import abc

import pytest

from tests.faults import judging, scene, table
from tests.faults.fault import Fault


@pytest.fixture(scope='module')
def where() -> abc.Iterator[scene.Scene]:
    with scene.on_server('mariadb') as made:
        yield made


@pytest.mark.parametrize('fault', table.on('mariadb'), ids=table.name)
def test_a_fault_is_seen_as_the_table_says(
    fault: Fault, where: scene.Scene
) -> None:
    judging.look(where, fault)
