"""Frameworks as packages of the CASE 1.1 standard of 1EdTech, read from our rows and back."""
