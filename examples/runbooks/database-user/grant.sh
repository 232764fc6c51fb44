#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Print the SQL that makes a database user for glance-status, who may read
# the tables of Glance and do nothing else. Read it, and pipe it into the
# client of an administrator:
#
#   grant.sh mariadb DATABASE USER HOST <password-file | mariadb
#   grant.sh postgresql DATABASE USER   <password-file | psql DATABASE
#
# The password is the first line of standard input: on a command line, others
# could see it. A user of this name must not exist yet; nothing is changed
# then.

set -eu

die() {
    echo "grant.sh: $*" >&2
    exit 2
}

usage() {
    die "usage: grant.sh mariadb DATABASE USER HOST |" \
        "grant.sh postgresql DATABASE USER"
}

read_password() {
    [ ! -t 0 ] || printf 'Password of the new user: ' >&2
    IFS= read -r -s password || true
    [ -n "$password" ] || die "the password is empty"
    # They would have to be quoted otherwise on each server, and in URLs.
    [[ $password != *[\'\\]* ]] \
        || die "the password has a quote or a backslash: choose another"
}

name() {
    [[ $2 =~ ^[A-Za-z0-9_-]+$ ]] \
        || die "$1 $2: only letters, digits, _ and - are understood"
}

# MySQL as well. Privileges are those of the whole database, so that they
# cover the tables that later releases bring. In GRANT, _ stands for any
# character.
mariadb_sql() {
    local database=$1 user=$2 host=$3
    [[ $host =~ ^[A-Za-z0-9.:%_/-]+$ ]] \
        || die "HOST $host: only letters, digits and . : % _ / - are understood"
    cat <<SQL
CREATE USER '$user'@'$host' IDENTIFIED BY '$password';
GRANT SELECT ON \`${database//_/\\_}\`.* TO '$user'@'$host';
SQL
}

# Default privileges cover the tables that later releases bring, which belong
# to who made the others.
postgresql_sql() {
    local database=$1 user=$2
    cat <<SQL
\\set ON_ERROR_STOP on
BEGIN;
CREATE ROLE "$user" LOGIN PASSWORD '$password';
ALTER ROLE "$user" SET default_transaction_read_only = on;
GRANT CONNECT ON DATABASE "$database" TO "$user";
GRANT USAGE ON SCHEMA public TO "$user";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO "$user";
SELECT DISTINCT format(
    'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public '
    'GRANT SELECT ON TABLES TO "$user"', tableowner)
FROM pg_tables WHERE schemaname = 'public' \\gexec
COMMIT;
SQL
}

[ $# -ge 3 ] || usage
name DATABASE "$2"
name USER "$3"
case $1/$# in
    mariadb/4) read_password; mariadb_sql "$2" "$3" "$4" ;;
    postgresql/3) read_password; postgresql_sql "$2" "$3" ;;
    *) usage ;;
esac
