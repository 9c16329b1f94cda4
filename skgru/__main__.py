"""The command line: ``python -m skgru``."""

from skgru._cli.main import run

if __name__ == "__main__":
    run()
