r"""A proxy on a loopback socket that opens tunnels (CONNECT) and notes what it was asked for.

    with Proxy() as proxy:
        proxy.url                     # http://127.0.0.1:40002, https:// where it was given tls
        proxy.asked[0].target         # "127.0.0.1:40001"
        proxy.answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"   # and lets nobody through

What it is told to inject goes out right after its answer, before anything of the server behind it.
"""

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

_OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One CONNECT: its target, and its header lines as they came."""

    target: str
    headers: tuple[str, ...]


class Proxy:
    """A proxy, up between enter and exit; it talks in threads of its own."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.answer = _OPEN
        self.inject = b""
        self._tls = tls
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        """Return the address of the proxy."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, name="proxy")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._server, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self._open.append(client)
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError):
            talking = self._tls.wrap_socket(client, server_side=True) if self._tls else client
            self._open.append(talking)
            lines = _head(talking).split("\r\n")
            target = lines[0].split()[1]
            self.asked.append(Asked(target, tuple(lines[1:])))
            talking.sendall(self.answer + self.inject)
            if self.answer == _OPEN:
                self._tunnel(talking, target)
            talking.close()

    def _tunnel(self, client: socket.socket, target: str) -> None:
        host, _, port = target.rpartition(":")
        with socket.create_connection((host.strip("[]"), int(port))) as server:
            back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
            back.start()
            _pass_on(client, server)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def _head(talking: socket.socket) -> str:
    head = b""
    while not head.endswith(b"\r\n\r\n") and (piece := talking.recv(1)):
        head += piece
    return head.decode("latin-1").removesuffix("\r\n\r\n")
