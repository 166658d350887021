"""OpenInference's instrumentations, as Phoenix and Arize use them: the client of OpenAI, and LangGraph with LangChain, through the gateway."""

import json
import logging
import unittest
from typing import Annotated, TypedDict

from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from openai import APIStatusError, OpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.langchain import LangChainInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from stored import KEY, URL, counted, eventually, scores_of, trace_of

# Errors are asked for here; what clients say of them would hide others.
logging.disable(logging.CRITICAL)
provider = TracerProvider(resource=Resource({"openinference.project.name": "shop", "service.name": "app"}))
exporter = OTLPSpanExporter(endpoint=f"{URL}/v1/traces", headers={"authorization": f"Bearer {KEY}"})
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("app")
GATEWAY = {"base_url": f"{URL}/v1", "api_key": KEY, "max_retries": 0}
openai = OpenAI(**GATEWAY)
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}


def tearDownModule():
    provider.shutdown()


def inside(work, **attributes):
    """Works inside of a span; gives the id of its trace."""
    with tracer.start_as_current_span("answer", attributes={"openinference.span.kind": "CHAIN", "input.value": "Hi", **attributes}) as span:
        work()
    provider.force_flush()
    return f"{span.get_span_context().trace_id:032x}"


def calls_of(text):
    return json.dumps({"tools": [{"name": "weather", "arguments": {"city": "Pune"}}], **({"text": text} if text else {})})


class OpenAIsClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        OpenAIInstrumentor().instrument(tracer_provider=provider)

    @classmethod
    def tearDownClass(cls):
        OpenAIInstrumentor().uninstrument()

    def test_a_call_with_a_tool_whose_numbers_are_the_gateways(self):
        def ask():
            messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": calls_of("")}]}]
            with using_attributes(session_id="s-1", user_id="u-1", tags=["a"], metadata={"plan": "pro"}):
                openai.chat.completions.create(model="openai/script", messages=messages, tools=[WEATHER])

        stored = trace_of(inside(ask), 2)
        chain, (call,) = stored["answer"], stored.of_kind("llm")
        self.assertEqual([chain["kind"], chain["metadata"]["project"], chain["service"]], ["chain", "shop", "app"])
        told = [call[of] for of in ("parentId", "sessionId", "userId", "tags")] + [call["metadata"]["plan"]]
        self.assertEqual(told, [chain["spanId"], "s-1", "u-1", ["a"], "pro"])
        self.assertEqual(call["input"][0]["content"], "Be brief.")
        self.assertEqual(call["output"][0]["tool_calls"][0]["function"]["name"], "weather")

        def counted_by_the_gateway():
            (again,) = trace_of(call["traceId"], 2).of_kind("llm")
            return again if again["usageRole"] == "aggregate" else None

        again = eventually("the gateway to count", counted_by_the_gateway)
        self.assertIsNone(again["costUsd"])
        served = trace_of(again["metadata"]["gatewayTraceId"]).trace
        self.assertEqual([served[of] for of in ("inputTokens", "outputTokens")], [call[of] for of in ("inputTokens", "outputTokens")])

    def test_a_stream(self):
        def ask():
            messages = [{"role": "user", "content": "one two three"}]
            more = {"stream": True, "stream_options": {"include_usage": True}}
            text = "".join(
                chunk.choices[0].delta.content or ""
                for chunk in openai.chat.completions.create(model="openai/echo", messages=messages, **more)
                if chunk.choices
            )
            self.assertEqual(text, "one two three")

        (call,) = trace_of(inside(ask), 2).of_kind("llm")
        self.assertIn("one two three", json.dumps(call["output"]))
        self.assertIs(call["stream"], True)
        self.assertIsNotNone(call["firstTokenMs"])
        self.assertGreater(call["outputTokens"], 0)

    def test_an_error(self):
        def ask():
            with self.assertRaises(APIStatusError):
                openai.chat.completions.create(model="openai/faults", messages=[{"role": "user", "content": '{"fault":429}'}])

        (call,) = trace_of(inside(ask), 2).of_kind("llm")
        self.assertEqual([call["status"], call["source"], call["errorType"]], ["error", "otlp", "openai.RateLimitError"])

    def test_spans_of_ones_own_cached_tokens_costs_documents_and_a_judgement(self):
        def ask():
            own = {
                "openinference.span.kind": "LLM",
                "llm.model_name": "llm-of-my-own",
                "llm.token_count.prompt": 20,
                "llm.token_count.prompt_details.cache_read": 5,
                "llm.token_count.completion": 10,
                "llm.cost.total": 0.5,
                "annotations.0.annotation.name": "correctness",
                "annotations.0.annotation.score": 0.75,
                "annotations.0.annotation.annotator_kind": "LLM",
            }
            tracer.start_span("own", attributes=own).end()
            found = {
                "openinference.span.kind": "RETRIEVER",
                "retrieval.documents.0.document.content": "Rails",
                "retrieval.documents.0.document.score": 0.5,
            }
            tracer.start_span("find", attributes=found).end()

        trace_id = inside(ask)
        stored = trace_of(trace_id, 3)
        own = stored["own"]
        self.assertEqual(counted(own), {"input": 15, "cacheRead": 5, "output": 10})
        self.assertEqual([own["usageRole"], own["costUsd"]], ["leaf", "0.5"])
        self.assertEqual([stored.trace[of] for of in ("inputTokens", "outputTokens", "costUsd")], [20, 10, "0.5"])
        self.assertEqual(stored["find"]["output"], [{"content": "Rails", "score": 0.5}])
        score = scores_of(1, traceId=trace_id)["correctness"]
        self.assertEqual([score[of] for of in ("value", "spanId", "source")], [0.75, own["spanId"], "eval"])


class State(TypedDict):
    messages: Annotated[list, add_messages]


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    if city == "Nowhere":
        raise ValueError("nobody lives there")
    return f"{city} is fine"


def graph_of(model):
    """A graph of two nodes: an agent, which asks the model, and its tools."""

    def agent(state):
        return {"messages": [model.invoke(state["messages"])]}

    def tools(state):
        calls = state["messages"][-1].tool_calls
        return {"messages": [ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"]) for call in calls]}

    def after(state):
        return "tools" if getattr(state["messages"][-1], "tool_calls", None) else END

    graph = StateGraph(State).add_node("agent", agent).add_node("tools", tools)
    graph.add_edge(START, "agent").add_conditional_edges("agent", after).add_edge("tools", "agent")
    return graph.compile(name="support")


class LangGraph(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        LangChainInstrumentor().instrument(tracer_provider=provider)

    @classmethod
    def tearDownClass(cls):
        LangChainInstrumentor().uninstrument()

    def run_graph(self, text, model="openai/script", **more):
        graph = graph_of(ChatOpenAI(model=model, **GATEWAY, **more).bind_tools([weather]))
        given = {"messages": [SystemMessage("Be brief."), HumanMessage(text)]}
        return graph.invoke(given, {"configurable": {"thread_id": "t-1"}, "metadata": {"session_id": "chat-graph"}})

    def test_an_agent_that_calls_a_tool_and_answers(self):
        said = []
        trace_id = inside(lambda: said.append(self.run_graph(calls_of(""))["messages"][-1].content))
        self.assertIn("Pune is fine", said[0])
        stored = trace_of(trace_id, 7)
        whole, (called,) = stored["support"], stored.of_kind("tool")
        self.assertEqual(whole["parentId"], stored["answer"]["spanId"])
        self.assertEqual([called["name"], called["status"]], ["weather", "ok"])
        self.assertIn("Pune is fine", json.dumps(called["output"]))
        for node in ("agent", "tools"):
            self.assertTrue(stored.named(node), node)
            for span in stored.named(node):
                self.assertTrue(stored.child_of(span, whole))
        first, second = sorted(stored.of_kind("llm"), key=lambda call: call["startedAt"])
        for call in (first, second):
            self.assertTrue(any(stored.child_of(call, agent) for agent in stored.named("agent")))
            self.assertGreater(call["inputTokens"], 0)
        self.assertTrue(stored.child_of(called, stored["tools"]))
        self.assertEqual(first["output"][0]["tool_calls"][0]["function"]["name"], "weather")
        self.assertEqual(first["input"][0]["content"], "Be brief.")
        self.assertIn("Pune is fine", json.dumps(second["input"]))
        # A step has its whole state, and what it came to is what a list shows of it.
        self.assertEqual([message["type"] for message in whole["input"]["messages"]], ["system", "human"])
        self.assertEqual(stored.trace["outputPreview"], "Pune is fine")

        # The gateway served both calls, so it counts them: the trace of the graph repeats no cost.
        def counted_by_the_gateway():
            again = trace_of(trace_id, 7)
            served = [call["metadata"].get("gatewayTraceId") for call in again.of_kind("llm")]
            return again.trace if all(served) and again.trace["inputTokens"] == 0 else None

        self.assertIsNone(eventually("the gateway to count", counted_by_the_gateway)["costUsd"])

    def test_a_stream_of_a_model_has_its_tokens(self):
        def ask():
            model = ChatOpenAI(model="openai/echo", stream_usage=True, **GATEWAY)
            self.assertEqual("".join(chunk.content for chunk in model.stream("one two three")), "one two three")

        (call,) = trace_of(inside(ask), 2).of_kind("llm")
        self.assertEqual(call["status"], "ok")
        self.assertGreater(call["inputTokens"], 0)
        self.assertGreater(call["outputTokens"], 0)
        self.assertIn("one two three", json.dumps(call["output"]))

    def test_a_tool_that_fails_is_an_error_up_to_the_graph(self):
        def ask():
            script = json.dumps({"tools": [{"name": "weather", "arguments": {"city": "Nowhere"}}]})
            with self.assertRaises(ValueError):
                self.run_graph(script)

        stored = trace_of(inside(ask), 5)
        (called,) = stored.of_kind("tool")
        self.assertEqual([called["status"], called["errorType"]], ["error", "ValueError"])
        self.assertEqual(stored["support"]["status"], "error")
        self.assertIn("nobody lives there", stored["support"]["statusMessage"])

    def test_a_model_that_is_refused(self):
        def ask():
            with self.assertRaises(APIStatusError):
                self.run_graph("x", model="nothing-like-it")

        (call,) = trace_of(inside(ask), 4).of_kind("llm")
        self.assertEqual(call["status"], "error")
        self.assertIn("404", call["statusMessage"])


if __name__ == "__main__":
    unittest.main()
