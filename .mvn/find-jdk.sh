# Sourced by ./mdlc, ./mvnw and bin/mdlc of the distribution: sets JAVA_HOME to a JDK of version 25 or newer, or ends with a
# sentence that says what to do. The default `java` may be older; MDLC_JAVA_HOME is looked at first, then JAVA_HOME, then PATH,
# then the folders where JDKs are usually installed.

needed_jdk=25
JAVA_HOME_GIVEN=${JAVA_HOME:-}

# Whether the folder $1 holds a whole JDK (with javac) that is new enough. Reads the file `release`, which starts no JVM.
is_new_enough() {
  [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  major=$(sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release")
  [ -n "$major" ] && [ "$major" -ge "$needed_jdk" ]
}

# The file behind the symbolic links of $1.
behind_links() {
  file=$1
  while [ -h "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  printf '%s\n' "$file"
}

find_jdk() {
  for home in "${MDLC_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    if is_new_enough "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  if on_path=$(command -v java); then
    home=$(dirname "$(dirname "$(behind_links "$on_path")")")
    if is_new_enough "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  fi
  if [ -x /usr/libexec/java_home ] && home=$(/usr/libexec/java_home -v "$needed_jdk+" 2>/dev/null); then
    if is_new_enough "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  fi
  for home in /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/java/* /usr/local/*jdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.local/share/mise/installs/java/* "${HOME:-}"/.asdf/installs/java/*; do
    if is_new_enough "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

if ! JAVA_HOME=$(find_jdk); then
  cat >&2 <<EOF
error: no JDK $needed_jdk or newer was found.
  Looked at MDLC_JAVA_HOME (${MDLC_JAVA_HOME:-not set}), at JAVA_HOME (${JAVA_HOME_GIVEN:-not set}), at the java on the PATH,
  and in the usual folders (/usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks).
  Install one, for example from https://adoptium.net or with \`sdk install java 25-tem\`,
  or set JAVA_HOME to the folder of a JDK $needed_jdk that is already here; then run this command again.
EOF
  exit 1
fi
export JAVA_HOME
