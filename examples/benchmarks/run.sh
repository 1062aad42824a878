#!/bin/sh
# Runs a class of the benchmarks as docs/performance.md tells: examples/benchmarks/run.sh Peers mlp_mnist 10
# Builds what it needs at first; after a change, ./mvnw -pl examples/benchmarks -am package -DskipTests builds it again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
. "$root/.mvn/find-jdk.sh"

main=$1
shift
if [ ! -d "$here/target/lib" ]; then
  (cd "$root" && ./mvnw -B -q -ntp -pl examples/benchmarks -am package -DskipTests) >&2
fi
classes=$(ls "$here"/target/mdlc-example-benchmarks-*.jar):$here/target/lib/*
flags="--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xms16m -Xlog:disable"

# An AOT cache for the class and its first argument: made once, by a short run.
cache=$here/target/$main-${1:-}.aot
if [ "$main" = Peers ]; then
  if [ ! -e "$cache" ]; then
    # shellcheck disable=SC2086 # several flags
    "$JAVA_HOME/bin/java" $flags "-XX:AOTCacheOutput=$cache" -cp "$classes" "org.mdlc.benchmarks.$main" "$1" 1 >/dev/null 2>&1
  fi
  flags="$flags -XX:AOTCache=$cache"
fi
# shellcheck disable=SC2086 # several flags
exec "$JAVA_HOME/bin/java" $flags -cp "$classes" "org.mdlc.benchmarks.$main" "$@"
