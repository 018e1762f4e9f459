"""Set up this clone: the virtual environment, the command-line tools, the Node modules. Standard library only."""
