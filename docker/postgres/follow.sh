#!/bin/bash
# The standby: copies the primary at the first start, then follows its stream. Promoted by: pg_ctl promote.
set -euo pipefail
PGPASSWORD=$(cat /run/secrets/replication_password)
export PGPASSWORD
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  pg_basebackup --host=postgres --username=follower --pgdata="$PGDATA" --slot=standby --wal-method=stream --write-recovery-conf --checkpoint=fast
fi
exec postgres -c hot_standby=on -c max_connections=300
