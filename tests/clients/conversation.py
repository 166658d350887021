"""What every client in Python is asked to do against providers that speak another dialect, and what the traces must say afterwards.

The same promises as conversation.mjs. A client's own file has a class with its ways to say it, and a TestCase per target.
"""

import json
import os
import secrets
import time
import urllib.request

URL = os.environ["SIGNALBOX_URL"]
KEY = os.environ["SIGNALBOX_KEY"]
WRONG_KEY = "sk-sb-wrong-wrong-wrong-wrong"

# A PNG of one pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

# The simulator counts an image as so many tokens.
IMAGE_TOKENS = 100


def _object(**properties):
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TOOLS = {"weather": _object(city={"type": "string"}), "clock": _object(zone={"type": "string"})}

# What the simulator makes of it is the smallest value that it allows.
SCHEMA = _object(day={"type": "string", "format": "date"}, sunny={"type": "boolean"})
SMALLEST = {"day": "2000-01-01", "sunny": False}


def answer_of(name, arguments):
    """The result of a tool, told apart by its arguments."""
    return f"{name} says {','.join(arguments.values())} is fine"


class Trace:
    """A trace of ours: what a call with its headers leaves in the store."""

    def __init__(self):
        self.id = secrets.token_hex(16)
        self.headers = {"traceparent": f"00-{self.id}-{secrets.token_hex(8)}-01"}

    def spans(self, count):
        request = urllib.request.Request(f"{URL}/api/v1/traces/{self.id}", headers={"authorization": f"Bearer {KEY}"})
        for _ in range(200):
            try:
                with urllib.request.urlopen(request) as response:
                    spans = json.load(response)["spans"]
            except urllib.error.HTTPError:
                spans = []
            if len(spans) >= count:
                return spans
            time.sleep(0.1)
        raise AssertionError(f"The trace {self.id} has not {count} spans after 20 s.")


class Conversation:
    """The tests of one target; mixed into a unittest.TestCase with `target` and the ways of one client.

    `connect(key, headers)` makes a client. `whole(client, model, text, system, image)` gives text, input and output tokens;
    `stream(client, model, text)` a context manager over pieces of text; `tools(client, model, text, stream)` the calls as
    (name, arguments), and the text after their results; `json(client, model, text)` the value that SCHEMA asked for.
    `errors` has the client's class by status.
    """

    target = ""
    errors = {}

    def model(self, kind):
        return f"{self.target}/{kind}"

    def paid(self, span, stream=False):
        self.assertEqual((span["status"], span["provider"], span["usageSource"]), ("ok", self.target, "provider"))
        self.assertEqual(span["stream"], stream)
        self.assertGreater(span["inputTokens"], 0)
        self.assertGreater(span["outputTokens"], 0)
        # $1 and $2 for a million tokens, as the runner says in signalbox.yaml.
        self.assertEqual(round(float(span["costUsd"]) * 1e6), span["inputTokens"] + 2 * span["outputTokens"])

    def test_whole(self):
        trace = Trace()
        text, *tokens = self.whole(self.connect(KEY, trace.headers), self.model("echo"), "Grüße, 世界", system="Be brief.")
        self.assertEqual(text, "Grüße, 世界")
        (span,) = trace.spans(1)
        self.paid(span)
        self.assertEqual(tokens, [span["inputTokens"], span["outputTokens"]])

    def test_stream(self):
        trace = Trace()
        with self.stream(self.connect(KEY, trace.headers), self.model("echo"), "one two three, 世界 five") as pieces:
            heard = [piece for piece in pieces if piece]
        self.assertEqual("".join(heard), "one two three, 世界 five")
        self.assertGreater(len(heard), 1, "it came in one piece")
        self.paid(trace.spans(1)[0], stream=True)

    def test_tools(self):
        asked = [("weather", {"city": "Pune"}), ("clock", {"zone": "Asia/Kolkata"})]
        for stream in (False, True):
            for count in (1, 2):
                with self.subTest(stream=stream, count=count):
                    trace = Trace()
                    script = json.dumps({"tools": [{"name": name, "arguments": given} for name, given in asked[:count]]})
                    calls, text = self.tools(self.connect(KEY, trace.headers), self.model("script"), script, stream)
                    self.assertEqual(calls, asked[:count])
                    for name, given in calls:
                        self.assertIn(answer_of(name, given), text)
                    for span in trace.spans(2):
                        self.paid(span, stream)

    def test_structured_output(self):
        trace = Trace()
        self.assertEqual(self.json(self.connect(KEY, trace.headers), self.model("echo"), "Which day?"), SMALLEST)
        self.paid(trace.spans(1)[0])

    def test_image(self):
        trace = Trace()
        text, tokens, _ = self.whole(self.connect(KEY, trace.headers), self.model("echo"), "What is this?", image=PIXEL)
        self.assertEqual(text, "What is this?")
        (span,) = trace.spans(1)
        self.paid(span)
        self.assertEqual(tokens, span["inputTokens"])
        self.assertGreaterEqual(tokens, IMAGE_TOKENS)

    def test_errors(self):
        trace = Trace()
        cases = [
            (401, WRONG_KEY, self.model("echo"), "x"),
            (404, KEY, "nobody/nothing", "x"),
            (429, KEY, self.model("faults"), json.dumps({"fault": 429, "retryAfter": 1})),
        ]
        for status, key, model, text in cases:
            with self.subTest(status=status), self.assertRaises(self.errors[status]) as caught:
                self.whole(self.connect(key, trace.headers), model, text)
            self.assertEqual(caught.exception.status_code, status)
        (span,) = trace.spans(1)
        self.assertEqual((span["status"], span["provider"]), ("error", self.target))

    def test_broken_stream_is_an_error_and_no_clean_end(self):
        trace = Trace()
        script = json.dumps({"text": "one two three four five six", "fault": "cut", "at": 3, "chunkMs": 5})
        heard = []
        with self.assertRaises(Exception):
            with self.stream(self.connect(KEY, trace.headers), self.model("faults"), script) as pieces:
                heard.extend(piece for piece in pieces if piece)
        self.assertTrue("one two three".startswith("".join(heard)), heard)
        self.assertEqual(trace.spans(1)[0]["status"], "error")

    def test_abort_of_a_stream_reaches_the_provider(self):
        trace = Trace()
        script = json.dumps({"text": "word " * 400, "chunkMs": 20})
        with self.stream(self.connect(KEY, trace.headers), self.model("script"), script) as pieces:
            for _ in range(4):
                next(pieces)
        (span,) = trace.spans(1)
        self.assertEqual(span["status"], "aborted")
        self.assertLess(span["outputTokens"], 400)
        self.assertIsNotNone(span["costUsd"])
