"""Every value that travels, in the order of travel.

    feeds      what is polled
    fetching   what a feed is asked for, and what it answered
    entries    what a document says
    topics     what is tracked, and the tags of stories
    stories    what decides whether an entry is a copy, a new wording or new
    events     stories about one happening
    polls      what a poll came to, and when the next one is
    documents  what nobody polls: seeds, records of archives
    views      what listings, pages and exports show
    digests    what readers are told, and who they are
    alerts     what is told at once

Values are frozen, slotted and picklable; times are aware and in UTC. A stage takes values and gives
values, so that whoever reads these files has read the product. Each imports from those above it only.
"""
