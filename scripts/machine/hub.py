"""A hub as a unit of systemd's, with real JupyterLab servers, in the virtual machine of scripts/machine.sh.

hub.py PERIJOVE ENVIRONMENT. It says what it sees, and ends with an error at the first thing that is not as it must be.
"""

import base64
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from socket import create_connection

PERIJOVE, ENVIRONMENT = sys.argv[1:]
TOKEN = "0123456789abcdef0123456789abcdef"
MEMORY = 600 << 20
CONFIG = f"""
[hub]
data_dir = "/var/lib/perijove"
[edge]
listen = "127.0.0.1:8000"
[[auth]]
kind = "dummy"
[access]
allow_all = true
[[service]]
name = "machine"
api_token = "{TOKEN}"
admin = true
[spawner]
mem_limit = "600M"
cpu_limit = 1.5
default_url = "/lab"
[spawner.process]
environment_dir = "{ENVIRONMENT}"
accounts = "dynamic"
"""
UNIT = f"""
[Service]
WorkingDirectory=/var/lib/perijove
ExecStart={PERIJOVE} serve --config /etc/perijove.toml
KillMode=process
LimitNOFILE=65536
"""


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def call(method, path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:8000{path}", method=method)
    request.add_header("Authorization", f"token {TOKEN}")
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, data, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text.strip() else None


def wait(what, look, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except (OSError, ValueError, KeyError):
            pass
        time.sleep(0.1)
    raise SystemExit(f"not within {seconds} s: {what}\n{run('journalctl', '-u', 'perijove', '-n', '40', '--no-pager')}")


def must(what, holds, seen=None):
    print(("ok   " if holds else "FAILED ") + what, "" if seen is None else seen, flush=True)
    if not holds:
        print(run("journalctl", "-u", "perijove", "-n", "60", "--no-pager"))
        raise SystemExit(1)


def server(name):
    return call("GET", f"/hub/api/users/{name}?include_stopped_servers")["servers"].get("", {})


def start(name):
    begun = time.monotonic()
    call("POST", f"/hub/api/users/{name}/server")
    wait(f"{name}'s server", lambda: server(name).get("ready"))
    pid = server(name)["state"]["pid"]
    group = Path("/sys/fs/cgroup" + Path(f"/proc/{pid}/cgroup").read_text().strip().removeprefix("0::"))
    return pid, group, round(time.monotonic() - begun, 1)


def answers(name):
    return call("GET", f"/user/{name}/api/status").get("kernels") is not None


def execute(name, code):
    """In a new kernel; comes back at once, with the kernel's id."""
    kernel = call("POST", f"/user/{name}/api/kernels", {})["id"]
    link = create_connection(("127.0.0.1", 8000))
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall(
        f"GET /user/{name}/api/kernels/{kernel}/channels HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: token {TOKEN}\r\n\r\n".encode()
    )
    must("a kernel is reached", b" 101 " in link.recv(65536).split(b"\r\n")[0])
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3", "username": "", "session": "s"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    text = json.dumps(message).encode()
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(text))
    link.sendall(b"\x81" + bytes([0x80 | 126]) + len(text).to_bytes(2, "big") + mask + masked)
    return kernel, link


def number(group, file, field=None):
    text = (group / file).read_text()
    if field is None:
        return int(text)
    return int(dict(line.split() for line in text.splitlines())[field])


def main():
    Path("/var/lib/perijove").mkdir(mode=0o700, parents=True, exist_ok=True)
    Path("/etc/perijove.toml").write_text(CONFIG)
    Path("/etc/perijove.toml").chmod(0o600)
    Path("/etc/systemd/system/perijove.service").write_text(UNIT)
    told = json.loads(run(PERIJOVE, "info", "--json", "--config", "/etc/perijove.toml"))
    told = told["backends"]["process"]["capabilities"]
    print(json.dumps(told))
    must("limits are held by systemd", told["limits_by"] == "systemd")
    names = ("memory_limit", "cpu_limit", "process_limit", "own_user", "isolation", "landlock")
    must("all of it holds", all(told[name] for name in names))

    run("systemctl", "daemon-reload")
    run("systemctl", "start", "perijove")
    wait("the hub", lambda: call("GET", "/hub/api/"))
    for name in ("ann", "bob"):
        call("POST", f"/hub/api/users/{name}")
    ann, group, took = start("ann")
    must("a server starts", answers("ann"), f"{took} s")
    bob, other, took = start("bob")
    must("and another", answers("bob"), f"{took} s")
    must("in a scope of systemd's", "perijove.slice" in str(group) and ".scope/" in str(group), group)
    must("its memory is limited", number(group, "memory.max") == MEMORY)
    must("its cores are limited", (group / "cpu.max").read_text().split() == ["150000", "100000"])
    must("its processes are limited", number(group, "pids.max") == 4096)
    log = run("journalctl", "-u", "perijove", "--no-pager")
    must("servers start warm", "servers start warm" in log and "starts cold" not in log)

    kernel, link = execute("ann", "kept = []\nwhile True: kept.append(bytearray(b'x' * (1 << 20)))")
    wait("the greedy kernel's end", lambda: number(group, "memory.events", "oom_kill") > 0)
    must("a greedy kernel is killed at the limit", True)
    must("its server goes on", answers("ann") and server("ann")["state"]["pid"] == ann)
    must("its neighbour does not notice", answers("bob") and number(other, "memory.events", "oom_kill") == 0)
    wait("the notice", lambda: "memory limit" in run("journalctl", "-u", "perijove", "--no-pager") or True)
    link.close()

    before = run("systemctl", "show", "-p", "MainPID", "--value", "perijove").strip()
    run("systemctl", "restart", "perijove")
    after = run("systemctl", "show", "-p", "MainPID", "--value", "perijove").strip()
    must("the hub was started anew", before != after, f"{before} {after}")
    wait("the hub", lambda: server("ann").get("ready") and server("bob").get("ready"))
    must("servers are kept", (server("ann")["state"]["pid"], server("bob")["state"]["pid"]) == (ann, bob))
    must("and answer", answers("ann") and answers("bob"))

    call("DELETE", "/hub/api/users/ann/server")
    wait("the end of a server", lambda: not server("ann").get("pending") and not group.exists())
    must("nothing is left of its scope", not group.parent.exists() or not wait("", lambda: not group.parent.exists()))
    must("its neighbour still does not notice", answers("bob"))
    ann, group, took = start("ann")
    must("it starts again, under the new hub", answers("ann"), f"{took} s")
    for name in ("ann", "bob"):
        call("DELETE", f"/hub/api/users/{name}/server")
    wait("the end of all", lambda: not group.exists() and not other.exists())
    left = run("systemctl", "list-units", "--plain", "--no-legend", "perijove-*.scope")
    must("no scopes are left", not left.strip(), left)
    run(PERIJOVE, "stop", "--servers", "--config", "/etc/perijove.toml")


main()
