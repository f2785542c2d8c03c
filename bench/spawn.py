#!/usr/bin/env python3
"""Starts of JupyterLab servers: Perijove (forked and cold) beside JupyterHub 6.1.1's LocalProcessSpawner, in one run.

A start begins with the API's request, waits for the event that says "ready", and ends with the whole page /lab from the
server. All servers have the same environment (environments/lab) and homes that are new. First one after the other, in
turns between the platforms, then as many at once as is asked for. CPU time is read from /proc, for the hub alone and for
everything that a start brought to life; memory (PSS) of each server with its supervisor, after some seconds of rest.

    bench/run.sh spawn --rounds 5 --at-once 50
"""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from platforms import ROOT, TICK, JupyterHub, Perijove, family, memory_mib, wait_healthy

TOKEN = "bench-token-of-thirty-two-letters-or-more"
LIMIT = 900
REST_SECONDS = 8

PERIJOVE = """
[[service]]
name = "bench"
admin = true
api_token = "{token}"
[spawner]
default_url = "/lab"
start_timeout = {limit}
http_timeout = {limit}
[spawner.process]
environment_dir = "{lab}"
home = "{homes}/{{username}}"
warm = {warm}
"""

JUPYTERHUB = """
c.JupyterHub.services = [dict(name="bench", admin=True, api_token="{token}")]
c.Spawner.default_url = "/lab"
c.Spawner.cmd = ["{lab}/bin/jupyterhub-singleuser"]
c.Spawner.start_timeout = {limit}
c.Spawner.http_timeout = {limit}
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
"""


def ask(base, method, path, body=None):
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=LIMIT)
    try:
        connection.request(method, path, body, {"Authorization": f"token {TOKEN}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def until_ready(base, name):
    """Reads the events of the start, as a browser that waits does."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=LIMIT)
    try:
        connection.request("GET", f"/hub/api/users/{name}/server/progress", headers={"Authorization": f"token {TOKEN}"})
        answer = connection.getresponse()
        for line in answer:
            if line.startswith(b"data:"):
                event = json.loads(line[5:])
                if event.get("ready"):
                    return
                if event.get("failed"):
                    raise SystemExit(f"{name}: {event}")
    finally:
        connection.close()
    raise SystemExit(f"{name}: the events ended before the server was ready")


def own_cpu(pid):
    return sum(int((task / "schedstat").read_text().split()[0]) / 1e9 for task in Path(f"/proc/{pid}/task").iterdir())


def whole_cpu(pid):
    """With the children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return own_cpu(pid) + sum(int(field) for field in fields[13:15]) / TICK


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


class Bench:
    """One platform that runs."""

    def __init__(self, label, platform):
        self.label, self.platform = label, platform
        self.base = f"http://127.0.0.1:{platform.port}"
        self.process = platform.start()
        wait_healthy(platform.port, self.process)
        self.count = 0
        self.figures = {}

    def people(self, count):
        names = [f"p{self.count + n}" for n in range(count)]
        self.count += count
        for name in names:
            status, text = ask(self.platform.hub, "POST", f"/hub/api/users/{name}")
            assert status == 201, text
        return names

    def below(self):
        """What belongs to servers, and the nursery if there is one."""
        nursery = [pid for pid in family(self.process.pid) if "nursery.main()" in command_line(pid)]
        apart = {self.process.pid, *nursery}
        helpers = ("configurable-http-proxy", "perijove edge", "exe edge")
        servers = [pid for pid in family(self.process.pid) if pid not in apart]
        return [pid for pid in servers if not any(helper in command_line(pid) for helper in helpers)], nursery

    def start(self, name):
        """Seconds to ready, and to the page."""
        begun = time.monotonic()
        status, text = ask(self.base, "POST", f"/hub/api/users/{name}/server")
        assert status in (201, 202), (status, text)
        if status == 202:
            until_ready(self.base, name)
        ready = time.monotonic() - begun
        status, page = ask(self.base, "GET", f"/user/{name}/lab")
        assert status == 200 and b"jupyter-config-data" in page, (self.label, status, page[:500])
        return ready, time.monotonic() - begun

    def stop(self, name):
        status, text = ask(self.base, "DELETE", f"/hub/api/users/{name}/server")
        assert status in (202, 204), text
        while json.loads(ask(self.platform.hub, "GET", f"/hub/api/users/{name}")[1])["servers"]:
            time.sleep(0.2)

    def measure(self, names):
        """Starts these at once."""
        _, nursery = self.below()
        hub, warm = own_cpu(self.process.pid), sum(map(own_cpu, nursery))
        begun = time.monotonic()
        with ThreadPoolExecutor(len(names)) as pool:
            times = list(pool.map(self.start, names))
        wall = time.monotonic() - begun
        hub = own_cpu(self.process.pid) - hub
        servers, nursery = self.below()
        warm = sum(map(own_cpu, nursery)) - warm
        return {
            "ready": statistics.median(time for time, _ in times),
            "page": statistics.median(time for _, time in times),
            "all": wall,
            "hub_ms": 1000 * hub / len(names),
            "cpu": (sum(map(whole_cpu, servers)) + warm) / len(names),
        }

    def memory(self, count):
        time.sleep(REST_SECONDS)
        servers, nursery = self.below()
        return {
            "pss": memory_mib(servers, "Pss") / count,
            "uss": (memory_mib(servers, "Private_Dirty") + memory_mib(servers, "Private_Clean")) / count,
            "nursery": memory_mib(nursery, "Pss"),
        }


def table(rows, columns):
    print("| platform | " + " | ".join(title for title, _, _ in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for label, figures in rows:
        print(f"| {label} | " + " | ".join(form.format(figures[key]) for _, key, form in columns) + " |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--at-once", type=int, default=50)
    arguments.add_argument("--lab", type=Path, default=ROOT / ".perijove/environments/lab")
    arguments.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    arguments.add_argument("--only", nargs="*", help="platforms by the beginning of their name")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="perijove-bench-") as work:
        run(options, Path(work))


def platforms(options, work):
    def settings(label, text, **more):
        (work / label / "homes").mkdir(parents=True)
        return text.format(token=TOKEN, limit=LIMIT, lab=options.lab, homes=work / label / "homes", **more)

    made = {
        "perijove, forked": lambda: Perijove(work / "f", options.binary, more=settings("f", PERIJOVE, warm="true")),
        "perijove, cold": lambda: Perijove(work / "c", options.binary, more=settings("c", PERIJOVE, warm="false")),
        JupyterHub.name: lambda: JupyterHub(work / "j", Path(sys.prefix), more=settings("j", JUPYTERHUB)),
    }
    return {label: make for label, make in made.items() if not options.only or any(map(label.startswith, options.only))}


def without_npm(work):
    """jupyter-lsp asks `npm` for its folder at each start, wherever there is one: 0.14 s that say nothing of a platform."""
    programs = work / "programs"
    programs.mkdir()
    for directory in os.environ["PATH"].split(":"):
        for program in Path(directory).glob("*"):
            link = programs / program.name
            if program.name != "npm" and not link.is_symlink():
                link.symlink_to(program.resolve())
    os.environ["PATH"] = str(programs)


def run(options, work):
    without_npm(work)
    # The settings make the directories: they come first, as arguments.
    benches = [Bench(label, make()) for label, make in platforms(options, work).items()]
    try:
        singles = {bench.label: [] for bench in benches}
        for number in range(options.rounds + 1):
            for bench in benches[:: 1 if number % 2 else -1]:
                (name,) = bench.people(1)
                figures = bench.measure([name])
                bench.stop(name)
                # The first has caches to fill, and a nursery to make.
                print("first" if number == 0 else number, bench.label, figures, file=sys.stderr, flush=True)
                if number:
                    singles[bench.label].append(figures)
        medians = [
            (label, {key: statistics.median(one[key] for one in many) for key in many[0]})
            for label, many in singles.items()
            if many
        ]
        print(f"\nOne start, medians of {options.rounds}:\n")
        columns = [("s to ready", "ready", "{:.2f}"), ("s to the page", "page", "{:.2f}"), ("CPU s to the page", "cpu", "{:.3f}")]
        table(medians, [*columns, ("CPU ms of the hub itself", "hub_ms", "{:.1f}")])
        at_once = []
        for bench in benches:
            names = bench.people(options.at_once)
            figures = bench.measure(names)
            figures.update(bench.memory(len(names)))
            at_once.append((bench.label, figures))
            print(bench.label, figures, file=sys.stderr, flush=True)
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(bench.stop, names))
        print(f"\n{options.at_once} at once:\n")
        columns = [("s to the last page", "all", "{:.1f}"), ("CPU s each", "cpu", "{:.3f}"), ("CPU ms of the hub each", "hub_ms", "{:.1f}")]
        memory = [("PSS MiB each, idle", "pss", "{:.1f}"), ("USS MiB each", "uss", "{:.1f}"), ("PSS MiB of the nursery", "nursery", "{:.1f}")]
        table(at_once, [*columns, *memory])
    finally:
        for bench in benches:
            bench.platform.stop(bench.process)


if __name__ == "__main__":
    main()
