#!/bin/bash
# The topics that the engine reads and writes: of each three copies, two of which must be written. Facts and readings stay ten days.
set -euo pipefail
make() {
  local topic=$1 partitions=$2 keepMs=$3
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka-1:9092,kafka-2:9092,kafka-3:9092 --create --if-not-exists --topic "threeloops.$topic" \
    --partitions "$partitions" --replication-factor 3 --config min.insync.replicas=2 --config retention.ms="$keepMs"
}
tenDays=864000000
make facts.incident 12 "$tenDays"
make facts.reference 1 "$tenDays"
make facts.figures 1 "$tenDays"
make commands 6 "$tenDays"
make sensor-readings 12 "$tenDays"
make dead-letters 1 -1
