"""Nothing leaves without passing the door."""

from __future__ import annotations

import copy
import dataclasses

import pandas as pd
import pytest

from rncp_analytics.errors import PublicationError
from rncp_analytics.measures.comparison import gap_to_rest
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.histories import acquired_by_refused
from rncp_analytics.measures.paired import mode_gap
from rncp_analytics.measures.rates import rates, rates_with_total
from rncp_analytics.measures.secrecy import Publishable, official, profiles, require_publishable, suppress
from tests.conftest import example_counts, make_counts


def test_official_figures_are_shown_as_they_are() -> None:
    made = rates(example_counts(), by=["option"])
    shown = official(made)
    pd.testing.assert_frame_equal(shown.frame, made.frame.assign(secrecy="V"))
    assert (shown.by, shown.scope, shown.origin, shown.profile) == (made.by, made.scope, "official", "official")
    assert set(made.frame["secrecy"]) == {""}, "the estimates themselves were changed"


def test_the_source_may_be_named_otherwise_and_keeps_its_digest() -> None:
    shown = official(rates(example_counts()), source="DEPP, note 23.14")
    assert str(shown.source) == "DEPP, note 23.14"
    assert shown.source.digest == "0" * 64
    assert repr(shown) == "Publishable(1 lignes, official ; DEPP, note 23.14)"


@pytest.mark.parametrize("origin", ["candidates", "synthetic"])
def test_figures_from_candidates_are_refused(origin: str) -> None:
    counts = make_counts(pd.DataFrame({"present": [12], "passed": [9]}), origin=origin)
    with pytest.raises(PublicationError, match="cohorte") as caught:
        official(rates(counts))
    assert "profil de secret" in caught.value.remedy


def test_a_publishable_cannot_be_made_from_outside() -> None:
    made = rates(example_counts())
    arguments = (made.frame, made.by, made.scope, made.origin, made.source, "official")
    for attempt in (lambda: Publishable(*arguments), lambda: Publishable(*arguments, (), object())):
        with pytest.raises(PublicationError, match="secret statistique"):
            attempt()


def test_nor_by_replacing_the_figures_of_one_that_was() -> None:
    shown = official(rates(example_counts()))
    with pytest.raises(PublicationError, match="secret statistique"):
        dataclasses.replace(shown, frame=pd.DataFrame({"value": [0.5]}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        shown.frame = pd.DataFrame()  # type: ignore[misc]


def test_changing_the_estimates_afterwards_changes_nothing_shown() -> None:
    made = rates(example_counts())
    shown = official(made)
    made.frame.loc[0, "value"] = 0.0
    assert shown.frame["value"].tolist() == [0.8]


def test_only_a_publishable_goes_through() -> None:
    shown = official(rates(example_counts()))
    require_publishable(shown)
    require_publishable(copy.copy(shown))
    for other in (rates(example_counts()), shown.frame, None, "texte"):
        with pytest.raises(PublicationError, match="secret statistique") as caught:
            require_publishable(other)
        assert type(other).__name__ in caught.value.where
        assert "rncp.official" in caught.value.remedy


def candidates(**columns: object) -> Estimates:
    """Pass rates by sex of a cohort."""
    frame = pd.DataFrame({"sex": ["F", "M"], "present": [40, 60], "passed": [20, 30], **columns})
    return rates(make_counts(frame, "sex", origin="candidates"), by=["sex"])


def test_without_a_profile_nothing_leaves_and_the_list_is_told() -> None:
    with pytest.raises(PublicationError, match="Aucun profil") as caught:
        suppress(candidates())
    assert all(profile.name in caught.value.expected for profile in profiles())
    with pytest.raises(PublicationError, match="dgfip_10") as caught:
        suppress(candidates(), profile="dgfip_10")
    assert "dgfip_11" in caught.value.remedy


def test_every_profile_has_its_source() -> None:
    assert {p.name: p.threshold for p in profiles()} == {"usage_interne": None, "dgfip_11": 11, "synthetique": None}
    assert all(p.source and p.label for p in profiles())


def test_published_figures_have_their_own_door() -> None:
    with pytest.raises(PublicationError, match="déjà publiés"):
        suppress(rates(example_counts()), profile="usage_interne")


@pytest.mark.parametrize("origin", ["candidates", "synthetic"])
def test_internal_use_hides_nothing(origin: str) -> None:
    made = rates(make_counts(pd.DataFrame({"present": [3], "passed": [1]}), origin=origin))
    shown = suppress(made, profile="usage_interne")
    pd.testing.assert_frame_equal(shown.frame, made.frame)
    assert (shown.profile, shown.origin) == ("usage_interne", origin)
    require_publishable(shown)


def test_the_profile_of_synthetic_cohorts_is_not_for_people() -> None:
    frame = pd.DataFrame({"present": [3], "passed": [1]})
    shown = suppress(rates(make_counts(frame, origin="synthetic")), profile="synthetique")
    assert shown.frame["numerator"].tolist() == [1]
    with pytest.raises(PublicationError, match="candidats réels"):
        suppress(rates(make_counts(frame, origin="candidates")), profile="synthetique")


@pytest.mark.parametrize(
    ("present", "passed", "hidden"),
    [(10, 0, True), (11, 0, False), (40, 10, True), (40, 11, False), (40, 30, True), (40, 29, False), (40, 40, False)],
)
def test_no_number_from_1_to_10_can_be_read(present: int, passed: int, hidden: bool) -> None:
    shown = suppress(candidates(present=[present, 60], passed=[passed, 30]), profile="dgfip_11").frame.set_index("sex")
    figures = ["value", "numerator", "denominator", "lower", "upper"]
    assert bool(shown.loc["F", figures].isna().all()) == hidden
    assert (shown.loc["F", "secrecy"], shown.loc["F", "reason"]) == (("A", "secret") if hidden else ("V", ""))
    assert (shown.loc["M", "secrecy"], shown.loc["M", "numerator"]) == ("V", 30)


def test_a_hidden_figure_takes_its_whole_group_with_it() -> None:
    frame = pd.DataFrame({"sex": ["F", "M"], "registered": [65, 80], "present": [40, 60], "passed": [20, 30]})
    made = rates(make_counts(frame.assign(present=[60, 60]), "sex", origin="candidates"), by=["sex"],
                 statistic=["pass_rate", "presence_rate"])  # fmt: skip
    shown = suppress(made, profile="dgfip_11")  # 65 − 60 = 5 girls absent
    assert shown.frame.set_index("sex")["secrecy"].to_dict() == {"F": "A", "M": "V"}
    assert shown.frame["value"].isna().sum() == 2
    assert "1 groupe(s)" in shown.caveats[-1]
    assert not suppress(candidates(), profile="dgfip_11").caveats


@pytest.mark.parametrize(("girls", "hidden"), [(20, False), (35, True)], ids=["nobody small", "five refused girls"])
def test_a_total_beside_a_hidden_group_hides_the_whole_table(girls: int, hidden: bool) -> None:
    counts = make_counts(pd.DataFrame({"sex": ["F", "M"], "present": [40, 60], "passed": [girls, 45]}), "sex",
                         origin="candidates")  # fmt: skip
    with_total = [rates_with_total(counts, by=["sex"], total_of="sex", total=t) for t in ("total", "ensemble")]
    for made in (*with_total, gap_to_rest(counts, dimension="sex", by=[])):
        shown = suppress(made, profile="dgfip_11")
        assert set(shown.frame["secrecy"]) == ({"D"} if hidden else {"V"})
        assert bool(shown.frame[["value", "numerator", "denominator"]].isna().all(axis=None)) == hidden
        assert any("totaux" in caveat for caveat in shown.caveats) == hidden
        assert (suppress(made, profile="usage_interne").frame["reason"] == "").all()


def test_parts_that_add_up_to_a_shown_number_are_hidden_together() -> None:
    """Sixty without the diploma by the last session of their mark: 40, 15 and 5."""
    frame = pd.DataFrame({"unit": "U2", "until": ["none", "2027", "2028"], "no_diploma": [40, 15, 5]})
    made = acquired_by_refused(make_counts(frame, "unit", "until", origin="candidates"), by=["unit"])
    assert "until" in made.by
    assert set(suppress(made, profile="dgfip_11").frame["reason"]) == {"secret"}


def test_points_are_not_candidates() -> None:
    modes = make_counts(pd.DataFrame({"paired": [12], "ccf_sum": [5000], "ponctuel_sum": [4000], "gap_sumsq": [10**6]}),
                        origin="candidates")  # fmt: skip
    assert suppress(mode_gap(modes), profile="dgfip_11").frame["secrecy"].tolist() == ["V"]
