"""What the lines of a Reflet series must be: every failure at once, named by line, column and value."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.certification.lookup import plain
from rncp_analytics.certification.nomenclature import academie
from rncp_analytics.cohort.checks import Finding, Rule, refuse_findings, validate
from rncp_analytics.errors import UnknownCodeError

ENROLLED_REGIMES = ("scolaires", "apprentis")  # Reflet counts the last year of the course of these alone
_KEYS = ["series", "diploma", "session", "regime", "sex", "territory"]
_ONE_SOURCE = "le nom de la source, de 1 à 200 caractères, le même sur toutes les lignes"
_COUNT = (r"([0-9]{1,9}(\.0+)?)?", "un effectif entier, positif ou nul, ou une cellule vide s'il manque")


def checked(
    text: pd.DataFrame, titles: Mapping[str, Sequence[str]], words: Mapping[str, Any], name: str
) -> pd.DataFrame:
    """Type the lines of a file, all of them judged.

    Parameters
    ----------
    text : DataFrame of str
        Columns as in reflet.toml; index: line numbers in the file.
    titles : mapping
        Our name of each column → its title in this file first.
    words : mapping
        reflet.toml.
    name : str
        Name of the file, for messages.

    Returns
    -------
    DataFrame
        ``series, session, diploma, regime, sex, territory`` (an académie's code, or the name of a whole),
        ``enrolled, present, passed`` (missing where empty) and ``hole``; same index.

    Raises
    ------
    InputError
        Names the lines, the columns and what was expected.
    """
    known = {column: told[0] for column, told in titles.items()}
    # Each check needs what the one before has made sure of.
    _refuse(validate(text, _rules(text, known, words)), name)
    _refuse(_undated(text, known), name)
    rows = _typed(text, words)
    _refuse(sorted(_out_of_place(text, rows, known, words) + _impossible(rows, known)), name)
    _refuse(sorted(_unlike(text, rows, known, words) + _repeated(text, rows, known) + _gaps(rows, known)), name)
    return rows


def _refuse(findings: Sequence[Finding], name: str) -> None:
    refuse_findings(
        findings, name, expected="une série Reflet dans la forme décrite dans data/raw/README.md",
        remedy="corriger ces lignes",
    )  # fmt: skip


def _rules(text: pd.DataFrame, titles: Mapping[str, str], words: Mapping[str, Any]) -> dict[str, Rule]:
    source = str(text["source"].iloc[0])
    listed = {name: _words(words[key]) for name, key in (("regime", "regimes"), ("sex", "sexes"))}
    series = {plain(word): word for word in words["series"]}
    judges: dict[str, Callable[[str], str]] = {
        "source": lambda told: "" if told == source and 0 < len(told) <= 200 else _ONE_SOURCE,
        "series": lambda told: "" if plain(told) in series else f"l'un de : {', '.join(words['series'])}",
        "diploma": _judge(diploma),
        "session": _judge_year,
        "autumn": _judge_year,
        "regime": _listed(listed["regime"]),
        "sex": lambda told: "" if not told else _listed(listed["sex"])(told),
        "territory": _judge(lambda told: _territory(told, words)),
    }
    rules = {name: Rule(titles[name], judge, "") for name, judge in judges.items()}
    return rules | {name: Rule(titles[name], *_COUNT) for name in ("enrolled", "present", "passed")}


def _words(named: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each spelling, plain → our code."""
    return {plain(word): code for code, told in named.items() for word in told}


def _listed(known: Mapping[str, str]) -> Callable[[str], str]:
    return lambda told: "" if plain(told) in known else f"l'un de : {', '.join(dict.fromkeys(known.values()))}"


def _judge(find: Callable[[str], object]) -> Callable[[str], str]:
    """Empty when the nomenclature knows the text, else what it expected."""

    def judge(told: str) -> str:
        try:
            find(told)
        except UnknownCodeError as error:
            return " ; ".join(part for part in (error.expected, error.remedy) if part)
        return ""

    return judge


def _territory(told: str, words: Mapping[str, Any]) -> str:
    whole = _words(words["territories"])
    if plain(told) in whole:
        return whole[plain(told)]
    try:
        return academie(told).code
    except UnknownCodeError as error:
        expected = " ; ".join([*words["territories"], "une académie"])
        raise UnknownCodeError(error.what, expected=expected, remedy=error.remedy) from error


def _judge_year(told: str) -> str:
    latest = datetime.date.today().year + 1
    year = told.removesuffix(".0")
    known = not told or (year.isascii() and year.isdigit() and len(year) == 4 and 1970 <= int(year) <= latest)
    return "" if known else f"une année de 1970 à {latest}"


def _findings(values: pd.Series, wrong: pd.Series, title: str, expected: str) -> list[Finding]:
    return [Finding(int(str(line)), title, str(value), expected) for line, value in values[wrong].items()]


def _undated(text: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    session, autumn = (pd.to_numeric(text[name].replace("", None)).astype("float64") for name in ("session", "autumn"))
    none, unlike = session.isna() & autumn.isna(), session.notna() & autumn.notna() & (session != autumn + 1)
    column = f"{titles['session']} ou {titles['autumn']}"
    both = text["session"] + " et " + text["autumn"]
    return sorted(
        _findings(text["session"], none, column, "une session, ou la rentrée qui la précède")
        + _findings(both, unlike, column, "la rentrée de l'année qui précède la session")
    )


def _typed(text: pd.DataFrame, words: Mapping[str, Any]) -> pd.DataFrame:
    numbers = {
        name: pd.to_numeric(text[name].replace("", None)).astype("float64")
        for name in ("session", "autumn", "enrolled", "present", "passed")
    }
    codes = {
        "series": _words({word: [word] for word in words["series"]}).__getitem__,
        "regime": _words(words["regimes"]).__getitem__,
        "sex": {"": "", **_words(words["sexes"])}.__getitem__,
    }
    rows = pd.DataFrame(index=text.index)
    for name, code in codes.items():
        rows[name] = text[name].map({told: code(plain(told)) for told in text[name].unique()})
    rows["diploma"] = text["diploma"].map({told: diploma(told).code for told in text["diploma"].unique()})
    rows["territory"] = text["territory"].map({told: _territory(told, words) for told in text["territory"].unique()})
    rows["session"] = numbers["session"].fillna(numbers["autumn"] + 1).astype("int64")
    for name in ("enrolled", "present", "passed"):
        rows[name] = numbers[name]
    rows["hole"] = rows[["enrolled", "present", "passed"]].isna().all(axis=1)
    return rows


def _out_of_place(
    text: pd.DataFrame, rows: pd.DataFrame, titles: Mapping[str, str], words: Mapping[str, Any]
) -> list[Finding]:
    """What a line carries and its series doesn't count, or counts and isn't there; a session its diploma never had."""
    enrolment = rows["series"] == "effectifs"
    told = f"{' ou '.join(ENROLLED_REGIMES)} : Reflet ne compte que leurs effectifs de dernière année"
    wrong = [
        ("regime", enrolment & ~rows["regime"].isin(ENROLLED_REGIMES), told),
        ("sex", ~enrolment & (rows["sex"] != ""), "rien : Reflet ne donne pas le sexe des candidats à l'examen"),
    ]
    for series, columns in words["series"].items():
        own = rows["series"] == series
        for column in ("enrolled", "present", "passed"):
            if column not in columns:
                wrong.append((column, own & rows[column].notna(), f"rien sur une ligne de la série « {series} »"))
            else:
                half = own & ~rows["hole"] & rows[column].isna()
                wrong.append((column, half, "un effectif, ou toutes les cellules vides si la donnée manque"))
    findings = [f for name, mask, expected in wrong for f in _findings(text[name], mask, titles[name], expected)]
    for code in rows["diploma"].unique():
        found = diploma(code)
        outside = ~rows["session"].between(found.first_session, found.last_session or rows["session"].max())
        lived = (
            f"de {found.first_session} à {found.last_session}"
            if found.last_session
            else f"depuis {found.first_session}"
        )
        expected = f"une session du diplôme {code} ({found.label}), {lived}"
        findings += _findings(rows["session"], outside & (rows["diploma"] == code), titles["session"], expected)
    return findings


def _impossible(rows: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    more = rows[rows["passed"] > rows["present"]]
    return [
        Finding(int(line), titles["passed"], f"{passed:.0f}", f"au plus {present:.0f}, soit « {titles['present']} »")
        for line, passed, present in zip(more.index, more["passed"], more["present"], strict=True)
    ]


def _unlike(
    text: pd.DataFrame, rows: pd.DataFrame, titles: Mapping[str, str], words: Mapping[str, Any]
) -> list[Finding]:
    """Lines that don't have the dimensions of the first line of their series."""
    kinds = {
        "sex": (rows["sex"] != "").map({True: "un sexe", False: "aucun sexe"}),
        "territory": rows["territory"].where(rows["territory"].isin(words["territories"]), "une académie"),
    }
    findings = []
    for series, part in rows.groupby("series"):
        for name, kind in kinds.items():
            own, line = kind[part.index], part.index[0]
            expected = f"{own[line]}, comme ligne {line} : une série (« {series} ») a partout les mêmes dimensions"
            findings += _findings(text.loc[part.index, name], own != own[line], titles[name], expected)
    return findings


def _repeated(text: pd.DataFrame, rows: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    again = rows.duplicated(_KEYS)
    if not again.any():
        return []
    first = rows.assign(line=rows.index).groupby(_KEYS)["line"].transform("first")[again]
    keys = rows.loc[again, _KEYS].astype(str).agg(" / ".join, axis=1)
    column = " × ".join(titles[name] for name in _KEYS)
    return [
        Finding(int(str(line)), column, key, f"une seule ligne par combinaison (déjà lue ligne {earlier})")
        for line, key, earlier in zip(keys.index, keys, first, strict=True)
    ]


def _gaps(rows: pd.DataFrame, titles: Mapping[str, str]) -> list[Finding]:
    """Years that a series jumps over without a word: a hole is told by its empty line."""
    findings = []
    first = rows.assign(line=rows.index).groupby(["series", "diploma", "session"])["line"].first().reset_index()
    for (_, code), part in first.groupby(["series", "diploma"]):
        years = zip(part["session"], part["session"].shift(), part["line"], strict=True)
        for session, before, line in years:
            if session > before + 1:
                missing = ", ".join(str(year) for year in range(int(before) + 1, session))
                expected = f"la session {missing} du diplôme {code}, cellules vides si la donnée manque"
                findings.append(Finding(int(line), titles["session"], f"{session} après {before:.0f}", expected))
    return findings
