"""A model that answers on loopback and remembers what it has charged; `python3 -m model PORT` runs it alone.

It speaks OpenAI's chat, responses and embeddings, Anthropic's messages and Gemini's generateContent, whole and
streamed. What it charges is made from the request, so a run that is repeated is charged the same;
`GET /ledger` tells it.
"""
