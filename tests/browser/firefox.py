"""Debian's Firefox by its own wire protocol, Marionette: Playwright drives only builds of its own."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAMS = ("firefox-esr", "firefox")
PATIENCE = 60
"""Seconds that the browser may take for anything."""
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "marionette.port": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
COMPLAINTS = """
const mine = (entry) => entry instanceof Ci.nsIScriptError && entry.sourceName.startsWith(arguments[0]);
return Services.console.getMessageArray().filter(mine).map(String);
"""


class Firefox:
    """A session; scripts run in the page unless they are the browser's own."""

    def __init__(self, connection: socket.socket) -> None:
        self._wire, self._count = connection.makefile("rwb"), 0
        self._read()  # its greeting
        self.call("WebDriver:NewSession", pageLoadStrategy="normal")

    def call(self, command: str, **arguments: Any) -> Any:
        """Run a command and return its result; its error is an assertion that fails."""
        self._count += 1
        message = json.dumps([0, self._count, command, arguments]).encode()
        self._wire.write(b"%d:%s" % (len(message), message))
        self._wire.flush()
        _, _, error, result = self._read()
        assert error is None, f"{command}: {error['message']}"
        return result

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.call("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what the body of a function returns in the page, or what its promise comes to."""
        return self.call("WebDriver:ExecuteScript", script=script, args=arguments)["value"]

    def wait(self, expression: str) -> Any:
        """Return the value of an expression in the page as soon as it is true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := self.run(f"return {expression}"):
                return found
            time.sleep(0.05)
        raise AssertionError(f"not within {PATIENCE} s: {expression}")

    def click(self, selector: str) -> None:
        """Click an element as a person does: it is scrolled to and must not be covered."""
        self.call("WebDriver:ElementClick", id=self._find(selector))

    def point(self, selector: str) -> None:
        """Move the mouse to the middle of an element."""
        element = {"element-6066-11e4-a52e-4f735466cecf": self._find(selector)}
        move = {"type": "pointerMove", "duration": 0, "origin": element, "x": 0, "y": 0}
        self.call("WebDriver:PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": [move]}])

    def complaints(self, origin: str) -> list[str]:
        """Return errors and warnings about the site's own files since the start, the policy's among them."""
        self.call("Marionette:SetContext", value="chrome")
        found: list[str] = self.run(COMPLAINTS, origin)
        self.call("Marionette:SetContext", value="content")
        return found

    def _find(self, selector: str) -> str:
        found = self.call("WebDriver:FindElement", using="css selector", value=selector)["value"]
        return str(next(iter(found.values())))

    def _read(self) -> Any:
        digits = b""
        while (byte := self._wire.read(1)) != b":":
            assert byte, "the browser has gone"
            digits += byte
        return json.loads(self._wire.read(int(digits)))


@contextlib.contextmanager
def started(profile: Path) -> Iterator[Firefox]:
    """Start the browser without a window in a profile of its own; end it afterwards."""
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), "utf-8")
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    command = [
        program,
        "--headless",
        "--marionette",
        "--remote-allow-system-access",
        "--profile",
        str(profile),
    ]
    command += ["--width", "1280", "--height", "900"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with socket.create_connection(("127.0.0.1", _port(profile)), PATIENCE) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()


def _port(profile: Path) -> int:
    """Return the port that the browser has chosen, as soon as it has written it down."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if found := re.search(r"^(\d+)", (profile / "MarionetteActivePort").read_text("utf-8")):
                return int(found[1])
        time.sleep(0.1)
    raise AssertionError("Firefox does not answer")
