#!/usr/bin/env bash
# Builds packages of the app, ready to be installed in Splunk: ./package.sh [NAME…], all of them without a name.
#
#   linux-x86_64    for Linux on x86-64, also for Splunk Cloud
#   linux-arm64     for Linux on arm64
#   windows-x86_64  for Windows
#   linux-windows   for both x86-64 platforms
#   collector       for forwarders, both x86-64 platforms: collects, and has nothing to search or look at
#
# Runs on Linux. The same source and tools give the same bytes. Only all packages together get SHA256SUMS and a bill of materials.
#   DIST               where they go, from the top of the source (dist)
#   GO                 the go command
#   SOURCE_DATE_EPOCH  the time of every file in them, in seconds since 1970 (that of the last commit)
set -euo pipefail
cd "$(dirname "$0")"
umask 022

readonly app=cloudtrail_anomaly budget=$((20 << 20))
readonly names=(linux-x86_64 linux-arm64 windows-x86_64 linux-windows collector)
export GO=${GO:-go} DIST=${DIST:-dist}

# One setting of each that bears on the bytes, whatever the builder's own are.
export LC_ALL=C TZ=UTC GOFLAGS=-buildvcs=false GOWORK=off CGO_ENABLED=0 GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT= GOFIPS140=off
unset GOOS GOARCH

fail() {
  echo "package.sh: $1" >&2
  exit 1
}

platforms() { # NAME: what it holds programs for
  case $1 in
    linux-x86_64) echo linux/amd64 ;;
    linux-arm64) echo linux/arm64 ;;
    windows-x86_64) echo windows/amd64 ;;
    linux-windows | collector) echo linux/amd64 windows/amd64 ;;
    *) fail "no package is called $1; there are ${names[*]}" ;;
  esac
}

place() { # PLATFORM: where splunkd looks for the program
  case $1 in
    linux/amd64) echo linux_x86_64/bin/ct_anomaly ;;
    windows/amd64) echo windows_x86_64/bin/ct_anomaly.exe ;;
    linux/arm64) echo bin/ct_anomaly ;; # splunkd has no folder for this platform
  esac
}

tools() {
  command -v "$GO" >/dev/null || fail "there is no $GO command; install Go as go.mod says, or set GO"
  for tar in tar gtar; do
    if "$tar" --version 2>/dev/null | grep -q 'GNU tar'; then return; fi
  done
  fail "GNU tar is needed for packages that are the same everywhere; install it as tar or gtar"
}

read_version() {
  version=$(<VERSION)
  [[ $version =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)$ ]] || fail "VERSION holds \"$version\"; it must be MAJOR.MINOR.PATCH, the last two below 100"
  build=$((BASH_REMATCH[1] * 10000 + BASH_REMATCH[2] * 100 + BASH_REMATCH[3]))
  ((build > 0)) || fail "VERSION holds 0.0.0, which Splunk takes for no version"
  time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}
  [[ $time =~ ^[0-9]+$ ]] || fail "SOURCE_DATE_EPOCH is \"$time\"; it must be seconds since 1970"
}

program() { # PLATFORM: where its program is built
  case $1 in
    windows/*) echo "$work/${1/\//-}/ct_anomaly.exe" ;;
    *) echo "$work/${1/\//-}/ct_anomaly" ;;
  esac
}

compile() { # PLATFORM: builds its program, once
  local path size
  path=$(program "$1")
  if [[ -f $path ]]; then return; fi
  GOOS=${1%/*} GOARCH=${1#*/} "$GO" build -trimpath -ldflags "-s -w -X main.version=$version" -o "$path" ./src/cmd/ct_anomaly
  size=$(stat -c %s "$path")
  ((size <= budget)) || fail "the program for $1 has $size bytes, over its budget of $budget"
}

# shared lists the files of app/ that a package has, but for what a developer's own Splunk leaves there when app/ is linked into it.
shared() { # NAME
  local odd
  odd=$(find app ! -type f ! -type d)
  [[ -z $odd ]] || fail "app/ may hold nothing but files and folders: $odd"
  if [[ $1 == collector ]]; then
    (cd app && find README README.md app.manifest bin/README default/{app,inputs,props}.conf metadata/default.meta -type f)
  else
    (cd app && find . -name '.?*' -prune -o '(' -path ./local -o -path './*_x86_64' -o -path './bin/ct_anomaly*' -o -path ./metadata/local.meta ')' -prune -o -type f -print)
  fi
}

stage() { # NAME PLATFORM…: makes its folder as it will be installed
  local name=$1 root=$work/$1/$app platform files file
  shift
  files=$(shared "$name")
  while IFS= read -r file; do install -D -m 0644 "app/$file" "$root/$file"; done <<<"$files"
  for platform; do
    compile "$platform"
    install -D -m 0755 "$(program "$platform")" "$root/$(place "$platform")"
  done
  install -m 0644 LICENSE "$root/LICENSE.txt"
  install -D -m 0644 docs/operations.md "$root/docs/operations.md"
  "$parts" licences "$@" >"$root/THIRD_PARTY.txt"
  sed -i "s/@VERSION@/$version/; s/@BUILD@/$build/" "$root/default/app.conf" "$root/app.manifest"
  if [[ $name == collector ]]; then
    sed -i 's/^is_visible = true$/is_visible = false/' "$root/default/app.conf"
    sed -i 's/"_search_heads", "_forwarders"/"_forwarders"/' "$root/app.manifest"
  fi
}

pack() { # NAME: packs its folder
  local file=$app-$version-$1.spl
  "$tar" --create --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" --directory="$work/$1" $app | gzip -n -9 >"$work/$file"
  mv "$work/$file" "$DIST/$file"
  built+=("$file")
}

# seal writes what goes with the whole set. Those of an older set would not hold for a package that is built alone.
seal() {
  local bill=$app-$version.cdx.json programs platform
  rm -f "$DIST/SHA256SUMS" "$DIST/$bill"
  [[ $* == "${names[*]}" ]] || return 0
  programs=()
  for platform in linux/amd64 linux/arm64 windows/amd64; do programs+=("$(program "$platform")"); done
  "$parts" bill -version "$version" -time "$time" "${programs[@]}" "${built[@]/#/$DIST/}" >"$DIST/$bill"
  (cd "$DIST" && sha256sum "${built[@]}" "$bill" >SHA256SUMS)
}

table() {
  local file path
  printf '%-48s %10s\n' package bytes
  for file in "${built[@]}"; do printf '%-48s %10d\n' "$file" "$(stat -c %s "$DIST/$file")"; done
  printf '\n%-48s %10s %10s\n' program bytes budget
  for path in "$work"/*-*/ct_anomaly*; do printf '%-48s %10d %10d\n' "${path#"$work"/}" "$(stat -c %s "$path")" "$budget"; done
}

if (($# == 0)); then set -- "${names[@]}"; fi
for name; do platforms "$name" >/dev/null; done
tools
read_version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$DIST"
parts=$work/parts built=()
"$GO" build -o "$parts" ./check/parts
for name; do
  # shellcheck disable=SC2046 # a list of words
  stage "$name" $(platforms "$name")
  pack "$name"
done
seal "$@"
table
