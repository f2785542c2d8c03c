#!/usr/bin/env python3
"""Servers in containers: Perijove beside JupyterHub 6.1.1 with DockerSpawner 14, on one engine and with the same images.

starts  Many at once: until all are ready and answer, and the CPU time of the hub and of the engine for each. The image is
        busybox with its web server: what a start costs is then the hub's and the engine's, and no notebook's.
pull    While one person's image comes from a registry that takes five seconds for it: how long do another's requests take?
greedy  While one container wants everything, memory, cores and processes: how long does another's page take? That one is
        JupyterLab (environments/lab, mounted), and the greedy one has the same limits.

It runs beside an engine of its own, both platforms at the same time, measured in turns:

    bench/run.sh docker --rounds 3 --at-once 30
"""

import argparse
import http.client
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from platforms import ROOT, JupyterHub, Perijove, wait_healthy
from registry import Registry
from signin import Person, percentile
from spawn import LIMIT, TOKEN, ask, own_cpu, table, until_ready

# Where servers reach their hub: the machine's address in the network that all of them are in.
NETWORK, SUBNET, ADDRESS = "bench", "10.99.0.0/24", "10.99.0.1"
SMALL, LAB = "bench/small:1", "bench/lab:1"
ENGINE = os.environ.get("PERIJOVE_DOCKER_SOCKET", "")
CORES = len(os.sched_getaffinity(0))
PULL_SECONDS = 5
# Between an answer and the next request of the same person, while an image comes.
EVERY = 0.02
# Before the next page, beside a greedy container.
PAUSE = 0.005
ASKED = {
    "poll": "whether a server runs (a start of one that does)",
    "home": "`/hub/home`",
    "page": "a page of one's own server",
}
MEMORY = 512

PERIJOVE = """
[[service]]
name = "bench"
admin = true
api_token = "{token}"
[spawner]
backends = ["docker"]
default_url = "/lab"
start_timeout = {limit}
http_timeout = {limit}
mem_limit = "{memory}M"
cpu_limit = {cpu}
[spawner.docker]
host = "unix://{engine}"
image = "{image}"
allowed_images = ["*"]
network = "{network}"
prefix = "perijove"
home = "perijove-{{username}}"
most_processes = {processes}
read_only_volumes = {volumes}
"""

JUPYTERHUB = """
c.JupyterHub.services = [dict(name="bench", admin=True, api_token="{token}")]
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = {limit}
c.Spawner.http_timeout = {limit}
c.Spawner.mem_limit = "{memory}M"
c.Spawner.cpu_limit = {cpu}
c.DockerSpawner.client_kwargs = {{"base_url": "unix://{engine}"}}
c.DockerSpawner.image = "{image}"
c.DockerSpawner.allowed_images = "*"
c.DockerSpawner.network_name = "{network}"
c.DockerSpawner.prefix = "dockerspawner"
c.DockerSpawner.remove = True
c.DockerSpawner.volumes = {{"dockerspawner-{{username}}": "/home/jovyan/work"}}
c.DockerSpawner.read_only_volumes = {volumes}
c.DockerSpawner.extra_host_config = {{"pids_limit": {processes}, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges"]}}
"""

SERVER = """#!/bin/sh
# Answers as a notebook server does, from files, and ends when it is told to.
trap 'exit 0' TERM
mkdir -p "/tmp/www$JUPYTERHUB_SERVICE_PREFIX" && cd "/tmp/www$JUPYTERHUB_SERVICE_PREFIX" || exit
echo '<!doctype html><title>A server</title>' >index.html
echo '{"version": "2"}' >api
httpd -f -p 8888 -h /tmp/www &
wait
"""

GREEDY = """#!/bin/sh
# Takes each core with so many processes, and so much memory and then more of it, until one is killed for it, again and again.
mkfifo /tmp/begin
(head -c "$2" /dev/zero; sleep 86400) | tail -c "$2" &
count=0
while [ $count -lt "$1" ]; do
  (read -r _ </tmp/begin; while :; do :; done) &
  count=$((count + 1))
done
sleep 3
: >/tmp/begin
while :; do
  (echo 1000 >/proc/self/oom_score_adj; exec tail /dev/zero)
done
"""


def docker(*words):
    done = subprocess.run(["docker", *words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"docker {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


def lay_out(root):
    """What is in an image: busybox, and two scripts. Where /usr is mounted, a program of the machine finds what it needs."""
    for path in ["bin", "etc", "tmp", "proc", "usr", "home/jovyan/work"]:
        (root / path).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for name in ["lib", "lib64"]:
        (root / name).symlink_to(f"usr/{name}")
    (root / "etc/passwd").write_text("jovyan:x:1000:100::/tmp:/bin/sh\n")
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    for applet in ["sh", "httpd", "mkdir", "mkfifo", "sleep", "tail", "head"]:
        (root / "bin" / applet).symlink_to("busybox")
    for name, text in [("server", SERVER), ("greedy", GREEDY)]:
        (root / name).write_text(text)
        (root / name).chmod(0o755)


def configuration(command):
    return {"Cmd": command, "User": "1000:100", "WorkingDir": "/tmp", "Env": ["HOME=/tmp", "PATH=/bin:/usr/bin"]}


def import_image(root, name, command):
    config = configuration(command)
    changes = [f"CMD {json.dumps(command)}", f"USER {config['User']}", f"WORKDIR {config['WorkingDir']}"]
    changes += [f"ENV {variable}" for variable in config["Env"]]
    tar = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
    options = [word for change in changes for word in ("--change", change)]
    subprocess.run(["docker", "import", *options, "-", name], stdin=tar.stdout, stdout=subprocess.DEVNULL, check=True)
    assert tar.wait() == 0


def mounted(lab):
    """The directories in which the environment and its Python lie."""
    python = (lab / "bin/python").resolve().parent.parent
    found = {"/usr", str(lab.resolve())} | ({str(python)} if not python.is_relative_to("/usr") else set())
    return {path: path for path in sorted(found)}


def engine_pids():
    """The engine and its containerd; what they start for a container is the container's."""
    engine = int((Path(ENGINE).parent / "pid").read_text())
    children = Path(f"/proc/{engine}/task/{engine}/children").read_text().split()
    return [engine, *(int(child) for child in children if "containerd" in Path(f"/proc/{child}/comm").read_text())]


class Bench:
    """One platform that runs."""

    def __init__(self, label, prefix, platform):
        self.label, self.prefix, self.platform = label, prefix, platform
        self.base = f"http://127.0.0.1:{platform.port}"
        self.process = platform.start()
        wait_healthy(platform.port, self.process)
        self.count = 0

    def people(self, count):
        names = [f"p{self.count + n}" for n in range(count)]
        self.count += count
        for name in names:
            status, text = ask(self.platform.hub, "POST", f"/hub/api/users/{name}")
            assert status == 201, text
        return names

    def start(self, name, image=SMALL):
        """Seconds until it is ready, and until its page has come."""
        begun = time.monotonic()
        status, text = ask(self.base, "POST", f"/hub/api/users/{name}/server", json.dumps({"image": image}))
        assert status in (201, 202), (self.label, status, text)
        if status == 202:
            until_ready(self.base, name)
        ready = time.monotonic() - begun
        status, page = ask(self.base, "GET", f"/user/{name}/api")
        assert status == 200 and b"version" in page, (self.label, status, page[:500])
        return ready, time.monotonic() - begun

    def stop(self, name):
        status, text = ask(self.base, "DELETE", f"/hub/api/users/{name}/server")
        assert status in (202, 204), text
        while json.loads(ask(self.platform.hub, "GET", f"/hub/api/users/{name}")[1])["servers"]:
            time.sleep(0.1)

    def stop_all(self, names):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self.stop, names))

    def container(self, name):
        return f"{self.prefix}-{name}"

    def starts(self, count):
        names = self.people(count)
        engine = engine_pids()
        hub, engines = own_cpu(self.process.pid), sum(map(own_cpu, engine))
        begun = time.monotonic()
        with ThreadPoolExecutor(count) as pool:
            times = list(pool.map(self.start, names))
        wall = time.monotonic() - begun
        hub, engines = own_cpu(self.process.pid) - hub, sum(map(own_cpu, engine)) - engines
        self.stop_all(names)
        return {
            "ready": max(ready for ready, _ in times),
            "median": statistics.median(ready for ready, _ in times),
            "all": wall,
            "hub_ms": 1000 * hub / count,
            "engine_ms": 1000 * engines / count,
        }


class Other:
    """Somebody whose server runs, and who asks for one thing again and again."""

    def __init__(self, bench, name, kind):
        self.bench, self.name, self.ask = bench, name, getattr(self, kind)
        bench.start(name)
        self.person = Person(bench.platform.hub)
        self.person.sign_in(name, "x")

    def poll(self):
        """Whoever starts what runs already is told so when its container was looked at."""
        status, text = ask(self.bench.base, "POST", f"/hub/api/users/{self.name}/server")
        assert status == 400 and b"already running" in text, (status, text)

    def home(self):
        status, text = self.person.ask("GET", "/hub/home")
        assert status == 200 and self.name.encode() in text, status

    def page(self):
        assert ask(self.bench.base, "GET", f"/user/{self.name}/api")[0] == 200

    def until(self, over):
        """Milliseconds of each request, one after the other."""
        took = []
        while not over():
            begun = time.monotonic()
            self.ask()
            took.append(1000 * (time.monotonic() - begun))
            time.sleep(EVERY)
        return took


def meanwhile(bench, others, third, over):
    """What others were kept waiting until it is over, and a third person whose start went in between."""
    with ThreadPoolExecutor(len(others) + 1) as pool:
        asked = {kind: pool.submit(other.until, over) for kind, other in others.items()}
        time.sleep(0.5)
        begins = pool.submit(bench.start, third)
        found = {kind: one.result() for kind, one in asked.items()}
        found["start"] = [1000 * begins.result()[0]]
    bench.stop(third)
    return found


def pull(bench, registry, root):
    """At rest, and while an image comes that somebody has asked for."""
    patient, third, *names = bench.people(2 + len(ASKED))
    others = {kind: Other(bench, name, kind) for kind, name in zip(ASKED, names)}
    until = time.monotonic() + PULL_SECONDS
    rest = meanwhile(bench, others, third, lambda: time.monotonic() > until)
    image, offered = registry.offer(root, configuration(["/server"]))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(bench.start, patient, image)
        assert offered.asked.wait(30), "the engine has not asked for the image"
        pulling = meanwhile(bench, others, third, offered.given.is_set)
        longest = {kind: round(max(took)) for kind, took in pulling.items()}
        print("pull", bench.label, f"ready after {first.result()[0]:.1f} s, longest ms", longest, file=sys.stderr, flush=True)
    bench.stop_all([patient, *names])
    return {"rest": rest, "pull": pulling}


def watch(pages, seconds, found):
    """Asks for pages in turns, as somebody at another machine would: from a process that need not wait for its turn."""
    try:
        os.nice(-15)
    except OSError:
        pass
    connections = {kind: http.client.HTTPConnection(urlsplit(base).netloc, timeout=LIMIT) for kind, (base, _, _) in pages.items()}
    seen = {kind: [] for kind in pages}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for kind, (_, path, headers) in pages.items():
            begun = time.monotonic()
            connections[kind].request("GET", path, headers=headers)
            answer = connections[kind].getresponse()
            text = answer.read()
            assert answer.status == 200, (answer.status, text[:300])
            seen[kind].append(1000 * (time.monotonic() - begun))
            time.sleep(PAUSE)
    found.put(seen)


def watched(bench, person, seconds):
    """Milliseconds of the whole page of the server, and of the hub's own about it."""
    cookies = "; ".join(f"{key}={value}" for key, value in person.cookies.items())
    pages = {
        "lab": (bench.base, f"/user/{bench.neighbour}/lab", {"Authorization": f"token {TOKEN}"}),
        "home": (bench.platform.hub, "/hub/home", {"Cookie": cookies}),
    }
    found = multiprocessing.Queue()
    process = multiprocessing.Process(target=watch, args=(pages, seconds, found))
    process.start()
    seen = found.get(timeout=seconds + 60)
    process.join()
    return seen


def greedy(bench, options):
    """A neighbour's pages at rest, beside a container that may have half of the cores, and beside one that may have all."""
    (name,) = bench.people(1)
    person = Person(bench.platform.hub)
    person.sign_in(bench.neighbour, "x")
    seen = {"rest": watched(bench, person, options.seconds)}
    bench.start(name)
    container = bench.container(name)
    docker("exec", "--detach", container, "/greedy", str(options.processes - 16), str((MEMORY - 16) * 2**20))
    for cores in sorted({max(CORES / 2, 0.5), CORES}):
        docker("update", "--cpu-quota", str(int(cores * 100_000)), container)
        until = time.monotonic() + 60
        while int(docker("stats", "--no-stream", "--format", "{{.PIDs}}", container)) < options.processes - 16:
            assert time.monotonic() < until, "the greedy container does not get its processes"
        time.sleep(2)
        seen[f"{cores:g} of {CORES} cores"] = watched(bench, person, options.seconds)
        usage = docker("stats", "--no-stream", "--format", "{{.CPUPerc}} {{.MemUsage}} {{.PIDs}} processes", container)
        print(bench.label, f"greedy, {cores:g} cores:", usage, file=sys.stderr, flush=True)
    bench.stop(name)
    return seen


def platforms(options, work, volumes, cpu):
    def settings(directory, text, **more):
        directory.mkdir()
        same = {"token": TOKEN, "limit": LIMIT, "engine": ENGINE, "image": SMALL, "network": NETWORK, "memory": MEMORY}
        return text.format(**same, cpu=cpu, processes=options.processes, **more)

    toml = "{ " + ", ".join(f"{json.dumps(source)} = {json.dumps(target)}" for source, target in volumes.items()) + " }"
    ours, theirs = work / "perijove", work / "jupyterhub"
    return [
        Bench("perijove", "perijove", Perijove(ours, options.binary, more=settings(ours, PERIJOVE, volumes=toml), address=ADDRESS)),
        Bench(
            "jupyterhub 6.1.1, DockerSpawner 14",
            "dockerspawner",
            JupyterHub(theirs, options.dockerspawner, more=settings(theirs, JUPYTERHUB, volumes=volumes), address=ADDRESS),
        ),
    ]


def in_turns(benches, rounds, measure, first=1):
    """What it gives for each platform in each round. The first has caches to fill, and is thrown away."""
    found = {bench.label: [] for bench in benches}
    for number in range(1 - first, rounds + 1):
        for bench in benches[:: 1 if number % 2 else -1]:
            one = measure(bench)
            if number:
                found[bench.label].append(one)
    return found


def report_starts(benches, options):
    def one(bench):
        figures = bench.starts(options.at_once)
        print("starts", bench.label, figures, file=sys.stderr, flush=True)
        return figures

    found = in_turns(benches, options.rounds, one)
    print(f"\n{options.at_once} starts at once, medians of {options.rounds}:\n")
    columns = [("s until all are ready", "ready", "{:.2f}"), ("s until half are", "median", "{:.2f}")]
    columns += [("CPU ms of the hub each", "hub_ms", "{:.1f}"), ("CPU ms of the engine each", "engine_ms", "{:.1f}")]
    medians = {label: {key: statistics.median(one[key] for one in many) for key in many[0]} for label, many in found.items()}
    table(medians.items(), columns)


def report_pull(benches, options, work):
    registry = Registry(PULL_SECONDS)

    found = in_turns(benches, options.rounds, lambda bench: pull(bench, registry, work / "image"))
    print(f"\nWhile another's image comes for {PULL_SECONDS} s, {options.rounds} times:\n")
    print("| what another person asks for | platform | at rest, median ms | longest | meanwhile, median ms | longest |")
    print("|---|---|---|---|---|---|")
    for kind, words in [*ASKED.items(), ("start", "a start, until ready")]:
        for label, many in found.items():
            cells = []
            for when in ["rest", "pull"]:
                all_of_them = [took for one in many for took in one[when][kind]]
                cells += [f"{statistics.median(all_of_them):.1f}", f"{max(all_of_them):.1f}"]
            print(f"| {words} | {label} | " + " | ".join(cells) + " |", flush=True)


def report_greedy(benches, options):
    for bench in benches:
        (bench.neighbour,) = bench.people(1)
        bench.start(bench.neighbour, LAB)

    found = in_turns(benches, options.rounds, lambda bench: greedy(bench, options), first=0)
    print(f"\nA neighbour's pages beside a greedy container, {options.rounds} times {options.seconds:g} s:\n")
    print("| page | platform | greedy one | p50 ms | p99 ms | p99 to that at rest |\n|---|---|---|---|---|---|")
    for kind, words in [("lab", "`/user/NAME/lab`"), ("home", "`/hub/home`")]:
        for label, many in found.items():
            rest = None
            for when in many[0]:
                all_of_them = [took for one in many for took in one[when][kind]]
                p50, p99 = percentile(all_of_them, 0.5), percentile(all_of_them, 0.99)
                rest = rest or p99
                print(f"| {words} | {label} | {when} | {p50:.1f} | {p99:.1f} | {p99 / rest:.2f} |", flush=True)
    for bench in benches:
        bench.stop(bench.neighbour)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--at-once", type=int, default=30)
    arguments.add_argument("--seconds", type=float, default=10, help="how long a neighbour's page is looked at")
    arguments.add_argument("--processes", type=int, default=512, help="most processes of one container")
    arguments.add_argument("--only", nargs="+", default=["starts", "pull", "greedy"], choices=["starts", "pull", "greedy"])
    arguments.add_argument("--lab", type=Path, default=ROOT / ".perijove/environments/lab")
    arguments.add_argument("--dockerspawner", type=Path, default=ROOT / ".perijove/environments/dockerspawner")
    arguments.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    options = arguments.parse_args()
    if not ENGINE:
        raise SystemExit("bench/docker.py runs beside an engine of its own: scripts/with-docker.sh")
    options.binary = options.binary.resolve()
    with tempfile.TemporaryDirectory(prefix="perijove-bench-") as work:
        run(options, Path(work))


def run(options, work):
    lay_out(work / "image")
    import_image(work / "image", SMALL, ["/server"])
    import_image(work / "image", LAB, [f"{options.lab.resolve()}/bin/jupyterhub-singleuser"])
    docker("network", "create", "--subnet", SUBNET, NETWORK)
    benches = platforms(options, work, mounted(options.lab) if "greedy" in options.only else {}, max(CORES / 2, 0.5))
    try:
        if "starts" in options.only:
            report_starts(benches, options)
        if "pull" in options.only:
            report_pull(benches, options, work)
        if "greedy" in options.only:
            report_greedy(benches, options)
    finally:
        for bench in benches:
            bench.platform.stop(bench.process)


if __name__ == "__main__":
    main()
