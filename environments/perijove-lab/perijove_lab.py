"""Lets a notebook server show what the hub has to tell its person, and tell the hub that somebody is still there.

GET PREFIX/perijove/notices and POST PREFIX/perijove/here are passed on to the hub's API with the server's own token, and
with the language: that of JupyterLab, or else what the browser asks for. Outside a hub, or where the hub has no such notices, there is nothing to show.
"""

import json
import os
from urllib.parse import quote

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

NOTHING = {"notices": []}


def address(what):
    api, user = os.environ.get("JUPYTERHUB_API_URL"), os.environ.get("JUPYTERHUB_USER")
    if not api or not user:
        return None
    server = quote(os.environ.get("JUPYTERHUB_SERVER_NAME", ""), safe="")
    return f"{api}/users/{quote(user, safe='')}/servers/{server}/{what}"


class Passed(APIHandler):
    # To ask is not to use the server.
    _track_activity = False

    async def passed(self, what):
        url = address(what)
        if url is None:
            return self.finish(NOTHING)
        language = quote(self.get_query_argument("language", ""), safe="")
        token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
        request = HTTPRequest(
            f"{url}?language={language}",
            method=self.request.method,
            headers={
                "Authorization": f"token {token}",
                "Accept": "application/json",
                "Accept-Language": self.request.headers.get("Accept-Language", ""),
            },
            body="" if self.request.method == "POST" else None,
            connect_timeout=5,
            request_timeout=10,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
        except Exception as error:
            raise web.HTTPError(502, f"The hub does not answer: {type(error).__name__}") from None
        if answer.code == 404:
            return self.finish(NOTHING)
        if answer.code != 200:
            raise web.HTTPError(502, f"The hub answers {answer.code}")
        self.finish(json.loads(answer.body))


class Notices(Passed):
    @web.authenticated
    async def get(self):
        await self.passed("notices")


class Here(Passed):
    @web.authenticated
    async def post(self):
        await self.passed("here")


def _jupyter_server_extension_points():
    return [{"module": "perijove_lab"}]


def _load_jupyter_server_extension(app):
    base = app.web_app.settings["base_url"]
    app.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "perijove", "notices"), Notices),
            (url_path_join(base, "perijove", "here"), Here),
        ],
    )
