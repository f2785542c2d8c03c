#!/bin/bash
# Begins whatever a container is to run, as the images of quay.io/jupyter do it, so that their settings and hooks work here.
#
# As root it becomes NB_USER with NB_UID and NB_GID, who gets the home with CHOWN_HOME=yes, and `sudo`, if it is there, with
# GRANT_SUDO=yes. As anybody else it stays who it is. Files in start-notebook.d are heeded before that, those in
# before-notebook.d after it: *.sh is sourced, what can be run is run.
set -e

run_hooks() {
  local hook
  for hook in "$1"/*; do
    case $hook in
      *.sh) # shellcheck disable=SC1090
        source "$hook" ;;
      *) if [ -f "$hook" ] && [ -x "$hook" ]; then "$hook"; fi ;;
    esac
  done
}
said_yes() { [ "$1" = yes ] || [ "$1" = 1 ]; }

[ $# -gt 0 ] || set -- bash
hooks=/usr/local/bin
run_hooks "$hooks/start-notebook.d"

if [ "$(id -u)" != 0 ]; then
  [ -w "$HOME" ] || echo "start.sh: $(id -u):$(id -g) may not write in $HOME" >&2
  run_hooks "$hooks/before-notebook.d"
  exec "$@"
fi

user=${NB_USER:-jovyan} uid=${NB_UID:-1000} gid=${NB_GID:-100}
if [ "$uid" = 0 ]; then
  run_hooks "$hooks/before-notebook.d"
  exec "$@"
fi
getent group "$gid" >/dev/null || groupadd --gid "$gid" "$user"
if [ "$user:$uid:$gid" != jovyan:1000:100 ]; then
  home=/home/$user
  usermod --login "$user" --uid "$uid" --gid "$gid" --home "$home" --non-unique jovyan >/dev/null
  # A volume may be mounted at either place.
  if [ ! -e "$home" ]; then ln -s /home/jovyan "$home"; fi
  if [ "$PWD" = /home/jovyan ] || [[ $PWD = /home/jovyan/* ]]; then cd "$home${PWD#/home/jovyan}"; fi
  export HOME=$home
fi
if said_yes "${CHOWN_HOME:-}"; then
  # shellcheck disable=SC2086 # options, as in the stock images
  chown ${CHOWN_HOME_OPTS:-} "$uid:$gid" "$HOME/."
fi
for path in ${CHOWN_EXTRA//,/ }; do
  # shellcheck disable=SC2086
  chown ${CHOWN_EXTRA_OPTS:-} "$uid:$gid" "$path"
done
if said_yes "${GRANT_SUDO:-}" && [ -d /etc/sudoers.d ]; then
  echo "$user ALL=(ALL) NOPASSWD:ALL" >/etc/sudoers.d/jovyan
fi
export NB_USER=$user NB_UID=$uid NB_GID=$gid USER=$user LOGNAME=$user
run_hooks "$hooks/before-notebook.d"
exec setpriv --reuid "$uid" --regid "$gid" --init-groups -- "$@"
