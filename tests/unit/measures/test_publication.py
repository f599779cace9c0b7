"""Table after table, and year after year: what was shown before is part of what an attacker has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rncp_analytics.counts.model import Counts
from rncp_analytics.errors import CountsError, InputError, PublicationError
from rncp_analytics.measures.decision import SHOWN
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import profiles
from rncp_analytics.measures.protection import protect
from rncp_analytics.measures.rates import rates
from rncp_analytics.measures.secrecy import Publication, Publishable, suppress
from tests.conftest import make_counts
from tests.unit.measures.protection.enumeration import Enumeration

PRESENT = [30, 44, 52, 61, 70, 45]
PASSED = [15, 37, 26, 30, 40, 22]  # seven refused boys in x: 44 − 37


def schools(present: Sequence[int] = PRESENT, passed: Sequence[int] = PASSED) -> Counts:
    """Présents and admis of three schools by sex."""
    frame = pd.DataFrame({"school": [*"xxyyzz"], "sex": [*"FM" * 3], "present": present, "passed": passed})
    return make_counts(frame, "school", "sex", origin="candidates")


def tables() -> list[Estimates]:
    return [rates(schools(), by=by) for by in (["school", "sex"], ["school"], ["sex"], [])]


def seven(shown: Sequence[Publishable]) -> np.ndarray:
    """The refused boys of x in every table that agrees with the shown rows."""
    leaves = tables()[0].frame[["school", "sex"]].assign(
        quantity="refused", value=np.array(PRESENT) - np.array(PASSED)
    )  # fmt: skip
    numbers = Enumeration(leaves, {})
    rows = [dict(zip(t.by, key, strict=True)) for t in shown
            for *key, letter in t.frame[[*t.by, "secrecy"]].to_numpy().tolist() if letter == "V"]  # fmt: skip
    weights = np.array([numbers.weights("refused", row) for row in rows])
    return numbers.possible(weights, numbers.weights("refused", {"school": "x", "sex": "M"})[None], most=50).ravel()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 2, 0, 3)])
def test_one_after_the_other_is_as_safe_as_together(order: tuple[int, ...]) -> None:
    publication = Publication("dgfip_11")
    shown = [publication.suppress(tables()[i]) for i in order]
    values = seven(shown)
    assert values.max() >= 11 and values.max() - values.min() >= 11
    alone = [suppress(tables()[i], profile="dgfip_11") for i in order]
    assert set(seven(alone)) == {7}, "each table alone hides the seven, all together give them back"


def test_what_was_shown_stays_and_what_was_hidden_too() -> None:
    publication = Publication("dgfip_11")
    first = [publication.suppress(table) for table in tables()]
    again = [publication.suppress(table) for table in tables()]
    for one, other in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)


def write(publication: Publication, folder: Path) -> Path:
    path = folder / "secret.json"
    text = json.dumps({SHOWN: publication.record()}, ensure_ascii=False, allow_nan=False)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_earlier_publication_counts(tmp_path: Path) -> None:
    """Two publications of the same candidates: the second must not give back what the first one hides."""
    first = Publication("dgfip_11")
    before = [first.suppress(tables()[0]), first.suppress(tables()[1])]
    path = write(first, tmp_path)
    record = path.read_text(encoding="utf-8")
    assert "null" in record and '"passed", "present", 37]' not in record, "a hidden number in the record"
    second = Publication("dgfip_11", published=[path])
    after = [second.suppress(tables()[2]), second.suppress(tables()[3])]
    values = seven([*before, *after])
    assert values.max() >= 11 and values.max() - values.min() >= 11
    ignorant = [suppress(tables()[i], profile="dgfip_11") for i in (2, 3)]
    assert set(seven([*before, *ignorant])) == {7}
    assert len(second.record()[0]["tableaux"]) == 2  # type: ignore[arg-type]


def test_all_the_chapters_of_a_record_count(tmp_path: Path) -> None:
    """A report's record has one part per chapter: here the schools by sex, then the schools."""
    chapters = [Publication("dgfip_11"), Publication("dgfip_11")]
    before = [chapters[0].suppress(tables()[0]), chapters[1].suppress(tables()[1])]
    path = tmp_path / "secret.json"
    path.write_text(json.dumps({SHOWN: [part for one in chapters for part in one.record()]}), encoding="utf-8")
    second = Publication("dgfip_11", published=[path])
    again = [second.suppress(tables()[0]), second.suppress(tables()[1])]
    for one, other in zip(before, again, strict=True):
        assert not (other.frame["secrecy"].eq("V") & one.frame["secrecy"].ne("V")).any(), "shown again what was hidden"


def test_what_another_rule_gave_away_is_lost_and_the_rest_protected(tmp_path: Path) -> None:
    """The first publication, at 3, shows the seven; the second, at 11, can't hide them, and still makes its tables."""
    first = Publication("insee_entreprises_3")
    assert (first.suppress(tables()[0]).frame["secrecy"] == "V").all()
    shown = Publication("dgfip_11", published=[write(first, tmp_path)]).suppress(tables()[1])
    assert (shown.frame["secrecy"] == "V").all()


def test_other_candidates_are_not_contradicted_and_the_same_ones_are(tmp_path: Path) -> None:
    first = Publication("dgfip_11")
    first.suppress(tables()[1])
    path = write(first, tmp_path)
    changed = rates(schools(passed=[16, *PASSED[1:]]), by=["school"])
    with pytest.raises(CountsError, match="deux effectifs") as caught:
        Publication("dgfip_11", published=[path]).suppress(changed)
    assert "x" in caught.value.where or "school" in caught.value.where
    elsewhere = json.loads(path.read_text(encoding="utf-8"))
    elsewhere[SHOWN][0]["territoire"] = "une autre académie"
    path.write_text(json.dumps(elsewhere), encoding="utf-8")
    assert Publication("dgfip_11", published=[path]).suppress(changed).frame["secrecy"].eq("V").any()


def sessions(session: int, *, middle: int) -> Estimates:
    """Présents of four schools, three of them small in x; y or z may protect it."""
    frame = pd.DataFrame({"school": [*"xyz"], "session": session, "present": [3, middle, 40], "passed": [0, 0, 0]})
    counts = make_counts(frame, "school", "session", origin="candidates").where(session=session)
    total = rates(counts)
    made = rates(counts, by=["school"])
    return Estimates(
        pd.concat([made.frame, total.frame.assign(school="total")], ignore_index=True),
        ("school",), made.scope, made.origin, made.source, (), (("school", "total"),),
    )  # fmt: skip


def test_the_mask_of_last_session_changes_little(tmp_path: Path) -> None:
    """In 2024 z (40) is hidden with x, since y (300) costs more; in 2025 y (20) would cost less, but z was hidden."""
    first = Publication("dgfip_11")
    assert first.suppress(sessions(2024, middle=300)).frame["secrecy"].tolist() == ["A", "V", "D", "V"]
    assert suppress(sessions(2025, middle=20), profile="dgfip_11").frame["secrecy"].tolist() == ["A", "D", "V", "V"]
    next_one = Publication("dgfip_11", published=[write(first, tmp_path)])
    assert next_one.suppress(sessions(2025, middle=20)).frame["secrecy"].tolist() == ["A", "V", "D", "V"]


def test_what_must_be_published_is_or_the_cells_are_named() -> None:
    made = sessions(2025, middle=20)
    kept = suppress(made, profile="dgfip_11", keep=[{"school": "y"}])
    assert kept.frame["secrecy"].tolist() == ["A", "V", "D", "V"]
    with pytest.raises(PublicationError, match="Aucun masque") as caught:
        suppress(made, profile="dgfip_11", keep=[{"school": "y"}, {"school": "z"}, {"school": "total"}])
    assert "x" in caught.value.where and "regrouper" in caught.value.remedy


def test_beside_what_is_shown_a_table_that_nothing_protects_is_hidden_whole() -> None:
    """Two schools shown with their total: the sexes of the smaller one can't be, nor its only other number."""
    frame = pd.DataFrame({"school": [*"xxy"], "sex": [*"FMF"], "present": [3, 20, 40], "passed": [0, 0, 0]})
    counts = make_counts(frame, "school", "sex", origin="candidates")
    publication = Publication("dgfip_11")
    assert publication.suppress([rates(counts, by=["school"]), rates(counts)])[0].frame["secrecy"].eq("V").all()
    by_sex = publication.suppress(rates(counts, by=["sex"])).frame
    assert by_sex["secrecy"].tolist() == ["V", "V"], "43 girls, 20 boys"
    crossed = publication.suppress(rates(counts, by=["school", "sex"])).frame
    assert set(crossed["secrecy"]) <= {"A", "D"} and crossed["numerator"].isna().all()


@pytest.mark.parametrize("text", ["", "[]", '{"profil": "dgfip_11"}', '{"publié": [{"étape": "final"}]}'])
def test_a_record_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="constat") as caught:
        Publication("dgfip_11", published=[path])
    assert "secret.json" in caught.value.where


def test_nothing_is_kept_where_nothing_is_hidden() -> None:
    for name in (profile.name for profile in profiles() if profile.rule is None and not profile.synthetic_only):
        publication = Publication(name)
        publication.suppress(tables())
        assert publication.record() == []


def test_tables_too_large_for_the_exact_method_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = suppress(tables(), profile="dgfip_11")
    monkeypatch.setattr(protect, "EXACT_LIMIT", 0)
    made = suppress(tables(), profile="dgfip_11")
    told = [any("trop grands" in caveat for caveat in table.caveats) for table in made]
    assert told == [(table.frame["secrecy"] != "V").any() for table in made] and any(told)
    assert not any("trop grands" in caveat for table in exact for caveat in table.caveats)
    values = seven(made)
    assert values.max() >= 11 and values.max() - values.min() >= 11
