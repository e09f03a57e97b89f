#!/usr/bin/env bash
# Builds all packages of the app and shows them to Splunk's validators and to our own checks: see make check-app.
# The tools go into build/tools/app, once; only that needs a network.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

readonly app=cloudtrail_anomaly tools=build/tools/app reports=build/check-app
readonly steps=(appinspect slim ksconf bill sdk own)
DIST=${DIST:-dist} GO=${GO:-go}
export PYTHONWARNINGS=ignore

fail() {
  echo "check/app.sh: $1" >&2
  exit 1
}

install_tools() {
  command -v python3 >/dev/null || fail "python3 is needed for Splunk's validators, which are written in Python"
  if ! cmp -s check/requirements.txt $tools/requirements.txt; then
    rm -rf $tools
    python3 -m venv $tools
    $tools/bin/python -m pip install --quiet --disable-pip-version-check -r check/requirements.txt
    cp check/requirements.txt $tools/requirements.txt
  fi
  if ! $tools/bin/python -c 'import magic' 2>/dev/null; then
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -qq --yes libmagic1; fi
    $tools/bin/python -c 'import magic' || fail "AppInspect needs libmagic: apt-get install libmagic1, or brew install libmagic"
  fi
}

unpack() { # each package into a folder of its name
  rm -rf $reports
  local package
  packages=()
  for package in "$DIST/$app-$(<VERSION)"-*.spl; do
    package=$(basename "$package" .spl)
    packages+=("${package#"$app-$(<VERSION)-"}")
    mkdir -p "$reports/${packages[-1]}"
    tar -xzf "$DIST/$package.spl" -C "$reports/${packages[-1]}"
  done
  ((${#packages[@]} == 5)) || fail "5 packages should be in $DIST, and there are ${#packages[@]}"
}

inspect() { # NAME RUN TAGS…: one run of AppInspect. Its exit code says nothing; the report does.
  local report=$reports/$1.$2.json
  $tools/bin/splunk-appinspect inspect "$DIST/$app-$(<VERSION)-$1.spl" --skip-trusted-libraries-update --data-format json --output-file "$report" \
    "${@:3}" >"$reports/$1.$2.log" 2>&1 || true
  [[ -s $report ]] || fail "AppInspect wrote no report on $1: $(tail -n 5 "$reports/$1.$2.log")"
}

appinspect() {
  local name
  for name in "${packages[@]}"; do
    inspect "$name" cloud --included-tags cloud --included-tags private_victoria --included-tags private_classic
    # This tag's check wants no program for x86-64 at all, which only the package for arm64 can do.
    if [[ $name == linux-arm64 ]]; then inspect "$name" all; else inspect "$name" all --excluded-tags aarch64_compatibility; fi
  done
  $tools/bin/python check/appinspect.py "$reports"/*.json
}

slim() {
  local name
  for name in "${packages[@]}"; do
    $tools/bin/slim validate "$reports/$name/$app" >"$reports/$name.slim" 2>&1 || fail "slim on $name: $(<"$reports/$name.slim")"
  done
  $tools/bin/python check/slim.py "$reports"/*.slim
}

ksconf() {
  local confs
  mapfile -t confs < <(find $reports ! -path '*/README/*' '(' -name '*.conf' -o -name '*.meta' ')' | sort)
  ((${#confs[@]} > 0)) || fail "no .conf files are in the packages"
  $tools/bin/ksconf check --quiet "${confs[@]}" >$reports/ksconf.log 2>&1 || fail "ksconf: $(<$reports/ksconf.log)"
  echo "ksconf: ${#confs[@]} files are well-formed"
}

bill() {
  $tools/bin/python check/bill.py "$DIST/$app-$(<VERSION).cdx.json"
  (cd "$DIST" && sha256sum --check --quiet SHA256SUMS)
}

sdk() { # Splunk's SDK reads and writes what the program does, and what the tests of src/modinput hold it against
  local program=$reports/ct_anomaly
  "$GO" build -o $program ./src/cmd/ct_anomaly
  $program --scheme >$reports/scheme.xml
  $program >$reports/stream.xml 2>$reports/stream.log <<XML
<input><server_uri>https://127.0.0.1:9</server_uri><session_key>k</session_key><checkpoint_dir>$PWD/$reports/state</checkpoint_dir>
<configuration><stanza name="ct_anomaly://a &amp; b" app="search"><param name="logs">demo:</param></stanza></configuration></input>
XML
  $tools/bin/python check/sdk_golden.py --check --scheme $reports/scheme.xml --stream $reports/stream.xml
}

own() {
  CHECK_APP_DIST=$(realpath "$DIST") "$GO" test -count=1 -run '^TestPackage' ./src/apptest
}

install_tools
DIST=$DIST GO=$GO ./package.sh
unpack
for step in "${steps[@]}"; do
  echo "== $step"
  "$step"
done
echo "check-app: ${#packages[@]} packages passed ${steps[*]}"
