# SPDX-License-Identifier: Apache-2.0
"""Entry points by release."""

from glance_status import releases
from glance_status.releases import points


def test_drivers_come_and_go() -> None:
    group = 'oslo.messaging.drivers'
    lasting = {'fake', 'kafka', 'kombu', 'rabbit'}
    found = {
        major: points.names(group, releases.find(major))
        for major in ('17', '18', '29', '30', '33')
    }
    assert found == {
        '17': lasting | {'amqp', 'zmq'},
        '18': lasting | {'amqp'},
        '29': lasting | {'amqp'},
        '30': lasting,
        '33': lasting,
    }


def test_the_last_release_of_a_driver() -> None:
    group = 'oslo.messaging.drivers'
    assert points.last(group, 'amqp') == releases.find('29')
    assert points.last(group, 'rabbit') is None
    assert points.last(group, 'unheard-of') is None
