#!/bin/sh
# Stages the manifests in the build tree and installs there what the lock file names; the source tree is not written to.
set -eu
src=$(cd "$1" && pwd)
ws=$(cd "$2" && pwd)/desk-ws
out=$3
for f in package.json package-lock.json .npmrc host/desk/package.json host/desk-kit/package.json \
    libfinance/desk/package.json libwms/desk/package.json libpeople/desk/package.json; do
    mkdir -p "$ws/$(dirname "$f")"
    cp "$src/$f" "$ws/$f"
done
cd "$ws"
echo "Fetching what the web client is built with (once; -Ddesk=disabled does without)."
npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
cd - >/dev/null
: >"$out"
