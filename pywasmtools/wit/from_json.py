"""A `Resolve` from its JSON: the other way of `wit/resolve_json.py`.

What comes in is JSON that was read: dicts, lists, str, int, bool and None. All of it is checked, so that what comes out is as sound
as what text or a binary gives: ids are those of something, names are names, owners and what they own know each other, and
nothing contains itself. What is wrong is told with the path of the member, as JSONPath has it: `$.types[3].kind`.

JSON does not have: places in source text; which features were on; the difference between an interface imported by its id and one
imported under a plain name that is spelled `interface-N`.
"""

from __future__ import annotations

from pywasmtools.diagnostics import WasmToolsError, error
from pywasmtools.text.json_quote import quote
from pywasmtools.text.names import is_kebab
from pywasmtools.text.semver import parse_version
from pywasmtools.wit.json_checks import check
from pywasmtools.wit.model import (
    FUNCTION_KIND_NAMES,
    METHOD,
    Function,
    FunctionKind,
    Interface,
    InterfaceItem,
    InterfaceOwner,
    Package,
    PackageName,
    Param,
    Resolve,
    TypeDef,
    TypeItem,
    World,
    WorldOwner,
)
from pywasmtools.wit.stability import UNKNOWN_STABILITY, stable, unstable
from pywasmtools.wit.types import (
    PRIMS,
    Alias,
    Borrow,
    Case,
    Enum,
    EnumCase,
    Field,
    FixedLengthList,
    Flag,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Variant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from pywasmtools.text.semver import Version
    from pywasmtools.wit.model import TypeOwner, WorldItem, WorldKey
    from pywasmtools.wit.stability import Stability
    from pywasmtools.wit.types import Type, TypeKind

_PRIMS: Final = {prim.name: prim for prim in PRIMS}
_FUNCTION_TAGS: Final = {name: tag for tag, name in enumerate(FUNCTION_KIND_NAMES)}
_U32_MAX: Final = 0xFFFFFFFF

_WORLD: Final = ("name", "imports", "exports", "package")
_INTERFACE: Final = ("name", "types", "functions", "package")
_TYPE: Final = ("name", "kind", "owner")
_PACKAGE: Final = ("name", "interfaces", "worlds")
_DOCUMENTED: Final = ("docs", "stability", "external_id")


def resolve_from_value(value: object) -> Resolve:
    """The `Resolve` that JSON describes. Raises `WasmToolsError` with the path of what is wrong."""
    return _Reader(value).resolve()


# ------------------------------------------------------------------------------- values of JSON


def wrong(at: str, message: str) -> WasmToolsError:
    """A refusal of what stands at a path."""
    return error(f"{at}: {message}")


def member(at: str, name: str) -> str:
    """The path of a member."""
    if name.isidentifier() and name.isascii():
        return f"{at}.{name}"
    return f"{at}[{quote(name)}]"


def _found(value: object) -> str:
    """What a value is, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if -(10**20) < value < 10**20 else "a large number"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return quote(value if len(value) < 60 else value[:57] + "...")
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else f"a value of Python's type {type(value).__name__}"


def _expected(value: object, at: str, what: str) -> WasmToolsError:
    return wrong(at, f"expected {what}, found {_found(value)}")


def _object(value: object, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected(value, at, "an object")
    found: dict[Any, Any] = value
    for name in found:
        if not isinstance(name, str):
            raise wrong(at, f"expected names of members, found {_found(name)}")
        _check_text(name, at)
    return found


def _members(value: object, at: str, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object that has the members `needed`, perhaps some of `more`, and no others."""
    found = _object(value, at)
    for name in needed:
        if name not in found:
            raise wrong(at, f"member {quote(name)} is missing")
    for name in found:
        if name not in needed and name not in more:
            known = ", ".join([quote(known) for known in (*needed, *more)])
            raise wrong(member(at, name), f"unknown member; known are {known}")
    return found


def _only(value: object, at: str, what: str) -> tuple[str, object]:
    """The name and the value of the one member of an object."""
    found = _object(value, at)
    if len(found) != 1:
        raise wrong(at, f"expected {what} as an object of one member, found {len(found)} members")
    for name, inner in found.items():
        return name, inner
    raise AssertionError


def _list(value: object, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise _expected(value, at, "an array")
    found: list[Any] = value
    return found


def _check_text(text: str, at: str) -> None:
    """Refuses halves of surrogate pairs, which JSON can have and UTF-8 can't."""
    if not text.isascii():
        for char in text:
            if 0xD800 <= ord(char) <= 0xDFFF:
                raise wrong(at, "half of a surrogate pair is no text")


def _string(value: object, at: str) -> str:
    if not isinstance(value, str):
        raise _expected(value, at, "a string")
    _check_text(value, at)
    return value


def _optional_string(value: object, at: str) -> str | None:
    return None if value is None else _string(value, at)


def _name(value: object, at: str) -> str:
    """An identifier of WIT."""
    text = _string(value, at)
    if not is_kebab(text):
        raise wrong(at, f"expected a name in kebab-case, found {_found(text)}")
    return text


def _id(value: object, at: str, what: str, count: int) -> int:
    """The id of one of `count` things."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected(value, at, f"the id of {what}")
    if not 0 <= value < count:
        raise wrong(at, f"there is no {what.partition(' ')[2]} {_found(value)}: there are {count}")
    return value


def _version(value: object, at: str) -> Version:
    text = _string(value, at)
    try:
        return parse_version(text)
    except WasmToolsError as e:
        raise wrong(at, f"expected a version, found {_found(text)}: {e.message}") from None


def _package_name(value: object, at: str) -> PackageName:
    """`namespace:name@version`."""
    text = _string(value, at)
    whole, has_version, version = text.partition("@")
    *namespaces, name = whole.split(":")
    if not namespaces or not all(is_kebab(part) for part in (*namespaces, name)):
        raise wrong(at, f"expected `namespace:name` or `namespace:name@version`, found {_found(text)}")
    return PackageName(":".join(namespaces), name, _version(version, at) if has_version else None)


# ------------------------------------------------------------------------------- attributes


def _docs(found: dict[str, Any], at: str) -> str | None:
    if "docs" not in found:
        return None
    at = member(at, "docs")
    return _optional_string(_members(found["docs"], at, ("contents",))["contents"], at + ".contents")


def _stability(found: dict[str, Any], at: str) -> Stability:
    if "stability" not in found:
        return UNKNOWN_STABILITY
    at = member(at, "stability")
    name, value = _only(found["stability"], at, '"stable" or "unstable"')
    inner = member(at, name)
    if name not in ("stable", "unstable"):
        raise wrong(inner, 'expected "stable" or "unstable"')
    key = "since" if name == "stable" else "feature"
    members = _members(value, inner, (key,), ("deprecated",))
    deprecated: Version | None = None
    if members.get("deprecated") is not None:
        deprecated = _version(members["deprecated"], inner + ".deprecated")
    if name == "stable":
        return stable(_version(members["since"], inner + ".since"), deprecated)
    return unstable(_string(members["feature"], inner + ".feature"), deprecated)


def _external_id(found: dict[str, Any], at: str) -> str | None:
    return _optional_string(found.get("external_id"), at + ".external_id")


# ------------------------------------------------------------------------------- arenas


class _Reader:
    """Reads the arenas. What ids are of is known from the start: how many of each there are."""

    __slots__ = ("interfaces", "packages", "types", "worlds")

    def __init__(self, value: object) -> None:
        found = _members(value, "$", ("worlds", "interfaces", "types", "packages"))
        self.worlds = _list(found["worlds"], "$.worlds")
        self.interfaces = _list(found["interfaces"], "$.interfaces")
        self.types = _list(found["types"], "$.types")
        self.packages = _list(found["packages"], "$.packages")

    def resolve(self) -> Resolve:
        resolve = Resolve()
        for k, value in enumerate(self.packages):
            at = f"$.packages[{k}]"
            package = self.package(value, at)
            if package.name in resolve.package_names:
                raise wrong(at + ".name", f"there are two packages {package.name}")
            resolve.add_package(package)
        for k, value in enumerate(self.types):
            resolve.add_type(self.type_def(value, f"$.types[{k}]"))
        for k, value in enumerate(self.interfaces):
            resolve.add_interface(self.interface(value, f"$.interfaces[{k}]"))
        for k, value in enumerate(self.worlds):
            resolve.add_world(self.world(value, f"$.worlds[{k}]", resolve))
        problem = check(resolve)
        if problem is not None:
            raise wrong(problem[0], problem[1])
        return resolve

    # ids

    def world_id(self, value: object, at: str) -> int:
        return _id(value, at, "a world", len(self.worlds))

    def interface_id(self, value: object, at: str) -> int:
        return _id(value, at, "an interface", len(self.interfaces))

    def type_id(self, value: object, at: str) -> int:
        return _id(value, at, "a type", len(self.types))

    def package_id(self, value: object, at: str) -> int | None:
        return None if value is None else _id(value, at, "a package", len(self.packages))

    # items of arenas

    def package(self, value: object, at: str) -> Package:
        found = _members(value, at, _PACKAGE, ("docs",))
        package = Package(_package_name(found["name"], at + ".name"), _docs(found, at))
        for name, id_ in _object(found["interfaces"], at + ".interfaces").items():
            package.interfaces[name] = self.interface_id(id_, member(at + ".interfaces", name))
        for name, id_ in _object(found["worlds"], at + ".worlds").items():
            package.worlds[name] = self.world_id(id_, member(at + ".worlds", name))
        return package

    def interface(self, value: object, at: str) -> Interface:
        found = _members(value, at, _INTERFACE, ("docs", "stability", "clone_of"))
        name = None if found["name"] is None else _name(found["name"], at + ".name")
        package = self.package_id(found["package"], at + ".package")
        interface = Interface(name, package, _docs(found, at), _stability(found, at))
        for key, id_ in _object(found["types"], at + ".types").items():
            interface.types[key] = self.type_id(id_, member(at + ".types", key))
        for key, func in _object(found["functions"], at + ".functions").items():
            interface.functions[key] = self.function(func, member(at + ".functions", key))
        if found.get("clone_of") is not None:
            interface.clone_of = self.interface_id(found["clone_of"], at + ".clone_of")
        return interface

    def world(self, value: object, at: str, resolve: Resolve) -> World:
        found = _members(value, at, _WORLD, ("docs", "stability"))
        package = self.package_id(found["package"], at + ".package")
        world = World(_name(found["name"], at + ".name"), package, _docs(found, at), _stability(found, at))
        for side, items in (("imports", world.imports), ("exports", world.exports)):
            inside = f"{at}.{side}"
            for name, item in _object(found[side], inside).items():
                place = member(inside, name)
                read = self.world_item(item, place)
                key: WorldKey = name
                if isinstance(read, InterfaceItem) and name == f"interface-{read.id}":
                    if resolve.interfaces[read.id].name is not None:
                        key = read.id
                items[key] = read
        return world

    def world_item(self, value: object, at: str) -> WorldItem:
        word, inner = _only(value, at, '"interface", "function" or "type"')
        inside = member(at, word)
        if word == "function":
            return self.function(inner, inside)
        if word == "type":
            return TypeItem(self.type_id(inner, inside))
        if word != "interface":
            raise wrong(inside, 'expected "interface", "function" or "type"')
        found = _members(inner, inside, ("id",), _DOCUMENTED)
        id_ = self.interface_id(found["id"], inside + ".id")
        docs = _docs(found, inside)
        return InterfaceItem(id_, _stability(found, inside), docs, external_id=_external_id(found, inside))

    def function(self, value: object, at: str) -> Function:
        found = _members(value, at, ("name", "kind", "params"), ("result", *_DOCUMENTED))
        params: list[Param] = []
        for k, item in enumerate(_list(found["params"], at + ".params")):
            place = f"{at}.params[{k}]"
            param = _members(item, place, ("type",), ("name",))
            name = _name(param["name"], place + ".name") if param.get("name") else ""
            params.append(Param(name, self.type(param["type"], place + ".type")))
        result = None if found.get("result") is None else self.type(found["result"], at + ".result")
        function = Function(
            _string(found["name"], at + ".name"), self.function_kind(found["kind"], at + ".kind"), params, result
        )
        function.docs = _docs(found, at)
        function.stability = _stability(found, at)
        function.external_id = _external_id(found, at)
        return function

    def function_kind(self, value: object, at: str) -> FunctionKind:
        if isinstance(value, str):
            tag = _FUNCTION_TAGS.get(value, METHOD)
            if tag >= METHOD:
                plain = ", ".join([quote(name) for name in FUNCTION_KIND_NAMES[:METHOD]])
                raise wrong(at, f"expected {plain}, or an object of one member, found {_found(value)}")
            return FunctionKind(tag)
        word, inner = _only(value, at, "the kind of a function of a resource")
        inside = member(at, word)
        tag = _FUNCTION_TAGS.get(word, -1)
        if tag < METHOD:
            known = ", ".join([quote(name) for name in FUNCTION_KIND_NAMES[METHOD:]])
            raise wrong(inside, f"expected one of {known}")
        return FunctionKind(tag, self.type_id(inner, inside))

    # types

    def type(self, value: object, at: str) -> Type:
        if isinstance(value, str):
            prim = _PRIMS.get(value)
            if prim is None:
                raise _expected(value, at, "a type: the name of a primitive one, or an id")
            return prim
        if not isinstance(value, int) or isinstance(value, bool):
            raise _expected(value, at, "a type: the name of a primitive one, or an id")
        return self.type_id(value, at)

    def optional_type(self, value: object, at: str) -> Type | None:
        return None if value is None else self.type(value, at)

    def type_def(self, value: object, at: str) -> TypeDef:
        found = _members(value, at, _TYPE, _DOCUMENTED)
        name = None if found["name"] is None else _name(found["name"], at + ".name")
        kind = self.kind(found["kind"], at + ".kind")
        owner = self.owner(found["owner"], at + ".owner")
        docs, stability = _docs(found, at), _stability(found, at)
        return TypeDef(name, kind, owner, docs, stability, external_id=_external_id(found, at))

    def owner(self, value: object, at: str) -> TypeOwner:
        if value is None:
            return None
        word, inner = _only(value, at, '"world" or "interface"')
        inside = member(at, word)
        if word == "world":
            return WorldOwner(self.world_id(inner, inside))
        if word == "interface":
            return InterfaceOwner(self.interface_id(inner, inside))
        raise wrong(inside, 'expected "world" or "interface"')

    def kind(self, value: object, at: str) -> TypeKind:
        if value == "resource":
            return Resource()
        if isinstance(value, str):
            raise _expected(value, at, '"resource" or an object')
        word, inner = _only(value, at, "the kind of a type")
        inside = member(at, word)
        if word in ("record", "variant", "enum", "flags"):
            return self.kind_with_members(word, inner, inside)
        if word == "tuple":
            types = _list(_members(inner, inside, ("types",))["types"], inside + ".types")
            return Tuple([self.type(type_, f"{inside}.types[{k}]") for k, type_ in enumerate(types)])
        if word == "handle":
            return self.handle(inner, inside)
        if word == "result":
            found = _members(inner, inside, ("ok", "err"))
            ok = self.optional_type(found["ok"], inside + ".ok")
            return Result(ok, self.optional_type(found["err"], inside + ".err"))
        if word == "map":
            key, map_value = self.two(inner, inside)
            return Map(self.type(key, inside + "[0]"), self.type(map_value, inside + "[1]"))
        if word == "fixed-length-list":
            type_, length = self.two(inner, inside)
            if not isinstance(length, int) or isinstance(length, bool) or not 0 <= length <= _U32_MAX:
                raise _expected(length, inside + "[1]", f"a length from 0 to {_U32_MAX}")
            return FixedLengthList(self.type(type_, inside + "[0]"), length)
        if word in ("future", "stream"):
            payload = self.optional_type(inner, inside)
            return Future(payload) if word == "future" else Stream(payload)
        if word == "list":
            return List(self.type(inner, inside))
        if word == "option":
            return Option(self.type(inner, inside))
        if word == "type":
            return Alias(self.type(inner, inside))
        raise wrong(inside, "no such kind of type")

    def handle(self, value: object, at: str) -> TypeKind:
        word, inner = _only(value, at, '"own" or "borrow"')
        inside = member(at, word)
        if word == "own":
            return Own(self.type_id(inner, inside))
        if word == "borrow":
            return Borrow(self.type_id(inner, inside))
        raise wrong(inside, 'expected "own" or "borrow"')

    def two(self, value: object, at: str) -> tuple[object, object]:
        """What a list of two has."""
        both = _list(value, at)
        if len(both) != 2:
            raise wrong(at, f"expected an array of 2, found one of {len(both)}")
        return both[0], both[1]

    def kind_with_members(self, word: str, value: object, at: str) -> TypeKind:
        """A record, variant, enum or flags type."""
        list_name = "fields" if word == "record" else "flags" if word == "flags" else "cases"
        items = _list(_members(value, at, (list_name,))[list_name], f"{at}.{list_name}")
        needed = ("name", "type") if word in ("record", "variant") else ("name",)
        fields: list[Field] = []
        cases: list[Case] = []
        enum_cases: list[EnumCase] = []
        flags: list[Flag] = []
        names: set[str] = set()
        for k, item in enumerate(items):
            place = f"{at}.{list_name}[{k}]"
            found = _members(item, place, needed, ("docs",))
            name, docs = _name(found["name"], place + ".name"), _docs(found, place)
            if name in names:
                raise wrong(place + ".name", f"there are two of the name {_found(name)}")
            names.add(name)
            if word == "record":
                fields.append(Field(name, self.type(found["type"], place + ".type"), docs))
            elif word == "variant":
                cases.append(Case(name, self.optional_type(found["type"], place + ".type"), docs))
            elif word == "enum":
                enum_cases.append(EnumCase(name, docs))
            else:
                flags.append(Flag(name, docs))
        if word == "record":
            return Record(fields)
        if word == "variant":
            return Variant(cases)
        return Enum(enum_cases) if word == "enum" else Flags(flags)
