"""Template tags of pages about appraisals."""
