#!/bin/sh
# Joins the styles into two sheets. causeway.css: Atlassian's tokens and reset, page.css, then the sheet of each component.
# Tokens that nothing uses are left out, which makes the sheet 3.5 KB smaller: see app/SIZES.md. The pages that the server
# renders link to the sheet as well, so its address is fixed: /causeway.css. charts.css is loaded with the first chart, after
# causeway.css: it has what charts and their screens need, and the tokens that only they use. embed.css stands alone in pages
# of others: charts, what is around them in the Forge app as well, and the tokens that these use.
set -eu
cd "$(dirname "$0")/.."
folder=../target/styles
mkdir -p "$folder"

# The sheets that `find` finds, in the order of their names.
sheets() { find "$@" | LC_ALL=C sort | while read -r file; do cat "$file"; done; }

# The names of the tokens that the sheets use, one a line.
used() {
  awk '{ line = $0; while (match(line, /var\( *--ds-[a-z0-9-]+/)) { name = substr(line, RSTART, RLENGTH);
         sub(/.*--ds-/, "--ds-", name); print name; line = substr(line, RSTART + RLENGTH) } }' "$@" | LC_ALL=C sort -u
}

# Standard input without the tokens that are not named in the file $1.
without_unused() {
  awk -v names="$1" '
    BEGIN    { while ((getline name < names) > 0) read[name] = 1 }
    /^--ds-/ { name = $0; sub(/:.*/, "", name); if (!(name in read)) next }
    { print }
  '
}

cat styles/atlaskit.css styles/page.css > "$folder/all"
sheets src -path src/charts -prune -o -name '*.css' -print >> "$folder/all"
sheets ../edge/chart/src/draw/chart.css src/charts -name '*.css' > "$folder/charts"
used "$folder/all" help/help.css help/reference/reference.css > "$folder/used"
used "$folder/charts" | LC_ALL=C comm -23 - "$folder/used" > "$folder/used-by-charts"
without_unused "$folder/used" < "$folder/all" > "$folder/causeway.css"
# The tokens end where the reset begins.
sed '/^html,/,$d' styles/atlaskit.css | without_unused "$folder/used-by-charts" > "$folder/charts.css"
cat "$folder/charts" >> "$folder/charts.css"
cat ../edge/chart/src/draw/chart.css forge/src/shell.css > "$folder/embed"
used "$folder/embed" > "$folder/used-by-embeds"
sed '/^html,/,$d' styles/atlaskit.css | without_unused "$folder/used-by-embeds" > "$folder/embed.css"
cat "$folder/embed" >> "$folder/embed.css"
rm "$folder/embed" "$folder/used-by-embeds" "$folder/all" "$folder/charts" "$folder/used" "$folder/used-by-charts"
