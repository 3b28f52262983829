# HTTP for the other programs: no redirects (they would carry credentials elsewhere), short time limits, and errors
# that name what happened without quoting a response.
import email.utils
import http.client
import os
import re
import time
import urllib.error
import urllib.request


LIMIT = float(os.environ.get("OPENVIDU_NODE_HTTP_SECONDS", 10))


class Trouble(Exception):
    pass


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


# Instance metadata is asked directly, everything else through the proxy of the environment, if there is one.
# Returns status, headers and body.
def exchange(method, url, headers=None, body=None, direct=False):
    handlers = [_NoRedirect()] + ([urllib.request.ProxyHandler({})] if direct else [])
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        try:
            answer = urllib.request.build_opener(*handlers).open(request, timeout=LIMIT)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            wrong_clock = _skew(answer.headers.get("Date")) if answer.status >= 300 else b""
            return answer.status, answer.headers, answer.read() + wrong_clock
    # An answer that breaks off is an HTTPException, whatever its status.
    except (OSError, ValueError, http.client.HTTPException) as error:
        # What an answer was used for in a path stops at its first odd character.
        raise Trouble("no answer from %s (%s)" % (re.match(r"[\w:/.-]*", url, re.ASCII).group(), type(error).__name__))


def call(*request, **more):
    status, _, body = exchange(*request, **more)
    return status, body


# Signatures and tokens depend on the clock, so a wrong one is worth a word in the reason.
def _skew(date):
    try:
        seconds = int(time.time() - email.utils.parsedate_to_datetime(date).timestamp())
    except (TypeError, ValueError):
        return b""
    return b" clock is %d s off" % seconds if abs(seconds) > 120 else b""


def skew_of(text):
    found = text.rfind(b" clock is ")
    return text[found:].decode() if found >= 0 and text.endswith(b" s off") else ""
