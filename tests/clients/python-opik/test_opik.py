"""Opik's client for Python, unchanged but for its URL. What is stored is read through our API."""

import logging
import os
import tempfile
import unittest
import uuid

from stored import KEY, URL, ask, counted, eventually, scores_of, trace_of

# Functions that are tracked find their client by these. What Opik would tell its makers stays here.
os.environ.update(
    OPIK_URL_OVERRIDE=f"{URL}/opik/api",
    OPIK_API_KEY=KEY,
    OPIK_WORKSPACE="default",
    OPIK_PROJECT_NAME="matrix",
    OPIK_SENTRY_ENABLE="false",
    OPIK_ANALYTICS_ENABLE="false",
    OPIK_SUPPRESS_BATCHING_UPDATE_WARNING="true",
)

import opik  # noqa: E402
from opik.rest_api.core.api_error import ApiError  # noqa: E402

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
client = opik.Opik()

USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 90},
    "completion_tokens_details": {"reasoning_tokens": 8},
}


def tearDownModule():
    client.end()


def plain(written):
    return written.replace("-", "")


class Tracing(unittest.TestCase):
    def test_a_trace_with_a_model_a_tool_below_a_span_and_an_error(self):
        trace = client.trace(
            name="support", input={"question": "Where is it?"}, tags=["vip"], thread_id="chat-py", metadata={"user_id": "ada", "plan": "pro"}
        )
        step = trace.span(name="step", type="general")
        answer = step.span(
            name="answer", type="llm", model="gpt-4o", provider="openai", input={"messages": [{"role": "user", "content": "hi"}]}
        )
        answer.end(output={"text": "On its way."}, usage=USAGE)
        tool = step.span(name="failing", type="tool", input={"city": "Oslo"})
        tool.end(error_info={"exception_type": "TypeError", "message": "it broke", "traceback": "at somewhere"})
        step.end()
        trace.end(output={"text": "On its way."})
        client.flush()

        stored = trace_of(trace.id, 4, ["support", "step", "answer", "failing"])
        told = (stored.trace["traceId"], stored.trace["externalId"], len(stored.spans))
        self.assertEqual(told, (plain(trace.id), trace.id, 4))
        root, middle, said, broken = (stored[name] for name in ("support", "step", "answer", "failing"))
        parents = [one["parentId"] for one in (root, middle, said, broken)]
        self.assertEqual(parents, [None, root["spanId"], middle["spanId"], middle["spanId"]])
        for one in stored.spans:
            told = [one["source"], one["userId"], one["sessionId"], one["tags"], one["metadata"]["project"]]
            self.assertEqual(told, ["opik", "ada", "chat-py", ["vip"], "matrix"])
        told = (root["input"], root["output"], root["metadata"]["plan"])
        self.assertEqual(told, ({"question": "Where is it?"}, {"text": "On its way."}, "pro"))
        self.assertEqual([said[of] for of in ("kind", "provider", "model")], ["llm", "openai", "gpt-4o"])
        self.assertEqual(counted(said), {"input": 10, "cacheRead": 90, "output": 12, "reasoning": 8})
        self.assertGreater(float(said["costUsd"]), 0)
        told = [broken[of] for of in ("kind", "status", "errorType", "statusMessage")]
        self.assertEqual(told, ["tool", "error", "TypeError", "it broke"])
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens", "errorCount")], [100, 20, 1])
        read = client.get_trace_content(trace.id)
        self.assertEqual((read.name, read.thread_id, read.output), ("support", "chat-py", {"text": "On its way."}))
        self.assertEqual(client.get_span_content(answer.id).parent_span_id, step.id)

    def test_what_runs_is_running_until_a_later_request_ends_it_and_what_comes_later_still_changes_it(self):
        trace = client.trace(name="slow", input={"a": 1})
        span = trace.span(name="inner", type="llm")
        client.flush()

        def running():
            status, body = ask(f"/api/v1/traces/{trace.id}")
            return status == 200 and [one["status"] for one in body["spans"]] == ["running"] * 2

        eventually("a running span", running)
        span.end(output={"b": 2}, total_cost=0.25)
        trace.end()
        client.flush()
        trace_of(trace.id, 2, ["slow", "inner"])
        span.update(metadata={"late": 1}, tags=["late"])
        client.flush()

        def late():
            stored = trace_of(trace.id, 2)
            return stored if "late" in stored["inner"]["tags"] else None

        stored = eventually("the late update", late)
        self.assertEqual(len(stored.spans), 2)
        inner = stored["inner"]
        told = [inner["output"], inner["metadata"]["late"], float(inner["costUsd"]), inner["status"], inner["parentId"]]
        self.assertEqual(told, [{"b": 2}, "1", 0.25, "ok", plain(trace.id)])

    def test_functions_that_are_tracked_a_stream_and_one_that_throws(self):
        name = f"tracked {uuid.uuid4()}"

        @opik.track(name="inner", type="tool")
        def inner(x):
            return x + 1

        @opik.track(name="streamed", type="llm", generations_aggregator="".join)
        def streamed():
            yield from ("On ", "its ", "way.")

        @opik.track(name="broken")
        def broken():
            raise OverflowError("too far")

        @opik.track(name=name)
        def outer(x):
            for _word in streamed():
                pass
            try:
                broken()
            except OverflowError:
                pass
            return inner(x), opik.opik_context.get_current_trace_data().id

        result, trace_id = outer(1)
        self.assertEqual(result, 2)
        opik.flush_tracker()
        stored = trace_of(trace_id, 4, [name, "inner", "streamed", "broken"])
        self.assertEqual([stored["inner"][of] for of in ("kind", "status")], ["tool", "ok"])
        self.assertIn("On its way.", str(stored["streamed"]["output"]))
        self.assertEqual([stored["broken"][of] for of in ("status", "errorType")], ["error", "OverflowError"])
        self.assertIn("too far", stored["broken"]["statusMessage"])

    def test_the_same_again_is_stored_once(self):
        trace_id = opik.id_helpers.generate_id()
        for _round in range(3):
            client.trace(id=trace_id, name="twice", input={"a": 1}).end()
            client.flush()
        stored = trace_of(trace_id, 1, ["twice"])
        self.assertEqual(len(stored.spans), 1)


class Scores(unittest.TestCase):
    def test_of_traces_and_of_spans_and_the_same_again_replaces(self):
        trace = client.trace(name="judged")
        span = trace.span(name="inner")
        trace.log_feedback_score(name="good", value=1, reason="why")
        span.log_feedback_score(name="close", value=0.3)
        span.end()
        trace.end()
        client.flush()
        scores = scores_of(2, traceId=trace.id)
        self.assertEqual([scores["good"][of] for of in ("value", "comment", "spanId")], [1, "why", None])
        self.assertEqual([scores["close"][of] for of in ("value", "spanId")], [0.3, plain(span.id)])
        trace.log_feedback_score(name="good", value=0)
        client.flush()
        eventually("the score that replaces", lambda: scores_of(2, traceId=trace.id)["good"]["value"] == 0)


class Attachments(unittest.TestCase):
    def test_are_sent_with_a_span_or_on_their_own_listed_and_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "ticket.txt")
            with open(path, "w", encoding="utf8") as file:
                file.write("It never came. " * 1000)
            trace = client.trace(name="with files")
            span = trace.span(name="inner", attachments=[opik.Attachment(data=path, content_type="text/plain")])
            span.end()
            trace.end()
            client.flush()
            trace_of(trace.id, 2, ["with files", "inner"])
            files = client.get_attachment_client()
            files.upload_attachment("matrix", "trace", trace.id, path, file_name="again.txt", mime_type="text/plain")
            for kind, of, name in (("span", span.id, "ticket.txt"), ("trace", trace.id, "again.txt")):

                def listed(kind=kind, of=of):
                    return files.get_attachment_list("matrix", of, kind)

                [found] = eventually(f"the file of the {kind}", listed)
                self.assertEqual((found.file_name, found.mime_type, found.file_size), (name, "text/plain", 15_000))
                sent = b"".join(files.download_attachment("matrix", kind, of, name, "text/plain"))
                self.assertEqual(sent, b"It never came. " * 1000)


class Keys(unittest.TestCase):
    def test_one_that_is_not_known_is_refused(self):
        stranger = opik.Opik(host=f"{URL}/opik/api", api_key="sk-sb-nobody-has-this-key", workspace="default")
        with self.assertRaises(ApiError) as caught:
            stranger.get_trace_content(str(uuid.uuid4()))
        self.assertEqual(caught.exception.status_code, 401)
        stranger.end()


if __name__ == "__main__":
    unittest.main()
