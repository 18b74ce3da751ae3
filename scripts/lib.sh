# What scripts/quickstart and scripts/test share: find or name what is missing, install, pick Node.
# Sourced with the project's root as the working directory.

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# 0 if the installed tmux is 3.2 or newer.
tmux_is_new_enough() {
  command -v tmux >/dev/null 2>&1 || return 1
  tmux -V | awk '{ sub(/^next-/, "", $2); split($2, v, "."); exit !(v[1] > 3 || (v[1] == 3 && v[2] + 0 >= 2)) }'
}

install_hint() {
  if command -v apt-get >/dev/null 2>&1; then echo "sudo apt-get install -y $1"
  elif command -v dnf >/dev/null 2>&1; then echo "sudo dnf install -y $1"
  elif command -v pacman >/dev/null 2>&1; then echo "sudo pacman -S $1"
  elif command -v brew >/dev/null 2>&1; then echo "brew install $1"
  else echo "install $1 with your system's package manager"
  fi
}

need_tmux() {
  tmux_is_new_enough && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing tmux with apt-get …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq tmux; } >&2 \
      || die "apt-get could not install tmux"
    tmux_is_new_enough && return 0
  fi
  die "tmux 3.2 or newer is needed$(command -v tmux >/dev/null 2>&1 && echo ", here is $(tmux -V)"); run: $(install_hint tmux)"
}

# On Linux the daemon finds out with ss who asks to approve something, and refuses whom it cannot place.
need_ss() {
  [ "$(uname -s)" = Linux ] || return 0
  command -v ss >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing iproute2 (for ss) with apt-get …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq iproute2; } >&2 \
      || die "apt-get could not install iproute2"
    command -v ss >/dev/null 2>&1 && return 0
  fi
  if command -v dnf >/dev/null 2>&1; then package=iproute; else package=iproute2; fi
  die "ss is needed, to tell who approves; run: $(install_hint "$package")"
}

# The gate level contain; without it that level is refused, all else works.
want_bwrap() {
  [ "$(uname -s)" = Linux ] || return 0
  command -v bwrap >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing bubblewrap with apt-get …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap; } >&2 && return 0
  fi
  say "without bubblewrap no agent can be contained; to have it: $(install_hint bubblewrap)"
}

need_npm() {
  command -v npm >/dev/null 2>&1 && return 0
  if command -v brew >/dev/null 2>&1; then hint=$(install_hint node); else hint=$(install_hint npm); fi
  die "npm is needed; run: $hint (or see https://nodejs.org)"
}

# Called after the packages are there, so that `node` is the checkout's own.
need_node() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 22) ? 0 : 1)' 2>/dev/null \
    || die "Node 22.22 or newer is needed, here is $(node --version 2>/dev/null || echo none); node@24 should have come with the packages: run npm install --no-save and read its output"
}

# npm's own Node may be too old for the product; node@24 comes as a dependency and is used from then on.
install_packages() {
  need_npm
  stamp=node_modules/.installed
  if [ ! -x node_modules/.bin/node ] || [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
    say "installing packages …"
    # Not `npm ci`: it refuses a lock file that lacks other platforms' optional packages, and the
    # registry this one was made from does not serve all of those. Versions are the lock file's all the same.
    # Without scripts: with a lock file npm overlooks that better-sqlite3 ships its binaries, and
    # compiles it. The scripts that are needed follow by name.
    npm install --no-save --ignore-scripts --no-audit --no-fund \
      --update-notifier=false --loglevel=error >&2 \
      || die "npm install failed; its output is above"
    npm rebuild node esbuild --update-notifier=false --loglevel=error >&2 || die "npm rebuild failed; its output is above"
    npm rebuild node-pty --loglevel=silent >/dev/null 2>&1 \
      || say "node-pty does not compile here (that takes Python and a C++ compiler); tmux is driven over pipes instead"
    cp package-lock.json "$stamp"
  fi
  PATH="$PWD/node_modules/.bin:$PATH"
  export PATH
}
