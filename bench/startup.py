#!/usr/bin/env python3
"""Start to healthy, and memory at rest: Perijove beside JupyterHub 6.1.1 with configurable-http-proxy.

Each round starts one platform after the other on the same kind of database (SQLite, made by the platform itself and
then filled), waits until GET /hub/health answers 200 through the proxy, and reads the CPU time of hub and proxy from
/proc. Memory is read after ten seconds of rest. Medians over the rounds; everything on 127.0.0.1.

    bench/run.sh startup --rounds 5 --users 0 100000
"""

import argparse
import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")
REST_SECONDS = 10


def free_ports(count):
    import socket

    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def family(pid):
    """A process and all below it."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                pass
    return found


def cpu_seconds(pids):
    """User and system time of these processes and of their children that have ended. The larger of what the kernel
    tells in nanoseconds for each living thread (a start may take less than a clock tick) and in ticks for all threads,
    also those that have ended."""
    total = 0.0
    for pid in pids:
        try:
            threads = sum(
                int((task / "schedstat").read_text().split()[0]) / 1e9 for task in Path(f"/proc/{pid}/task").iterdir()
            )
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            own, children = (sum(int(field) for field in fields[i : i + 2]) / TICK for i in (11, 13))
            total += max(threads, own) + children
        except OSError:
            pass
    return total


def memory_mib(pids, key):
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(key + ":"):
                total += int(line.split()[1])
    return total / 1024


def wait_healthy(port, process, limit=120):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"the platform ended with status {process.returncode}: {process.args}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/hub/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.01)
    raise SystemExit(f"not healthy within {limit} s: {process.args}")


class Perijove:
    name = "perijove"

    def __init__(self, work, binary):
        self.work, self.binary = work, binary
        self.port, hub, api = free_ports(3)
        self.config = work / "perijove.toml"
        self.config.write_text(
            f'[hub]\nlisten = "127.0.0.1:{hub}"\ndata_dir = "{work}/data"\ndatabase = "{work}/hub.sqlite"\nlog_level = "warn"\n'
            f'[edge]\nlisten = "127.0.0.1:{self.port}"\napi_listen = "127.0.0.1:{api}"\n'
            '[[auth]]\nkind = "dummy"\n[access]\nallow_all = true\n'
        )

    def start(self):
        command = [str(self.binary), "serve", "--config", str(self.config)]
        log = open(self.work / "log", "ab")
        return subprocess.Popen(command, cwd=self.work, stdout=log, stderr=log)

    def pids(self, process):
        # The edge is a process of its own, which outlives the hub: it is found by its pid file.
        edge = json.loads((self.work / "data/edge.pid").read_text())["pid"]
        return sorted(set(family(process.pid) + family(edge)))

    def stop(self, process):
        process.send_signal(signal.SIGINT)
        process.wait(30)


class JupyterHub:
    name = "jupyterhub 6.1.1 + configurable-http-proxy 5.3.0"

    def __init__(self, work, environment):
        self.work, self.environment = work, environment
        self.port, hub, api = free_ports(3)
        self.config = work / "jupyterhub_config.py"
        proxy = ROOT / "bench/node_modules/.bin/configurable-http-proxy"
        self.config.write_text(
            f"c.JupyterHub.bind_url = 'http://127.0.0.1:{self.port}'\nc.JupyterHub.hub_port = {hub}\n"
            f"c.JupyterHub.db_url = 'sqlite:///{work}/hub.sqlite'\nc.JupyterHub.log_level = 'WARN'\n"
            f"c.ConfigurableHTTPProxy.command = ['{proxy}']\nc.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'\n"
            "c.JupyterHub.authenticator_class = 'dummy'\nc.Authenticator.allow_all = True\n"
            "c.JupyterHub.spawner_class = 'simple'\n"
        )

    def start(self):
        command = [str(self.environment / "bin/jupyterhub"), "-f", str(self.config)]
        log = open(self.work / "log", "ab")
        return subprocess.Popen(command, cwd=self.work, stdout=log, stderr=log)

    def pids(self, process):
        proxy = int((self.work / "jupyterhub-proxy.pid").read_text())
        return sorted(set(family(process.pid) + family(proxy)))

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def fill(database, users):
    """The same rows in either platform's database: the schema is the same."""
    connection = sqlite3.connect(database)
    role = connection.execute("SELECT id FROM roles WHERE name = 'user'").fetchone()[0]
    first = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM users").fetchone()[0]
    ids = range(first, first + users)
    rows = ((i, f"user-{i}", "{}", 0, "2026-11-21 00:00:00.000000", f"{i:032x}") for i in ids)
    connection.executemany(
        "INSERT INTO users (id, name, user_info, admin, created, cookie_id) VALUES (?, ?, ?, ?, ?, ?)", rows
    )
    connection.executemany(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth) VALUES (?, ?, 0)", ((i, role) for i in ids)
    )
    connection.commit()
    connection.close()


def prepare(platform, users):
    """Lets the platform make its database, then fills it."""
    process = platform.start()
    wait_healthy(platform.port, process)
    platform.stop(process)
    if users:
        fill(platform.work / "hub.sqlite", users)


def measure(platform):
    begun = time.monotonic()
    process = platform.start()
    try:
        wait_healthy(platform.port, process)
        wall = time.monotonic() - begun
        cpu = cpu_seconds(platform.pids(process))
        time.sleep(REST_SECONDS)
        pids = platform.pids(process)
        return {
            "cpu_s": cpu,
            "wall_s": wall,
            "rss_mib": memory_mib(pids, "Rss"),
            "pss_mib": memory_mib(pids, "Pss"),
            "processes": len(pids),
        }
    finally:
        platform.stop(process)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, nargs="+", default=[0, 100_000])
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/perijove")
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
            prepare(platform, users)
        results = {}
        for number in range(options.rounds):
            for users, platform in platforms:
                result = measure(platform)
                results.setdefault((platform.name, users), []).append(result)
                print(json.dumps({"round": number, "platform": platform.name, "users": users, **result}), file=sys.stderr)
        print("| platform | users | CPU s to healthy | wall s | RSS MiB at rest | PSS MiB at rest | processes |")
        print("|---|---|---|---|---|---|---|")
        for (name, users), rows in results.items():
            middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            print(
                f"| {name} | {users:,} | {middle['cpu_s']:.3f} | {middle['wall_s']:.2f} | {middle['rss_mib']:.1f} "
                f"| {middle['pss_mib']:.1f} | {middle['processes']:.0f} |"
            )
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
