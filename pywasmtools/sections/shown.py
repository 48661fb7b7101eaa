"""Metadata as people and programs read it: tables, and JSON as serde_json writes it."""

from __future__ import annotations

from pywasmtools.text.json_quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from pywasmtools.sections.metadata import Metadata
    from pywasmtools.wasm.annotations import Producers

IN_JSON: Final = ("authors", "description", "licenses", "source", "homepage", "revision", "version")
IN_TABLES: Final = ("description", "authors", "version", "revision", "licenses", "source", "homepage")
LANGUAGE: Final = "language"


def metadata_json(metadata: Metadata) -> str:
    """The metadata of a binary and of those nested in it, as JSON in one line."""
    parts: list[str] = []
    waiting: list[Metadata | str] = [metadata]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
        elif item.is_component:
            parts.append(f'{{"component":{{"metadata":{_own_json(item)},"children":[')
            waiting.append("]}}")
            for k, child in reversed(list(enumerate(item.children))):
                waiting.append(child)
                if k:
                    waiting.append(",")
        else:
            parts.append(f'{{"module":{_own_json(item)}}}')
    return "".join(parts)


def _own_json(metadata: Metadata) -> str:
    """What a binary says of itself."""
    fields = [f'"name":{_optional(metadata.name)}', f'"producers":{_producers_json(metadata.producers)}']
    fields += [f'"{name}":{_optional(metadata.descriptions.get(name))}' for name in IN_JSON]
    fields.append(f'"range":{{"start":{metadata.start},"end":{metadata.end}}}')
    dependencies = metadata.dependencies
    fields.append(f'"dependencies":{_optional(None if dependencies is None else dependencies.json())}')
    return "{" + ",".join(fields) + "}"


def _optional(text: str | None) -> str:
    return "null" if text is None else quote(text)


def _producers_json(producers: Producers | None) -> str:
    """Fields in their order, each with its tools and their versions."""
    if producers is None:
        return "null"
    fields = []
    for field, tools in producers.fields.items():
        pairs = ",".join([f"{quote(tool)}:{quote(version)}" for tool, version in tools.items()])
        fields.append(f"[{quote(field)},{{{pairs}}}]")
    return f"[{','.join(fields)}]"


# ------------------------------------------------------------------------------- tables


def metadata_tables(metadata: Metadata) -> Iterator[str]:
    """A table of all binaries, then one of each, in the order of the binary."""
    from pywasmtools.sections.table import table

    header = ("KIND", "NAME", "SIZE", "SIZE%", "LANGUAGES", "PARENT")
    yield table(header, _summary(metadata), right=(2, 3))
    for one in _all(metadata):
        yield table(("KIND", "VALUE"), _details(one))


def _all(metadata: Metadata) -> Iterator[Metadata]:
    """A binary and those nested in it, each before its own."""
    waiting = [metadata]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.children)


def _summary(metadata: Metadata) -> list[tuple[str, ...]]:
    """A row for each binary."""
    end = max(one.end for one in _all(metadata))
    unknown = 0
    rows: list[tuple[str, ...]] = []
    waiting = [(metadata, "<root>")]
    while waiting:
        one, parent = waiting.pop()
        name = one.name
        if name is None:
            name = f"unknown({unknown})"
            unknown = (unknown + 1) & 0xFFFF
        size = one.end - one.start
        rows.append((one.kind, name, size_text(size), _share(size, one.end, end), _languages(one), parent))
        waiting += [(child, name) for child in reversed(one.children)]
    return rows


def size_text(size: int) -> str:
    """A number of bytes in units of 1000."""
    if size < 1000:
        return f"{size}B"
    power = 1
    while size / 1000.0**power >= 1000:
        power += 1
    return f"{size / 1000**power:.1f}{'kMGTPE'[power - 1]}"


def _share(size: int, end: int, whole: int) -> str:
    """How much of the whole a binary is."""
    percent = int(size / whole * 100.0 + 0.5) if whole else 0
    if percent <= 1:
        return "<1%"
    return ">99%" if percent == 100 and end != whole else f"{percent}%"


def _languages(metadata: Metadata) -> str:
    producers = metadata.producers
    if producers is None or LANGUAGE not in producers.fields:
        return "-"
    return ", ".join(producers.fields[LANGUAGE])


def _details(metadata: Metadata) -> list[tuple[str, str]]:
    """A row for each thing that a binary says of itself."""
    rows = [
        ("name", "<unknown>" if metadata.name is None else metadata.name),
        ("kind", metadata.kind),
        ("range", f"{metadata.start:#x}..{metadata.end:#x}"),
    ]
    rows += [(name, metadata.descriptions[name]) for name in IN_TABLES if name in metadata.descriptions]
    if metadata.producers is not None:
        fields = metadata.producers.fields
        for field in sorted(fields, key=lambda field: (field != LANGUAGE, field)):
            rows += [(field, f"{tool} [{version}]" if version else tool) for tool, version in fields[field].items()]
    for child in metadata.children:
        rows.append(("child", f"{'<unknown>' if child.name is None else child.name} [{child.kind}]"))
    if metadata.dependencies is not None:
        rows += [("dependency", f"{p.name} [{p.version}]") for p in metadata.dependencies.packages]
    return rows
