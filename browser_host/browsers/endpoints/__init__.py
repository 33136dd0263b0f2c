"""Where browsers come from: started on this machine, or connected to on another."""
