# Read by every zsh (ZDOTDIR), before the user's own: the text of `zsh -c` is asked about at once, a script's
# commands one by one. zsh's own module is the channel, so that no process is started.
__conductor_zdotdir=$ZDOTDIR
ZDOTDIR=${CONDUCTOR_GATE_ZDOTDIR:-$HOME}
if [[ -r $ZDOTDIR/.zshenv && $ZDOTDIR != $__conductor_zdotdir ]]; then . "$ZDOTDIR/.zshenv"; fi
# So that a zsh below this one reads this file too.
ZDOTDIR=$__conductor_zdotdir

__conductor_refuse() { print -u2 -r -- "conductor: $1" }

# __conductor_ask TEXT returns 0 when the text may run.
__conductor_ask() {
  emulate -L zsh
  setopt no_multibyte
  local line at=${CONDUCTOR_URL#http://} fd REPLY
  if zmodload zsh/net/tcp 2>/dev/null && ztcp ${at%:*} ${at##*:} 2>/dev/null; then
    fd=$REPLY
    print -n -u $fd -r -- "POST /api/v1/gate HTTP/1.0"$'\r\n'"Host: $at"$'\r\n'"Authorization: Bearer ${CONDUCTOR_TOKEN-}"$'\r\n'"Content-Type: application/vnd.conductor.gate"$'\r\n'"Content-Length: $((${#PWD} + ${#1} + 5))"$'\r\n\r\n'"zsh"$'\0'"$PWD"$'\0'"$1"
    IFS= read -r -u $fd line
    if [[ $line == HTTP/1.?' 204 '* ]]; then
      ztcp -c $fd
      return 0
    fi
    while IFS= read -r -u $fd line && [[ $line != $'\r' && -n $line ]]; do :; done
    while IFS= read -r -u $fd line; do
      case $line in
      wait\ *) __conductor_refuse "waiting for approval #${line#wait } (a human decides: conductor approvals)" ;;
      say\ *) __conductor_refuse "${line#say }" ;;
      deny\ *)
        ztcp -c $fd
        __conductor_refuse "${line#deny }"
        return 1
        ;;
      allow*)
        ztcp -c $fd
        # A text that a human let pass is to tell how it ended.
        __conductor_decision=${${line#allow}# }
        return 0
        ;;
      *) break ;;
      esac
    done
    ztcp -c $fd
  fi
  if [[ $1 != *[^A-Za-z0-9_./=:,@+\ -]* && $1 =~ '^(ls|cat|pwd|echo|true|whoami|date|wc|head|tail|git status|git log|git diff)( |$)' &&
    ! $1 =~ '(^|[ /])\.(env|ssh|aws|conductor)' && ! $1 =~ '--(output|ext-diff|exec)' ]]; then return 0; fi
  __conductor_refuse "conductor's daemon does not answer, so this did not run; only plain looking does. Ask the human to run \`conductor daemon start\`"
  return 1
}

# Our own hook, as a CLI starts it through its shell, asks for itself.
__conductor_hook="exec '${__conductor_zdotdir:h}/hook' "
if [[ ${ZSH_EXECUTION_STRING-} == "$__conductor_hook"* && ${ZSH_EXECUTION_STRING#"$__conductor_hook"} != *[^A-Za-z0-9\ -]* ]]; then
  :
elif [[ ${CONDUCTOR_GATE-} == (guard|contain|observe) && ! -o interactive ]]; then
  if [[ -n ${CONDUCTOR_SHIMS-} && :$PATH: != *":$CONDUCTOR_SHIMS:"* ]]; then PATH=$CONDUCTOR_SHIMS:$PATH; fi
  if [[ -n ${ZSH_EXECUTION_STRING+x} ]]; then
    __conductor_decision=
    if ! __conductor_ask "$ZSH_EXECUTION_STRING" && [[ $CONDUCTOR_GATE != observe ]]; then exit 126; fi
    # In quotes: `$$:t` would be the tail of a path to zsh.
    export CONDUCTOR_JUDGED=$$":text"
    if [[ -n ${__conductor_decision-} ]]; then
      __conductor_exited() {
        local code=$?
        ((ZSH_SUBSHELL == 0)) || return $code
        local at=${CONDUCTOR_URL#http://} fd REPLY line
        emulate -L zsh
        setopt no_multibyte
        if ztcp ${at%:*} ${at##*:} 2>/dev/null; then
          fd=$REPLY
          print -n -u $fd -r -- "POST /api/v1/gate/exit HTTP/1.0"$'\r\n'"Host: $at"$'\r\n'"Authorization: Bearer ${CONDUCTOR_TOKEN-}"$'\r\n'"Content-Type: application/vnd.conductor.gate"$'\r\n'"Content-Length: $((${#__conductor_decision} + ${#code} + 1))"$'\r\n\r\n'"$__conductor_decision"$'\0'"$code"
          IFS= read -r -t 2 -u $fd line
          ztcp -c $fd
        fi
        return $code
      }
      zshexit_functions+=(__conductor_exited)
      # Else a single command takes this shell's place.
      trap : EXIT
    fi
  else
    export CONDUCTOR_JUDGED=$$":each"
    typeset -A __conductor_seen
    __conductor_each() {
      emulate -L zsh
      local rest=$1 text= name MATCH MBEGIN MEND
      local -a match mbegin mend
      # The values of its variables, as assignments before it; the gate's own would look like an attempt on it.
      while [[ $rest =~ '\$\{?([A-Za-z_][A-Za-z0-9_]*)(.*)' ]]; do
        name=$match[1] rest=$match[2]
        if (( ${(P)+name} )) && [[ $name != (__conductor_*|CONDUCTOR_*|BASH_ENV|ENV|ZDOTDIR|SHLVL|PATH|LD_PRELOAD) ]]; then text+="$name=${(q)${(P)name}}; "; fi
      done
      text+=$1
      [[ ${__conductor_seen[$text]-} == 1 ]] && return 0
      __conductor_ask "$text" || [[ $CONDUCTOR_GATE == observe ]] || return 1
      __conductor_seen[$text]=1
    }
    setopt DEBUG_BEFORE_CMD
    trap '__conductor_each "$ZSH_DEBUG_CMD" || exit 126' DEBUG
  fi
fi
