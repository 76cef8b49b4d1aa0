// What a user of BullMQ does with a queue, one scenario a run: node bullmq_queue.mjs NAME
// Each prints what it saw as JSON; the test next to this file knows what is right.

import { FlowProducer, Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';
import IORedis from 'ioredis';

const name = process.argv[2];
const connection = new IORedis({ port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null });
const opened = [];
const open = thing => (opened.push(thing), thing);
const queue = open(new Queue(name, { connection }));
const patience = 20_000;

async function listening() {
  const events = open(new QueueEvents(name, { connection, lastEventId: '0-0' })); // also what came before it listens
  await events.waitUntilReady();
  return events;
}

function worker(work, options = {}, of = name) {
  return open(new Worker(of, work, { connection, ...options }));
}

/** The first `count` arguments of an event, in order. */
function take(emitter, event, count) {
  const seen = [];
  return new Promise(resolve => {
    emitter.on(event, (...args) => seen.push(args) === count && resolve(seen));
  });
}

const scenarios = {
  async jobs() {
    const events = await listening();
    const heard = take(events, 'completed', 3);
    const progress = take(events, 'progress', 3);
    worker(async job => {
      await job.updateProgress(50);
      await job.log(`doubling ${job.data.n}`);
      return job.data.n * 2;
    });
    const jobs = await queue.addBulk([1, 2, 3].map(n => ({ name: 'double', data: { n } })));
    const values = await Promise.all(jobs.map(job => job.waitUntilFinished(events, patience)));
    return {
      values,
      heard: (await heard).map(([{ returnvalue }]) => returnvalue),
      progress: (await progress).map(([{ data }]) => data),
      logs: (await queue.getJobLogs(jobs[0].id)).logs,
      counts: await queue.getJobCounts('waiting', 'active', 'completed', 'failed'),
    };
  },

  async delay() {
    const order = [];
    const late = await queue.add('late', {}, { delay: 400 });
    await queue.add('soon', {});
    const counts = await queue.getJobCounts('waiting', 'delayed');
    const done = take(worker(async job => void order.push(job.name)), 'completed', 2);
    const [, [job]] = await done;
    return { counts, order, waited: job.processedOn - late.timestamp >= 400 };
  },

  async priority() {
    const order = [];
    await queue.pause();
    for (const [word, priority] of [['low', 30], ['high', 1], ['middle', 10], ['first', 0]]) {
      await queue.add(word, {}, { priority });
    }
    const counts = await queue.getCountsPerPriority([0, 1, 10, 30]);
    const done = take(worker(async job => void order.push(job.name)), 'completed', 4);
    await queue.resume();
    await done;
    return { counts, order };
  },

  async retry() {
    const events = await listening();
    worker(async job => {
      if (job.name === 'hopeless') throw new UnrecoverableError('not again');
      if (job.attemptsMade < 2) throw new Error(`attempt ${job.attemptsMade + 1}`);
      return job.attemptsMade;
    });
    const backoff = { type: 'exponential', delay: 50 };
    const job = await queue.add('held', {}, { attempts: 3, backoff });
    const value = await job.waitUntilFinished(events, patience);
    const hopeless = await queue.add('hopeless', {}, { attempts: 3, backoff });
    const reason = await hopeless.waitUntilFinished(events, patience).catch(error => error.message);
    const failed = await queue.getFailed();
    return { value, reason, failed: failed.map(each => [each.name, each.attemptsMade]) };
  },

  async flow() {
    const events = await listening();
    worker(async job => job.data.price, {}, `${name}-parts`);
    worker(async job => Object.values(await job.getChildrenValues()).reduce((sum, each) => sum + each, 0));
    const flow = await open(new FlowProducer({ connection })).add({
      name: 'sum',
      queueName: name,
      children: [3, 4, 5].map(price => ({ name: 'part', queueName: `${name}-parts`, data: { price } })),
    });
    const value = await flow.job.waitUntilFinished(events, patience);
    return { value, dependencies: Object.keys((await flow.job.getDependencies()).processed).length };
  },

  async repeat() {
    await queue.upsertJobScheduler('often', { every: 100 }, { name: 'tick' });
    await queue.upsertJobScheduler('daily', { pattern: '0 30 4 * * *', tz: 'UTC' }, { name: 'tock' });
    const planned = await queue.getJobSchedulers();
    const ticks = await take(worker(async () => 'done'), 'completed', 3);
    const removed = [await queue.removeJobScheduler('often'), await queue.removeJobScheduler('daily')];
    return {
      planned: planned.map(({ key, every, pattern }) => [key, Number(every) || null, pattern ?? null]).sort(),
      daily: new Date(planned.find(({ key }) => key === 'daily').next).toISOString().slice(11),
      ticks: ticks.map(([job]) => job.name),
      removed,
      left: await queue.getJobSchedulersCount(),
    };
  },

  async limit() {
    const times = [];
    await queue.addBulk(Array.from({ length: 6 }, (_, n) => ({ name: `${n}`, data: {} })));
    const limited = worker(async () => void times.push(Date.now()), { limiter: { max: 2, duration: 300 } });
    await take(limited, 'completed', 6);
    return { spread: times[5] - times[0] >= 500, count: times.length };
  },

  async deduplication() {
    const events = await listening();
    const heard = take(events, 'deduplicated', 1);
    const first = await queue.add('once', { n: 1 }, { deduplication: { id: 'same' } });
    const second = await queue.add('once', { n: 2 }, { deduplication: { id: 'same' } });
    const [[{ deduplicationId }]] = await heard;
    return { same: first.id === second.id, deduplicationId, waiting: await queue.getWaitingCount() };
  },

  async obliterate() {
    await queue.addBulk(Array.from({ length: 5 }, (_, n) => ({ name: 'x', data: {}, opts: { delay: n * 60_000 } })));
    await queue.drain(true);
    const drained = await queue.getJobCountByTypes('waiting', 'delayed');
    await queue.obliterate({ force: true });
    return { drained, keys: (await connection.keys(`bull:${name}:*`)).length };
  },
};

try {
  console.log(JSON.stringify(await scenarios[name]()));
} finally {
  await Promise.all(opened.reverse().map(thing => thing.close()));
  await connection.quit();
}
