"""Nothing leaves without passing the door."""

from __future__ import annotations

import copy
import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.errors import CountsError, InputError, PublicationError
from rncp_analytics.measures.comparison import gap_to_rest
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.histories import acquired_by_refused
from rncp_analytics.measures.paired import mode_gap
from rncp_analytics.measures.profiles import profiles
from rncp_analytics.measures.rates import rates, rates_with_total
from rncp_analytics.measures.secrecy import Publishable, official, require_publishable, suppress
from tests.conftest import example_counts, make_counts
from tests.unit.measures.protection.enumeration import Enumeration


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
    thresholds = {"insee_entreprises_3": 3, "dgfip_11": 11, "inserjeunes_20": 20, "ival_pro_10": 10}
    assert {p.name: p.threshold for p in profiles() if p.threshold} == thresholds
    assert {p.name for p in profiles() if p.rule is None} == {"usage_interne", "synthetique"}
    assert {p.name for p in profiles() if p.uncertain} == {"inserjeunes_20", "ival_pro_10"}
    assert all(p.source and p.label and p.date for p in profiles())


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


def test_a_number_is_hidden_and_the_figures_that_print_it() -> None:
    frame = pd.DataFrame({"sex": ["F", "M"], "registered": [65, 80], "present": [40, 60], "passed": [20, 30]})
    made = rates(make_counts(frame.assign(present=[60, 60]), "sex", origin="candidates"), by=["sex"],
                 statistic=["pass_rate", "presence_rate"])  # fmt: skip
    shown = suppress(made, profile="dgfip_11")  # 65 − 60 = 5 girls absent: their inscrites are hidden
    letters = shown.frame.set_index(["sex", "statistic"])["secrecy"].to_dict()
    assert letters == {("F", "presence_rate"): "A", ("F", "pass_rate"): "V", ("M", "pass_rate"): "V",
                       ("M", "presence_rate"): "V"}  # fmt: skip
    assert shown.frame["value"].isna().sum() == 1
    assert shown.caveats[-1].endswith(": 1 case masquée.")
    assert not suppress(candidates(), profile="dgfip_11").caveats


@pytest.mark.parametrize(("girls", "hidden"), [(20, False), (35, True)], ids=["nobody small", "five refused girls"])
def test_a_total_stays_true_beside_a_hidden_group_and_the_other_that_protects_it(girls: int, hidden: bool) -> None:
    counts = make_counts(pd.DataFrame({"sex": ["F", "M"], "present": [40, 60], "passed": [girls, 45]}), "sex",
                         origin="candidates")  # fmt: skip
    for total in ("total", "ensemble"):
        made = rates_with_total(counts, by=["sex"], total_of="sex", total=total)
        shown = suppress(made, profile="dgfip_11")
        assert shown.frame["secrecy"].tolist() == (["A", "D", "V"] if hidden else ["V", "V", "V"])
        assert shown.frame["numerator"].tolist()[2] == girls + 45
        assert any("2 cases masquées." in c for c in shown.caveats) == hidden
    rest = suppress(gap_to_rest(counts, dimension="sex", by=[]), profile="dgfip_11").frame
    assert rest["secrecy"].tolist() == (["A", "D"] if hidden else ["V", "V"])
    assert bool(rest[["value", "reference_numerator"]].isna().all(axis=None)) == hidden


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


def own_profile(folder: Path, **changed: object) -> str:
    fields = {"name": "academie_5", "label": "Règle de l'académie", "source": "note", "date": "2026", "threshold": 5}
    lines = [f"{k} = {json.dumps(v)}" for k, v in {**fields, **changed}.items() if v is not None]
    path = folder / "profil.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    made = candidates(passed=[35, 30])
    assert suppress(made, profile=own_profile(tmp_path)).frame["secrecy"].tolist() == [
        "V",
        "V",
    ]  # 5 refused: not under 5
    hidden = suppress(made, profile=own_profile(tmp_path, threshold=6))
    assert (hidden.profile, hidden.frame["secrecy"].tolist()) == ("academie_5", ["A", "V"])


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"source": None}, "« source »"), ({"date": None}, "« date »"), ({"threshold": None}, "threshold"),
     ({"name": "dgfip_11"}, "nom"), ({"seuil": 3}, "« seuil »")],
)  # fmt: skip
def test_a_profile_without_what_makes_it_one_is_refused(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=r"profil\.toml") as caught:
        suppress(candidates(), profile=own_profile(tmp_path, **changed))
    assert told in str(caught.value)
    with pytest.raises(InputError, match="pas lisible"):
        suppress(candidates(), profile=str(tmp_path / "absent.toml"))


def test_what_a_profile_judges(tmp_path: Path) -> None:
    """35 of 40 girls passed, all of 60 boys: five refused; a rate of 100 %."""
    made = candidates(passed=[35, 60])
    letters = {name: suppress(made, profile=name).frame["secrecy"].tolist() for name in ("dgfip_11", "ival_pro_10")}
    assert letters == {"dgfip_11": ["A", "V"], "ival_pro_10": ["V", "V"]}
    unanimous = own_profile(tmp_path, hides_unanimous=True)
    assert suppress(made, profile=unanimous).frame["secrecy"].tolist() == ["V", "A"]
    assert suppress(candidates(passed=[0, 30]), profile=unanimous).frame["secrecy"].tolist() == ["A", "V"]


def school_tables() -> list[Estimates]:
    """Présents of two schools by sex, and of each school: the same candidates in two tables."""
    frame = pd.DataFrame({"school": [*"xxyyzz"], "sex": [*"FM" * 3], "present": [30, 44, 52, 61, 70, 45],
                          "passed": [15, 37, 26, 30, 40, 22]})  # fmt: skip
    counts = make_counts(frame, "school", "sex", origin="candidates")
    return [rates(counts, by=["school", "sex"]), rates(counts, by=["school"]), rates(counts, by=["sex"])]


def test_tables_that_share_candidates_are_protected_together() -> None:
    """Seven refused boys in x. Alone, the first table hides them only, and the others give them back: 22 − 15."""
    tables = school_tables()
    cells = (
        tables[0]
        .frame[["school", "sex"]]
        .assign(quantity="refused", value=tables[0].frame["denominator"] - tables[0].frame["numerator"])
    )
    numbers = Enumeration(cells, {})
    asked = numbers.weights("refused", {"school": "x", "sex": "M"})[None]

    def possible(shown: list[Publishable]) -> np.ndarray:
        """The refused boys of x in every table that agrees with what is shown."""
        rows = [dict(zip(t.by, key, strict=True)) for t in shown
                for *key, letter in t.frame[[*t.by, "secrecy"]].to_numpy().tolist() if letter == "V"]  # fmt: skip
        weights = np.array([numbers.weights("refused", row) for row in rows])
        return numbers.possible(weights, asked, most=50)

    assert set(possible([suppress(table, profile="dgfip_11") for table in tables]).ravel()) == {7}
    together = possible(suppress(tables, profile="dgfip_11"))
    assert together.max() >= 11 and together.max() - together.min() >= 11


def test_tables_of_other_candidates_are_refused_together() -> None:
    one = candidates()
    other = dataclasses.replace(one, scope=dataclasses.replace(one.scope, stage="first_group"))
    with pytest.raises(PublicationError, match="mêmes candidats"):
        suppress([one, other], profile="dgfip_11")


def test_margins_that_do_not_add_up_are_refused_by_name() -> None:
    counts = make_counts(pd.DataFrame({"sex": ["F", "M"], "present": [40, 60], "passed": [20, 30]}), "sex",
                         origin="candidates")  # fmt: skip
    made = rates_with_total(counts, by=["sex"], total_of="sex")
    made.frame.loc[2, "denominator"] = 101
    with pytest.raises(CountsError, match="ne s'additionnent pas") as caught:
        suppress(made, profile="dgfip_11")
    assert "sexe F : 40" in str(caught.value)
