"""What to do: priorities, allocation under a budget, rescue or release, playbooks. Not built yet."""
