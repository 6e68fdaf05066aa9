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
install="ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error"
npm $install
# An older Node than the tools want leaves out their compiled parts, quietly, because those are optional. Then the Node and
# the npm that have just come do it again.
if [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || nodejs -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    . "$src/host/desk/build/env.sh"
    rm -rf .tools
    mkdir .tools
    cp "$node" .tools/node
    cp -R node_modules/npm .tools/npm
    PATH=$ws/.tools:$PATH .tools/node .tools/npm/bin/npm-cli.js $install
fi
cd - >/dev/null
: >"$out"
