"""Every text of every theme reads on what is behind it, and the safe theme's signals stay apart without a kind of cone."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from redis_tui.contrast import AA, contrast, legible, mix
from redis_tui.paths import packaged_themes_dir
from redis_tui.theme import Theme, read_shelf

THEMES = read_shelf([packaged_themes_dir()]).themes
GROUNDS = ("background", "surface", "panel", "cursor_line")
"""What text stands on: panes, the focused editor, bars and menus, the cursor's line."""
INKS = ("text", "dim", "faint", "focus", "accent", "danger", "warning", "success")
"""What text is written in by the style sheet and by markup; `Theme.styles` are the others."""
FILLED = ("focus", "danger", "text", "accent")
"""What is behind the name in the title bar, the kill button, a cursor; the text there is the background's colour."""

every_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


def test_the_grey_that_just_misses_aa_on_white() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_colour_that_reads_is_left_alone() -> None:
    assert legible("#ffff00", "#000000", "#ffffff") == "#ffff00"


@pytest.mark.parametrize(("ground", "text"), [("#202040", "#ffffff"), ("#e0e0ff", "#000000")])
def test_a_faint_colour_moves_to_the_text_on_dark_and_on_light(ground: str, text: str) -> None:
    found = legible(mix(ground, text, 0.2), ground, text)
    assert AA <= contrast(found, ground) < AA + 1


def test_where_nothing_reads_the_text_itself_is_taken() -> None:
    assert legible("#808080", "#7f7f7f", "#858585") == "#858585"


@every_theme
def test_every_ink_reads_on_every_ground(theme: Theme) -> None:
    pale = {
        f"{ink} on {ground}": round(ratio, 2)
        for ink in INKS
        for ground in GROUNDS
        if (ratio := contrast(theme.colors[ink], theme.colors[ground])) < AA
    }
    assert pale == {}


@every_theme
def test_every_style_of_syntax_replies_and_differences_reads_on_every_ground(theme: Theme) -> None:
    pale = {
        f"{name} on {ground}": round(ratio, 2)
        for name, style in theme.styles.items()
        for ground in GROUNDS
        if (ratio := contrast(style.color or theme.colors["text"], theme.colors[ground])) < AA
    }
    assert pale == {}


@every_theme
def test_every_style_reads_on_a_selected_row(theme: Theme) -> None:
    pale = [
        name
        for name in theme.styles
        if contrast(str(theme.style_on(name, "selection").color), theme.colors["selection"]) < AA
    ]
    assert pale == []


@every_theme
def test_text_on_a_filled_ground_reads(theme: Theme) -> None:
    pale = [ink for ink in FILLED if contrast(theme.colors["background"], theme.colors[ink]) < AA]
    assert pale == []


@every_theme
def test_the_selected_row_and_the_frame_in_focus_are_seen(theme: Theme) -> None:
    colors = theme.colors
    assert contrast(colors["selection"], colors["background"]) >= 1.3
    assert contrast(colors["focus"], colors["background"]) >= 3  # WCAG 1.4.11, parts of an interface


# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(color: str) -> list[float]:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(rgb: list[float]) -> list[float]:
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        cube(max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True))) / whole)
        for row, whole in zip(rows, white, strict=True)
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def cube(part: float) -> float:
    return part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116


def seen(color: str, eye: str) -> list[float]:
    rgb = linear(color)
    return lab([min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in BLINDNESS[eye]])


@pytest.mark.parametrize("eye", BLINDNESS)
def test_the_safe_themes_signals_differ_to_every_eye(eye: str) -> None:
    colors = THEMES["color-blind"].colors
    alike = {
        f"{one} and {other}": round(far)
        for one, other in combinations(("danger", "warning", "success", "focus", "accent"), 2)
        if (
            far := sum((a - b) ** 2 for a, b in zip(seen(colors[one], eye), seen(colors[other], eye), strict=True))
            ** 0.5
        )
        < 20
    }
    assert alike == {}


def test_every_ground_that_the_workbench_draws_on_is_held_to_a_contrast() -> None:
    tui = packaged_themes_dir().parent / "redis_tui" / "tui"
    source = "".join(path.read_text(encoding="utf-8") for kind in ("py", "tcss") for path in tui.rglob(f"*.{kind}"))
    drawn_on = {name.replace("-", "_") for name in re.findall(r"(?: on |background: )\$rt-([a-z-]+)", source)}
    assert drawn_on >= {"background", "panel", "focus"}
    assert drawn_on <= {*GROUNDS, *FILLED, "selection", "border"}  # nothing is written on a border
