"""Who may make a scale. Pure."""


def may_make_scale(*, is_author: bool) -> bool:
    """Framework authors of any organisation, and programs that write for one: a scale belongs to
    nobody, so that editions of several owners can be compared."""
    return is_author
