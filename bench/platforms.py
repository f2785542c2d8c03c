"""The platforms that are measured, and how their cost is read from /proc. Everything on 127.0.0.1, but for the hub where
servers are containers."""

import json
import os
import signal
import sqlite3
import subprocess
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


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
            log = Path(process.args[-1]).parent / "log"
            raise SystemExit(f"the platform ended with status {process.returncode}: {process.args}\n{log.read_text()[-2000:]}")
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

    def __init__(self, work, binary, database=None, more="", auth="dummy", address="127.0.0.1"):
        self.work, self.binary = work, binary
        self.database = database or f"{work}/hub.sqlite"
        self.port, hub, api = free_ports(3)
        self.hub = f"http://{address}:{hub}"
        self.config = work / "perijove.toml"
        self.config.write_text(
            f'[hub]\nlisten = "{address}:{hub}"\ndata_dir = "{work}/data"\ndatabase = "{self.database}"\nlog_level = "warn"\n'
            f'[edge]\nlisten = "127.0.0.1:{self.port}"\napi_listen = "127.0.0.1:{api}"\n'
            f'[[auth]]\nkind = "{auth}"\n[access]\nallow_all = true\n{more}'
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

    def __init__(self, work, environment, database=None, more="", auth="dummy", address="127.0.0.1"):
        self.work, self.environment = work, environment
        # By the driver that its environment has.
        self.database = (database or f"sqlite:///{work}/hub.sqlite").replace("postgresql:", "postgresql+psycopg2:")
        self.port, hub, api = free_ports(3)
        self.hub = f"http://{address}:{hub}"
        self.config = work / "jupyterhub_config.py"
        proxy = ROOT / "bench/node_modules/.bin/configurable-http-proxy"
        self.config.write_text(
            f"c.JupyterHub.bind_url = 'http://127.0.0.1:{self.port}'\nc.JupyterHub.hub_port = {hub}\n"
            f"c.JupyterHub.hub_ip = '{address}'\n"
            f"c.JupyterHub.db_url = '{self.database}'\nc.JupyterHub.log_level = 'WARN'\n"
            f"c.ConfigurableHTTPProxy.command = ['{proxy}']\nc.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'\n"
            f"c.JupyterHub.authenticator_class = '{auth}'\nc.Authenticator.allow_all = True\n"
            f"c.JupyterHub.spawner_class = 'simple'\n{more}"
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


# No process has this id: the kernel gives out smaller ones.
NOBODY = 4_194_303


def fill(database, users, servers=0):
    """The same rows in either platform's database: the schema is the same. The first people have a server each that is
    written down as running and has ended meanwhile."""
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
    started = "2026-11-21 00:00:00.000000"
    for i in ids[:servers]:
        path = f"/user/user-{i}/"
        server = connection.execute(
            "INSERT INTO servers (proto, ip, port, base_url, cookie_name) VALUES ('http', '127.0.0.1', 1, ?, 'cookie')", (path,)
        ).lastrowid
        connection.execute(
            "INSERT INTO spawners (user_id, server_id, name, state, started, last_activity) VALUES (?, ?, '', ?, ?, ?)",
            (i, server, json.dumps({"pid": NOBODY}), started, started),
        )
    connection.commit()
    connection.close()


def recorded_servers(database):
    """How many servers are written down as running."""
    connection = sqlite3.connect(database, timeout=30)
    try:
        return connection.execute("SELECT COUNT(*) FROM spawners WHERE server_id IS NOT NULL").fetchone()[0]
    finally:
        connection.close()
