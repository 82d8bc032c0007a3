"""Our charts in the terms of the library that writes workbooks, which need not be loaded for it."""

from __future__ import annotations

from typing import Any

from loithe_xl.workbook.address import from_zero
from loithe_xl.workbook.book import Chart
from loithe_xl.workbook.styles import FONT, LINE

_BRIGHT = 140  # of 255: upon a brighter colour black is read better than white


def bar_chart(workbook: Any, chart: Chart, sheet: str) -> Any:
    """A bar chart in our font for a sheet of the library's workbook: first category on top, every bar of one length."""
    sheet = chart.sheet or sheet
    font = {"name": FONT, "size": 10}
    drawn = workbook.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for each in chart.series:
        first, last = each.values
        series = {
            "name": [sheet, *from_zero(each.title)],
            "categories": [sheet, *from_zero(chart.categories[0]), *from_zero(chart.categories[1])],
            "values": [sheet, *from_zero(first), *from_zero(last)],
            "border": {"color": f"#{LINE}" if each.hatched else "#FFFFFF", "width": 0.75},
            # What is 0 has no part in the bar, and no figure.
            "data_labels": {"value": True, "num_format": "0;;", "font": {**font, "color": _ink(each.colour)}},
            "gap": 35,
        }
        lined = {"pattern": "wide_upward_diagonal", "fg_color": f"#{LINE}", "bg_color": f"#{each.colour}"}
        series |= {"pattern": lined} if each.hatched else {"fill": {"color": f"#{each.colour}"}}
        drawn.add_series(series)
    drawn.set_title({"name": chart.title, "name_font": {**font, "size": 12, "bold": True}, "overlay": False})
    # In a bar chart y is the axis of categories; reversed, it needs the figures' axis back at the bottom.
    line = {"color": f"#{LINE}", "width": 0.5}
    drawn.set_y_axis({"num_font": font, "reverse": True, "crossing": "max", "line": line})
    drawn.set_x_axis({"num_font": font, "num_format": "0%", "line": line, "major_gridlines": {"visible": False}})
    drawn.show_hidden_data()
    drawn.set_legend({"position": "bottom", "font": {**font, "size": 11}})
    drawn.set_size({"width": chart.size[0], "height": chart.size[1]})
    return drawn


def _ink(colour: str) -> str:
    """Black or white, whichever is read better upon a colour RRGGBB."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > _BRIGHT else "#FFFFFF"
