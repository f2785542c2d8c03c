"""The nursery of a Python environment: it has imported what its servers need, and is forked for each start.

The hub is at the other end of descriptor 0, one message to a packet: this text, what to import, and then an order for
each start. Nobody else can reach it, and it ends with the hub. It never sees whose server it is, nor a token.

For each order it forks twice. The first child turns into the supervisor (the hub's own program, by a descriptor); the
second is the supervisor's child therefore, waits to be told who it is, and goes on as the program of the server, as if
it had been started so. What differs from a fresh start is undone or refused here:

- What modules made of HOME and the like when they were imported is found in the memory by its marks, and written anew.
- Which variables they looked at is noted; a server for which one of them differs is refused, and gets a fresh start.
- The same goes for modules that drew random numbers, started threads or opened files, unless they are known here.

Needs Python 3.10 and its standard library. The tests are those of every server: `suite/process.rs`, started warm.
"""

import ast
import builtins
import ctypes
import fcntl
import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import types

PACKET = 1 << 16
# Variables that decide how the interpreter or a library in C starts: they must be the nursery's own.
BELOW_PYTHON = ("GLIBC_TUNABLES", "LANG", "LC_", "LD_", "MALLOC_", "MKL_", "OMP_", "OPENBLAS_", "PYTHON", "TZ")
# Drew random numbers, or looked who they run as, when they were imported; `renew` does it again.
RENEWED = {"jupyter_client.session", "multiprocessing.process", "send2trash.plat_other"}
# Draw for others, and keep nothing.
FOR_OTHERS = {"hmac", "random", "secrets", "tempfile", "uuid", __name__}

# What a server with JupyterLab has loaded by its first page, besides the extensions that are turned on. Nothing else may
# be in here: modules change one another when they are imported.
USUAL = """
    IPython.display httpcore jinja2.ext jupyter_core.migrate jupyter_server.kernelspecs.handlers jupyter_server.nbconvert.handlers
    jupyter_server.serverapp jupyter_server.services.api.handlers jupyter_server.services.config.handlers
    jupyter_server.services.contents.handlers jupyter_server.services.events.handlers
    jupyter_server.services.kernels.handlers jupyter_server.services.kernelspecs.handlers
    jupyter_server.services.nbconvert.handlers jupyter_server.services.security.handlers
    jupyter_server.services.sessions.handlers jupyter_server.services.shutdown jupyter_server.view.handlers
    jupyter_lsp.virtual_documents_shadow jupyterlab.labapp jupyterlab_server notebook_shim.nbserver tornado.platform.asyncio
""".split()

LIBC = ctypes.CDLL(None, use_errno=True)
# The same number on every processor.
LANDLOCK_RESTRICT_SELF = 446
LARGE_PAGE, MADV_COLLAPSE = 1 << 21, 25
PR_SET_DUMPABLE, PR_SET_NAME, PR_SET_NO_NEW_PRIVS = 4, 15, 38


class Cold(Exception):
    """Why this server, or any of this environment, can't be started warm. For the log."""


class Watch:
    """Notes what modules look at while they are imported."""

    def __init__(self):
        self.variables = set()
        self.random = set()
        self.account = set()

    def __enter__(self):
        self.getitem = os._Environ.__getitem__
        self.calls = {name: getattr(os, name) for name in ("urandom", "getrandom", "getuid", "geteuid", "getgid", "getlogin")}

        def getitem(environ, name):
            self.variables.add(os.fsdecode(name))
            return self.getitem(environ, name)

        os._Environ.__getitem__ = getitem
        for name, call in self.calls.items():
            setattr(os, name, self.noted(call, self.random if "random" in name else self.account))
        return self

    def noted(self, call, callers):
        def wrapper(*args):
            frame = sys._getframe(1)
            while frame and frame.f_globals.get("__name__") in FOR_OTHERS:
                frame = frame.f_back
            if frame:
                callers.add(frame.f_globals.get("__name__", "?"))
            return call(*args)

        return wrapper

    def __exit__(self, *_):
        os._Environ.__getitem__ = self.getitem
        for name, call in self.calls.items():
            for module in [os, *map(sys.modules.get, FOR_OTHERS)]:
                for alias in (name, "_" + name):
                    if getattr(getattr(module, alias, None), "__qualname__", "") == "Watch.noted.<locals>.wrapper":
                        setattr(module, alias, call)


class Marks:
    """Where the memory holds something that was made of a variable of which each server has its own value.

    The nursery has marks in place of these values. All marks have a token in common: a text that has it, but no whole
    mark, was made of one in a way that can't be repeated.
    """

    def __init__(self, token, marks):
        self.token = token
        self.marks = marks
        self.used = set()
        self.places = []

    def find(self, *known):
        self.mine = set(map(id, [self.__dict__, self.marks, self.places, os.environ._data, *known]))
        objects = gc.get_objects()
        self.mine.add(id(objects))
        self.classes = {}
        for thing in objects:
            if isinstance(thing, type):
                self.classes.update((id(part), thing) for part in gc.get_referents(thing) if type(part) is dict)
        for thing in objects:
            if not isinstance(thing, types.FrameType):
                self.search(thing)
        del self.classes, self.mine

    def search(self, thing):
        if id(thing) in self.mine:
            return
        marked = False
        for part in gc.get_referents(thing):
            if type(part) in (str, bytes):
                marked = marked or self.has(part)
            # What the collector does not look at is only reached through what holds it.
            elif type(part) in (dict, list, tuple, set, frozenset) and not gc.is_tracked(part):
                self.search(part)
        if marked and not self.note(thing):
            where = getattr(thing, "__module__", None) or f"a {type(thing).__name__}"
            raise Cold(f"{where} keeps what it was imported for in a place that can't be written")

    def note(self, thing):
        """Where in this thing it is; false if that can't be told or changed."""
        holder, parts = thing, thing
        if type(thing) is dict:
            holder = self.classes.get(id(thing), thing)
        elif type(thing) is list:
            parts = dict(enumerate(thing))
        elif isinstance(thing, type) or not hasattr(thing, "__dict__"):
            return False
        else:
            holder = parts = thing.__dict__
        found = {name: text for name, text in parts.items() if self.has(text)}
        for text in found.values():
            rest = text if type(text) is str else text.decode(errors="replace")
            for variable, mark in self.marks.items():
                if mark in rest:
                    self.used.add(variable)
                    rest = rest.replace(mark, "")
            if self.token in rest:
                return False
        self.places += [(holder, name, text) for name, text in found.items()]
        return bool(found) and not any(self.has(name) for name in parts)

    def has(self, text):
        if type(text) is bytes:
            return self.token.encode() in text
        return type(text) is str and self.token in text

    def fill(self, env):
        for holder, name, text in self.places:
            for variable in self.used:
                mark, value = self.marks[variable], env[variable]
                text = text.replace(mark, value) if type(text) is str else text.replace(mark.encode(), value.encode())
            if isinstance(holder, type):
                type.__setattr__(holder, name, text)
            else:
                holder[name] = text


class Nursery:
    """One environment, imported."""

    def __init__(self, script, marks):
        self.marks = marks
        self.script = script
        self.environ = dict(os.environ)
        opened = descriptors()
        with open(script, "rb") as file:
            tree = ast.parse(file.read(), script)
        self.code = compile(tree, script, "exec")
        needed = list(imported(tree))
        with Watch() as self.watch:
            for module in needed:
                importlib.import_module(module)
            if any(module.startswith("jupyterhub.") for module in needed):
                for module in [*USUAL, *extensions()]:
                    try:
                        importlib.import_module(module)
                    except Exception:
                        # Not installed, or broken: the server will say so, if it matters.
                        pass
        ask_once()
        sys.stdout.flush()
        strangers = self.watch.random - RENEWED
        if strangers:
            raise Cold(f"{min(strangers)} draws random numbers when it is imported")
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            raise Cold(f"there are {threads} threads after the imports")
        for descriptor in descriptors() - opened:
            raise Cold(f"{os.readlink(descriptor)} is open after the imports")
        gc.collect()
        self.marks.find(self.environ)
        gc.collect()
        gc.freeze()
        gather()

    def check(self, env, account):
        """Whether a server with this environment and account would have come out of its imports as this did."""
        below = {name for name in [*env, *self.environ] if name.startswith(BELOW_PYTHON)}
        for name in sorted(self.watch.variables | below):
            if name not in self.marks.marks and env.get(name) != self.environ.get(name):
                raise Cold(f"{name} is another for this server, and is looked at by imports")
        for name in self.marks.used - set(env):
            raise Cold(f"{name} is missing, and is looked at by imports")
        strangers = self.watch.account - RENEWED
        if account is not None and strangers:
            raise Cold(f"{min(strangers)} asks for the account when it is imported")


def ask_once():
    """What every server asks of its modules, which keep the answer; it is the same for all. `platform` starts a program."""
    if platform := sys.modules.get("platform"):
        platform.platform()
    if jinja2 := sys.modules.get("jinja2"):
        jinja2.Environment().lexer


def gather():
    """Puts the memory into large pages, where the kernel has them: each start copies the table of all pages twice."""
    with open("/proc/self/maps", encoding="utf-8") as file:
        mappings = [line.split() for line in file]
    for addresses, access, _, device, *_ in mappings:
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // LARGE_PAGE) * LARGE_PAGE, end // LARGE_PAGE * LARGE_PAGE
        if access.startswith("rw") and device == "00:00" and start < end:
            # Linux 6.1 can; another says no, and all works as well without.
            LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)


def descriptors():
    """The open ones, without that of the look itself."""
    return {path for number in os.listdir("/proc/self/fd") if os.path.lexists(path := f"/proc/self/fd/{number}")}


def imported(tree):
    """The modules that a program imports at its top."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


def extensions():
    """Server extensions that this environment turns on."""
    folder = os.path.join(sys.prefix, "etc", "jupyter", "jupyter_server_config.d")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    for name in names:
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found = json.load(file).get("ServerApp", {}).get("jpserver_extensions", {})
            yield from [module for module, enabled in found.items() if enabled]
        except (OSError, ValueError, AttributeError):
            pass


def serve(hub):
    """Forks for each order, until the hub has gone or has not asked for long.

    Comes back in the child that is to be a server, with the link to its supervisor.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        try:
            packet, descriptors, _, _ = socket.recv_fds(hub, PACKET, 2)
        except TimeoutError:
            packet = b""
        if not packet:
            os._exit(0)
        try:
            pid = os.fork()
        except OSError:
            pid = None
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            hub.close()
            return beget(json.loads(packet), *descriptors)
        # The hub sees it closed if nobody has it.
        for descriptor in descriptors:
            os.close(descriptor)


def beget(arguments, program, hub):
    """Forks the server to be, and turns into its supervisor; comes back in the former."""
    os.setsid()
    link, child_link = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        link.close()
        os.close(program)
        os.close(hub)
        return child_link
    try:
        program = fcntl.fcntl(program, fcntl.F_DUPFD_CLOEXEC, 64)
        # What a supervisor remarks is read by nobody: in its place is its link to the server.
        for descriptor, source in enumerate([hub, hub, link.fileno()]):
            os.dup2(source, descriptor)
        os.closerange(3, program)
        os.chdir("/")
        os.execve(program, [*arguments, str(pid)], {})
    finally:
        os._exit(70)


def told(link):
    """The order of the supervisor, the log to write to, and what was made for its jail. One that has ended has asked for nothing."""
    text, descriptors, _, _ = socket.recv_fds(link, PACKET, 4)
    while part := link.recv(PACKET):
        text += part
    if not text or not descriptors:
        os._exit(0)
    return json.loads(text), *descriptors[:1], descriptors[1:]


def become(nursery, order, log, made):
    """Everything that a fresh start would have given this process."""
    arguments, env, jail = [nursery.script, *order["command"][1:]], order["env"], order["jail"]
    nursery.check(env, jail["account"])
    os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in enumerate([null, log, log]):
        os.dup2(source, descriptor)
    os.close(null)
    os.close(log)
    enter(jail, made)
    # Python itself sets it where the locale is "C".
    if "LC_CTYPE" in os.environ:
        env.setdefault("LC_CTYPE", os.environ["LC_CTYPE"])
    os.environ.clear()
    os.environb.update((name.encode(), value.encode()) for name, value in env.items())
    nursery.marks.fill(env)
    renew()
    show(arguments, env)
    sys.argv = list(arguments)
    sys.orig_argv = [sys.executable, *arguments]
    sys.path.insert(0, os.path.dirname(arguments[0]))


def enter(jail, made):
    """The steps of `Jail::enter`, in their order. The supervisor has made what is to be seen from here."""
    for group in jail["groups"]:
        with open(os.path.join(group, "cgroup.procs"), "w") as file:
            file.write("0")
    for name, kind in [("data", resource.RLIMIT_DATA), ("processes", resource.RLIMIT_NPROC)]:
        if (limit := jail["ceilings"][name]) is not None:
            resource.setrlimit(kind, (limit, limit))
    rules = made.pop() if jail["walls"] is not None else None
    for namespace in made:
        called("setns", namespace, 0)
        os.close(namespace)
    if account := jail["account"]:
        os.setgroups(account["groups"])
        os.setresgid(*[account["gid"]] * 3)
        os.setresuid(*[account["uid"]] * 3)
        if account["uid"] != 0:
            try:
                os.setuid(0)
            except PermissionError:
                pass
            else:
                raise Cold("the rights of root are still there")
        # As after the start of a program: one may look at one's own process.
        called("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)
    if jail["no_new_privileges"]:
        called("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if rules is not None:
        called("syscall", LANDLOCK_RESTRICT_SELF, rules, 0)
        os.close(rules)
    if jail["directory"] is not None:
        os.chdir(jail["directory"])


def called(function, *arguments):
    if getattr(LIBC, function)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{function}: {os.strerror(error)}")


def renew():
    """What must not be the same in two servers, or depends on who one is. Python itself has done so with `random`."""
    modules = sys.modules
    if process := modules.get("multiprocessing.process"):
        process.current_process().authkey = os.urandom(32)
        process.ORIGINAL_DIR = os.getcwd()
    if session := modules.get("jupyter_client.session"):
        session.session_flags["secure"][0]["Session"]["key"] = session.new_id_bytes()
    if trash := modules.get("send2trash.plat_other"):
        trash.uid = os.getuid()
        trash.TOPDIR_FALLBACK = b".Trash-%d" % trash.uid
    if numpy := modules.get("numpy.random"):
        numpy.seed()


def show(arguments, env):
    """What the list of processes tells. A fork has its parent's, which is written over in place.

    The hub knows the processes of a server by the mark in their environment. Tokens need not be read by anybody there.
    """
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rsplit(b")", 1)[1].split()
    arguments_start, arguments_end, env_start, env_end = map(int, fields[45:49])
    line = [sys.executable, *arguments]
    first = sorted(env.items(), key=lambda item: (not item[0].startswith("PERIJOVE_"), item[0]))
    variables = [f"{name}={value}" for name, value in first if not name.endswith("API_TOKEN")]
    for start, end, texts in [(arguments_start, arguments_end, line), (env_start, env_end, variables)]:
        text = b""
        for part in texts:
            if len(text) + len(part.encode()) + 1 < end - start:
                text += part.encode() + b"\0"
        ctypes.memset(start, 0, end - start)
        ctypes.memmove(start, text, len(text))
    called("prctl", PR_SET_NAME, os.path.basename(arguments[0]).encode(), 0, 0, 0)


def main():
    """Comes back in each server, with the program that it goes on as."""
    hub = socket.socket(fileno=os.dup(0))
    # It has only kept room for the variables of servers.
    os.environ.pop("PERIJOVE_NURSERY", None)
    order = json.loads(hub.recv(PACKET))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    try:
        # Kept by nobody else: the marks are looked for in all that is kept.
        nursery = Nursery(order["script"], Marks(order.pop("token"), order.pop("marks")))
    except Exception as error:
        hub.send(refusal(error))
        os._exit(0)
    hub.send(json.dumps({"ready": len(sys.modules)}).encode())
    hub.settimeout(order["idle"])
    link = serve(hub)
    try:
        become(nursery, *told(link))
    except Exception as error:
        link.send(refusal(error))
        os._exit(0)
    link.send(b'"going"')
    link.close()
    program = types.ModuleType("__main__")
    program.__file__ = sys.argv[0]
    program.__builtins__ = builtins
    sys.modules["__main__"] = program
    return nursery.code, vars(program)


def refusal(error):
    return json.dumps({"cold": (str(error) or repr(error))[:1000]}).encode()
