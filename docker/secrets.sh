#!/usr/bin/env bash
# Makes everything secret that docker/compose.yaml names, once: passwords, a token, and certificates for the event store. What is there already
# stays. The folder is for its owner alone and never part of an image or of the repository.
set -euo pipefail
umask 077
folder=${1:-"$(dirname "$0")/secrets"}
days=825
mkdir -p "$folder"
cd "$folder"

word() { openssl rand -base64 33 | tr '+/' '-_'; }
# Whoever runs in a container is not who made the file; the folder above keeps everybody else out.
readable() { chmod 644 "$@"; }

for name in postgres_password replication_password metrics_token grafana_password kurrent_password; do
  [ -s "$name" ] || word > "$name"
  readable "$name"
done

if [ ! -s ca/ca.crt ]; then
  mkdir -p ca
  openssl req -x509 -newkey rsa:3072 -sha256 -days "$days" -nodes -keyout ca.key -out ca/ca.crt -subj "/O=ThreeLoops/CN=threeloops event store" 2> /dev/null
fi
chmod 755 ca
readable ca/ca.crt

for node in kurrent-1 kurrent-2 kurrent-3; do
  mkdir -p "$node"
  if [ ! -s "$node/node.crt" ]; then
    openssl req -newkey rsa:3072 -sha256 -nodes -keyout "$node/node.key" -out "$node/node.csr" -subj "/CN=kurrentdb-node" 2> /dev/null
    openssl x509 -req -in "$node/node.csr" -CA ca/ca.crt -CAkey ca.key -CAserial ca.srl -CAcreateserial -days "$days" -sha256 -out "$node/node.crt" 2> /dev/null \
      -extfile <(printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\nkeyUsage=digitalSignature,keyEncipherment\n' "$node")
    rm "$node/node.csr"
  fi
  chmod 755 "$node"
  readable "$node/node.crt" "$node/node.key"
done

printf 'KURRENTDB_DEFAULT_ADMIN_PASSWORD=%s\nKURRENTDB_DEFAULT_OPS_PASSWORD=%s\n' "$(cat kurrent_password)" "$(cat kurrent_password)" > kurrent.env
printf 'DATABASE_URL=postgresql://threeloops:%s@postgres:5432/threeloops\nEVENT_STORE=kurrentdb://admin:%s@kurrent-1:2113,kurrent-2:2113,kurrent-3:2113/threeloops?tls=true&tlsCaFile=/certs/ca/ca.crt\n' \
  "$(cat postgres_password)" "$(cat kurrent_password)" > engine.env
