"""rncp_analytics: outcomes of the examination cohorts of RNCP32259, compared with official results.

The public names, each loaded when first used so that ``import rncp_analytics`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "diploma": "certification.diplomas",
    "OPTION_A": "certification.diplomas",
    "OPTION_B": "certification.diplomas",
    "ACCUEIL": "certification.diplomas",
    "VENTE": "certification.diplomas",
    "COMMERCE": "certification.diplomas",
    "regulation": "certification.regulation",
    "Cohort": "cohort.model",
    "load_cohort": "cohort.cohort_store",
    "read_export": "cohort.export",
    "guess_profile": "cohort.profile",
    "synthesise": "synthesis",
    "deliberate": "cohort.deliberation",
    "bounds": "cohort.deliberation",
    "reconcile_with_jury": "cohort.deliberation",
    "Counts": "counts.model",
    "read_depp": "counts.depp",
    "official_results": "counts.official",
    "import_results": "counts.official",
    "by_regime": "counts.regimes",
    "tally": "counts.tally",
    "unit_marks": "measures.marks",
    "mark_classes": "measures.marks",
    "acquired_rate": "measures.marks",
    "refusal_reasons": "measures.marks",
    "pivot_shares": "measures.marks",
    "mode_gap": "measures.paired",
    "suppress": "measures.secrecy",
    "profiles": "measures.secrecy",
    "unit_table": "display.unit_tables",
    "reason_table": "display.unit_tables",
    "mark_chart": "display.unit_charts",
    "mode_chart": "display.unit_charts",
    "rates": "measures.rates",
    "rates_with_total": "measures.rates",
    "MENTION_RATES": "measures.rates",
    "flow": "measures.rates",
    "rate_gap": "measures.comparison",
    "gap_to_rest": "measures.comparison",
    "session_change": "measures.comparison",
    "headcount_change": "measures.comparison",
    "gap_to_published": "measures.reference",
    "official": "measures.secrecy",
    "first_screen": "display.first_screen",
    "session_overview": "display.overview",
    "academie_overview": "display.academie_overview",
    "flow_chart": "display.charts",
    "rate_chart": "display.charts",
    "gap_chart": "display.charts",
    "session_chart": "display.session_chart",
    "flow_table": "display.tables",
    "rate_table": "display.tables",
    "gap_table": "display.gap_tables",
    "academie_chart": "display.charts",
    "academie_table": "display.gap_tables",
    "change_table": "display.gap_tables",
    "growth_table": "display.gap_tables",
    "identity_table": "display.fiche_tables",
    "blocks_table": "display.fiche_tables",
    "skills": "display.fiche_tables",
    "routes_table": "display.fiche_tables",
    "lineage_table": "display.fiche_tables",
    "crosswalk_table": "display.fiche_tables",
    "mention_table": "display.tables",
    "regime_table": "display.tables",
    "report": "reports.report",
}

__all__ = sorted([*_PUBLIC, "certification"])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name == "certification":  # the subpackage itself, which can be called
        return importlib.import_module(f"{__name__}.certification")
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return __all__
