# shellcheck shell=bash disable=SC2034 # its variables are for those who source it
# Shared by the set-up tools: saying what happens, and Debian packages where we may install them.

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=$root/.venv/bin/python
home=${CHECKER_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/reproducibility-checker}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# install PACKAGE…: the distribution's packages; a mirror that stumbles is asked again.
install() {
    say "installing $* from the distribution's packages"
    local log try
    log=$(mktemp)
    for try in 1 2 3; do
        if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
            rm -f "$log"
            return 0
        fi
        sleep $((try * 3))
    done
    tail -n 5 "$log" >&2
    stop "apt-get could not install $* (the whole story: $log)"
}
