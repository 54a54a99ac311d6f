"""Random texts and formulas, measured here and by pdfLaTeX in documents of several fonts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from paperkit.tex.metrics import Font, measure
from paperkit.tex.symbols import LETTERS
from paperkit.tex.text import escape, markup
from tests.tex.test_metrics import LIBERTINE, LIBERTINE_PACKAGES, NEWTX_PACKAGES, assert_close, latex_sizes

pytestmark = pytest.mark.tex

LATIN_MODERN = r"\usepackage[T1]{fontenc}\usepackage{lmodern}"
DOCUMENTS = {
    "cm": (Font(size=9.0, amsmath=True), r"\usepackage{amsmath}"),
    "times": (Font(family="ptm", size=8.0), r"\usepackage{times}"),
    "times-t1": (Font(family="ptm", encoding="T1", size=10.0), r"\usepackage[T1]{fontenc}\usepackage{times}"),
    "palatino": (Font(family="ppl", size=9.0), r"\usepackage{palatino}"),
    "latin-modern": (Font(family="lmr", encoding="T1", size=8.0), LATIN_MODERN),
    "libertine": (Font(family=LIBERTINE, encoding="T1", size=7.0), LIBERTINE_PACKAGES),
    "newtx": (Font(family="ntxtlf", encoding="T1", size=9.0), NEWTX_PACKAGES),
}
# One run of TeX per example: each holds many texts, and what differs is named by the assertion itself.
FEW = settings(
    max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck], derandomize=True
)

# Single letters, all kinds of signs, and what stands over, beside and below them.
NAMES = """
alpha beta gamma delta epsilon lambda mu pi rho sigma phi omega Gamma Delta Sigma Omega pm times cdot leq geq approx sim
in subset cup cap rightarrow uparrow infty partial nabla ell sum prod int max log sin ldots cdots prime mid to equiv
propto langle rangle forall oplus
"""
ATOMS = (*"abcfgjxyzABCFLRTVWX0123456789+-=<>,;:!()[]|/", *(rf"\{name}" for name in NAMES.split()))
ACCENTS = ("hat", "bar", "tilde", "vec", "dot", "overline", "underline", "widehat", "sqrt")
# An accent with a script in braces is no group of its own for TeX, which would refuse another script: hence the `{}`.
FORMS = (
    "{0} {1}", "{0} {1} {2}", "{{{0}{{}}}}^{{{1}}}", "{3}_{{{0}}}", "{3}_{{{0}}}^{{{1}}}", r"\frac{{{0}}}{{{1}}}",
    r"\{4}{{{0}}}", r"\mathrm{{{5}}}", r"\mathbf{{{5}}}", r"\mathcal{{L}}", r"\left({0}\right)",
)  # fmt: skip


def random_formula(chance: Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.2:
        return str(chance.choice(ATOMS))
    inner = [random_formula(chance, depth - 1) for _ in range(3)]
    word = "".join(chance.choices("abdfgjklopqtvyABTVWXY0123456789", k=chance.randint(1, 5)))
    form: str = chance.choice(FORMS)
    return form.format(*inner, chance.choice(ATOMS), chance.choice(ACCENTS), word)


# Any printable ASCII, and the accented letters that OT1 can set.
TEXTS = st.text([*map(chr, range(0x20, 0x7F)), *sorted(LETTERS)], min_size=1, max_size=20)


@pytest.mark.parametrize("name", DOCUMENTS)
@given(texts=st.lists(TEXTS, min_size=150, max_size=150))
@FEW
def test_random_texts_are_as_wide_as_in_latex(
    name: str, texts: list[str], require_program: Callable[[str], str]
) -> None:
    font, packages = DOCUMENTS[name]
    cases = [(font, escape(text)) for text in texts]
    cases = [(font, tex) for font, tex in cases if not measure(tex, font).notes]
    assert len(cases) > 100
    with TemporaryDirectory() as folder:
        expected = latex_sizes(cases, packages, Path(folder), require_program("pdflatex"))
    assert_close(cases, expected, 0.02)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_random_formulas_are_as_large_as_in_latex(
    name: str, tmp_path: Path, require_program: Callable[[str], str]
) -> None:
    font, packages = DOCUMENTS[name]
    chance = Random(name)
    drawn = [(font, markup(f"${random_formula(chance, 3)}$")) for _ in range(210)]
    # amsmath has rules of its own for accents over accents; these are noted.
    cases = [(font, tex) for font, tex in drawn if not measure(tex, font).notes]
    assert len(cases) >= 200
    assert_close(cases, latex_sizes(cases, packages, tmp_path, require_program("pdflatex")), 0.2)
