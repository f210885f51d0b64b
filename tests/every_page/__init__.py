"""Every page of the system, opened as somebody who may see it: axe, words, sizes."""
