#!/usr/bin/env python3
"""Sign-ins: Perijove beside JupyterHub 6.1.1 with the same method, in one run, past the proxy.

Accounts with passwords are Perijove's own (argon2id, 19 MiB) and NativeAuthenticator's (bcrypt, cost 12); the dummy method
shows what a sign-in costs besides. First some people sign in one after the other, as fast as they can, in turns between the
platforms: sign-ins per second, and CPU time of the hub's process. Then many press the button in one moment, while another
process asks for /hub/health every 5 ms: how long does that take, and how many are told to come back?

    bench/run.sh signin --rounds 3 --seconds 10 --at-once 200
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from cost import rest
from platforms import ROOT, JupyterHub, Perijove, cpu_seconds, memory_mib, wait_healthy

PASSWORD = "violet-otter-ladder-97"
CLIENTS = 4
EVERY = 0.005

# Its own sign-in page does not work with JupyterHub 6.1.1 (it wants `statsd`, which is gone): JupyterHub's does as well.
NATIVE = """
from nativeauthenticator import NativeAuthenticator
class Native(NativeAuthenticator):
    def get_handlers(self, app):
        return [handler for handler in super().get_handlers(app) if "/login" not in handler[0]]
c.JupyterHub.authenticator_class = Native
"""


def bcrypt_hash():
    import bcrypt

    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(12))


def names(count):
    return [f"user-{n}" for n in range(count)]


def perijove(scratch, options, method):
    work = scratch / f"perijove-{method}"
    work.mkdir()
    return Perijove(work, options.binary, auth=method)


def jupyterhub(scratch, method):
    work = scratch / f"jupyterhub-{method}"
    work.mkdir()
    return JupyterHub(work, Path(sys.prefix), auth=method, more=NATIVE if method == "native" else "")


def take_over(platform, count):
    """The same hash for everybody; each is made anew when its person signs in for the first time."""
    kept = bcrypt_hash().decode()
    lines = platform.work / "passwords"
    lines.write_text("".join(f"{name}:{kept}\n" for name in names(count)))
    command = [platform.binary, "import-passwords", lines, "--config", platform.config]
    subprocess.run(command, check=True, cwd=platform.work, stdout=subprocess.DEVNULL)


def fill_native(platform, count):
    connection = sqlite3.connect(platform.work / "hub.sqlite", timeout=30)
    kept = bcrypt_hash()
    connection.executemany(
        "INSERT INTO users_info (username, password, is_authorized, login_email_sent, has_2fa) VALUES (?, ?, 1, 0, 0)",
        ((name, kept) for name in names(count)),
    )
    connection.commit()
    connection.close()


class Person:
    """A browser with one kept connection."""

    def __init__(self, hub):
        self.connection = http.client.HTTPConnection(urlsplit(hub).netloc, timeout=300)
        self.cookies = {}

    def ask(self, method, path, body=None, **headers):
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, value = cookie.split(";")[0].split("=", 1)
            self.cookies[key] = value
        return answer.status, answer.read()

    def open_page(self):
        """What the form of the sign-in page has to repeat."""
        self.cookies.clear()
        _, page = self.ask("GET", "/hub/login")
        return re.search(rb'name="_xsrf"[^>]*value="([^"]+)"', page).group(1).decode()

    def press(self, name, password, xsrf):
        form = urlencode({"username": name, "password": password, "_xsrf": xsrf})
        return self.ask("POST", "/hub/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, name, password):
        status, text = self.press(name, password, self.open_page())
        assert status == 302, (status, text[:300])


class Side:
    def __init__(self, label, platform, method, options):
        self.label, self.platform, self.method = label, platform, method
        self.process = platform.start()
        wait_healthy(platform.port, self.process)
        if method == "native":
            (take_over if label == "perijove" else fill_native)(platform, options.at_once)
        rest(self.process)
        self.rates, self.costs = [], []
        self.health, self.told, self.seconds, self.memory = [], {}, [], 0.0
        self.password = PASSWORD if method == "native" else "x"
        # Everybody once: rows of people, and hashes of today.
        for name in names(options.at_once):
            Person(platform.hub).sign_in(name, self.password)

    def steadily(self, seconds):
        """Some clients sign in one after the other, until the time is over."""
        counts, until = [0] * CLIENTS, time.monotonic() + seconds

        def work(number):
            client = Person(self.platform.hub)
            while time.monotonic() < until:
                client.sign_in(f"user-{number}", self.password)
                counts[number] += 1

        before, begun = cpu_seconds([self.process.pid]), time.monotonic()
        run_all([threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)])
        self.rates.append(sum(counts) / (time.monotonic() - begun))
        self.costs.append((cpu_seconds([self.process.pid]) - before) / sum(counts))

    def at_once(self, count):
        """Everybody has the page open and presses the button in the same moment."""
        clients = [(Person(self.platform.hub), name) for name in names(count)]
        tokens = [client.open_page() for client, _ in clients]
        barrier, statuses = threading.Barrier(count), []

        def work(client, name, xsrf):
            barrier.wait()
            statuses.append(client.press(name, self.password, xsrf)[0])

        ends, found = multiprocessing.Event(), multiprocessing.Queue()
        prober = multiprocessing.Process(target=probe, args=(self.platform.hub, ends, found))
        prober.start()
        time.sleep(0.5)
        begun = time.monotonic()
        threads = [threading.Thread(target=work, args=(*pair, xsrf)) for pair, xsrf in zip(clients, tokens)]
        peak = threading.Thread(target=self.watch_memory, args=(threads,))
        peak.start()
        run_all(threads)
        self.seconds.append(time.monotonic() - begun)
        ends.set()
        self.health += [took for at, took in found.get(timeout=60) if at >= begun]
        prober.join()
        peak.join()
        for status in statuses:
            self.told[status] = self.told.get(status, 0) + 1

    def watch_memory(self, threads):
        while not any(thread.is_alive() for thread in threads):
            time.sleep(0.001)
        while any(thread.is_alive() for thread in threads):
            self.memory = max(self.memory, memory_mib([self.process.pid], "Rss"))
            time.sleep(0.05)


def run_all(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def probe(hub, ends, found):
    """Asks for the hub's health every few milliseconds, from a process of its own."""
    try:
        os.nice(-10)
    except OSError:
        pass
    connection, seen = http.client.HTTPConnection(urlsplit(hub).netloc, timeout=120), []
    while not ends.is_set():
        begun = time.monotonic()
        connection.request("GET", "/hub/health")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        took = time.monotonic() - begun
        seen.append((begun, took))
        time.sleep(max(0.0, EVERY - took))
    found.put(seen)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def report(sides, count):
    print("\n| platform | method | sign-ins/s | CPU ms a sign-in |\n|---|---|---|---|")
    for side in sides:
        rate, cost = statistics.median(side.rates), statistics.median(side.costs)
        print(f"| {side.label} | {side.method} | {rate:.1f} | {cost * 1000:.2f} |")
    print(f"\n| platform, {count} at once | method | health p50 ms | p99 ms | longest ms | until all had an answer, s | answers | RSS MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for side in sides:
        p50, p99 = (percentile(side.health, part) * 1000 for part in (0.5, 0.99))
        longest, seconds = max(side.health) * 1000, statistics.median(side.seconds)
        told = ", ".join(f"{number} x {status}" for status, number in sorted(side.told.items()))
        print(
            f"| {side.label} | {side.method} | {p50:.2f} | {p99:.2f} | {longest:.2f} | {seconds:.2f} | {told} | {side.memory:.0f} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--methods", nargs="+", default=["native", "dummy"], choices=["native", "dummy"])
    parser.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    scratch = Path(tempfile.mkdtemp(prefix="perijove-bench-"))
    sides = []
    try:
        for method in options.methods:
            sides.append(Side("perijove", perijove(scratch, options, method), method, options))
            sides.append(Side("jupyterhub 6.1.1", jupyterhub(scratch, method), method, options))
        for number in range(options.rounds):
            for side in sides if number % 2 == 0 else sides[::-1]:
                side.steadily(options.seconds)
                side.at_once(options.at_once)
                row = {"platform": side.label, "method": side.method, "rate": side.rates[-1], "cpu": side.costs[-1]}
                print(json.dumps(row), file=sys.stderr)
        report(sides, options.at_once)
    finally:
        for side in sides:
            side.platform.stop(side.process)
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
