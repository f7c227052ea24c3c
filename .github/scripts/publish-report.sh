#!/usr/bin/env bash
# Publish build/report and build/history under a name on the branch of the pages. Other names stay as they are.
# usage: publish-report.sh NAME
# The branch has one commit always: what must be remembered is in the history files, which are bounded themselves.
set -euo pipefail
name=$1
branch=${PAGES_BRANCH:-gh-pages}
origin=$(git remote get-url origin)
site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT

publish() {
  rm -rf "${site:?}"/* "$site/.git"
  git init --quiet --initial-branch "$branch" "$site"
  # The credentials with which this clone was checked out; actions/checkout keeps them in a file that its configuration includes.
  while read -r key value; do git -C "$site" config "$key" "$value"; done < <(git config --local --includes --get-regexp '^http\..*extraheader$' || true)
  git -C "$site" remote add origin "$origin"
  lease=""
  if git -C "$site" fetch --quiet --depth 1 origin "$branch" 2> /dev/null; then
    lease=$(git -C "$site" rev-parse FETCH_HEAD)
    git -C "$site" archive FETCH_HEAD | tar --extract --directory "$site"
  fi
  rm -rf "${site:?}/$name"
  cp --recursive build/report "$site/$name"
  cp --recursive build/history "$site/$name/history"
  touch "$site/.nojekyll"
  {
    echo '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>QuiltOps acceptance</title><h1>QuiltOps acceptance</h1><ul>'
    for folder in "$site"/*/; do
      each=$(basename "$folder")
      echo "<li><a href=\"$each/index.html\">$each</a></li>"
    done
    echo '</ul></html>'
  } > "$site/index.html"
  git -C "$site" add --all
  git -C "$site" -c user.name="QuiltOps acceptance" -c user.email="acceptance@users.noreply.github.com" \
    commit --quiet --message "Publish the report of $name"
  git -C "$site" push --quiet --force-with-lease="$branch:$lease" origin "HEAD:$branch"
}

attempts=8
for attempt in $(seq "$attempts"); do
  # Not "if publish": in a condition bash goes on after a command that failed.
  publish &
  if wait "$!"; then
    echo "Published $name."
    exit 0
  fi
  echo "It was not published; perhaps somebody else did at the same time (attempt $attempt of $attempts)." >&2
  # Each waits for another time, lest those who met meet again.
  [ "$attempt" -eq "$attempts" ] || sleep "$((RANDOM % ${PUBLISH_PAUSE_SECONDS:-10} + 1))"
done
exit 1
