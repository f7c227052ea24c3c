#!/usr/bin/env bash
# Propose .github/scenario-seconds.json as it lies here, by a pull request whose branch is renewed each night.
set -euo pipefail
file=.github/scenario-seconds.json
branch=recorded-durations
if git diff --quiet -- "$file"; then
  echo "Nothing took another time."
  exit 0
fi
base=$(git rev-parse --abbrev-ref HEAD)
git checkout --quiet -B "$branch"
git -c user.name="QuiltOps acceptance" -c user.email="acceptance@users.noreply.github.com" \
  commit --quiet --message "Record how long scenarios take" -- "$file"
git push --quiet --force origin "$branch"
if [ "$(gh pr list --head "$branch" --state open --json number --jq length)" -eq 0 ]; then
  gh pr create --base "$base" --head "$branch" --title "Record how long scenarios take" \
    --body "By the nightly run. The parts of a run are cut by it."
fi
