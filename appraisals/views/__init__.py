"""Pages of appraisals, cycles, the team and development plans."""
