// The Vercel AI SDK with OpenAI and Anthropic: node vercel.mjs MODEL_URL DESTINATION...
//
// A destination is grpc=URL or http=URL. Over gRPC spans leave in batches, over HTTP each span is a
// request of its own. Exit code 1 if an export did not succeed.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter as Grpc } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as Http } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { embed, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

const SUCCESS = 0;
const QUESTION = 'What is the weather in Paris?';
// The model refuses this once; the SDK tries again.
const BUSY = 'What do you do when you are busy?';

function processor(destination, failures) {
  const [protocol, url] = destination.split(/=(.*)/s);
  const exporter = protocol === 'grpc' ? new Grpc({ url }) : new Http({ url: `${url}/v1/traces` });
  const send = exporter.export.bind(exporter);
  exporter.export = (batch, done) =>
    send(batch, (result) => {
      if (result.code !== SUCCESS) failures.push(`${destination}: ${result.error}`);
      done(result);
    });
  return protocol === 'grpc' ? new BatchSpanProcessor(exporter) : new SimpleSpanProcessor(exporter);
}

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `rain in ${city}`,
});

async function drain(stream) {
  for await (const part of stream) if (part === undefined) break;
}

async function calls(model) {
  const openai = createOpenAI({ baseURL: `${model}/v1`, apiKey: 'none' });
  const anthropic = createAnthropic({ baseURL: `${model}/v1`, apiKey: 'none' });
  const telemetry = (functionId) => ({ experimental_telemetry: { isEnabled: true, functionId } });
  for (const chat of [openai.chat('gpt-4o'), openai('gpt-4o'), anthropic('claude-sonnet-4-5')]) {
    const agent = { model: chat, tools: { weather }, stopWhen: stepCountIs(3), prompt: QUESTION };
    await generateText({ model: chat, prompt: QUESTION, ...telemetry('once') });
    await generateText({ model: chat, prompt: BUSY, ...telemetry('busy') });
    await generateText({ ...agent, ...telemetry('forecaster') });
    await drain(streamText({ ...agent, ...telemetry('streaming-forecaster') }).textStream);
  }
  await embed({ model: openai.embedding('text-embedding-3-small'), value: QUESTION, ...telemetry('embedder') });
}

const [model, ...destinations] = process.argv.slice(2);
const failures = [];
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'agent', 'service.instance.id': 'agent-1' }),
  spanProcessors: destinations.map((destination) => processor(destination, failures)),
});
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
await calls(model);
await provider.shutdown();
if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exit(1);
}
