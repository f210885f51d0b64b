"""Equality data, apart from everything else.

Answers lie in a schema of their own, ``equality``, each one encrypted and bound to its person and
question. Nothing that decides about one person may use them: only counts leave (Data Protection
Act 2018, Schedule 1, paragraph 8).

- ``own``: one's own row, through functions of the database that open no other. This is all that
  the role of the application may do.
- ``apart``: all rows, over a connection with a role of its own (``EQUALITY_DATABASE_URL``), which
  the worker and commands have and web processes do not.
- ``cipher``: the ring of keys (``EQUALITY_KEYS``), and what a token is bound to.
- ``grants``: who may do what in the schema, given again after every migration.
- ``rights``: what a person's copy of their information holds of it, and what an erasure removes.
"""
