#!/usr/bin/env python3
"""Start to healthy, and memory at rest: Perijove beside JupyterHub 6.1.1 with configurable-http-proxy.

Each round starts one platform after the other on the same kind of database (SQLite, made by the platform itself and
then filled), waits until GET /hub/health answers 200 through the proxy, and reads the CPU time of hub and proxy from
/proc. Memory is read after ten seconds of rest. Medians over the rounds; everything on 127.0.0.1.

    bench/run.sh startup --rounds 5 --users 0 100000
    bench/run.sh startup --rounds 3 --users 10000 --servers 1000

With --servers so many are written down as running that have ended meanwhile, and the time until the last of them is
cleared away is taken too.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from platforms import ROOT, JupyterHub, Perijove, cpu_seconds, fill, memory_mib, recorded_servers, wait_healthy

REST_SECONDS = 10
LONGEST_CHECK = 300


def prepare(platform, users, servers):
    """Lets the platform make its database, then fills it."""
    process = platform.start()
    wait_healthy(platform.port, process)
    platform.stop(process)
    if users:
        fill(platform.work / "hub.sqlite", users, servers)
        if servers:
            shutil.copy(platform.work / "hub.sqlite", platform.work / "filled.sqlite")


def checked_seconds(platform, begun):
    """Until nothing that has ended is written down as running."""
    while recorded_servers(platform.work / "hub.sqlite"):
        if time.monotonic() - begun > LONGEST_CHECK:
            return float("inf")
        time.sleep(0.1)
    return time.monotonic() - begun


def measure(platform, servers):
    if servers:
        for rest in ("-wal", "-shm"):
            (platform.work / f"hub.sqlite{rest}").unlink(missing_ok=True)
        shutil.copy(platform.work / "filled.sqlite", platform.work / "hub.sqlite")
    begun = time.monotonic()
    process = platform.start()
    try:
        wait_healthy(platform.port, process)
        wall = time.monotonic() - begun
        cpu = cpu_seconds(platform.pids(process))
        checked = checked_seconds(platform, begun) if servers else 0.0
        time.sleep(REST_SECONDS)
        pids = platform.pids(process)
        return {
            "cpu_s": cpu,
            "wall_s": wall,
            "rss_mib": memory_mib(pids, "Rss"),
            "pss_mib": memory_mib(pids, "Pss"),
            "processes": len(pids),
            "checked_s": checked,
        }
    finally:
        platform.stop(process)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, nargs="+", default=[0, 100_000])
    parser.add_argument("--servers", type=int, default=0)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    parser.add_argument("--environment", type=Path, default=ROOT / ".perijove/environments/test")
    parser.add_argument("--peer-users", type=int, default=10_000, help="the peer is measured up to so many users")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="perijove-bench-"))
    try:
        platforms = []
        for users in options.users:
            work = scratch / f"perijove-{users}"
            work.mkdir()
            platforms.append((users, Perijove(work, options.binary)))
            if users <= options.peer_users:
                work = scratch / f"jupyterhub-{users}"
                work.mkdir()
                platforms.append((users, JupyterHub(work, options.environment)))
        for users, platform in platforms:
            prepare(platform, users, options.servers)
        results = {}
        for number in range(options.rounds):
            for users, platform in platforms:
                result = measure(platform, options.servers)
                results.setdefault((platform.name, users), []).append(result)
                print(json.dumps({"round": number, "platform": platform.name, "users": users, **result}), file=sys.stderr)
        print("| platform | users | CPU s to healthy | wall s | RSS MiB at rest | PSS MiB at rest | processes | s to all servers checked |")
        print("|---|---|---|---|---|---|---|---|")
        for (name, users), rows in results.items():
            middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            print(
                f"| {name} | {users:,} | {middle['cpu_s']:.3f} | {middle['wall_s']:.2f} | {middle['rss_mib']:.1f} "
                f"| {middle['pss_mib']:.1f} | {middle['processes']:.0f} | {middle['checked_s']:.1f} |"
            )
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
