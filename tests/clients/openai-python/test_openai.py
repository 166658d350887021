"""The official OpenAI client for Python, unchanged but for its base URL."""

import json
import os
import unittest

import openai

client = openai.OpenAI(base_url=os.environ["SIGNALBOX_URL"] + "/v1", api_key=os.environ["SIGNALBOX_KEY"], max_retries=0)


def ask(content, model="simulator/echo", **more):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], **more)


class Answers(unittest.TestCase):
    def test_whole(self):
        answer = ask("Grüße, 世界")
        self.assertEqual(answer.choices[0].message.content, "Grüße, 世界")
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)

    def test_stream(self):
        chunks = list(ask("one two three", stream=True))
        self.assertEqual("".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices), "one two three")
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")
        self.assertTrue(all(chunk.usage is None for chunk in chunks), "usage was not asked for")

    def test_stream_with_usage(self):
        *_, last = ask("one two three", stream=True, stream_options={"include_usage": True})
        self.assertEqual(last.choices, [])
        self.assertGreater(last.usage.completion_tokens, 0)

    def test_tools(self):
        script = json.dumps({"tools": [{"name": "weather", "arguments": {"city": "Pune"}}, {"name": "time", "arguments": {}}]})
        tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("weather", "time")]
        calls = ask(script, model="simulator/script", tools=tools).choices[0].message.tool_calls
        self.assertEqual([call.function.name for call in calls], ["weather", "time"])
        self.assertEqual(json.loads(calls[0].function.arguments), {"city": "Pune"})

    def test_trace_id(self):
        raw = client.chat.completions.with_raw_response.create(model="simulator/echo", messages=[{"role": "user", "content": "hi"}])
        self.assertRegex(raw.headers["x-signalbox-trace-id"], r"^[0-9a-f]{32}$")

    def test_models(self):
        self.assertIn("simulator/echo", [model.id for model in client.models.list()])


class Errors(unittest.TestCase):
    def test_classes(self):
        cases = [
            (400, openai.BadRequestError),
            (404, openai.NotFoundError),
            (429, openai.RateLimitError),
            (500, openai.InternalServerError),
            (503, openai.InternalServerError),
        ]
        for status, kind in cases:
            for stream in (False, True):
                with self.subTest(status=status, stream=stream), self.assertRaises(kind) as caught:
                    list(ask(json.dumps({"fault": status}), model="simulator/faults", stream=stream))
                self.assertEqual(caught.exception.status_code, status)

    def test_unknown_model(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            ask("hi", model="nobody/nothing")
        self.assertIn("nobody/nothing", str(caught.exception))

    def test_wrong_key(self):
        with self.assertRaises(openai.AuthenticationError):
            client.with_options(api_key="sk-sb-wrong-wrong-wrong-wrong").models.list()

    def test_broken_stream_is_an_error_and_no_clean_end(self):
        script = json.dumps({"text": "one two three four five six", "fault": "cut", "at": 3})
        with self.assertRaises(openai.APIError):
            list(ask(script, model="simulator/faults", stream=True))

    def test_timeout(self):
        with self.assertRaises(openai.APITimeoutError):
            client.with_options(timeout=0.3).chat.completions.create(
                model="simulator/script", messages=[{"role": "user", "content": json.dumps({"text": "late", "delayMs": 5000})}]
            )


if __name__ == "__main__":
    unittest.main()
