"""Run one notebook with parameters, in a kernel of the interpreter in use."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from rncp_analytics import errors
from rncp_analytics.display import french
from rncp_analytics.errors import DataNotFoundError, RncpError

Scalar = str | int | tuple[str, ...] | None

_SOCKET_FILES = os.name == "posix"
_OURS = frozenset(name for name, kind in vars(errors).items() if inspect.isclass(kind))


class NotebookError(RncpError):
    """A notebook that stopped; the cell's own French text, when it has one, comes through unchanged."""

    def __init__(self, where: str, *, kind: str, message: str) -> None:
        self.own_text = f"{message}\n  Notebook : {where}" if kind in _OURS else ""
        super().__init__(
            f"Le notebook s'est arrêté sur une erreur imprévue ({kind}) : {message.strip().rstrip('.')}",
            where=where,
            remedy="ouvrir ce notebook (rncp lab) et l'exécuter ; signaler l'erreur si les données sont en ordre",
        )

    def __str__(self) -> str:
        return self.own_text or super().__str__()


def execute(path: Path, *, parameters: Mapping[str, Scalar], report: bool = True) -> NotebookNode:
    """Run a notebook from its first cell to its last and return it with its outputs.

    The kernel starts in the current folder, with the current environment: it finds the same data as the
    caller. It is stopped whatever happens, Ctrl-C included. The file itself is left as it is.

    Parameters
    ----------
    path : Path
        The notebook; one of its cells carries the tag ``parameters``.
    parameters : mapping of str to str, int, tuple of str or None
        Values that replace those of the tagged cell.
    report : bool
        Set RNCP_REPORT=1 for the kernel: outputs then also carry what a report writes beside its page
        (SVG, CSV).

    Returns
    -------
    NotebookNode

    Raises
    ------
    DataNotFoundError
        The notebook is absent, unreadable, or has no cell tagged ``parameters``.
    NotebookError
        A cell failed, or the kernel died.
    """
    notebook = read_notebook(path)
    _inject(notebook, parameters, path)
    # A kernel that is stopped may still be removing its own socket files.
    with TemporaryDirectory(prefix="rncp-", ignore_cleanup_errors=True) as folder:
        # The user's own start-up files of IPython would make two machines disagree.
        environment = {**os.environ, "IPYTHONDIR": folder, **({"RNCP_REPORT": "1"} if report else {})}
        client = NotebookClient(
            notebook,
            timeout=None,
            record_timing=False,
            kernel_name="python3",
            kernel_manager_class=_ThisInterpreter,
            # In a folder of this run alone, so that two reports made at once don't answer for one another.
            config=Config({"AsyncKernelManager": {"ip": str(Path(folder) / "k")}} if _SOCKET_FILES else {}),
        )
        try:
            with asyncio.Runner(loop_factory=_Loop) as runner:
                runner.run(_run(client, environment))
        except CellExecutionError as error:
            where = f"{path.name}, cellule {_failed_cell(notebook)}"
            raise NotebookError(where, kind=error.ename, message=error.evalue) from None
        except DeadKernelError as error:
            message = "le calcul a été arrêté par le système (mémoire insuffisante ?)"
            raise NotebookError(path.name, kind="DeadKernelError", message=message) from error
    return notebook


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook file.

    Raises
    ------
    DataNotFoundError
        The file is absent or isn't a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise DataNotFoundError(
            "Un notebook du rapport manque ou n'est pas lisible",
            where=str(path),
            expected="un notebook Jupyter (.ipynb) livré avec le paquet",
            remedy="le rétablir : réinstaller le paquet, ou reprendre le dépôt",
        ) from error


async def _run(client: NotebookClient, environment: Mapping[str, str]) -> None:
    try:
        await client.async_execute(env=dict(environment))
    except DeadKernelError:
        # nbclient takes our own cancellation (Ctrl-C) for the death of its kernel.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from None
        raise
    finally:
        # nbclient stops its kernel once cells run; an interruption while it starts is left to us.
        if client.km is not None and client.km.has_kernel:
            await client.km.shutdown_kernel(now=True)  # type: ignore[misc]


def _inject(notebook: NotebookNode, parameters: Mapping[str, Scalar], path: Path) -> None:
    tagged = [i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ())]
    if len(tagged) != 1:
        raise DataNotFoundError(
            f"Ce notebook a {french.plural(len(tagged), 'cellule marquée', 'cellules marquées')} « parameters »",
            where=path.name,
            expected="une seule cellule marquée « parameters », avec les valeurs par défaut",
            remedy="ajouter ce marqueur à la cellule des paramètres (panneau de droite de JupyterLab)",
        )
    source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    cell = nbformat.v4.new_code_cell(source, id="injected-parameters", metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(tagged[0] + 1, cell)


def _failed_cell(notebook: NotebookNode) -> int:
    """Number of the failed cell as a reader of the file counts it: from 1, without the injected one."""
    shown = [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", ())]
    for number, cell in enumerate(shown, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", ())):
            return number
    return 0


class _Specs(KernelSpecManager):
    """Only one kernel: this interpreter, whether or not a kernel specification is installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [
            sys.executable,
            "-Xfrozen_modules=off",
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ]
        return KernelSpec(argv=command, display_name="Python", language="python", name=kernel_name)


class _ThisInterpreter(AsyncKernelManager):
    def __init__(self, **options: Any) -> None:
        # A socket file that only this user can open, where the system has such files.
        transport = {"transport": "ipc"} if _SOCKET_FILES else {}
        super().__init__(kernel_spec_manager=_Specs(), **transport, **options)


class _Loop(asyncio.SelectorEventLoop):
    """A loop that leaves Ctrl-C to asyncio.Runner.

    nbclient would take the signal for itself, stop the kernel and let the caller go on waiting; the
    runner cancels the task instead, which stops the kernel, and raises KeyboardInterrupt.
    """

    def add_signal_handler(self, *_: Any) -> None:  # type: ignore[override]
        raise NotImplementedError  # how asyncio says that a loop takes no signals: nbclient then leaves them
