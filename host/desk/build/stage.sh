#!/bin/sh
# stage.sh SOURCE WORKSPACE FOLDER …: brings the workspace's copies of these folders up to date; what is, stays untouched.
set -eu
src=$1
ws=$2
shift 2
for f in tsconfig.json biome.json; do cmp -s "$src/$f" "$ws/$f" || cp "$src/$f" "$ws/$f"; done
for d in "$@"; do
    mkdir -p "$ws/$d"
    diff -rq -x node_modules -x dist -x gen -x coverage -x package.json "$src/$d" "$ws/$d" >/dev/null && continue
    find "$ws/$d" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name dist ! -name gen ! -name package.json -exec rm -rf {} +
    (cd "$src/$d" && tar cf - --exclude=./node_modules --exclude=./package.json .) | (cd "$ws/$d" && tar xf -)
done
