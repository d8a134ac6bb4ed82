"""The program: the command line, the live engine, ports, files and the terminal UI."""
