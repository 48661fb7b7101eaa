"""A browser driven over the Chrome DevTools Protocol, by two pipes: `chromium --remote-debugging-pipe`.

Messages are JSON that ends in a zero byte, both ways; nothing else is needed, no driver and no socket.
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any

SECONDS = 60.0
"""How long anything may take."""

KEYS = {
    "Tab": 9,
    "Enter": 13,
    " ": 32,
    "End": 35,
    "Home": 36,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}
"""Keys that are pressed, with the codes that the protocol wants."""


class BrowserError(Exception):
    """A command or a script that failed; the message is the browser's."""


class Browser:
    """One page of a browser without a window. `close` ends the browser."""

    def __init__(self, executable: str, profile: Path) -> None:
        from_us, self.to = os.pipe()
        self.back, to_us = os.pipe()
        # The browser reads its descriptor 3 and writes 4.
        script = f'exec "$0" "$@" 3<&{from_us} 4>&{to_us}'
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        command = ["bash", "-c", script, executable, *options, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        self.process = subprocess.Popen(
            command,
            pass_fds=(from_us, to_us),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(from_us)
        os.close(to_us)
        self.number = 0
        self.buffer = b""
        self.events: list[dict[str, Any]] = []
        self.session = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        try:
            self.send("Browser.close")
            self.process.wait(10)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.back)

    def send(self, method: str, **params: object) -> dict[str, Any]:
        """Sends a command and returns its result; events that come before it are kept in `events`."""
        self.number += 1
        message: dict[str, object] = {"id": self.number, "method": method, "params": params}
        if self.session and not method.startswith(("Target.", "Browser.")):
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data) :]
        while True:
            got = self.receive(method)
            if got.get("id") != self.number:
                self.events.append(got)
            elif "error" in got:
                raise BrowserError(f"{method}: {got['error']['message']}")
            else:
                result: dict[str, Any] = got["result"]
                return result

    def receive(self, waiting_for: str) -> dict[str, Any]:
        """The next message of the browser."""
        while b"\0" not in self.buffer:
            if not select.select([self.back], [], [], SECONDS)[0]:
                raise BrowserError(f"nothing came of {waiting_for} in {SECONDS:.0f} s")
            part = os.read(self.back, 1 << 20)
            if not part:
                raise BrowserError("the browser has ended")
            self.buffer += part
        line, _, self.buffer = self.buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    # ------------------------------------------------------------------------ the page

    def go(self, url: str) -> None:
        self.send("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """What an expression of JavaScript is, awaited where it is a promise."""
        result = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise BrowserError(json.dumps(result["exceptionDetails"])[:2000])
        return result["result"].get("value")

    def wait(self, script: str) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + SECONDS
        while True:
            try:
                if self.value(f"Boolean({script})"):
                    return
            except BrowserError:
                pass  # a page that is just being loaded
            if time.monotonic() > end:
                shown = str(self.value("document.body.innerText"))[-1000:]
                raise BrowserError(f"not true in {SECONDS:.0f} s: {script}; the page ends with {shown}")
            time.sleep(0.05)

    def press(self, key: str, modifiers: int = 0) -> None:
        """A key pressed and let go; `modifiers` as the protocol has them (2: control, 8: shift)."""
        code = KEYS.get(key, ord(key[0].upper()))
        event: dict[str, object] = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        text = {"Enter": "\r", " ": " "}.get(key, key if len(key) == 1 and not modifiers else "")
        self.send(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            **event,
            **({"text": text} if text else {}),
        )
        self.send("Input.dispatchKeyEvent", type="keyUp", **event)

    def type(self, text: str) -> None:
        """Text as a keyboard gives it, at the cursor."""
        self.send("Input.insertText", text=text)

    def size(self, width: int, height: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def prefer(self, scheme: str) -> None:
        """`light` or `dark`, as the system says."""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path: Path) -> None:
        data = self.send("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def hosts(self) -> set[str]:
        """The hosts that were asked for anything."""
        urls = [
            event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"
        ]
        return {url.split("/")[2] for url in urls if url.startswith(("http:", "https:", "ws:", "wss:"))}

    def complaints(self) -> list[str]:
        """What the page's scripts threw, and what the browser's console has of errors."""
        found = []
        for event in self.events:
            if event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(event["params"]["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                found.append(event["params"]["entry"]["text"])
        return found
