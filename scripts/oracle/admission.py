#!/usr/bin/env python3
"""Asks the real JupyterHub whom it lets in, over 1,000 random rules of access, for crates/auth/tests/admission.rs; and its
GenericOAuthenticator over 1,000 more, with groups.

    environments/build.sh authenticators
    .perijove/environments/authenticators/bin/python scripts/oracle/admission.py [--write]

The environment has JupyterHub 6.1.1 and oauthenticator 17.4.0. Each case has rules, somebody who comes, and what becomes of
them: nothing, or their name and whether they are an administrator. With --write the cases are written to
crates/auth/tests/admission.json and admission_groups.json; without, they are compared with them.
"""

import asyncio
import json
import random
import sys
from pathlib import Path
from types import SimpleNamespace

from jupyterhub.auth import Authenticator
from oauthenticator.generic import GenericOAuthenticator

HERE = Path(__file__).resolve().parents[2] / "crates/auth/tests"
MANY = 1000

NAMES = ["ann", "bob", "root", "x-ann", "ünï", "a b", "mallory"]
ODD = ["Ann", "ROOT", "ANN@example.org", "Ünï", " ann", "ann ", "a/b", "", ".", "..", "%2e%2e", "%2E", "a%2fb", "ann%20"]
COMING = NAMES * 4 + ODD
PATTERNS = [None] * 6 + ["[a-z]+$", "x", "a"]
GROUPS = ["staff", "operators", "left", "ünï"]


class Says(Authenticator):
    """Believes whatever it is told."""

    async def authenticate(self, handler, data):
        return dict(data)


class Provider(GenericOAuthenticator):
    """Somebody has come back from a provider that says so much of them."""

    def build_access_tokens_request_params(self, handler, data):
        return data

    async def get_token_info(self, handler, params):
        return params

    async def token_to_user(self, token_info):
        return token_info

    def build_auth_state_dict(self, token_info, user_info):
        return {"user": user_info}


def some(rng, of):
    return sorted(rng.sample(of, rng.choice([0, 0, 1, 2])))


def case(rng):
    return {
        "allow_all": rng.random() < 0.4,
        "allow_existing_users": rng.choice([None, None, False, True]),
        "allowed_users": some(rng, NAMES),
        "blocked_users": some(rng, NAMES),
        "admin_users": some(rng, NAMES),
        "username_map": rng.choice([{}, {}, {"ann@example.org": "ann"}, {"ann": "root"}, {"bob": "x-ann"}]),
        "username_pattern": rng.choice(PATTERNS),
        "existing": some(rng, NAMES),
        "comes": rng.choice(COMING),
        "says_admin": rng.choice([None, None, None, False, True]),
    }


def case_with_groups(rng):
    return {
        **case(rng),
        "allow_all": rng.random() < 0.2,
        "says_admin": None,
        "groups": some(rng, GROUPS),
        "allowed_groups": some(rng, GROUPS),
        "admin_groups": some(rng, GROUPS),
    }


def answer(case):
    rules = {key: set(case[key]) for key in ("allowed_users", "blocked_users", "admin_users")}
    if case["allow_existing_users"] is not None:
        rules["allow_existing_users"] = case["allow_existing_users"]
    kind = Says
    if "groups" in case:
        kind = Provider
        rules.update({key: set(case[key]) for key in ("allowed_groups", "admin_groups")})
        rules.update(manage_groups=True, auth_state_groups_key="user.groups", username_claim="name")
    says = kind(
        allow_all=case["allow_all"],
        username_map=case["username_map"],
        username_pattern=case["username_pattern"] or "",
        **rules,
    )
    says.log.disabled = True
    # What the hub does at its start (`init_users`): those who are named are people from then on.
    if says.allowed_users:
        says.allowed_users |= says.admin_users
    for name in sorted({*case["existing"], *says.admin_users, *says.allowed_users}):
        if says.validate_username(name):
            says.add_user(SimpleNamespace(name=name))
    coming = {"name": case["comes"]}
    if case["says_admin"] is not None:
        coming["admin"] = case["says_admin"]
    if "groups" in case:
        coming["groups"] = case["groups"]
    try:
        came = asyncio.run(says.get_authenticated_user(None, coming))
    except ValueError:
        # A provider that gives no name is an error there.
        return None
    return came and [came["name"], came["admin"]]


def ask(name, make, seed):
    rng = random.Random(seed)
    cases = [make(rng) for _ in range(MANY)]
    lines = [json.dumps({**case, "comes_in": answer(case)}, ensure_ascii=False) for case in cases]
    text, file = "[\n" + ",\n".join(lines) + "\n]\n", HERE / name
    if "--write" in sys.argv[1:]:
        file.write_text(text)
    elif file.read_text() != text:
        sys.exit(f"JupyterHub answers otherwise than {name} has it: --write, and look at the difference")
    print(f"{name}: {sum('null}' not in line for line in lines)} of {MANY} come in")


def main():
    ask("admission.json", case, 6)
    ask("admission_groups.json", case_with_groups, 7)


if __name__ == "__main__":
    main()
