"""The product's sentence: poll feeds and judge what they bring; send digests of what is new.

    polling    due feeds -> fetch -> read -> judge, one lane -> stories, and when the feeds are polled next
    reading    a document, beside the event loop, in processes that can be killed
    understanding  a document -> entries, marked and tagged
    judging    the entries of many documents -> stories, in one transaction
    placing    stories -> events, in the same transaction
    correcting, regrouping  a person's word on what is one story, one event
    outage     whether our own network is down
    pushing, hubs  feeds whose hubs tell us, and what a poll says of that
    discovering  an address -> the feeds that are there
    articles   stories on a topic -> their pages, where a feed asks for full text
    sending    untold news -> compose -> render -> reserve -> send -> settle

This is where the stages meet; it decides nothing itself. It imports nothing here, so that a process
that reads documents loads no more than reading needs.
"""
