"""The product's sentence: poll feeds and judge what they bring; send digests of what is new.

    reading    a document -> marked entries, in a thread or in processes that can be killed
    polling    due feeds -> fetch -> read -> judge and tag, one lane -> stories
    sending    untold news -> compose -> render -> reserve -> send -> settle

This is where the stages meet; it decides nothing itself. It imports nothing here, so that a process
that reads documents loads no more than reading needs.
"""
