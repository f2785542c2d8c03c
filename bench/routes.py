#!/usr/bin/env python3
"""What a route costs: to add it, to find it, to keep it, at 1, 1,000 and 100,000 routes, beside the edge's peers.

The edge and configurable-http-proxy take routes over their REST API (8 kept connections), HAProxy a map over its admin
socket, nginx a new configuration file and a reload. Each runs on one core, the load on another; the figures are CPU time
of the proxy's threads (from /proc/*/schedstat), medians over the rounds, and resident memory.

    bench/run.sh routes
    bench/run.sh routes --rounds 3 --routes 1,1000,10000 --peers haproxy
"""

import argparse
import json
import os
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import proxies
from edge import LOAD
from platforms import free_ports, memory_mib
from proxies import OPEN_FILES, ROUTE, TOKEN

CLIENTS = 8
ASKED = 20_000
# Node compiles what runs often only after that many requests.
WARM = 15_000


def cpu(pids):
    """Microseconds that these processes were on a CPU."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except OSError:
                pass
    return total / 1000


class Wires:
    """Several kept connections that each have one request under way."""

    def __init__(self, port, count=CLIENTS):
        self.wires = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for wire in self.wires:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, requests, expected):
        requests = iter(requests)
        busy = {wire: b"" for wire in self.wires if self._next(wire, requests)}
        while busy:
            for wire in select.select(list(busy), [], [], 60)[0]:
                busy[wire] += wire.recv(65536)
                head, end, body = busy[wire].partition(b"\r\n\r\n")
                if not end or len(body) < self._length(head):
                    continue
                if int(head[9:12]) != expected:
                    raise SystemExit(f"error: {busy[wire][:300]!r}")
                busy[wire] = b""
                if not self._next(wire, requests):
                    del busy[wire]

    @staticmethod
    def _next(wire, requests):
        request = next(requests, None)
        if request:
            wire.sendall(request)
        return bool(request)

    @staticmethod
    def _length(head):
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return int(value)
        # Node's empty answers come in chunks.
        return 5 if b"chunked" in head.lower() else 0

    def close(self):
        for wire in self.wires:
            wire.close()


def person(number):
    return f"/user/person{number:06}"


def ask(proxy, count, most):
    """Requests for all routes in turn, as far apart as it goes."""
    step = 7919
    wires = Wires(proxy.port, 32)
    wires.send(
        (f"GET {person(n * step % most)}/x HTTP/1.1\r\nHost: bench\r\n\r\n".encode() for n in range(count)),
        200,
    )
    wires.close()


class ByApi:
    def add(self, first, last):
        wires = Wires(self.api)
        body = json.dumps({"target": f"http://127.0.0.1:{self.backend}", "user": "somebody", "server_name": ""})
        wires.send(
            (
                f"POST /api/routes{person(n)} HTTP/1.1\r\nHost: bench\r\nAuthorization: token {TOKEN}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
                for n in range(first, last)
            ),
            201,
        )
        wires.close()


class Edge(ByApi, proxies.Edge):
    pass


class ConfigurableHttpProxy(ByApi, proxies.ConfigurableHttpProxy):
    pass


class Nginx(proxies.Nginx):
    """A location a route: the whole file is read again for each change."""

    routes = 0

    def command(self):
        self.locations()
        command = super().command()
        config = self.work / "nginx.conf"
        text = config.read_text()
        config.write_text(text.replace("location /user", f"include {self.work}/routes; location /user", 1))
        return command

    def locations(self):
        line = (
            "location %s/ { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
            "proxy_set_header Connection $connection_upgrade; }\n"
        )
        self.file("routes", "".join(line % person(n) for n in range(self.routes)))

    def add(self, first, last):
        self.routes = last
        self.locations()
        self.process.send_signal(1)
        self.wait_for(f"http://127.0.0.1:{self.port}{person(last - 1)}/ready")


class Haproxy(proxies.Haproxy):
    """A map of path beginnings, changed over the admin socket."""

    def command(self):
        command = super().command()
        config = self.work / "haproxy.cfg"
        self.file("map", f"{ROUTE}/ servers\n")
        text = config.read_text()
        text = text.replace("maxpipes 500", f"maxpipes 500\n    stats socket {self.work}/admin level admin", 1)
        text = text.replace(
            f"use_backend servers if {{ path_beg {ROUTE}/ }}", f"use_backend %[path,map_beg({self.work}/map)]", 1
        )
        config.write_text(text)
        return command

    def add(self, first, last):
        for start in range(first, last, 50):
            admin = socket.socket(socket.AF_UNIX)
            admin.connect(str(self.work / "admin"))
            numbers = range(start, min(start + 50, last))
            admin.sendall((";".join(f"add map {self.work}/map {person(n)}/ servers" for n in numbers) + "\n").encode())
            admin.shutdown(socket.SHUT_WR)
            while admin.recv(65536):
                pass
            admin.close()


ALL = {kind.name: kind for kind in (Edge, ConfigurableHttpProxy, Nginx, Haproxy)}


def measure(proxy, steps, note):
    had = 0
    for step in steps:
        before, began = cpu(proxy.pids()), time.monotonic()
        proxy.add(had, step)
        seconds = time.monotonic() - began
        spent = cpu(proxy.pids()) - before
        note("add", step, spent / (step - had))
        note("rate", step, (step - had) / seconds)
        # nginx's old worker takes connections for another moment.
        time.sleep(1)
        before = cpu(proxy.pids())
        ask(proxy, ASKED, step)
        note("find", step, (cpu(proxy.pids()) - before) / ASKED)
        note("memory", step, memory_mib(proxy.pids(), "Rss"))
        had = step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--routes", default="1,1000,100000")
    parser.add_argument("--peers", default="configurable-http-proxy,nginx,haproxy")
    parser.add_argument("--core", type=int, default=0, help="of the proxies")
    parser.add_argument("--load-core", type=int, default=1, help="of load and backend")
    parser.add_argument("--binary", type=Path, default=proxies.Edge.binary)
    parser.add_argument("--priority", type=int, default=0, help="of proxies and load, as nice has it: -10 on a busy machine, as root")
    options = parser.parse_args()
    proxies.Proxy.priority = options.priority
    proxies.Edge.binary = options.binary.resolve()
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    proxies.place({options.load_core}, options.priority)
    steps = [int(step) for step in options.routes.split(",")]
    (port,) = free_ports(1)
    backend = subprocess.Popen([str(LOAD), "backend", str(port)])
    work = Path(tempfile.mkdtemp(prefix="perijove-bench-"))
    samples, names = {}, []
    for name in ["edge", *filter(None, options.peers.split(","))]:
        missing = ALL[name].missing()
        if missing:
            print(f"skipped: {name}: {missing}", file=sys.stderr)
        else:
            names.append(name)
    try:
        for number in range(options.rounds):
            for name in names if number % 2 == 0 else reversed(names):
                # An edge remembers its routes: each begins without any.
                place = work / str(number)
                place.mkdir(exist_ok=True)
                proxy = ALL[name](place, port)
                try:
                    proxy.start({options.core})
                    if isinstance(proxy, ByApi):
                        proxy.add(0, 1)
                        for _ in range(WARM // 1000):
                            ask(proxy, 1000, 1)
                    note = lambda *row: samples.setdefault(row[:2], {}).setdefault(name, []).append(row[2])  # noqa: E731
                    measure(proxy, steps, note)
                finally:
                    proxy.stop()
    finally:
        backend.kill()
        backend.wait()
        shutil.rmtree(work, ignore_errors=True)
    print("| | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    labels = {"add": "CPU per route added, us", "rate": "routes added per second", "find": "CPU per request, us", "memory": "resident, MiB"}
    for row, label in labels.items():
        for step in steps:
            found = samples.get((row, step), {})
            cells = [f"{statistics.median(found[name]):,.1f}" if name in found else "" for name in names]
            print(f"| {label}, {step:,} routes | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
