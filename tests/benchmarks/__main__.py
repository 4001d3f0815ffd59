"""`make bench`: every benchmark, one after the other."""

from tests.benchmarks import parsing, polling

if __name__ == "__main__":
    parsing.main()
    polling.main()
