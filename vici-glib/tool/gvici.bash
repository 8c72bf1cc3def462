# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bash completion for gvici: options, which its help lists, commands, events and
# keys, which gvici knows by itself, and files after an “@”.

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
    --allow | --allow-event)
      mapfile -t COMPREPLY < <("$1" --complete proxy "$option" "$value" 2> /dev/null)
      ;;
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

# Keys, and what they can be set to.
_gvici_words ()
{
  local breaks=${COMP_WORDBREAKS//[!=:]/} begun=

  mapfile -t COMPREPLY < <("$1" --complete "${words[@]:i:cword - i + 1}" 2> /dev/null)

  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[.=[] ]]; then
    compopt -o nospace 2> /dev/null
  fi

  # Readline has what ends in an equals sign or a colon already.
  if [[ -n $breaks ]]; then
    begun=${cur%"${cur##*[$breaks]}"}
  fi
  COMPREPLY=("${COMPREPLY[@]#"$begun"}")
}

_gvici ()
{
  local cur prev words cword command= options i
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

  if [[ $command == proxy ]]; then
    _gvici_proxy_value "$1" && return
  fi

  case $cur in
    -*)
      case $command in
        discover | proxy) command+=' --help' ;;
        *) command=--help ;;
      esac
      options=$(_parse_help "$1" "$command")
      mapfile -t COMPREPLY < <(compgen -W "${options//=/}" -- "$cur" | LC_ALL=C sort)
      ;;
    @* | *=@*) _gvici_files "${cur#*@}" ;;
    *) _gvici_words "$1" ;;
  esac
}

complete -F _gvici gvici
