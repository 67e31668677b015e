// Sends known telemetry with the JavaScript SDK: emit.mjs PROTOCOL ENDPOINT FILE.
//
// PROTOCOL is grpc, http/protobuf or http/json; FILE gets what was sent, as OTLP JSON (see said.mjs).
// Exit code 1 if an export did not succeed.

import { writeFileSync } from 'node:fs';
import { ROOT_CONTEXT, createTraceState, trace } from '@opentelemetry/api';
import { SpanKind, SpanStatusCode, TraceFlags, ValueType } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { requests } from './said.mjs';

const PACKAGES = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' };
const EXPORTERS = {
  traces: ['trace', 'OTLPTraceExporter'],
  metrics: ['metrics', 'OTLPMetricExporter'],
  logs: ['logs', 'OTLPLogExporter'],
};
const NEVER_MS = 3_600_000;
const EXPORT_MS = 20_000;
const SUCCESS = 0;
const START = [1_767_225_600, 123_456_789];
const at = (nanos) => [START[0], START[1] + nanos];

const ATTRIBUTES = {
  text: 'plain',
  'text.empty': '',
  'text.unicode': 'Grüße, 世界 🚦 \u0000\u001f"\\/',
  yes: true,
  no: false,
  zero: 0,
  'int.max': Number.MAX_SAFE_INTEGER,
  'int.min': Number.MIN_SAFE_INTEGER,
  double: 0.1,
  'double.tiny': 5e-324,
  texts: ['a', '', 'ß'],
  flags: [true, false],
  ints: [1, -1],
  doubles: [1.5, -2.25],
  'array.empty': [],
};
// What only logs may carry in this SDK.
const ANY = {
  ...ATTRIBUTES,
  bytes: Uint8Array.from({ length: 256 }, (_, byte) => byte),
  nested: { tool: { name: 'search', arguments: [1, 'two', { three: 3.5 }] }, none: null },
};

// The SDK's exporter for one signal, which also keeps what it is given.
async function exporter(protocol, signal, endpoint, kept, failures) {
  const [word, name] = EXPORTERS[signal];
  const made = (await import(`@opentelemetry/exporter-${word}-otlp-${PACKAGES[protocol]}`))[name];
  const built = new made({ url: protocol === 'grpc' ? endpoint : `${endpoint}/v1/${signal}` });
  const send = built.export.bind(built);
  built.export = (batch, done) => {
    kept.push(batch);
    send(batch, (result) => {
      if (result.code !== SUCCESS) failures.push(`${signal}: ${result.error}`);
      done(result);
    });
  };
  return built;
}

// All span kinds, statuses, events, links, a remote parent with a trace state. Gives the context of
// a sampled span that logs are recorded under.
function emitSpans(provider) {
  const tracer = provider.getTracer('agent.ünit', '1.2.3', { schemaUrl: 'https://example.test/schema/1' });
  const remote = {
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: 'a1a2a3a4a5a6a7a8',
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    traceState: createTraceState('vendor=a:1,other=b'),
  };
  const linked = { traceId: `ff${'0'.repeat(30)}`, spanId: `fe${'0'.repeat(14)}`, traceFlags: TraceFlags.NONE };
  const links = [{ context: remote, attributes: { 'link.key': 'yes' } }, { context: linked }];
  const options = { kind: SpanKind.SERVER, attributes: ATTRIBUTES, links, startTime: START };
  const root = tracer.startSpan('invoke_agent 🤖', options, trace.setSpanContext(ROOT_CONTEXT, remote));
  root.addEvent('choice', { index: 0, text: 'ünï' }, at(1));
  root.addEvent('bare', undefined, at(2));
  root.setStatus({ code: SpanStatusCode.ERROR, message: "tool failed: 'x'" });
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  for (const kind of [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER]) {
    const child = tracer.startSpan(`child ${kind}`, { kind, attributes: { kind }, startTime: at(kind) }, inside);
    if (kind % 2) child.setStatus({ code: SpanStatusCode.OK });
    child.end(at(1000 + kind));
  }
  root.end(at(5000));
  provider.getTracer('bare').startSpan('', { startTime: START }).end(START);
  return inside;
}

// Every instrument, of both number types, and both kinds of histogram.
function emitMetrics(provider) {
  const meter = provider.getMeter('agent.meter', '2', { schemaUrl: 'https://example.test/schema/2' });
  const whole = { valueType: ValueType.INT };
  meter.createCounter('tokens', { ...whole, unit: '{token}', description: 'Tokens, gezählt' }).add(7, { model: 'm-1' });
  meter.createCounter('cost', { unit: 'USD' }).add(0.0125, ATTRIBUTES);
  const active = meter.createUpDownCounter('active', whole);
  active.add(3, { n: 1 });
  active.add(-5, { n: 1 });
  meter.createGauge('temperature').record(-0.5, { of: 'room' });
  meter.createGauge('whole', whole).record(0);
  for (const name of ['duration', 'exponential']) {
    const histogram = meter.createHistogram(name, { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1, 10] } });
    for (const amount of [0.05, 0.5, 5, 50, 0]) histogram.record(amount, { op: 'chat' });
  }
  const observe = (result) => {
    result.observe(1, { shard: 1 });
    result.observe(2 ** 52, { shard: 2 });
  };
  meter.createObservableCounter('observed', whole).addCallback(observe);
  meter.createObservableGauge('observed.gauge').addCallback(observe);
  meter.createObservableUpDownCounter('observed.updown').addCallback(observe);
}

// A body of every type, every severity, events, records inside and outside a span.
function emitLogs(provider, inside) {
  const logger = provider.getLogger('agent.logger', '3', { schemaUrl: 'https://example.test/schema/3' });
  const severities = Object.values(SeverityNumber).filter((it) => typeof it === 'number');
  [...Object.values(ANY), undefined, ANY].forEach((body, index) => {
    const severityNumber = severities[index % severities.length];
    logger.emit({
      timestamp: at(index),
      observedTimestamp: at(10_000 + index),
      context: index % 2 ? inside : ROOT_CONTEXT,
      severityNumber,
      severityText: SeverityNumber[severityNumber],
      body,
      attributes: index % 3 ? ANY : {},
      eventName: index % 5 ? undefined : 'gen_ai.évent',
    });
  });
}

async function main(protocol, endpoint, file) {
  const kept = { traces: [], metrics: [], logs: [] };
  const failures = [];
  const made = async (signal) => exporter(protocol, signal, endpoint, kept[signal], failures);
  const attributes = { 'service.name': 'sdk-test', 'service.instance.id': 'π', res: ['a'] };
  const resource = resourceFromAttributes(attributes, { schemaUrl: 'https://example.test/r' });

  const spanProcessors = [new BatchSpanProcessor(await made('traces'))];
  const spans = new BasicTracerProvider({ resource, spanProcessors });
  const reader = new PeriodicExportingMetricReader({
    exporter: await made('metrics'),
    exportIntervalMillis: NEVER_MS,
    exportTimeoutMillis: EXPORT_MS,
  });
  const views = [{ instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }];
  const measures = new MeterProvider({ resource, readers: [reader], views });
  const processor = new BatchLogRecordProcessor({ exporter: await made('logs') });
  const logs = new LoggerProvider({ resource, processors: [processor] });

  const inside = emitSpans(spans);
  emitMetrics(measures);
  emitLogs(logs, inside);
  for (const provider of [spans, measures, logs]) await provider.shutdown();
  const said = Object.fromEntries(Object.entries(requests).map(([signal, of]) => [signal, of(kept[signal])]));
  writeFileSync(file, JSON.stringify(said));
  if (failures.length) {
    console.error(failures.join('\n'));
    process.exitCode = 1;
  }
}

await main(...process.argv.slice(2));
