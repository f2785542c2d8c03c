"""A service as third parties write them: with `jupyterhub.services.auth`, it tells its visitors who they are."""

import os
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado.ioloop import IOLoop
from tornado.web import Application, RequestHandler, authenticated


class WhoAmI(HubOAuthenticated, RequestHandler):
    @authenticated
    def get(self):
        self.write(self.get_current_user())


prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
handlers = [(prefix, WhoAmI), (prefix + "oauth_callback", HubOAuthCallbackHandler)]
url = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
Application(handlers, cookie_secret=os.urandom(32)).listen(url.port, url.hostname)
IOLoop.current().start()
