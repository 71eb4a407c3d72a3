"""How good the answers are: measured on evaluation sets, by the commands of `groundling eval`."""
