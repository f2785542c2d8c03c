#!/usr/bin/env python3
"""Compares docs/reference/openapi.json with JupyterHub's own description of its API.

    .perijove/environments/fuzz/bin/python scripts/oracle/openapi.py path/to/rest-api.yml

Prints what theirs has and ours lacks: operations, parameters of the query, keys of bodies, statuses of success, scopes.
Ends with 1 if an operation is missing. Their file is not exact (see docs/compatibility.md), so the rest is for reading.
"""

import json
import re
import sys
from pathlib import Path

import yaml

METHODS = ("get", "post", "put", "patch", "delete")


def resolve(document, part):
    while isinstance(part, dict) and "$ref" in part:
        target = document
        for key in part["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        part = target
    return part or {}


def keys_of(document, schema):
    schema = resolve(document, schema)
    keys = set(schema.get("properties", {}))
    for several in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(several, []):
            keys |= keys_of(document, one)
    return keys


def operations(document):
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            parameters = [resolve(document, p) for p in item.get("parameters", []) + operation.get("parameters", [])]
            body = resolve(document, operation.get("requestBody"))
            content = next(iter(body.get("content", {}).values()), {})
            found[method.upper(), re.sub(r"\{\w+\}", "{}", path)] = {
                "query": {p["name"] for p in parameters if p["in"] == "query"},
                "body": keys_of(document, content.get("schema", {})),
                "success": {str(s) for s in operation["responses"] if str(s).startswith("2")},
                "scopes": {s for way in operation.get("security", []) for scopes in way.values() for s in scopes},
            }
    return found


def main():
    ours = json.loads((Path(__file__).resolve().parents[2] / "docs/reference/openapi.json").read_text())
    theirs = yaml.safe_load(Path(sys.argv[1]).read_text())
    ours, theirs = operations(ours), operations(theirs)
    missing = [key for key in theirs if key not in ours]
    for method, path in missing:
        print(f"{method} {path}: missing")
    for key in (key for key in theirs if key in ours):
        for what, wanted in theirs[key].items():
            lacking = wanted - ours[key][what]
            if lacking:
                print(f"{' '.join(key)}: {what} {', '.join(sorted(lacking))}")
    sys.exit(bool(missing))


main()
