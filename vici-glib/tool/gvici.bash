# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bash completion for gvici: options, commands, events, and files after an “@”.

_gvici_files ()
{
  local at=@ i
  # Where “@” ends a word for readline, it is not a part of the next one.
  if [[ $COMP_WORDBREAKS == *@* ]]; then
    at=
  fi

  mapfile -t COMPREPLY < <(compgen -f -- "$1")
  for i in "${!COMPREPLY[@]}"; do
    if [[ -d ${COMPREPLY[i]} ]]; then
      COMPREPLY[i]+=/
      compopt -o nospace 2> /dev/null
    fi
    printf -v "COMPREPLY[$i]" %s%q "$at" "${COMPREPLY[i]}"
  done
}

# What follows an option of the proxy, after a blank or an equals sign.
_gvici_proxy_value ()
{
  local option=$prev value=$cur
  if [[ $cur == --*=* ]]; then
    option=${cur%%=*}
    value=${cur#*=}
  fi

  case $option in
    --allow) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$value") ;;
    --allow-event) mapfile -t COMPREPLY < <(compgen -W "$events" -- "$value") ;;
    --group) mapfile -t COMPREPLY < <(compgen -g -- "$value") ;;
    --peer) mapfile -t COMPREPLY < <(compgen -W "uid= user= gid= group= subject= fingerprint=sha256:" -- "$value") ;;
    --max-log-level) mapfile -t COMPREPLY < <(compgen -W "1 2 3 4" -- "$value") ;;
    --listen | --to | --mode | --max-peers | --max-peers-per-user | --timeout | --stall-timeout) ;;
    *) return 1 ;;
  esac

  # Before an equals sign, readline has the option already, unless it is part of a word.
  if [[ $cur == --*=* && $COMP_WORDBREAKS != *=* ]]; then
    COMPREPLY=("${COMPREPLY[@]/#/$option=}")
  fi
}

_gvici ()
{
  local commands='
    clear-creds flush-certs get-algorithms get-authorities get-conns
    get-counters get-keys get-pools get-shared initiate install list-authorities
    list-certs list-conns list-policies list-sas load-authority load-cert
    load-conn load-key load-pool load-shared load-token redirect rekey
    reload-settings reset-counters stats terminate uninstall unload-authority
    unload-conn unload-key unload-pool unload-shared version'
  local events='
    alert child-rekey child-updown control-log ike-rekey ike-update ike-updown
    list-authority list-cert list-conn list-policy list-sa log'
  local options='--help --json --pretty --raw --timeout --uri --version'

  local cur prev words cword command i
  _init_completion -n =: || return

  for ((i = 1; i < cword; i++)); do
    case ${words[i]} in
      --uri | --timeout) ((i++)) ;;
      -*) ;;
      *) command=${words[i]}; break ;;
    esac
  done

  # What follows --uri and --timeout.
  if ((i > cword)); then
    return
  fi

  case $command in
    discover) options='--help --json --timeout --watch' ;;
    proxy)
      options='
        --advertise --allow --allow-event --group --help --listen --max-log-level
        --max-peers --max-peers-per-user --mode --peer --read-only --stall-timeout
        --timeout --to'
      _gvici_proxy_value && return
      ;;
  esac

  case $cur in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
    @* | *=@*)
      _gvici_files "${cur#*@}"
      ;;
    *)
      case $command in
        '') mapfile -t COMPREPLY < <(compgen -W "discover listen proxy $commands" -- "$cur") ;;
        listen) mapfile -t COMPREPLY < <(compgen -W "$events" -- "$cur") ;;
      esac
      ;;
  esac
}

complete -F _gvici gvici
