#!/usr/bin/env bash
# Take the history of the reports that were published under a name into build/history, so that this run continues it.
# usage: take-history.sh NAME     (run in a clone; the branch of the pages may not exist yet)
set -euo pipefail
name=$1
branch=${PAGES_BRANCH:-gh-pages}
mkdir -p build/history
found=0
git ls-remote --exit-code --heads origin "$branch" > /dev/null || found=$?
if [ "$found" -eq 2 ]; then # 2: no such branch; all else is a failure, after which the history must not begin anew
  echo "No report was published yet: the history begins with this run."
  exit 0
elif [ "$found" -ne 0 ]; then
  exit "$found"
fi
git fetch --quiet --depth 1 origin "$branch"
git ls-tree --name-only FETCH_HEAD "$name/history/" | while read -r path; do
  git show "FETCH_HEAD:$path" > "build/history/$(basename "$path")"
  echo "Took $path."
done
