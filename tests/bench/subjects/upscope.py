"""The simulator as a process of its own, with the weight and liveliness that a part asks for."""

import json
import sys

from browser_host.simulator.server import run
from browser_host.simulator.settings import SimulatorSettings

if __name__ == "__main__":
    run(SimulatorSettings(**json.loads(sys.argv[1])))
