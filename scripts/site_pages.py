"""What the site of the documentation (`mkdocs.yml`) has beside the pages of `docs/`: README.md as its home, and the pages at the top.

mkdocs calls the functions. Links are those of the repository, so that they work there; here they are turned: to another page of
the site, or, where they lead to what is no page, to the repository, whose address stands in `pyproject.toml`. Where
there is none, only the words are left. A page that is only named, as code, becomes a link too.
"""

from __future__ import annotations

import importlib
import os.path
import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AT_THE_TOP = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
}
"""Pages outside `docs/`, and what they are called in the site."""

BOOST = {"found-upstream.md": 0.01, "changelog.md": 0.2, "performance.md": 0.5, "recipes.md": 3, "commands.md": 2}
"""What the search finds first, and last: pages that name everything are seldom what is looked for."""

FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
NAMED = re.compile(r"(?<!\[)`(docs/[\w-]+\.md|[A-Z]+\.md)`(?!\])")


def address(*names: str) -> str:
    """The first of these addresses (`project.urls`) that the project has; empty where it has none."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    urls: dict[str, str] = {name.lower(): url for name, url in project.get("urls", {}).items()}
    return next((urls[name] for name in names if name in urls), "")


def repository() -> str:
    """The address of the repository; empty where the project names none."""
    return address("source", "repository", "homepage").rstrip("/")


def on_config(config: Any) -> Any:
    config.repo_url = repository() or None
    config.repo_name = "Source"
    config.site_url = address("documentation") or None
    return config


def of_mkdocs(module: str, name: str) -> Any:
    """Something of mkdocs, which is in the environment of the site alone."""
    return getattr(importlib.import_module(f"mkdocs.structure.{module}"), name)


def on_files(files: Any, config: Any) -> Any:
    file = of_mkdocs("files", "File")
    for name, page in AT_THE_TOP.items():
        files.append(file.generated(config, page, content=(ROOT / name).read_text(encoding="utf-8")))
    return files


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    if (ROOT / "docs" / "playground" / "index.html").exists():
        nav.items.insert(2, of_mkdocs("nav", "Link")("Playground", "playground/"))
    return nav


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    source = next((name for name, here in AT_THE_TOP.items() if here == page.file.src_uri), f"docs/{page.file.src_uri}")
    page.meta.setdefault("search", {"boost": BOOST.get(page.file.src_uri, 1)})
    pages = set(files.src_uris)
    parts = FENCED.split(markdown)
    return "".join(part if k % 2 else turned(part, source, pages) for k, part in enumerate(parts))


def turned(text: str, source: str, pages: set[str]) -> str:
    """A piece of a page that stands in the repository as `source`, with its links as the site needs them."""

    def link(found: re.Match[str]) -> str:
        mark, words, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, hash_, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(source), path))
        if (there := AT_THE_TOP.get(path, path.removeprefix("docs/"))) in pages:
            return f"{mark}[{words}]({there}{hash_}{anchor})"
        if path == "docs/playground":
            return f"[{words}](playground/index.html)" if "playground/index.html" in pages else words
        base = repository()
        return f"[{words}]({base}/blob/main/{path}{hash_}{anchor})" if base and (ROOT / path).exists() else words

    def named(found: re.Match[str]) -> str:
        there = AT_THE_TOP.get(found[1], found[1].removeprefix("docs/"))
        return f"[{found[0]}]({there})" if there in pages else found[0]

    return LINK.sub(link, NAMED.sub(named, text))
