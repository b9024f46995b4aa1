"""A stand-in for OpenAI's API on loopback: Realtime over WebSocket, Responses over HTTP."""

from sandbox.openai.server import OpenAIStandIn

__all__ = ["OpenAIStandIn"]
