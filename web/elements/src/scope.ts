// What an element shows ends when it is to show something else. What still waits for an answer then waits without end: it can change, say and
// send nothing any longer.

type Call = (...given: unknown[]) => unknown;

/** A client, a part of it or a promise, whose answers count until the signal ends them. */
export function until<T>(ended: AbortSignal, thing: T): T {
  const isCall = (one: unknown): one is Call => typeof one === "function";
  const guarded = (given: unknown) => (isCall(given) ? (answer: unknown) => ended.aborted || given(answer) : given);
  const get = (_: unknown, name: PropertyKey) => {
    const part: unknown = Reflect.get(thing as object, name);
    return until(ended, isCall(part) ? part.bind(thing) : part);
  };
  if (isCall(thing)) return ((...given: unknown[]) => until(ended, thing(...given.map(guarded)))) as T;
  return Object(thing) === thing ? (new Proxy({}, { get }) as T) : thing;
}
