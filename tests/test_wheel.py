"""The wheel carries all it needs: it works from any folder, with no checkout in sight."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from trove_classifiers import classifiers

from loithe_xl.addin.xlam.package import build_addin

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]
DIGESTS = """
from hashlib import sha256
from pathlib import Path
from loithe_xl.addin.xlam.package import BUILT
for file in (Path("loithe.xlam"), Path("english.xlam"), BUILT):
    print(sha256(file.read_bytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program of a fresh environment that holds the wheel, in an empty folder, with a home of its own.

    The libraries are those of the tests' environment, lent by their path alone: a checkout installed there is not seen.
    """
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", scheme="venv", vars=paths))
    packages.joinpath("lent.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    empty = tmp_path_factory.mktemp("empty")
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    settings |= {"LOITHE_XL_HOME": str(tmp_path_factory.mktemp("keys")), "PYTHONUTF8": "1"}

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(programs / program), *arguments]
        done = subprocess.run(command, cwd=empty, env=settings, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    return run


def test_the_wheel_carries_packs_texts_sample_and_addin_and_nothing_of_the_workshop(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    carried = {name.removeprefix("loithe_xl/") for name in names if name.startswith("loithe_xl/")}
    homes = {"workbook_templates/": "workbook_templates", "addin_sources/": "addin", "": "src/loithe_xl"}
    for prefix, home in ((prefix, ROOT / place) for prefix, place in homes.items()):
        files = [file for file in home.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        assert files
        assert {prefix + file.relative_to(home).as_posix() for file in files} - carried == set()
    assert "addin/xlam/loithe.xlam" in carried
    assert {name.split("/")[0] for name in names if not name.startswith("loithe_xl/")} == {"loithe_xl-0.1.0.dist-info"}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as package:
        return message_from_bytes(package.read("loithe_xl-0.1.0.dist-info/METADATA"))


def test_the_package_says_what_it_is_for_whom_and_under_which_licences(wheel: Path):
    said = metadata(wheel)
    stated = said.get_all("Classifier") or []

    assert set(stated) <= classifiers
    assert {each.split(" :: ")[0] for each in stated} >= {"Development Status", "Intended Audience", "Topic"}
    lowest = str(said["Requires-Python"]).removeprefix(">=")
    assert f"Programming Language :: Python :: {lowest}" in stated
    assert said["License-Expression"] == "MIT AND BSD-3-Clause"
    assert said["Keywords"]
    with zipfile.ZipFile(wheel) as package:
        for name, words in (("LICENSE", b"MIT License"), ("addin/LICENSES.md", b"BSD 3-clause")):
            assert words in package.read(f"loithe_xl-0.1.0.dist-info/licenses/{name}")


def test_the_description_has_no_link_that_leads_nowhere_on_an_index(wheel: Path):
    said = metadata(wheel)
    text = said.get_payload(decode=True).decode("utf-8")  # type: ignore[union-attr]

    assert said["Description-Content-Type"] == "text/markdown"
    assert "`docs/huong-dan.md`" in text and "# In English" in text
    assert [link for link in re.findall(r"\]\(([^)]*)\)", text) if not link.startswith("https://")] == []
    assert ".png" not in text and "`#" not in text, "a picture or a place in it is nothing there"


def test_without_a_wheel_for_it_windows_on_arm_needs_no_isal(wheel: Path):
    [asked] = [line for line in metadata(wheel).get_all("Requires-Dist") or [] if line.startswith("isal")]
    marker = Requirement(asked).marker
    assert marker
    pcs = (("win32", "ARM64"), ("win32", "AMD64"), ("linux", "aarch64"), ("darwin", "arm64"))

    needed = [marker.evaluate({"sys_platform": system, "platform_machine": machine}) for system, machine in pcs]
    assert needed == [False, True, True, True]


def test_the_checkout_is_out_of_sight(elsewhere: Run):
    done = elsewhere("python", "-c", "import loithe_xl, sys; print(loithe_xl.__file__, *sys.path, sep='\\n')")

    assert str(ROOT) + os.sep + "src" not in done.stdout
    assert "fresh" in done.stdout.splitlines()[0]


def test_the_module_and_the_command_say_their_version(elsewhere: Run):
    assert elsewhere("python", "-m", "loithe_xl", "--version").stdout == "loithe-xl 0.1.0\n"
    assert elsewhere("loithe-xl", "--version").stdout == "loithe-xl 0.1.0\n"


def test_sample_and_pack_come_with_the_wheel(elsewhere: Run):
    elsewhere("loithe-xl", "register", "sample", "danh-ba.xlsx")
    elsewhere("loithe-xl", "register", "check", "danh-ba.xlsx")
    elsewhere("loithe-xl", "generate", "--level", "district", "--out", "bieu-mau")

    found = elsewhere("python", "-c", "import pathlib; print(*pathlib.Path('bieu-mau').rglob('*.xlsx'))")
    assert found.stdout.count(".xlsx") == 1


def test_the_addin_comes_built_and_can_be_built_again(wheel: Path, elsewhere: Run):
    with zipfile.ZipFile(wheel) as package:
        carried = package.read("loithe_xl/addin/xlam/loithe.xlam")
    elsewhere("loithe-xl", "addin", "build", "--out", "loithe.xlam")
    elsewhere("loithe-xl", "addin", "build", "--out", "english.xlam", "--lang", "en")
    told = elsewhere("python", "-c", DIGESTS).stdout.splitlines()

    assert carried == build_addin()
    assert told == [sha256(each).hexdigest() for each in (carried, build_addin("en"), carried)]


def test_an_editable_installation_builds_no_addin(tmp_path: Path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel:editable", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [made] = tmp_path.glob("*.whl")

    assert [name for name in zipfile.ZipFile(made).namelist() if name.endswith(".xlam")] == []
