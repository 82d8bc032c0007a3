from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from loithe_xl.draw import packs
from loithe_xl.language.issues import Fault
from loithe_xl.pack import find


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packs and a folder that is none, in the second of two homes; the first does not exist."""
    home = tmp_path / "checkout"
    for name in ("muon", "som"):
        (home / name).mkdir(parents=True)
        (home / name / "campaign.toml").touch()
    (home / "__pycache__").mkdir()
    monkeypatch.setattr(find, "PACK_HOMES", (tmp_path / "installed", home))
    return home


def test_packs_that_come_with_the_program_are_found_by_name(home: Path):
    assert find.available() == ["muon", "som"]
    assert find.pack_folder("som") == home / "som"


def test_an_installed_copy_comes_before_the_checkout(home: Path, tmp_path: Path):
    installed = tmp_path / "installed" / "som"
    installed.mkdir(parents=True)
    (installed / "campaign.toml").touch()

    assert find.pack_folder("som") == installed


def test_any_other_pack_is_given_by_its_folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "som").mkdir()
    (tmp_path / "rieng").mkdir()

    assert find.pack_folder("rieng") == Path("rieng")
    assert find.pack_folder(str(tmp_path / "rieng")) == tmp_path / "rieng"
    # An output folder that happens to have a pack's name does not take its place.
    assert find.pack_folder("som") == home / "som"
    assert find.pack_folder("./som") == Path("som")


@pytest.mark.parametrize("name", ["", "khac", "./khac", "../som"])
def test_an_unknown_pack_is_named_with_those_that_exist(home: Path, name: str):
    with pytest.raises(Fault) as caught:
        find.pack_folder(name)

    assert caught.value.exit_code == 2
    [found] = caught.value.issues
    assert found.code == "PACK_UNKNOWN"
    assert "muon, som" in found.message.vi
    assert "muon, som" in found.message.en
    assert f"“{name}”" in found.message.vi


def test_a_campaign_more_does_not_change_which_is_meant(home: Path):
    (home / "default.toml").write_text('pack = "loi_the"\n', encoding="utf-8")
    for name in ("loi_the", "a_campaign"):
        (home / name).mkdir(exist_ok=True)
        (home / name / "pack.toml").write_text("", encoding="utf-8")

    assert find.available()[0] == "a_campaign"
    assert find.default() == "loi_the"


def test_the_checkout_has_its_pack():
    assert "loi_the" in find.available()


def test_another_process_is_sent_the_id_of_a_pack_that_it_has():
    """Layouts are equal only to themselves, and what is kept for them would be lost with every copy."""
    known = packs.known("loi_the")

    sent = pickle.dumps(known)

    assert pickle.loads(sent) is known
    assert len(sent) < 200
