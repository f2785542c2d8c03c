#!/usr/bin/env python3
"""Asks dockerspawner what it makes of names that are hard to escape, for crates/spawn-docker/tests/names.json.

    environments/build.sh dockerspawner
    .perijove/environments/dockerspawner/bin/python scripts/oracle/docker_names.py > crates/spawn-docker/tests/names.json

The environment has dockerspawner 14.0.0.
"""

import json
import random

from dockerspawner import DockerSpawner

TEMPLATES = [
    "jupyterhub-user-{username}",
    "{prefix}-{imagename}.{safe_username}",
    "/srv/{raw_username}",
    "{raw_servername}",
    "{{{username}}}",
    "no {template",
]
IMAGES = ["quay.io/jupyter/scipy-notebook:latest", "registry:5000/a/b@sha256:00ff", "busybox"]
LETTERS = "abcxyzABCXYZ0189-_.@+ ~'ßéÉİıσςΣЖ漢𝔘😀"


class User:
    def __init__(self, name):
        self.name = name


class Spawner(DockerSpawner):
    """One that needs no database for its name."""

    name = property(lambda self: self.named)
    named = ""


def answers(user, server, image, legacy):
    how = {"escape": "legacy"} if legacy else {}
    spawner = Spawner(_mock=True, user=User(user), **how)
    spawner.named = server
    spawner.image = image
    return {
        "usual": spawner._render_templates(spawner._default_name_template()),
        "templates": {template: spawner._render_templates(template) for template in TEMPLATES},
    }


def names(rng):
    yield from [("ada", ""), ("ada", "GPU"), ("ada-lovelace", "my-server"), ("ada@example.org", "x"), ("_", "_")]
    for _ in range(160):
        user = "".join(rng.choices(LETTERS, k=rng.randint(1, 14))).strip().lower()
        server = "".join(rng.choices(LETTERS, k=rng.randint(0, 10))).strip()
        if user.strip("."):
            yield user, server


def main():
    rng = random.Random(14)
    cases = []
    for number, (user, server) in enumerate(names(rng)):
        image = IMAGES[number % len(IMAGES)]
        cases.append(
            {
                "user": user,
                "server": server,
                "image": image,
                "names": answers(user, server, image, False),
                "legacy": answers(user, server, image, True),
            }
        )
    print("[" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "]")


main()
