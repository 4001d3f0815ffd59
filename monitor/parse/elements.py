"""The elements that the fast path knows, by the names that feedparser gives them."""

FIELDS = {
    name: field
    for field, names in {
        "published": "published issued pubdate dcterms_issued",
        "updated": "updated modified lastbuilddate dc_date dcterms_modified",
        "created": "created dcterms_created",
        "language": "language dc_language",
        "feedburner_origlink": "feedburner_origlink",
        "ttl": "ttl",
        "sy_updateperiod": "sy_updateperiod",
        "sy_updatefrequency": "sy_updatefrequency",
        "sy_updatebase": "sy_updatebase",
    }.items()
    for name in names.split()
}
"""Elements whose text is a field as it stands."""

LISTED = {"hour": "skiphours", "day": "skipdays"}
"""Elements of which feedparser keeps the last only; here the channel has all of them, by another name."""

TITLES = frozenset({"title", "dc_title", "media_title"})
DESCRIPTIONS = {"description": "html", "dc_description": "html", "media_description": "html"}
SUMMARIES = frozenset({"summary", "itunes_summary"})
CONTENTS = {"content": "plain", "content_encoded": "html", "fullitem": "html"}
IDS = frozenset({"guid", "id"})

LEAVES = frozenset(
    """subtitle tagline rights copyright dc_rights info feedburner_browserfriendly itunes_subtitle source""".split()
)
"""Elements of which nothing is kept, and that feedparser would turn into markup if any stood in them."""

PASSED = frozenset(
    """author dc_author dc_creator managingeditor itunes_author contributor dc_contributor name email url uri
    homepage webmaster dc_publisher category keywords dc_subject media_category itunes_category
    itunes_keywords media_keywords cloud generator admin_generatoragent admin_errorreportsto itunes_owner
    itunes_name itunes_email itunes_image itunes_link itunes_block itunes_explicit media_group media_content
    media_thumbnail media_credit media_rating media_restriction media_license media_player expirationdate
    dcterms_valid width height cc_license""".split()
)
"""Elements of which nothing is kept; what stands in them is read as if it stood outside, but deeper."""

CLASHING = frozenset(
    """id link links title title_detail summary summary_detail content guidislink channel items date
    date_parsed description_detail issued_parsed modified_parsed authors contributors publishers where
    href license entries feed image_detail text mode base64 item_detail""".split()
)
"""Names that are no elements of any format but that of a value of feedparser's."""

IN_IMAGE = frozenset("title link description url width height".split())
IN_TEXTINPUT = frozenset("title link description name".split())
