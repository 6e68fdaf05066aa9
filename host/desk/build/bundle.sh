#!/bin/sh
# One bundle: staged, built by Vite, packed, weighed.
set -eu
src=$(cd "$1" && pwd)
bld=$(cd "$2" && pwd)
name=$3
dir=$4
out=$5
dep=$6
budget=$7
ws=$bld/desk-ws
. "$src/host/desk/build/env.sh"
exec 9>"$ws/.lock"
flock 9 # bundles share the workspace
sh "$src/host/desk/build/stage.sh" "$src" "$ws" host/desk-kit "$dir"
[ "$dir" = host/desk ] || mkdir -p "$ws/$dir"
(
    cd "$ws"
    if [ "$name" = desk ]; then
        "$node" node_modules/openapi-typescript/bin/cli.js "$bld/host/desk/openapi.json" \
            -o host/desk-kit/gen/openapi.ts
    fi
    "$node" node_modules/vite/bin/vite.js build "$dir" --config "$dir/vite.config.ts" --logLevel warn
) >"$bld/desk-$name.log" 2>&1 || { cat "$bld/desk-$name.log" >&2; exit 1; }
"$node" "$src/host/desk/build/pack.mjs" "$ws/$dir/dist" "$out" "$budget"
{
    printf '%s:' "$out"
    find "$src/$dir" "$src/host/desk-kit" "$src/host/desk/build" "$src/tsconfig.json" -type f \
        ! -path '*/node_modules/*' ! -path '*/dist/*' ! -path '*/e2e/*' -printf ' \\\n %p'
    echo
} >"$dep"
