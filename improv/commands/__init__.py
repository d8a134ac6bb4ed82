"""The commands of `improv`, one a module: HELP, add_arguments(parser) and run(arguments)."""
