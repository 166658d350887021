"""CrewAI with OpenInference's instrumentation, calling models through the gateway."""

import json
import logging
import os
import tempfile
import unittest

# What CrewAI would tell its makers stays here, and so does what it keeps on disk.
os.environ.update(CREWAI_DISABLE_TELEMETRY="true", CREWAI_TRACING_ENABLED="false", CREWAI_STORAGE_DIR=tempfile.mkdtemp(prefix="crewai-"))

from crewai import LLM, Agent, Crew, Process, Task  # noqa: E402
from crewai.hooks import register_before_llm_call_hook  # noqa: E402
from crewai.tools import tool  # noqa: E402
from openinference.instrumentation.crewai import CrewAIInstrumentor  # noqa: E402
from openinference.instrumentation.openai import OpenAIInstrumentor  # noqa: E402
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: E402
from opentelemetry.sdk.resources import Resource  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: E402
from stored import KEY, URL, eventually, trace_of  # noqa: E402

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
provider = TracerProvider(resource=Resource({"service.name": "crew"}))
exporter = OTLPSpanExporter(endpoint=f"{URL}/v1/traces", headers={"authorization": f"Bearer {KEY}"})
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("app")


def setUpModule():
    CrewAIInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)
    OpenAIInstrumentor().instrument(tracer_provider=provider)
    register_before_llm_call_hook(only_the_task)


def tearDownModule():
    provider.shutdown()


@tool("weather")
def weather(city: str) -> str:
    """The weather of a city."""
    if city == "Nowhere":
        raise ValueError("nobody lives there")
    return f"{city} is fine"


def crew_of(model, text, **more):
    llm = LLM(model=f"openai/{model}", base_url=f"{URL}/v1", api_key=KEY, **more)
    helper = Agent(role="helper", goal="help", backstory="Is brief.", llm=llm, tools=[weather], max_iter=3, max_retry_limit=0, verbose=False)
    task = Task(description=text, expected_output="a sentence", agent=helper)
    return Crew(name="support", agents=[helper], tasks=[task], process=Process.sequential, verbose=False, memory=False)


def inside(work):
    """Works inside of a span; gives the id of its trace."""
    with tracer.start_as_current_span("question", attributes={"session.id": "chat-crew"}) as span:
        work()
    provider.force_flush()
    return f"{span.get_span_context().trace_id:032x}"


def only_the_task(context):
    """CrewAI wraps a task in words of its own, and the simulator reads a script only where it stands alone."""
    for message in context.messages:
        if message["role"] == "user" and "Current Task: {" in message["content"]:
            message["content"] = message["content"].split("Current Task: ", 1)[1].split("\n\n", 1)[0]


def calls_of(city):
    return json.dumps({"tools": [{"name": "weather", "arguments": {"city": city}}]})


class Crews(unittest.TestCase):
    def test_a_crew_whose_agent_calls_a_tool(self):
        said = []
        trace_id = inside(lambda: said.append(crew_of("openai-script", calls_of("Pune")).kickoff().raw))
        self.assertEqual(said, ["Pune is fine"])
        stored = trace_of(trace_id, 6)
        whole, agent, called = stored["support.kickoff"], stored["helper._execute_core"], stored["weather"]
        self.assertEqual([whole["kind"], whole["parentId"], whole["service"]], ["chain", stored["question"]["spanId"], "crew"])
        self.assertEqual([agent["kind"], agent["parentId"], agent["metadata"]["graphNodeId"]], ["agent", whole["spanId"], "helper"])
        self.assertEqual([called["kind"], called["input"], called["output"]], ["tool", {"city": "Pune"}, "Pune is fine"])
        first, second = sorted(stored.of_kind("llm"), key=lambda call: call["startedAt"])
        for span in (called, first, second):
            self.assertEqual(span["parentId"], agent["spanId"])
        self.assertEqual(first["output"][0]["tool_calls"][0]["function"]["name"], "weather")
        self.assertIn("Pune is fine", json.dumps(second["input"]))
        self.assertEqual(whole["outputPreview"], "Pune is fine")

        # The gateway served both calls, so it counts them.
        def counted_by_the_gateway():
            again = trace_of(trace_id, 6)
            served = [call["metadata"].get("gatewayTraceId") for call in again.of_kind("llm")]
            return again.trace if all(served) and again.trace["inputTokens"] == 0 else None

        self.assertIsNone(eventually("the gateway to count", counted_by_the_gateway)["costUsd"])

    def test_a_tool_that_fails(self):
        stored = trace_of(inside(lambda: crew_of("openai-script", calls_of("Nowhere")).kickoff()), 6)
        self.assertEqual([stored["weather"]["status"], stored["weather"]["statusMessage"]], ["error", "nobody lives there"])
        self.assertEqual(stored["support.kickoff"]["status"], "ok")

    def test_a_stream(self):
        stored = trace_of(inside(lambda: crew_of("openai-echo", "Where is it?", stream=True).kickoff()), 4)
        (call,) = stored.of_kind("llm")
        self.assertIn("Where is it?", json.dumps(call["output"]))
        self.assertIs(call["stream"], True)
        self.assertGreater(call["outputTokens"], 0)

    def test_a_model_that_is_refused_is_an_error_up_to_the_crew(self):
        def work():
            with self.assertRaises(Exception):
                crew_of("nothing-like-it", "x").kickoff()

        stored = trace_of(inside(work), 4)
        (call,) = stored.of_kind("llm")
        for span in (call, stored["helper._execute_core"], stored["support.kickoff"]):
            self.assertEqual(span["status"], "error")
            self.assertIn("404", span["statusMessage"])


if __name__ == "__main__":
    unittest.main()
