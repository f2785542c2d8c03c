#!/usr/bin/env python3
"""What a request, a message and a connection cost the edge, beside configurable-http-proxy, nginx and HAProxy.

Each proxy runs on one core, load and backend on another. Short rounds in turns, forwards and back, so that whatever
else runs on the machine hits all alike; the figure is the CPU time per operation of the proxy's processes (user and
system, from /proc), the table has medians over the rounds and the spread (half of the distance between quartiles). The last column is the median, over the rounds, of the edge's figure divided by
that of the better of nginx and HAProxy.

    bench/run.sh edge
    bench/run.sh edge --rounds 20 --rows c32,c256,ws100 --peers nginx,haproxy
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import proxies
from platforms import ROOT, free_ports, memory_mib
from proxies import ALL, OPEN_FILES, ROUTE, place

LOAD = ROOT / "target/edge-load/release/edge-load"
HUNDRED_MB = "100000000"
# Node compiles what runs often only after that many requests.
WARM = 15_000
# Then the edge has come to rest, and has given back what its start and its work needed.
REST = 25

# Key: what the table says, unit, the load; how many operations end a round early.
ROWS = {
    "c1": ("1 kept connection", "us", ["http", "--connections", "1"]),
    "c32": ("32 kept connections", "us", ["http", "--connections", "32"]),
    "c256": ("256 kept connections", "us", ["http", "--connections", "256"]),
    "new": ("a new connection each", "us", ["http", "--connections", "32", "--new"]),
    "ws1": ("websocket echo, 1 connection", "us", ["websocket", "--connections", "1"]),
    "ws100": ("websocket echo, 100 connections", "us", ["websocket", "--connections", "100"]),
    "down": ("100 MB down", "ms", ["http", "--count", "4", "--seconds", "30", "--download", HUNDRED_MB]),
    "up": ("100 MB up", "ms", ["http", "--count", "4", "--seconds", "30", "--upload", HUNDRED_MB]),
}

# The same over TLS, without taking up sessions again.
TLS_ROWS = {
    "tls32": ("TLS, 32 kept connections", "us", ["http", "--connections", "32", "--tls"]),
    "tlsnew": ("TLS, a new connection each", "us", ["http", "--connections", "32", "--new", "--tls"]),
    "tlsdown": ("TLS, 100 MB down", "ms", ["http", "--count", "4", "--seconds", "30", "--download", HUNDRED_MB, "--tls"]),
    "h2": ("HTTP/2, 4 connections of 8 requests at once", "us", ["http2", "--connections", "4", "--streams", "8"]),
}
OTHER_ROWS = ["memory", "threads"]


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        (self.port,) = free_ports(1)
        self.backend = self.spawn("backend", str(self.port))
        self.out = open(options.out, "a") if options.out else None
        self.samples = {}

    def pinned(self):
        place({self.options.load_core}, self.options.priority)

    def spawn(self, *arguments, **how):
        return subprocess.Popen([str(LOAD), *arguments], preexec_fn=self.pinned, **how)

    def load(self, proxy, arguments):
        kind, *rest = arguments
        pids = ",".join(map(str, proxy.pids()))
        command = [str(LOAD), kind, f"127.0.0.1:{proxy.port}", f"{ROUTE}/x", "--cpu-of", pids, *rest]
        try:
            done = subprocess.run(command, preexec_fn=self.pinned, capture_output=True, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            print(f"warning: {proxy.name} has not answered in time: {' '.join(command)}", file=sys.stderr)
            return None
        if done.returncode:
            raise SystemExit(f"error: {' '.join(command)}\n{done.stderr}")
        return json.loads(done.stdout)

    def note(self, proxy, row, value, **more):
        self.samples.setdefault(row, {}).setdefault(proxy, []).append(value)
        line = {"proxy": proxy, "row": row, "value": value, "load": os.getloadavg()[0], **more}
        print(json.dumps(line), file=self.out or sys.stderr, flush=True)

    def warm(self, proxy):
        for arguments in (
            ["http", "--connections", "32", "--count", str(WARM), "--seconds", "60"],
            ["http", "--connections", "32", "--new", "--count", "2000", "--seconds", "60"],
            ["websocket", "--connections", "100", "--seconds", "1"],
        ):
            if arguments[0] == "http" or not proxy.certificate:
                self.load(proxy, [*arguments, *(["--tls"] if proxy.certificate else [])])

    def speed(self, running, rows):
        for number in range(self.options.rounds):
            for row in rows:
                _, unit, arguments = {**ROWS, **TLS_ROWS}[row]
                arguments = arguments if "--seconds" in arguments else [*arguments, "--seconds", str(self.options.seconds)]
                # Configurable-http-proxy has no HTTP/2.
                able = [proxy for proxy in running if row != "h2" or proxy.name != "configurable-http-proxy"]
                for proxy in able if number % 2 == 0 else reversed(able):
                    found = self.load(proxy, arguments)
                    if not found:
                        continue
                    if found["failed"]:
                        print(f"warning: {proxy.name}, {row}: {found['failed']} failed: {found['failure']}", file=sys.stderr)
                    self.note(proxy.name, row, found["cpu_us"] / (1000 if unit == "ms" else 1), **found)

    def in_turns(self, kinds, rows, certificate=None):
        """Starts the proxies, measures the rows, and ends them."""
        running = []
        try:
            for kind in kinds:
                running.append(kind(self.work, self.port, certificate))
                running[-1].start({self.options.core})
                self.warm(running[-1])
            self.speed(running, rows)
        finally:
            for proxy in running:
                proxy.stop()

    def memory(self, proxy):
        """Resident after a while in which nothing has happened, and with idle websockets."""
        proxy.start({self.options.core})
        time.sleep(REST)
        idle = memory_mib(proxy.pids(), "Rss")
        self.note(proxy.name, "idle", idle)
        count = self.options.websockets
        client = self.spawn(
            *["idle", f"127.0.0.1:{proxy.port}", f"{ROUTE}/x", "--connections", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        if client.stdout.readline() != b"open\n":
            raise SystemExit(f"error: {proxy.name} does not hold {count} websockets")
        time.sleep(REST)
        self.note(proxy.name, "idlews", (memory_mib(proxy.pids(), "Rss") - idle) * 1024 / count)
        client.stdin.close()
        client.wait(30)
        proxy.stop()

    def two_cores(self, kind):
        """Requests per second of CPU time with one thread and with two, whoever gets the cores."""
        everywhere = os.sched_getaffinity(0)
        for number in range(self.options.rounds):
            for threads in (1, 2) if number % 2 == 0 else (2, 1):
                proxy = kind(self.work, self.port)
                proxy.threads = threads
                proxy.start(everywhere)
                found = self.load(proxy, ["http", "--connections", "64", "--seconds", str(self.options.seconds * 2)])
                self.note(proxy.name, f"threads{threads}", found["cpu_us"], **found)
                proxy.stop()


def spread(values):
    if len(values) < 4:
        return max(values) - min(values)
    low, _, high = statistics.quantiles(values, n=4)
    return (high - low) / 2


def figure(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def table(samples, names, rows):
    """Markdown; the last column holds the edge against the better of nginx and HAProxy."""
    names = [name for name in names if any(name in by for by in samples.values())]
    print("| | " + " | ".join(names) + " | edge / better |\n|---" + "|---" * (len(names) + 1) + "|")
    for row, label, unit in rows:
        found = samples.get(row, {})
        if not found:
            continue
        middle = {name: statistics.median(values) for name, values in found.items()}
        cells = [f"{figure(middle[n])} ± {figure(spread(found[n]))}" if n in middle else "" for n in names]
        better = min((name for name in ("nginx", "haproxy") if name in middle), key=middle.get, default=None)
        # Of each round by itself, so that what disturbed a round does not count.
        ratios = [own / other for own, other in zip(found.get("edge", []), found.get(better, []))]
        ratio = f"{statistics.median(ratios):.2f}" if ratios else ""
        print(f"| {label}, {unit} | " + " | ".join(cells) + f" | {ratio} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one measurement")
    known = [*ROWS, *TLS_ROWS, *OTHER_ROWS]
    parser.add_argument("--rows", default=",".join(known), help="of " + ", ".join(known))
    parser.add_argument("--peers", default="configurable-http-proxy,nginx,haproxy")
    parser.add_argument("--websockets", type=int, default=5000)
    parser.add_argument("--core", type=int, default=0, help="of the proxies")
    parser.add_argument("--load-core", type=int, default=1, help="of load and backend")
    parser.add_argument("--priority", type=int, default=0, help="of proxies and load, as nice has it: -10 on a busy machine, as root")
    parser.add_argument("--out", help="append every measurement to this file, as JSON")
    parser.add_argument("--binary", type=Path, default=proxies.Edge.binary)
    options = parser.parse_args()
    proxies.Proxy.priority = options.priority
    proxies.Edge.binary = options.binary.resolve()
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    kinds = []
    for name in ["edge", *filter(None, options.peers.split(","))]:
        missing = ALL[name].missing()
        if missing:
            print(f"skipped: {name}: {missing}", file=sys.stderr)
        else:
            kinds.append(ALL[name])
    rows = options.rows.split(",")
    work = Path(tempfile.mkdtemp(prefix="perijove-bench-"))
    bench = Bench(options, work)
    try:
        if "memory" in rows:
            for kind in kinds:
                bench.memory(kind(work, bench.port))
        if plain := [row for row in rows if row in ROWS]:
            bench.in_turns(kinds, plain)
        if secure := [row for row in rows if row in TLS_ROWS]:
            subprocess.run([str(LOAD), "certificate", str(work)], check=True)
            bench.in_turns(kinds, secure, work)
        if "threads" in rows:
            bench.two_cores(ALL["edge"])
    finally:
        bench.backend.kill()
        bench.backend.wait()
        shutil.rmtree(work, ignore_errors=True)
    labels = [(row, label, unit) for row, (label, unit, _) in {**ROWS, **TLS_ROWS}.items()]
    labels += [("idle", "resident, idle", "MiB"), ("idlews", "per idle websocket", "KiB")]
    labels += [("threads1", "64 connections, 1 thread", "us"), ("threads2", "64 connections, 2 threads", "us")]
    table(bench.samples, [kind.name for kind in kinds], labels)


if __name__ == "__main__":
    main()
