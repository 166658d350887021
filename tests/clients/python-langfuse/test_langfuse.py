"""Langfuse's client for Python, unchanged but for its base URL: it sends OTLP as protobuf with gzip, and Langfuse's attributes."""

import base64
import datetime
import hashlib
import json
import logging
import unittest
import unittest.mock
import uuid

import requests
from conversation import PIXEL
from langfuse import Langfuse, get_client, observe, propagate_attributes
from langfuse.api import LangfuseAPI
from langfuse.api.core.api_error import ApiError
from langfuse.media import LangfuseMedia
from langfuse.openai import OpenAI
from stored import KEY, PUBLIC_KEY, URL, counted, eventually, scores_of, trace_of

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
langfuse = Langfuse(base_url=URL, public_key=PUBLIC_KEY, secret_key=KEY, environment="staging", release="r-1", flush_interval=0.1)
# The wrapped client of OpenAI reports to the client of this process that was made first.
openai = OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)


def tearDownModule():
    langfuse.shutdown()


class Tracing(unittest.TestCase):
    def test_a_trace_with_a_streamed_generation_a_tool_an_event_and_an_error(self):
        with propagate_attributes(
            user_id="ada", session_id="chat-py", tags=["vip"], metadata={"plan": "pro"}, trace_name="support", version="v2"
        ):
            with langfuse.start_as_current_observation(name="root", input={"question": "Where is it?"}) as root:
                with root.start_as_current_observation(name="retrieve", as_type="retriever", input="query") as retriever:
                    retriever.update(output=["document"])
                generation = root.start_observation(
                    name="answer",
                    as_type="generation",
                    model="gpt-4o",
                    model_parameters={"temperature": 0.5},
                    input=[{"role": "user", "content": "Where is it?"}],
                )
                generation.update(
                    completion_start_time=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(milliseconds=40),
                    output={"role": "assistant", "content": "On its way."},
                    usage_details={"input": 10, "input_cached_tokens": 90, "output": 12, "output_reasoning_tokens": 8, "total": 120},
                    cost_details={"input": 0.001, "output": 0.002},
                )
                generation.end()
                root.create_event(name="noticed", metadata={"what": "something"})
                tool = root.start_observation(name="failing", as_type="tool", input=1)
                tool.update(level="ERROR", status_message="it broke")
                tool.end()
                root.update(output="On its way.")
        langfuse.flush()

        stored = trace_of(root.trace_id, 5)
        self.assertEqual(len(stored.spans), 5)
        # The span at which a trace enters is called as the trace is.
        root, retrieve, answer, noticed, failing = (
            stored[name] for name in ("support", "retrieve", "answer", "noticed", "failing")
        )
        self.assertIsNone(root["parentId"])
        for one in (retrieve, answer, noticed, failing):
            self.assertEqual(one["parentId"], root["spanId"])
        for one in stored.spans:
            told = [one[field] for field in ("userId", "sessionId", "tags", "environment", "release")]
            self.assertEqual(told, ["ada", "chat-py", ["vip"], "staging", "r-1"])
            self.assertEqual(one["metadata"]["plan"], "pro")
        self.assertEqual((root["input"], root["output"]), ({"question": "Where is it?"}, "On its way."))
        self.assertEqual((retrieve["kind"], retrieve["input"], retrieve["output"]), ("retriever", "query", ["document"]))
        self.assertEqual((answer["kind"], answer["model"], answer["stream"]), ("llm", "gpt-4o", True))
        self.assertTrue(30 < answer["firstTokenMs"] < 1000, answer["firstTokenMs"])
        self.assertEqual(answer["input"], [{"role": "user", "content": "Where is it?"}])
        self.assertEqual(counted(answer), {"input": 10, "cacheRead": 90, "output": 12, "reasoning": 8})
        self.assertEqual(answer["costUsd"], "0.003")
        self.assertEqual((failing["kind"], failing["status"], failing["statusMessage"]), ("tool", "error", "it broke"))
        self.assertEqual(noticed["metadata"]["what"], "something")
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens", "errorCount")], [100, 20, 1])

    def test_functions_that_are_observed_nest_and_one_that_throws_is_an_error(self):
        @observe(as_type="tool")
        def broken(city):
            raise ValueError(f"nothing known of {city}")

        @observe(as_type="generation")
        def spoken():
            yield from ("On ", "its ", "way.")

        @observe(name="agent of mine", as_type="agent")
        def agent(question):
            try:
                broken("Pune")
            except ValueError:
                pass
            return "".join(spoken()), get_client().get_current_trace_id()

        text, trace_id = agent("Where?")
        self.assertEqual(text, "On its way.")
        langfuse.flush()
        stored = trace_of(trace_id, 3)
        root, failed, streamed = stored["agent of mine"], stored["broken"], stored["spoken"]
        self.assertEqual((root["kind"], root["input"]), ("agent", {"args": ["Where?"], "kwargs": {}}))
        self.assertEqual((failed["status"], failed["kind"]), ("error", "tool"))
        self.assertIn("nothing known of Pune", failed["statusMessage"])
        self.assertEqual((streamed["kind"], streamed["output"]), ("llm", "On its way."))
        self.assertEqual([failed["parentId"], streamed["parentId"]], [root["spanId"]] * 2)

    def test_the_client_of_openai_wrapped_and_through_the_gateway(self):
        script = json.dumps({"tools": [{"name": "weather", "arguments": {"city": "Pune"}}]})
        weather = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
        with langfuse.start_as_current_observation(name="turn") as turn:
            openai.chat.completions.create(
                name="tools", model="openai-script", messages=[{"role": "user", "content": script}], tools=[weather]
            )
            stream = openai.chat.completions.create(
                name="streamed",
                model="openai-echo",
                messages=[{"role": "user", "content": "one two three"}],
                stream=True,
                stream_options={"include_usage": True},
            )
            self.assertEqual("".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices), "one two three")
            with self.assertRaises(Exception):
                openai.chat.completions.create(name="refused", model="nothing-like-it", messages=[{"role": "user", "content": "x"}])
        langfuse.flush()

        stored = trace_of(turn.trace_id, 4, ["turn", "tools", "streamed", "refused"])
        tools, streamed, refused = stored["tools"], stored["streamed"], stored["refused"]
        for call in (tools, streamed, refused):
            self.assertEqual((call["kind"], call["parentId"]), ("llm", stored["turn"]["spanId"]))
        self.assertEqual(tools["output"]["tool_calls"][0]["function"]["name"], "weather")
        self.assertEqual((streamed["output"], streamed["stream"]), ("one two three", True))
        self.assertIsNotNone(streamed["firstTokenMs"])
        for call in (tools, streamed):
            self.assertGreater(call["inputTokens"], 0)
            self.assertGreater(call["outputTokens"], 0)
        self.assertEqual(refused["status"], "error")
        self.assertIn("404", refused["statusMessage"])

    def test_the_same_bytes_again_are_stored_once(self):
        sent = []
        send = requests.Session.send

        def remembering(session, request, **more):
            sent.append(request)
            return send(session, request, **more)

        with unittest.mock.patch.object(requests.Session, "send", remembering):
            generation = langfuse.start_observation(
                name="twice", as_type="generation", model="gpt-4o", usage_details={"input": 3, "output": 4}
            )
            generation.end()
            langfuse.flush()
        batches = [request for request in sent if request.url.endswith("/otel/v1/traces")]
        self.assertTrue(batches, "it did not go through this client of HTTP")
        with requests.Session() as session:
            for request in batches * 2:
                self.assertEqual(session.send(request).status_code, 200)
        after = langfuse.start_observation(name="after", trace_context={"trace_id": generation.trace_id})
        after.end()
        langfuse.flush()
        stored = trace_of(generation.trace_id, 2, ["twice", "after"])
        self.assertEqual(len(stored.named("twice")), 1)
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens")], [3, 4])


class Scores(unittest.TestCase):
    def test_of_a_trace_of_an_observation_and_of_a_session(self):
        generation = langfuse.start_observation(name="scored", as_type="generation")
        generation.end()
        langfuse.flush()
        session_id = f"session-{uuid.uuid4()}"
        generation.score_trace(name="number", value=0.75, comment="fine")
        generation.score(name="category", value="good")
        langfuse.create_score(session_id=session_id, name="mood", value=1, data_type="BOOLEAN")
        langfuse.flush()
        scores = scores_of(2, traceId=generation.trace_id)
        self.assertEqual([scores["number"][of] for of in ("value", "spanId", "comment")], [0.75, None, "fine"])
        category = scores["category"]
        self.assertEqual([category[of] for of in ("value", "spanId", "type")], ["good", generation.id, "categorical"])
        self.assertIs(scores_of(1, sessionId=session_id)["mood"]["value"], True)


class Media(unittest.TestCase):
    def test_pictures_are_cut_out_uploaded_and_found_again(self):
        picture = LangfuseMedia(content_bytes=base64.b64decode(PIXEL), content_type="image/png")
        span = langfuse.start_observation(
            name="media", input={"picture": f"data:image/png;base64,{PIXEL}"}, metadata={"wrapped": picture}
        )
        span.end()
        langfuse.flush()
        stored = trace_of(span.trace_id)["media"]
        media_id = base64.urlsafe_b64encode(hashlib.sha256(base64.b64decode(PIXEL)).digest())[:22].decode()
        reference = f"@@@langfuseMedia:type=image/png|id={media_id}|source="
        self.assertEqual(stored["input"]["picture"], f"{reference}base64_data_uri@@@")
        self.assertIn(f"{reference}bytes@@@", stored["metadata"]["wrapped"])

        def resolved():
            found = langfuse.resolve_media_references(obj=stored["input"], resolve_with="base64_data_uri")
            return found["picture"] != stored["input"]["picture"] and found

        self.assertEqual(eventually("the upload", resolved), {"picture": f"data:image/png;base64,{PIXEL}"})


class Reading(unittest.TestCase):
    def test_health_projects_observations_and_scores(self):
        with propagate_attributes(session_id=f"session-{uuid.uuid4()}"):
            span = langfuse.start_observation(name="read", input="in", output="out")
            generation = span.start_observation(
                name="g", as_type="generation", model="gpt-4o", usage_details={"input": 1, "output": 2}
            )
        generation.end()
        span.end()
        span.score_trace(name="quality", value=1.0)
        langfuse.flush()
        trace_of(span.trace_id, 2)
        scores_of(1, traceId=span.trace_id)
        self.assertTrue(langfuse.auth_check())
        self.assertEqual(langfuse.api.health.health().status, "OK")
        (newer,) = langfuse.api.observations.get_many(trace_id=span.trace_id, type="GENERATION", fields="basic,usage").data
        self.assertEqual((newer.id, newer.name, newer.usage_details["total"]), (generation.id, "g", 3))
        (score,) = langfuse.api.scores.get_many(trace_id=span.trace_id, fields="subject").data
        self.assertEqual((score.name, score.value, score.subject.kind, score.subject.id), ("quality", 1, "trace", span.trace_id))

    def test_metrics(self):
        name = f"measured {uuid.uuid4()}"
        details = {"usage_details": {"input": 10, "output": 5}, "cost_details": {"input": 0.001, "output": 0.002}}
        generation = langfuse.start_observation(name=name, as_type="generation", model="gpt-4o", **details)
        generation.end()
        langfuse.flush()
        trace_of(generation.trace_id)
        now = datetime.datetime.now(datetime.timezone.utc)
        query = {
            "view": "observations",
            "dimensions": [{"field": "providedModelName"}],
            "metrics": [{"measure": "count", "aggregation": "count"}, {"measure": "totalCost", "aggregation": "sum"}],
            "filters": [{"column": "name", "operator": "=", "value": name, "type": "string"}],
            "fromTimestamp": (now - datetime.timedelta(hours=1)).isoformat(),
            "toTimestamp": (now + datetime.timedelta(minutes=1)).isoformat(),
        }
        answer = langfuse.api.metrics.metrics(query=json.dumps(query))
        self.assertEqual(answer.data, [{"providedModelName": "gpt-4o", "count_count": 1, "sum_totalCost": 0.003}])
        with self.assertRaises(ApiError) as caught:
            langfuse.api.metrics.metrics(query=json.dumps({**query, "view": "nothing"}))
        self.assertEqual(caught.exception.status_code, 400)

    def test_prompts_are_created_labelled_fetched_compiled_and_linked(self):
        name = f"matrix/greet-{uuid.uuid4()}"
        first = langfuse.create_prompt(name=name, prompt="Hello {{name}}", labels=["production"], config={"temperature": 0.2})
        self.assertEqual((first.version, first.compile(name="Ada")), (1, "Hello Ada"))
        langfuse.create_prompt(name=name, prompt="Good day {{name}}", commit_message="politer")
        fetched = langfuse.get_prompt(name)
        self.assertEqual((fetched.version, fetched.config, fetched.labels), (1, {"temperature": 0.2}, ["production"]))
        self.assertEqual(langfuse.get_prompt(name, label="latest").version, 2)
        self.assertEqual(langfuse.get_prompt(name, version=2).compile(name="Ada"), "Good day Ada")
        langfuse.update_prompt(name=name, version=2, new_labels=["production"])
        self.assertEqual(langfuse.get_prompt(name, cache_ttl_seconds=0).version, 2)
        generation = langfuse.start_observation(name="with a prompt", as_type="generation", model="gpt-4o", prompt=fetched)
        generation.end()
        langfuse.flush()
        span = trace_of(generation.trace_id)["with a prompt"]
        self.assertEqual((span["promptName"], span["promptVersion"]), (name, "1"))

    def test_a_chat_prompt_with_placeholders(self):
        name = f"matrix-chat-{uuid.uuid4()}"
        prompt = [
            {"role": "system", "content": "You help {{customer}}."},
            {"type": "placeholder", "name": "history"},
            {"role": "user", "content": "{{question}}"},
        ]
        langfuse.create_prompt(name=name, type="chat", prompt=prompt, labels=["production"])
        history = [{"role": "user", "content": "Hi"}]
        messages = langfuse.get_prompt(name, type="chat").compile(customer="Ada", question="Why?", history=history)
        self.assertEqual(
            [(one["role"], one["content"]) for one in messages],
            [("system", "You help Ada."), ("user", "Hi"), ("user", "Why?")],
        )

    def test_a_prompt_that_is_not_here_gives_the_fallback(self):
        prompt = langfuse.get_prompt("greeting", fallback="Hello {{name}}", max_retries=0)
        self.assertEqual(prompt.compile(name="Ada"), "Hello Ada")

    def test_a_key_that_is_not_known_is_refused(self):
        stranger = LangfuseAPI(base_url=URL, username="pk-sb-nobody-knows-this-key", password="sk-sb-nobody-knows-this-key")
        with self.assertRaises(ApiError) as caught:
            stranger.projects.get()
        self.assertEqual(caught.exception.status_code, 401)


if __name__ == "__main__":
    unittest.main()
