/**
 * Beats towards the coordinator, and notices when nothing comes from it any more. It counts its own beats, not time: a
 * worker that was stopped or busy for a while must not take that for the coordinator's silence.
 */

/** Beats without a word from the coordinator after which it is lost. Its pulse comes as often as beats do. */
const SILENT_BEATS = 4;

/** So many may go by without anything being wrong. */
const USUAL_BEATS = 1;

export interface Heart {
  /** More beats have gone by without a word than usually do. */
  readonly silent: boolean;
  /** Something has come from the coordinator. */
  heard(): void;
  stop(): void;
}

/** `beat` is called every `heartbeatMs`, until `silent` is called once. */
export function startHeart(heartbeatMs: number, beat: () => void, silent: () => void): Heart {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered < SILENT_BEATS) {
      unanswered += 1;
      return beat();
    }
    clearInterval(timer);
    silent();
  }, heartbeatMs);
  return {
    get silent() {
      return unanswered > USUAL_BEATS;
    },
    heard: () => void (unanswered = 0),
    stop: () => clearInterval(timer),
  };
}
