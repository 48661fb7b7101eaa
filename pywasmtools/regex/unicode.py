"""Sets of characters by the names that Unicode has for them, and characters that differ only in case."""

from __future__ import annotations

from pywasmtools.regex.sets import ANYTHING, negation, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from pywasmtools.regex.sets import Set

NO_PROPERTY: Final = "Unicode property not found"
NO_VALUE: Final = "Unicode property value not found"

_UNIONS: Final = {
    "Other": ("Control", "Format", "Unassigned", "Private_Use"),
    "Cased_Letter": ("Lowercase_Letter", "Uppercase_Letter", "Titlecase_Letter"),
    "Letter": ("Lowercase_Letter", "Uppercase_Letter", "Titlecase_Letter", "Modifier_Letter", "Other_Letter"),
    "Mark": ("Nonspacing_Mark", "Spacing_Mark", "Enclosing_Mark"),
    "Number": ("Decimal_Number", "Letter_Number", "Other_Number"),
    "Punctuation": (
        *("Connector_Punctuation", "Dash_Punctuation", "Open_Punctuation", "Close_Punctuation"),
        *("Initial_Punctuation", "Final_Punctuation", "Other_Punctuation"),
    ),
    "Symbol": ("Math_Symbol", "Currency_Symbol", "Modifier_Symbol", "Other_Symbol"),
    "Separator": ("Space_Separator", "Line_Separator", "Paragraph_Separator"),
}
_SPECIAL: Final = {"any": "Any", "assigned": "Assigned", "ascii": "ASCII"}
_BREAKS: Final = ("Grapheme_Cluster_Break", "Sentence_Break", "Word_Break")
_sets: Final[dict[str, Set]] = {}
"""What was decoded already, by its words in the tables."""
_orbits: Final[dict[int, tuple[int, ...]]] = {}


class UnknownProperty(Exception):
    """There is no such property, or no such value of it; the message says which."""


def named(name: str) -> Set:
    """The characters of a property, a general category or a script. Raises UnknownProperty."""
    wanted = _normalized(name)
    if wanted not in ("cf", "sc", "lc"):
        canonical = _properties().get(wanted)
        if canonical is not None:
            return _binary(canonical)
    category = _category_name(wanted)
    if category is not None:
        return _category(category)
    script = _values("Script").get(wanted)
    if script is None:
        raise UnknownProperty(NO_PROPERTY)
    return _script(script)


def with_value(name: str, value: str) -> Set:
    """The characters for which a property has a value. Raises UnknownProperty."""
    canonical = _properties().get(_normalized(name))
    if canonical is None:
        raise UnknownProperty(NO_PROPERTY)
    wanted = _normalized(value)
    if canonical == "General_Category":
        category = _category_name(wanted)
        if category is None:
            raise UnknownProperty(NO_VALUE)
        return _category(category)
    found = _values(canonical).get(wanted)
    if found is None:
        raise UnknownProperty(NO_VALUE)
    if canonical == "Script":
        return _script(found)
    if canonical == "Script_Extensions":
        from pywasmtools.regex.unicode_scripts import EXTENSIONS

        return _value_set(EXTENSIONS, found)
    if canonical == "Age":
        return _age(found)
    if canonical in _BREAKS:
        from pywasmtools.regex.unicode_breaks import BREAKS

        return _value_set(BREAKS, f"{canonical.lower()}/{found}")
    raise UnknownProperty(NO_PROPERTY)


def word() -> Set:
    r"""The characters of words: `\w`."""
    return _category("word")


def digits() -> Set:
    r"""`\d`."""
    return _category("Decimal_Number")


def space() -> Set:
    r"""`\s`."""
    return _binary("White_Space")


def folded(chars: Set) -> Set:
    """A set with all that differs from what is in it only in case."""
    orbits = _all_orbits()
    more: list[int] = []
    for k in range(0, len(chars), 2):
        low, high = chars[k], chars[k + 1]
        if high - low < len(orbits):
            for code in range(low, high + 1):
                if code in orbits:
                    more += orbits[code]
        else:
            for code, orbit in orbits.items():
                if low <= code <= high:
                    more += orbit
    return union((chars, tuple([code for other in more for code in (other, other)])))


# ------------------------------------------------------------------------------- names


def _normalized(name: str) -> str:
    """A name without what does not count in it: case, spaces, `_`, `-`, what is not ASCII, and `is` at its start."""
    starts_with_is = name[:2].lower() == "is" and name[:2].isascii()
    text = "".join(c for c in (name[2:] if starts_with_is else name) if c.isascii() and c not in " _-").lower()
    return "isc" if starts_with_is and text == "c" else text


def _aliases(words: list[str]) -> dict[str, str]:
    """Canonical names by all their names."""
    found = {}
    for entry in words:
        canonical, *others = entry.split("=")
        found[canonical.replace("_", "").lower()] = canonical
        for alias in others:
            found[alias] = canonical
    return found


def _properties() -> dict[str, str]:
    from pywasmtools.regex.unicode_names import PROPERTIES

    return _aliases(PROPERTIES.split())


def _values(canonical: str) -> dict[str, str]:
    """The values of a property by their names. Raises UnknownProperty where it has none."""
    from pywasmtools.regex.unicode_names import VALUES

    _, found, rest = f" {VALUES}".partition(f" {canonical}: ")
    if not found:
        raise UnknownProperty(NO_VALUE)
    words = rest.partition(": ")[0].split()
    return _aliases(words if ": " not in rest else words[:-1])


def _category_name(wanted: str) -> str | None:
    return _SPECIAL.get(wanted) or _values("General_Category").get(wanted)


# ------------------------------------------------------------------------------- sets


def _category(name: str) -> Set:
    if name == "Any":
        return ANYTHING
    if name == "ASCII":
        return (0, 0x7F)
    if name == "Assigned":
        return negation(_category("Unassigned"))
    if name in _UNIONS:
        return union([_category(part) for part in _UNIONS[name]])
    from pywasmtools.regex.unicode_categories import CATEGORIES

    return _value_set(CATEGORIES, name)


def _script(name: str) -> Set:
    from pywasmtools.regex.unicode_scripts import SCRIPTS

    return _value_set(SCRIPTS, name)


def _age(name: str) -> Set:
    """What a version of Unicode and those before it have."""
    from pywasmtools.regex.unicode_scripts import AGES

    def version(entry: str) -> tuple[int, ...]:
        return tuple([int(part) for part in entry[1:].split("_")])

    if name == "Unassigned":
        raise UnknownProperty(NO_VALUE)
    names = [entry.partition("=")[0] for entry in AGES.split(";")]
    return union([_value_set(AGES, other) for other in names if version(other) <= version(name)])


def _binary(name: str) -> Set:
    if name == "Decimal_Number":
        return _category(name)
    from pywasmtools.regex.unicode_properties import PROPERTIES

    found = _find(PROPERTIES, name)
    if found is None:
        raise UnknownProperty(NO_PROPERTY)
    return found


def _value_set(table: str, name: str) -> Set:
    found = _find(table, name)
    if found is None:
        raise UnknownProperty(NO_VALUE)
    return found


def _find(table: str, name: str) -> Set | None:
    """A set of a table, None where the table has none of that name."""
    key = f";{name}="
    whole = f";{table}"
    at = whole.find(key)
    if at < 0:
        return None
    end = whole.find(";", at + len(key))
    text = whole[at + len(key) : end if end >= 0 else len(whole)]
    found = _sets.get(text)
    if found is None:
        ranges: list[int] = []
        position = 0
        for number in _numbers(text):
            position += number
            ranges.append(position)
            if len(ranges) % 2 == 0:
                position += 1
        found = _sets[text] = tuple(ranges)
    return found


def _numbers(text: str) -> list[int]:
    """The numbers of a table: digits of 26 in small letters, the last one of 36 in capitals."""
    found = []
    number = 0
    for c in text.encode():
        if c >= 0x61:
            number = number * 26 + c - 0x60
        else:
            found.append(number * 36 + c - (0x30 if c < 0x40 else 0x37))
            number = 0
    return found


def _all_orbits() -> dict[int, tuple[int, ...]]:
    """For each character that has others which differ only in case: all of them, itself as well."""
    if not _orbits:
        from pywasmtools.regex.unicode_categories import ORBITS

        numbers = _numbers(ORBITS)
        at = first = 0
        while at < len(numbers):
            first += numbers[at]
            orbit = [first]
            for number in numbers[at + 2 : at + 3 + numbers[at + 1]]:
                orbit.append(orbit[-1] + number)
            at += 2 + len(orbit) - 1
            for code in orbit:
                _orbits[code] = tuple(orbit)
    return _orbits
