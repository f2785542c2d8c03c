#!/usr/bin/env python3
"""The first look at pages: Perijove beside JupyterHub 6.1.1, in Chromium whose processor is made four times slower.

Each page is opened by somebody who has kept nothing from before. Bytes and requests are what goes over the wire; first
paint and interactive (nothing keeps the page from answering) are the browser's own times, medians over the rounds.

    bench/run.sh pages --rounds 5
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from platforms import ROOT, JupyterHub, Perijove, wait_healthy

PATHS = ["/hub/login", "/hub/home", "/hub/token", "/hub/admin"]
UNITS = [("bytes", "KiB", 1024), ("requests", "requests", 1), ("painted", "first paint ms", 1), ("interactive", "interactive ms", 1), ("shift", "shift", 1)]


def measured(platform, rounds, slower):
    process = platform.start()
    try:
        wait_healthy(platform.port, process)
        command = ["node", str(ROOT / "bench/pages.mjs"), f"http://127.0.0.1:{platform.port}", str(rounds), str(slower), *PATHS]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    finally:
        platform.stop(process)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slower", type=float, default=4, help="how many times slower the browser's processor is made")
    parser.add_argument("--binary", type=Path, default=ROOT / "target/dist/perijove")
    parser.add_argument("--environment", type=Path, default=ROOT / ".perijove/environments/test")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="perijove-pages-") as folder:
        works = [Path(folder) / name for name in ("ours", "theirs")]
        for work in works:
            work.mkdir()
        platforms = [
            Perijove(works[0], given.binary, more='admin_users = ["admin"]\n'),
            JupyterHub(works[1], given.environment, more="c.Authenticator.admin_users = {'admin'}\n"),
        ]
        found = {platform.name: measured(platform, given.rounds, given.slower) for platform in platforms}
    for path in PATHS:
        print(path)
        for name, pages in found.items():
            told = [f"{statistics.median(look[key] for look in pages[path]) / size:.{3 if key == 'shift' else 0}f} {unit}" for key, unit, size in UNITS]
            print(f"  {name:50} {', '.join(told)}")


if __name__ == "__main__":
    main()
