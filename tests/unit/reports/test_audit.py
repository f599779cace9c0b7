"""What files give away, from their text alone: sums done by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from rncp_analytics.cli import main
from rncp_analytics.counts.model import Counts
from rncp_analytics.display.spreadsheet import csv_text
from rncp_analytics.display.summary import figures_of
from rncp_analytics.display.tables import rate_table
from rncp_analytics.errors import InputError, PublicationError
from rncp_analytics.measures.estimates import Estimates
from rncp_analytics.measures.profiles import profile_for
from rncp_analytics.measures.rates import rates, rates_with_total
from rncp_analytics.measures.secrecy import suppress
from rncp_analytics.reports.audit import audit, audit_texts, require_safe
from rncp_analytics.reports.record import secrecy_record
from tests.conftest import make_counts

# Somebody else's table: 12 candidates of one school hidden, but not the total. 431 − 405 − 14 = 12.
LEAKING = "Établissement;Présents\nLycée A;405\nLycée B;masqué\nLycée C;14\nEnsemble;431\n"

RULE = profile_for("candidates", "dgfip_11")


def write(folder: Path, text: str, name: str = "publié.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_a_hidden_cell_beside_its_total_is_given_back_whoever_made_the_file(tmp_path: Path) -> None:
    found = audit([write(tmp_path, LEAKING)])
    assert found[["lower", "upper"]].to_numpy().tolist() == [[12, 12]]
    assert "Lycée B" in found["cell"][0] and "Lycée A" in found["sums"][0]
    with pytest.raises(PublicationError, match=r"1 effectif") as caught:
        require_safe(found)
    assert "Lycée B" in caught.value.where
    assert audit([write(tmp_path, LEAKING.replace("14", ""))]).empty


@pytest.mark.parametrize(("written", "number"), [("14", 1), ("", 0)], ids=["12 = 431 - 405 - 14", "two hidden"])
def test_two_files_together_give_what_neither_gives_alone(tmp_path: Path, written: str, number: int) -> None:
    one = write(tmp_path, LEAKING.replace("Ensemble;431\n", "").replace("14", written), "a.csv")
    other = write(tmp_path, "présents\n431\n", "b.csv")
    assert len(audit([one, other])) == number
    assert audit([one]).empty


def test_an_interval_is_judged_by_the_profile(tmp_path: Path) -> None:
    """B and C share 26: neither is known, each lies between 0 and 26. Sharing 9, both are small, for sure."""
    wide, narrow = (LEAKING.replace("14", "").replace("405", str(431 - shared)) for shared in (26, 9))
    assert audit([write(tmp_path, wide)], profile="dgfip_11").empty
    found = audit([write(tmp_path, narrow)], profile="dgfip_11")
    assert found[["lower", "upper"]].to_numpy().tolist() == [[0, 9], [0, 9]]
    printed = "Établissement,Présents\nA,405\nB,7\n"
    assert audit([write(tmp_path, printed)], profile="dgfip_11")["sums"].tolist() == ["publié tel quel"]
    assert audit([write(tmp_path, printed)]).empty


def schools() -> Counts:
    present = [30, 44, 52, 61, 70, 45, 33, 18, 64]
    refused = [13, 7, 15, 26, 31, 30, 23, 4, 12]
    statuses = ["SCOLAIRE", "APPRENTISSAGE", "INDIVIDUEL"] * 3
    frame = pd.DataFrame({"academie": [*"xxxyyyzzz"], "candidate_status": statuses, "present": present})
    frame["passed"] = frame["present"] - refused
    return make_counts(frame, "academie", "candidate_status", origin="candidates")


def exported(tables: Sequence[Estimates]) -> dict[str, str]:
    shown = suppress(tables, profile="dgfip_11")
    return {f"{i}.csv": rate_table(t, name=f"t{i}", caption="T").csv() for i, t in enumerate(shown)}


def tables() -> list[Estimates]:
    counts = schools()
    made = [rates(counts, by=by) for by in (["academie", "candidate_status"], ["academie"], ["candidate_status"], [])]
    return [made[0], *made[1:]]


def test_what_is_protected_together_passes_and_alone_does_not() -> None:
    texts = exported(tables())
    assert any("masqué" in text for text in texts.values())
    assert audit_texts(texts, profile=RULE).exposed.empty
    alone = {f"{i}.csv": exported([table])["0.csv"] for i, table in enumerate(tables())}
    assert not audit_texts(alone, profile=RULE).exposed.empty


def test_a_complementary_cell_written_back_is_caught_from_the_file_alone() -> None:
    """Every hidden row in turn, with its true numbers, in the text of the file."""
    made = tables()
    texts, truth = exported(made), {f"{i}.csv": rate_table_of(t) for i, t in enumerate(made)}
    tried = 0
    for name, text in texts.items():
        for line, (shown, true) in enumerate(zip(text.splitlines(), truth[name].splitlines(), strict=True)):
            if ";masqué;" in shown:
                lines = [*text.splitlines()]
                lines[line] = true.replace("usage interne", "diffusable")
                found = audit_texts({**texts, name: "\n".join(lines)}, profile=RULE).exposed
                assert not found.empty, (name, shown)
                tried += 1
    assert tried >= 4


def rate_table_of(table: Estimates) -> str:
    return rate_table(suppress(table, profile="usage_interne"), name="t", caption="T").csv()


def test_a_total_in_the_same_file() -> None:
    made = rates_with_total(schools(), by=["candidate_status"], total_of="candidate_status")
    assert audit_texts(exported([made]), profile=RULE).exposed.empty


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(write(tmp_path, LEAKING))]) == 2
    said = capsys.readouterr().err
    assert "Lycée B" in said and "rncp.suppress" in said
    assert main(["audit", str(write(tmp_path, LEAKING.replace("14", ""))), "--profile", "dgfip_11"]) == 0
    assert "Aucun effectif" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "Établissement;Présents\nA\n", "Établissement;Ville\nA;B\n"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"tableau|effectif"):
        audit([write(tmp_path, text)])
    with pytest.raises(InputError, match="pas lisible"):
        audit([tmp_path / "absent.csv"])


def test_the_record_says_what_is_hidden_by_which_rule() -> None:
    letters = {"0.csv": {"A": 2, "D": 3, "V": 5}, "1.csv": {"V": 10}}
    record = json.loads(secrecy_record(exported(tables()), letters, profile=RULE, digest="f" * 64))
    assert record["lignes"] == {"A": 2, "B": 0, "D": 3, "V": 15}
    assert (record["part_masquée"], record["secondaires_par_primaire"]) == (0.25, 1.5)
    assert record["profil"] == "dgfip_11" and "Insee" in record["source"] and record["données_sha256"] == "f" * 64


def test_a_failed_audit_leaves_no_record() -> None:
    alone = {f"{i}.csv": exported([table])["0.csv"] for i, table in enumerate(tables())}
    with pytest.raises(PublicationError, match="laissent connaître"):
        secrecy_record(alone, {}, profile=RULE, digest="")


def test_tables_of_one_session_and_of_several_are_one_system() -> None:
    """B by session, and 2025 alone by status: the hidden status of 2025 is the session less the other."""
    both, one = "France ; sessions 2024 et 2025 ; B.", "France ; session 2025 ; B."
    by_session = f"Session,Présents,Champ\n2024,300,{both}\n2025,400,{both}\n"
    by_status = f"Statut du candidat,Présents,Champ\nScolaires,395,{one}\nApprentis,,{one}\n"
    found = audit_texts({"a": by_session, "b": by_status}).exposed
    assert found[["lower", "upper"]].to_numpy().tolist() == [[5, 5]]
    other = by_status.replace("; B.", "; A.")
    assert audit_texts({"a": by_session, "b": other}).exposed.empty


def test_a_file_with_two_champs_is_read_as_two() -> None:
    """A total of option B and its statuses in one file, rows of option A among them: 400 − 395 = 5, of B alone."""
    b, a = "France ; session 2025 ; B.", "France ; session 2025 ; A."
    file = "Statut du candidat,Présents,Champ\n"
    file += f"Ensemble,400,{b}\nScolaires,395,{b}\nApprentis,,{b}\nEnsemble,900,{a}\nScolaires,,{a}\nApprentis,,{a}\n"
    found = audit_texts({"a": file}).exposed
    assert found[["lower", "upper"]].to_numpy().tolist() == [[5, 5]]
    assert audit_texts({"a": file.replace(f"Scolaires,395,{b}", f"Scolaires,,{b}")}).exposed.empty
    beside = f"Statut du candidat,Présents,Champ\nScolaires,880,{a}\n"
    assert sorted(audit_texts({"a": file, "b": beside}).exposed["lower"]) == [5, 20]


def test_rows_by_session_beside_rows_of_one_session_in_one_file() -> None:
    """As a first screen has them: 2025 by status, then both sessions, of the same candidates; 400 - 395 = 5."""
    frame = pd.DataFrame({"session": [2024, 2024, 2025, 2025], "candidate_status": ["SCOLAIRE", "APPRENTISSAGE"] * 2})
    frame = frame.assign(present=[200, 100, 395, 5], passed=[150, 60, 300, 2])
    counts = make_counts(frame, "session", "candidate_status", origin="candidates")
    asked = [rates(counts.where(session=2025), by=["candidate_status"]), rates(counts, by=["session"])]
    shown = figures_of(suppress(table, profile="dgfip_11") for table in asked)
    found = audit_texts({"a": csv_text(shown)}).exposed
    assert [5, 5] in found[["lower", "upper"]].to_numpy().tolist()
    assert audit_texts({"a": csv_text(shown[shown["session"] == ""])}).exposed.empty
