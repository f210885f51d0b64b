"""Row-level security of certificates and of the keys they are signed with."""

from accounts.walls import AnyOf, Concerning, Declared, Open, Organisation, Parent, Wall, Written

_PUBLISHED = "Is published for whoever checks a certificate, and says nothing of anybody."

WALLS: Declared = {
    "courses_issuer": Open(_PUBLISHED),
    "courses_signingkey": Open(_PUBLISHED),
    "courses_statuslist": Open(_PUBLISHED),
    "courses_statusentry": Open("Numbers drawn by lot, without whose they are."),
    # Only the system's own work signs, so no request shows a private key whoever makes it.
    "courses_signingsecret": Written("false"),
    # Whoever has the link reads the one it leads to, through waymark_certificate_of.
    "courses_certificate": Wall(
        AnyOf((Organisation(), Organisation("issuer_id"), Concerning())), seen_by_owner=True
    ),
    "courses_credential": Parent("certificate_id", "courses_certificate"),
}
