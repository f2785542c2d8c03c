#!/usr/bin/env python3
"""What a request costs the hub: Perijove beside JupyterHub 6.1.1, on the same data, in turns.

Both hubs run, and are asked in short turns, past the proxy, over kept connections, by so many clients at once; the CPU
time is that of the hub's process alone, from /proc. Medians over the turns; requests per second are those of one full
core (1 / CPU time).

    bench/run.sh cost --users 10000 --rounds 3
    scripts/with-postgres.sh bench/run.sh cost --postgres
"""

import argparse
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

from platforms import ROOT, JupyterHub, Perijove, cpu_seconds, fill, wait_healthy

TOKEN = "bench-token-of-thirty-two-letters-or-more"
TURNS = 5
CALLBACK = "http://127.0.0.1:9/callback"
FORM = "Content-Type: application/x-www-form-urlencoded"

PERIJOVE = f"""
[[service]]
name = "bench"
admin = true
api_token = "{TOKEN}"
oauth_redirect_uri = "{CALLBACK}"
oauth_no_confirm = true
[[role]]
name = "user"
scopes = ["self", "access:services!service=bench"]
"""

JUPYTERHUB = f"""
c.JupyterHub.services = [dict(name="bench", admin=True, api_token="{TOKEN}", oauth_redirect_uri="{CALLBACK}", oauth_no_confirm=True)]
c.JupyterHub.load_roles = [dict(name="user", scopes=["self", "access:services!service=bench"])]
"""

ADMINISTRATION = [
    ("people, first page", "admin"),
    ("people, last page", "admin?sort=-name"),
    ("people, by last activity", "admin?sort=-last_activity"),
    ("people, part of a name that many have", "admin?name_filter=user-77"),
    ("people, part of a name that one has", "admin?name_filter=ser-77777"),
    ("people, part of a name that nobody has", "admin?name_filter=nobody"),
    ("servers, first page", "admin/servers"),
    ("servers, part of a name that nobody has", "admin/servers?search=nobody"),
    ("audit log", "admin/audit"),
    ("usage", "admin/usage"),
    ("health", "admin/health"),
]


class Client:
    """One kept connection, and the cookies of one browser."""

    def __init__(self, hub):
        self.address, self.socket, self.cookies = urllib.parse.urlsplit(hub), None, {}

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def written(self, method, path, body=None, headers=()):
        """A request as it goes over the wire, on a connection that is open."""
        if not self.socket:
            self.socket = socket.create_connection((self.address.hostname, self.address.port), timeout=120)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.address.netloc}", "Accept-Encoding: identity", *headers]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{key}={value}" for key, value in self.cookies.items()))
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", body or ""]).encode()

    def answer(self, method):
        answer = http.client.HTTPResponse(self.socket, method=method)
        answer.begin()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, value = cookie.split(";")[0].split("=", 1)
            self.cookies[key] = value
        return answer.status, answer.headers, text


def ask(clients, requests, wanted):
    """Every client's request at the same time; what they were answered."""
    written = [client.written(*request) for client, request in zip(clients, requests)]
    for client, request in zip(clients, written):
        client.socket.sendall(request)
    answers = [client.answer(request[0]) for client, request in zip(clients, requests)]
    for request, (status, _, text) in zip(requests, answers):
        assert status in wanted, (request[:2], status, text[:300])
    return answers


def api(clients, requests, tokens=None):
    """Calls of the API at the same time; what they were answered."""
    written = []
    for (method, path, *body), token in zip(requests, tokens or [TOKEN] * len(requests)):
        body = json.dumps(body[0]) if body else None
        written.append((method, f"/hub/api{path}", body, [f"Authorization: token {token}"]))
    return [json.loads(text) if text else None for _, _, text in ask(clients, written, (200, 201))]


def sign_in(clients, names):
    for client in clients:
        client.cookies.clear()
    forms = []
    for name, (_, _, page) in zip(names, ask(clients, [("GET", "/hub/login")] * len(names), (200,))):
        xsrf = re.search(rb'name="_xsrf"[^>]*value="([^"]+)"', page).group(1).decode()
        form = urllib.parse.urlencode({"username": name, "password": "x", "_xsrf": xsrf})
        forms.append(("POST", "/hub/login", form, [FORM]))
    ask(clients, forms, (302,))


def oauth(visitors, service):
    """What a service goes through for visitors: authorize, the code for a token, whose token it is."""
    query = {"client_id": "service-bench", "redirect_uri": CALLBACK, "response_type": "code", "state": "s"}
    authorize = ("GET", "/hub/api/oauth2/authorize?" + urllib.parse.urlencode(query))
    forms = []
    for _, headers, _ in ask(visitors, [authorize] * len(visitors), (302,)):
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)["code"][0]
        form = {"client_id": "service-bench", "client_secret": TOKEN, "grant_type": "authorization_code"}
        form = urllib.parse.urlencode({**form, "code": code, "redirect_uri": CALLBACK})
        forms.append(("POST", "/hub/api/oauth2/token", form, [FORM]))
    tokens = [json.loads(text)["access_token"] for _, _, text in ask(service, forms, (200,))]
    api(service, [("GET", "/user")] * len(tokens), tokens)


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".000000Z"


def operations(hub, users, at_once):
    """Name, how often Perijove and its peer are asked, and so many requests at once; n counts up."""
    clients, guests, visitors = ([Client(hub) for _ in range(at_once)] for _ in range(3))
    [made] = api(clients[:1], [("POST", "/users/user-1/tokens", {"note": "bench"})])
    own = [made["token"]] * at_once
    name = lambda n: f"user-{1 + n * 7919 % users}"
    page = lambda n, size: ("GET", f"/users?limit={size}&offset={n * size % users}")
    seen = lambda n: ("POST", f"/users/{name(n)}/activity", {"last_activity": now()})
    sign_in(visitors, [f"user-{2 + n}" for n in range(at_once)])
    everybody = [*clients, *guests, *visitors]
    return everybody, [
        ("page of 50 users", 2000, 100, lambda ns: api(clients, [page(n, 50) for n in ns])),
        ("page of 200 users", 1000, 50, lambda ns: api(clients, [page(n, 200) for n in ns])),
        ("one user", 8000, 300, lambda ns: api(clients, [("GET", f"/users/{name(n)}") for n in ns])),
        ("whose token (GET /user)", 20000, 1000, lambda ns: api(clients, [("GET", "/user") for _ in ns], own)),
        ("activity POST", 5000, 300, lambda ns: api(clients, [seen(n) for n in ns])),
        ("sign-in (page and form)", 2000, 100, lambda ns: sign_in(guests, [name(n) for n in ns])),
        ("OAuth flow (three requests)", 2000, 60, lambda ns: oauth(visitors[: len(ns)], clients)),
    ]


def rest(process):
    """Waits until the hub has done what it does beside all else after a start, such as a look for people's homes."""
    before, until = cpu_seconds([process.pid]), time.monotonic() + 120
    while time.monotonic() < until:
        time.sleep(3)
        now = cpu_seconds([process.pid])
        if now - before <= 0.03:
            return
        before = now


class Side:
    """A platform that runs, and what it is asked."""

    def __init__(self, platform, options):
        self.platform, self.process = platform, platform.start()
        wait_healthy(platform.port, self.process)
        rest(self.process)
        self.at_once, self.asked = options.at_once, 0
        self.clients, self.operations = operations(platform.hub, options.users, options.at_once)

    def spend(self, ask, times):
        """CPU seconds of the hub's process for one request, over this many."""
        # New connections: the hub may have closed those that were idle in the other side's turn.
        for client in self.clients:
            client.close()
        before, until = cpu_seconds([self.process.pid]), self.asked + times
        for first in range(self.asked, until, self.at_once):
            ask(range(first, min(first + self.at_once, until)))
        self.asked = until
        return (cpu_seconds([self.process.pid]) - before) / times


def measure(sides, options):
    """Each request of one side, then of the other, in short turns: whatever else the machine does hits both alike."""
    results = {}
    for number, (what, *_) in enumerate(sides[0].operations):
        if options.only and options.only not in what:
            continue
        found = results[what] = {side.platform.name: [] for side in sides}
        for turn in range(-1, options.rounds * TURNS):
            for side in sides if turn % 2 == 0 else sides[::-1]:
                _, ours, peers, ask = side.operations[number]
                times = (ours if side.platform.name == "perijove" else peers) // TURNS
                cpu = side.spend(ask, times)
                # The turn before the first is for warming up.
                if turn >= 0:
                    found[side.platform.name].append(cpu)
        row = {name: round(statistics.median(costs) * 1e6, 1) for name, costs in found.items()}
        print(json.dumps({"what": what, **row}), file=sys.stderr)
    return results


def walk(options, scratch):
    """All people of a large hub, page by page: does a page at the end cost what one at the beginning does? Then the pages
    of its administration, as a signed-in admin gets them."""
    ours = Perijove(scratch, options.binary, more='admin_users = ["boss"]\n' + PERIJOVE)
    process = ours.start()
    wait_healthy(ours.port, process)
    rest(process)
    fill(scratch / "hub.sqlite", options.users)
    client, pages, offset = [Client(ours.hub)], options.users // 50, 0
    print("| pages of 50, of {:,} users | us of CPU for a page |\n|---|---|".format(options.users))
    for tenth in range(10):
        before = cpu_seconds([process.pid])
        for _ in range(pages // 10):
            assert len(api(client, [("GET", f"/users?limit=50&offset={offset}")])[0]) == 50
            offset += 50
        cost = (cpu_seconds([process.pid]) - before) / (pages // 10)
        print(f"| {tenth * pages // 10:,} to {(tenth + 1) * pages // 10:,} | {cost * 1e6:.0f} |")
    boss = [Client(ours.hub)]
    sign_in(boss, ["boss"])
    print("\n| page of the administration | ms of CPU |\n|---|---|")
    for what, path in ADMINISTRATION:
        before = cpu_seconds([process.pid])
        for _ in range(20):
            ask(boss, [("GET", f"/hub/{path}")], (200,))
        print(f"| {what} | {(cpu_seconds([process.pid]) - before) / 20 * 1e3:.1f} |")
    ours.stop(process)


def postgres_database(name):
    """A new database on the server that PERIJOVE_TEST_POSTGRES names."""
    import psycopg2

    server = os.environ["PERIJOVE_TEST_POSTGRES"]
    connection = psycopg2.connect(server)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    return server.rsplit("/", 1)[0] + "/" + name


def fill_postgres(url, users):
    import psycopg2

    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    cursor.execute(
        "INSERT INTO users (name, user_info, admin, created, cookie_id) "
        "SELECT 'user-' || n, '{}', FALSE, '2026-11-21', lpad(n::text, 32, '0') FROM generate_series(1, %s) n",
        (users,),
    )
    cursor.execute(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth) "
        "SELECT u.id, r.id, FALSE FROM users u, roles r WHERE r.name = 'user' AND u.name LIKE 'user-%'"
    )
    connection.commit()
    cursor.close()
    connection.set_session(autocommit=True)
    connection.cursor().execute("ANALYZE")
    connection.close()


def platforms(options, scratch):
    found = []
    kinds = [(Perijove, options.binary, PERIJOVE), (JupyterHub, options.environment, JUPYTERHUB)]
    for kind, program, more in kinds[:1] if options.alone else kinds:
        work = scratch / kind.__name__.lower()
        work.mkdir()
        database = postgres_database(f"bench_{kind.__name__.lower()}_{os.getpid()}") if options.postgres else None
        platform = kind(work, program, database, more)
        process = platform.start()
        wait_healthy(platform.port, process)
        platform.stop(process)
        if options.postgres:
            fill_postgres(database, options.users)
        else:
            fill(work / "hub.sqlite", options.users)
        found.append(platform)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=8, help="clients that ask at the same time")
    parser.add_argument("--postgres", action="store_true", help="on the server that PERIJOVE_TEST_POSTGRES names")
    parser.add_argument("--only", help="requests with this in their name")
    parser.add_argument("--alone", action="store_true", help="Perijove without its peer")
    parser.add_argument("--walk", action="store_true", help="only list all people of Perijove, page by page")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    parser.add_argument("--environment", type=Path, default=ROOT / ".perijove/environments/test")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="perijove-bench-"))
    try:
        if options.walk:
            return walk(options, scratch)
        sides = []
        try:
            for platform in platforms(options, scratch):
                sides.append(Side(platform, options))
            results = measure(sides, options)
        finally:
            for side in sides:
                side.platform.stop(side.process)
        print("| request | Perijove, us of CPU | requests/s of a core | JupyterHub 6.1.1, us of CPU | times less |")
        print("|---|---|---|---|---|")
        for what, by_name in results.items():
            own, *others = (statistics.median(costs) for costs in by_name.values())
            other = others[0] if others else float("nan")
            print(f"| {what} | {own * 1e6:.1f} | {1 / own:,.0f} | {other * 1e6:,.0f} | {other / own:.0f} |")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
