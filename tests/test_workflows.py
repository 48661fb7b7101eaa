"""The workflow files of public CI name tasks that there are; versions and pins are said alike everywhere."""

from __future__ import annotations

import re
import tomllib

import pytest
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = PROJECT["tool"]["hatch"]["envs"]
PLACES = [*WORKFLOWS, ROOT / ".ci" / "run", ROOT / ".pre-commit-config.yaml", ROOT / "CONTRIBUTING.md"]

pytestmark = pytest.mark.skipif(not WORKFLOWS, reason="no workflow files here")


def tasks(text: str) -> set[str]:
    """What `hatch run` and `.ci/run`'s `task` are given."""
    return set(re.findall(r"(?:hatch run|^task) ([a-z][a-z:-]*[a-z])", text, re.MULTILINE))


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.name)
def test_every_task_is_there(path: object) -> None:
    named = tasks((ROOT / str(path)).read_text(encoding="utf-8"))
    assert named
    for task in named:
        environment, _, script = task.rpartition(":")
        assert script in ENVIRONMENTS[environment or "default"]["scripts"], task


def test_versions_of_python() -> None:
    """CI, the wheels and the classifiers have the same."""
    classifiers = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    ci = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.findall(r'python: \["(.*)"\]', ci) == ['", "'.join(classifiers)]
    tags = [f"cp{version.replace('.', '')}" for version in classifiers]
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert re.findall(r"python: \[(cp.*)\]", release) == [", ".join(tags)]
    assert PROJECT["tool"]["cibuildwheel"]["build"] == [f"{tag}-*" for tag in tags]
    assert PROJECT["project"]["requires-python"] == f">={classifiers[0]}"


def test_one_cibuildwheel() -> None:
    """The one that checks the matrix is the one that builds it."""
    pinned = [line for line in ENVIRONMENTS["package"]["dependencies"] if line.startswith("cibuildwheel")]
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"cibuildwheel==\S+", release)) == set(pinned)
    assert len(pinned) == 1


def test_permissions_are_small() -> None:
    """Nothing is granted to a whole workflow; what signs and publishes stands in the jobs that do it."""
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert "\npermissions: {}\n" in text
        assert "pull_request_target" not in text
        assert text.count("persist-credentials: false") == text.count("actions/checkout@")
