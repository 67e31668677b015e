"""What run.py is made of: environments, processes, the canonical form, the scenarios."""
