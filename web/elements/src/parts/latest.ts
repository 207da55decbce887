// What is asked while somebody types: only the latest question counts.

/** The latest of several questions. */
export class Latest {
  #timer = 0;
  #abort: AbortController | undefined;

  /** Ends what waits or runs. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  /** Asks at once, in place of what waits or runs. */
  ask(act: (signal: AbortSignal) => unknown): void {
    this.stop();
    act((this.#abort = new AbortController()).signal);
  }

  /** Asks once there is a pause. What waits or runs ends now. */
  later(act: (signal: AbortSignal) => unknown, pause = 250): void {
    this.stop();
    this.#timer = setTimeout(() => this.ask(act), pause);
  }
}
