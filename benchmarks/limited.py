"""A step in a process of its own, that is stopped when it takes too long: HiGHS can't be interrupted from Python."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

LIMIT = 60.0
LATE = f"non terminé en {LIMIT:.0f} s"


def limited(step: Callable[..., Callable[[], Any]], *given: Any) -> tuple[float, Any] | None:
    """Seconds and result of ``step(*given)()``, without what its preparation takes; None past the limit."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(theirs, step, given))
    child.start()
    theirs.close()
    try:
        ours.recv()  # prepared
        return ours.recv() if ours.poll(LIMIT) else None
    finally:
        child.terminate()
        child.join()


def _run(pipe: Connection, step: Callable[..., Callable[[], Any]], given: tuple[Any, ...]) -> None:
    work = step(*given)
    pipe.send("prêt")
    start = time.perf_counter()
    made = work()
    pipe.send((time.perf_counter() - start, made))
