"""The command `symscope`: what is awkward in a configuration file."""
