"""The real JupyterHub, for the store's tests: writes a database, reads one, or runs its hub on one.

    real_jupyterhub.py make URL               its empty database
    real_jupyterhub.py write URL              a database in use; prints what was written, as JSON
    real_jupyterhub.py read URL < QUESTIONS   what its code finds in a database, as JSON
    real_jupyterhub.py serve URL < QUESTIONS  starts the hub, asks its REST API, stops it
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta

from jupyterhub import crypto, orm, roles
from jupyterhub.utils import utcnow

HUB_CONFIG = """
import sys
from jupyterhub.proxy import Proxy

class NoProxy(Proxy):
    should_start = False
    routes = {}
    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}
    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)
    async def get_all_routes(self):
        return dict(self.routes)

c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.Authenticator.allow_all = True
c.JupyterHub.cleanup_servers = False
"""


def open_session(url):
    return orm.new_session_factory(url)()


def write(url):
    db = open_session(url)
    db.add(orm.OAuthClient(identifier="jupyterhub", description="JupyterHub", secret="", redirect_uri=""))
    roles.create_role(db, {"name": "reader", "description": "Reads", "scopes": ["read:users"]})
    for role in roles.get_default_roles():
        roles.create_role(db, role)
    chemists = orm.Group(name="chemists", properties={"room": 7})
    users = {}
    for name in ("ada", "bob", "zoë o'neill"):
        users[name] = orm.User(name=name, admin=name == "ada")
        db.add(users[name])
    db.add(chemists)
    db.commit()
    ada, bob = users["ada"], users["bob"]
    for user in users.values():
        roles.assign_default_roles(db, user)
    roles.grant_role(db, chemists, orm.Role.find(db, "reader"))
    chemists.users.append(bob)
    keeper = crypto.CryptKeeper.instance(keys=[b"k" * 32])
    ada.encrypted_auth_state = keeper._encrypt({"refresh_token": "r"})
    ada.user_info = {"mail": "ada@example.org"}
    ada.last_activity = utcnow(with_tz=False)

    client = orm.OAuthClient(identifier="jupyterhub-user-ada", description="Server at /user/ada/", secret="",
                             redirect_uri="/user/ada/oauth_callback", allowed_scopes=[])
    db.add(client)
    db.commit()
    running = orm.Spawner(user=ada, name="", state={"pid": os.getpid()}, user_options={"profile": ["big"]},
                          oauth_client=client, started=utcnow(with_tz=False))
    running.server = orm.Server(ip="127.0.0.1", port=43210, base_url="/user/ada/")
    stopped = orm.Spawner(user=ada, name="old-lab", display_name="My old lab", state={})
    db.add_all([running, stopped])
    db.commit()
    orm.Share.grant(db, running, bob)
    orm.Share.grant(db, stopped, chemists, scopes=["access:servers"])

    service = orm.Service(name="grades", admin=False, info={}, timeout=30, from_config=False)
    db.add(service)
    db.commit()
    facts = {
        "user_token": ada.new_api_token(note="by hand", roles=["token"]),
        "scoped_token": bob.new_api_token(scopes=["read:users:name!user"], expires_in=3600),
        "chosen_token": bob.new_api_token("a-token-that-bob-chose", generated=False),
        "service_token": service.new_api_token(note="from config"),
        "auth_state": base64.b64encode(ada.encrypted_auth_state).decode(),
        "cookie_id": ada.cookie_id,
    }
    expired = bob.new_api_token(expires_in=3600)
    orm.APIToken.find(db, expired).expires_at = utcnow(with_tz=False) - timedelta(hours=1)
    facts["expired_token"] = expired
    db.commit()
    return facts


def read(url, questions):
    db = open_session(url)
    found = {"users": {}, "tokens": []}
    for user in db.query(orm.User):
        found["users"][user.name] = {
            "admin": user.admin,
            "roles": sorted(role.name for role in user.roles),
            "groups": sorted(group.name for group in user.groups),
            "auth_state": base64.b64encode(user.encrypted_auth_state or b"").decode(),
            "user_info": user.user_info,
            "created": user.created.isoformat() if user.created else None,
            "servers": {
                name: {
                    "url": spawner.server and f"{spawner.server.proto}://{spawner.server.ip}:{spawner.server.port}"
                                              f"{spawner.server.base_url}",
                    "state": spawner.state,
                    "options": spawner.user_options,
                    "display_name": spawner.display_name,
                    "client": spawner.oauth_client.identifier if spawner.oauth_client else None,
                }
                for name, spawner in user.orm_spawners.items()
            },
        }
    for token in questions["tokens"]:
        row = orm.APIToken.find(db, token)
        found["tokens"].append(row and {"owner": (row.user or row.service).name, "scopes": sorted(row.scopes)})
    found["services"] = sorted(service.name for service in db.query(orm.Service))
    return found


def ask(api, token, method, path):
    request = urllib.request.Request(api + path, method=method, headers={"Authorization": f"token {token}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            body = reply.read()
            return [reply.status, json.loads(body) if body else None]
    except urllib.error.HTTPError as error:
        return [error.code, None]


def serve(url, questions):
    with tempfile.TemporaryDirectory() as home:
        config = os.path.join(home, "jupyterhub_config.py")
        ports = [free_port(), free_port()]
        with open(config, "w") as file:
            file.write(HUB_CONFIG)
            file.write(f"c.JupyterHub.bind_url = 'http://127.0.0.1:{ports[0]}'\n")
            file.write(f"c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{ports[1]}'\n")
            file.write(f"c.JupyterHub.db_url = {url!r}\n")
        log = os.path.join(home, "log")
        with open(log, "w") as file:
            hub = subprocess.Popen([sys.executable, "-m", "jupyterhub", "-f", config], cwd=home, stdout=file,
                                   stderr=subprocess.STDOUT, env={**os.environ, "JUPYTERHUB_CRYPT_KEY": "6b" * 32})
        api = f"http://127.0.0.1:{ports[1]}/hub/api"
        try:
            wait_for(hub, api, log)
            answers = [ask(api, *question) for question in questions["requests"]]
        finally:
            hub.terminate()
            code = hub.wait(30)
        with open(log) as file:
            lines = file.read().splitlines()
        complaints = [line for line in lines if line.startswith(("[E ", "[C ", "Traceback"))]
        # That it was told to stop is no complaint.
        complaints = [line for line in complaints if "Received signal SIGTERM" not in line]
        return {"answers": answers, "exit": code, "complaints": complaints}


def wait_for(hub, api, log):
    for _ in range(300):
        try:
            urllib.request.urlopen(api + "/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
        if hub.poll() is not None:
            break
    with open(log) as file:
        sys.exit("the hub did not start:\n" + file.read())


def free_port():
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main():
    verb, url = sys.argv[1:]
    url = url.replace("postgresql://", "postgresql+psycopg2://")
    if verb == "make":
        answer = open_session(url).close()
    elif verb == "write":
        answer = write(url)
    else:
        answer = {"read": read, "serve": serve}[verb](url, json.load(sys.stdin))
    json.dump(answer, sys.stdout)


main()
