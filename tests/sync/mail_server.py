"""A real mail server on loopback: speaks SMTP, takes or refuses what a test says, and hangs up in the middle of a mail."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "shop", "p@ss word"
HANG_UP = "hang up"


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()) + made.public_bytes(pem))
    return file


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        server = self.server
        if server.implicit_tls:
            self._encrypt()
        self._say(server.greeting)
        while line := self.rfile.readline(2_000):
            words = line.decode("utf-8", "replace").strip()
            server.heard.append(words)
            if not self._answer(words):
                return

    def _answer(self, words: str) -> bool:
        server = self.server
        match words.split(" ")[0].upper():
            case "EHLO":
                extensions = ["AUTH PLAIN"]
                if server.offers_starttls and not server.implicit_tls:
                    extensions.append("STARTTLS")
                self._say("250-mail", *(f"250-{each}" for each in extensions[:-1]), f"250 {extensions[-1]}")
            case "STARTTLS":
                self._say("220 go on")
                self._encrypt()
            case "AUTH":
                _nothing, user, password = base64.b64decode(words.split(" ")[2]).decode().split("\0")
                self._say("235 in" if (user, password) == (USER, PASSWORD) else "535 no such user")
            case "DATA":
                return self._take()
            case "QUIT":
                self._say("221 bye")
                return False
            case verb:
                self._say(server.answers.get(verb, "250 ok"))
        return True

    def _take(self) -> bool:
        plan = self.server.plan.pop(0) if self.server.plan else "250 taken"
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline(100_000)) != b".\r\n":
            if plan == HANG_UP and lines:
                return False
            lines.append(line.removeprefix(b"."))
        if plan.startswith("2"):
            message = message_from_bytes(b"".join(lines), policy=default)
            self.server.taken.append(message)
        self._say(plan)
        return True

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def _encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.setup()


class MailServer(socketserver.ThreadingTCPServer):
    """What it took, what it heard, and what it answers: `plan` after each mail's text, `answers` to other words."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.certificate = certificate
        self.offers_starttls = True
        self.implicit_tls = False
        self.greeting = "220 mail"
        self.taken: list[EmailMessage] = []
        self.heard: list[str] = []
        self.plan: list[str] = []
        self.answers: dict[str, str] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever does not trust the certificate hangs up: nothing to tell."""


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """A server that lasts as long as the block."""
    with MailServer(certificate(folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
