#!/usr/bin/env python3
"""Asks the real JupyterHub what crates/perijove/tests/it/http/matrix.rs asks Perijove, and compares the statuses.

    /path/to/venv/bin/python scripts/oracle/matrix.py [--write] [REQUEST-PATTERN]

The interpreter is one of an environment with JupyterHub 6.1.1. The callers, the world and the requests are read from
crates/perijove/tests/it/http/matrix/; the answers are written to jupyterhub.txt there with --write. Printed is what
differs from our committed statuses, as it must stand in differences.txt, with the reason.
"""

import http.server
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import requests

HTTP = Path(__file__).resolve().parents[2] / "crates/perijove/tests/it/http"
OURS = HTTP / "snapshots/it__http__matrix__matrix.snap"
THEIRS = HTTP / "matrix/jupyterhub.txt"

CONFIG = '''
import sqlite3

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from jupyterhub.handlers import BaseHandler
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner

WORLD = {world}


class Nothing(Spawner):
    """A server that is only said to run: requests to it are answered by the script."""

    running = False

    async def start(self):
        self.running = True
        return ("127.0.0.1", WORLD["server_port"])

    async def poll(self):
        return None if self.running else 0

    async def stop(self, now=False):
        self.running = False


class NoProxy(Proxy):
    should_start = False
    routes = dict()

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = dict(routespec=routespec, target=target, data=data)

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return dict(self.routes)


kept = dict()


class Keep(BaseHandler):
    """Remembers the state of the hub."""

    def get(self):
        self.db.commit()
        kept["database"] = sqlite3.connect(":memory:")
        with sqlite3.connect(WORLD["database"]) as now:
            now.backup(kept["database"])
        kept["services"] = dict(self.app._service_map)
        self.app.users.clear()


class Restore(BaseHandler):
    """Back to it. Which servers it knows depends on what it was asked before: from here on, on nothing."""

    def prepare(self):
        pass

    def get(self):
        for user in self.app.users.values():
            for spawner in user.spawners.values():
                spawner.stop_polling()
        self.db.rollback()
        self.db.expunge_all()
        self.db.close()
        with sqlite3.connect(WORLD["database"]) as now:
            kept["database"].backup(now)
        self.app.users.clear()
        services = self.app._service_map
        services.clear()
        services.update(kept["services"])
        for name, service in services.items():
            service.orm = orm.Service.find(self.db, name)
            service.roles = service.orm.roles


JupyterHub.stop = lambda self: None
c = get_config()  # noqa
c.JupyterHub.bind_url = "http://127.0.0.1:" + str(WORLD["public_port"])
c.JupyterHub.hub_bind_url = "http://127.0.0.1:" + str(WORLD["hub_port"])
c.JupyterHub.db_url = "sqlite:///" + WORLD["database"]
c.JupyterHub.extra_handlers = [("/matrix/keep", Keep), ("/matrix/restore", Restore)]
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = Nothing
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.allow_named_servers = True
c.JupyterHub.load_groups = dict({{"class": dict(users=["ann", "bob"])}})
c.JupyterHub.services = WORLD["services"]
c.JupyterHub.load_roles = WORLD["roles"]
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"ruth"}}
'''


def lines(file):
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("X-JupyterHub-Version", "6.1.1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Hub:
    """A JupyterHub, its callers, and the way back to how it was at first."""

    def __init__(self, folder):
        self.callers = [line.split() for line in lines(HTTP / "matrix/callers.txt")]
        public, hub, server = free_ports(3)
        self.url = f"http://127.0.0.1:{hub}/hub"
        services = [caller for caller in self.callers if caller[1] == "service"]
        world = {
            "public_port": public,
            "hub_port": hub,
            "server_port": server,
            "database": f"{folder}/hub.sqlite",
            "services": [{"name": name, "api_token": f"the-secret-of-{name}"} for name, _, _ in services],
            "roles": [
                {"name": f"role-{name}", "scopes": scopes.split(","), "services": [name]}
                for name, _, scopes in services
                if scopes != "-"
            ],
        }
        config = Path(folder, "config.py")
        config.write_text(CONFIG.format(world=repr(world)))
        stub = http.server.ThreadingHTTPServer(("127.0.0.1", server), Server)
        threading.Thread(target=stub.serve_forever, daemon=True).start()
        self.log = open(Path(folder, "hub.log"), "w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(config)], cwd=folder, stdout=self.log, stderr=self.log
        )
        self.plain = requests.Session()
        self.plain.trust_env = False
        for _ in range(1200):
            try:
                if self.plain.get(f"{self.url}/api").ok:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.1)
        sys.exit("JupyterHub does not start:\n" + Path(folder, "hub.log").read_text()[-3000:])

    def sign_in(self, name):
        browser = requests.Session()
        browser.trust_env = False
        browser.get(f"{self.url}/login")
        form = {"username": name, "password": "password", "_xsrf": browser.cookies["_xsrf"]}
        browser.post(f"{self.url}/login", data=form, allow_redirects=False)
        browser.headers["X-XSRFToken"] = browser.cookies.get("_xsrf")
        return browser

    def make_world(self):
        browsers = {name: self.sign_in(name) for name in ("ruth", "ann")}
        ruth = browsers["ruth"]
        for line in lines(HTTP / "matrix/requests.txt"):
            if line.startswith("+ ") and is_upstreams(line[2:]):
                answer = ask(ruth, self.url, *read(line[2:]))
                if not answer.ok:
                    sys.exit(f"{line}: {answer.status_code} {answer.text}")

        def token(owner, browser, **wish):
            answer = ask(browser, self.url, "POST", f"/users/{owner}/tokens", wish)
            if not answer.ok:
                sys.exit(f"a token of {owner} {wish}: {answer.status_code} {answer.text}")
            return answer.json()

        self.ids = {f"${name}": token(name, ruth)["id"] for name in ("ann", "cyd")}
        self.sessions = {}
        for name, kind, *rest in self.callers:
            session = requests.Session()
            session.trust_env = False
            secret = None
            match kind:
                case "wrong":
                    secret = "not-a-token-of-anybody"
                case "expired":
                    secret = token(rest[0], browsers[rest[0]], expires_in=1)["token"]
                case "session":
                    session = browsers[rest[0]]
                case "token":
                    owner, scopes = rest
                    scopes = [] if scopes == "-" else scopes.split(",")
                    secret = token(owner, browsers[owner], scopes=scopes)["token"]
                case "service":
                    secret = f"the-secret-of-{name}"
            if secret:
                session.headers["Authorization"] = f"token {secret}"
            self.sessions[name] = session
        time.sleep(2)
        self.control("keep")

    def control(self, what):
        answer = self.plain.get(f"{self.url}/matrix/{what}")
        if not answer.ok:
            sys.exit(f"{what}: {answer.status_code} {answer.text}")

    def statuses(self, method, path, body):
        for name, value in self.ids.items():
            path = path.replace(name, value)
        row = []
        for name, *_ in self.callers:
            status = ask(self.sessions[name], self.url, method, path, body).status_code
            row.append(status)
            if method != "GET" and not 400 <= status < 500:
                self.control("restore")
        return row


def read(line):
    method, path, *body = line.split(" ", 2)
    return method, path, json.loads(body[0]) if body else None


def ask(session, url, method, path, body):
    body = {} if body is None else {"json": body}
    return session.request(method, f"{url}/api{path}", allow_redirects=False, timeout=60, **body)


def is_upstreams(line):
    method, path, _ = read(line)
    for known in lines(HTTP / "upstream.txt"):
        known_method, template = known.split()
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if method == known_method and re.fullmatch(pattern, path.split("?")[0]):
            return True
    return False


def table(callers, rows):
    width = max(len(line) for line in rows)
    text = " " * width + "  " + " ".join(callers) + "\n"
    for line, statuses in rows.items():
        cells = " ".join(str(s).ljust(max(3, len(c))) for c, s in zip(callers, statuses))
        text += f"{line.ljust(width)}  {cells.rstrip()}\n"
    return text


def cells(text):
    first, *rest = [line for line in text.splitlines() if line]
    callers = first.split()
    found = {}
    for line in rest:
        words = line.split()
        request = " ".join(words[: -len(callers)])
        found.update({(request, caller): status for caller, status in zip(callers, words[-len(callers) :])})
    return found


def differences(ours, theirs):
    ours, found = cells(ours), {}
    for (request, caller), their in cells(theirs).items():
        our = ours.get((request, caller), "")
        if our != their:
            found.setdefault((request, our, their), []).append(caller)
    return [f"{request} | {our} not {their} | {' '.join(who)}" for (request, our, their), who in sorted(found.items())]


def main():
    write = "--write" in sys.argv
    patterns = [word for word in sys.argv[1:] if not word.startswith("--")]
    wanted = [line for line in lines(HTTP / "matrix/requests.txt") if not line.startswith("+") and is_upstreams(line)]
    wanted = [line for line in wanted if all(re.search(pattern, line) for pattern in patterns)]
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(folder)
        try:
            hub.make_world()
            rows = {line: hub.statuses(*read(line)) for line in wanted}
            if any(status >= 500 for row in rows.values() for status in row):
                print(Path(folder, "hub.log").read_text()[-20000:], file=sys.stderr)
        except BaseException:
            print(Path(folder, "hub.log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            hub.process.kill()
            hub.process.wait()
    theirs = table([caller[0] for caller in hub.callers], rows)
    if write and not patterns:
        THEIRS.write_text(theirs)
    if patterns:
        print(theirs)
    if OURS.exists():
        ours = OURS.read_text().split("---\n", 2)[2]
        print("\n".join(differences(ours, theirs)) or "no differences")


main()
