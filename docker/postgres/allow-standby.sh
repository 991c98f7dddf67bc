#!/bin/bash
# Runs once, when the primary's data folder is made: somebody who may only follow, and a slot so that nothing is thrown away before it was sent.
set -euo pipefail
password=$(cat /run/secrets/replication_password)
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$password" << 'SQL'
create role follower with replication login password :'password';
select pg_create_physical_replication_slot('standby');
SQL
echo 'host replication follower all scram-sha-256' >> "$PGDATA/pg_hba.conf"
