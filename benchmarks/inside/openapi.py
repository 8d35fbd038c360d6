"""What the document of 1,000 routes costs: `python -m inside.openapi`, in this folder.

Half of the routes show an item by its number, half change it with a body; every pair
has a class of its own with a list of another class in it. Seconds of CPU, the best of
some rounds. FastAPI is measured beside it where it is installed.
"""

import importlib
import importlib.util
import json
import time
from typing import Annotated, Any

import msgspec
from annotated_types import Ge

from segue import App, NotFound
from segue.openapi import Information, OpenAPI, build_document
from segue.testing import Client

__all__ = ["main"]

PAIRS = 500
ROUNDS = 3


class Line(msgspec.Struct):
    """One title, some copies of it."""

    sku: str
    copies: Annotated[int, Ge(1)] = 1


def build_segue() -> App:
    app = App()
    app.use(OpenAPI(title="Many"))
    for number in range(PAIRS):
        add_pair(app, number)
    return app


def add_pair(app: App, number: int) -> None:
    fields = [("name", str), ("lines", list[Line]), ("note", str | None, None)]
    item: Any = msgspec.defstruct(f"Item{number}", fields)

    def show(item_id: int, lang: str = "en", page: Annotated[int, Ge(1)] = 1):
        """Show an item."""
        raise NotFound

    def change(item_id: int, item):
        """Change an item."""
        return item

    show.__annotations__["return"] = item
    change.__annotations__ |= {"item": item, "return": item}
    app.add(f"/items{number}/{{item_id}}", show, name=f"show{number}")
    app.add(
        f"/items{number}/{{item_id}}", change, methods=["PUT"], name=f"change{number}"
    )


def measure_fastapi() -> float:
    fastapi: Any = importlib.import_module("fastapi")
    pydantic: Any = importlib.import_module("pydantic")

    class Part(pydantic.BaseModel):
        sku: str
        copies: int = pydantic.Field(1, ge=1)

    app = fastapi.FastAPI()
    for number in range(PAIRS):
        item = pydantic.create_model(
            f"Item{number}", name=str, lines=list[Part], note=(str | None, None)
        )

        def show(item_id: int, lang: str = "en", page: int = fastapi.Query(1, ge=1)):
            """Show an item."""

        def change(item_id: int, item):
            """Change an item."""

        change.__annotations__["item"] = item
        path = f"/items{number}/{{item_id}}"
        app.get(path, response_model=item, name=f"show{number}")(show)
        app.put(path, response_model=item, name=f"change{number}")(change)
    begun = time.process_time()
    app.openapi()
    return time.process_time() - begun


def main() -> None:
    """Print the table of `results/openapi.md`."""
    app = build_segue()
    kernel = app.kernel
    built = []
    document: dict[str, Any] = {}
    for _ in range(ROUNDS):
        begun = time.process_time()
        document = build_document(kernel, Information(title="Many"))
        built.append(time.process_time() - begun)
    begun = time.process_time()
    size = len(json.dumps(document).encode())
    written = time.process_time() - begun
    client = Client(app)
    etag = client.get("/openapi.json").headers["etag"]
    begun = time.process_time()
    for _ in range(100):
        client.get("/openapi.json", headers={"if-none-match": etag})
    again = (time.process_time() - begun) / 100
    print("| 1,000 routes | |\n|---|---:|")
    print(f"| build the document | {min(built):.2f} s |")
    print(f"| write it as JSON, {size / 1e6:.1f} MB | {written:.3f} s |")
    print(f"| answer 304, with the test client | {again * 1e6:.0f} microseconds |")
    if importlib.util.find_spec("fastapi"):
        print(f"| FastAPI: `app.openapi()` | {measure_fastapi():.2f} s |")


if __name__ == "__main__":
    main()
