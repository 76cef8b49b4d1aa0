// What two processes see that share limiters and locks, all scenarios in one run: node node_limits.mjs all
// It prints what each saw, by its name, as JSON; the test next to this file knows what is right.

import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { Mutex, MultiSemaphore, Semaphore } from 'redis-semaphore';

const port = Number(process.env.REDIS_PORT);
const connect = () => new Redis({ port, host: '127.0.0.1' });
const [one, other] = [connect(), connect()];

/** Two limiters that share one state, as in two processes. */
const shared = async (id, options) => {
  const both = [];
  for (const clearDatastore of [true, false]) {
    const limiter = new Bottleneck({
      id, datastore: 'ioredis', clearDatastore, clientOptions: { port, host: '127.0.0.1' }, ...options,
    });
    await limiter.ready();
    both.push(limiter);
  }
  return both;
};

const points = async (promise) => {
  try {
    const told = await promise;
    return [true, told.consumedPoints, told.remainingPoints];
  } catch (told) {
    if (told instanceof Error) throw told;
    return [false, told.consumedPoints, told.remainingPoints, told.msBeforeNext > 50_000];
  }
};

const scenarios = {
  async reservoir() {
    const [left, right] = await shared('reservoir', { reservoir: 3 });
    const done = await Promise.all([1, 2, 3].map((n) => (n % 2 ? left : right).schedule(async () => n)));
    const empty = { left: await left.currentReservoir(), free: await right.check() };
    const late = right.schedule(async () => 'late');
    await left.incrementReservoir(1);
    const seen = { done, empty, late: await late, jobs: await left.done() };
    await Promise.all([left.disconnect(), right.disconnect()]);
    return seen;
  },

  async concurrency() {
    const [left, right] = await shared('concurrency', { maxConcurrent: 2 });
    let running = 0;
    let most = 0;
    const job = async (n) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return n;
    };
    const done = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? left : right).schedule(() => job(n))));
    const seen = { done, most, running: await left.running() };
    await Promise.all([left.disconnect(), right.disconnect()]);
    return seen;
  },

  async points() {
    const options = { keyPrefix: 'points', points: 3, duration: 60 };
    const limits = [one, other].map((storeClient) => new RateLimiterRedis({ ...options, storeClient }));
    const consumed = [];
    for (const cost of [1, 2, 1]) {
      consumed.push(await points(limits[consumed.length % 2].consume('ann', cost)));
    }
    return {
      consumed,
      penalty: await points(limits[0].penalty('ann', 2)),
      reward: await points(limits[1].reward('ann', 5)),
      get: (await limits[0].get('ann')).consumedPoints,
      deleted: await limits[0].delete('ann'),
      missing: await limits[1].get('ann'),
    };
  },

  async blocked() {
    const limit = new RateLimiterRedis({
      storeClient: one, keyPrefix: 'blocked', points: 1, duration: 1, blockDuration: 60,
    });
    const consumed = [await points(limit.consume('ann')), await points(limit.consume('ann'))];
    return { consumed, seconds: await other.ttl('blocked:ann') };
  },

  async locks() {
    const options = { acquireAttemptsLimit: 1, lockTimeout: 60_000, refreshInterval: 0 };
    const [mine, theirs] = [new Mutex(one, 'door', options), new Mutex(other, 'door', options)];
    const taken = [await mine.tryAcquire(), await theirs.tryAcquire()];
    await mine.release();
    taken.push(await theirs.tryAcquire());
    await theirs.release();
    const seats = [one, other, one].map((client) => new Semaphore(client, 'seats', 2, options));
    const sat = [];
    for (const seat of seats) sat.push(await seat.tryAcquire());
    await seats[0].release();
    sat.push(await seats[2].tryAcquire());
    const wide = [one, other].map((client) => new MultiSemaphore(client, 'wide', 3, 2, options));
    return { taken, sat, wide: [await wide[0].tryAcquire(), await wide[1].tryAcquire()] };
  },
};

const seen = {};
for (const [name, scenario] of Object.entries(scenarios)) seen[name] = await scenario();
await Promise.all([one.quit(), other.quit()]);
console.log(JSON.stringify(seen));
process.exit(0); // the mutexes' timers are of no use any more
