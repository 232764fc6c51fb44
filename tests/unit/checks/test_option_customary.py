# SPDX-License-Identifier: Apache-2.0
"""Configurations that healthy clouds have: what is said of their options."""

import json
import pathlib
import typing

import pytest

from glance_status import context, releases
from glance_status.checks import (
    option_defaults,
    option_deprecated,
    option_gone,
    option_unknown,
    option_values,
)
from glance_status.releases import lifecycle
from tests.unit import checkers

MAJORS = [release.major for release in releases.targets()]

# As Kolla-Ansible writes it; one option stands where nothing reads it.
KOLLA = """
[DEFAULT]
debug = False
log_file = /var/log/kolla/glance/glance-api.log
bind_host = 192.0.2.10
bind_port = 9292
workers = 5
enabled_backends = file:file, rbd:rbd
cinder_catalog_info = volume:cinder:internalURL
transport_url = rabbit://openstack:secret@192.0.2.10:5672//
image_cache_max_size = 10737418240
image_cache_dir = /var/lib/glance/image-cache

[database]
connection = mysql+pymysql://glance:secret@192.0.2.9:3306/glance
connection_recycle_time = 10
max_pool_size = 1
max_retries = -1

[keystone_authtoken]
www_authenticate_uri = https://192.0.2.9:5000
auth_url = https://192.0.2.9:5000
auth_type = password
project_domain_id = default
user_domain_id = default
project_name = service
username = glance
password = secret
cafile = /etc/ssl/certs/ca-certificates.crt
region_name = RegionOne
memcache_security_strategy = ENCRYPT
memcache_secret_key = secret
memcached_servers = 192.0.2.10:11211

[paste_deploy]
flavor = keystone+cachemanagement

[glance_store]
default_backend = rbd

[file]
filesystem_store_datadir = /var/lib/glance/images/

[rbd]
rbd_store_user = glance
rbd_store_pool = images
rbd_store_ceph_conf = /etc/ceph/ceph.conf

[os_glance_tasks_store]
filesystem_store_datadir = /var/lib/glance/tasks_work_dir

[os_glance_staging_store]
filesystem_store_datadir = /var/lib/glance/staging

[oslo_middleware]
enable_proxy_headers_parsing = True

[oslo_concurrency]
lock_path = /var/lib/glance/tmp

[oslo_messaging_notifications]
transport_url = rabbit://openstack:secret@192.0.2.10:5672//
driver = messagingv2
topics = notifications

[oslo_messaging_rabbit]
amqp_durable_queues = true

[cors]
allowed_origin = https://192.0.2.9
"""

# As OpenStack-Ansible does.
ANSIBLE = """
[DEFAULT]
use_stderr = False
debug = False
use_journal = True
fatal_deprecations = False
bind_host = 192.0.2.20
bind_port = 9292
http_keepalive = True
backlog = 4096
workers = 4
transport_url = rabbit://glance:secret@192.0.2.20:5671//glance?ssl=1
image_cache_dir = /var/lib/glance/cache/
image_cache_stall_time = 86400
image_cache_max_size = 10737418240
show_image_direct_url = True
show_multiple_locations = True
enabled_backends = file:file,http:http,cinder:cinder

[task]
task_executor = taskflow

[database]
connection = mysql+pymysql://glance:secret@192.0.2.9/glance?charset=utf8
max_overflow = 50
max_pool_size = 5
pool_timeout = 30
connection_recycle_time = 600

[keystone_authtoken]
insecure = False
auth_type = password
auth_url = http://192.0.2.9:5000/v3
www_authenticate_uri = https://cloud.example.com:5000
project_domain_id = default
user_domain_id = default
project_name = service
username = glance
password = secret
region_name = RegionOne
service_token_roles_required = True
service_token_roles = service
memcached_servers = 192.0.2.20:11211
token_cache_time = 300
memcache_security_strategy = ENCRYPT
memcache_secret_key = secret

[oslo_policy]
policy_file = policy.yaml
policy_default_rule = default
policy_dirs = policy.d

[oslo_messaging_rabbit]
rabbit_qos_prefetch_count = 0

[oslo_messaging_notifications]
topics = notifications
driver = noop

[paste_deploy]
flavor = keystone+caching

[glance_store]
default_backend = file

[file]
filesystem_store_datadir = /var/lib/glance/images/

[cinder]
cinder_catalog_info = block-storage:cinder:internalURL
cinder_store_user_name = glance

[profiler]
enabled = False

[oslo_middleware]
enable_proxy_headers_parsing = True

[cors]
allow_headers = origin,content-md5,x-auth-token
allow_methods = GET,POST,PUT,PATCH,DELETE
allowed_origin = https://cloud.example.com
"""

# As OpenStack-Helm does; the options of Ceph's pool are its own.
HELM = """
[DEFAULT]
log_config_append = /etc/glance/logging.conf
workers = 1
enable_v1_api = False
enabled_backends = rbd:rbd
transport_url = rabbit://glance:secret@rabbitmq:5672/glance
[oslo_middleware]
enable_proxy_headers_parsing = true
[keystone_authtoken]
service_token_roles = service
service_token_roles_required = true
auth_type = password
auth_version = v3
auth_url = http://keystone-api:5000/v3
username = glance
password = secret
user_domain_name = service
project_domain_name = service
project_name = service
region_name = RegionOne
memcache_security_strategy = ENCRYPT
memcache_secret_key = secret
memcached_servers = memcached:11211
[glance_store]
default_backend = rbd
filesystem_store_datadir = /var/lib/glance/images
cinder_catalog_info = volumev3::internalURL
rbd_store_chunk_size = 8
rbd_store_replication = 3
rbd_store_crush_rule = replicated_rule
rbd_store_pool = glance.images
rbd_store_user = glance
default_swift_reference = ref1
swift_store_container = glance
swift_store_create_container_on_put = true
swift_store_config_file = /etc/glance/swift-store.conf
swift_store_endpoint_type = internalURL
[rbd]
rbd_store_chunk_size = 8
rbd_store_replication = 3
rbd_store_crush_rule = replicated_rule
rbd_store_pool = glance.images
rbd_store_user = glance
[paste_deploy]
flavor = keystone
[database]
connection = mysql+pymysql://glance:secret@mariadb:3306/glance
max_retries = -1
[oslo_concurrency]
lock_path = /var/lib/glance/tmp
[oslo_messaging_notifications]
driver = messagingv2
[oslo_messaging_rabbit]
rabbit_ha_queues = true
[oslo_policy]
policy_file = /etc/glance/policy.yaml
"""

# As devstack and the installation guide do, with one store.
GUIDE = """
[DEFAULT]
use_keystone_limits = False
[database]
connection = mysql+pymysql://glance:secret@controller/glance
[keystone_authtoken]
www_authenticate_uri = http://controller:5000
auth_url = http://controller:5000
memcached_servers = controller:11211
auth_type = password
project_domain_name = Default
user_domain_name = Default
project_name = service
username = glance
password = secret
interface = public
[paste_deploy]
flavor = keystone
[glance_store]
stores = file,http
default_store = file
filesystem_store_datadir = /var/lib/glance/images/
[image_import_opts]
image_import_plugins = ['no_op']
[oslo_messaging_notifications]
driver = messagingv2
"""


def judged(checker: context.Checker) -> set[tuple[str, str]]:
    """Return id and option of all findings but notes."""
    return {
        (item.id, item.affected.sample[0] if item.affected else '')
        for check in (
            option_gone.check_gone,
            option_deprecated.check_deprecated,
            option_unknown.check_unknown,
            option_values.check_values,
            option_defaults.check_defaults,
        )
        for item in check(checker)
        if item.result
    }


@pytest.mark.parametrize('text', [KOLLA, ANSIBLE, HELM, GUIDE])
@pytest.mark.parametrize('major', MAJORS)
def test_customary_deployments(
    tmp_path: pathlib.Path, text: str, major: int
) -> None:
    for target in {major, min(major + 1, MAJORS[-1])}:
        checker = checkers.make(
            tmp_path, text, source=str(major), target=str(target)
        )
        assert judged(checker) == set()


# The default of one release that the next one does not have, and deprecates.
EXPECTED = {
    (
        22,
        'option-deprecated',
        '[oslo_messaging_rabbit] heartbeat_in_pthread',
    ),
}


@pytest.mark.parametrize('major', MAJORS)
def test_every_option_at_its_default(
    tmp_path: pathlib.Path, major: int
) -> None:
    text = sample(major)
    for target in {major, min(major + 1, MAJORS[-1])}:
        checker = checkers.make(
            tmp_path, text, source=str(major), target=str(target)
        )
        unexpected = {(target, *found) for found in judged(checker)} - EXPECTED
        assert unexpected == set()


def sample(major: int) -> str:
    """Return a file that sets each option of a release to its default."""
    lines = []
    for table, lives in lifecycle.knowledge().tables.items():
        if table == lifecycle.AUTH or table.startswith(lifecycle.BACKEND):
            continue
        lines.append(f'[{table}]')
        for name, life in lives.items():
            option = life.read_at(major)
            if option and option.default is not None and not option.beside:
                lines += [f'{name} = {text}' for text in written(option)]
    return '\n'.join([*lines, ''])


def written(option: lifecycle.Option) -> list[str]:
    """Return the texts of a default as they stand in a file."""
    value: typing.Any = option.default
    if isinstance(value, dict):
        return [','.join(f'{key}:{item}' for key, item in value.items())]
    if option.multi:
        return [str(item) for item in value]
    if isinstance(value, list):
        text = ','.join(str(item) for item in value)
        bounds = isinstance(option.kind, dict) and option.kind.get('bounds')
        return [f'[{text}]' if bounds else text]
    if isinstance(value, bool):
        return [json.dumps(value)]
    return [str(value).replace('$', '$$')]
