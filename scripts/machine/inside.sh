#!/usr/bin/env bash
# Runs in the virtual machine of scripts/machine.sh, as root, and says on its port what came of it.
set -uo pipefail
# shellcheck source=/dev/null
. /payload/settings
udevadm settle
exec >/dev/virtio-ports/results 2>&1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8

failed=()
check() {
  local name=$1 begun=$SECONDS
  printf '\n== %s ==\n' "$name"
  "check_$name" || failed+=("$name")
  printf '%s took %s s\n' "$name" $((SECONDS - begun))
}

# What a unit runs, told here: `unit NAME PROPERTIES... -- COMMAND`.
unit() {
  local name=$1
  shift
  systemd-run --quiet --wait --collect --pipe --unit="$name" --property=KillMode=process "$@"
}

# As a hub in a unit of which the control group was left to it (DelegateSubgroup=hub, which older systemd does not have).
delegated='own=/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup); mkdir "$own/hub"; echo $$ >"$own/hub/cgroup.procs"; exec "$@"'
tests=(/payload/suite --test-threads=4 --quiet)

# The suite of the process spawner, its servers in control groups of version 2 below the hub's own.
check_suite() { unit suite --property=Delegate=yes /bin/bash -c "$delegated" - "${tests[@]}"; }
# The same with scopes of systemd's.
check_scopes() { unit scopes "${tests[@]}" isolation; }
# As an account that is not root, which has landlock alone.
check_alone() {
  useradd --system --create-home alone
  unit alone --uid=alone --property=Delegate=yes "${tests[@]}" --skip directories
}

check_quotas() {
  local place
  mkfs.xfs -q /dev/vdc && mount -o prjquota /dev/vdc /srv/xfs || return
  mkfs.ext4 -q -O quota,project -E quotatype=prjquota /dev/vdd && mount -o prjquota /dev/vdd /srv/ext4 || return
  local result=0
  for place in /srv/xfs /srv/ext4; do
    echo "$place"
    PERIJOVE_TEST_QUOTAS=$place /payload/suite --quiet quotas || result=1
  done
  return $result
}

# A hub as a unit of systemd's, with real servers.
check_hub() {
  if [ -z "$environment" ]; then
    echo "skipped: there is no environment with JupyterLab"
    return 0
  fi
  mount -o ro LABEL=environment /environment || return
  # What is in it lies where it lay.
  local place
  for place in "${places[@]}"; do
    mkdir -p "$place" && mount --bind "/environment$place" "$place" || return
  done
  python3 /payload/hub.py /payload/perijove "$environment"
}

echo "kernel $(uname -r), $(systemctl --version | head -n 1), landlock $(dmesg | grep -c 'landlock: Up and running')"
for name in "${checks[@]}"; do check "$name"; done
echo
if [ ${#failed[@]} -gt 0 ]; then
  echo "machine: failed: ${failed[*]}"
else
  echo "machine: passed"
fi
