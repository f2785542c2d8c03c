"""What a process can tell of itself, to hold a forked server against a fresh one."""

import multiprocessing
import os
import random
import resource
import signal
import site
import sys
import threading

VERSION = 1
HOME = os.path.expanduser("~/notes")
BYTES = os.path.expanduser(b"~/notes")


class Settings:
    user = os.environ.get("USER", "nobody")
    url = "at " + os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "")
    all = {"home": HOME, "files": [HOME + "/a"]}

    def __init__(self):
        self.home = HOME


SETTINGS = Settings()


def read(name):
    with open(f"/proc/self/{name}") as file:
        return file.read()


def all():
    signals = {str(number): str(signal.getsignal(number)).split(" at ")[0] for number in signal.valid_signals()}
    same = {
        "kept": [HOME, BYTES.decode(), Settings.user, Settings.url, Settings.all, SETTINGS.home],
        "arguments": [sys.argv, sys.orig_argv, sys.path, sys.flags, sys.executable, sys.prefix],
        "main": [sys.modules["__main__"].__file__, __name__],
        "site": [site.USER_BASE, site.USER_SITE, site.ENABLE_USER_SITE],
        "streams": [str((s.encoding, s.errors, s.line_buffering, s.isatty())) for s in (sys.stdin, sys.stdout, sys.stderr)],
        "signals": [signals, sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []))],
        "limits": [resource.getrlimit(kind) for kind in range(resource.RLIM_NLIMITS if hasattr(resource, "RLIM_NLIMITS") else 16)],
        "directory": [os.getcwd(), multiprocessing.process.ORIGINAL_DIR],
        "account": [os.getresuid(), os.getresgid(), sorted(os.getgroups())],
        "group": [os.getpgrp() == os.getpid(), os.getsid(0) == os.getppid()],
        "shown": [read("comm"), read("cmdline").rstrip("\0"), "HOME=" in read("environ"), "PERIJOVE_SCOPE=" in read("environ")],
        "status": [line for line in read("status").splitlines() if line.startswith(("Umask", "SigB", "SigC", "SigI", "SigP", "Cap", "NoNewPrivs", "Seccomp", "Nice"))],
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "owner": os.stat("/proc/self/environ").st_uid == os.getuid(),
        "environment": sorted(set(os.environ) - {"PERIJOVE_SCOPE"}),
        "threads": threading.active_count(),
    }
    own = [random.random(), multiprocessing.current_process().authkey.hex(), os.urandom(8).hex()]
    return {"same": same, "own": own, "forked": read("environ").endswith("\0\0"), "version": VERSION}
