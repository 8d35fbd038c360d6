"""One type, and what a client may send or see of it."""

import sys
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Generic, NamedTuple, NotRequired, TypedDict, TypeVar

import attrs
import msgspec
import pydantic
import pytest
from annotated_types import Ge, MinLen, Predicate

from segue.core.errors import PlanError
from segue.core.schema.describe import describe, name_of
from segue.core.schema.jsonschema import JsonSchemas
from segue.core.schema.marks import ReadOnly, WriteOnly
from segue.core.schema.shape import Kind
from segue.core.schema.views import (
    Create,
    Named,
    Only,
    Patch,
    Read,
    Renamed,
    Without,
    incoming,
    is_viewed,
    shown_as,
    taken_as,
)

T = TypeVar("T")
Id = Annotated[int, ReadOnly()]
Password = Annotated[str, WriteOnly(), MinLen(8)]


class Account(msgspec.Struct):
    """Somebody with a password."""

    id: Id
    email: str
    password: Password
    note: str | None = None


class Item(msgspec.Struct):
    sku: str
    count: Annotated[int, Ge(1)] = 1


class Team(msgspec.Struct):
    head: Account
    members: list[Account] = []
    rooms: "dict[str, Team] | None" = None


class Box(msgspec.Struct, Generic[T]):
    inside: T


class Pair(NamedTuple):
    left: Account
    right: int = 0


def take(hint, data):
    found = incoming(hint)
    return found.make(msgspec.convert(data, found.type))


SENT = {"id": 7, "email": "a@example.org", "password": "long enough"}


def test_what_no_view_changes_comes_back_as_it_is():
    for hint in (int, Item, list[Item], Item | None, dict[str, Item], Any):
        assert shown_as(hint) is hint
    for hint in (int, Item, list[Item] | None, Create[Item], Annotated[Item, Any]):
        assert taken_as(hint) is hint
        assert incoming(hint) is None


@pytest.mark.feature("M-058")
def test_a_created_object_is_a_real_one_without_its_read_only_fields():
    account = take(Create[Account], SENT)

    assert type(account) is Account
    assert (account.email, account.note) == ("a@example.org", None)
    with pytest.raises(AttributeError):
        _ = account.id


def test_a_blank_field_can_be_given():
    account = take(Create[Account], SENT)

    account.id = 3

    assert account == Account(3, "a@example.org", "long enough")
    assert msgspec.structs.replace(take(Create[Account], SENT), id=3) == account


def test_the_blank_of_a_frozen_struct_is_blank_as_well():
    class Frozen(msgspec.Struct, frozen=True):
        id: Id
        name: str

    made = take(Create[Frozen], {"id": 1, "name": "n"})

    with pytest.raises(AttributeError):
        _ = made.id
    assert msgspec.structs.replace(made, id=2) == Frozen(2, "n")


def test_an_input_without_a_view_is_taken_as_create_has_it():
    assert not hasattr(take(Account, SENT), "id")
    assert taken_as(Account) is taken_as(Account)


def test_a_left_out_field_gets_its_default():
    class Note(msgspec.Struct):
        text: str
        id: Id = 0
        tags: Annotated[list[str], ReadOnly()] = []

    made = take(Create[Note], {"text": "t", "id": 9, "tags": ["x"]})

    assert made == Note("t")
    assert made.tags is not take(Create[Note], {"text": "t"}).tags


def test_views_apply_to_the_records_inside():
    data = {"head": SENT, "members": [SENT], "rooms": {"a": {"head": SENT}}}

    team = take(Create[Team], data)

    for account in (team.head, team.members[0], team.rooms["a"].head):
        assert type(account) is Account
        assert not hasattr(account, "id")
    assert team.rooms["a"].members == []


def test_views_apply_in_containers_and_generics():
    for hint, data, find in (
        (list[Account], [SENT], lambda v: v[0]),
        (tuple[Account, ...], [SENT], lambda v: v[0]),
        (tuple[int, Account], [1, SENT], lambda v: v[1]),
        (dict[str, Account], {"a": SENT}, lambda v: v["a"]),
        (Account | None, SENT, lambda v: v),
        (Box[Account], {"inside": SENT}, lambda v: v.inside),
        (Box[list[Account]], {"inside": [SENT]}, lambda v: v.inside[0]),
        (Pair, [SENT, 3], lambda v: v.left),
        (Annotated[Create[list[Account]], MinLen(1)], [SENT], lambda v: v[0]),
    ):
        made = take(hint, data)

        assert type(find(made)) is Account
        assert find(made).email == "a@example.org"
    assert take(Account | None, None) is None
    assert type(take(tuple[Account, ...], [SENT])) is tuple
    assert type(take(Pair, [SENT])) is Pair


def test_a_type_variable_is_what_it_is_bound_to():
    Bound = TypeVar("Bound", bound=Account)

    class Holder(msgspec.Struct, Generic[Bound]):
        inside: Bound

    assert not hasattr(take(Holder, {"inside": SENT}).inside, "id")


def test_a_type_that_cannot_be_hashed_is_viewed_as_well():
    odd = Annotated[int, msgspec.Meta(examples=[1])]
    dull = list[odd] | Box[list[odd]]

    assert taken_as(dull) is dull
    assert take(Box[tuple[Account, odd]], {"inside": [SENT, 3]}).inside[1] == 3
    assert take(Box[Annotated[Account, []]], {"inside": SENT}).inside.note is None


def test_views_apply_to_the_items_of_a_set():
    class Tag(msgspec.Struct, frozen=True):
        name: str
        id: Id = 0

    assert take(set[Tag], [{"name": "a", "id": 3}]) == {Tag("a")}
    assert take(frozenset[Tag], [{"name": "a"}]) == frozenset({Tag("a")})


def test_views_apply_to_the_members_of_a_union():
    class Cat(msgspec.Struct, tag=True):
        name: str
        id: Id = 0

    class Dog(msgspec.Struct, tag=True):
        name: str

    hint = Cat | Dog | list[Cat] | int

    assert take(hint, {"type": "Cat", "name": "c", "id": 4}) == Cat("c")
    assert take(hint, {"type": "Dog", "name": "d"}) == Dog("d")
    assert take(hint, [{"type": "Cat", "name": "c"}]) == [Cat("c")]
    assert take(hint, 3) == 3


@dataclass
class Member:
    id: Id
    name: str
    tags: list[str] = field(default_factory=list)
    initial: str = field(init=False, default="?")

    def __post_init__(self):
        if self.name == "nobody":
            raise ValueError("Nobody is no member.")
        self.initial = self.name[0]


def test_a_dataclass_is_made_by_its_constructor():
    made = take(Create[Member], {"id": 1, "name": "Ada", "initial": "x"})

    assert (made.name, made.tags, made.initial) == ("Ada", [], "A")
    with pytest.raises(AttributeError):
        _ = made.id
    with pytest.raises(ValueError, match="Nobody"):
        take(Create[Member], {"name": "nobody"})


def test_a_frozen_dataclass_with_slots_is_blank_as_well():
    @dataclass(frozen=True, slots=True)
    class Point:
        id: Id
        x: int

    assert not hasattr(take(Create[Point], {"x": 1}), "id")


@attrs.define
class Thing:
    id: Id
    _secret: str
    size: int = attrs.field(init=False, default=3)
    copy: str = attrs.field(
        default=attrs.Factory(lambda self: self._secret, takes_self=True)
    )


def test_an_attrs_class_is_made_by_its_constructor():
    made = take(Create[Thing], {"id": 1, "_secret": "s"})

    assert (made._secret, made.size, made.copy) == ("s", 3, "s")
    assert not hasattr(made, "id")
    assert take(Create[Thing], {"_secret": "s", "copy": "c"}).copy == "c"


def test_an_attrs_class_that_shares_a_default_still_does():
    @attrs.define
    class Shared:
        id: Id
        names: list[str] = attrs.field(default=["a"])

    assert take(Shared, {}).names == ["a"]


class Row(TypedDict):
    id: Id
    name: str
    note: NotRequired[Annotated[str, MinLen(2)]]


def test_a_typed_dict_lacks_what_is_left_out():
    assert take(Create[Row], {"id": 3, "name": "n"}) == {"name": "n"}
    assert take(Create[Row], {"name": "n", "note": "nn"}) == {"name": "n", "note": "nn"}


def test_a_typed_dict_may_have_names_that_are_no_words():
    Odd = TypedDict("Odd", {"content-type": str, "class": str, "id": Id})

    made = take(Create[Odd], {"content-type": "t", "class": "c", "id": 4})

    assert made == {"content-type": "t", "class": "c"}


def test_unknown_fields_follow_the_type():
    class Strict(msgspec.Struct, forbid_unknown_fields=True):
        name: str
        id: Id = 0

    with pytest.raises(msgspec.ValidationError, match="unknown field `id`"):
        take(Create[Strict], {"name": "n", "id": 3})


def test_a_struct_may_have_names_that_are_words_of_python():
    odd = msgspec.defstruct("Odd", [("id", Id), ("class", str)])

    made = take(Create[odd], {"class": "c"})

    assert getattr(made, "class") == "c"


def test_names_on_the_wire_stay():
    class Camel(msgspec.Struct, rename="camel"):
        row_id: Id
        first_name: str

    assert take(Create[Camel], {"firstName": "Ada"}).first_name == "Ada"


def test_a_predicate_is_asked_of_what_is_made():
    def is_short(account):
        return isinstance(account, Account) and len(account.email) < 20

    short = Annotated[Account, Predicate(is_short)]

    assert take(short, SENT).email == "a@example.org"
    assert take(list[short], [SENT])[0].note is None
    with pytest.raises(ValueError, match="for which is_short holds"):
        take(Annotated[Create[short], MinLen(0)], {**SENT, "email": "a" * 20})
    few = Annotated[Create[list[Account]], Predicate(lambda found: len(found) < 2)]
    with pytest.raises(ValueError, match="Expected a value"):
        take(few, [SENT, SENT])


# -- refinements


def test_a_view_leaves_out_more():
    made = take(Annotated[Create[Account], Without("note")], {**SENT, "note": "x"})

    assert made.note is None
    assert not hasattr(
        take(Annotated[Create[Account], Without("password")], SENT), "password"
    )


def test_a_view_has_only_some():
    shown = shown_as(Annotated[Read[Account], Only("id", "email")])

    assert shown.__struct_fields__ == ("id", "email")


def test_a_view_has_other_names():
    class Deep(msgspec.Struct):
        long_name: str
        _under_line: int = 0

    class Flat(msgspec.Struct):
        deep_one: Deep
        other_one: int = 0

    camel = take(
        Annotated[Create[Flat], Renamed("camel", other_one="2nd")],
        {"deepOne": {"longName": "n", "underLine": 4}, "2nd": 3},
    )
    kebab = take(
        Annotated[Create[Flat], Renamed("kebab")], {"deep-one": {"long-name": "n"}}
    )
    pascal = take(
        Annotated[Create[Flat], Renamed("pascal")], {"DeepOne": {"LongName": "n"}}
    )

    assert camel == Flat(Deep("n", 4), 3)
    assert kebab == pascal == Flat(Deep("n"))


def test_refinements_pass_through_containers_to_the_first_records():
    made = take(Annotated[Create[list[Team]], Without("members")], [{"head": SENT}])

    assert made[0].members == []


def test_a_field_may_have_a_view_of_its_own():
    class Edit(msgspec.Struct):
        change: Patch[Account]
        owner: Annotated[Create[Account], Without("note")]
        seen: Annotated[Read[Account], Only("id")] | None = None

    made = take(Edit, {"change": {"note": None}, "owner": {**SENT, "note": "x"}})

    assert made.change == Patch(Account, note=None)
    assert made.owner.note is None
    assert shown_as(list[Edit]) is not list[Edit]


# -- patches


@pytest.mark.feature("M-058")
def test_a_patch_tells_absent_from_null():
    change = take(Patch[Account], {"id": 4, "note": None})

    assert change.fields == {"note"}
    assert change.as_dict() == {"note": None}
    assert take(Patch[Account], {}).fields == frozenset()


def test_a_patch_takes_null_only_where_the_type_does():
    with pytest.raises(msgspec.ValidationError):
        take(Patch[Account], {"email": None})


def test_a_patch_of_a_patched_record_replaces_it():
    change = take(Patch[Team], {"head": SENT, "members": [SENT]})

    assert type(change["head"]) is Account
    assert change["members"][0].email == "a@example.org"


def test_patches_come_in_lists_and_refined():
    several = take(list[Patch[Account]], [{"email": "b"}, {}])
    refined = take(
        Annotated[Patch[Account], Without("note"), Renamed(email="mail")],
        {"note": "x", "mail": "c"},
    )

    assert [each.as_dict() for each in several] == [{"email": "b"}, {}]
    assert refined.as_dict() == {"email": "c"}


# -- a class of somebody's that describes itself


def test_a_class_that_describes_itself_is_made_of_its_fields():
    class Model:
        def __init__(self, **values):
            self.values = values

        @classmethod
        def __shape__(cls):
            return replace(describe(Account), hint=cls, name=cls.__name__)

    made = take(Create[Model], SENT)

    assert type(made) is Model
    assert made.values == {
        "email": "a@example.org",
        "password": "long enough",
        "note": None,
    }


# -- documents


def _document(hint, direction="in"):
    schemas = JsonSchemas()
    schemas.schema(describe(hint), direction)
    return schemas.components()


def test_views_are_named_in_documents():
    assert list(_document(Create[Account])) == ["AccountCreate"]
    assert list(_document(Patch[Account])) == ["AccountPatch"]
    assert list(_document(Read[Account], "out")) == ["Account"]
    assert list(_document(list[Create[Team]])) == ["AccountCreate", "TeamCreate"]
    assert list(_document(Create[Item])) == ["Item"]
    assert list(_document(Create[Box[Account]])) == [
        "AccountCreate",
        "Box_Account_Create",
    ]


def test_refined_views_have_names_that_say_so():
    for hint, name in (
        (Annotated[Create[Account], Without("note")], "AccountCreateWithoutNote"),
        (Annotated[Read[Account], Only("id", "email")], "AccountReadOfIdEmail"),
        (Annotated[Read[Account], Renamed("camel")], "AccountReadCamel"),
        (Annotated[Read[Account], Renamed(email="mail")], "AccountReadMail"),
        (Annotated[Read[Account], Only("id"), Named("Brief")], "Brief"),
    ):
        assert list(_document(hint, "out")) == [name]


def test_a_generic_is_named_by_the_view_inside():
    brief = Annotated[Read[Account], Only("id")]

    assert set(_document(list[Box[brief] | Box[Account]], "out")) == {
        "Account",
        "AccountReadOfId",
        "Box_Account_",
        "Box_AccountReadOfId_",
    }


def test_the_schema_of_a_view_says_what_it_has():
    (create,) = _document(Create[Account]).values()
    (patch,) = _document(Patch[Account]).values()
    (read,) = _document(Read[Account], "out").values()

    assert create["required"] == ["email", "password"]
    assert list(create["properties"]) == ["email", "password", "note"]
    assert create["description"] == "Somebody with a password."
    assert "required" not in patch
    assert list(patch["properties"]) == ["email", "password", "note"]
    assert list(read["properties"]) == ["id", "email", "note"]


def test_the_same_view_is_one_schema():
    class Two(msgspec.Struct):
        one: Create[Account]
        other: list[Create[Account]]
        both: Annotated[Create[Account], Without("note")]

    assert set(_document(Two)) == {"Two", "AccountCreate", "AccountCreateWithoutNote"}


def test_a_nullable_view_is_described_as_such():
    shape = describe(Create[Account] | None)

    assert shape.nullable
    assert shape.name == "AccountCreate"
    assert describe(Annotated[Create[list[Account]], MinLen(2)]).bounds.min_length == 2
    assert describe(Create[int]).kind is Kind.INT


# -- what cannot be


def _code(hint, way=taken_as):
    with pytest.raises(PlanError) as caught:
        way(hint)
    return caught.value.problem.code


def test_what_is_no_field_is_refused_with_the_near_miss():
    with pytest.raises(PlanError) as caught:
        taken_as(Annotated[Create[Account], Without("emial")])

    assert caught.value.problem.code == "SG-VIEW-001"
    assert "email" in caught.value.problem.fix
    assert _code(Annotated[Read[Account], Only("nme")], shown_as) == "SG-VIEW-001"
    assert _code(Annotated[Read[Account], Renamed(nme="x")], shown_as) == "SG-VIEW-001"


def test_two_fields_of_one_name_are_refused():
    assert _code(Annotated[Create[Account], Renamed(email="note")]) == "SG-VIEW-002"


def test_an_unknown_style_is_refused():
    assert _code(Annotated[Create[Account], Renamed("kamel")]) == "SG-VIEW-003"


def test_an_array_cannot_lack_items():
    class Secret(NamedTuple):
        id: Id
        key: Annotated[str, WriteOnly()]

    class Line(msgspec.Struct, array_like=True):
        id: Id
        name: str

    assert _code(Create[Secret]) == "SG-VIEW-004"
    assert _code(list[Secret], shown_as) == "SG-VIEW-004"
    assert _code(Line) == "SG-VIEW-004"
    assert _code(Patch[Line]) == "SG-VIEW-004"


def test_a_blank_that_its_class_checks_is_refused():
    @attrs.define
    class Checked:
        id: Id = attrs.field(validator=attrs.validators.instance_of(int))

    assert _code(Create[Checked]) == "SG-VIEW-005"


def test_what_has_no_fields_cannot_be_patched():
    assert _code(Patch[int]) == "SG-VIEW-006"
    assert _code(Patch[list[Account]]) == "SG-VIEW-006"
    assert _code(Patch) == "SG-VIEW-006"
    assert name_of(Patch[int]) == "Patch[int]"


def test_a_view_in_the_wrong_place_is_refused():
    assert _code(Read[Account]) == "SG-VIEW-007"
    assert _code(list[Read[Account]]) == "SG-VIEW-007"
    assert _code(Create[Account] | None, shown_as) == "SG-VIEW-007"
    assert _code(Patch[Account], shown_as) == "SG-VIEW-007"


def test_a_refinement_without_a_view_is_refused():
    assert _code(Annotated[Account, Without("note")]) == "SG-VIEW-009"
    assert _code(Annotated[Account, Without("note")], shown_as) == "SG-VIEW-009"


def test_a_view_cannot_ask_for_what_never_passes():
    assert _code(Annotated[Create[Account], Only("id")]) == "SG-VIEW-010"
    assert _code(Annotated[Read[Account], Only("password")], shown_as) == "SG-VIEW-010"
    assert _code(Annotated[Patch[Account], Renamed(id="key")]) == "SG-VIEW-010"


def test_a_refinement_of_what_has_no_fields_is_refused():
    assert _code(Annotated[Create[int], Only("id")]) == "SG-VIEW-012"
    assert _code(Annotated[Read[dict[str, int]], Without("a")], shown_as) == (
        "SG-VIEW-012"
    )
    assert _code(Annotated[Create[Modelled], Only("name")]) == "SG-VIEW-012"


class Modelled(pydantic.BaseModel):
    name: str
    next: "Modelled | None" = None


def test_a_model_says_by_itself_what_passes():
    for hint in (Modelled, list[Modelled], Create[Modelled]):
        assert taken_as(hint) is hint
    with pytest.raises(PlanError, match="SG-VIEW-006"):
        taken_as(Patch[Modelled])


def test_marks_in_a_model_are_refused():
    class Keeper(pydantic.BaseModel):
        password: Password

    class Outer(pydantic.BaseModel):
        inner: list[Keeper] = []

    class Around(pydantic.BaseModel):
        member: Member

    for model in (Keeper, Outer, Around):
        assert _code(list[model]) == "SG-VIEW-011"
    for model in (Keeper, Outer):
        assert _code(Box[model], shown_as) == "SG-VIEW-011"


def test_a_mistake_is_told_again_the_second_time():
    class Holder(msgspec.Struct):
        inner: Annotated[Create[Account], Without("emial")]

    for _ in range(2):
        assert _code(Holder) == "SG-VIEW-001"


def test_views_are_told_from_types():
    assert is_viewed(Create[Account])
    assert is_viewed(Create[Account] | None)
    assert is_viewed(Patch[Account])
    assert not is_viewed(Account | None)
    assert not is_viewed(list[Create[Account]])


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` is new in 3.12")
def test_an_alias_that_contains_itself_ends():
    names: dict[str, Any] = {}
    exec("type Json = dict[str, Json] | list[Json] | str | None", names)

    assert taken_as(names["Json"]) is names["Json"]
