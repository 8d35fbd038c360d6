"""Live reload: in development an open page loads itself anew when the app has changed.

A few lines of script go into every page that a browser asked for as a page. They ask
a small route which process answers; when it is another one, the code was reloaded,
and the page is loaded again. Asking is one short request a second, so that it works
on every server, also on those with one thread.
"""

import os
from typing import Any, Final

from segue.core.http.request import Request
from segue.core.http.response import JSON, Response

__all__ = ["PATH", "LiveReload"]

PATH: Final = "/__segue__/alive"

_SCRIPT: Final = """<script>
(() => {
  let known = "%s";
  const ask = async () => {
    try {
      const answer = await fetch("%s", {cache: "no-store"});
      const {process} = await answer.json();
      if (process !== known) { location.reload(); return; }
    } catch { /* it is being reloaded */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
})();
</script>"""


class LiveReload:
    """What `segue run` gives to `app.use()`; never used by `segue serve`.

    Attributes:
        process: Names this start of the app.
    """

    def __init__(self) -> None:
        self.process = os.urandom(8).hex()

    def setup(self, app: Any) -> None:
        """Add the route that is asked and the script that asks it."""
        app.add(PATH, self.alive, name="segue_alive", inline=True)
        app.after(self.add_script)

    def alive(self) -> Response:
        """Tell which process answers."""
        return JSON({"process": self.process}, headers={"cache-control": "no-store"})

    def add_script(self, request: Request, response: Response) -> None:
        """Put the script into a page; leave fragments and everything else alone."""
        if (
            response.kind != "bytes"
            or not (response.media_type or "").startswith("text/html")
            or "content-encoding" in response.headers
            or request.headers.get("sec-fetch-dest", "document") != "document"
        ):
            return
        script = (_SCRIPT % (self.process, request.root_path + PATH)).encode()
        head, end, tail = response.body.rpartition(b"</body>")
        response.body = head + script + end + tail if end else tail + script
