"""Fair access, coverage and burden, with small numbers protected."""
