"""The use cases: what the commands do, from files to files."""
