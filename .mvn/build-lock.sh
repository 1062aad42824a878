# Sourced by ./mdlc: lets one process build at a time. $lock is a link whose target is the process id of its owner, so that
# there is never a lock without an owner. A lock whose owner is gone is taken over, by one of those who wait.

take_lock() {
  waiting=
  until ln -s $$ "$lock" 2>/dev/null; do
    if is_abandoned && ln -s $$ "$lock.takeover" 2>/dev/null; then
      # Looked at again now that nobody else can remove it: another may have taken over since, and build.
      if is_abandoned; then rm -f "$lock"; fi
      rm -f "$lock.takeover"
    else
      [ -n "$waiting" ] || echo "Waiting for another build of mdlc (if there is none, remove $lock*) ..." >&2
      waiting=yes
      sleep 1
    fi
  done
}

# Whether the owner is gone and has left its lock. The link is read again after the owner was seen to be gone: before that it
# may still have released it, and another may have taken it.
is_abandoned() {
  owner=$(readlink "$lock") && ! is_running "$owner" && [ "$(readlink "$lock")" = "$owner" ]
}

# A process of somebody else cannot be signalled, but it is there.
is_running() {
  kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ]
}

release_lock() {
  rm -f "$lock"
}
