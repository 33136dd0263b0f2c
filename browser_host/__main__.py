"""`python -m browser_host`: the commands alone, so that a host needs nothing of the dashboard."""

from browser_host.cli.main import cli, run

if __name__ == "__main__":
    run(cli)
