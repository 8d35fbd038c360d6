"""Time and weigh one hello world: `python hello.py FRAMEWORK KIND`.

Run as a script with as few imports as can be: what stands here is in every figure.
KIND is `wsgi` or `asgi` for applications that can be asked once without a server, so
that what a framework loads at its first request counts too; else `none`. Times are of
CPU: importing waits for nothing once the files are in the disk's cache.
"""

import sys
import time

# No typing here: its import would stand in every figure.


def resident() -> float:
    """Read how many MB of this process are in memory now."""
    with open("/proc/self/status") as status:  # noqa: PTH123 - pathlib would weigh
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def answer(app, kind):
    """Ask the application for its front page, once."""
    if kind == "wsgi":
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": sys.stdin.buffer,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        statuses = []
        body = b"".join(app(environ, lambda status, *rest: statuses.append(status)))
        return statuses[0].startswith("200") and b"Hello" in body
    if kind == "asgi":
        return answer_asgi(app)
    return True


def answer_asgi(app):
    """Ask an ASGI application; asyncio is what its server would load."""
    import asyncio  # noqa: PLC0415 - only for those who need it

    sent = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"] == 200


def main():
    """Print: import ms, hello ms, MB, whether it answered."""
    framework, kind = sys.argv[1:3]
    start = time.process_time()
    if framework != "python":
        __import__(framework)
    imported = time.process_time()
    app = __import__(f"{framework}_hello").app
    right = answer(app, kind)
    done = time.process_time()
    print(f"{(imported - start) * 1e3:.3f} {(done - start) * 1e3:.3f}", end=" ")
    print(f"{resident():.2f} {int(right)}")


main()
