#!/usr/bin/env bash
# Makes stack.env from example-stack.env, with secrets of its own, for nobody but its owner. It never changes one that is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ -e stack.env ]; then
  chmod 600 stack.env
  echo "stack.env is there already: it is left as it is, and closed to others" >&2
  exit 0
fi
umask 077
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
while IFS= read -r line; do
  case $line in
    *=CHANGE) echo "${line%CHANGE}$(secret)" ;;
    *) echo "$line" ;;
  esac
done <example-stack.env >stack.env.new
mv stack.env.new stack.env
echo "stack.env is made. Say in it where people reach the hub: JUPYTER_DOMAIN." >&2
