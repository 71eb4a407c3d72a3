"""Asks a served API through LlamaIndex's OpenAI-like model, and prints what it got as JSON.

A process of its own: LlamaIndex wants an older `openai` than LiveKit does.
"""

import asyncio
import json
import sys

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike


async def main(url: str) -> None:
    model = OpenAILike(
        model="museum",
        api_base=f"{url}/v1",
        api_key="no key is set",
        is_chat_model=True,
        is_function_calling_model=False,
        max_retries=0,
    )
    said = [
        ChatMessage(role="system", content="Answer from what you know."),
        ChatMessage(role="user", content="Where are you?"),
        ChatMessage(role="assistant", content="At the harbour."),
        ChatMessage(role="user", content="When do you open?"),
    ]
    whole = await asyncio.to_thread(model.chat, said)
    streamed = [piece.delta async for piece in await model.astream_chat(said)]
    completed = await model.acomplete("When do you open?")
    usage = dict(whole.raw)["usage"].total_tokens if whole.raw else None
    answer = {
        "whole": whole.message.content,
        "streamed": "".join(piece or "" for piece in streamed),
        "completed": completed.text,
        "tokens": usage,
    }
    sys.stdout.write(json.dumps(answer))


asyncio.run(main(sys.argv[1]))
