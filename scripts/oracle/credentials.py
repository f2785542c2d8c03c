#!/usr/bin/env python3
"""Asks a real JupyterHub and Perijove the same things about credentials, and prints where their answers differ.

Tokens, cookies, anti-forgery tokens, cross-origin requests, and the OAuth provider. Needs a Python with
jupyterhub==6.1.1 and requests, and a built perijove:

    python scripts/oracle/credentials.py target/debug/perijove

Starts both in temporary directories on free ports of 127.0.0.1, and stops them. Exits with 1 if there are differences
that EXPECTED does not name. `--theirs` and `--ours` take the URL of one that is already running.
"""

import argparse
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import requests

SERVICES = ("reports", "trusted")
SECRET = "the-secret-of-{}"

JUPYTERHUB = """
from jupyterhub.proxy import Proxy
class Nothing(Proxy):
    async def start(self): pass
    async def stop(self): pass
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {}
    async def check_running(self): return True
c.JupyterHub.proxy_class = Nothing
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "open sesame"
c.Authenticator.allow_all = True
c.Authenticator.blocked_users = {"mallory"}
c.Authenticator.admin_users = {"ruth"}
c.JupyterHub.hub_bind_url = c.JupyterHub.bind_url = "http://127.0.0.1:PORT"
c.JupyterHub.db_url = "sqlite:///x.sqlite"
c.JupyterHub.services = [
    dict(name="reports", url="http://127.0.0.1:9", api_token="the-secret-of-reports",
         oauth_client_allowed_scopes=["read:users!user", "read:servers!user"]),
    dict(name="trusted", url="http://127.0.0.1:9", api_token="the-secret-of-trusted", oauth_no_confirm=True,
         oauth_client_allowed_scopes=["inherit"]),
]
c.JupyterHub.load_groups = {"readers": dict(users=["ann", "bob"])}
c.JupyterHub.load_roles = [
    dict(name="users-of-services", scopes=["access:services"], groups=["readers"]),
    dict(name="robots", scopes=["read:users", "tokens"], services=["reports"]),
]
"""

PERIJOVE = """
[hub]
listen = "127.0.0.1:PORT"
data_dir = "."
[edge]
listen = "127.0.0.1:EDGE"
api_listen = "127.0.0.1:EDGE_API"
[[auth]]
kind = "dummy"
password = "open sesame"
[access]
allow_all = true
blocked_users = ["mallory"]
admin_users = ["ruth"]
[[service]]
name = "reports"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-reports"
oauth_client_allowed_scopes = ["read:users!user", "read:servers!user"]
[[service]]
name = "trusted"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-trusted"
oauth_no_confirm = true
oauth_client_allowed_scopes = ["inherit"]
[[group]]
name = "readers"
users = ["ann", "bob"]
[[role]]
name = "users-of-services"
scopes = ["access:services"]
groups = ["readers"]
[[role]]
name = "robots"
scopes = ["read:users", "tokens"]
services = ["reports"]
"""

# What differs on purpose: the case, JupyterHub's answer and ours, as regular expressions.
EXPECTED = [
    # A better answer where JupyterHub fails.
    ("", "^500", "^(40[0-9]|200)"),
    # HEAD wherever GET is.
    ("HEAD", "^405", "^(200|302|403)"),
    ("OPTIONS /nothing", "^404", "^200"),
    # A method that is not there is told before an _xsrf that is not there.
    ("", "_xsrf' argument missing|XSRF cookie does not match", "^405"),
    # The reason, where JupyterHub's message is null.
    ("", '^403(?s:.*)"message": null', "Missing or invalid credentials"),
    # Scopes in the order of their names.
    ("making_tokens", "Not assigning requested scopes .* not held by User", "Not assigning requested scopes .* not held by User"),
    ("making_tokens", "\"Scope 'nosuch' for token does not exist", "Scope 'nosuch' for token does not exist"),
    ("making_tokens: ann {'(note': 1|expires_in': True)", "^201", "^400"),
    ("making_tokens: ann", "not '", 'not \\\\"'),
    (r"making_tokens: body '\[\]'", "^201", "^400"),
    ("making_tokens: body ' '", "^400", "^201"),
    ("making_tokens: body", "Body must be a JSON dict or empty", "Body must be a JSON object"),
    # RFC 7636 has 43 to 128 characters.
    ("authorizing.*code_challenge", "^(200|302)", "error=invalid_request"),
    ("authorizing.*response_type': '(code token|none)", "^(200|302)", "error=unsupported_response_type"),
    ("authorizing.*response_mode", "oauth_callback#code", r"oauth_callback\?code"),
    # Nobody's form is refused all the same.
    ("authorizing.*POST", "^403", "^403"),
    ("exchanging.*grant_type': '(refresh_token|openid)", "^400", "unsupported_grant_type"),
    # Programs need no anti-forgery token to show a secret.
    ("POST /oauth2/token.*Origin", "_xsrf' argument missing", "unsupported_grant_type"),
    # Websockets are nothing that the API has.
    ("GET websocket", "^200", "^403"),
    # Pages send the anti-forgery cookie with every form, and clear cookies without being asked twice.
    ("cookies_of_pages", "^(200|302|403)", "^(200|302|403)(?s:.*)Set-Cookie"),
    ("cookies_of_pages: signed in /hub/login", "^302", "^302"),
]


class Hub:
    """One of the two, and what is to be masked in its answers."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.masks = {self.url: "HUB"}

    def send(self, method, path, session=None, **kwargs):
        session = session or requests.Session()
        return session.request(method, self.url + path, allow_redirects=False, timeout=20, **kwargs)

    def sign_in(self, name):
        session = requests.Session()
        session.headers["User-Agent"] = "credentials"
        self.send("GET", "/hub/login", session)
        fields = {"username": name, "password": "open sesame", "_xsrf": xsrf(session)}
        answer = self.send("POST", "/hub/login", session, data=fields)
        assert answer.status_code == 302, answer.text
        return session

    def token(self, session, name, **wish):
        answer = self.send("POST", f"/hub/api/users/{name}/tokens", session, json=wish, headers={"X-XSRFToken": xsrf(session)})
        assert answer.status_code == 201, answer.text
        return answer.json()["token"]


def xsrf(session):
    return next((cookie.value for cookie in session.cookies if cookie.name == "_xsrf"), "")


def bearer(token):
    return {"Authorization": f"token {token}"}


HEADERS = ["Content-Type", "Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "WWW-Authenticate"]
OAUTH_HEADERS = ["Cache-Control", "Pragma"]


def shown(hub, answer, headers=HEADERS):
    """An answer without what differs between any two hubs."""
    kind = answer.headers.get("Content-Type", "")
    lines = [str(answer.status_code)]
    for name in headers:
        # What kind nothing is of does not matter.
        if name in answer.headers and answer.status_code != 302 and (answer.text or name != "Content-Type"):
            lines.append(f"{name}: {answer.headers[name]}")
    if "Location" in answer.headers:
        lines.append("Location: " + answer.headers["Location"])
    for cookie in sorted(answer.raw.headers.getlist("Set-Cookie")):
        name, _, rest = cookie.partition("=")
        # Flags in their order of no meaning; expiry dates are those of Max-Age.
        flags = [part.strip() for part in rest.split(";")[1:]]
        keep = sorted(flag for flag in flags if not flag.lower().startswith(("expires", "samesite", "max-age")))
        lines.append(f"Set-Cookie: {name} {' '.join(keep)}")
    if "json" in kind and answer.text:
        lines.append(masked(json_text(answer)))
    text = "\n".join(lines)
    for secret, mask in hub.masks.items():
        text = text.replace(secret, mask)
    text = re.sub(r"code=\w{30}", "code=CODE", text)
    return text.replace("charset=utf-8", "charset=UTF-8").replace("; charset=UTF-8", "")


def json_text(answer):
    import json

    def sort(value):
        if isinstance(value, dict):
            return {key: sort(value[key]) for key in sorted(value)}
        if isinstance(value, list):
            return sorted(map(sort, value), key=str)
        return value

    return json.dumps(sort(answer.json()))


def masked(text):
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r'"(token|access_token)": "\w+"', r'"\1": "SECRET"', text)
    # A set there, and so in another order each time.
    text = re.sub(r'"scope": "([^"]*)"', lambda found: f'"scope": "{" ".join(sorted(found[1].split()))}"', text)
    text = re.sub(r'"(id|token_id)": "a\d+"', r'"\1": "aN"', text)
    return re.sub(r'"session_id": "\w+"', '"session_id": "SESSION"', text)


CASES = []


def cases(function):
    CASES.append(function)
    return function


@cases
def requests_without_credentials(hub):
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]:
        for path in ["", "/", "/user", "/users", "/users/ann/tokens", "/users/ann/tokens/a1", "/oauth2/token",
                     "/authorizations/token", "/authorizations/token/x", "/authorizations/cookie/x", "/nothing"]:
            for headers in [{}, {"Origin": "https://elsewhere.example"}]:
                yield f"{method} {path} {headers}", hub.send(method, "/hub/api" + path, headers=headers)
    for value in ["token", "token ", "token: x", "no sir", "token a b", "Basic x", "Bearer", "BEARER x", "token\tx",
                  "token x", "Token  x", "token " + "x" * 65]:
        yield f"Authorization: {value!r}", hub.send("GET", "/hub/api/user", headers={"Authorization": value})


@cases
def words_for_tokens(hub):
    ann = hub.sign_in("ann")
    secret = hub.token(ann, "ann")
    for value in [f"token {secret}", f"Bearer {secret}", f"TOKEN {secret}", f"token  {secret}",
                  f"token {secret} ", f"token {secret} x", f"xtoken {secret}", f"token: {secret}", f"Basic {secret}"]:
        answer = hub.send("GET", "/hub/api/user", headers={"Authorization": value})
        yield value.replace(secret, "SECRET"), answer
    yield "in the address", hub.send("GET", f"/hub/api/user?token={secret}")
    yield "on a page", hub.send("GET", "/hub/home", headers=bearer(secret))
    yield "authorize", hub.send("GET", "/hub/api/oauth2/authorize", headers=bearer(secret))


@cases
def cookies_and_anti_forgery_tokens(hub):
    ann = hub.sign_in("ann")
    mine = xsrf(ann)
    modes = [None, "navigate", "cors", "no-cors", "same-origin", "websocket", "nonsense"]
    sites = [None, "same-origin", "cross-site"]
    kinds = [None, "application/json", "application/json; charset=UTF-8", "text/plain", "application/x-www-form-urlencoded"]
    for method in ["GET", "HEAD", "OPTIONS", "POST"]:
        path = "/hub/api/users/ann/tokens" if method == "POST" else "/hub/api/user"
        for mode in modes:
            for site in sites:
                for kind in kinds if method == "POST" else [None]:
                    for given in ["", "query", "X-XSRFToken", "X-CSRFToken", "wrong", "empty"]:
                        if method == "POST" and mode == "websocket":
                            continue
                        headers = {"Sec-Fetch-Mode": mode, "Sec-Fetch-Site": site, "Content-Type": kind}
                        headers = {key: value for key, value in headers.items() if value}
                        query = {"query": "?_xsrf=" + mine, "wrong": "?_xsrf=wrong", "empty": "?_xsrf="}.get(given, "")
                        if given.startswith("X-"):
                            headers[given] = mine
                        body = "{}" if method == "POST" else None
                        answer = hub.send(method, path + query, ann, headers=headers, data=body)
                        yield f"{method} {mode} {site} {kind} {given}", answer
    for method in ["PUT", "PATCH", "DELETE"]:
        for query in ["", "?_xsrf=wrong", f"?_xsrf={mine}"]:
            answer = hub.send(method, "/hub/api/users/ann/tokens/a9999" + query, ann)
            yield f"{method} {query.replace(mine, 'MINE')}", answer


@cases
def cookies_of_pages(hub):
    fresh = requests.Session()
    for path in ["/hub/login", "/hub/login", "/hub/home", "/hub/logout", "/hub/api/user", "/hub/error/404"]:
        yield "fresh " + path, hub.send("GET", path, fresh)
    for mode in ["navigate", "cors", "no-cors"]:
        yield "login " + mode, hub.send("GET", "/hub/login", headers={"Sec-Fetch-Mode": mode})
    ann = requests.Session()
    hub.send("GET", "/hub/login", ann)
    fields = {"username": "ann", "password": "open sesame", "_xsrf": xsrf(ann)}
    yield "sign in", hub.send("POST", "/hub/login", ann, data=fields)
    yield "sign in again with the old", hub.send("POST", "/hub/login", ann, data=fields)
    for path in ["/hub/home", "/hub/token", "/hub/api/user", "/hub/login", "/hub/logout"]:
        yield "signed in " + path, hub.send("GET", path, ann)
    for wrong in [{"username": "ann", "password": "wrong"}, {"username": "mallory", "password": "open sesame"}, {}]:
        visitor = requests.Session()
        hub.send("GET", "/hub/login", visitor)
        yield f"sign in {wrong}", hub.send("POST", "/hub/login", visitor, data={**wrong, "_xsrf": xsrf(visitor)})
        yield f"no token {wrong}", hub.send("POST", "/hub/login", visitor, data=wrong)


@cases
def making_tokens(hub):
    ann, ruth = hub.sign_in("ann"), hub.sign_in("ruth")
    hub.sign_in("bob")
    own = bearer(hub.token(ann, "ann"))
    admin = bearer(hub.token(ruth, "ruth"))
    limited = bearer(hub.token(ann, "ann", scopes=["read:users!user"]))
    service = bearer(SECRET.format("reports"))
    wishes = [None, {}, {"note": ""}, {"note": None}, {"note": 1}, {"note": "x"}, {"unknown": 1}, {"expires_in": 100},
              {"expires_in": 0}, {"expires_in": -1}, {"expires_in": 1.5}, {"expires_in": "100"}, {"expires_in": True},
              {"scopes": []}, {"roles": []}, {"scopes": None, "roles": None}, {"scopes": [], "roles": []},
              {"scopes": "self"}, {"scopes": [1]}, {"roles": "user"}, {"roles": ["nosuch"]}, {"roles": ["user"]},
              {"roles": ["admin"]}, {"scopes": ["self"]}, {"scopes": ["inherit"]}, {"scopes": ["nosuch"]},
              {"scopes": ["read:users!user"]}, {"scopes": ["read:users"]}, {"scopes": ["read:users!user=bob"]},
              {"scopes": ["read:users!group=readers"]}, {"scopes": ["access:services"]}, {"scopes": ["(no_scope)"]}]
    for wish in wishes:
        yield f"ann {wish}", hub.send("POST", "/hub/api/users/ann/tokens", headers=own, json=wish)
    for body in ["", " ", "null", "[]", "1", '"x"', "{", "\xff"]:
        yield f"body {body!r}", hub.send("POST", "/hub/api/users/ann/tokens", headers=own, data=body.encode("latin-1"))
    for name in ["ann", "bob", "nobody"]:
        for who, headers in [("ann", own), ("ruth", admin), ("limited", limited), ("service", service)]:
            yield f"{who} for {name}", hub.send("POST", f"/hub/api/users/{name}/tokens", headers=headers, json={})
            yield f"{who} {name} list", hub.send("GET", f"/hub/api/users/{name}/tokens/a99999", headers=headers)
            for id in ["1", "x1", "a", "ax", "a-1", "a0", "a99999", "a99999999999999999999"]:
                answer = hub.send("GET", f"/hub/api/users/{name}/tokens/{id}", headers=headers)
                yield f"{who} {name} {id}", answer
                answer = hub.send("DELETE", f"/hub/api/users/{name}/tokens/{id}", headers=headers)
                yield f"{who} {name} delete {id}", answer


@cases
def tokens_by_password(hub):
    hub.sign_in("ann")
    hub.sign_in("ruth")
    right = {"username": "ann", "password": "open sesame"}
    for name in ["ann", "bob", "nobody"]:
        for auth in [right, {"username": "ann", "password": "wrong"}, {"username": "ruth", "password": "open sesame"},
                     {"username": "mallory", "password": "open sesame"}, {}, None, "x", [], {"username": "ann"},
                     {"username": 1, "password": 2}]:
            for headers in [{}, {"Origin": "https://elsewhere.example"}]:
                answer = hub.send("POST", f"/hub/api/users/{name}/tokens", json={"auth": auth}, headers=headers)
                yield f"{name} {auth} {headers}", answer
    for kind in ["text/plain", "application/x-www-form-urlencoded"]:
        body = '{"auth": {"username": "ann", "password": "open sesame"}}'
        yield kind, hub.send("POST", "/hub/api/users/ann/tokens", data=body, headers={"Content-Type": kind})
    ann = hub.sign_in("ann")
    yield "with a cookie", hub.send("POST", "/hub/api/users/ann/tokens", ann, json={"auth": right})
    wrong = bearer("nonsense")
    yield "with a token", hub.send("POST", "/hub/api/users/ann/tokens", json={"auth": right}, headers=wrong)


@cases
def authorizations(hub):
    ann = hub.sign_in("ann")
    own, limited = hub.token(ann, "ann"), hub.token(ann, "ann", scopes=[])
    service = SECRET.format("reports")
    for who, secret in [("own", own), ("limited", limited), ("service", service)]:
        for about, value in [("own", own), ("limited", limited), ("service", service), ("nonsense", "nonsense")]:
            answer = hub.send("GET", f"/hub/api/authorizations/token/{value}", headers=bearer(secret))
            yield f"{who} asks for {about}", answer
        for path in ["token", "token/x", "cookie/jupyterhub-hub-login/nonsense", "cookie/jupyterhub-hub-login",
                     "cookie/other/x", "cookie", "nothing"]:
            for method in ["GET", "POST", "DELETE"]:
                answer = hub.send(method, f"/hub/api/authorizations/{path}", headers=bearer(secret))
                yield f"{who} {method} {path}", answer
    yield "cookie", hub.send("GET", f"/hub/api/authorizations/token/{own}?_xsrf={xsrf(ann)}", ann)
    for path in ["token", "token/x"]:
        yield "POST with a cookie", hub.send("POST", f"/hub/api/authorizations/{path}", ann)


def authorize(name, **more):
    asked = {"client_id": f"service-{name}", "redirect_uri": f"/services/{name}/oauth_callback", "response_type": "code",
             "state": "the state", **more}
    return "/hub/api/oauth2/authorize?" + urlencode({key: value for key, value in asked.items() if value is not None})


@cases
def authorizing(hub):
    ann, eve = hub.sign_in("ann"), hub.sign_in("eve")
    others = [{}, {"client_id": None}, {"client_id": ""}, {"client_id": "nobody"}, {"client_id": "jupyterhub"},
              {"redirect_uri": None}, {"redirect_uri": ""}, {"redirect_uri": "/elsewhere"}, {"redirect_uri": "ok"},
              {"redirect_uri": "https://evil.example/"}, {"response_type": None}, {"response_type": ""},
              {"response_type": "token"}, {"response_type": "code token"}, {"response_type": "none"}, {"state": None},
              {"state": ""}, {"scope": ""}, {"scope": " "}, {"scope": "identify"}, {"scope": "nosuch"},
              {"scope": "user"}, {"scope": "admin"}, {"scope": "token"}, {"scope": "inherit"}, {"scope": "self"},
              {"scope": "user read:users"}, {"scope": "read:users!user"}, {"scope": "read:users:name!user"},
              {"scope": "identify read:servers!user"}, {"scope": "admin:invalid!no=bo!"}, {"scope": "read:users"},
              {"code_challenge": "short"}, {"code_challenge": "x" * 43}, {"code_challenge": "x" * 129},
              {"code_challenge": "x" * 43, "code_challenge_method": "S256"},
              {"code_challenge": "x" * 43, "code_challenge_method": "plain"},
              {"code_challenge": "x" * 43, "code_challenge_method": "S512"}, {"code_challenge_method": "S256"},
              {"response_mode": "query"}, {"response_mode": "fragment"}, {"prompt": "none"}]
    for name in SERVICES:
        for other in others:
            yield f"{name} {other}", hub.send("GET", authorize(name, **other), ann)
        path = authorize(name)
        for key in ["client_id", "response_type", "redirect_uri", "scope", "state"]:
            yield f"{name} twice {key}", hub.send("GET", f"{path}&scope=&{key}=x", ann)
        yield f"{name} eve", hub.send("GET", path, eve)
        yield f"{name} nobody", hub.send("GET", path)
        yield f"{name} HEAD", hub.send("HEAD", path, ann)
        yield f"{name} POST nobody", hub.send("POST", path)
        yield f"{name} POST without xsrf", hub.send("POST", path, ann)
        for fields in [[], [("scopes", "identify")], [("scopes", "read:users!user")], [("scopes", "admin:users")],
                       [("scopes", "nosuch")]]:
            answer = hub.send("POST", path, ann, data=[("_xsrf", xsrf(ann)), *fields])
            yield f"{name} POST {fields}", answer


@cases
def exchanging(hub):
    ann = hub.sign_in("ann")

    def code(**more):
        location = hub.send("GET", authorize("trusted", **more), ann).headers["Location"]
        return re.search(r"code=(\w+)", location)[1]

    def exchange(headers=None, twice=None, **more):
        fields = {"client_id": "service-trusted", "client_secret": SECRET.format("trusted"), "code": code(),
                  "grant_type": "authorization_code", "redirect_uri": "/services/trusted/oauth_callback", **more}
        fields = [(key, value) for key, value in fields.items() if value is not None]
        if twice:
            fields.append((twice, dict(fields).get(twice, "x")))
        return hub.send("POST", "/hub/api/oauth2/token", data=fields, headers=headers)

    for more in [{}, {"client_id": None}, {"client_id": ""}, {"client_id": "nobody"}, {"client_id": "jupyterhub"},
                 {"client_id": "service-reports"}, {"client_secret": None}, {"client_secret": ""},
                 {"client_secret": "wrong"}, {"client_secret": "x" * 65}, {"code": None}, {"code": ""}, {"code": "wrong"},
                 {"grant_type": None}, {"grant_type": ""}, {"grant_type": "password"}, {"grant_type": "refresh_token"},
                 {"grant_type": "client_credentials"}, {"grant_type": "openid"}, {"redirect_uri": None},
                 {"redirect_uri": ""}, {"redirect_uri": "/elsewhere"}, {"code_verifier": "x" * 43}, {"scope": "self"},
                 {"client_id": None, "code": None}, {"client_id": "nobody", "code": None},
                 {"client_id": "nobody", "grant_type": None}]:
        answer = exchange(**more)
        yield str(more), answer
        yield f"{more} headers", shown(hub, answer, OAUTH_HEADERS)
    for key in ["client_id", "client_secret", "grant_type", "redirect_uri", "code"]:
        yield f"twice {key}", exchange(twice=key)
    yield "reports' code", exchange(client_id="service-reports", client_secret=SECRET.format("reports"))
    used = code()
    yield "once", exchange(code=used)
    yield "used", exchange(code=used)
    for method in ["plain", None, "S256"]:
        for verifier in ["x" * 43, "y" * 43, "short", "", None]:
            more = {"code_challenge": "x" * 43}
            if method:
                more["code_challenge_method"] = method
            yield f"{method} {verifier}", exchange(code=code(**more), code_verifier=verifier)
    yield "as JSON", hub.send("POST", "/hub/api/oauth2/token", json={"grant_type": "authorization_code"})
    yield "in the address", hub.send("POST", "/hub/api/oauth2/token?grant_type=authorization_code&client_id=x")
    yield "GET", hub.send("GET", "/hub/api/oauth2/token")
    yield "with a cookie", hub.send("POST", "/hub/api/oauth2/token", ann, data={"grant_type": "authorization_code"})


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(command, file, config):
    """A hub in a directory of its own."""
    port = free_port()
    ports = {"EDGE_API": free_port(), "EDGE": free_port(), "PORT": port}
    for name, number in ports.items():
        config = config.replace(name, str(number))
    with tempfile.TemporaryDirectory() as place:
        Path(place, file).write_text(config)
        with Path(place, "log").open("w") as log:
            process = subprocess.Popen(command, cwd=place, stdout=log, stderr=log, env=dict(os.environ, PWD=place))
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(300):
                with contextlib.suppress(requests.ConnectionError):
                    if requests.get(f"{url}/hub/api/", timeout=5).ok:
                        break
                time.sleep(0.1)
            else:
                raise SystemExit(Path(place, "log").read_text())
            yield url
        finally:
            process.terminate()
            process.wait(30)


def compare(theirs, ours):
    """All differences, by the case's name."""
    differences = {}
    for function in CASES:
        for (name, one), (_, other) in zip(function(theirs), function(ours), strict=True):
            one, other = (x if isinstance(x, str) else shown(hub, x) for hub, x in [(theirs, one), (ours, other)])
            if one != other:
                differences[f"{function.__name__}: {name}"] = (one, other)
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("perijove", nargs="?", help="the program")
    parser.add_argument("--theirs", help="URL of a JupyterHub that runs with the configuration above")
    parser.add_argument("--ours", help="URL of a Perijove that does")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        hub = [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"]
        theirs = args.theirs or stack.enter_context(running(hub, "jupyterhub_config.py", JUPYTERHUB))
        if not args.ours and not args.perijove:
            parser.error("say where perijove is")
        serve = [os.path.abspath(args.perijove or ""), "serve"]
        ours = args.ours or stack.enter_context(running(serve, "perijove.toml", PERIJOVE))
        differences = compare(Hub(theirs), Hub(ours))
    unexpected = 0
    for name, (one, other) in differences.items():
        if any(re.search(case, name) and re.search(a, one) and re.search(b, other) for case, a, b in EXPECTED):
            continue
        unexpected += 1
        print(f"--- {name}\n  JupyterHub  " + one.replace("\n", "\n              "))
        print("  Perijove    " + other.replace("\n", "\n              "))
    print(f"{unexpected} differences ({len(differences) - unexpected} more are expected)")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
