#!/usr/bin/env bash
# Runs what needs a whole machine in a small virtual one: systemd, control groups of version 2, and file systems with
# project quotas. `make test-machine` calls this.
#
#   scripts/machine.sh [CHECK...]     all checks, or some of: suite, scopes, alone, quotas, hub
#
# Needs root on Debian and the packages debootstrap, qemu-system-x86, e2fsprogs and binutils. With /dev/kvm it takes two or
# three minutes; PERIJOVE_MACHINE_ACCELERATOR=tcg does without and takes ten times as long. The machine is made of Debian's packages of the release that runs here (so that what is compiled here runs there), once, and kept in
# .perijove/machine; every run starts from the same image. Without an environment with JupyterLab (make run or make test
# builds it) the check `hub` is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=${PERIJOVE_MACHINE:-$PWD/.perijove/machine}
artifacts=${PERIJOVE_ARTIFACTS:-$PWD/artifacts}
environment=${PERIJOVE_TEST_ENVIRONMENTS:-$PWD/.perijove/environments}/lab
# Where this machine has its own packages from.
mirror=${PERIJOVE_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v -- -security | head -n 1)}
mkdir -p "$cache" "$artifacts"

packages=systemd-sysv,dbus,udev,kmod,initramfs-tools,zstd,linux-image-cloud-amd64,xfsprogs,e2fsprogs,python3,procps
# Whatever a run writes goes into files that are deleted at once.
memory=3G
patience=${PERIJOVE_MACHINE_PATIENCE:-1800}
accelerator=${PERIJOVE_MACHINE_ACCELERATOR:-kvm}

skip() {
  echo "SKIPPED a virtual machine: $1" >&2
  [ -z "${PERIJOVE_SKIPPED:-}" ] || echo "systemd, project quotas and control groups of version 2 in a virtual machine: $1" >>"$PERIJOVE_SKIPPED"
  exit 0
}

[ "$(uname -m)" = x86_64 ] || skip "it is made for x86_64, and this is $(uname -m)"
[ "$(id -u)" = 0 ] || skip "making its disks needs root"
for tool in qemu-system-x86_64 debootstrap mkfs.ext4 strip; do
  command -v "$tool" >/dev/null || skip "$tool is not installed (Debian: qemu-system-x86 debootstrap e2fsprogs binutils)"
done
# shellcheck source=/dev/null
release=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") || skip "what is compiled here runs on no Debian: this is another system"

if [ "$accelerator" = kvm ] && [ ! -w /dev/kvm ]; then
  skip "/dev/kvm is not there or may not be written to; PERIJOVE_MACHINE_ACCELERATOR=tcg does without, in an hour"
fi

work=$(mktemp -d "$cache/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Debian with systemd, as a disk and the two files that it is started from.
make_base() {
  local root=$work/root
  debootstrap --variant=minbase --include="$packages" "$release" "$root" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
    { tail -n 5 "$cache/debootstrap.log" >&2; echo "scripts/machine.sh: debootstrap failed, see $cache/debootstrap.log" >&2; return 1; }
  install -m 644 scripts/machine/perijove-tests.service "$root/etc/systemd/system/"
  ln -s ../perijove-tests.service "$root/etc/systemd/system/multi-user.target.wants/"
  mkdir -p "$root/payload" "$root/environment" "$root/srv/xfs" "$root/srv/ext4"
  echo machine >"$root/etc/hostname"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  cp "$root"/boot/vmlinuz-* "$work/vmlinuz"
  cp "$root"/boot/initrd.img-* "$work/initrd"
  disk "$root" "$work/base.img" root 512
  rm -rf "$root"
  mv "$work/vmlinuz" "$work/initrd" "$work/base.img" "$cache/"
  echo "$stamp" >"$cache/stamp"
}

# disk DIRECTORY FILE LABEL SPARE: a file system with what is in the directory, and some MiB more.
disk() {
  local size
  size=$(($(du -sm --apparent-size "$1" | cut -f1) * 5 / 4 + $4))
  rm -f "$2"
  mkfs.ext4 -q -L "$3" -d "$1" -E lazy_itable_init=1 -m 0 -N 200000 "$2" "${size}M"
}

stamp="$release $packages $(sha256sum scripts/machine/perijove-tests.service | cut -c1-16)"
if [ "$(cat "$cache/stamp" 2>/dev/null)" != "$stamp" ]; then
  echo "Making the machine: some minutes, once."
  make_base
fi

emulator() { # emulator APPEND OPTIONS...
  local append=$1 processor=max
  shift
  # Some machines that are virtual themselves refuse the rest of their own processor.
  [ "$accelerator" != kvm ] || processor=host,arch-capabilities=off
  qemu-system-x86_64 -accel "$accelerator" -cpu "$processor" -smp 2 -nodefaults -no-reboot -display none \
    -kernel "$cache/vmlinuz" -initrd "$cache/initrd" -append "$append" "$@" </dev/null
}
export -f emulator
export accelerator cache

# Where /dev/kvm is there but guests crawl (it is emulated), the kernel does not get to its first words.
if [ "$accelerator" = kvm ]; then
  timeout 30 bash -c 'emulator "console=ttyS0 panic=-1" -m 512M -serial file:"$0"' "$work/first-words" || true
  if ! grep -q 'Linux version' "$work/first-words" 2>/dev/null; then
    skip "/dev/kvm is there, but a kernel does not start with it within 30 seconds; PERIJOVE_MACHINE_ACCELERATOR=tcg does without"
  fi
fi

# The environment at the place where it lies here, and the Python that it was made from.
if [ -x "$environment/bin/jupyterhub-singleuser" ]; then
  environment=$(readlink -f "$environment")
  python=$(dirname "$(dirname "$(readlink -f "$environment/bin/python")")")
  places=("$environment")
  [ "$python" = /usr ] || places+=("$python")
  mark="$environment $(stat -c '%Z' "$environment/bin" "$environment/pyvenv.cfg" | tr '\n' ' ')"
  if [ "$(cat "$cache/environment.stamp" 2>/dev/null)" != "$mark" ]; then
    echo "Copying the environment with JupyterLab: a minute, once."
    mkdir "$work/environment"
    tar -C / --exclude=__pycache__/test --exclude='lib/python3*/test' -cf - "${places[@]#/}" | tar -C "$work/environment" -xf -
    disk "$work/environment" "$work/environment.img" environment 64
    rm -rf "$work/environment"
    mv "$work/environment.img" "$cache/"
    echo "$mark" >"$cache/environment.stamp"
  fi
else
  environment= places=()
fi

echo "Building what runs in it."
# As make test builds it: the program comes with the tests that start it.
suite=$(cargo test --workspace --locked --no-run --test process --test it --message-format=json 2>"$work/build.log" |
  python3 -c 'import json, sys
found = [json.loads(line) for line in sys.stdin]
print(*[each["executable"] for each in found if each.get("executable") and each["target"]["name"] == "process"])') ||
  { cat "$work/build.log" >&2; exit 1; }
mkdir "$work/payload"
strip -g -o "$work/payload/suite" "$suite"
strip -g -o "$work/payload/perijove" "${CARGO_TARGET_DIR:-target}/debug/perijove"
cp scripts/machine/inside.sh scripts/machine/hub.py "$work/payload/"
{
  echo "checks=(${*:-suite scopes alone quotas hub})"
  echo "environment=${environment@Q}"
  echo "places=(${places[*]@Q})"
} >"$work/payload/settings"
disk "$work/payload" "$work/payload.img" payload 32
truncate -s 1G "$work/xfs.img" "$work/ext4.img"

drive() { echo "-drive file=$1,format=raw,if=virtio,$2"; }
results=$artifacts/machine.log
: >"$results"
echo "Starting the machine."
# Its own words go to the console's file; what the checks say comes through a port of its own.
# shellcheck disable=SC2046
timeout "$patience" bash -c 'emulator "$@"' - "root=LABEL=root rw console=ttyS0 quiet systemd.show_status=no" -m "$memory" \
  $(drive "$cache/base.img" snapshot=on) $(drive "$work/payload.img" readonly=on) $(drive "$work/xfs.img" cache=unsafe) \
  $(drive "$work/ext4.img" cache=unsafe) $([ -z "$environment" ] || drive "$cache/environment.img" readonly=on) \
  -serial "file:$artifacts/machine-console.log" \
  -device virtio-serial-pci -chardev "file,id=results,path=$results" -device virtserialport,chardev=results,name=results ||
  echo "scripts/machine.sh: the machine did not come to an end in $patience seconds" >&2

tr -d '\r' <"$results"
[ -n "$environment" ] || echo "SKIPPED hub: $PWD/.perijove/environments/lab is not built (make environments)" >&2
if ! tail -n 1 "$results" | grep -q '^machine: passed'; then
  echo "scripts/machine.sh: something failed; what the machine said is in $results and $artifacts/machine-console.log" >&2
  exit 1
fi
