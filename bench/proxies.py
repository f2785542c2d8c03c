"""The proxies that `edge.py` measures: each on one core, before the same backend, configured as a careful operator
would: connections to the backend are kept, nothing is written per request, the backend is told who asked and how."""

import json
import os
import shutil
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path

from platforms import ROOT, family, free_ports

TOKEN = "token-of-the-edge-benchmark"
ROUTE = "/user/bench"
OPEN_FILES = 20_000


def place(cores, priority):
    """Puts this process on some cores, and before others if `priority` is below 0 (which needs root)."""
    os.sched_setaffinity(0, cores)
    if priority:
        os.setsid()
        os.setpriority(os.PRIO_PROCESS, 0, priority)
        # Where sessions are given equal shares, the session's counts.
        autogroup = Path("/proc/self/autogroup")
        if autogroup.exists():
            autogroup.write_text(str(priority))


class Proxy:
    """Started by `start`, it forwards ROUTE to the backend until `stop`."""

    name = ""
    environment = {}
    priority = 0

    def __init__(self, work, backend, certificate=None):
        """With a certificate (a directory with `certificate.pem`, `key.pem` and `both.pem`) it speaks TLS and HTTP/2."""
        self.work, self.backend, self.certificate = work / (self.name + ("-tls" if certificate else "")), backend, certificate
        self.work.mkdir(exist_ok=True)
        self.port, self.api = free_ports(2)
        self.process = None

    @classmethod
    def missing(cls):
        """Why it can't be measured here, if it can't."""

    def command(self):
        raise NotImplementedError

    def file(self, name, text):
        (self.work / name).write_text(text)
        return str(self.work / name)

    def start(self, cores):
        with open(self.work / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.work,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: place(cores, self.priority),
            )
        self.prepare()
        scheme = "https" if self.certificate else "http"
        self.wait_for(f"{scheme}://127.0.0.1:{self.port}{ROUTE}/ready")

    def prepare(self):
        """What has to be done before it forwards."""

    def wait_for(self, url, token=None):
        end = time.monotonic() + 30
        any_certificate = ssl.create_default_context()
        any_certificate.check_hostname, any_certificate.verify_mode = False, ssl.CERT_NONE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                headers = {"Authorization": f"token {token}"} if token else {}
                with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5, context=any_certificate):
                    return
            except OSError:
                time.sleep(0.02)
        raise SystemExit(f"error: {self.name} does not forward\n{(self.work / 'log').read_text()[-2000:]}")

    def pids(self):
        return family(self.process.pid)

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


class ByApi(Proxy):
    """A proxy with configurable-http-proxy's REST API."""

    environment = {"CONFIGPROXY_AUTH_TOKEN": TOKEN}

    def prepare(self):
        api = f"http://127.0.0.1:{self.api}/api/routes"
        self.wait_for(api, TOKEN)
        request = urllib.request.Request(
            api + ROUTE,
            json.dumps({"target": f"http://127.0.0.1:{self.backend}"}).encode(),
            {"Authorization": f"token {TOKEN}"},
        )
        urllib.request.urlopen(request).close()


class Edge(ByApi):
    """As `perijove serve` starts it, with what an installation has switched on."""

    name = "edge"
    binary = ROOT / "target/dist/perijove"
    example = None
    threads = 1

    def command(self):
        if self.example:
            return [str(self.example), str(self.port), str(self.api), str(self.threads)]
        pem = self.certificate
        tls = f'[edge.tls]\ncert = "{pem}/certificate.pem"\nkey = "{pem}/key.pem"\n' if pem else ""
        config = self.file(
            "perijove.toml",
            f'[hub]\ndata_dir = "{self.work}/data"\n'
            f'[edge]\nlisten = "127.0.0.1:{self.port}"\napi_listen = "127.0.0.1:{self.api}"\n'
            f'auth_token = "{TOKEN}"\nthreads = {self.threads}\n{tls}',
        )
        return [str(self.binary), "edge", "--config", config]


class ConfigurableHttpProxy(ByApi):
    name = "configurable-http-proxy"

    @classmethod
    def missing(cls):
        return None if shutil.which("node") else "Node.js is not installed (Debian: nodejs)"

    def command(self):
        program = ROOT / "bench/node_modules/.bin/configurable-http-proxy"
        addresses = ["--ip", "127.0.0.1", "--port", str(self.port), "--api-ip", "127.0.0.1", "--api-port", str(self.api)]
        pem = self.certificate
        tls = ["--ssl-cert", f"{pem}/certificate.pem", "--ssl-key", f"{pem}/key.pem"] if pem else []
        return ["node", str(program.resolve()), *addresses, *tls, "--log-level", "error"]


class Nginx(Proxy):
    name = "nginx"

    @classmethod
    def missing(cls):
        return None if shutil.which("nginx") else "nginx is not installed (Debian: nginx-light)"

    def command(self):
        pem = self.certificate
        tls = f"ssl_certificate {pem}/certificate.pem; ssl_certificate_key {pem}/key.pem;" if pem else ""
        config = self.file(
            "nginx.conf",
            f"""
daemon off; worker_processes 1; worker_rlimit_nofile {OPEN_FILES}; pid {self.work}/pid; error_log {self.work}/log error;
events {{ worker_connections {OPEN_FILES - 1000}; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    client_max_body_size 0;
    client_body_temp_path {self.work}/body; proxy_temp_path {self.work}/proxy; fastcgi_temp_path {self.work}/fastcgi;
    uwsgi_temp_path {self.work}/uwsgi; scgi_temp_path {self.work}/scgi;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    upstream backend {{ server 127.0.0.1:{self.backend}; keepalive 512; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{self.port} backlog=4096{" ssl http2" if pem else ""};
        {tls}
        location {ROUTE}/ {{
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_request_buffering off;
            proxy_max_temp_file_size 0;
            proxy_read_timeout 3600s;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Port $server_port;
        }}
    }}
}}
""",
        )
        return ["nginx", "-c", config, "-e", str(self.work / "log")]


class Haproxy(Proxy):
    name = "haproxy"

    @classmethod
    def missing(cls):
        return None if shutil.which("haproxy") else "HAProxy is not installed (Debian: haproxy)"

    def command(self):
        tls = f" ssl crt {self.certificate}/both.pem alpn h2,http/1.1" if self.certificate else ""
        scheme = "https" if self.certificate else "http"
        config = self.file(
            "haproxy.cfg",
            f"""
global
    nbthread 1
    maxconn {OPEN_FILES // 2 - 1000}
    maxpipes 500
defaults
    mode http
    timeout connect 10s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h
    option http-keep-alive
    option splice-auto
    http-reuse always
frontend people
    bind 127.0.0.1:{self.port} backlog 4096{tls}
    option forwardfor
    http-request set-header X-Forwarded-Proto {scheme}
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Port %[dst_port]
    use_backend servers if {{ path_beg {ROUTE}/ }}
backend servers
    server one 127.0.0.1:{self.backend}
""",
        )
        return ["haproxy", "-db", "-f", config]


ALL = {kind.name: kind for kind in (Edge, ConfigurableHttpProxy, Nginx, Haproxy)}
