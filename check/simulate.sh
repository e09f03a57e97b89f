#!/usr/bin/env bash
# Simulates SEEDS organizations from seed FIRST on, several at once, each in a time zone of its own; not more than MINUTES allow, where that is set.
# TOOL=netflix or TOOL=jellyparks has an older tool watch them instead, of which only is counted what it loses. The last line sums up.
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go}
SEEDS=${SEEDS:-1000} FIRST=${FIRST:-1} MINUTES=${MINUTES:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
$GO test -c -o "$work/simulate" ./src/cmd/ct_anomaly
$GO build -o "$work/oracle" ./src/simulate/oracle
export ORACLE=$work/oracle WORK=$work END=
test -z "$MINUTES" || END=$(($(date +%s) + MINUTES * 60))

one() {
  test -z "$END" || test "$(date +%s)" -lt "$END" || return 0
  zones=(UTC America/New_York Europe/Berlin Asia/Kolkata Pacific/Chatham)
  said=$WORK/$1.said
  (cd src/cmd/ct_anomaly && TZ=${zones[$(($1 % 5))]} SEEDS=1 FIRST=$1 "$WORK/simulate" -test.run '^TestSimulate$' -test.timeout 20m) > "$said" 2>&1 || cat "$said"
  grep '^expected=\|^seeds=' "$said" | tr '\n' ' ' > "$WORK/$1.sum"
  grep -q seeds= "$WORK/$1.sum" || echo "seed $1 came to no end"
  rm "$said"
}
export -f one
export SHELLOPTS
seq "$FIRST" $((FIRST + SEEDS - 1)) | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} bash -c 'one {}' | tee "$work/out"
cat "$work"/*.sum /dev/null | tr ' =' '\n ' | awk -v as="${TOOL:-}" '
  /^[a-z]+ [0-9]+$/ {n[$1] += $2}
  END {if (as) printf "tool=%s seeds=%d expected=%d told=%d lost=%d\n", as, n["seeds"], n["expected"], n["told"], n["lost"]
  else printf "expected=%d told=%d\nseeds=%d lost=%d doubled=%d unseen=%d\n", n["expected"], n["told"], n["seeds"], n["lost"], n["doubled"], n["unseen"]}'
test -n "${TOOL:-}" || ! test -s "$work/out"
