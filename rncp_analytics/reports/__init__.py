"""Reports: notebooks run with parameters, then one self-contained page with its figures and tables."""
