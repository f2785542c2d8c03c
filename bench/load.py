#!/usr/bin/env python3
"""A mixed load on one hub for some minutes, and its memory meanwhile: is it flat?

Several clients on 127.0.0.1 ask in turns for what people, servers and services ask for: whose token, one user, pages,
activity, sign-ins, OAuth flows, tokens made and deleted. Bounded in clients, rate and time.

    bench/run.sh load --minutes 10
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from cost import PERIJOVE, Client, api, ask, now, oauth, sign_in
from platforms import ROOT, Perijove, cpu_seconds, fill, memory_mib, wait_healthy

USERS = 10_000


def work(hub, seed, until, pause, counts, failures):
    dice = random.Random(seed)
    client, visitor = [Client(hub)], [Client(hub)]
    sign_in(visitor, [f"user-{1 + seed}"])
    call = lambda method, path, *body: api(client, [(method, path, *body)])[0]
    own = [call("POST", f"/users/user-{1 + seed}/tokens", {"note": "load"})["token"]]
    name = lambda: f"user-{dice.randint(1, USERS)}"

    def token():
        made = call("POST", f"/users/{name()}/tokens", {"note": "load", "expires_in": 3600})
        path = f"/hub/api/users/{made['user']}/tokens/{made['id']}"
        ask(client, [("DELETE", path, None, [f"Authorization: token {made['token']}"])], (204,))

    kinds = {
        "whose token": (40, lambda: api(client, [("GET", "/user")], own)),
        "one user": (20, lambda: call("GET", f"/users/{name()}")),
        "page": (5, lambda: call("GET", f"/users?limit=50&offset={dice.randint(0, USERS)}")),
        "activity": (20, lambda: call("POST", f"/users/{name()}/activity", {"last_activity": now()})),
        "sign-in": (5, lambda: sign_in(visitor, [name()])),
        "oauth": (5, lambda: oauth(visitor, client)),
        "token": (5, token),
    }
    names, weights = list(kinds), [weight for weight, _ in kinds.values()]
    while time.monotonic() < until:
        kind = dice.choices(names, weights)[0]
        try:
            kinds[kind][1]()
            counts[kind] = counts.get(kind, 0) + 1
        except Exception as error:  # one failure must not end the load
            failures.append(f"{kind}: {error!r}"[:300])
            for one in (*client, *visitor):
                one.close()
            sign_in(visitor, [f"user-{1 + seed}"])
        time.sleep(pause)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.005, help="seconds between two requests of a client")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="perijove-bench-"))
    hub = Perijove(scratch, options.binary, more=PERIJOVE)
    process = hub.start()
    try:
        wait_healthy(hub.port, process)
        fill(scratch / "hub.sqlite", USERS)
        until = time.monotonic() + options.minutes * 60
        counts, failures = [{} for _ in range(options.clients)], []
        clients = [
            threading.Thread(target=work, args=(hub.hub, n, until, options.pause, counts[n], failures))
            for n in range(options.clients)
        ]
        for client in clients:
            client.start()
        print("| minute | requests | hub CPU s | RSS MiB |\n|---|---|---|---|")
        minute = 0
        while any(client.is_alive() for client in clients):
            asked = sum(sum(one.values()) for one in counts)
            rss = memory_mib([process.pid], "Rss")
            print(f"| {minute} | {asked:,} | {cpu_seconds([process.pid]):.1f} | {rss:.1f} |", flush=True)
            minute += 1
            end = time.monotonic() + 60
            while time.monotonic() < end and any(client.is_alive() for client in clients):
                time.sleep(0.5)
        total = {kind: sum(one.get(kind, 0) for one in counts) for kind in counts[0]}
        print(json.dumps({"requests": total, "failures": len(failures), "first": failures[:3]}), file=sys.stderr)
    finally:
        hub.stop(process)
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
