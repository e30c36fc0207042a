"""A mail server on this machine that answers as instructed, and keeps what it accepts."""

import socketserver
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

BACKEND = "django.core.mail.backends.smtp.EmailBackend"
SILENT, HANGS_UP = "silent", "hangs up"
WELL: Mapping[str, str] = {"": "220 here", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 farewell"}


@dataclass
class MailServer:
    """What it says after each word of a client ("" is the connection itself). Any other word is answered with 250."""

    says: Mapping[str, str]
    seconds: float = 0  # before it says whether it accepts a letter
    port: int = 0
    taken: list[str] = field(default_factory=list)
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


class _Talk(socketserver.StreamRequestHandler):
    def __init__(self, there: MailServer, *given: Any) -> None:
        self.there = there
        super().__init__(*given)

    def handle(self) -> None:
        self.there.connections += 1
        to = ""
        if not self.answer(""):
            return
        while said := self.rfile.readline().decode().strip():
            word = said.split(" ")[0].upper()
            if word == "RCPT":
                to = said.partition("<")[2].partition(">")[0]
            if not self.answer(word):
                return
            if word == "DATA":
                while self.rfile.readline().strip() != b".":
                    pass
                time.sleep(self.there.seconds)
                if not self.answer("."):
                    return
                self.there.taken.append(to)

    def answer(self, word: str) -> bool:
        says = self.there.says.get(word, WELL.get(word, "250 well"))
        if says == SILENT:
            self.there.ended.wait()
        if says in (SILENT, HANGS_UP):
            return False
        self.wfile.write(f"{says}\r\n".encode("latin-1"))
        return word != "QUIT"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def mail_server(settings: Any, says: Mapping[str, str] | None = None, seconds: float = 0) -> Iterator[MailServer]:
    """Run a mail server, with the portal's email going to it."""
    there = MailServer(says or {}, seconds)
    with _Server(("127.0.0.1", 0), partial(_Talk, there)) as server:
        there.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = BACKEND, 0.5
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", there.port
        try:
            yield there
        finally:
            there.ended.set()
            server.shutdown()
