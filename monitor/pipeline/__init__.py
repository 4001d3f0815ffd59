"""The product's sentence: poll feeds and judge what they bring; send digests of what is new.

    reading    a document -> marked entries, in a thread or in processes that can be killed
    polling    due feeds -> fetch -> read -> judge and tag, one lane -> stories
    discovering  an address -> the feeds that are there
    articles   stories on a topic -> their pages, where a feed asks for full text
    sending    untold news -> compose -> render -> reserve -> send -> settle

This is where the stages meet; it decides nothing itself. It imports nothing here, so that a process
that reads documents loads no more than reading needs.
"""
