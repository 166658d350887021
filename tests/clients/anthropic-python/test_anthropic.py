"""The official Anthropic client for Python, unchanged but for its base URL."""

import contextlib
import json
import unittest

import anthropic
from conversation import SCHEMA, TOOLS, URL, Conversation, answer_of


def request(model, text, system=None, image=None):
    content = [{"type": "text", "text": text}]
    if image:
        content.insert(0, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": image}})
    asked = {"model": model, "max_tokens": 10_000, "messages": [{"role": "user", "content": content}]}
    return {**asked, "system": system} if system else asked


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


class Ways(Conversation):
    errors = {401: anthropic.AuthenticationError, 404: anthropic.NotFoundError, 429: anthropic.RateLimitError}

    def connect(self, key, headers):
        return anthropic.Anthropic(base_url=URL, api_key=key, default_headers=headers, max_retries=0)

    def whole(self, client, model, text, **more):
        message = client.messages.create(**request(model, text, **more))
        return text_of(message), message.usage.input_tokens, message.usage.output_tokens

    @contextlib.contextmanager
    def stream(self, client, model, text):
        with client.messages.stream(**request(model, text)) as stream:
            yield stream.text_stream

    def tools(self, client, model, text, stream):
        asked = {**request(model, text), "tools": [{"name": name, "input_schema": schema} for name, schema in TOOLS.items()]}

        def ask():
            if not stream:
                return client.messages.create(**asked)
            with client.messages.stream(**asked) as events:
                return events.get_final_message()

        message = ask()
        self.assertEqual(message.stop_reason, "tool_use")
        calls = [block for block in message.content if block.type == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": answer_of(call.name, call.input)} for call in calls]
        asked["messages"] += [{"role": "assistant", "content": message.content}, {"role": "user", "content": results}]
        return [(call.name, call.input) for call in calls], text_of(ask())

    def json(self, client, model, text):
        output = {"format": {"type": "json_schema", "schema": SCHEMA}}
        return json.loads(text_of(client.messages.create(**request(model, text), output_config=output)))


class OpenAI(Ways, unittest.TestCase):
    target = "openai"


class Google(Ways, unittest.TestCase):
    target = "google"


class Bedrock(Ways, unittest.TestCase):
    target = "bedrock"


class Cohere(Ways, unittest.TestCase):
    target = "cohere"


if __name__ == "__main__":
    unittest.main()
