"""The command ``rncp``: English commands, French help and messages."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from rncp_analytics.errors import RncpError

_REFUSED, _INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when done, 2 when the input is refused (the reason goes to the error output), 130 on Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except RncpError as error:
        print(f"rncp : {error}", file=sys.stderr)  # noqa: T201
        return _REFUSED
    except OSError as error:
        where = f" : {error.filename}" if error.filename else ""
        print(f"rncp : le système refuse l'accès à un fichier ou à un dossier{where}", file=sys.stderr)  # noqa: T201
        print("  Que faire : vérifier vos droits et la place libre", file=sys.stderr)  # noqa: T201
        return _REFUSED
    except KeyboardInterrupt:
        print("\nrncp : interrompu ; rien n'a été écrit à moitié.", file=sys.stderr)  # noqa: T201
        return _INTERRUPTED
    return 0


def _report(options: argparse.Namespace) -> None:
    from rncp_analytics.reports.report import report

    page = report(
        options.output,
        data=options.data,
        session=options.session,
        academie=options.academie,
        cohort=options.cohort,
        profile=options.profile,
        published=options.published,
        tell=_tell,
    )
    print(page)  # noqa: T201


def _check(options: argparse.Namespace) -> None:
    from rncp_analytics.cohort.importing import check_exports
    from rncp_analytics.counts.aggregated_store import are_aggregated, check_aggregated

    check = check_aggregated if are_aggregated(options.files, profile=options.profile) else check_exports
    check(options.files, profile=options.profile, write_to=options.write_profile, tell=print)


def _import(options: argparse.Namespace) -> None:
    from rncp_analytics.cohort.importing import import_exports
    from rncp_analytics.counts.aggregated_store import are_aggregated, import_aggregated

    load = import_aggregated if are_aggregated(options.files, profile=options.profile) else import_exports
    print(load(options.files, profile=options.profile, stage=options.stage, tell=_tell))  # noqa: T201


def _audit(options: argparse.Namespace) -> None:
    from rncp_analytics.reports.audit import audit, require_safe

    require_safe(audit(options.files, profile=options.profile))
    print("Aucun effectif à protéger ne peut être retrouvé par les sommes de ces fichiers.")  # noqa: T201


def _synthesise(options: argparse.Namespace) -> None:
    from rncp_analytics.synthesis import write_synthetic

    folder = write_synthetic(options.output, session=options.session, size=options.size, seed=options.seed, tell=_tell)
    print(folder)  # noqa: T201


def _lab(options: argparse.Namespace) -> None:
    from rncp_analytics.reports.lab import open_lab

    open_lab(_tell)


def _tell(step: str) -> None:
    print(f"• {step}", file=sys.stderr, flush=True)  # noqa: T201


_Commands: TypeAlias = "argparse._SubParsersAction[_French]"


def _parser() -> argparse.ArgumentParser:
    parser = _French(
        prog="rncp",
        description="Résultats du bac pro Métiers du commerce et de la vente, option B (RNCP32259).",
    )
    commands = parser.add_subparsers(title="commandes", metavar="COMMANDE", required=True, parser_class=_French)
    _add_report(commands)
    _add_exports(commands)
    _add_audit(commands)
    made = commands.add_parser("synthesise", help="faire une cohorte synthétique, calée sur les résultats publiés")
    made.add_argument("--session", type=int, metavar="ANNÉE", help="session (par défaut : la dernière)")
    made.add_argument("--size", type=int, metavar="NOMBRE", help="candidats (par défaut : les inscrits publiés)")
    made.add_argument("--seed", type=int, default=1, metavar="NOMBRE", help="graine (par défaut : %(default)s)")
    made.add_argument("--output", type=Path, metavar="DOSSIER", help="par défaut : data/processed/synthetic-SESSION")
    made.set_defaults(run=_synthesise)
    lab = commands.add_parser("lab", help="ouvrir les notebooks dans JupyterLab")
    lab.set_defaults(run=_lab)
    return parser


def _add_report(commands: _Commands) -> None:
    report = commands.add_parser(
        "report", help="faire le rapport : résultats officiels, et cohorte avec notes (HTML, figures, tableaux)"
    )
    report.add_argument(
        "--data", type=Path, metavar="FICHIER", help="export CSV du jeu « Le baccalauréat par académie »"
    )
    report.add_argument("--session", type=int, metavar="ANNÉE", help="session (par défaut : la dernière)")
    report.add_argument("--academie", metavar="NOM", help="nom ou code d'une académie : ajoute sa page")
    report.add_argument(
        "--cohort",
        default="synthetic",
        metavar="COHORTE",
        help="nom donné par rncp import : sa page remplace celle de la cohorte synthétique",
    )
    report.add_argument(
        "--profile",
        default="",
        metavar="PROFIL",
        help="secret statistique de la page de cette cohorte : usage_interne…",
    )
    report.add_argument(
        "--published",
        type=Path,
        nargs="+",
        default=(),
        metavar="CONSTAT",
        help="secret.json de ce qui a déjà été diffusé sur ces candidats, la session précédente par exemple",
    )
    report.add_argument(
        "--output",
        type=Path,
        default=Path("reports/official"),
        metavar="DOSSIER",
        help="par défaut : %(default)s",
    )
    report.set_defaults(run=_report)


def _add_exports(commands: _Commands) -> None:
    check = commands.add_parser("check", help="dire ce qu'un export d'examen contient, sans rien enregistrer")
    load = commands.add_parser("import", help="enregistrer des exports d'examen sous pseudonymes (data/processed)")
    for command in (check, load):
        command.add_argument(
            "files", nargs="+", type=Path, metavar="FICHIER", help="liste de candidats, notes, moyennes : CSV ou XLSX"
        )
        command.add_argument(
            "--profile", type=Path, metavar="PROFIL", help="sens des colonnes et des codes (TOML) ; deviné sinon"
        )
    check.add_argument("--write-profile", type=Path, metavar="PROFIL", help="écrire le profil deviné, pour le corriger")
    check.set_defaults(run=_check)
    load.add_argument(
        "--stage",
        choices=("first_group", "after_control", "final"),
        default="final",
        help="étape des notes : 1er groupe, après contrôle, après les remplacements de septembre (%(default)s)",
    )
    load.set_defaults(run=_import)


def _add_audit(commands: _Commands) -> None:
    audit = commands.add_parser(
        "audit", help="chercher ce que des tableaux déjà écrits laissent retrouver par leurs sommes"
    )
    audit.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FICHIER",
        help="CSV : colonnes de texte, puis d'effectifs (vide : masqué)",
    )
    audit.add_argument(
        "--profile",
        default="",
        metavar="PROFIL",
        help="règle à respecter : dgfip_11…, ou un fichier TOML ; sinon, seuls les effectifs recalculés exactement",
    )
    audit.set_defaults(run=_audit)


class _French(argparse.ArgumentParser):
    """argparse with its few own words in French."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Usage, allow_abbrev=False)  # type: ignore[arg-type]
        self._optionals.title = "options"
        self._positionals.title = "à donner"
        self.add_argument("-h", "--help", action="help", help="afficher cette aide")

    def error(self, message: str) -> None:  # type: ignore[override]
        for english, french in _WORDS.items():
            message = message.replace(english, french)
        message = re.sub(r"(?<=\S): ", " : ", message)
        self.exit(_REFUSED, f"rncp : {message}\n  Que faire : {self.prog} --help\n")


class _Usage(argparse.HelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, "Usage : " if prefix is None else prefix)


_WORDS = {
    "the following arguments are required: ": "il manque ",
    "unrecognized arguments: ": "option inconnue : ",
    "invalid choice: ": "choix impossible : ",
    "choose from": "choisir parmi",
    "invalid int value: ": "ce n'est pas un nombre entier : ",
    "expected one argument": "une valeur est attendue",
    "ignored explicit argument ": "cette option ne prend pas de valeur : ",
    "argument ": "option ",
}
