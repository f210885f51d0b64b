"""The verifier of the library as a process of its own, over HTTP from a running server.

``python -m tests.courses.library_verifier badge.svg recipient https://as-published http://server``:
the last two say where what is published under one address is served, as a proxy would; nothing
else of the library is touched. Prints one JSON object, as its own command does.
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

from openbadgeslib.verify import verify_badge


def main(file, recipient, published, served):
    def fetch(address):
        host = published.partition("://")[2]
        for start in (f"https://{host}", published):
            if address.startswith(start):
                with urlopen(served + address[len(start) :], timeout=10) as answer:  # noqa: S310
                    return answer.read()
        raise OSError(f"{address} is not ours")

    result = verify_badge(
        Path(file).read_bytes(),
        "3",
        resolve_did=True,
        expected_recipient=recipient,
        check_status=True,
        verify_status_list=True,
        download=fetch,
    )
    print(json.dumps({"valid": result.valid, "trusted": result.trusted, "reason": result.reason}))  # noqa: T201
    return 0 if result.valid and result.trusted else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
