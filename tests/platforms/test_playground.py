"""The playground in a browser: chromium without a window, the page with the wheel of this tree, from a server on this machine.

What is downloaded has the bytes of goldens, which the real wasm-tools wrote.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import build_playground
import pytest
from browser import Browser
from conftest import ROOT, Run, shown
from elsewhere import chromium, lacking, node, node_modules
from syrupy.assertion import SnapshotAssertion

from pywasmtools import component_new

__all__ = ["chromium", "node", "node_modules"]
pytestmark = pytest.mark.slow

HELLO = ROOT / "examples" / "hello" / "hello.wasm"
EXAMPLES = {
    one["name"]: one for one in json.loads((ROOT / "docs" / "playground" / "examples.json").read_text(encoding="utf-8"))
}
READY = "document.body?.dataset.ready === 'true'"
IDLE = "!document.getElementById('new').disabled && document.getElementById('status').dataset.state === 'ready'"
MADE = (
    f"!document.getElementById('made').hidden && {IDLE} && document.getElementById('result').dataset.stale === 'false'"
)


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[str]:
    """Where the page is."""
    folder = tmp_path_factory.mktemp("site") / "playground"
    try:
        build_playground.build(folder)
    except build_playground.Unavailable as e:
        lacking(request, e)
    server = build_playground.server(folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser(url: str, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser, the page open and ready."""
    folder = tmp_path_factory.mktemp("browser")
    running = Browser(chromium, folder / "profile")
    try:
        running.size(1280, 860)
        running.prefer("light")
        running.go(url)
        running.wait(READY)
        yield running
    finally:
        running.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, recording: bool) -> Any:
    """The page with the first example anew; None where goldens are recorded."""
    if recording:
        return None
    browser: Browser = request.getfixturevalue("browser")
    browser.size(1280, 860)
    choose(browser, "hello")
    return browser


def choose(page: Browser, name: str) -> None:
    """Takes an example, as one who picks it from the list."""
    script = f"""(() => {{
        const list = document.getElementById("examples");
        list.value = {json.dumps(name)};
        list.dispatchEvent(new Event("change"));
    }})()"""
    page.value(script)
    page.wait(f"{READY} && {IDLE}")
    assert page.value("document.getElementById('world').value") == EXAMPLES[name]["world"]
    assert page.value("document.querySelector('input[name=module]:checked').value === 'file'") == (name == "hello")


def write(page: Browser, text: str) -> None:
    """Text in the place of all that is there, as one who types."""
    page.value("document.getElementById('wit').focus(); document.getElementById('wit').select()")
    page.type(text)


def click(page: Browser, name: str) -> None:
    page.value(f"document.getElementById('{name}').click()")


def downloaded(page: Browser, action: str, folder: Path) -> bytes:
    """What is made by a button, as it comes out of the link."""
    page.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    page.value("document.getElementById('made-name').textContent = ''")
    click(page, action)
    page.wait(f"document.getElementById('made-name').textContent && {MADE}")
    path = folder / str(page.value("document.getElementById('made-name').textContent"))
    path.unlink(missing_ok=True)
    click(page, "download")
    facts = str(page.value("document.getElementById('made-facts').textContent"))
    size = int(facts.split(", ")[1].split()[0].replace(",", ""))
    end = time.monotonic() + 30
    while not path.exists() or path.stat().st_size < size:
        assert time.monotonic() < end, f"{path.name} was not downloaded"
        time.sleep(0.02)
    return path.read_bytes()


def told(files: dict[str, bytes], versions: list[str]) -> str:
    """Files as `run` tells those that were made."""
    return "".join(f"status 0\n--- {name}\n{shown(data, versions)}\n" for name, data in files.items())


def test_the_example_gives_the_bytes_of_the_reference(
    page: Browser | None, run: Run, golden: SnapshotAssertion, versions: list[str], tmp_path: Path
) -> None:
    if page is None:
        files = {"hello.wit": EXAMPLES["hello"]["wit"], "hello.wasm": HELLO.read_bytes()}
        text = run("component embed -w hello hello.wit hello.wasm -o hello.embedded.wasm", files)
        text += run("component new hello.embedded.wasm -o hello.component.wasm")
    else:
        embedded = downloaded(page, "embed", tmp_path)
        component = downloaded(page, "new", tmp_path)
        text = told({"hello.embedded.wasm": embedded, "hello.component.wasm": component}, versions)
    assert text == golden


@pytest.mark.parametrize("name", ["http", "records", "resources"])
def test_a_dummy_gives_the_bytes_of_the_reference(
    name: str, page: Browser | None, run: Run, golden: SnapshotAssertion, versions: list[str], tmp_path: Path
) -> None:
    world = EXAMPLES[name]["world"]
    if page is None:
        text = run(f"component embed --dummy -w {world} a.wit -o embedded.wasm", {"a.wit": EXAMPLES[name]["wit"]})
        text += run("component new embedded.wasm -o component.wasm")
    else:
        choose(page, name)
        embedded = downloaded(page, "embed", tmp_path)
        text = told({"embedded.wasm": embedded, "component.wasm": downloaded(page, "new", tmp_path)}, versions)
    assert text == golden


def test_mistakes_are_told_as_one_types(
    page: Browser | None, run: Run, golden: SnapshotAssertion, versions: list[str]
) -> None:
    """The words are the reference's, and the place is underlined."""
    wit = "package a:b;\ninterface i {\n  // \N{MUSICAL SYMBOL G CLEF}\n  f: func(x: list<strng>);\n}\n"
    if page is None:
        text = run("component wit a.wit", {"a.wit": wit}).replace("a.wit", "<input>")
        assert text == golden
        return
    write(page, wit)
    page.wait("document.getElementById('message').dataset.state === 'wrong'")
    message = page.value("[...document.querySelectorAll('#message pre')].map(e => e.textContent).join('\\n')")
    assert f"status 1\n--- stderr\n{message}\n\n" == golden
    assert page.value("document.querySelector('#backdrop .wrong').textContent") == "strng"
    assert page.value("document.getElementById('wit').getAttribute('aria-invalid')") == "true"
    page.value("document.activeElement.blur(); document.querySelector('#message button').click()")
    assert page.value("document.activeElement.id + ' ' + getSelection()") == "wit strng"
    write(page, wit + "package")
    page.wait("document.querySelector('#backdrop .wrong.empty') !== null")
    write(page, wit.replace("strng", "string"))
    page.wait("document.getElementById('message').dataset.state === 'good'")
    assert page.value("document.querySelectorAll('#backdrop .wrong').length") == 0
    assert page.value("document.getElementById('backdrop').textContent") == wit.replace("strng", "string") + "\n"


def test_what_can_not_be_made_is_refused(page: Browser) -> None:
    write(page, "package a:b; world w { export f: func(); }")
    page.wait("document.getElementById('world').value === 'w'")
    click(page, "new")
    page.wait("!document.getElementById('refused').hidden")
    words = page.value("document.getElementById('why').textContent")
    assert words.startswith("error: failed to encode a component from module\n\nCaused by:\n")


def test_texts_sizes_and_commands(page: Browser) -> None:
    click(page, "new")
    page.wait(MADE)
    for tab, begin in (
        ("wit", "package root:component;"),
        ("text", "(component"),
        (
            "command",
            "The same on a command line:wasm-tools component embed -w hello hello.wit hello.wasm -o embedded.wasm\n",
        ),
    ):
        click(page, f"tab-{tab}")
        page.wait(f"document.getElementById('panel').textContent.startsWith({json.dumps(begin)})")
    click(page, "tab-sizes")
    page.wait("document.querySelector('.sizes')")
    sizes = page.value("[...document.querySelectorAll('.sizes tbody td:last-child')].map(e => e.textContent)")
    total = page.value("document.getElementById('made-facts').textContent")
    assert total == f"component, {sum(int(size.replace(',', '')) for size in sizes):,} bytes"


def drop(page: Browser, name: str, data: bytes) -> None:
    """A file of the user's, as if it had been chosen."""
    script = f"""(() => {{
        const bytes = Uint8Array.from(atob("{base64.b64encode(data).decode()}"), (c) => c.charCodeAt(0));
        const files = new DataTransfer();
        files.items.add(new File([bytes], "{name}"));
        document.getElementById("file").files = files.files;
        document.getElementById("file").dispatchEvent(new Event("change"));
    }})()"""
    page.value(script)
    page.wait(f"{READY} && document.getElementById('status').dataset.state === 'ready'")


def test_files_of_ones_own(page: Browser, tmp_path: Path) -> None:
    """Text, a module with its world in it, a component: what can be done with each."""
    drop(page, "mine.wat", b'(module (func (export "run")))')
    write(page, "package a:b; world w { export run: func(); }")
    page.wait("document.getElementById('world').value === 'w'")
    embedded = downloaded(page, "embed", tmp_path)
    component = downloaded(page, "new", tmp_path)
    assert component == component_new(embedded)
    drop(page, "embedded.wasm", embedded)
    page.value(
        "(() => { const w = document.getElementById('world'); w.value = ''; w.dispatchEvent(new Event('change')); })()"
    )
    assert page.value("document.getElementById('embed').disabled")
    assert downloaded(page, "new", tmp_path) == component
    drop(page, "whole.wasm", component)
    page.wait("document.getElementById('made-name').textContent === 'whole.wasm'")
    drop(page, "broken.wasm", b"\0asm\1\0\0\0\1\5\1")
    page.wait("document.getElementById('why').textContent.startsWith('error: unexpected')")


def test_deep_inputs_are_refused_and_the_page_lives(page: Browser) -> None:
    """A worker's stack is small."""
    write(page, "package a:b; interface i { type t = " + "list<" * 5000 + "u8" + ">" * 5000 + "; }")
    page.wait("document.getElementById('message').textContent.endsWith('type nesting too deepGo to line 1')")
    drop(page, "deep.wat", b"(component " * 5000 + b")" * 5000)
    page.wait("document.getElementById('why').textContent.startsWith('error: ')")
    assert "nesting too deep" in page.value("document.getElementById('why').textContent")


def test_where_the_interpreter_fails_another_is_started(page: Browser) -> None:
    page.value("""(() => {
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message) {
            Worker.prototype.postMessage = post;
            post.call(this, { ...message, call: "none" });
        };
        document.getElementById("new").click();
    })()""")
    page.wait("document.getElementById('why').textContent.startsWith('error: Python failed: ')")
    page.wait(IDLE)
    click(page, "new")
    page.wait(MADE)


def test_a_link_carries_the_input(page: Browser, url: str) -> None:
    """Text, world and module, into a page that is opened anew."""
    wit = EXAMPLES["resources"]["wit"] + "// \N{MUSICAL SYMBOL G CLEF}\n"
    write(page, wit)
    page.wait("document.getElementById('world').value === 'cache'")
    page.value(
        "(() => { const w = document.getElementById('world'); w.value = 'backend'; w.dispatchEvent(new Event('change')); })()"
    )
    click(page, "share")
    page.wait("location.hash.length > 10")
    hash_ = page.value("location.hash")
    page.go("about:blank")
    page.wait("location.href === 'about:blank'")
    page.go(url + hash_)
    page.wait(READY)
    assert page.value("document.getElementById('wit').value") == wit
    assert page.value("document.getElementById('world').value") == "backend"
    assert page.value("document.getElementById('file-name').textContent") == "hello.wasm: module, 790 bytes"
    page.value("location.hash = '#1none'")
    assert page.value("document.getElementById('wit').value") == wit


def focused(page: Browser) -> str:
    """What has the focus, which has to be seen."""
    script = """(() => {
        const e = document.activeElement;
        const seen = e.matches("#file") ? e.nextElementSibling : e;
        const name = e.id || `${e.name} ${e.value}`;
        return name + (getComputedStyle(seen).outlineStyle === "none" ? " (not seen)" : "");
    })()"""
    return str(page.value(script))


def test_the_keyboard_alone(page: Browser) -> None:
    """Every control in the order of the page; a component made, and its WIT read."""
    page.value("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    page.value("document.querySelector('.skip').focus()")
    order = []
    for _ in range(10):
        page.press("Tab")
        order.append(focused(page))
    wanted = ["theme", "examples", "share", "wit", "module file", "file", "world", "embed", "new"]
    assert order[:9] == wanted
    page.value("document.getElementById('made').hidden = true")
    page.value("document.getElementById('new').focus()")
    page.press("Enter")
    page.wait(MADE)
    page.value("document.getElementById('new').focus()")
    page.press("Tab")
    assert focused(page) == "download"
    page.press("Tab")
    page.press("Home")
    assert focused(page) == "tab-sizes"
    page.press("ArrowRight")
    assert focused(page) == "tab-wit"
    page.wait("document.getElementById('panel').textContent.startsWith('package root:component;')")
    page.press("Tab")
    assert focused(page) == "panel"
    assert page.value("document.getElementById('announce').textContent").startswith("hello.component.wasm is made")


CONTRAST = """(() => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
    const behind = (e) => {
        if (!e) return [255, 255, 255, 1];
        const color = rgba(getComputedStyle(e).backgroundColor);
        return color[3] === 1 ? color : over(color, behind(e.parentElement));
    };
    const light = (color) => {
        const [r, g, b] = color.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const e = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !e.checkVisibility()) continue;
        const back = behind(e);
        const [a, b] = [light(over(rgba(getComputedStyle(e).color), back)), light(back)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) found.push(`${e.tagName} ${e.className} ${walker.currentNode.textContent.slice(0, 20)}: ${ratio.toFixed(2)}`);
    }
    return found;
})()"""
"""Texts whose contrast is below 4.5 (WCAG 2.2, 1.4.3)."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(scheme: str, page: Browser, node_modules: Path) -> None:
    """axe-core finds nothing, texts have contrast, and a narrow page does not scroll sideways; whatever is shown."""
    page.value((node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + "; 0")
    page.value("localStorage.removeItem('theme')")
    page.prefer("dark" if scheme == "light" else "light")
    page.prefer(scheme)
    page.wait(f"document.documentElement.dataset.theme === '{scheme}'")
    click(page, "new")
    page.wait(MADE)
    for tab in ("tab-text", "tab-sizes"):
        click(page, tab)
        page.wait("document.getElementById('panel').textContent !== '…'")
        assert_usable(page)
    write(page, EXAMPLES["hello"]["wit"].replace("list<string>", "list<" + "very-" * 30 + "long>"))
    page.wait("document.getElementById('message').dataset.state === 'wrong'")
    assert_usable(page)
    write(page, "package a:b; world w { export f: func(); }")
    page.wait("document.getElementById('world').value === 'w'")
    click(page, "new")
    page.wait("!document.getElementById('refused').hidden")
    assert_usable(page)


def assert_usable(page: Browser) -> None:
    for width, height in ((1280, 860), (380, 800)):
        page.size(width, height)
        assert page.value("document.documentElement.scrollWidth") <= width
        assert page.value(CONTRAST) == []
        assert page.value("axe.run().then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html)}`))") == []


def test_the_theme_is_chosen_and_kept(page: Browser) -> None:
    before = page.value("document.documentElement.dataset.theme")
    click(page, "theme")
    after = page.value("document.documentElement.dataset.theme")
    assert {before, after} == {"light", "dark"}
    assert page.value("localStorage.getItem('theme')") == after
    click(page, "theme")


def test_nothing_is_asked_of_other_hosts_and_nothing_fails(page: Browser, url: str) -> None:
    assert page.hosts() == {url.split("/")[2]}
    assert page.complaints() == []
