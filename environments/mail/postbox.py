"""A mail server that keeps nothing: each letter it takes is a line of JSON on standard output, the first line is `ready`.

    python postbox.py PORT [--tls starttls|tls] [--cert FILE --key FILE] [--login USER:PASSWORD]
                           [--refuse ADDRESS] [--later ADDRESS]

Letters to a refused address are refused for good, those to a later one for now: once, then they are taken.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


class Box:
    def __init__(self, options):
        self.refused = options.refuse
        # TLS that was there before the first byte, the session does not know of.
        self.whole = options.tls == "tls"
        self.later = set(options.later)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused:
            return "550 5.1.1 nobody of that name lives here"
        if address in self.later:
            self.later.discard(address)
            return "451 4.7.1 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
            "tls": self.whole or session.ssl is not None,
            "login": (session.auth_data or {}).get("login"),
        }
        print(json.dumps(letter), flush=True)
        return "250 OK"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", choices=["starttls", "tls"])
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--login")
    parser.add_argument("--refuse", action="append", default=[])
    parser.add_argument("--later", action="append", default=[])
    options = parser.parse_args()
    context = None
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)

    def check(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        good = given == options.login
        return AuthResult(success=good, handled=False, auth_data={"login": data.login.decode()} if good else None)

    box = Box(options)

    def made():
        return SMTP(
            box,
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            authenticator=check if options.login else None,
            auth_required=bool(options.login),
            auth_require_tls=options.tls == "starttls",
            enable_SMTPUTF8=True,
        )

    loop = asyncio.get_running_loop()
    whole = context if options.tls == "tls" else None
    server = await loop.create_server(made, "127.0.0.1", options.port, ssl=whole)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
