"""What people type on the pages of appraisals and plans."""
