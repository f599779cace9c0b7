"""The published margins that the package carries, as data/raw describes them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from rncp_analytics.certification.diplomas import diploma
from rncp_analytics.counts.depp import layout
from rncp_analytics.counts.model import MENTIONS, OUTCOMES, Source
from rncp_analytics.errors import DataNotFoundError

NATIONAL = ("session", "diploma", "option", "candidate_status", "sex")
ACADEMIES = ("session", "diploma", "option", "academie", "candidate_status")
ALL_BAC_PRO = ("session", "candidate_status", "sex")
_RESTORE = "le rétablir : réinstaller le paquet, ou reprendre le dépôt"


def read_published(raw: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Read data/raw, every file verified against the digest that its description gives.

    Returns
    -------
    (tables, about)
        Tables "national", "academies" and "all_bac_pro" by ``NATIONAL``, ``ACADEMIES`` and ``ALL_BAC_PRO``,
        and what :func:`rncp_analytics.counts.official.official_results` needs to know of them.

    Raises
    ------
    DataNotFoundError
        A file is absent or isn't the published one, or the description can't be read.
    """
    try:
        about = json.loads((raw / "datapackage.json").read_bytes())
        # A resource with its own sources isn't a published margin (the example of Reflet).
        published = [resource for resource in about["resources"] if "sources" not in resource]
        frames = {resource["name"]: _verified(raw, resource) for resource in published}
        tables = {
            "national": _completed(frames["national_by_route_and_sex"], NATIONAL),
            "academies": _completed(frames["options_by_academie_and_route"], ACADEMIES),
            "all_bac_pro": _completed(frames["all_bac_pro_by_route_and_sex"], ALL_BAC_PRO),
        }
        digests = "".join(sorted(resource["hash"].removeprefix("sha256:") for resource in published))
        source = Source(
            about["sources"][0]["title"],
            about["sources"][0]["organization"],
            about["licenses"][0]["title"],
            hashlib.sha256(digests.encode()).hexdigest(),
            tuple(resource["path"] for resource in published),
        )
        title = about["title"]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DataNotFoundError(
            "La description des chiffres publiés manque ou n'est pas lisible",
            where=str(raw / "datapackage.json"),
            expected="la description livrée avec le paquet",
            remedy=_RESTORE,
        ) from error
    return tables, {
        "title": title,
        "source": asdict(source),
        "territory": "France, 30 académies",
        "alerts": [],
        "other_labels": [],
    }


def _verified(raw: Path, resource: Mapping[str, Any]) -> pd.DataFrame:
    path = raw / resource["path"]
    content = path.read_bytes() if path.is_file() else b""
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource["hash"]:
        raise DataNotFoundError(
            "Un fichier de chiffres publiés manque ou a été modifié",
            where=str(path),
            expected="le fichier livré avec le paquet (empreinte dans datapackage.json)",
            remedy=_RESTORE,
        )
    text = {field["name"]: "str" for field in resource["schema"]["fields"] if field["type"] == "string"}
    return pd.read_csv(io.BytesIO(content), dtype=text)


def _completed(frame: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """Add the option and the refused, which the published identities give, and order the columns."""
    frame = frame.replace({"sex": layout()["sex"]})
    if "diploma" in frame:
        frame["option"] = frame["diploma"].map(lambda code: diploma(code).option or "none")
    if "control_allowed" in frame:
        frame["refused_after_control"] = frame["control_allowed"] - frame["passed_after_control"]
        frame["refused"] = frame["present"] - frame["passed"]
        frame["refused_first_group"] = frame["refused"] - frame["refused_after_control"]
    columns = [c for c in (*OUTCOMES, *MENTIONS) if c in frame]
    return frame[[*dimensions, *columns]].sort_values(list(dimensions), ignore_index=True)
