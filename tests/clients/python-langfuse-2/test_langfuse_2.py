"""Langfuse's client for Python of the older protocol (`langfuse` 2), unchanged but for its address."""

import base64
import datetime
import logging
import unittest
import unittest.mock
import uuid

import httpx
from conversation import PIXEL
from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe
from langfuse.media import LangfuseMedia
from stored import KEY, PUBLIC_KEY, URL, counted, eventually, scores_of, trace_of

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
CONNECTION = {"host": URL, "public_key": PUBLIC_KEY, "secret_key": KEY, "environment": "staging"}
langfuse = Langfuse(**CONNECTION, release="r-1", flush_interval=0.1)


def tearDownModule():
    langfuse.shutdown()
    langfuse_context.flush()


def plain(written):
    return written.replace("-", "")


class Tracing(unittest.TestCase):
    def test_a_trace_with_a_span_a_streamed_generation_an_event_and_an_error(self):
        trace = langfuse.trace(
            name="support",
            user_id="ada",
            session_id="chat-py2",
            tags=["vip"],
            metadata={"plan": "pro"},
            input={"question": "Where is it?"},
        )
        span = trace.span(name="retrieve", input="query")
        start = datetime.datetime.now(datetime.timezone.utc)
        generation = span.generation(
            name="answer",
            model="gpt-4o",
            model_parameters={"temperature": 0.5},
            input=[{"role": "user", "content": "Where is it?"}],
            start_time=start,
        )
        generation.update(completion_start_time=start + datetime.timedelta(milliseconds=40))
        generation.end(
            output={"role": "assistant", "content": "On its way."},
            usage_details={
                "prompt_tokens": 100,
                "completion_tokens": 20,
                "total_tokens": 120,
                "prompt_tokens_details": {"cached_tokens": 90},
                "completion_tokens_details": {"reasoning_tokens": 8},
            },
        )
        span.event(name="noticed", metadata={"what": "something"})
        trace.span(name="failing", input=1).end(level="ERROR", status_message="it broke")
        span.end(output=["document"])
        trace.update(output="On its way.")
        langfuse.flush()

        names = ["support", "retrieve", "answer", "noticed", "failing"]
        stored = trace_of(trace.id, 5, names, until=lambda so_far: so_far["support"]["output"] is not None)
        self.assertEqual((stored.trace["traceId"], stored.trace["externalId"]), (plain(trace.id), trace.id))
        self.assertEqual(len(stored.spans), 5)
        root, retrieve, answer, noticed, failing = (
            stored[name] for name in ("support", "retrieve", "answer", "noticed", "failing")
        )
        self.assertEqual((root["parentId"], retrieve["parentId"], failing["parentId"]), (None, root["spanId"], root["spanId"]))
        self.assertEqual((answer["parentId"], noticed["parentId"]), (retrieve["spanId"], plain(span.id)))
        for one in stored.spans:
            told = [one[of] for of in ("userId", "sessionId", "tags", "environment", "source")]
            self.assertEqual(told, ["ada", "chat-py2", ["vip"], "staging", "langfuse"])
        told = [root[of] for of in ("input", "output", "release")] + [root["metadata"]["plan"]]
        self.assertEqual(told, [{"question": "Where is it?"}, "On its way.", "r-1", "pro"])
        self.assertEqual([answer[of] for of in ("kind", "model", "stream", "firstTokenMs")], ["llm", "gpt-4o", True, 40])
        self.assertEqual(answer["input"], [{"role": "user", "content": "Where is it?"}])
        self.assertEqual(counted(answer), {"input": 10, "cacheRead": 90, "output": 12, "reasoning": 8})
        self.assertGreater(float(answer["costUsd"]), 0)
        self.assertEqual([failing["status"], failing["statusMessage"]], ["error", "it broke"])
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens", "errorCount")], [100, 20, 1])

    def test_functions_that_are_observed_nest_and_one_that_throws_is_an_error(self):
        langfuse_context.configure(**CONNECTION)

        @observe()
        def broken(city):
            raise ValueError(f"nothing known of {city}")

        @observe(as_type="generation")
        def spoken():
            langfuse_context.update_current_observation(model="gpt-4o", usage_details={"input": 3, "output": 4})
            return "On its way."

        @observe(name="agent of mine")
        def agent(question):
            try:
                broken("Pune")
            except ValueError:
                pass
            langfuse_context.update_current_trace(session_id="chat-observed")
            return spoken(), langfuse_context.get_current_trace_id()

        text, trace_id = agent("Where?")
        self.assertEqual(text, "On its way.")
        langfuse_context.flush()
        names = ["agent of mine", "broken", "spoken"]
        stored = trace_of(trace_id, 3, names, until=lambda so_far: so_far["spoken"]["sessionId"] is not None)
        failed, said = stored["broken"], stored["spoken"]
        self.assertEqual(failed["status"], "error")
        self.assertIn("nothing known of Pune", failed["statusMessage"])
        self.assertEqual((said["kind"], said["output"], said["sessionId"]), ("llm", "On its way.", "chat-observed"))
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens")], [3, 4])

    def test_an_update_long_after_the_end_changes_what_it_says_and_nothing_else(self):
        trace_id = str(uuid.uuid4())
        langfuse.trace(id=trace_id, name="first name", metadata={"a": 1})
        generation = langfuse.generation(trace_id=trace_id, name="late", model="gpt-4o", usage={"input": 3, "output": 4})
        generation.end(output="first")
        langfuse.flush()
        before = trace_of(trace_id, 2, ["first name", "late"])["late"]
        generation.update(output="second", metadata={"corrected": "yes"})
        langfuse.trace(id=trace_id, name="second name", user_id="eve", metadata={"b": 2})
        langfuse.flush()

        def late():
            stored = trace_of(trace_id, 2, ["second name", "late"])
            found = stored["late"]
            return stored if found["output"] == "second" and found["userId"] == "eve" else None

        stored = eventually("the update", late)
        after = stored["late"]
        self.assertEqual(len(stored.spans), 2)
        for of in ("startedAt", "durationMs", "usage"):
            self.assertEqual(after[of], before[of])
        self.assertEqual(after["metadata"]["corrected"], "yes")
        metadata = stored["second name"]["metadata"]
        self.assertEqual((metadata["a"], metadata["b"]), ("1", "2"))

    def test_the_same_bytes_again_are_stored_once(self):
        sent = []
        send = httpx.Client.send

        def remembering(client, request, **more):
            sent.append(request)
            return send(client, request, **more)

        with unittest.mock.patch.object(httpx.Client, "send", remembering):
            trace = langfuse.trace(name="twice")
            trace.generation(name="once", model="gpt-4o", usage={"input": 7, "output": 1}).end()
            trace.score(name="quality", value=1)
            langfuse.flush()
        batches = [request for request in sent if request.url.path == "/api/public/ingestion"]
        self.assertTrue(batches, "it did not go through this client of HTTP")
        for request in batches * 2:
            again = httpx.post(request.url, content=request.content, headers={**request.headers})
            self.assertEqual((again.status_code, again.json()["errors"]), (207, []))
        trace.span(name="after").end()
        langfuse.flush()
        stored = trace_of(trace.id, 3, ["twice", "once", "after"])
        self.assertEqual((len(stored.spans), stored.trace["inputTokens"]), (3, 7))
        self.assertEqual(scores_of(1, traceId=trace.id)["quality"]["value"], 1)


class Beside(unittest.TestCase):
    def test_scores_of_every_type(self):
        trace = langfuse.trace(name="scored")
        span = trace.span(name="inner")
        span.end()
        langfuse.score(trace_id=trace.id, name="number", value=0.75, comment="fine")
        langfuse.score(trace_id=trace.id, observation_id=span.id, name="category", value="good")
        langfuse.score(trace_id=trace.id, name="truth", value=1, data_type="BOOLEAN")
        langfuse.flush()
        scores = scores_of(3, traceId=trace.id)
        self.assertEqual([scores["number"][of] for of in ("value", "comment", "spanId")], [0.75, "fine", None])
        self.assertEqual([scores["category"][of] for of in ("value", "type", "spanId")], ["good", "categorical", plain(span.id)])
        self.assertIs(scores["truth"]["value"], True)

    def test_a_picture_is_uploaded_and_found_again(self):
        trace = langfuse.trace(
            name="media", metadata={"picture": LangfuseMedia(content_bytes=base64.b64decode(PIXEL), content_type="image/png")}
        )
        langfuse.flush()
        picture = trace_of(trace.id, 1, ["media"])["media"]["metadata"]["picture"]
        self.assertRegex(picture, r"^@@@langfuseMedia:type=image/png\|id=[\w-]{22}\|source=bytes@@@$")

        def resolved():
            found = langfuse.resolve_media_references(obj={"picture": picture}, resolve_with="base64_data_uri")
            return found["picture"] != picture and found

        self.assertEqual(eventually("the upload", resolved), {"picture": f"data:image/png;base64,{PIXEL}"})

    def test_what_it_reads(self):
        trace = langfuse.trace(name="read", input="in", output="out", session_id=f"session-{uuid.uuid4()}")
        generation = trace.generation(name="g", model="gpt-4o", usage={"input": 1, "output": 2})
        generation.end()
        langfuse.flush()
        trace_of(trace.id, 2, ["read", "g"])
        self.assertTrue(langfuse.auth_check())
        found = langfuse.fetch_trace(trace.id).data
        self.assertEqual((found.id, found.input, found.output, [one.id for one in found.observations]), (trace.id, "in", "out", [generation.id]))
        (listed,) = langfuse.fetch_observations(trace_id=trace.id).data
        self.assertEqual((listed.id, listed.type, listed.usage.total), (generation.id, "GENERATION", 3))
        self.assertEqual([one.id for one in langfuse.fetch_traces(session_id=found.session_id).data], [trace.id])

    def test_a_prompt_that_is_not_here_gives_the_fallback(self):
        # None at all is for ever to this version.
        prompt = langfuse.get_prompt("greeting", fallback="Hello {{name}}", max_retries=1)
        self.assertEqual(prompt.compile(name="Ada"), "Hello Ada")


if __name__ == "__main__":
    unittest.main()
