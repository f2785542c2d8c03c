"""The least that a hub takes for a single-user server: quick to start, for tests that start many.

Every path answers with who and where it is. Below `/stream` it counts until the client goes; a request for an upgrade
gets one, to a protocol that sends everything back.
"""

import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade"):
            self.echo()
        elif self.path.endswith("/stream"):
            self.count()
        else:
            self.tell()

    do_POST = do_DELETE = do_GET

    def begin(self, status, **headers):
        self.send_response(status)
        self.send_header("X-JupyterHub-Version", "6.1.1")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.flush()

    def tell(self):
        keys = ("JUPYTERHUB_USER", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_API_TOKEN")
        body = json.dumps({"path": self.path, "pid": os.getpid(), **{key: os.environ[key] for key in keys}}).encode()
        self.begin(200, Content_Type="application/json", Content_Length=str(len(body)))
        self.wfile.write(body)

    def count(self):
        self.close_connection = True
        self.begin(200, Content_Type="text/plain", Connection="close")
        number = 0
        while True:
            number += 1
            self.wfile.write(b"%d\n" % number)
            self.wfile.flush()
            time.sleep(0.01)

    def echo(self):
        self.close_connection = True
        self.begin(101, Upgrade=self.headers["Upgrade"], Connection="Upgrade")
        while data := self.rfile.readline():
            self.wfile.write(data)
            self.wfile.flush()

    def log_message(self, format, *args):
        print(format % args, flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes is no error."""


url = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
server = Server((url.hostname, url.port), Handler)
print("serving on", url.port, flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
