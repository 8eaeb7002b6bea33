"""What a key makes of the selection: pure rules, which the controller applies."""
