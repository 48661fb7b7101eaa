"""What is published, built and checked: source distributions and wheels of pywasmtools and of tree-sitter-wit, and workflows.

    python scripts/check_package.py [--out FOLDER]     build all and check it; what was built is kept in FOLDER
    python scripts/check_package.py --workflows        look at the workflow files alone

Runs in an environment of its own (`hatch run package:check`), which has the oldest build tools that `pyproject.toml` admits, so
that the floors are true. A finding is a line, and makes the status 1. Nothing is asked for from the network.
"""

from __future__ import annotations

import argparse
import email
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRAMMAR = ROOT / "tree-sitter-wit"
REPOSITORY = "https://github.com/pywasmtools/pywasmtools"
BIN = Path(sys.executable).parent

PLATFORMS = {
    "linux": ["manylinux_x86_64", "manylinux_aarch64", "musllinux_x86_64", "musllinux_aarch64"],
    "macos": ["macosx_x86_64", "macosx_arm64"],
    "windows": ["win_amd64"],
}
"""What compiled wheels are for. A machine builds those of its own kind; here all of a system are asked for."""

ARCHITECTURES = {"linux": "x86_64,aarch64", "macos": "x86_64,arm64", "windows": "AMD64"}

_LINK = re.compile(r'\]\(([^)\s]+)\)|^\[[^\]]+\]:\s+(\S+)|\b(?:href|src|srcset)="([^"\s]+)"', re.MULTILINE)

_MADE = re.compile(r"PKG-INFO|setup\.cfg|[^/]*\.egg-info/.*")
"""What a build adds to a source distribution."""


class Findings:
    """What is wrong, a line each."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        self.lines.append(line)

    def run(self, what: str, *command: str | Path, cwd: Path = ROOT) -> str:
        """Runs a tool of this environment; what it says is a finding where it fails. Returns its stdout."""
        # The environment's programs come first: cibuildwheel and zizmor start others.
        env = {**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")]), "NO_COLOR": "1"}
        first = shutil.which(str(command[0]), path=str(BIN)) or command[0]
        done = subprocess.run([first, *command[1:]], cwd=cwd, env=env, capture_output=True, text=True)
        if done.returncode:
            self.add(f"{what}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout


def project(folder: Path) -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    return found


def check_floors(findings: Findings) -> None:
    """The build tools here are the oldest that are admitted."""
    for folder in (ROOT, GRAMMAR):
        system = project(folder)["build-system"]
        assert isinstance(system, dict)
        for requirement in system["requires"]:
            name, floor = requirement.split(">=")
            here = importlib.metadata.version(name)
            if not f"{here}.".startswith(f"{floor}."):
                findings.add(
                    f"{folder.name} is to be built by {requirement}, and here is {here}: the floor is not tried"
                )


def build(source: Path, out: Path, findings: Findings) -> tuple[Path, Path, Path] | None:
    """The source distribution, the wheel made from it, and the wheel made from the tree; None where that failed."""
    command = [sys.executable, "-m", "build", "--no-isolation"]
    findings.run("build", *command, "-o", out, source)
    findings.run("build", *command, "--wheel", "-o", out / "tree", source)
    found = [*out.glob("*.tar.gz"), *out.glob("*.whl"), *(out / "tree").glob("*.whl")]
    if len(found) != 3:
        findings.add(f"{source.name}: built {[path.name for path in found]}, not a source distribution and two wheels")
        return None
    return found[0], found[1], found[2]


def contents(wheel: Path) -> dict[str, bytes]:
    """A wheel's files, but for what lists or times them; extension modules have paths of the build in them."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: b"" if name.endswith((".so", ".pyd", "/RECORD")) else archive.read(name)
            for name in archive.namelist()
        }


def check_same(first: Path, second: Path, findings: Findings) -> None:
    one, other = contents(first), contents(second)
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            findings.add(f"{first.name}: {name} of the source distribution's wheel and of the tree's differ")


def check_complete(sdist: Path, folder: Path, findings: Findings) -> None:
    """A source distribution has all that git keeps, and nothing else."""
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=folder, capture_output=True, text=True)
    if listed.returncode:
        return  # not a checkout
    with tarfile.open(sdist) as archive:
        there = {member.name.partition("/")[2] for member in archive if member.isfile()}
        there = {name for name in there if not _MADE.fullmatch(name)}
    kept = {name for name in listed.stdout.split("\0") if name and (folder / name).is_file()}
    for name in sorted(kept ^ there):
        findings.add(f"{sdist.name} {'lacks' if name in kept else 'has, and git has not,'} {name}")


def check_links(wheel: Path, findings: Findings) -> None:
    """What the page on PyPI links to: no neighbours, and of the repository only what there is."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    page = metadata.get_payload(decode=True)
    text = page.decode() if isinstance(page, bytes) else ""
    raw = REPOSITORY.replace("github.com", "raw.githubusercontent.com")
    places = (f"{REPOSITORY}/blob/v{metadata['Version']}/", f"{raw}/v{metadata['Version']}/")
    for groups in _LINK.findall(text):
        link = "".join(groups)
        if not link.startswith(("https://", "mailto:", "#")):
            findings.add(f"{wheel.name}: the page on PyPI has a link to a neighbour: {link}")
        for place in places:
            if link.startswith(place) and not (ROOT / link.removeprefix(place).partition("#")[0]).exists():
                findings.add(f"{wheel.name}: the page on PyPI links to what is not there: {link}")


def check_distribution(folder: Path, out: Path, findings: Findings) -> None:
    out.mkdir(parents=True)
    source = folder
    if folder is GRAMMAR:  # setuptools builds in the tree
        source = out / "source"
        shutil.copytree(
            folder, source, ignore=shutil.ignore_patterns("build", "dist", "*.egg-info", "__pycache__", "*.so")
        )
    findings.run("validate-pyproject", "validate-pyproject", "--disable", "store", folder / "pyproject.toml")
    built = build(source, out, findings)
    if built is None:
        return
    sdist, wheel, of_tree = built
    check_same(wheel, of_tree, findings)
    check_complete(sdist, folder, findings)
    check_links(wheel, findings)
    findings.run("twine", "twine", "check", "--strict", sdist, wheel)
    findings.run("check-wheel-contents", "check-wheel-contents", wheel)
    findings.run("pyroma", "pyroma", "-n", "10", sdist)


def versions(folder: Path) -> list[str]:
    """The versions of Python that the classifiers name, as tags have them."""
    table = project(folder)["project"]
    assert isinstance(table, dict)
    found = [re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", line) for line in table["classifiers"]]
    return [f"cp3{match[1]}" for match in found if match]


def check_matrix(folder: Path, findings: Findings) -> None:
    """The wheels that `cibuildwheel` would make are those of every version and platform."""
    pythons = versions(folder) if folder is ROOT else versions(folder)[:1]  # the grammar's serve later versions too
    for platform, tags in PLATFORMS.items():
        options = ["--platform", platform, "--archs", ARCHITECTURES[platform], "--print-build-identifiers"]
        got = findings.run("cibuildwheel", sys.executable, "-m", "cibuildwheel", *options, folder).split()
        wanted = [f"{python}-{tag}" for python in pythons for tag in tags]
        if sorted(got) != sorted(wanted):
            findings.add(
                f"{folder.name}, wheels for {platform}: {sorted(set(got) ^ set(wanted))} differ from what is meant"
            )


def check_workflows(findings: Findings) -> None:
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    schema = ["check-jsonschema", "--builtin-schema"]
    findings.run("workflows", *schema, "vendor.github-workflows", *files)
    findings.run("dependabot", *schema, "vendor.dependabot", ROOT / ".github" / "dependabot.yml")
    findings.run("zizmor", "zizmor", "--offline", "--quiet", ROOT / ".github")


def check_container(findings: Findings) -> None:
    """The container file: its rules, and that what it copies is not kept from it."""
    findings.run("hadolint", "hadolint", "Containerfile")
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line.startswith("!")}
    for line in (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                if name not in let_in or not (ROOT / name).exists():
                    findings.add(f"Containerfile: {name} is not there, or .dockerignore keeps it out")


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds and checks what is published.")
    parser.add_argument("--out", type=Path, help="a folder to keep what was built")
    parser.add_argument("--workflows", action="store_true", help="look at the workflow files alone")
    options = parser.parse_args()
    findings = Findings()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(check_workflows, findings)]
        if not options.workflows:
            check_floors(findings)
            check_container(findings)
            for folder in (ROOT, GRAMMAR):
                tasks.append(pool.submit(check_distribution, folder, Path(scratch) / folder.name, findings))
                tasks.append(pool.submit(check_matrix, folder, findings))
        for task in tasks:
            task.result()
        built = [path for path in Path(scratch).glob("*/*") if path.name.endswith((".tar.gz", ".whl"))]
        for path in sorted(built):
            print(f"{path.stat().st_size:9} {path.name}")
            if options.out:
                options.out.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, options.out)
    print("\n".join(findings.lines) or "nothing to find fault with")
    return 1 if findings.lines else 0


if __name__ == "__main__":
    sys.exit(main())
