#!/usr/bin/env bash
# Every verb has a manual page that renders without a warning and names every option of --help.
set -euo pipefail
command -v groff >/dev/null || { echo "skipped: no groff"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pages=0
vaults=(
    create list describe delete upload retrieve download remove inventory adopt
    jobs job uploads abort treehash search
    "notify topics" "notify subscriptions" "notify subscribe" "notify unsubscribe" "notify sync"
    "notify show" "notify off"
    "policy show" "policy set" "policy remove"
    "lock show" "lock start" "lock complete" "lock abort"
    "tags show" "tags set" "tags remove"
    "retrieval-policy show" "retrieval-policy set"
)
vaults=("${vaults[@]/#/vault }")
options_of() {
    grep -v "^ZGLACIER_STORE" "$1" | grep -oE -- "(^|[ ,])--[a-z-]+" | tr -d ' ,' | sort -u
}
for verb in "" init backup list verify restore thaw copy policy "stream inspect" "catalog rebuild" \
    "${vaults[@]}"; do
    "$ZGLACIER" man "${verb// /-}" >"$tmp/page.8"
    # shellcheck disable=SC2086
    "$ZGLACIER" $verb --help >"$tmp/help"
    groff -man -Tutf8 -P-c -ww -rLL=120n "$tmp/page.8" 2>"$tmp/warnings" |
        sed 's/.\x08//g' >"$tmp/text"
    [ ! -s "$tmp/warnings" ] || {
        cat "$tmp/warnings"
        echo "warnings in the page of '$verb'"
        exit 1
    }
    for section in NAME SYNOPSIS DESCRIPTION "EXIT STATUS"; do
        grep -q "$section" "$tmp/text" || { echo "no $section in the page of '$verb'"; exit 1; }
    done
    if [ -n "$verb" ]; then
        for option in $(options_of "$tmp/help"); do
            [ "$option" = --help ] || grep -qF -- "$option" "$tmp/text" || {
                echo "$option is not in the page of '$verb'"
                exit 1
            }
        done
    fi
    pages=$((pages + 1))
done
! "$ZGLACIER" man nosuch 2>/dev/null
echo "$pages pages"
