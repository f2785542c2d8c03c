"""Before each request, whoever and whatever the paths name is there, whatever requests before have deleted.

schemathesis loads this where SCHEMATHESIS_HOOKS names it; see scripts/fuzz-api.sh.
"""

import os

import requests
import schemathesis

API = os.environ["FUZZ_API"]
session = requests.Session()
session.trust_env = False
session.headers["Authorization"] = f"token {os.environ['FUZZ_TOKEN']}"

WORLD = [
    ("POST", "/users/ann", None),
    ("POST", "/users/bob", None),
    ("POST", "/groups/class", {"users": ["ann"]}),
    ("PUT", "/users/ann/servers/lab", {}),
    ("POST", "/services/helper", {}),
    ("POST", "/roles", {"name": "watcher", "scopes": ["list:users"]}),
]


@schemathesis.hook
def before_call(context, case, kwargs):
    for method, path, body in WORLD:
        session.request(method, API + path, json=body, timeout=20)
