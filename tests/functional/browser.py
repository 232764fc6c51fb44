# SPDX-License-Identifier: Apache-2.0
"""A page in a real Chromium: what it loads, and how it looks."""

import dataclasses
import html
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import typing

NAMES = ('chromium', 'chromium-browser', 'google-chrome')

_FLAGS = (
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--virtual-time-budget=10000',
    '--dump-dom',
)

# A window is never as narrow as a phone; a frame is.
_HARNESS = """<!DOCTYPE html>
<iframe src="/page.html" width="WIDTH" height="700"></iframe>
<script>
const channels = (colour) => colour.match(/[0-9.]+/g).map(Number);
const light = (colour) => channels(colour).slice(0, 3)
  .map((part) => part / 255)
  .map((part) => part <= 0.04045 ? part / 12.92
                                 : ((part + 0.055) / 1.055) ** 2.4)
  .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
const see_through = (colour) => channels(colour)[3] === 0;
addEventListener('load', () => {
  const view = frames[0], page = view.document;
  const background = (element) => {
    const colour = view.getComputedStyle(element).backgroundColor;
    if (!see_through(colour)) return colour;
    return element.parentElement ? background(element.parentElement)
                                 : 'rgb(255, 255, 255)';
  };
  const contrast = (element) => {
    const pair = [view.getComputedStyle(element).color, background(element)]
      .map(light).sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  };
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  let least = 21;
  while (walker.nextNode())
    if (walker.currentNode.data.trim())
      least = Math.min(least, contrast(walker.currentNode.parentElement));
  const root = page.documentElement;
  const found = JSON.stringify({
    overflow: root.scrollWidth - root.clientWidth,
    contrast: least, dark: light(background(page.body)) < 0.5,
    loaded: view.performance.getEntriesByType('resource')
      .map((entry) => entry.name),
  });
  document.body.innerHTML = `<pre>${found}</pre>`;
});
</script>
"""


@dataclasses.dataclass(frozen=True)
class Look:
    """What came of showing a page.

    :param loaded: the addresses that the page made the browser ask for
    :param overflow: how many pixels the page is wider than its window
    :param contrast: the least of all texts with their background
    :param dark: whether the background is
    """

    loaded: list[str]
    overflow: int
    contrast: float
    dark: bool


def path() -> str | None:
    """Return where Chromium is, None where it is not installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def look(page: str, width: int, dark: bool = False) -> Look:
    """Show a page in a window of a width, and return what came of it."""
    files = {
        '/': _HARNESS.replace('WIDTH', str(width)),
        '/page.html': page,
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = files.get(self.path, '')
            self.send_response(200 if text else 404)
            self.send_header('Content-Type', 'text/html; charset=utf-8')
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: typing.Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            shown = _dump(server.server_port, dark)
        finally:
            server.shutdown()
            thread.join()
    found = re.search(r'<pre>({.*})</pre>', shown)
    assert found, shown
    return Look(**json.loads(html.unescape(found[1])))


def _dump(port: int, dark: bool) -> str:
    command = path()
    assert command
    with tempfile.TemporaryDirectory(
        prefix='chromium-', ignore_cleanup_errors=True
    ) as profile:
        done = subprocess.run(
            [
                command,
                *_FLAGS,
                f'--user-data-dir={profile}',
                f'--blink-settings=preferredColorScheme={0 if dark else 1}',
                # Neither the page nor the browser itself gets any further.
                '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
                f'http://127.0.0.1:{port}/',
            ],
            env={'PATH': '/usr/bin:/bin', 'HOME': profile},
            cwd=pathlib.Path(profile),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    return done.stdout
