"""lemon24's reader as a program, for the Python that it is installed in (`make peers`).

python reader_script.py add DATABASE ADDRESSES
python reader_script.py poll DATABASE WORKERS
python reader_script.py count DATABASE
"""

import sys
from pathlib import Path

from reader import make_reader


def main(command: str, database: str, argument: str = "") -> None:
    """Do one thing with the feeds of a database."""
    with make_reader(database) as reader:
        if command == "add":
            for url in Path(argument).read_text().split():
                reader.add_feed(url)
        elif command == "poll":
            reader.update_feeds(scheduled=False, workers=int(argument))
        print(reader.get_entry_counts().total)


if __name__ == "__main__":
    main(*sys.argv[1:])
