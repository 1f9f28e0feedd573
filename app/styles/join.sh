#!/bin/sh
# Joins the styles into one sheet: Atlassian's tokens and reset, page.css, then the sheet of each component. Tokens that
# nothing uses are left out, which makes the sheet 3.5 KB smaller: see app/SIZES.md. The pages that the server renders link
# to the sheet as well, so its address is fixed: /causeway.css.
set -eu
cd "$(dirname "$0")/.."
mkdir -p ../target/styles
sheet=../target/styles/causeway.css
{
  cat styles/atlaskit.css styles/page.css
  find src -name '*.css' | LC_ALL=C sort | while read -r file; do cat "$file"; done
} > "$sheet.all"
cat "$sheet.all" help/help.css help/reference/reference.css > "$sheet.read"
awk '
  NR == FNR { line = $0; while (match(line, /var\( *--ds-[a-z0-9-]+/)) { name = substr(line, RSTART, RLENGTH);
              sub(/.*--ds-/, "--ds-", name); read[name] = 1; line = substr(line, RSTART + RLENGTH) } next }
  /^--ds-/  { name = $0; sub(/:.*/, "", name); if (!(name in read)) next }
  { print }
' "$sheet.read" "$sheet.all" > "$sheet.new"
rm "$sheet.all" "$sheet.read"
mv "$sheet.new" "$sheet"
