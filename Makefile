# Every target is a command of make.py, which needs nothing but Python 3.11 or newer.
# More words for the tool go into ARGS:  make lab ARGS="--no-browser --port 8890"

PYTHON ?= python3
COMMANDS = help lab test verify nightly floors experiments render site tab serve slides sheets bench lock

.PHONY: $(COMMANDS)

$(COMMANDS):
	@$(PYTHON) make.py $@ $(ARGS)
