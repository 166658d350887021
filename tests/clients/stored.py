"""What clients that send traces are asked for, in Python: what is stored of them, as our API tells it. The same promises as stored.mjs."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["SIGNALBOX_URL"]
KEY = os.environ["SIGNALBOX_KEY"]
PUBLIC_KEY = KEY.replace("sk-", "pk-", 1)

PATIENCE_SECONDS = 60


def ask(path, **query):
    """An answer of our API: its status and its body."""
    asked = f"?{urllib.parse.urlencode(query)}" if query else ""
    request = urllib.request.Request(f"{URL}{path}{asked}", headers={"authorization": f"Bearer {KEY}"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def eventually(what, work):
    """Asks until the answer is something: what was acknowledged can be read a moment later."""
    end = time.monotonic() + PATIENCE_SECONDS
    last = None
    while time.monotonic() < end:
        last = work()
        if last:
            return last
        time.sleep(0.1)
    raise AssertionError(f"{what} did not become true in {PATIENCE_SECONDS} s; the last answer was {str(last)[:2000]}")


class Stored:
    """A trace as it is stored: its row, its spans with their payloads, and each of them by its name."""

    def __init__(self, trace, spans):
        self.trace = trace
        self.spans = spans

    def __getitem__(self, name):
        found = self.named(name)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} spans are called {name}: {[span['name'] for span in self.spans]}")
        return found[0]

    def named(self, name):
        return [span for span in self.spans if span["name"] == name]

    def of_kind(self, kind):
        return [span for span in self.spans if span["kind"] == kind]

    def child_of(self, child, parent):
        """Whether a span lies below another one, however deep."""
        parents = {span["spanId"]: span["parentId"] for span in self.spans}
        at = child["parentId"]
        while at is not None and at != parent["spanId"]:
            at = parents.get(at)
        return at is not None


def trace_of(trace_id, count=1, names=(), until=lambda stored: True):
    """A trace once it has so many spans, among them those of these names, none of them is running, and what is waited for is so: clients
    send what they say of a trace later by itself."""

    def complete():
        status, body = ask(f"/api/v1/traces/{urllib.parse.quote(trace_id, safe='')}")
        if status != 200:
            return None
        ended = [span["name"] for span in body["spans"] if span["status"] != "running"]
        if not (len(ended) == len(body["spans"]) >= count and all(name in ended for name in names)):
            return None
        spans = [ask(f"/api/v1/spans/{span['spanId']}", traceId=span["traceId"])[1] for span in body["spans"]]
        stored = Stored(body["trace"], spans)
        return stored if until(stored) else None

    return eventually(f"{count} spans of {trace_id}, with {', '.join(names) or 'any name'},", complete)


def scores_of(count, **query):
    """The scores of a trace or a session once there are so many, by name."""

    def complete():
        found = ask("/api/v1/scores", **query)[1]["scores"]
        return found if len(found) >= count else None

    scores = eventually(f"{count} scores of {query}", complete)
    if len(scores) != count:
        raise AssertionError(f"{len(scores)} scores of {query}, not {count}")
    return {score["name"]: score for score in scores}


def counted(span):
    """How the tokens of a span are told apart, without those of which there are none."""
    return {bucket: tokens for bucket, tokens in span["usage"].items() if tokens}
