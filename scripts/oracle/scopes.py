#!/usr/bin/env python3
"""Answers questions about scopes with JupyterHub's own functions.

    python scripts/oracle/scopes.py < questions > answers

Needs JupyterHub 6.1.1 (environments/test). One question per line and one answer per line, both JSON. The little world
in which they are asked: alice is in the groups red and blue, bob in blue, carol in none; alice has the servers '' and
gpu, bob '' and gpu, carol x; the services are dash and cull. `custom:lab:write` contains `custom:lab:read`.

    {"ask": "expand", "scopes": [...], "owner": "user=alice", "client": "server=alice/gpu"}      -> expanded scopes
    {"ask": "intersect", "scopes": [expanded], "other": [expanded]}                              -> expanded scopes
    {"ask": "has", "scopes": [expanded], "wanted": "users!user=bob"}                             -> true or false
    {"ask": "covers", "scopes": [expanded of one name], "resource": "server=bob/gpu"}            -> true or false
    {"ask": "resolve", "scopes": [requested], "held": [raw], "owner": ..., "client": ...}        -> [allowed, refused]
    {"ask": "token", "scopes": [raw], "role": [raw], "owner": ..., "client": ...}                -> expanded scopes

`client` may be null.
"""

import json
import logging
import sys
import warnings

from jupyterhub import orm, scopes

MEMBERS = {"alice": ["red", "blue"], "bob": ["blue"], "carol": []}
SERVERS = ["alice/", "alice/gpu", "bob/", "bob/gpu", "carol/x"]
SERVICES = ["dash", "cull"]
CUSTOM = {
    "custom:lab:write": {"description": "write", "subscopes": ["custom:lab:read"]},
    "custom:lab:read": {"description": "read"},
}


class World:
    def __init__(self):
        self.db = orm.new_session_factory("sqlite:///:memory:")()
        self.roles = {}
        groups = {name: orm.Group(name=name) for name in ("red", "blue")}
        self.things = {f"group={name}": group for name, group in groups.items()}
        for name, member_of in MEMBERS.items():
            user = orm.User(name=name)
            user.groups.extend(groups[group] for group in member_of)
            self.things[f"user={name}"] = user
        for name in SERVICES:
            self.things[f"service={name}"] = orm.Service(name=name)
        self.db.add_all(self.things.values())
        self.clients = {None: None}
        for server in SERVERS:
            owner, _, name = server.partition("/")
            spawner = orm.Spawner(name=name, user=self.things[f"user={owner}"])
            self.add_client(f"server={server}", spawner)
        for name in SERVICES:
            self.add_client(f"service={name}", self.things[f"service={name}"])
        for number, (key, owner) in enumerate(list(self.things.items())):
            if key.startswith(("user=", "service=")):
                self.roles[key] = orm.Role(name=f"role-{number}", scopes=[])
                owner.roles.append(self.roles[key])
        self.db.commit()

    def add_client(self, key, thing):
        client = orm.OAuthClient(identifier=f"client-{key}")
        thing.oauth_client = client
        self.things.setdefault(key, thing)
        self.clients[key] = client
        self.db.add_all([thing, client])

    def expand(self, question):
        owner, client = self.things[question["owner"]], self.clients[question["client"]]
        return sorted(scopes.expand_scopes(question["scopes"], owner=owner, oauth_client=client))

    def intersect(self, question):
        both = scopes._intersect_expanded_scopes(set(question["scopes"]), set(question["other"]), db=self.db)
        return sorted(both)

    def has(self, question):
        return bool(scopes.has_scope(question["wanted"], set(question["scopes"]), db=self.db))

    def covers(self, question):
        (filters,) = scopes.parse_scopes(question["scopes"]).values()
        kind = question["resource"].partition("=")[0]
        return bool(scopes.check_scope_filter(filters, self.things[question["resource"]], kind))

    def resolve(self, question):
        user, client = self.things[question["owner"]], self.clients[question["client"]]
        requested, held = set(question["scopes"]), set(question["held"])
        allowed, refused = scopes._resolve_requested_scopes(requested, held, user, client, self.db)
        return [sorted(allowed), sorted(refused)]

    def token(self, question):
        owner, client = self.things[question["owner"]], self.clients[question["client"]]
        self.roles[question["owner"]].scopes = question["role"]
        kind = question["owner"].partition("=")[0]
        token = orm.APIToken(scopes=question["scopes"], **{kind: owner})
        if client is None:
            token.client_id = "jupyterhub"
        else:
            token.client_id, token.oauth_client = client.identifier, client
        try:
            with self.db.no_autoflush:
                # Group membership is looked up in the session of the token.
                self.db.add(token)
                return sorted(scopes.get_scopes_for(token))
        finally:
            self.db.rollback()


def main():
    # What has no meaning for an owner is warned of once per question; that is not what is asked here.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    scopes.define_custom_scopes(CUSTOM)
    world = World()
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(getattr(world, question["ask"])(question)))


if __name__ == "__main__":
    main()
