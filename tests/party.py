"""A little outside party that speaks HTTP: what it is sent, and what it answers next."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Heard:
    """What the party was sent, and what it answers next."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    wait: threading.Event | None = None
    port: int = 0


@contextmanager
def listening() -> Iterator[Heard]:
    """On a port of its own, until the end of the block."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.requests.append((self.command, self.path, body, dict(self.headers)))
            if heard.wait is not None:
                heard.wait.wait(10)
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(heard.body)))
            self.end_headers()
            self.wfile.write(heard.body)

        do_GET = do_POST = _answer  # noqa: N815 -- http.server finds them by these names

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    heard.port = server.server_port
    try:
        yield heard
    finally:
        if heard.wait is not None:
            heard.wait.set()
        server.shutdown()
        server.server_close()
        thread.join()
