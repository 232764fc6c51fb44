# SPDX-License-Identifier: Apache-2.0
"""The page about faults says what the table of the tests does."""

import collections

from tests.faults import page, table


def test_the_page_has_the_tables_of_the_tests() -> None:
    """``python -m tests.faults.page`` brings them up to date."""
    text = page.PAGE.read_text('utf-8')
    assert page.rendered(text) == text


def test_the_page_has_a_row_for_each_fault() -> None:
    text = page.PAGE.read_text('utf-8')
    rows = [line for line in text.splitlines() if line.startswith('   * - ')]
    assert len(rows) - rows.count('   * - Fault') == len(table.FAULTS)


def test_a_fault_of_one_name_is_one_fault_on_each_server() -> None:
    found = collections.Counter(
        (fault.name, server)
        for fault in table.FAULTS
        for server in fault.servers
    )
    assert set(found.values()) == {1}
