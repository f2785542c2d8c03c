import http.server
import json
import os
import signal
import subprocess
import sys
import urllib.parse

what, number = sys.argv[1], int(sys.argv[2])
print("server began", flush=True)
if what == "fail":
    print("it is about to fail", flush=True)
    sys.exit(number)

pids = []
if what == "family":
    child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    command = "sleep 1000 > /dev/null & echo $!"
    orphan = subprocess.Popen(["setsid", "sh", "-c", command], stdout=subprocess.PIPE)
    pids = [child.pid, int(orphan.stdout.readline())]
    orphan.wait()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = {"pid": os.getpid(), "pids": pids, "cwd": os.getcwd(), "env": dict(os.environ)}
        if "facts" in globals():
            known["facts"] = facts.all()
        body = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("X-JupyterHub-Version", "6.1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def ended(signum, frame):
    os._exit(0)


for signum in (signal.SIGINT, signal.SIGTERM):
    signal.signal(signum, signal.SIG_IGN if what == "deaf" else ended)
if what == "chatty":
    for line in range(number):
        print("line", line)
    print("the last line", flush=True)
port = urllib.parse.urlparse(os.environ["JUPYTERHUB_SERVICE_URL"]).port
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
