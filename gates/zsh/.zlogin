# The user's own, which zsh would read were ZDOTDIR not ours.
if [[ -r ${CONDUCTOR_GATE_ZDOTDIR:-$HOME}/.zlogin ]]; then . "${CONDUCTOR_GATE_ZDOTDIR:-$HOME}/.zlogin"; fi
