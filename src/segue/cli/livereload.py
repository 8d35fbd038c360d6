"""Live reload: in development an open page loads itself anew when the app has changed.

A script goes into every page that a browser asked for as a page. It asks
a small route which process answers; when it is another one, the code was reloaded,
and the page is loaded again. Asking is one short request a second, so that it works
on every server, also on those with one thread.
"""

import html
import os
from typing import Any, Final

from segue.core.http.request import Request
from segue.core.http.response import JSON, Response

__all__ = ["PATH", "SCRIPT", "LiveReload"]

PATH: Final = "/__segue__/alive"
SCRIPT: Final = "/__segue__/alive.js"

_TAG: Final = '<script src="%s" data-process="%s" data-alive="%s"></script>'
_CODE: Final = """(() => {
  const {process: known, alive} = document.currentScript.dataset;
  const ask = async () => {
    try {
      const answer = await fetch(alive, {cache: "no-store"});
      const {process} = await answer.json();
      if (process !== known) { location.reload(); return; }
    } catch { /* it is being reloaded */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
})();
"""


class LiveReload:
    """What `segue run` gives to `app.use()`; never used by `segue serve`.

    Attributes:
        process: Names this start of the app.
    """

    def __init__(self) -> None:
        self.process = os.urandom(8).hex()

    def setup(self, app: Any) -> None:
        """Add the route that is asked and the script that asks it."""
        own = {"inline": True, "include_in_schema": False}
        app.add(PATH, self.alive, name="segue_alive", **own)
        app.add(SCRIPT, self.script, name="segue_alive_script", **own)
        app.after(self.add_script)

    def alive(self) -> Response:
        """Tell which process answers."""
        return JSON({"process": self.process}, headers={"cache-control": "no-store"})

    def script(self) -> Response:
        """Answer with the script: a file, since a strict page has nothing inline."""
        headers = {"cache-control": "no-store"}
        return Response(_CODE, media_type="text/javascript", headers=headers)

    def add_script(self, request: Request, response: Response) -> None:
        """Put the script into a page; leave fragments and everything else alone."""
        if (
            response.kind != "bytes"
            or not (response.media_type or "").startswith("text/html")
            or "content-encoding" in response.headers
            or request.headers.get("sec-fetch-dest", "document") != "document"
        ):
            return
        root = html.escape(request.root_path)
        script = (_TAG % (root + SCRIPT, self.process, root + PATH)).encode()
        head, end, tail = response.body.rpartition(b"</body>")
        response.body = head + script + end + tail if end else tail + script
