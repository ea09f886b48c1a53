#!/usr/bin/env bash
# Every command refuses a store that was made by a build from before format 1, says what to do, and
# changes nothing in it.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export ZGLACIER_STATE_DIR=$tmp/state ZGLACIER_ZFS=/bin/true
store=$tmp/store
id=20261123T090523Z-f7441f38
count=0
die() { echo "FAILED: $*" >&2; exit 1; }

# refused COMMAND...: it ends with 1, says why, and has changed nothing.
refused() {
    local got=0
    (cd "$store" && find . -type f -exec sha256sum {} + | sort) >"$tmp/before"
    "$ZGLACIER" "$@" >"$tmp/out" 2>&1 || got=$?
    [ $got = 1 ] || { cat "$tmp/out" >&2; die "exit code $got: $*"; }
    grep -q 'before format 1, and cannot be read' "$tmp/out" || { cat "$tmp/out" >&2; die "$*"; }
    grep -q 'zglacier init' "$tmp/out" || die "no hint: $*"
    (cd "$store" && find . -type f -exec sha256sum {} + | sort) | cmp - "$tmp/before" ||
        die "the store was changed by $*"
    count=$((count + 1))
}
every_command() {
    local at=dir:$store
    refused init --store "$at"
    refused init --store "$at" --dry-run
    refused list --store "$at"
    refused verify --store "$at"
    refused backup --store "$at" tank/home
    refused backup --store "$at" --dry-run tank/home
    refused restore --store "$at" tank/home tank/back
    refused restore --store "$at" --output - tank/home
    refused thaw --store "$at"
    refused catalog rebuild --store "$at"
    refused key check --store "$at" --identity "$tmp/key"
    refused copy --from "$at" --to "dir:$tmp/new"
    refused copy --from "dir:$tmp/new" --to "$at"
}
manifest() {
    mkdir -p "$store/archives/$id"
    echo '{"format": "zglacier manifest", "version": 3}' >"$store/archives/$id/manifest.json"
    echo segment >"$store/archives/$id/000001.zfs"
}
"$ZGLACIER" key generate >"$tmp/key" 2>/dev/null
"$ZGLACIER" init --quiet --store "dir:$tmp/new"

# With its record, without a digest and with one.
mkdir "$store"
cat >"$store/zglacier.json" <<'J'
{
 "format": "zglacier store",
 "version": 2,
 "id": "086f753d8027940e62638a558e176398",
 "created": "2026-11-23T09:05:23Z",
 "options": {}
}
J
every_command
manifest
text=$'{\n "format": "zglacier store",\n "version": 4,\n'
digest=$(printf '%s' "$text" | sha256sum | cut -d' ' -f1)
printf '%s "sha256": "%s"\n}\n' "$text" "$digest" >"$store/zglacier.json"
every_command
# Without a record, and with one of another store.
rm "$store/zglacier.json"
every_command
cp "$tmp/new/zglacier.json" "$store/zglacier.json"
for command in list verify thaw 'catalog rebuild' 'restore tank/home tank/back'; do
    # shellcheck disable=SC2086
    set -- $command
    refused "$@" --store "dir:$store"
done
echo "$count commands refused"
