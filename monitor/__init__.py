"""monitor: polls news feeds, deduplicates the stories, tags them, stores them, mails a digest.

The map, in the order in which a story travels:

    model      every value that travels
    schedule   when a feed is polled next
    fetch      the bytes of a feed
    parse      bytes -> entries
    dedupe     an entry -> its keys -> the story it is a copy of
    tag        a story -> its topics, with evidence
    store      what is known
    digest     stories -> messages -> readers
    web        the page
    pipeline   the product's sentence: poll, send
    corpus     the seed corpus, archives in and out
    config     the settings
    app        where the parts are put together
    daemon     around the clock
    cli        the commands
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads wait for each other by spinning

__version__ = "0.1.0"
