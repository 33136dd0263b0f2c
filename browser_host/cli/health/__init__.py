"""What `doctor` checks: the browser, the configuration, the hosts; each check with what to do."""
