"""The commands of `watchdeck`, by what they do."""
