"""Make the files of forms now, as an image does: `python -m monitor.forms [LANGUAGE...]`."""

import sys

from monitor.forms import DEFAULT, Forms

if __name__ == "__main__":
    Forms(sys.argv[1:] or DEFAULT).prepare()
