"""The official OpenAI client for Python against providers that speak another dialect: chat completions and Responses."""

import contextlib
import json
import unittest

import openai
from conversation import SCHEMA, TOOLS, URL, Conversation, answer_of


class Ways(Conversation):
    errors = {401: openai.AuthenticationError, 404: openai.NotFoundError, 429: openai.RateLimitError}

    def connect(self, key, headers):
        return openai.OpenAI(base_url=f"{URL}/v1", api_key=key, default_headers=headers, max_retries=0)


class Chat(Ways):
    def request(self, model, text, system=None, image=None):
        parts = [{"type": "text", "text": text}]
        if image:
            parts.insert(0, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}"}})
        messages = [{"role": "user", "content": parts}]
        return {"model": model, "messages": [{"role": "system", "content": system}, *messages] if system else messages}

    def whole(self, client, model, text, **more):
        answer = client.chat.completions.create(**self.request(model, text, **more))
        return answer.choices[0].message.content, answer.usage.prompt_tokens, answer.usage.completion_tokens

    @contextlib.contextmanager
    def stream(self, client, model, text):
        with client.chat.completions.create(**self.request(model, text), stream=True) as stream:
            yield (chunk.choices[0].delta.content for chunk in stream if chunk.choices)

    def tools(self, client, model, text, stream):
        functions = [{"name": name, "parameters": schema, "strict": True} for name, schema in TOOLS.items()]
        asked = {**self.request(model, text), "tools": [{"type": "function", "function": function} for function in functions]}

        def ask():
            if not stream:
                return client.chat.completions.create(**asked).choices[0]
            with client.chat.completions.stream(**asked) as events:
                return events.get_final_completion().choices[0]

        choice = ask()
        self.assertEqual(choice.finish_reason, "tool_calls")
        calls = [(call.id, call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls]
        results = [{"role": "tool", "tool_call_id": id, "content": answer_of(name, given)} for id, name, given in calls]
        asked["messages"] += [choice.message.to_dict(), *results]
        return [(name, given) for _, name, given in calls], ask().message.content

    def json(self, client, model, text):
        form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}
        return json.loads(client.chat.completions.create(**self.request(model, text), response_format=form).choices[0].message.content)


class Responses(Ways):
    def request(self, model, text, system=None, image=None):
        parts = [{"type": "input_text", "text": text}]
        if image:
            parts.insert(0, {"type": "input_image", "image_url": f"data:image/png;base64,{image}", "detail": "auto"})
        asked = {"model": model, "input": [{"role": "user", "content": parts}]}
        return {**asked, "instructions": system} if system else asked

    def whole(self, client, model, text, **more):
        answer = client.responses.create(**self.request(model, text, **more))
        return answer.output_text, answer.usage.input_tokens, answer.usage.output_tokens

    @contextlib.contextmanager
    def stream(self, client, model, text):
        with client.responses.create(**self.request(model, text), stream=True) as stream:
            yield pieces(stream)

    def tools(self, client, model, text, stream):
        functions = [{"type": "function", "name": name, "parameters": schema, "strict": True} for name, schema in TOOLS.items()]
        asked = {**self.request(model, text), "tools": functions}

        def ask():
            if not stream:
                return client.responses.create(**asked)
            with client.responses.stream(**asked) as events:
                return events.get_final_response()

        answer = ask()
        calls = [(item.call_id, item.name, json.loads(item.arguments)) for item in answer.output if item.type == "function_call"]
        results = [{"type": "function_call_output", "call_id": id, "output": answer_of(name, given)} for id, name, given in calls]
        asked["input"] += [*(item.to_dict() for item in answer.output), *results]
        return [(name, given) for _, name, given in calls], ask().output_text

    def json(self, client, model, text):
        form = {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}
        return json.loads(client.responses.create(**self.request(model, text), text={"format": form}).output_text)


def pieces(stream):
    """The text of a stream of Responses. A failure is an event there, and no exception of the client."""
    for event in stream:
        if event.type in ("error", "response.failed"):
            raise openai.APIError(str(event), stream.response.request, body=None)
        if event.type == "response.output_text.delta":
            yield event.delta


class ChatToAnthropic(Chat, unittest.TestCase):
    target = "anthropic"


class ChatToGoogle(Chat, unittest.TestCase):
    target = "google"


class ChatToBedrock(Chat, unittest.TestCase):
    target = "bedrock"


class ChatToCohere(Chat, unittest.TestCase):
    target = "cohere"


class ResponsesToAnthropic(Responses, unittest.TestCase):
    target = "anthropic"


class ResponsesToGoogle(Responses, unittest.TestCase):
    target = "google"


if __name__ == "__main__":
    unittest.main()
