"""Environments of the benchmarks' own with the packages that lifetime value is compared with.

lifetimes 0.11.3 is the last release: it wants an old setuptools to be built and pandas, numpy, scipy and
autograd of its time to run. Neither it nor pymc-marketing is a dependency of Peakend. Where they cannot be
installed (no network), the benchmark says so and leaves that comparison out.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LIFETIMES = (
    ("setuptools<80", "wheel"),
    (
        "--no-build-isolation",
        "lifetimes==0.11.3",
        "pandas<2",
        "numpy<1.24",
        "scipy<1.11",
        "autograd<1.6",
        "pyarrow<15",
    ),
)
_PYMC = (("pymc-marketing", "pyarrow"),)

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}


def lifetimes_environment(folder: Path) -> str | None:
    """The Python of a new environment with lifetimes; None, with a word, where it cannot be had."""
    return _made(folder, "lifetimes", _LIFETIMES)


def pymc_environment(folder: Path) -> str | None:
    """The Python of a new environment with pymc-marketing; None, with a word, where it cannot be had."""
    return _made(folder, "pymc-marketing", _PYMC)


def _made(folder: Path, name: str, installs: tuple[tuple[str, ...], ...]) -> str | None:
    python = str(folder / "bin" / "python")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        for packages in installs:
            subprocess.run(
                [python, "-m", "pip", "install", "--quiet", *packages], check=True, capture_output=True
            )
    except (OSError, subprocess.CalledProcessError) as cause:
        print(f"{name} left out: it could not be installed ({cause})")
        return None
    return python
