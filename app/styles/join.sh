#!/bin/sh
# Joins the styles into one sheet: Atlassian's tokens and reset, what every page has, then each component's own.
# Server-rendered pages link to it too, so its address is fixed: /causeway.css.
set -eu
cd "$(dirname "$0")/.."
mkdir -p ../target/styles
{
  cat styles/atlaskit.css styles/page.css
  find src -name '*.css' | LC_ALL=C sort | while read -r file; do cat "$file"; done
} > ../target/styles/causeway.css.new
mv ../target/styles/causeway.css.new ../target/styles/causeway.css
