"""``python -m symscope``: the same as the command ``symscope``, also without an installation."""

from symscope.cli.main import main

if __name__ == "__main__":
    main()
