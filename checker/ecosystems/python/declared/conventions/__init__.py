"""What tools around Python have authors state: the Binder convention, workflow managers."""
