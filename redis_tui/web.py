"""The workbench in a browser: textual-serve on the loopback, one workbench a tab.

Must not know what the workbench does; it only passes on the words of the command line. The decision
a reader would question: those words go to the workbench's process in its environment, not as
arguments. An address may hold a password, every user of the machine can list arguments, and only
the owner can read an environment. Pages of other sites are kept out by their Host and Origin: a
listener on the loopback is within reach of every page that the browser opens.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shlex
import socket
import sys
from typing import TYPE_CHECKING

from redis_tui.errors import UsageError

try:
    from aiohttp import web
    from textual_serve.server import Server
except ImportError as error:  # the extra is not installed
    raise UsageError(
        f"The browser's workbench needs {error.name}.", hint="Install it: pip install 'redis-tui[web]'."
    ) from None

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp.typedefs import Handler, Middleware

HOST = "127.0.0.1"
WORDS = "REDIS_TUI_WEB_WORDS"
"""The environment variable that holds the command line of the workbench, as JSON."""


class WebServer(Server):
    """textual-serve's server, quiet, and closed to other sites.

    Args:
        port: where it listens on the loopback; 0 takes a free one.
    """

    def __init__(self, port: int) -> None:
        self._socket = _listen(port)
        port = self._socket.getsockname()[1]
        super().__init__(shlex.join([sys.executable, "-m", "redis_tui.web"]), host=HOST, port=port, title="redis-tui")

    def initialize_logging(self) -> None:
        """What goes wrong, and no line for each request."""
        logging.basicConfig(level=logging.WARNING, format="%(message)s")

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002  # aiohttp's signature
        """Tells the address."""
        sys.stdout.write(f"redis-tui is at {self.public_url} (Ctrl-C ends it)\n")
        sys.stdout.flush()

    def serve(self, debug: bool = False) -> None:
        """Serves until Ctrl-C."""
        self.debug = debug
        self.initialize_logging()
        web.run_app(self._make_app(), sock=self._socket, print=None, shutdown_timeout=2, loop=asyncio.new_event_loop())

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(_own_pages_only(self.port))
        return app


def serve_workbench(words: Sequence[str], *, port: int) -> int:
    """Serves the workbench to browsers on this machine until Ctrl-C.

    Args:
        words: the command line of ``redis-tui tui``.
        port: where to listen; 0 takes a free port.

    Returns:
        The exit status.

    Raises:
        UsageError: the port is taken.
    """
    server = WebServer(port)
    os.environ[WORDS] = json.dumps(list(words))
    server.serve()
    return 0


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # now, so that the address answers as soon as it is printed
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Port {port} cannot be listened on ({error.strerror}).", hint="Leave --port out for a free one."
        ) from error
    return listener


def _own_pages_only(port: int) -> Middleware:
    hosts = {f"{name}:{port}" for name in (HOST, "localhost")}
    origins = {f"http://{host}" for host in hosts}
    policy = (
        "default-src 'self' data: blob: 'unsafe-inline'; frame-ancestors 'none'; "
        f"connect-src 'self' {' '.join(f'ws://{host}' for host in sorted(hosts))}; "
        f"script-src {' '.join(sorted(origins))} 'unsafe-inline'; style-src {' '.join(sorted(origins))} 'unsafe-inline'"
    )

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and origin not in origins):
            raise web.HTTPForbidden(text="This page may not use redis-tui.")
        if request.path == "/ws" and origin is None:
            raise web.HTTPForbidden(text="A browser names its page.")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = policy
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return guard


def _workbench() -> int:
    """What textual-serve starts for each tab."""
    from redis_tui.cli import run_cli

    return run_cli(["tui", *json.loads(os.environ.pop(WORDS, "[]"))])  # popped: $EDITOR and others need not know


if __name__ == "__main__":
    sys.exit(_workbench())
