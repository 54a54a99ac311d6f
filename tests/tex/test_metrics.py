"""The measured sizes against LaTeX's own: one run of pdfLaTeX, `\\settowidth` and its sisters."""

from __future__ import annotations

import os
import runpy
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paperkit.tables.printing import PLUS_MINUS
from paperkit.tex.fonts import read_data
from paperkit.tex.metrics import Extent, Font, measure
from paperkit.tex.text import Tex, escape, markup, number

pytestmark = pytest.mark.tex

Case = tuple[Font, Tex]

WORDS = (
    "Last layer",
    "(CLS+AP, linear)",
    "Balanced accuracy [%]",
    "AVAST Wave Type",
    "office affluent difficult fjord",
    "R&D_50% #1 ~x^2 {a} <b> |c| a\\b",
    "Yes! No? A. B. so: on; e.g. it, etc.) x",
    "0123456789",
    "71.30",
    "CIFAR-100",
    "''quotes'' `x' \"y\"",
    "--- -- - a--b",
    "?` !` ¿ ¡",
    "LaTeX To Va Yo P. F, r, w.",
    "ViT-B-32 — DINOv2 – MAE",
    "α = 0.5 ± 0.1, ≤ 10 µm, 5 × 3 → 4°",
    "x² + y₁ = 10⁻³",
    "“curly” ‘single’ it’s…",
    "ff fi fl ffi ffl",
    "Müller naïve café señor",
    "Łódź łza",
    "Škoda Čapek",
    "façade Ç",
    "Erdős",
    "straße œuvre Ærø",
    "Ångström å",
    "Șț Ţ",
    "ÉÏ İ ı ĵ",
    "€5 £6 ©®",
    " lead  and trail ",
    "H. ALICE B. Q: I!",
    "$5 & $6",
    "½ ½ ⅜",
    "✓ ✗ ★ ● ① ❿",
    "3 ‰ of x‰",
    "x̄ = q̇ p̂ B̃ y̌",
    "j̄ x̊ t̆ 7̀ i̊ i̋ ẽ ỹ ẃ ẍ ǽ",
    "ḍ Ḥ ṣ ẓ ị p̣ ẖ q̱ ṣ̄ ḡ",
    "β̂ σ̄ μ̃ ά θ̇",
    "≢ ≰ ⊄ ≉ ⪯ ⌊x⌋ ⊔ ⇀ ♯",
    "x₊ yⁿ zᵢ",
    "[*]",
)
AMS_FORMULAS = (
    r"$\mathbb{R}^d$",
    r"$x \in \mathbb{N}$",
    r"$\operatorname{softmax}(x)$",
    r"$x_{\text{train}}$",
    r"$\text{F1}$",
    r"$\tfrac{1}{2}$",
    r"$\dfrac{a}{b}$",
    r"$\binom{n}{k}$",
    r"$\Bigl[x\Bigr]$",
    r"$\biggl(x\biggr)$",
    r"$\Bigg|x\Bigg|$",
)
NUMBERS = ("-3.5", "81.0", "1e-05", "−12.25", "+0.1", "100%", "1,234.5")
FORMULAS = (
    r"$x$",
    r"$R^2$",
    r"$x_i$",
    r"$x_i^2$",
    r"$\alpha$",
    r"$\beta_1 = 0.9$",
    r"$\Delta$ accuracy",
    r"$\log_{10}(x)$",
    r"$10^{-3}$",
    r"$\times 10^{3}$",
    r"$p < 0.05$",
    r"$a+b-c$",
    r"$-1$",
    r"$=-1$",
    r"$\pm 0.3$",
    r"$3\pm 0.3$",
    r"$\frac{1}{2}$",
    r"$\frac{a+b}{c_i}$",
    r"$\sqrt{x}$",
    r"$\sqrt{x^2+y^2}$",
    r"$\sqrt[3]{n}$",
    r"$\sum_{i=1}^{n} x_i$",
    r"$\int_0^1 f(x)\,dx$",
    r"$\prod_k p_k$",
    r"$\max_{x} f(x)$",
    r"$\lim_{n\to\infty} a_n$",
    r"$\hat{y}$",
    r"$\bar{x}_i$",
    r"$\tilde{z}^2$",
    r"$\vec{v}$",
    r"$\widehat{abc}$",
    r"$\mathrm{Acc}_{\mathrm{top1}}$",
    r"$\mathbf{W}x+\mathbf{b}$",
    r"$\mathcal{L}_{\mathrm{CE}}$",
    r"$\mathsf{Bal}$",
    r"$\mathtt{lr}$",
    r"$\overline{x}$",
    r"$\underline{x}$",
    r"$\left(\frac{a}{b}\right)^2$",
    r"$\left[\sum x\right]$",
    r"$f'(x)$",
    r"$f''$",
    r"$|x|$",
    r"$\|x\|_2$",
    r"$\langle x, y\rangle$",
    r"$\{a, b\}$",
    r"$a \neq b$",
    r"$a \leq b \geq c$",
    r"$A \cup B \cap C$",
    r"$x \in \mathrm{R}$",
    r"$\partial L / \partial w$",
    r"$\nabla f$",
    r"$\infty$",
    r"$\ell_2$",
    r"$\hbar$",
    r"$\surd$",
    r"$\rightarrow$",
    r"$a \mapsto b$",
    r"$a,b,\ldots,c$",
    r"$a+\cdots+z$",
    r"$x^{y^z}$",
    r"$x_{i_j}$",
    r"${}^{14}$C",
    r"$\big(x\big)$",
    r"$\Big[x\Big]$",
    r"$\displaystyle\sum_{i}^{n} x$",
    r"$\displaystyle\frac{a}{b}$",
    r"$\sin\theta$",
    r"$a\;b\:c\,d\!e\quad f$",
    r"$\mathrm{AVA}$",
    r"$VAT$",
    r"$f_f^f$",
    r"$\Gamma(n)$",
    r"$O(n\log n)$",
    r"$x_{\max}$",
    r"$\overline{AB}^2$",
    r"$\hat{\theta}_{t-1}^{*}$",
    r"$\frac{\partial^2 f}{\partial x^2}$",
    r"$\sqrt{\frac{1}{n}\sum_i(x_i-\bar x)^2}$",
    r"$\left\{\frac{a}{\frac{b}{c}}\right\}$",
    r"$e^{-\frac{x^2}{2\sigma^2}}$",
    r"$\bigl(x\bigr)$",
    r"$a_{-1}$",
    r"$\mathrm{d}x$",
    r"$\mathbf{x}^\top \mathbf{W}$",
    r"$\alpha\beta\Gamma$",
    r"$_a^b$",
    r"$\mathrm{ViT\mbox{-}B}$",
    r"$\rho = -0.83$",
    r"$\sim 10^5$",
    r"$\approx 3\times$",
    r"$\left|\frac{x}{2}\right|$",
    r"$\mathrm{VAE}^\dagger$",
    r"$\log p_\theta(x \mid z)$",
    r"$\arg\max_\theta \mathcal{L}$",
    r"$\lambda_{\mathrm{max}}$",
    r"$\limsup_n a_n$",
    r"$\uparrow$",
    r"$x \notin X$",
    r"$a \cong b$",
    r"$a \doteq b$",
    r"$a \longleftarrow b$",
    r"$\Uparrow$",
    r"$\underline{\mathrm{y}}_2$",
    r"$\sqrt{\sqrt{\sqrt{x_2}}}$",
    r"$\displaystyle\lim_{x\to 0} x$",
    r"$\tilde{A}B$",
    r"$\widetilde{xyz}^2$",
    r"$\iff$",
    r"$a \longrightarrow b$",
    r"$\left\lfloor\frac{x}{2}\right\rfloor$",
    r"$x\ y~z$",
    r"$\scriptstyle x+y$",
    r"$\mathcal{O}(n^2)$",
    r"$\dot{x} = \ddot{y}$",
    r"$\mbox{text}_x$",
    r"$50\%$",
    r"$a:b$",
    r"$x!$",
    r"$(x^2)$",
    r"$\left.\frac{x}{y}\right|_0$",
    r"$\star$",
)
# What lines up the numbers of a table.
PADDED = (
    r"\phantom{0}9.1",
    r"\phantom{$-$00}$+$1.5",
    r"9.1\pkpm{\phantom{0}0.2}",
    r"1.0\phantom{\pkpm{00.2}}",
    r"\phantom{\ {[}$-$0.00,\ 0.00{]}}",
    r"\phantom{A.} b\phantom{(}",
    r"1.5${}\times10^{-5\phantom{0}}$",
    r"2\phantom{.0}${}\times10^{10\phantom{-}}$",
    r"\phantom{.0${}\times10^{-00}$}",
    r"0.5$^{***}$",
    r"0.5$^{*\phantom{**}}$\phantom{)}",
    r"\phantom{$^{***}$}",
    r"7\textsuperscript{a}\phantom{\textsuperscript{b}}",
    r"\textsuperscript{+\phantom{+}}",
    r"1,234,567\phantom{\%}",
)
CM_SIZES = (5.0, 6.0, 7.0, 7.5, 8.0, 8.33, 9.0, 10.0, 10.95, 11.0, 12.0, 14.4)
TEXT_FONTS = (
    *(Font(family=family, size=size) for family in ("cmr", "cmss", "cmtt") for size in CM_SIZES),
    *(Font(family="cmr", size=size, series=series) for series in ("b", "bx") for size in CM_SIZES),
    *(
        Font(family=family, encoding=encoding, size=size, series=series)
        for family in ("ptm", "phv", "pcr", "ppl")
        for encoding in ("OT1", "T1")
        for size in (7.0, 8.33, 10.0)
        for series in ("m", "b")
    ),
    *(
        Font(family="cmr", encoding="T1", size=size, series=series)
        for size in (7.0, 9.0, 10.0)
        for series in ("m", "b", "bx")
    ),
    Font(family="cmss", encoding="T1", size=9.0),
    Font(family="cmss", encoding="T1", size=9.0, series="bx"),
    Font(family="cmtt", encoding="T1", size=8.0),
)
LM_FONTS = tuple(
    Font(family=family, encoding="T1", size=size, series=series)
    for family in ("lmr", "lmss", "lmtt")
    for size in (6.0, 8.33, 9.0, 10.0, 12.0)
    for series in ("m", "b", "bx")
)  # fmt: skip
LM_OT1_FONTS = tuple(
    font
    for size in (7.0, 8.33, 9.0)
    for font in (
        *(Font(family=family, size=size) for family in ("lmr", "lmss", "lmtt")),
        *(Font(family=family, size=size, series="bx") for family in ("lmr", "lmss")),
    )
)
LIBERTINE = "LinuxLibertineT-TLF"
LIBERTINE_FONTS = tuple(
    replace(font, family=family, encoding=encoding)
    for family in (LIBERTINE, "LinuxBiolinumT-TLF")
    for encoding in ("OT1", "T1")
    for font in (Font(size=7.0), Font(size=9.0), Font(size=8.0, series="b"))
)
NEWTX_FONTS = tuple(
    replace(font, family="ntxtlf", encoding=encoding)
    for encoding in ("OT1", "T1")
    for font in (Font(size=7.0), Font(size=9.0), Font(size=8.0, series="b"))
)
NEWTX_SIZES = (7.0, 8.0, 9.0, 10.0)
# As acmart loads them, and as newtx's manual says.
LIBERTINE_PACKAGES = r"\usepackage[T1,OT1]{fontenc}\usepackage{amssymb,libertine}\usepackage[libertine]{newtxmath}"
NEWTX_PACKAGES = r"\usepackage[T1,OT1]{fontenc}\usepackage{amssymb,newtxtext,newtxmath}"
MATHS_FONTS = tuple(Font(size=size) for size in (7.0, 8.0, 9.0, 10.0, 10.95, 12.0))
TIMES_MATHS = (Font(family="ptm", size=9.0), Font(family="ptm", size=8.33))


# Not among the formulas: Latin Modern's maths italic is not shipped.
ITALIC = r"$\mathit{office}$"


def text_cases(fonts: tuple[Font, ...]) -> list[Case]:
    texts = [*map(escape, WORDS), *map(number, NUMBERS)]
    return [(font, text) for font in fonts for text in texts]


def ams_cases(fonts: tuple[Font, ...]) -> list[Case]:
    # amssymb draws \hbar anew.
    texts = [*(text for text in FORMULAS if text != r"$\hbar$"), *AMS_FORMULAS]
    return [(replace(font, amsmath=True), markup(text)) for font in fonts for text in texts]


def newtx_cases(family: str) -> list[Case]:
    """Leave out the alphabets that are not shipped; a measured one says so."""
    fonts = [Font(family=family, encoding="T1", size=size) for size in NEWTX_SIZES]
    texts = map(markup, (*FORMULAS, *AMS_FORMULAS))
    return [(font, text) for text in texts for font in fonts if not measure(text, font).notes]


def known_cases(fonts: tuple[Font, ...]) -> list[Case]:
    r"""Leave out what newtx borrows from fonts that are not shipped, and sans serif backquotes."""
    cases = [(font, text) for font, text in text_cases(fonts) if not measure(text, font).notes]
    return [(font, text) for font, text in cases if "asciigrave" not in text or font.family == LIBERTINE]


def padded_cases(fonts: tuple[Font, ...]) -> list[Case]:
    return [(font, Tex(text)) for font in fonts for text in PADDED]


def maths_cases(fonts: tuple[Font, ...]) -> list[Case]:
    return [(font, markup(text)) for font in fonts for text in FORMULAS]


def document(cases: list[Case], packages: str) -> str:
    body = "\n".join(
        rf"\fontencoding{{{font.encoding}}}\fontfamily{{{font.family}}}\fontseries{{{font.series}}}\fontshape{{n}}"
        rf"\fontsize{{{font.size:g}}}{{12}}\selectfont\record{{{text}}}"
        for font, text in cases
    )
    return rf"""\documentclass{{article}}
{packages}
\newwrite\sizes
\immediate\openout\sizes=sizes.txt
\newlength\wide \newlength\high \newlength\deep
\newcommand\record[1]{{\settowidth\wide{{#1}}\settoheight\high{{#1}}\settodepth\deep{{#1}}%
\immediate\write\sizes{{\the\wide\space\the\high\space\the\deep}}}}
\begin{{document}}
{body}
\end{{document}}
"""


def latex_sizes(cases: list[Case], packages: str, folder: Path, program: str) -> list[tuple[float, float, float]]:
    (folder / "sizes.tex").write_text(document(cases, packages), encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "sizes.tex"]
    environment = {**os.environ, "max_print_line": "1000"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    rows = (folder / "sizes.txt").read_text().splitlines()
    found = [tuple(float(word.removesuffix("pt")) for word in row.split()) for row in rows]
    assert len(found) == len(cases)
    return [(width, height, depth) for width, height, depth in found]


def difference(extent: Extent, expected: tuple[float, float, float]) -> float:
    return max(abs(a - b) for a, b in zip((extent.width, extent.height, extent.depth), expected, strict=True))


def assert_close(cases: list[Case], expected: list[tuple[float, float, float]], tolerance: float) -> None:
    wrong = []
    for (font, text), sizes in zip(cases, expected, strict=True):
        extent = measure(text, font)
        if difference(extent, sizes) > tolerance:
            wrong.append(f"{font.encoding}/{font.family}/{font.series} {font.size}: {text}: {extent} is {sizes}")
    assert wrong == [], f"{len(wrong)} of {len(cases)} differ:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize(
    ("cases", "packages", "tolerance"),
    [
        pytest.param(text_cases(TEXT_FONTS), r"\usepackage[T1,OT1]{fontenc}", 0.02, id="text"),
        pytest.param(text_cases(LM_FONTS), r"\usepackage[T1]{fontenc}\usepackage{lmodern}", 0.02, id="latin-modern"),
        pytest.param([*maths_cases(MATHS_FONTS + TIMES_MATHS), (Font(), markup(ITALIC))], "", 0.2, id="maths"),
        pytest.param(ams_cases(MATHS_FONTS + TIMES_MATHS), r"\usepackage{amsmath,amssymb}", 0.2, id="amsmath"),
        pytest.param(text_cases(LM_OT1_FONTS), r"\usepackage{lmodern}", 0.02, id="latin-modern-ot1"),
        pytest.param(known_cases(LIBERTINE_FONTS), LIBERTINE_PACKAGES, 0.02, id="libertine"),
        pytest.param(newtx_cases(LIBERTINE), LIBERTINE_PACKAGES, 0.2, id="libertine-maths"),
        pytest.param(known_cases(NEWTX_FONTS), NEWTX_PACKAGES, 0.02, id="newtx"),
        pytest.param(newtx_cases("ntxtlf"), NEWTX_PACKAGES, 0.2, id="newtx-maths"),
        pytest.param(
            maths_cases((LM_FONTS[3], LM_FONTS[6])), r"\usepackage[T1]{fontenc}\usepackage{lmodern}", 0.2, id="lm-maths"
        ),
        pytest.param(
            padded_cases((*MATHS_FONTS, *TIMES_MATHS, Font(series="b"), Font(encoding="T1"))),
            rf"\usepackage[T1,OT1]{{fontenc}}\newcommand\{PLUS_MINUS[0]}{PLUS_MINUS[1]}",
            0.02,
            id="padding",
        ),
    ],
)
def test_sizes_equal_latex(
    cases: list[Case],
    packages: str,
    tolerance: float,
    tmp_path: Path,
    require_program: Callable[[str], str],
) -> None:
    expected = latex_sizes(cases, packages, tmp_path, require_program("pdflatex"))
    assert_close(cases, expected, tolerance)


def test_latin_modern_maths_italic_is_noted() -> None:
    extent = measure(markup(ITALIC), Font(family="lmr", encoding="T1"))
    assert extent.notes == ("no metrics for Latin Modern's \\mathit, measured as Computer Modern's",)


def test_few_formulas_lack_metrics_under_newtx() -> None:
    noted = [text for text in (*FORMULAS, *AMS_FORMULAS) if measure(markup(text), Font(family=LIBERTINE)).notes]
    assert noted == [r"$\mathtt{lr}$"]


def test_fonts_that_may_not_be_shipped_are_noted() -> None:
    extent = measure(markup("$x$ of x"), Font(family="txr"))
    assert extent.notes == (
        "no metrics for the font family 'txr' in OT1, measured as 'ptm'",
        "no metrics for the maths of 'txr', measured as Computer Modern's",
    )


@pytest.mark.parametrize("name", ["cmr10", "cmex10", "cmsy7", "ec-lmr10", "ptmr7t", "pcrb8t", "nxlmi7", "ntxexx"])
def test_shipped_metrics_are_the_installed_ones(name: str, require_program: Callable[[str], str]) -> None:
    program = [require_program("kpsewhich"), f"{name}.tfm"]
    found = Path(subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip())
    script = Path(__file__).parents[2] / "scripts" / "extract_metrics.py"
    read_tfm = runpy.run_path(str(script))["read_tfm"]
    assert read_data(name) == read_tfm(found.read_bytes())
