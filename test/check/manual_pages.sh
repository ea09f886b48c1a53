#!/usr/bin/env bash
# Every verb has a manual page that renders without a warning and names every option of --help-all.
set -euo pipefail
command -v groff >/dev/null || { echo "skipped: no groff"; exit 77; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$ZGLACIER" man --list >"$tmp/verbs"
# The list is complete: each line is another verb, and the common ones are among them.
[ "$(sort -u "$tmp/verbs" | wc -l)" = "$(wc -l <"$tmp/verbs")" ]
for verb in init backup restore key-generate key-check stream-inspect catalog-rebuild vault-list \
    vault-retrieval-policy-set; do
    grep -qx -- "$verb" "$tmp/verbs" || { echo "man --list lacks $verb"; exit 1; }
done
[ "$(wc -l <"$tmp/verbs")" -ge 45 ] || { echo "man --list is short"; exit 1; }
options_of() {
    grep -oE -- "(^|[ ,])--[a-z-]+" "$1" | tr -d ' ,' | sort -u
}
pages=0
while read -r verb; do
    # shellcheck disable=SC2086  # none for the program's page
    "$ZGLACIER" man $verb >"$tmp/page.8"
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
        "$ZGLACIER" help --help-all "$verb" >"$tmp/help"
        for option in $(options_of "$tmp/help"); do
            grep -qF -- "$option" "$tmp/text" || {
                echo "$option is not in the page of '$verb'"
                exit 1
            }
        done
        grep -q -- --json "$tmp/text" || { echo "no --json in the page of '$verb'"; exit 1; }
    fi
    pages=$((pages + 1))
done < <(echo; cat "$tmp/verbs")
"$ZGLACIER" man | groff -man -Tutf8 -P-c -rLL=200n | sed 's/.\x08//g' >"$tmp/text"
while read -r verb; do
    grep -qE -- "zglacier.$verb\(8\)" "$tmp/text" || { echo "man zglacier lacks $verb"; exit 1; }
done <"$tmp/verbs"
# Two spellings of one page.
cmp <("$ZGLACIER" man key generate) <("$ZGLACIER" man key-generate)
! "$ZGLACIER" man nosuch 2>/dev/null
echo "$pages pages"
