"""A registry of images on this machine that gives a layer slowly, as one far away does. Only what an engine asks of it."""

import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
PIECES = 50


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Image:
    """One layer, which no engine has yet. It knows when it is being fetched, and when all of it was given."""

    def __init__(self, root, config):
        text = io.BytesIO()
        with tarfile.open(fileobj=text, mode="w") as archive:
            archive.add(root, ".")
            unique = tarfile.TarInfo("unique")
            unique.size = 64
            archive.addfile(unique, io.BytesIO(os.urandom(64)))
        layer = gzip.compress(text.getvalue(), 6)
        whole = {
            "architecture": "amd64",
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [digest(text.getvalue())]},
        }
        config = json.dumps(whole).encode()
        self.layer = digest(layer)
        self.blobs = {self.layer: layer, digest(config): config}
        parts = [("container.image.v1+json", config), ("image.rootfs.diff.tar.gzip", layer)]
        config, layer = (
            {"mediaType": f"application/vnd.docker.{kind}", "size": len(data), "digest": digest(data)} for kind, data in parts
        )
        self.manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}).encode()
        self.asked, self.given = threading.Event(), threading.Event()


class Registry:
    def __init__(self, seconds):
        self.seconds, self.images = seconds, {}
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                registry.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def offer(self, root, config):
        """The name of an image that nobody has fetched yet, and the image."""
        name = f"slow-{len(self.images)}"
        self.images[name] = Image(root, config)
        return f"127.0.0.1:{self.server.server_port}/{name}:1", self.images[name]

    def answer(self, request):
        parts = request.path.strip("/").split("/")
        if len(parts) == 4 and parts[1] in self.images:
            image = self.images[parts[1]]
            if parts[2] == "manifests":
                return self.give(request, image.manifest, MANIFEST)
            if parts[2] == "blobs" and parts[3] in image.blobs:
                slowly = image if parts[3] == image.layer else None
                return self.give(request, image.blobs[parts[3]], "application/octet-stream", slowly)
        known = request.path == "/v2/"
        return self.give(request, b"{}", "application/json", status=200 if known else 404)

    def give(self, request, data, kind, slowly=None, status=200):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.send_header("Docker-Content-Digest", digest(data))
        request.end_headers()
        if request.command == "HEAD":
            return
        if slowly:
            slowly.asked.set()
            size = len(data) // PIECES + 1
            for start in range(0, len(data), size):
                time.sleep(self.seconds / PIECES)
                request.wfile.write(data[start : start + size])
                request.wfile.flush()
            slowly.given.set()
        else:
            request.wfile.write(data)
