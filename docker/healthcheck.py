#!/usr/bin/env python3
"""Ask the web server of this container for one path; exit with an error unless it says 200."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", sys.argv[1])
sys.exit(connection.getresponse().status != http.client.OK)
