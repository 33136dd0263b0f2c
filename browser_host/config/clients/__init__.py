"""What clients need of the configuration, remembered so that most of them need not validate it again."""
