"""Colours that everyone can tell from white and from each other, and a second cue beside each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.colors import to_rgb

from rncp_analytics.certification.diplomas import OPTION_A, OPTION_B, diploma
from rncp_analytics.display import theme

Colour = npt.NDArray[np.float64]

# Linear RGB as protanopes, deuteranopes and tritanopes see it, severity 1.0: Machado, Oliveira & Fernandes (2009),
# "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15(6), supplementary tables.
MACHADO = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_D65 = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> Colour:
    srgb = np.array(to_rgb(colour))
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lights = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(rgb: Colour) -> Colour:
    ratio = _XYZ @ rgb / _D65
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, matrix: object = None) -> float:
    """CIE76 colour difference, through somebody's eyes."""
    seen = np.eye(3) if matrix is None else np.array(matrix)
    return float(np.linalg.norm(lab(np.clip(seen @ linear(one), 0, 1)) - lab(np.clip(seen @ linear(other), 0, 1))))


def test_the_measures_themselves() -> None:
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("white", "#777777") == pytest.approx(4.48, abs=0.01)  # WCAG's own example of a failing grey
    assert distance("white", "black") == pytest.approx(100, abs=0.1)
    red, green = "#b00000", "#607000"
    assert distance(red, green, MACHADO["deuteranopia"]) < distance(red, green) / 2


@pytest.mark.parametrize("colour", ["INK", "SOFT", "ACCENT", "SECOND", "THIRD"])
def test_text_colours_reach_aa(colour: str) -> None:
    assert contrast(getattr(theme, colour), "white") >= 4.5


@pytest.mark.parametrize("colour", ["ACCENT", "SECOND", "THIRD", "LIGHT", "SOFT"])
def test_lines_and_bars_stand_out_from_white(colour: str) -> None:
    assert contrast(getattr(theme, colour), "white") >= 3


def test_the_two_parts_of_a_bar_stand_out_from_each_other() -> None:
    assert contrast(theme.ACCENT, theme.LIGHT) >= 3


@pytest.mark.parametrize("eyes", [None, *MACHADO])
def test_options_a_and_b_stay_apart_in_every_eye(eyes: str | None) -> None:
    """A difference of 25 is unmistakable side by side; a just noticeable one is about 2,3."""
    b, a = theme.DIPLOMAS[OPTION_B].colour, theme.DIPLOMAS[OPTION_A].colour
    assert distance(a, b, MACHADO[eyes] if eyes else None) > 25


def test_each_diploma_has_a_cue_beside_its_colour() -> None:
    shapes = {code: (style.marker, style.filled) for code, style in theme.DIPLOMAS.items()}
    assert len(set(shapes.values())) == len(shapes)
    lines = [style.line for style in theme.DIPLOMAS.values() if style.line]
    assert len(set(lines)) == len(lines)


def test_a_predecessor_wears_its_successors_colour_and_shape_hollow() -> None:
    for code, style in theme.DIPLOMAS.items():
        successor = diploma(code).successor
        assert style.filled == (successor is None)
        if successor:
            assert (style.colour, style.marker) == theme.DIPLOMAS[successor][:2]
