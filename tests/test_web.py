"""`redis-tui web`, over HTTP and in a real browser where there is one."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
SECRET = f"open-sesame-{uuid.uuid4().hex}"
PATIENCE_S = 90


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "REDIS_TUI_HOME": str(tmp_path / "home"), "COLUMNS": "120"}
    program = subprocess.Popen(
        [sys.executable, "-m", "redis_tui", "web", *getattr(request, "param", ())],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield program
    finally:
        program.terminate()
        program.communicate(timeout=PATIENCE_S)


def address(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    line = program.stdout.readline()
    found = re.fullmatch(r"redis-tui is at (http://127\.0\.0\.1:\d+) \(Ctrl-C ends it\)\n", line)
    assert found, line
    return found[1]


async def test_other_sites_are_refused_and_nothing_is_fetched_from_outside(served: subprocess.Popen[str]) -> None:
    url = address(served)
    port = url.rpartition(":")[2]
    async with aiohttp.ClientSession() as client:
        page = await client.get(url)
        assert page.status == 200
        assert "font-src" not in page.headers["Content-Security-Policy"]
        assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert (await client.get(url, headers={"Host": f"rebound.example:{port}"})).status == 403
        for origin in ({"Origin": "http://elsewhere.example"}, {}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(f"{url}/ws", headers=origin)
            assert refused.value.status == 403


def test_a_mistake_on_the_command_line_is_told_before_anything_is_served() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "redis_tui", "web", "--colour", "red"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--colour" in done.stderr


def test_a_port_that_is_taken_is_told(served: subprocess.Popen[str]) -> None:
    port = address(served).rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "redis_tui", "web", "--port", port],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"Port {port} cannot be listened on" in done.stderr
    assert "Leave --port out" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process list from /proc")
@pytest.mark.parametrize("served", [[f"redis://:{SECRET}@127.0.0.1:1"]], indirect=True, ids=["password"])
async def test_a_tab_adds_no_password_to_the_process_list_and_none_to_the_page(served: subprocess.Popen[str]) -> None:
    url = address(served)
    async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as client:
        page = await (await client.get(url)).text()
        assert SECRET not in page
        async with client.ws_connect(f"{url}/ws?width=120&height=40", headers={"Origin": url}) as tab:
            painted = ""
            while "127.0.0.1:1" not in painted:  # the waiting screen names the address
                data = (await tab.receive()).data
                painted += data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
            assert SECRET not in painted
            lists = command_lines()
            assert any("redis_tui.web" in words for words in lists.values())
            assert [pid for pid, words in lists.items() if SECRET in words] == []  # what was typed itself is hidden too


def command_lines() -> dict[int, str]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found[int(path.parent.name)] = path.read_text(errors="replace")
    return found


class Page:
    """One tab of a browser, spoken to through its debugging protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.painted = ""
        """Everything that the workbench sent to the terminal in the page."""

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        self._number += 1
        number = self._number
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            message = await self._next()
            if message.get("id") == number:
                assert "error" not in message, message
                return dict(message["result"])

    async def until_painted(self, text: str) -> None:
        while text not in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.painted):
            await self._next()

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads((await self._socket.receive()).data)
        if message.get("method") == "Network.webSocketFrameReceived":
            frame = message["params"]["response"]
            data = base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else frame["payloadData"].encode()
            self.painted += data.decode("utf-8", "replace")
        return message


def start_browser(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            str(BROWSER),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--remote-debugging-port=0",
            f"--user-data-dir={home}",
            "--window-size=1400,900",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def debugging_port(home: Path) -> str:
    note = home / "DevToolsActivePort"
    return note.read_text().partition("\n")[0] if note.exists() else ""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")
async def test_a_script_is_run_in_a_browser(served: subprocess.Popen[str], tmp_path: Path) -> None:
    url = address(served)
    browser = start_browser(tmp_path / "browser")
    try:
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as client:
            while not (port := debugging_port(tmp_path / "browser")):
                assert browser.poll() is None, "the browser ended"
                await asyncio.sleep(0.05)
            pages = await (await client.get(f"http://127.0.0.1:{port}/json")).json()
            target = next(page for page in pages if page["type"] == "page")["webSocketDebuggerUrl"]
            async with client.ws_connect(target, max_msg_size=0) as socket:
                page = Page(socket)
                await page.call("Network.enable")
                await page.call("Page.enable")
                await page.call("Page.navigate", url=url)
                await page.until_painted("counter.lua")
                await page.until_painted("scanned")
                for kind in ("mousePressed", "mouseReleased"):  # gives the page's terminal the keyboard
                    await page.call("Input.dispatchMouseEvent", type=kind, x=600, y=300, button="left", clickCount=1)
                for kind in ("rawKeyDown", "keyUp"):
                    await page.call("Input.dispatchKeyEvent", type=kind, key="F5", code="F5", windowsVirtualKeyCode=116)
                await page.until_painted("(integer)")
                picture = await page.call("Page.captureScreenshot")
                assert len(base64.b64decode(picture["data"])) > 20_000
    finally:
        browser.kill()
        browser.wait()
