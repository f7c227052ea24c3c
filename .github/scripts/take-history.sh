#!/usr/bin/env bash
# Take the history of the reports that were published under a name into build/history, so that this run continues it.
# usage: take-history.sh NAME     (run in a clone; the branch of the pages may not exist yet)
# A private repository is read with the token in GH_TOKEN: the clone has none, since code of the repository runs in it.
set -euo pipefail
name=$1
branch=${PAGES_BRANCH:-gh-pages}
if [ -n "${GH_TOKEN:-}" ]; then
  basic=$(printf 'x-access-token:%s' "$GH_TOKEN" | base64 --wrap=0)
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:-https://github.com}/.extraheader"
  export GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $basic"
fi
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
