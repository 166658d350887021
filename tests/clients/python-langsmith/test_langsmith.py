"""LangSmith's client for Python, unchanged but for its endpoint. What is stored is read through our API, and through the client itself."""

import datetime
import json
import logging
import unittest
import uuid

from langsmith import Client, RunTree, traceable
from langsmith.schemas import Attachment
from langsmith.utils import LangSmithAuthError, LangSmithConflictError
from langsmith.wrappers import wrap_openai
from openai import NotFoundError, OpenAI
from stored import KEY, URL, ask, counted, eventually, scores_of, trace_of

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
client = Client(api_url=f"{URL}/langsmith", api_key=KEY)
openai = wrap_openai(OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0), tracing_extra={"client": client, "enabled": True})

USAGE = {
    "input_tokens": 100,
    "output_tokens": 20,
    "total_tokens": 120,
    "input_token_details": {"cache_read": 90},
    "output_token_details": {"reasoning": 8},
}
MODEL = {"ls_provider": "openai", "ls_model_name": "gpt-4o"}


def tearDownModule():
    client.close()


def traced(**more):
    return traceable(client=client, enabled=True, **more)


def plain(run_id):
    return str(run_id).replace("-", "")


class Tracing(unittest.TestCase):
    def test_a_chain_with_a_streamed_answer_a_tool_that_fails_and_a_retriever(self):
        root = {}

        @traced(run_type="retriever", name="retrieve")
        def retrieve(query):
            return [{"page_content": "document", "type": "Document", "metadata": {}}]

        def joined(chunks):
            return {"role": "assistant", "content": "".join(chunks), "usage_metadata": USAGE}

        @traced(run_type="llm", name="answer", metadata=MODEL, tags=["inner"], reduce_fn=joined)
        def answer(messages):
            yield "On "
            yield "its way."

        @traced(run_type="tool", name="failing")
        def failing(argument):
            raise TypeError("it broke")

        @traced(name="support", project_name="matrix", tags=["vip"], metadata={"user_id": "ada", "session_id": "chat-py", "plan": "pro"})
        def support(question):
            retrieve("query")
            text = "".join(answer([{"role": "user", "content": question}]))
            try:
                failing("x")
            except TypeError:
                pass
            return text

        text = support("Where is it?", langsmith_extra={"on_end": lambda run: root.update(id=run.trace_id)})
        self.assertEqual(text, "On its way.")
        client.flush()

        stored = trace_of(str(root["id"]), 4, ["support", "retrieve", "answer", "failing"])
        told = (stored.trace["traceId"], stored.trace["externalId"], len(stored.spans))
        self.assertEqual(told, (plain(root["id"]), str(root["id"]), 4))
        root, found, said, broken = (stored[name] for name in ("support", "retrieve", "answer", "failing"))
        self.assertEqual([root[of] for of in ("parentId", "kind", "status")], [None, "chain", "ok"])
        for one in (found, said, broken):
            self.assertEqual(one["parentId"], root["spanId"])
        for one in stored.spans:
            told = [one["source"], one["userId"], one["sessionId"], one["metadata"]["project"], one["metadata"]["plan"]]
            self.assertEqual(told, ["langsmith", "ada", "chat-py", "matrix", "pro"])
        self.assertIn("vip", root["tags"])
        self.assertEqual((root["input"], root["output"]), ({"question": "Where is it?"}, {"output": "On its way."}))
        self.assertEqual([one["kind"] for one in (found, said, broken)], ["retriever", "llm", "tool"])
        self.assertEqual([said[of] for of in ("provider", "model", "stream")], ["openai", "gpt-4o", True])
        self.assertTrue(0 <= said["firstTokenMs"] <= said["durationMs"] + 1, said["firstTokenMs"])
        self.assertEqual(counted(said), {"input": 10, "cacheRead": 90, "output": 12, "reasoning": 8})
        self.assertGreater(float(said["costUsd"]), 0)
        self.assertEqual(said["output"]["content"], "On its way.")
        self.assertEqual([broken["status"], broken["errorType"]], ["error", "TypeError"])
        self.assertIn("it broke", broken["statusMessage"])
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens", "errorCount")], [100, 20, 1])

    def test_the_client_of_openai_wrapped_and_through_the_gateway(self):
        ids = []
        script = json.dumps({"tools": [{"name": "weather", "arguments": {"city": "Pune"}}]})
        weather = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}

        @traced(name="turn")
        def turn():
            messages = [{"role": "user", "content": "Hello"}]
            openai.chat.completions.create(
                model="openai-script", messages=[{"role": "user", "content": script}], tools=[weather], langsmith_extra={"name": "tools"}
            )
            stream = openai.chat.completions.create(
                model="openai-echo",
                messages=messages,
                stream=True,
                stream_options={"include_usage": True},
                langsmith_extra={"name": "streamed"},
            )
            for _chunk in stream:
                pass
            with self.assertRaises(NotFoundError):
                openai.chat.completions.create(model="nothing-like-it", messages=messages, langsmith_extra={"name": "refused"})

        turn(langsmith_extra={"on_end": lambda run: ids.append(run.trace_id)})
        client.flush()
        stored = trace_of(str(ids[0]), 4, ["turn", "tools", "streamed", "refused"])
        tools, streamed, refused = (stored[name] for name in ("tools", "streamed", "refused"))
        for call, model in ((tools, "openai-script"), (streamed, "openai-echo")):
            told = [call[of] for of in ("kind", "requestModel", "status", "provider")]
            self.assertEqual(told, ["llm", model, "ok", "openai"])
            self.assertGreater(call["inputTokens"], 0)
            self.assertGreater(call["outputTokens"], 0)
        self.assertIn('"name": "weather"', json.dumps(tools["output"]))
        self.assertIn("Hello", json.dumps(streamed["output"]))
        self.assertIs(streamed["stream"], True)
        self.assertIsNotNone(streamed["firstTokenMs"])
        self.assertEqual(refused["status"], "error")
        self.assertIn("404", refused["statusMessage"])

        # Their tokens are the gateway's, and counted there.
        def counted_by_the_gateway():
            again = trace_of(str(ids[0]), 4)
            told = [again[name] for name in ("tools", "streamed")]
            return all(call["usageRole"] == "aggregate" and call["metadata"].get("gatewayTraceId") for call in told)

        eventually("both to say that the gateway counts", counted_by_the_gateway)

    def test_a_run_is_running_until_it_ends_and_is_changed_by_one_later_still(self):
        run = RunTree(name="slow", run_type="chain", inputs={"a": 1}, ls_client=client)
        run.post()
        client.flush()

        def running():
            status, body = ask(f"/api/v1/traces/{run.id}")
            return status == 200 and body["spans"][0]["status"] == "running"

        eventually("a running span", running)
        run.end(outputs={"done": True})
        run.patch()
        client.flush()
        trace_of(str(run.id), 1, ["slow"])
        client.update_run(
            run.id,
            trace_id=run.trace_id,
            dotted_order=run.dotted_order,
            outputs={"done": "corrected"},
            tags=["late"],
            extra={"metadata": {"reviewed": True}},
        )
        client.flush()

        def corrected():
            stored = trace_of(str(run.id), 1, ["slow"])
            return stored if "late" in stored["slow"]["tags"] else None

        stored = eventually("the correction", corrected)
        self.assertEqual(len(stored.spans), 1)
        slow = stored["slow"]
        told = [slow["input"], slow["output"], slow["status"], slow["metadata"]["reviewed"]]
        self.assertEqual(told, [{"a": 1}, {"done": "corrected"}, "ok", "true"])

    def test_the_same_runs_again_as_a_form_and_as_a_batch_out_of_order_are_stored_once(self):
        root, child = uuid.uuid4(), uuid.uuid4()
        at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
        stamp = at.strftime("%Y%m%dT%H%M%S%fZ")
        common = {"trace_id": str(root), "session_name": "matrix"}
        parent = {**common, "id": str(root), "dotted_order": f"{stamp}{root}", "name": "twice", "run_type": "chain"}
        inner = {
            **common,
            "id": str(child),
            "parent_run_id": str(root),
            "dotted_order": f"{stamp}{root}.{stamp}{child}",
            "name": "inner",
            "run_type": "llm",
        }
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        ends = [{**run, "end_time": now, "outputs": {"content": "x", "usage_metadata": USAGE}} for run in (parent, inner)]
        creates = [{**run, "start_time": at.isoformat(), "inputs": {"q": 1}} for run in (parent, inner)]
        client.multipart_ingest(create=[], update=[{**run} for run in ends])
        client.batch_ingest_runs(create=[{**run} for run in creates], update=[])
        client.multipart_ingest(create=[{**run} for run in creates], update=[{**run} for run in ends])
        client.batch_ingest_runs(create=[{**run} for run in creates], update=[{**run} for run in ends])

        def begun():
            stored = trace_of(str(root), 2, ["twice", "inner"])
            return stored if all(span["input"] == {"q": 1} for span in stored.spans) else None

        stored = eventually("what they began with", begun)
        self.assertEqual(len(stored.spans), 2)
        self.assertEqual(stored["inner"]["parentId"], plain(root))
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens")], [100, 20])

    def test_attachments_come_along_with_their_run(self):
        ids = []

        @traced(name="with files")
        def read(picture: Attachment, log: Attachment):
            return "seen"

        read(
            Attachment(mime_type="image/png", data=b"\x01\x02\x03"),
            Attachment(mime_type="text/plain", data=b"x" * 40_000),
            langsmith_extra={"on_end": lambda run: ids.append(run.trace_id)},
        )
        client.flush()
        attributes = trace_of(str(ids[0]), 1, ["with files"])["with files"]["attributes"]
        self.assertEqual(
            attributes["attachment.picture"], {"type": "image/png", "size": 3, "content": "AQID", "encoding": "base64"}
        )
        self.assertEqual(attributes["attachment.log"], {"type": "text/plain", "size": 40_000})


class Feedback(unittest.TestCase):
    def test_in_the_background_and_at_once_changed_and_removed(self):
        root = RunTree(name="judged", run_type="chain", inputs={}, ls_client=client)
        inner = root.create_child(name="inner")
        for run in (root, inner):
            run.post()
        for run in (inner, root):
            run.end(outputs={})
            run.patch()
        # With its trace it goes along with the runs, as a part of their form; without, in a request of its own.
        client.create_feedback(root.id, "good", score=True, trace_id=root.trace_id)
        client.create_feedback(
            inner.id, "close", score=0.5, value="nearly", comment="why", trace_id=root.trace_id, feedback_source_type="model"
        )
        client.create_feedback(inner.id, "alone", score=0.25)
        client.flush()
        scores = scores_of(3, traceId=str(root.id))
        self.assertEqual([scores["good"][of] for of in ("value", "spanId")], [True, None])
        close = [scores["close"][of] for of in ("value", "comment", "spanId", "source")]
        self.assertEqual(close, [0.5, "why", plain(inner.id), "eval"])
        self.assertEqual([scores["alone"][of] for of in ("value", "spanId")], [0.25, plain(inner.id)])
        listed = {feedback.key: feedback for feedback in client.list_feedback(run_ids=[inner.id])}
        self.assertEqual({name: feedback.score for name, feedback in listed.items()}, {"alone": 0.25, "close": 0.5})
        client.update_feedback(listed["close"].id, score=0.75, comment="looked again")
        changed = client.read_feedback(listed["close"].id)
        self.assertEqual((changed.score, changed.comment, str(changed.run_id)), (0.75, "looked again", str(inner.id)))
        client.delete_feedback(listed["alone"].id)
        eventually("the removal", lambda: len(ask("/api/v1/scores", traceId=str(root.id))[1]["scores"]) == 2)


class Reading(unittest.TestCase):
    def test_projects_and_runs_by_them(self):
        name = f"matrix {uuid.uuid4()}"
        made = client.create_project(name, description="first", metadata={"a": 1})
        with self.assertRaises(LangSmithConflictError):
            client.create_project(name)
        client.update_project(made.id, metadata={"b": 2}, end_time=datetime.datetime.now(datetime.timezone.utc))
        read = client.read_project(project_name=name)
        self.assertEqual((read.id, read.metadata["b"]), (made.id, 2))
        self.assertFalse(client.has_project("nobody has this"))

        for called, run_type in (("one", "llm"), ("two", "tool")):
            traced(name=called, run_type=run_type, project_name=name)(lambda given: given)("x")
        client.flush()

        def names(**more):
            return sorted(run.name for run in client.list_runs(project_name=name, **more))

        eventually("both runs", lambda: names() == ["one", "two"])
        self.assertEqual(names(run_type="llm"), ["one"])
        self.assertEqual(names(filter='and(eq(run_type, "tool"), gte(start_time, "2026-01-01T00:00:00Z"))'), ["two"])
        self.assertEqual(names(is_root=True, error=True), [])
        (one,) = [run for run in client.list_runs(project_name=name) if run.name == "one"]
        whole = client.read_run(one.id)
        self.assertEqual((whole.run_type, whole.inputs, whole.session_id), ("llm", {"given": "x"}, made.id))
        self.assertEqual(whole.outputs, {"output": "x"})

    def test_prompts_are_pushed_pulled_listed_and_deleted(self):
        name = f"matrix-{uuid.uuid4()}"

        def manifest(text):
            kwargs = {"input_variables": ["question"], "template_format": "f-string", "template": text}
            return {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "prompt", "PromptTemplate"], "kwargs": kwargs}

        def push(text, parent):
            # Its push_prompt is this request, with LangChain in front of it to write the manifest.
            body = {"manifest": manifest(text), "parent_commit": parent}
            return client.request_with_retries("POST", f"/commits/-/{name}", json=body).json()["commit"]["commit_hash"]

        client.create_prompt(name, description="asks")
        first = push("{question}", None)
        second = push("Please: {question}", first)
        self.assertEqual(client.pull_prompt_commit(name).commit_hash, second)
        self.assertEqual(client.pull_prompt_commit(f"{name}:{first}").manifest, manifest("{question}"))
        self.assertEqual([prompt.repo_handle for prompt in client.list_prompts(query=name).repos], [name])
        self.assertTrue(client.get_prompt(name).num_commits >= 2)
        client.delete_prompt(name)
        self.assertIsNone(client.get_prompt(name))

    def test_a_key_that_is_not_known_is_said_so(self):
        stranger = Client(api_url=f"{URL}/langsmith", api_key="sk-sb-nobody-has-this-key", auto_batch_tracing=False)
        with self.assertRaises(LangSmithAuthError):
            stranger.read_project(project_name="x")


if __name__ == "__main__":
    unittest.main()
