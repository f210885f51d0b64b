# make run            start Waymark with a demonstration; PORT=8001 changes the port
# make test           run the tests; ARGS="tests/courses -k enrol" chooses
# make check          format, lint, types, imports, templates, migrations
# make bench          write the table of figures
# make mutants        weaken one rule at a time and see that the tests notice; once a week
# make reset          remove the demonstration, so that the next start is the first
# make doctor         look at everything Waymark rests on
# make pins           resolve the requirements again

PYTHON ?= python3
ARGS ?=
bootstrap = @$(PYTHON) scripts/bootstrap.py

.PHONY: run test check bench mutants reset doctor pins

run:
	$(bootstrap) run

test:
	$(bootstrap) test $(ARGS)

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
