"""Open JupyterLab on the first notebook."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from rncp_analytics.cohort.store import locate
from rncp_analytics.errors import RncpError

# JupyterLab's defaults for our readers: no English pop-up about news, no call outside a closed network.
_SETTINGS = Path(__file__).parent / "lab_settings"
_FIRST = "00-prise-en-main.ipynb"


def open_lab(tell: Callable[[str], None]) -> None:
    """Open JupyterLab on notebook 00 and wait until it is closed.

    Outside a copy of the project, the notebooks that the package carries are first copied to
    ./notebooks; a notebook already there is left as it is.

    Raises
    ------
    RncpError
        JupyterLab stopped on an error.
    """
    here = Path.cwd()
    carried = locate().notebooks
    notebooks = carried if carried.is_relative_to(here) else here / "notebooks"
    if notebooks != carried:
        notebooks.mkdir(exist_ok=True)
        for source in sorted(carried.glob("*.ipynb")):
            if not (notebooks / source.name).exists():
                shutil.copy(source, notebooks)
        tell(f"Notebooks copiés dans {notebooks}")
    tell("Ouverture de JupyterLab (Ctrl-C deux fois pour le fermer)")
    options = [f"--ServerApp.root_dir={here}", f"--LabApp.app_settings_dir={_SETTINGS}"]
    command = [sys.executable, "-m", "jupyterlab", *options, str(notebooks / _FIRST)]
    done = subprocess.run(command, cwd=here, check=False)
    if done.returncode:
        raise RncpError(
            f"JupyterLab s'est arrêté (code {done.returncode})",
            remedy="lire le message ci-dessus ; vérifier qu'aucun autre JupyterLab n'occupe le port",
        )
