#!/usr/bin/env bash
# Prints how large mdlc is and how fast it starts, as the tables of docs/installing.md. Usage: compiler/dist/measure.sh [RUNS]
# Before: ./mvnw package -DskipTests. Needs bash 5 and unzip; measure on a machine that does nothing else.
set -euo pipefail
runs=${1:-10}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/.mvn/find-jdk.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
zip=$(ls "$root"/compiler/dist/target/mdlc-*.zip)
unzip -q "$zip" -d "$work"
mdlc=$(echo "$work"/mdlc-*)/bin/mdlc
jar=$(dirname "$mdlc")/../lib/mdlc.jar
digits=$root/examples/digits/digits.mdl
natives=-Dorg.bytedeco.javacpp.cachedir=$work/natives
java=$JAVA_HOME/bin/java
export XDG_CACHE_HOME=$work/cache JDK_JAVA_OPTIONS=$natives

megabytes() { # of the files given
  cat "$@" | wc -c | awk '{ printf "%.1f MB", $1 / 1e6 }'
}

now() { echo "${EPOCHREALTIME/[.,]/}"; } # microseconds

# The median of all runs, in seconds, of a command.
seconds() {
  for ((run = 0; run < runs; run++)); do
    local begin
    begin=$(now)
    "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
    echo $(($(now) - begin))
  done | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f s", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2e6 }'
}

# Trains until the bar shows the first step, then ends it.
first_step() {
  { "$@" train "$digits" --epochs 1 --verbose 1 2>/dev/null || true; } | head -c 16 | grep -q '1/'
}

learnt() { # whether a cache of the kind is there
  compgen -G "$work/cache/mdlc/$1-*.aot" >/dev/null
}

runtime_jars() {
  "$root/mvnw" -B -q -ntp -f "$root/runtime/pom.xml" dependency:build-classpath -DincludeScope=runtime \
    -Dmdep.outputFile="$work/classpath" >/dev/null
  { cat "$work/classpath" && echo; } | tr ':' '\n'
  ls "$root"/runtime/target/mdlc-runtime-*.jar
}

mapfile -t runtime < <(runtime_jars)
echo "| what | size |"
echo "|---|---|"
echo "| \`mdlc.jar\` | $(megabytes "$jar") |"
echo "| zip | $(megabytes "$zip") |"
echo "| \`mdlc-runtime\` with all it needs, ${#runtime[@]} jars | $(megabytes "${runtime[@]}") |"
first_step "$mdlc"
echo "| native libraries, unpacked at the first training | $(find "$work/natives" -type f -print0 | xargs -0 cat | wc -c | awk '{ printf "%.1f MB", $1 / 1e6 }') |"

uncached=$(XDG_CACHE_HOME=/dev/null seconds "$mdlc" check "$digits")
uncached_step=$(XDG_CACHE_HOME=/dev/null seconds first_step "$mdlc")
"$mdlc" check "$digits" >/dev/null
until learnt quick && learnt running; do sleep 1; done
for kind in quick running; do
  echo "| AOT cache for commands that $([ $kind = quick ] && echo compute nothing || echo run a model) | $(megabytes "$work"/cache/mdlc/$kind-*.aot) |"
done
echo
echo "| command | time, median of $runs |"
echo "|---|---|"
echo "| \`mdlc --help\` | $(seconds "$mdlc" --help) |"
echo "| \`mdlc check digits.mdl\` | $(seconds "$mdlc" check "$digits") |"
echo "| \`mdlc check digits.mdl\`, no cache yet | $uncached |"
echo "| \`java -jar mdlc.jar check digits.mdl\` | $(seconds "$java" -jar "$jar" check "$digits") |"
echo "| \`mdlc train digits.mdl\`, to the end of the first step | $(seconds first_step "$mdlc") |"
echo "| \`mdlc train digits.mdl\`, to the end of the first step, no cache yet | $uncached_step |"
echo "| \`java -jar mdlc.jar train digits.mdl\`, to the end of the first step | $(seconds first_step "$java" -jar "$jar") |"
