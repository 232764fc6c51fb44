#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Make the database servers that the functional tests use: MariaDB and
# PostgreSQL on loopback, each with OpenStack's customary user and database
# openstack_citest (password openstack_citest). Beside them, what reads some
# of the report's formats back.
#
# For Debian and Ubuntu, with and without systemd. Run it as root or through
# sudo; a second run changes nothing. These accounts have a public password:
# not for a machine with a database of value.

set -eu

readonly CITEST=openstack_citest
readonly WAIT_SECONDS=60

say() {
    echo "test-setup: $*"
}

die() {
    say "$*" >&2
    exit 1
}

wait_for() {
    local name=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -le "$WAIT_SECONDS" ] \
            || die "$name does not answer after $WAIT_SECONDS seconds"
        sleep 1
    done
}

has_systemd() {
    [ -d /run/systemd/system ]
}

missing_packages() {
    command -v mariadbd >/dev/null && command -v mariadb >/dev/null \
        || echo mariadb-server
    command -v pg_lsclusters >/dev/null \
        && compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null \
        || echo postgresql
    python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || echo python3-venv
    # What builds the Debian package and runs the runbooks and completions.
    local command
    for command in dh:debhelper dh_python3:dh-python fakeroot:fakeroot \
        dpkg-buildpackage:dpkg-dev sphinx-build:python3-sphinx \
        systemd-analyze:systemd zsh:zsh visudo:sudo promtool:prometheus \
        strace:strace; do
        [ -x "/usr/bin/${command%%:*}" ] || [ -x "/usr/sbin/${command%%:*}" ] \
            || echo "${command##*:}"
    done
    for command in bash-completion pybuild-plugin-pyproject python3-all python3-pbr \
        python3-setuptools; do
        # dpkg also knows packages that others only mention.
        dpkg-query -W -f '${db:Status-Status}\n' "$command" 2>/dev/null \
            | grep -qx installed || echo "$command"
    done
    # What reads the formats back: a browser, and Nagios' own library. Ubuntu
    # has its browser as a snap alone, which no container runs.
    if [ "$(. /etc/os-release && echo "$ID")" = debian ]; then
        command -v chromium >/dev/null || echo chromium
    fi
    perl -MMonitoring::Plugin -e 1 2>/dev/null \
        || echo libmonitoring-plugin-perl
}

install_packages() {
    local packages
    packages=$(missing_packages)
    if [ -z "$packages" ]; then
        say "packages: found"
        return
    fi
    # Debian's MariaDB takes the place and the data directory of MySQL.
    if [[ $packages == *mariadb* ]] && command -v mysqld >/dev/null; then
        die "MySQL is installed, and mariadb-server would replace it:" \
            "remove MySQL first, or use another machine"
    fi
    export DEBIAN_FRONTEND=noninteractive
    # Without a locale, PostgreSQL's cluster would be made as SQL_ASCII.
    export LC_ALL=C.UTF-8
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of words
    apt-get install -y -qq $packages >/dev/null
    say "packages: installed" $packages
}

runs() {
    grep -qs "^Name:[[:space:]]*$1" "/proc/$2/status" \
        && ! grep -qs '^State:[[:space:]]*Z' "/proc/$2/status"
}

# A killed server that nobody has reaped (yet), as in a container without an
# init, counts as running with its successor, which then refuses to start.
remove_stale_locks() {
    local name=$1 file pid
    shift
    for file; do
        [ -f "$file" ] || continue
        read -r pid <"$file" || true
        runs "$name" "${pid:-0}" || rm -f "$file"
    done
}

mariadb_answers() {
    mariadb --connect-timeout=5 --batch --execute 'SELECT 1'
}

start_mariadb() {
    if mariadb_answers >/dev/null 2>&1; then
        say "MariaDB: found running"
        return
    fi
    if has_systemd; then
        systemctl start mariadb
    else
        remove_stale_locks mariadbd /run/mysqld/mysqld.pid
        if ! service mariadb start </dev/null >/dev/null 2>&1; then
            install -d -o mysql -g root -m 755 /run/mysqld
            setsid mariadbd-safe --bind-address=127.0.0.1 \
                </dev/null >/dev/null 2>&1 &
        fi
    fi
    wait_for MariaDB mariadb_answers
    say "MariaDB: started"
}

mariadb_citest_answers() {
    mariadb --no-defaults --host=127.0.0.1 --user=$CITEST \
        --password=$CITEST --batch --execute 'SELECT 1' $CITEST
}

mariadb_citest_may_create() {
    mariadb --no-defaults --host=127.0.0.1 --user=$CITEST \
        --password=$CITEST --batch --skip-column-names \
        --execute 'SHOW GRANTS' | grep -q '^GRANT ALL PRIVILEGES ON \*\.\*'
}

setup_mariadb() {
    local host
    if mariadb_citest_answers >/dev/null 2>&1 && mariadb_citest_may_create
    then
        say "MariaDB: found user and database $CITEST"
        return
    fi
    # 127.0.0.1 comes in as localhost, unless the server is told not to
    # resolve names.
    for host in localhost 127.0.0.1; do
        mariadb <<SQL
CREATE USER IF NOT EXISTS '$CITEST'@'$host';
ALTER USER '$CITEST'@'$host' IDENTIFIED BY '$CITEST';
GRANT ALL PRIVILEGES ON *.* TO '$CITEST'@'$host' WITH GRANT OPTION;
SQL
    done
    mariadb --execute "CREATE DATABASE IF NOT EXISTS $CITEST"
    mariadb_citest_answers >/dev/null \
        || die "MariaDB: $CITEST cannot log in over 127.0.0.1"
    say "MariaDB: made user and database $CITEST"
}

as_postgres() {
    (cd / && runuser -u postgres -- "$@")
}

# The cluster on the customary port, as "VERSION NAME".
cluster() {
    pg_lsclusters --no-header | awk '$3 == 5432 { print $1, $2; exit }'
}

postgresql_answers() {
    as_postgres psql --port=5432 --command='SELECT 1' postgres
}

start_postgresql() {
    local found version name
    found=$(cluster)
    if [ -z "$found" ]; then
        version=$(cd /usr/lib/postgresql && ls -1 | sort -V | tail -n 1)
        LC_ALL=C.UTF-8 pg_createcluster --port 5432 "$version" main \
            >/dev/null
        found="$version main"
    fi
    read -r version name <<<"$found"
    if postgresql_answers >/dev/null 2>&1; then
        say "PostgreSQL: found $version/$name running"
        return
    fi
    if has_systemd; then
        systemctl start "postgresql@$version-$name"
    else
        remove_stale_locks postgres \
            "/var/lib/postgresql/$version/$name/postmaster.pid" \
            /var/run/postgresql/.s.PGSQL.5432.lock
        # It warns, with an exit code, of a stale pid file that it removes.
        pg_ctlcluster "$version" "$name" start </dev/null >/dev/null 2>&1 \
            || true
    fi
    wait_for PostgreSQL postgresql_answers
    say "PostgreSQL: started $version/$name"
}

postgresql_citest_answers() {
    PGPASSWORD=$CITEST psql --host=127.0.0.1 --port=5432 \
        --username=$CITEST --no-password --command='SELECT 1' $CITEST
}

postgresql_query() {
    as_postgres psql --port=5432 --quiet --tuples-only --no-align \
        --set=ON_ERROR_STOP=1 --command="$1" postgres
}

setup_postgresql() {
    local ready
    ready=$(postgresql_query "SELECT 1 FROM pg_roles
        WHERE rolname = '$CITEST' AND rolcanlogin AND rolcreatedb
            AND rolcreaterole")
    if [ -n "$ready" ] && postgresql_citest_answers >/dev/null 2>&1; then
        say "PostgreSQL: found role and database $CITEST"
        return
    fi
    [ -n "$(postgresql_query "SELECT 1 FROM pg_roles
        WHERE rolname = '$CITEST'")" ] \
        || postgresql_query "CREATE ROLE $CITEST"
    postgresql_query "ALTER ROLE $CITEST
        LOGIN CREATEDB CREATEROLE PASSWORD '$CITEST'"
    [ -n "$(postgresql_query "SELECT 1 FROM pg_database
        WHERE datname = '$CITEST'")" ] \
        || postgresql_query "CREATE DATABASE $CITEST OWNER $CITEST"
    postgresql_citest_answers >/dev/null \
        || die "PostgreSQL: $CITEST cannot log in over 127.0.0.1"
    say "PostgreSQL: made role and database $CITEST"
}

[ "$(id -u)" -eq 0 ] || die "run me as root: sudo $0"
install_packages
start_mariadb
setup_mariadb
start_postgresql
setup_postgresql
