"""The simulator in its own process, with settings that the command has no options for."""

import json
import sys

from browser_host.simulator.server import run
from browser_host.simulator.settings import SimulatorSettings

if __name__ == "__main__":
    run(SimulatorSettings(**json.loads(sys.argv[1])))
