# make run            start Waymark with a demonstration; PORT=8001 changes the port
# make test           run the tests; ARGS="tests/courses -k enrol" chooses
# make check          format, lint, types, imports, templates, migrations
# make isolation      open ten thousand scopes of three trusts over pooled connections
# make matrix         send every request of the access matrix; the usual run sends a share of the refused
# make machine        try every way to a place two thousand times, and write docs/enrolment-machine.md
# make bench          write the table of figures
# make races          let people contend for places for a hundred rounds, and write docs/races.md
# make mutants        weaken one rule at a time and see that the tests notice; once a week
# make reset          remove the demonstration, so that the next start is the first
# make doctor         look at everything Waymark rests on
# make pins           resolve the requirements again

PYTHON ?= python3
ARGS ?=
bootstrap = @$(PYTHON) scripts/bootstrap.py

.PHONY: run test isolation matrix machine races check bench mutants reset doctor pins

run:
	$(bootstrap) run

test:
	$(bootstrap) test $(ARGS)

isolation:
	@ISOLATION_ROUNDS=10000 $(PYTHON) scripts/bootstrap.py test tests/security/test_crossing.py

matrix:
	@WAYMARK_MATRIX_WHOLE=1 $(PYTHON) scripts/bootstrap.py test tests/security/matrix

machine:
	@MACHINE_RUNS=2000 MACHINE_STEPS=50 MACHINE_REPORT=docs/enrolment-machine.md $(PYTHON) scripts/bootstrap.py test tests/courses/test_enrolment_machine.py

races:
	@WAYMARK_RACES=50 RACES_REPORT=docs/races.md $(PYTHON) scripts/bootstrap.py test tests/courses/test_sessions_races.py

check:
	$(bootstrap) check

bench:
	$(bootstrap) bench $(ARGS)

mutants:
	$(bootstrap) mutants $(ARGS)

reset:
	$(bootstrap) reset

doctor:
	$(bootstrap) manage doctor

pins:
	$(bootstrap) pins
