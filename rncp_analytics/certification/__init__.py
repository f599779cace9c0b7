"""The diploma as data: what the fiche and the nomenclatures state, read from TOML, standard library only."""
