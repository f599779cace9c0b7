"""The synthetic cohort: candidates who don't exist, whose counts are those published."""

from rncp_analytics.synthesis.careers import career_assumptions, synthesise_careers
from rncp_analytics.synthesis.cohort import synthesise
from rncp_analytics.synthesis.example import national_counts, open_cohort
from rncp_analytics.synthesis.exports import sample, write_exports
from rncp_analytics.synthesis.values import Assumption, assumptions
from rncp_analytics.synthesis.writing import write_synthetic

__all__ = [
    "Assumption",
    "assumptions",
    "career_assumptions",
    "national_counts",
    "open_cohort",
    "sample",
    "synthesise",
    "synthesise_careers",
    "write_exports",
    "write_synthetic",
]
