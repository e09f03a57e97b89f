#!/usr/bin/env bash
# Measures learn against unpacking alone and against what people would run instead, and prints one table: see BENCHMARKS.md.
# Linux only: it pins programs to cores with taskset.
#   GO      the go command
#   CORPUS  where the logs are, or are made and kept; logs of one's own go into CORPUS/logs
#   MB      unpacked size of a corpus that is to be made
#   ROUNDS  how often each program runs, alternating with the others
set -euo pipefail
cd "$(dirname "$0")/.."
GO=${GO:-go} CORPUS=${CORPUS:-build/corpus} MB=${MB:-1600} ROUNDS=${ROUNDS:-3}
shared=../shared/bench

export CGO_ENABLED=0
"$GO" build -trimpath -ldflags '-s -w' -o build/ct_anomaly ./src/cmd/ct_anomaly
for tool in gunzip corpus compare; do "$GO" build -trimpath -o "build/bench/$tool" "./bench/$tool"; done

if [ ! -d "$CORPUS/logs" ]; then
  echo "making a corpus of $MB MB in $CORPUS, once" >&2
  rm -rf "$CORPUS/logs.part" && mkdir -p "$CORPUS/logs.part"
  if [ -f $shared/gen.py ]; then python3 $shared/gen.py "$CORPUS/logs.part" "$MB" >&2; else build/bench/corpus "$CORPUS/logs.part" "$MB"; fi
  mv "$CORPUS/logs.part" "$CORPUS/logs"
fi

rivals=()
if [ -f $shared/rivals.py ]; then
  python=build/venv/bin/python
  if ! $python -c 'import duckdb; assert duckdb.__version__ == "1.4.5"' 2>/dev/null; then
    python3 -m venv build/venv
    $python -m pip install --quiet --disable-pip-version-check duckdb==1.4.5
  fi
  rivals=(-python $python -rivals $shared/rivals.py)
fi
exec build/bench/compare -binary build/ct_anomaly -gunzip build/bench/gunzip -corpus "$CORPUS" -rounds "$ROUNDS" "${rivals[@]}"
