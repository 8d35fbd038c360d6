"""A mark of credentials leaves the type of a function as it is."""

from typing import assert_type

from segue import App
from segue.openapi import ApiKey, Bearer, Flow, OAuth2, OpenAPI

oauth = OAuth2(password=Flow(token="/token", scopes={"read": "Read."}))


@Bearer(format="JWT")
@oauth.needs("read")
@ApiKey(header="x-key")
def may(name: str, tries: int = 0) -> bool:
    return bool(name) and not tries


assert_type(may("ann", tries=1), bool)

app = App()
app.use(OpenAPI(title="Shop", allow=may))
