# Sourced by ./mdlc and by bin/mdlc of the distribution: start_mdlc runs mdlc in a JVM that fits the command, and does not
# return. Before: JAVA_HOME; $classes, the class path; $build, a file that changes when mdlc does; $caches, a folder.
#
# An AOT cache holds classes loaded and linked. The first use of a kind of JVM has one made, in the background and after that
# use has ended; where nothing can be written, every start is a slow one. A cache that does not fit is passed over.

start_mdlc() {
  kind=quick
  # A hint only: mdlc itself looks whether it has what a command needs, and starts again if not.
  case " $* " in
    *" train "* | *" evaluate "* | *" predict "* | *" export "* | *" doctor "* | *" --profile "*) kind=running ;;
  esac
  # Another JDK, another build of mdlc or another place of either: another cache.
  key=$(LC_ALL=C ls -lniL "$JAVA_HOME/release" "$build" | cksum)
  cache=$caches/$kind-${key%% *}.aot
  if [ ! -e "$cache" ] && mkdir -p "$caches" 2>/dev/null && [ -w "$caches" ]; then
    learn_to_start &
  fi
  java_for "$kind" "-XX:AOTCache=$cache" org.mdlc.cli.Main "$@"
}

# Becomes a JVM of a kind, $1, with one more option, $2.
java_for() {
  flags=--enable-native-access=ALL-UNNAMED
  if [ "$1" = running ]; then
    flags="$flags --add-modules jdk.incubator.vector"
  else
    flags="$flags -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
    case "${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-}" in
      *GC*) ;; # two collectors are refused: the user's it is
      *) flags="$flags -XX:+UseSerialGC" ;;
    esac
  fi
  option=$2
  shift 2
  # shellcheck disable=SC2086 # several flags
  exec "$JAVA_HOME/bin/java" $flags -Xlog:disable "$option" -cp "$classes" "$@"
}

learn_to_start() {
  exec </dev/null >/dev/null 2>&1 # not at the call: sh would keep those of the caller, who waits for their end
  # Of the environment only properties, such as where native libraries go: a debugger or a small heap is for that command.
  properties=
  for word in ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-}; do
    case $word in -D*) properties="$properties $word" ;; esac
  done
  unset JDK_JAVA_OPTIONS _JAVA_OPTIONS
  export JAVA_TOOL_OPTIONS="$properties"
  while kill -0 $$; do sleep 1; done # the command at hand has the cores for itself
  find "$caches" -name '*.making' -mmin +10 -exec rmdir {} +
  mkdir "$cache.making" || return 0 # somebody else learns
  rm -f "$cache.new" "$cache.new".* # of one that was ended
  # A JVM that has no such caches is asked once: the empty file says so.
  (java_for "$kind" "-XX:AOTCacheOutput=$cache.new" org.mdlc.cli.Rehearsal "$kind") && [ -s "$cache.new" ] || : >"$cache.new"
  mv "$cache.new" "$cache"
  rmdir "$cache.making"
  find "$caches" -name '*.aot' -atime +60 -exec rm -f {} +
}
