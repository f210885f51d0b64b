"""Gaps of teams and organisations, and where a gap can be closed."""

from tests.security.matrix.rules import OWN, Rule, ones_own

RULES: list[Rule] = [
    ones_own("pathways:gap_team", get=OWN),
    ones_own("pathways:gap_team_file", get=OWN),
]
