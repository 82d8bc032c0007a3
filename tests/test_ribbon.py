"""The lint of the ribbon: nothing to say of a sound one, and each fault that Excel would punish in silence is named."""

from __future__ import annotations

import pytest

from loithe_xl.addin.xlam.ribbon import NAMESPACE, lint, pictures_of, spoken, texts
from loithe_xl.language.issues import Issue

OLD_NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
PICTURES = ("check", "sum")
PROCEDURES = {
    "LoitheLoaded": 1,
    "LoithePress": 1,
    "LoitheEnabled": 2,
    "LoithePressed": 2,
    "LoitheChosen": 3,
    "LoitheItem": 3,
    "Other": 1,
}
SOUND = f"""<?xml version="1.0" encoding="UTF-8"?>
<customUI xmlns="{NAMESPACE}" onLoad="LoitheLoaded" loadImage="LoithePressed">
  <ribbon>
    <tabs>
      <tab id="Loithe_tab" label="Lời thề">
        <group id="Loithe_group" label="Biểu">
          <!-- one button -->
          <button id="Loithe_own" label="Kiểm tra" image="check" onAction="LoithePress" getEnabled="LoitheEnabled"/>
          <splitButton id="Loithe_split" size="large" getEnabled="LoitheEnabled">
            <button id="Loithe_folder" label="Tổng hợp" image="sum" onAction="LoithePress"/>
            <menu id="Loithe_menu">
              <button id="Loithe_files" label="Tệp…" imageMso="Folder" onAction="LoithePress"/>
              <menuSeparator id="Loithe_line"/>
            </menu>
          </splitButton>
          <toggleButton id="Loithe_toggle" label="A" onAction="LoithePressed" getPressed="LoithePressed"/>
          <checkBox id="Loithe_check" label="B" onAction="LoithePressed"/>
          <gallery id="Loithe_gallery" label="C" onAction="LoitheChosen" getItemLabel="LoitheItem"/>
          <dropDown id="Loithe_down" label="D" onAction="LoitheChosen" getItemCount="LoithePressed">
            <item id="Loithe_item" label="E"/>
          </dropDown>
          <editBox id="Loithe_edit" label="F" onChange="LoithePressed"/>
          <control idMso="Copy"/>
          <dialogBoxLauncher><button id="Loithe_more" onAction="LoithePress"/></dialogBoxLauncher>
        </group>
      </tab>
    </tabs>
  </ribbon>
</customUI>"""


def faults(xml: str) -> list[Issue]:
    return lint(xml.encode(), PICTURES, PROCEDURES)


def broken(old: str, new: str) -> list[str]:
    """The codes of what is found after one change of the sound ribbon."""
    assert old in SOUND
    return [found.code for found in faults(SOUND.replace(old, new, 1))]


def button(attributes: str) -> list[str]:
    """The codes of what is found in a ribbon whose button has these attributes too."""
    return broken(
        '<button id="Loithe_files" label="Tệp…" imageMso="Folder" onAction="LoithePress"/>', button_xml(attributes)
    )


def button_xml(attributes: str) -> str:
    return f"<button {attributes}/>"


def test_a_sound_ribbon_has_no_fault():
    assert faults(SOUND) == []


def test_not_well_formed():
    [found] = faults(SOUND.replace("</tab>", ""))

    assert found.code == "RIBBON_SYNTAX"
    assert f"Dòng {SOUND[: SOUND.index('</tabs>')].count(chr(10)) + 1}" in found.message.vi


@pytest.mark.parametrize("empty", ["", "   "])
def test_nothing_at_all(empty: str):
    assert [found.code for found in faults(empty)] == ["RIBBON_SYNTAX"]


@pytest.mark.parametrize(("old", "new"), [(NAMESPACE, OLD_NAMESPACE), (f' xmlns="{NAMESPACE}"', "")])
def test_wrong_namespace(old: str, new: str):
    assert broken(old, new) == ["RIBBON_NAMESPACE"]


def test_an_element_of_another_namespace():
    assert broken('<control idMso="Copy"/>', f'<control xmlns="{OLD_NAMESPACE}" idMso="Copy"/>') == ["RIBBON_ELEMENT"]


def test_an_unknown_element():
    assert broken("<menuSeparator ", "<menuSeperator ") == ["RIBBON_ELEMENT"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<button id="Loithe_folder" ', "<button "),
        ('<tab id="Loithe_tab" ', "<tab "),
        ('<group id="Loithe_group" ', "<group "),
        ('<menu id="Loithe_menu">', "<menu>"),
        ('<menuSeparator id="Loithe_line"/>', "<menuSeparator/>"),
        ('<control idMso="Copy"/>', "<control/>"),
    ],
)
def test_missing_id(old: str, new: str):
    assert broken(old, new) == ["RIBBON_NO_ID"]


def test_an_id_with_another_name_will_do():
    assert button('idQ="x:y" label="Tệp…" onAction="LoithePress"') == []


def test_duplicate_id():
    assert broken('id="Loithe_files"', 'id="Loithe_folder"') == ["RIBBON_ID_TWICE"]


def test_a_built_in_control_may_stand_twice():
    assert broken('<control idMso="Copy"/>', '<control idMso="Copy"/><control idMso="Copy"/>') == []


def test_two_kinds_of_id():
    assert broken('<control idMso="Copy"/>', '<control idMso="Copy" id="own"/>') == ["RIBBON_EXCLUDED"]


@pytest.mark.parametrize("id", ["L" * 1025, "1st", "", "a b", "nút"])
def test_an_id_that_will_not_do(id: str):
    assert broken('id="Loithe_files"', f'id="{id}"') == ["RIBBON_BAD_ID"]


def test_the_longest_id():
    assert broken('id="Loithe_files"', f'id="{"L" * 1024}"') == []


@pytest.mark.parametrize(
    "name",
    ["label", "screentip", "supertip", "visible", "enabled", "size", "showLabel", "showImage", "keytip", "description"],
)
def test_a_text_or_state_from_two_sources(name: str):
    getter = "get" + name[0].upper() + name[1:]
    own = f'id="own" onAction="LoithePress" {name}="A" {getter}="LoitheEnabled"'

    assert button(own) == ["RIBBON_EXCLUDED"]
    assert button(own.replace(f'{name}="A"', "")) == []
    assert button(own.replace(f'{getter}="LoitheEnabled"', "")) == []


@pytest.mark.parametrize(
    "two",
    ['image="sum" imageMso="Copy"', 'image="sum" getImage="LoitheEnabled"', 'imageMso="Copy" getImage="LoitheEnabled"'],
)
def test_a_picture_from_two_sources(two: str):
    assert button(f'id="own" onAction="LoithePress" {two}') == ["RIBBON_EXCLUDED"]


def test_a_picture_from_all_three_sources_is_one_fault():
    three = 'image="sum" imageMso="Copy" getImage="LoitheEnabled"'

    assert button(f'id="own" onAction="LoithePress" {three}') == ["RIBBON_EXCLUDED"]


def test_a_picture_that_is_not_there():
    [found] = faults(SOUND.replace('image="sum"', 'image="total"'))

    assert found.code == "RIBBON_PICTURE"
    assert found.place.field == "Loithe_folder"
    assert "total.png" in found.message.vi


@pytest.mark.parametrize("name", ["onAction", "getVisible", "getLabel"])
def test_a_callback_that_no_module_has(name: str):
    assert button(f'id="own" {name}="LoitheAbsent"') == ["RIBBON_CALLBACK_MISSING"]


def test_a_callback_named_with_its_module():
    assert button('id="own" onAction="LoitheMain.LoithePress"') == ["RIBBON_CALLBACK_PREFIX", "RIBBON_CALLBACK_MISSING"]


def test_letters_of_either_case_name_one_procedure():
    assert button('id="own" onAction="LoithePRESS"') == []


@pytest.mark.parametrize("procedure", ["Other", "Press", "MyLoithePress"])
def test_a_callback_without_our_prefix(procedure: str):
    xml = SOUND.replace('onAction="LoithePress"', f'onAction="{procedure}"', 1)
    found = lint(xml.encode(), PICTURES, {**PROCEDURES, procedure: 1})

    assert [each.code for each in found] == ["RIBBON_CALLBACK_PREFIX"]


@pytest.mark.parametrize(
    ("old", "procedure"),
    [
        ('onLoad="LoitheLoaded"', "LoitheEnabled"),
        ('loadImage="LoithePressed"', "LoithePress"),
        ('onAction="LoithePress" getEnabled', "LoitheEnabled"),  # button
        ('onAction="LoithePress"/>\n            <menu', "LoithePressed"),  # the button of a split button
        ('onAction="LoithePress"/>\n              <menuSeparator', "LoithePressed"),  # a button of its menu
        ('onAction="LoithePress"/></dialog', "LoithePressed"),
        ('getEnabled="LoitheEnabled"/>', "LoithePress"),
        ('getEnabled="LoitheEnabled">', "LoitheChosen"),  # the split button itself
        ('onAction="LoithePressed" getPressed', "LoithePress"),  # toggleButton
        ('getPressed="LoithePressed"', "LoithePress"),
        ('onAction="LoithePressed"/>', "LoithePress"),  # checkBox
        ('onAction="LoitheChosen" getItemLabel', "LoithePress"),  # gallery
        ('getItemLabel="LoitheItem"', "LoitheEnabled"),
        ('onAction="LoitheChosen" getItemCount', "LoithePressed"),  # dropDown
        ('getItemCount="LoithePressed"', "LoitheItem"),
        ('onChange="LoithePressed"', "LoithePress"),
    ],
)
def test_a_callback_of_another_shape(old: str, procedure: str):
    name, called = old.split('"')[:2]

    assert broken(old, old.replace(f'{name}"{called}"', f'{name}"{procedure}"')) == ["RIBBON_CALLBACK_PARAMETERS"]


def test_a_callback_of_another_shape_is_told_with_both_counts():
    [found] = faults(SOUND.replace('onAction="LoithePressed"/>', 'onAction="LoithePress"/>'))

    assert found.place.field == "Loithe_check"
    assert "có 1 tham số; Excel truyền 2" in found.message.vi
    assert "Line 17" in found.message.en


@pytest.mark.parametrize("name", ["label", "screentip", "supertip", "keytip"])
@pytest.mark.parametrize("said", ["", "  "])
def test_an_empty_text(name: str, said: str):
    assert button(f'id="own" onAction="LoithePress" {name}="{said}"') == ["RIBBON_EMPTY"]


@pytest.mark.parametrize(("name", "limit"), [("label", 1024), ("screentip", 1024), ("supertip", 1024), ("keytip", 3)])
def test_a_text_too_long(name: str, limit: int):
    assert button(f'id="own" onAction="LoithePress" {name}="{"ề" * limit}"') == []
    assert button(f'id="own" onAction="LoithePress" {name}="{"ề" * (limit + 1)}"') == ["RIBBON_TOO_LONG"]


def test_all_faults_at_once_in_the_order_of_their_lines():
    xml = SOUND.replace("Lời thề", "").replace('"sum"', '"total"').replace('id="Loithe_menu"', "")

    assert [found.code for found in faults(xml)] == ["RIBBON_EMPTY", "RIBBON_PICTURE", "RIBBON_NO_ID"]


def test_texts_are_read_and_replaced_by_id():
    xml = SOUND.encode()
    english = spoken(xml, {"Loithe_folder": {"label": "Consolidate", "supertip": "All & more"}})

    assert texts(xml)["Loithe_folder"] == {"label": "Tổng hợp"}
    assert texts(english) == {**texts(xml), "Loithe_folder": {"label": "Consolidate", "supertip": "All & more"}}
    assert lint(english, PICTURES, PROCEDURES) == []
    assert pictures_of(english) == {"check", "sum"}


def test_a_prefix_that_only_an_id_needs_stays():
    xml = SOUND.replace("<customUI ", '<customUI xmlns:own="urn:own" ').replace('id="Loithe_tab"', 'idQ="own:tab"')

    assert b'xmlns:own="urn:own"' in spoken(xml.encode(), {})
    assert lint(spoken(xml.encode(), {}), PICTURES, PROCEDURES) == []
