"""The seed corpus, and archives in and out.

seeds       the documents that a topic is known by, one file each
importing   documents of an archive, through the same dedupe and tags as polled ones
exporting   stories out, one a line
"""
