"""Competency frameworks, role profiles, career pathways, attainments, evidence and the gap."""
