"""`python -m platform_app.shop --port 8100 --api http://127.0.0.1:8000 --merchant M-0001`."""

import argparse
import os
import signal
import sys

from platform_app.shop.client import Api
from platform_app.shop.server import Shop


def main() -> None:
    """Serve until told to stop. The key comes from SHOP_KEY_ID and SHOP_KEY_SECRET."""
    parser = argparse.ArgumentParser(prog="platform_app.shop", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--api", default="http://127.0.0.1:8000", help="where Baitiao answers")
    parser.add_argument("--merchant", required=True, help="the buyer's number on this platform")
    said = parser.parse_args()
    missing = [name for name in ("SHOP_KEY_ID", "SHOP_KEY_SECRET") if not os.environ.get(name)]
    if missing:
        parser.error(f"set {' and '.join(missing)}: a key with the scopes read, pool and draw")
    api = Api(said.api, os.environ["SHOP_KEY_ID"], os.environ["SHOP_KEY_SECRET"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Shop(said.port, api=api, merchant_no=said.merchant) as shop:
        sys.stdout.write(f"The shop is open: {shop.origin}/\n")
        sys.stdout.flush()
        try:
            shop.serve_forever()
        except KeyboardInterrupt:
            sys.stdout.write("The shop is closed.\n")


if __name__ == "__main__":
    main()
