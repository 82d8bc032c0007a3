"""What runs before a commit and on a push calls what is there, on the Pythons that the package declares."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import check

ROOT = Path(check.__file__).resolve().parent.parent
HOOKS = ROOT / ".pre-commit-config.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def parsed(file: Path) -> dict[Any, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def hooks() -> list[dict[str, Any]]:
    return [hook for repo in parsed(HOOKS)["repos"] for hook in repo["hooks"]]


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """(job, step)."""
    for name, job in parsed(WORKFLOW)["jobs"].items():
        yield from ((name, step) for step in job["steps"])


def called() -> Iterator[list[str]]:
    """The words of every command that a hook or the workflow runs."""
    yield from (shlex.split(hook["entry"]) for hook in hooks())
    yield from (shlex.split(step["run"]) for _, step in steps() if "run" in step)


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = "\n".join(project["classifiers"])
    assert re.findall(r"[0-9.]+", project["requires-python"]) == [min(_pythons(said), key=_number)]
    return {*_pythons(said)}


def _pythons(classifiers: str) -> list[str]:
    return re.findall(r"^Programming Language :: Python :: (3\.\d+)$", classifiers, re.M)


def _number(version: str) -> int:
    return int(version.partition(".")[2])


def test_hooks_are_local_and_download_nothing() -> None:
    assert {repo["repo"] for repo in parsed(HOOKS)["repos"]} == {"local"}
    assert {(hook["language"], hook["pass_filenames"]) for hook in hooks()} == {("system", False)}
    assert [hook["id"] for hook in hooks()] == ["lint", "packs"]
    assert not any("additional_dependencies" in hook for hook in hooks())


@pytest.mark.parametrize("words", [*called()], ids=" ".join)
def test_what_is_called_exists(words: list[str]) -> None:
    (script,) = [word for word in words if (ROOT / word).is_file()]
    rest = words[words.index(script) + 1 :]

    if script == "scripts/check.py":
        assert len(rest) == 1 and rest[0] in check.VERBS
    elif script == "scripts/loithe.py":
        assert rest == ["demo"]
    else:
        assert (script, rest) == (".ci/run", [])
        assert os.name == "nt" or os.access(ROOT / script, os.X_OK)


def test_the_whole_runs_on_linux_and_the_fast_part_everywhere_on_every_python() -> None:
    jobs = parsed(WORKFLOW)["jobs"]
    matrix = jobs["fast"]["strategy"]["matrix"]
    runs = {(name, step["run"]) for name, step in steps() if "run" in step}

    assert jobs["whole"]["runs-on"].startswith("ubuntu")
    assert any(name == "whole" and run.endswith(" .ci/run") for name, run in runs)
    assert {("fast", "python scripts/check.py fast"), ("fast", "python scripts/loithe.py demo")} <= runs
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "windows", "macos"}
    assert {*matrix["python"]} == declared()
    assert {step["with"]["python-version"] for name, step in steps() if name == "whole" and "python" in str(step)} <= {
        *declared()
    }


def test_the_workflow_may_only_read_and_uses_the_platform_s_own_actions() -> None:
    assert parsed(WORKFLOW)["permissions"] == {"contents": "read"}
    used = {step["uses"] for _, step in steps() if "uses" in step}
    assert {action.partition("/")[0] for action in used} == {"actions"}
