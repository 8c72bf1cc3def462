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

  case $cur in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
    @* | *=@*)
      _gvici_files "${cur#*@}"
      ;;
    *)
      case $command in
        '') mapfile -t COMPREPLY < <(compgen -W "listen $commands" -- "$cur") ;;
        listen) mapfile -t COMPREPLY < <(compgen -W "$events" -- "$cur") ;;
      esac
      ;;
  esac
}

complete -F _gvici gvici
