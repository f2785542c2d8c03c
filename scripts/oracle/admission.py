#!/usr/bin/env python3
"""Asks the real JupyterHub whom it lets in, over 1,000 random rules of access, for crates/auth/tests/admission.rs.

    /path/to/venv/bin/python scripts/oracle/admission.py [--write]

The interpreter is one of an environment with JupyterHub 6.1.1. Each case has rules, somebody who comes, and what becomes
of them: nothing, or their name and whether they are an administrator. With --write the cases are written to
crates/auth/tests/admission.json; without, they are compared with it.
"""

import asyncio
import json
import random
import sys
from pathlib import Path
from types import SimpleNamespace

from jupyterhub.auth import Authenticator

CASES = Path(__file__).resolve().parents[2] / "crates/auth/tests/admission.json"
MANY = 1000

NAMES = ["ann", "bob", "root", "x-ann", "ünï", "a b", "mallory"]
ODD = ["Ann", "ROOT", "ANN@example.org", "Ünï", " ann", "ann ", "a/b", "", ".", "..", "%2e%2e", "%2E", "a%2fb", "ann%20"]
COMING = NAMES * 4 + ODD
PATTERNS = [None] * 6 + ["[a-z]+$", "x", "a"]


class Says(Authenticator):
    """Believes whatever it is told."""

    async def authenticate(self, handler, data):
        return dict(data)


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


def answer(case):
    rules = {key: set(case[key]) for key in ("allowed_users", "blocked_users", "admin_users")}
    if case["allow_existing_users"] is not None:
        rules["allow_existing_users"] = case["allow_existing_users"]
    says = Says(
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
    came = asyncio.run(says.get_authenticated_user(None, coming))
    return came and [came["name"], came["admin"]]


def main():
    rng = random.Random(6)
    cases = [case(rng) for _ in range(MANY)]
    lines = [json.dumps({**case, "comes_in": answer(case)}, ensure_ascii=False) for case in cases]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    if "--write" in sys.argv[1:]:
        CASES.write_text(text)
    elif CASES.read_text() != text:
        sys.exit("JupyterHub answers otherwise than admission.json has it: --write, and look at the difference")
    print(sum("null}" not in line for line in lines), "of", MANY, "come in")


if __name__ == "__main__":
    main()
