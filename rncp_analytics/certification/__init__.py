"""The diploma as data: fiches, diplomas of the family, nomenclatures; standard library only.

The module can be called: ``rncp.certification("RNCP32259")`` is ``catalogue.certification``. Importing a
submodule makes Python set ``rncp_analytics.certification`` to this module, so a function of that name in
the package's root would work only until then.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rncp_analytics.certification.model import Certification


class _Callable(ModuleType):
    def __call__(self, code: str) -> Certification:
        from rncp_analytics.certification.catalogue import certification

        return certification(code)


sys.modules[__name__].__class__ = _Callable
