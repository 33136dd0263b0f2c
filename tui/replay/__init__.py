"""The dashboard on a recording: nothing here knows a host, so nothing can be sent."""
