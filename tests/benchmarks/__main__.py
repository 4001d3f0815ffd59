"""`make bench`: every benchmark, one after the other."""

from tests.benchmarks import polling

if __name__ == "__main__":
    polling.main()
