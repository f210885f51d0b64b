"""Opening cycles, drafting, sharing, signing, planning."""
