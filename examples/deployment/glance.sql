-- The database of the example, at the schema of 2023.1 and 2023.2.
-- Made by tools/make_example.py: do not edit.
BEGIN;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version (version_num)
VALUES ('2023_1_contract01');
CREATE TABLE image_locations (
	id INTEGER NOT NULL,
	image_id VARCHAR(36) NOT NULL,
	value TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	deleted_at DATETIME,
	deleted BOOLEAN NOT NULL,
	meta_data TEXT,
	status VARCHAR(30) DEFAULT 'active' NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(image_id) REFERENCES images (id),
	CHECK (deleted IN (0, 1))
);
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (1, '1a9e0000-0000-4000-8000-000000000001', 'rbd://1a9e0000-0000-4000-8000-000000000000/images/1a9e0000-0000-4000-8000-000000000001/snap', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"store": "ceph"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (2, '1a9e0000-0000-4000-8000-000000000002', 'rbd://1a9e0000-0000-4000-8000-000000000000/images/1a9e0000-0000-4000-8000-000000000002/snap', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"store": "ceph"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (3, '1a9e0000-0000-4000-8000-000000000002', 'file:///var/lib/glance/images/1a9e0000-0000-4000-8000-000000000002', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"store": "local"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (4, '1a9e0000-0000-4000-8000-000000000003', 'rbd://1a9e0000-0000-4000-8000-000000000000/images/1a9e0000-0000-4000-8000-000000000003/snap', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"store": "ceph"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (5, '1a9e0000-0000-4000-8000-000000000004', 'rbd://1a9e0000-0000-4000-8000-000000000000/images/1a9e0000-0000-4000-8000-000000000004/snap', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"backend": "ceph"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (6, '1a9e0000-0000-4000-8000-000000000005', 'sheepdog://127.0.0.1:7000:1a9e0000-0000-4000-8000-000000000005', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"store": "dogs"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (7, '1a9e0000-0000-4000-8000-000000000006', 'sheepdog://127.0.0.1:7000:1a9e0000-0000-4000-8000-000000000006', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"backend": "dogs"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (8, '1a9e0000-0000-4000-8000-000000000007', 'file:///var/lib/glance/images/1a9e0000-0000-4000-8000-000000000007', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (9, '1a9e0000-0000-4000-8000-000000000008', 'http://mirror.example.org:8080/appliance.img', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '{"store": "web"}', 'active');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (10, '1a9e0000-0000-4000-8000-000000000013', 'rbd://1a9e0000-0000-4000-8000-000000000000/images/1a9e0000-0000-4000-8000-000000000013/snap', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', '2026-10-20 08:30:00.000000', 1, '{"store": "ceph"}', 'pending_delete');
INSERT INTO image_locations (id, image_id, value, created_at, updated_at, deleted_at, deleted, meta_data, status)
VALUES (11, '1a9e0000-0000-4000-8000-000000000014', 'sheepdog://127.0.0.1:7000:1a9e0000-0000-4000-8000-000000000014', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', 1, '{"store": "dogs"}', 'deleted');
CREATE TABLE image_members (
	id INTEGER NOT NULL,
	image_id VARCHAR(36) NOT NULL,
	member VARCHAR(255) NOT NULL,
	can_share BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	deleted_at DATETIME,
	deleted BOOLEAN NOT NULL,
	status VARCHAR(20) DEFAULT 'pending' NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(image_id) REFERENCES images (id),
	CONSTRAINT image_members_image_id_member_deleted_at_key UNIQUE (image_id, member, deleted_at),
	CHECK (can_share IN (0, 1)),
	CHECK (deleted IN (0, 1))
);
INSERT INTO image_members (id, image_id, member, can_share, created_at, updated_at, deleted_at, deleted, status)
VALUES (1, '1a9e0000-0000-4000-8000-000000000003', '5e0000000000400080000000000000aa', 0, '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'accepted');
CREATE TABLE image_properties (
	id INTEGER NOT NULL,
	image_id VARCHAR(36) NOT NULL,
	name VARCHAR(255) NOT NULL,
	value TEXT,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	deleted_at DATETIME,
	deleted BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(image_id) REFERENCES images (id),
	CONSTRAINT ix_image_properties_image_id_name UNIQUE (image_id, name),
	CHECK (deleted IN (0, 1))
);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (1, '1a9e0000-0000-4000-8000-000000000001', 'os_distro', 'debian', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (2, '1a9e0000-0000-4000-8000-000000000001', 'hw_disk_bus', 'virtio', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (3, '1a9e0000-0000-4000-8000-000000000002', 'os_distro', 'ubuntu', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (4, '1a9e0000-0000-4000-8000-000000000003', 'hw_firmware_type', 'uefi', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (5, '1a9e0000-0000-4000-8000-000000000003', 'os_glance_importing_to_stores', '', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (6, '1a9e0000-0000-4000-8000-000000000011', 'os_glance_import_task', '1a9e0000-0000-4000-8000-000000000901', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (7, '1a9e0000-0000-4000-8000-000000000011', 'os_glance_importing_to_stores', 'ceph,local', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted_at, deleted)
VALUES (8, '1a9e0000-0000-4000-8000-000000000012', 'stores', 'fast', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
CREATE TABLE image_tags (
	id INTEGER NOT NULL,
	image_id VARCHAR(36) NOT NULL,
	value VARCHAR(255) NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	deleted_at DATETIME,
	deleted BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(image_id) REFERENCES images (id),
	CHECK (deleted IN (0, 1))
);
INSERT INTO image_tags (id, image_id, value, created_at, updated_at, deleted_at, deleted)
VALUES (1, '1a9e0000-0000-4000-8000-000000000001', 'lts', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
INSERT INTO image_tags (id, image_id, value, created_at, updated_at, deleted_at, deleted)
VALUES (2, '1a9e0000-0000-4000-8000-000000000002', 'lts', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0);
CREATE TABLE "images" (
	id VARCHAR(36) NOT NULL,
	name VARCHAR(255),
	size INTEGER,
	status VARCHAR(30) NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	deleted_at DATETIME,
	deleted BOOLEAN NOT NULL,
	disk_format VARCHAR(20),
	container_format VARCHAR(20),
	checksum VARCHAR(32),
	owner VARCHAR(255),
	min_disk INTEGER NOT NULL,
	min_ram INTEGER NOT NULL,
	protected BOOLEAN DEFAULT 0 NOT NULL,
	virtual_size INTEGER,
	visibility VARCHAR(9) DEFAULT 'shared' NOT NULL,
	os_hidden BOOLEAN DEFAULT 0 NOT NULL,
	os_hash_algo VARCHAR(64),
	os_hash_value VARCHAR(128),
	PRIMARY KEY (id)
);
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000001', 'debian-12', 2147483648, 'active', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000001', '5e0000000000400080000000000000aa', 0, 0, 0, NULL, 'public', 0, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000002', 'ubuntu-22.04', 2147483648, 'active', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000002', '5e0000000000400080000000000000aa', 0, 0, 0, NULL, 'public', 0, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000003', 'acme-golden', 2147483648, 'active', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000003', '5e0000000000400080000000000000ac', 0, 0, 1, NULL, 'shared', 0, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000004', 'acme-erp-2019', 2147483648, 'active', '2019-03-04 09:00:00.000000', '2019-03-04 09:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000004', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000004');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000005', 'acme-archive-2018', 2147483648, 'active', '2019-03-04 09:00:00.000000', '2019-03-04 09:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000005', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, NULL, NULL);
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000006', 'acme-archive-2019', 2147483648, 'active', '2019-03-04 09:00:00.000000', '2019-03-04 09:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000006', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 1, NULL, NULL);
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000007', 'centos-7', 2147483648, 'active', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000007', '5e0000000000400080000000000000aa', 0, 0, 0, NULL, 'public', 1, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000008', 'acme-appliance', 2147483648, 'active', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'raw', 'bare', '00000000000000000000000000000008', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000008');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000009', 'acme-lost', 2147483648, 'active', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'qcow2', 'bare', '00000000000000000000000000000009', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'community', 0, 'sha512', '00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000009');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000010', 'acme-uploading', NULL, 'saving', '2024-02-05 10:00:00.000000', '2026-10-20 08:30:00.000000', NULL, 0, 'qcow2', 'bare', NULL, '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, NULL, NULL);
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000011', 'acme-importing', NULL, 'importing', '2024-02-05 10:00:00.000000', '2026-10-20 08:30:00.000000', NULL, 0, 'qcow2', 'bare', NULL, '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, NULL, NULL);
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000012', 'acme-planned', NULL, 'queued', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, 'qcow2', 'bare', NULL, '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, NULL, NULL);
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000013', 'acme-to-be-scrubbed', 2147483648, 'pending_delete', '2024-02-05 10:00:00.000000', '2026-10-20 08:30:00.000000', '2026-10-20 08:30:00.000000', 1, 'qcow2', 'bare', '0000000000000000000000000000000d', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, 'sha512', '0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000d');
INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
VALUES ('1a9e0000-0000-4000-8000-000000000014', 'acme-deleted', 2147483648, 'deleted', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', 1, 'qcow2', 'bare', '0000000000000000000000000000000e', '5e0000000000400080000000000000ac', 0, 0, 0, NULL, 'private', 0, 'sha512', '0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000e');
CREATE TABLE metadef_namespace_resource_types (
	resource_type_id INTEGER NOT NULL,
	namespace_id INTEGER NOT NULL,
	properties_target VARCHAR(80),
	prefix VARCHAR(80),
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	PRIMARY KEY (resource_type_id, namespace_id),
	FOREIGN KEY(namespace_id) REFERENCES metadef_namespaces (id),
	FOREIGN KEY(resource_type_id) REFERENCES metadef_resource_types (id)
);
CREATE TABLE metadef_namespaces (
	id INTEGER NOT NULL,
	namespace VARCHAR(80) NOT NULL,
	display_name VARCHAR(80),
	description TEXT,
	visibility VARCHAR(32),
	protected BOOLEAN,
	owner VARCHAR(255) NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	PRIMARY KEY (id),
	CONSTRAINT uq_metadef_namespaces_namespace UNIQUE (namespace),
	CHECK (protected IN (0, 1))
);
CREATE TABLE metadef_objects (
	id INTEGER NOT NULL,
	namespace_id INTEGER NOT NULL,
	name VARCHAR(80) NOT NULL,
	description TEXT,
	required TEXT,
	json_schema TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(namespace_id) REFERENCES metadef_namespaces (id),
	CONSTRAINT uq_metadef_objects_namespace_id_name UNIQUE (namespace_id, name)
);
CREATE TABLE metadef_properties (
	id INTEGER NOT NULL,
	namespace_id INTEGER NOT NULL,
	name VARCHAR(80) NOT NULL,
	json_schema TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(namespace_id) REFERENCES metadef_namespaces (id),
	CONSTRAINT uq_metadef_properties_namespace_id_name UNIQUE (namespace_id, name)
);
CREATE TABLE metadef_resource_types (
	id INTEGER NOT NULL,
	name VARCHAR(80) NOT NULL,
	protected BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	PRIMARY KEY (id),
	CONSTRAINT uq_metadef_resource_types_name UNIQUE (name),
	CHECK (protected IN (0, 1))
);
CREATE TABLE metadef_tags (
	id INTEGER NOT NULL,
	namespace_id INTEGER NOT NULL,
	name VARCHAR(80) NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(namespace_id) REFERENCES metadef_namespaces (id),
	CONSTRAINT uq_metadef_tags_namespace_id_name UNIQUE (namespace_id, name)
);
CREATE TABLE task_info (
	task_id VARCHAR(36) NOT NULL,
	input TEXT,
	result TEXT,
	message TEXT,
	PRIMARY KEY (task_id),
	FOREIGN KEY(task_id) REFERENCES tasks (id)
);
CREATE TABLE tasks (
	id VARCHAR(36) NOT NULL,
	type VARCHAR(30) NOT NULL,
	status VARCHAR(30) NOT NULL,
	owner VARCHAR(255) NOT NULL,
	expires_at DATETIME,
	created_at DATETIME NOT NULL,
	updated_at DATETIME,
	deleted_at DATETIME,
	deleted BOOLEAN NOT NULL, image_id VARCHAR(36), request_id VARCHAR(64), user_id VARCHAR(64),
	PRIMARY KEY (id),
	CHECK (deleted IN (0, 1))
);
INSERT INTO tasks (id, type, status, owner, expires_at, created_at, updated_at, deleted_at, deleted, image_id, request_id, user_id)
VALUES ('1a9e0000-0000-4000-8000-000000000900', 'api_image_import', 'success', '5e0000000000400080000000000000ac', NULL, '2024-02-05 10:00:00.000000', '2024-02-05 10:00:00.000000', NULL, 0, '1a9e0000-0000-4000-8000-000000000003', NULL, NULL);
INSERT INTO tasks (id, type, status, owner, expires_at, created_at, updated_at, deleted_at, deleted, image_id, request_id, user_id)
VALUES ('1a9e0000-0000-4000-8000-000000000901', 'api_image_import', 'processing', '5e0000000000400080000000000000ac', NULL, '2024-02-05 10:00:00.000000', '2026-10-20 08:30:00.000000', NULL, 0, '1a9e0000-0000-4000-8000-000000000011', NULL, NULL);
CREATE INDEX checksum_image_idx ON images (checksum);
CREATE INDEX created_at_image_idx ON images (created_at);
CREATE INDEX ix_image_locations_deleted ON image_locations (deleted);
CREATE INDEX ix_image_locations_image_id ON image_locations (image_id);
CREATE INDEX ix_image_members_deleted ON image_members (deleted);
CREATE INDEX ix_image_members_image_id ON image_members (image_id);
CREATE INDEX ix_image_members_image_id_member ON image_members (image_id, member);
CREATE INDEX ix_image_properties_deleted ON image_properties (deleted);
CREATE INDEX ix_image_properties_image_id ON image_properties (image_id);
CREATE INDEX ix_image_tags_image_id ON image_tags (image_id);
CREATE INDEX ix_image_tags_image_id_tag_value ON image_tags (image_id, value);
CREATE INDEX ix_images_deleted ON images (deleted);
CREATE INDEX ix_metadef_namespaces_owner ON metadef_namespaces (owner);
CREATE INDEX ix_metadef_ns_res_types_namespace_id ON metadef_namespace_resource_types (namespace_id);
CREATE INDEX ix_metadef_objects_name ON metadef_objects (name);
CREATE INDEX ix_metadef_properties_name ON metadef_properties (name);
CREATE INDEX ix_metadef_tags_name ON metadef_tags (name);
CREATE INDEX ix_tasks_deleted ON tasks (deleted);
CREATE INDEX ix_tasks_image_id ON tasks (image_id);
CREATE INDEX ix_tasks_owner ON tasks (owner);
CREATE INDEX ix_tasks_status ON tasks (status);
CREATE INDEX ix_tasks_type ON tasks (type);
CREATE INDEX ix_tasks_updated_at ON tasks (updated_at);
CREATE INDEX os_hash_value_image_idx ON images (os_hash_value);
CREATE INDEX os_hidden_image_idx ON images (os_hidden);
CREATE INDEX owner_image_idx ON images (owner);
CREATE INDEX updated_at_image_idx ON images (updated_at);
CREATE INDEX visibility_image_idx ON images (visibility);
COMMIT;
