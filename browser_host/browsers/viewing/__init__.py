"""What people see of a session's page and do to it by mouse: pictures and input."""
