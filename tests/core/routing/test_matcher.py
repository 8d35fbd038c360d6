"""The matcher: both speeds agree with each other and with a slow oracle."""

import itertools
from urllib.parse import unquote

import pytest
from hypothesis import given, settings, strategies as st

from segue.core.routing.hosts import HostPattern
from segue.core.routing.matcher import Found, Matcher, Miss, other_slash
from segue.core.routing.pattern import Pattern
from segue.core.routing.predicates import accepts, custom, header, weight
from segue.core.routing.registry import Converters
from segue.core.routing.route import Route
from segue.core.routing.segments import Kind
from segue.core.routing.table import RouteTable


def no_request():
    raise AssertionError("nobody has to ask for the request")


def targets(table):
    return table.compile(lambda route: route.target)


# -- hosts and predicates


@pytest.mark.feature("M-014")
def test_the_closest_host_wins_whatever_its_paths_are(table):
    matcher = targets(
        table(
            "GET /about", "GET {t}.example.org/{x}", "GET shop.example.org/{rest:path}"
        )
    )

    def answer(host):
        return matcher.search("/about", "GET", host, no_request)

    assert answer("shop.example.org").entry == "GET shop.example.org/{rest:path}"
    found = answer("Other.example.org:8000")
    assert found.entry == "GET {t}.example.org/{x}"
    assert found.values == ("about",)
    assert found.host_values == {"t": "other"}
    assert answer("example.net").entry == "GET /about"


@pytest.mark.feature("M-014")
def test_routes_of_one_host_shape_keep_their_own_names(table):
    matcher = targets(table("GET {a}.org/x", "POST {b}.org/x"))

    assert matcher.search("/x", "GET", "h.org", no_request).host_values == {"a": "h"}
    assert matcher.search("/x", "POST", "h.org", no_request).host_values == {"b": "h"}


@pytest.mark.feature("M-014", "M-016")
def test_of_two_hosts_with_values_the_more_specific_wins_in_any_order(table):
    for order in itertools.permutations(["GET {t}.org/x", "GET {n:int}.org/x"]):
        matcher = targets(table(*order))

        assert matcher.search("/x", "GET", "7.org", no_request).host_values == {"n": 7}
        assert matcher.search("/x", "GET", "a.org", no_request).host_values == {
            "t": "a"
        }


@pytest.mark.feature("M-015")
def test_predicates_decide_between_routes_of_one_path(table, route, ask):
    plain, second = (
        route("GET /x", "plain"),
        route("GET /x", "v2", when=header("v", "2")),
    )
    matcher = targets(table(plain, second))

    assert matcher.search("/x", "GET", "h", lambda: ask(v="2")).entry == "v2"
    assert matcher.search("/x", "GET", "h", ask).entry == "plain"


@pytest.mark.feature("M-015", "M-016")
def test_more_conditions_are_tried_before_fewer_in_any_order(table, route, ask):
    routes = [
        route("GET /x", "none"),
        route("GET /x", "one", when=header("a")),
        route("GET /x", "two", when=[header("a"), header("b")]),
        route("GET /x", "value", when=header("a", "1")),
    ]
    for order in itertools.permutations(routes):
        matcher = targets(table(*order))

        def answer(**headers):
            return matcher.search("/x", "GET", "h", lambda: ask(**headers)).entry  # noqa: B023 - called at once

        assert [answer(), answer(a="2"), answer(a="2", b=""), answer(a="1")] == [
            "none",
            "one",
            "two",
            "value",
        ]


@pytest.mark.feature("M-015")
def test_a_failed_predicate_gives_way_to_a_less_specific_path(table, route, ask):
    matcher = targets(
        table(route("GET /x", "page", when=header("a")), "GET /{rest:path}")
    )

    assert matcher.search("/x", "GET", "h", ask).entry == "GET /{rest:path}"


@pytest.mark.feature("M-015")
def test_the_client_decides_between_media_types(table, route, ask):
    html = route("GET /x", "html", when=accepts("text/html"))
    json = route("GET /x", "json", when=accepts("application/json"))
    for order in ([html, json], [json, html]):
        matcher = targets(table(*order))

        def answer(accept):
            return matcher.search("/x", "GET", "h", lambda: ask(accept=accept))  # noqa: B023 - called at once

        assert answer("text/html, application/json;q=0.5").entry == "html"
        assert answer("text/html;q=0.1, application/json").entry == "json"
        assert answer("*/*").entry == "json"
        assert answer("*/*").vary == {"accept"}
        assert answer("image/png") == Miss(vary=frozenset({"accept"}))


def test_the_client_has_no_say_where_one_route_has_more_conditions(table, route, ask):
    narrow = route("GET /x", "narrow", when=[accepts("text/html"), header("a")])
    wide = route("GET /x", "wide", when=accepts("application/json"))
    liking = ask(a="1", accept="application/json, text/html;q=0.1")

    found = targets(table(wide, narrow)).search("/x", "GET", "h", lambda: liking)

    assert found.entry == "narrow"


def test_a_tie_without_media_types_is_broken_by_what_the_predicates_say(
    table, route, ask
):
    one = route("GET /x", "a", when=header("a"))
    other = route("GET /x", "b", when=header("b"))
    for order in ([one, other], [other, one]):
        found = targets(table(*order)).search("/x", "GET", "h", lambda: ask(a="", b=""))

        assert found.entry == "a"


def test_the_request_is_made_once_and_only_when_asked_for(table, route, ask):
    made = []
    picky = custom(made.append, says="never")
    other = custom(made.append, says="not either")
    matcher = targets(
        table(route("GET /x", when=[picky]), route("GET /x", when=[other]))
    )

    missed = matcher.search("/x", "GET", "h", ask)

    assert missed == Miss()
    assert len(made) == 2
    assert made[0] is made[1]


# -- methods


@pytest.mark.feature("M-019")
def test_head_is_answered_by_get(table):
    matcher = targets(table("GET /x", "GET /y/{id}", "POST /z"))

    assert matcher.static["/x"] == {"GET": "GET /x", "HEAD": "GET /x"}
    assert matcher.find("/y/1", "HEAD") == ("GET /y/{id}", ("1",))
    assert matcher.search("/x", "HEAD", "h", no_request).entry == "GET /x"
    assert matcher.search("/z", "HEAD", "h", no_request).allowed == {"POST", "OPTIONS"}


@pytest.mark.feature("M-019")
def test_a_route_of_its_own_for_head_comes_before_get(table):
    for order in (["GET /x", "HEAD /x", "/x"], ["/x", "HEAD /x", "GET /x"]):
        matcher = targets(table(*order))

        assert matcher.static["/x"]["HEAD"] == "HEAD /x"
        assert matcher.static["/x"]["GET"] == "GET /x"
        assert matcher.static["/x"]["PUT"] == "/x"
        assert matcher.search("/x", "HEAD", "h", no_request).entry == "HEAD /x"
        assert matcher.search("/x", "BREW", "h", no_request).entry == "/x"


@pytest.mark.feature("M-020")
def test_a_wrong_method_is_told_what_is_allowed(table):
    matcher = targets(table("GET /x", "PUT DELETE /x", "POST /{any}", "GET /y/{id}"))

    assert matcher.search("/x", "PATCH", "h", no_request) == Miss(
        frozenset({"GET", "HEAD", "PUT", "DELETE", "POST", "OPTIONS"})
    )
    assert matcher.search("/y/1", "OPTIONS", "h", no_request).allowed == {
        "GET",
        "HEAD",
        "OPTIONS",
    }
    assert matcher.search("/y/1/2", "GET", "h", no_request) == Miss()


@pytest.mark.feature("M-020")
def test_a_route_for_options_answers_itself(table):
    matcher = targets(table("GET /x", "OPTIONS /x"))

    assert matcher.search("/x", "OPTIONS", "h", no_request).entry == "OPTIONS /x"


def test_a_method_that_no_client_can_send_is_not_offered(table):
    matcher = targets(table("(WEBSOCKET) /x", "POST /x", "/y"))

    assert (
        matcher.search("/x", "(WEBSOCKET)", "h", no_request).entry == "(WEBSOCKET) /x"
    )
    assert matcher.search("/x", "GET", "h", no_request).allowed == {"POST", "OPTIONS"}
    assert matcher.search("/y", "(WEBSOCKET)", "h", no_request).allowed >= {"GET"}


@pytest.mark.feature("M-020")
def test_methods_of_routes_that_do_not_apply_are_not_allowed(table, route, ask):
    matcher = targets(
        table("GET /x", "PUT h.org/x", route("POST /x", when=header("a")))
    )

    def allowed(host, **headers):
        return matcher.search("/x", "PATCH", host, lambda: ask(**headers)).allowed

    assert allowed("other.org") == {"GET", "HEAD", "OPTIONS"}
    assert allowed("h.org", a="1") == {"GET", "HEAD", "OPTIONS", "PUT", "POST"}


def test_a_method_falls_through_to_a_less_specific_path(table):
    matcher = targets(table("GET /users/new", "POST /users/{name}"))

    assert matcher.find("/users/new", "POST") == ("POST /users/{name}", ("new",))


# -- slashes


@pytest.mark.feature("M-021")
def test_a_path_that_differs_in_its_final_slash_is_redirected(table):
    matcher = targets(table("GET /a/", "GET /b", "GET /c/{x}", "POST /d/"))

    def answer(path, method="GET"):
        return matcher.search(path, method, "h", no_request)

    assert answer("/a") == Miss(redirect="/a/")
    assert answer("/b/") == Miss(redirect="/b")
    assert answer("/c/ü/") == Miss(redirect="/c/ü")
    assert answer("/d") == Miss()
    assert answer("/d", "POST") == Miss(redirect="/d/")
    assert answer("/a", "HEAD") == Miss(redirect="/a/")


@pytest.mark.feature("M-021")
def test_both_spellings_may_exist(table):
    matcher = targets(table("GET /a/", "POST /a"))

    assert matcher.search("/a", "POST", "h", no_request).entry == "POST /a"
    assert matcher.search("/a", "GET", "h", no_request) == Miss(
        frozenset({"POST", "OPTIONS"}), "/a/"
    )


@pytest.mark.feature("M-021")
def test_a_strict_table_does_not_redirect(table):
    matcher = targets(table("GET /a/", slashes="strict"))

    assert matcher.search("/a", "GET", "h", no_request) == Miss()


@pytest.mark.feature("M-021")
def test_a_table_may_ignore_the_slash(table):
    matcher = targets(
        table("GET /a/", "GET /b/{x}", "POST /c/", "GET /c", slashes="ignore")
    )

    def answer(path, method="GET"):
        return matcher.search(path, method, "h", no_request)

    assert answer("/a").entry == "GET /a/"
    assert answer("/b/1/").values == ("1",)
    assert answer("/c", "POST").entry == "POST /c/"
    assert answer("/c/").entry == "GET /c"
    assert answer("/c", "PUT").allowed == {"GET", "HEAD", "POST", "OPTIONS"}
    assert answer("/d") == Miss()


@pytest.mark.feature("M-021")
@pytest.mark.parametrize("path", ["//evil.com", "/\\evil.com", "/", "", "*", "//"])
def test_no_redirect_leads_to_another_host(table, path):
    matcher = targets(table("GET /{rest:tail}/", "GET /{rest:path}", "POST /"))

    found = matcher.search(path, "PUT", "h", no_request)

    assert isinstance(found, Miss)
    assert found.redirect is None
    assert other_slash(path) is None


# -- the fast way


def test_what_a_host_may_claim_is_left_to_the_search(table):
    matcher = targets(
        table(
            "GET /a",
            "POST /a",
            "GET /b/{x}",
            "GET /c",
            "GET h.org/{x}",
            "GET h.org/b/1",
            "GET h.org/c/",
        )
    )

    assert matcher.static == {"/a": {"POST": "POST /a"}}
    assert matcher.find("/a", "GET") is None
    assert matcher.find("/b/1", "GET") is None
    assert matcher.find("/b/2", "GET") == ("GET /b/{x}", ("2",))
    assert matcher.find("/zzz", "GET") is None
    assert matcher.search("/a", "GET", "h.org", no_request).entry == "GET h.org/{x}"
    assert matcher.search("/a", "GET", "i.org", no_request).entry == "GET /a"
    assert matcher.conditional


def test_what_a_predicate_may_claim_is_left_to_the_search(table, route):
    matcher = targets(
        table(
            "GET /a",
            route("GET /a", when=header("x")),
            "POST /a",
            "GET /b/{id:int}",
            route("GET /b/{s}", when=header("x")),
            route("GET /c", when=header("x")),
            "GET /{rest:path}",
            "GET /d/{x}/{y}",
        )
    )

    assert matcher.static == {"/a": {"POST": "POST /a"}}
    assert matcher.find("/a", "GET") is None
    assert matcher.find("/b/1", "GET") == ("GET /b/{id:int}", (1,))
    assert matcher.find("/b/x", "GET") is None
    assert matcher.find("/c", "GET") is None
    assert matcher.find("/d/1/2", "GET") == ("GET /d/{x}/{y}", ("1", "2"))
    assert matcher.find("/e", "GET") == ("GET /{rest:path}", ("e",))


def test_a_table_without_conditions_says_so(table):
    assert not targets(table("GET /a", "GET /{x}")).conditional


@pytest.mark.feature("M-008")
def test_a_value_of_the_wrong_kind_is_left_to_the_next_route(table):
    matcher = targets(table("GET /u/{id:int}", "GET /u/{day:date}", "GET /v/{id:int}"))

    assert matcher.find("/u/7", "GET") == ("GET /u/{id:int}", (7,))
    assert matcher.find("/u/2024-01-31", "GET")[0] == "GET /u/{day:date}"
    assert matcher.find("/u/x", "GET") is None
    assert matcher.search("/v/x", "GET", "h", no_request) == Miss()


def test_a_value_that_begins_with_a_dot_is_a_value_unless_it_is_all_dots(table):
    matcher = targets(table("GET /f/{name}"))

    assert matcher.find("/f/.profile", "GET") == ("GET /f/{name}", (".profile",))
    assert matcher.find("/f/..", "GET") is None
    assert matcher.find("/f/", "GET") is None


def test_an_entry_is_replaced_in_every_place(table, route):
    static, dynamic, held = route("GET /a"), route("GET /b/{x}"), route("GET POST /c")
    matcher = targets(table(static, dynamic, held, "GET h.org/c"))

    for each in (static, dynamic, held):
        matcher.replace(each, f"new {each.pattern}")

    assert matcher.static["/a"] == {"GET": "new /a", "HEAD": "new /a"}
    assert matcher.static["/c"] == {"POST": "new /c"}
    assert matcher.find("/b/1", "GET") == ("new /b/{x}", ("1",))
    assert matcher.search("/c", "GET", "i.org", no_request).entry == "new /c"
    assert matcher.entry(static) == "new /a"


# -- the oracle

SEGMENTS = [
    "a", "b", "1", "{x}", "{x:int}", "{x:bool}", "{x:slug}", "{x}.a", "a{x}",
    "{x:int}-{y}", "{x:path}", "{x:path}.a", "{x:tail}", "{x:odd}",
]  # fmt: skip
CONDITIONS = [
    (),
    (header("p"),),
    (header("p", "1"),),
    (~header("p"),),
    (header("p"), header("q")),
]
HOSTS = [None, None, None, "h.org", "{t}.org", "{t:int}.org"]

converters = Converters()


def read_odd(text):
    number = int(text)
    if number % 2 == 0:
        raise ValueError(text)
    return number


converters.add("odd", read_odd, rank=20)


ANY_KIND = st.sampled_from(SEGMENTS)


@st.composite
def routes(draw, kinds=ANY_KIND, plain=False):
    parts = draw(st.lists(kinds, min_size=1, max_size=4))
    spans, text = 0, ""
    for index, part in enumerate(parts):
        spans += part.startswith(("{x:path", "{x:tail"))
        chosen = "a" if spans > 1 else part
        text += "/" + chosen.replace("x", f"x{index}").replace("{y}", f"{{y{index}}}")
    text += draw(st.sampled_from(["", "", "/"]))
    methods = draw(
        st.sampled_from([None, {"GET"}, {"POST"}, {"HEAD"}, {"GET", "POST"}])
    )
    host = None if plain else draw(st.sampled_from(HOSTS))
    return Route(
        Pattern.parse(text, converters),
        frozenset(methods) if methods else None,
        object(),
        host=HostPattern.parse(host) if host else None,
        predicates=() if plain else draw(st.sampled_from(CONDITIONS)),
    )


@st.composite
def tables(draw):
    """Draw routes of a few kinds of segments, so that they compete."""
    few = draw(st.lists(st.sampled_from(SEGMENTS), min_size=2, max_size=5, unique=True))
    plain = draw(st.booleans())  # only then the fast way answers all
    return draw(st.lists(routes(st.sampled_from(few), plain), max_size=10))


paths = st.lists(
    st.sampled_from(
        ["a", "b", "1", "2", "a.a", "7-x", "true", "", ".", "..", "-", "ab"]
    ),
    min_size=1,
    max_size=5,
).map(lambda parts: "/" + "/".join(parts))


def readings(segments, parts):
    """Yield all values of a path by trying everything, slowly."""
    if not segments or not parts:
        if not segments and not parts:
            yield ()
        return
    first, rest = segments[0], segments[1:]
    spans = any(each.converter.spans for each in first.parameters)
    for count in range(1, len(parts) + 1 if spans else 2):
        text = "/".join(parts[:count])
        if first.parameters:
            if not text and not spans:
                continue
            try:
                pieces = first.split(text)
                values = tuple(
                    parameter.converter.read(piece)
                    for parameter, piece in zip(
                        first.parameters, pieces or (), strict=True
                    )
                )
            except ValueError:
                continue
        elif text != first.literal:
            continue
        else:
            values = ()
        for more in readings(rest, parts[count:]):
            yield values + more


def oracle(routes, path, method, host, request):
    """Try every route; return the best with its values."""
    parts = path.split("/")[1:]
    found = []
    for route in routes:
        if {".", ".."} & set(parts):
            continue
        if route.host is not None and route.host.match(host) is None:
            continue
        if not route.answers(method) or not all(p(request) for p in route.predicates):
            continue
        for values in readings(route.pattern.segments, parts):
            bound = route.host is None
            exact = 2 if route.methods is None else method not in route.methods
            key = (
                bound,
                () if bound else route.host.specificity,
                route.pattern.specificity,
                -weight(route.predicates),
                int(exact),
                sorted(map(str, route.predicates)),
            )
            found.append((key, route, values))
    return min(found, key=lambda each: each[0], default=(None, None, ()))[1:]


@pytest.mark.feature("M-016")
@settings(max_examples=200, deadline=None)
@given(
    tables(),
    paths,
    st.sampled_from(["GET", "HEAD", "POST", "PUT"]),
    st.sampled_from(["h.org", "7.org", "x"]),
    st.sampled_from([{}, {"p": "1"}, {"p": "2"}, {"p": "2", "q": ""}]),
)
def test_both_speeds_agree_with_an_oracle_that_tries_everything(
    made, path, method, host, headers
):
    table = RouteTable("strict")
    for each in made:
        table.add(each)
    table.freeze()
    matcher = table.compile(lambda route: route)

    class Asked:
        def __init__(self):
            self.headers = headers

    wanted, values = oracle(made, path, method, host, Asked())
    found = matcher.search(path, method, host, Asked)
    if wanted is None:
        assert isinstance(found, Miss)
        assert method not in found.allowed
    else:
        assert isinstance(found, Found)
        assert (found.route, found.values) == (wanted, values)
    fast = matcher.static.get(path, {}).get(method)
    if fast is not None:
        assert fast is wanted
    else:
        fast = matcher.find(path, method)
        assert fast == (wanted, values) or fast is None
        # The fast way gives up only where a condition may have a say.
        assert fast is not None or wanted is None or matcher.conditional


@pytest.mark.feature("M-016")
@settings(max_examples=60, deadline=None)
@given(tables(), paths, st.randoms())
def test_the_order_of_declaration_does_not_matter(made, path, random):
    shuffled = list(made)
    random.shuffle(shuffled)

    class Asked:
        def __init__(self):
            self.headers = {"p": "2", "q": ""}

    found = [
        Matcher(order, lambda route: route, "redirect").search(
            path, "GET", "h.org", Asked
        )
        for order in (made, shuffled)
    ]

    if isinstance(found[0], Found):
        first, second = found[0].route, found[1].route
        assert first.pattern.shape == second.pattern.shape
        assert first.predicates == second.predicates
    else:
        assert found[0] == found[1]


FITTING = {
    Kind.LITERAL: st.nothing(),
    Kind.MIXED: st.sampled_from(["1.a", "a1", "7-x", "a.a", "0-.a"]),
    Kind.PARAMETER: st.sampled_from(["1", "-3", "true", "a-b", "7.5", "ü x", "99"]),
    Kind.SPAN: st.sampled_from(["a/b", "b.a", "x//y.a", "c/", "1"]),
}


@pytest.mark.feature("M-013")
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_reverse_of_a_match_leads_back_to_it(data):
    made = data.draw(routes())
    parts = [
        each.literal if each.kind is Kind.LITERAL else data.draw(FITTING[each.kind])
        for each in made.pattern.segments
    ]
    path = "/" + "/".join(parts)
    method = min(made.methods or {"GET"})
    table = RouteTable("strict")
    table.add(made)
    matcher = table.compile(lambda route: route)
    host = "h.org" if made.host is None or made.host.static else "7.org"

    class Asked:
        def __init__(self):
            self.headers = {"p": "1", "q": ""}

    found = matcher.search(path, method, host, Asked)
    fits = isinstance(found, Found)
    assert fits == (oracle([made], path, method, host, Asked())[0] is made)
    if fits:
        names = dict(zip(made.pattern.names, found.values, strict=True))
        url = table.url(made.target, {**names, **found.host_values})
        again = matcher.search(
            unquote(url.removeprefix(f"//{host}")), method, host, Asked
        )
        assert isinstance(again, Found)
        assert again.values == found.values
