"""AutoGen's agents, calling models through the gateway: what AutoGen itself sends over OpenTelemetry, and what OpenInference adds to it."""

import asyncio
import json
import logging
import unittest

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core import SingleThreadedAgentRuntime
from autogen_ext.models.openai import OpenAIChatCompletionClient
from openai import NotFoundError
from openinference.instrumentation.autogen_agentchat import AutogenAgentChatInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import set_tracer_provider
from stored import KEY, URL, eventually, trace_of

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
provider = TracerProvider(resource=Resource({"service.name": "crew"}))
exporter = OTLPSpanExporter(endpoint=f"{URL}/v1/traces", headers={"authorization": f"Bearer {KEY}"})
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("app")


def setUpModule():
    # AutoGen's own spans go to whatever provider the process has.
    set_tracer_provider(provider)
    AutogenAgentChatInstrumentor().instrument(tracer_provider=provider)
    OpenAIInstrumentor().instrument(tracer_provider=provider)


def tearDownModule():
    provider.shutdown()


def weather(city: str) -> str:
    """The weather of a city."""
    if city == "Nowhere":
        raise ValueError("nobody lives there")
    return f"{city} is fine"


def model_client(model):
    info = {"vision": False, "function_calling": True, "json_output": False, "family": "unknown", "structured_output": False}
    return OpenAIChatCompletionClient(model=model, base_url=f"{URL}/v1", api_key=KEY, max_retries=0, model_info=info)


def calls_of(city):
    return json.dumps({"tools": [{"name": "weather", "arguments": {"city": city}}]})


def inside(work, **attributes):
    """Works inside of a span; gives the id of its trace."""
    with tracer.start_as_current_span("question", attributes={"session.id": "chat-autogen", **attributes}) as span:
        asyncio.run(work())
    provider.force_flush()
    return f"{span.get_span_context().trace_id:032x}"


async def ask(text, model="openai-script"):
    client = model_client(model)
    try:
        helper = AssistantAgent("helper", client, tools=[weather], system_message="Be brief.", reflect_on_tool_use=True)
        return await helper.run(task=text)
    finally:
        await client.close()


def in_order(spans):
    return sorted(spans, key=lambda span: span["startedAt"])


class Agents(unittest.TestCase):
    def test_an_agent_that_calls_a_tool_and_answers(self):
        said = []

        async def work():
            said.append((await ask(calls_of("Pune"))).messages[-1].content)

        trace_id = inside(work)
        self.assertIn("Pune is fine", said[0])
        # Of each call there are two spans, of AutoGen and of OpenAI's client below it; of the tool there are two as well.
        stored = trace_of(trace_id, 10)
        agent = stored["invoke_agent helper"]
        self.assertEqual([agent["kind"], agent["usageRole"], agent["service"]], ["agent", "aggregate", "crew"])
        self.assertEqual(agent["metadata"]["agent"], "helper")
        first, second = in_order(stored.named("ChatCompletion"))
        for call, around in zip((first, second), in_order(stored.named("OpenAIChatCompletionClient.create"))):
            self.assertEqual([call["kind"], around["kind"], around["usageRole"]], ["llm", "llm", "aggregate"])
            self.assertEqual(call["parentId"], around["spanId"])
            self.assertTrue(stored.child_of(call, agent))
            self.assertGreater(call["inputTokens"], 0)
        self.assertEqual(first["output"][0]["tool_calls"][0]["function"]["name"], "weather")
        self.assertIn("Pune is fine", json.dumps(second["input"]))
        outer, inner = in_order(stored.named("weather"))
        self.assertEqual([outer["kind"], outer["input"], outer["output"]], ["tool", {"city": "Pune"}, "Pune is fine"])
        self.assertEqual(inner["parentId"], outer["spanId"])
        self.assertTrue(stored.child_of(outer, agent))

        # The gateway served both calls, so it counts them, and nothing of the agent's trace counts them again.
        def counted_by_the_gateway():
            again = trace_of(trace_id, 10)
            served = [call["metadata"].get("gatewayTraceId") for call in again.named("ChatCompletion")]
            return again.trace if all(served) and again.trace["inputTokens"] == 0 else None

        self.assertIsNone(eventually("the gateway to count", counted_by_the_gateway)["costUsd"])

    def test_a_team_whose_messages_go_through_its_runtime(self):
        async def work():
            client = model_client("openai-echo")
            team = RoundRobinGroupChat(
                [AssistantAgent(name, client) for name in ("writer", "critic")], termination_condition=MaxMessageTermination(3)
            )
            await team.run(task="Hello")
            await client.close()

        stored = trace_of(inside(work), 10, ["invoke_agent writer", "invoke_agent critic"])
        whole = stored["RoundRobinGroupChat.run_stream"]
        self.assertEqual([whole["kind"], whole["parentId"]], ["chain", stored["question"]["spanId"]])
        for name in ("writer", "critic"):
            agent = stored[f"invoke_agent {name}"]
            self.assertEqual([agent["kind"], agent["usageRole"]], ["agent", "aggregate"])
            self.assertTrue(stored.child_of(agent, whole))
            (call,) = [call for call in stored.named("ChatCompletion") if stored.child_of(call, agent)]
            self.assertEqual(call["output"][0]["content"], "Hello")

    def test_a_tool_that_fails(self):
        async def work():
            await ask(calls_of("Nowhere"))

        stored = trace_of(inside(work), 10)
        outer, inner = in_order(stored.named("weather"))
        # AutoGen takes the error for an answer, so OpenInference's span of the tool is fine. Its own says what happened.
        self.assertEqual([inner["kind"], inner["status"], outer["output"]], ["tool", "error", "nobody lives there"])
        self.assertIn("nobody lives there", inner["statusMessage"])
        self.assertGreater(stored.trace["errorCount"], 0)

    def test_a_model_that_is_refused(self):
        async def work():
            with self.assertRaises(NotFoundError):
                await ask("x", model="nothing-like-it")

        stored = trace_of(inside(work), 6)
        for name in ("invoke_agent helper", "OpenAIChatCompletionClient.create", "ChatCompletion"):
            self.assertEqual(stored[name]["status"], "error", name)
            self.assertIn("404", stored[name]["statusMessage"])


if __name__ == "__main__":
    unittest.main()
