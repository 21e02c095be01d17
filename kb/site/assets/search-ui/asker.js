// One question at a time: the last one typed. What an earlier one brings is dropped.

/** @import { Answer, Engine, Question, State } from "./types.js" */

const PAUSE = 120; // ms without a key before a question is asked
const LONGER = 300; // the same while the answer before has not come, and behind one or two letters: much begins with these
const PATIENCE = 250; // ms after which a reader is told that something happens
const LONG = 6000; // ms after which the connection is to blame
const ENDLESS = 30_000; // ms after which nothing more is expected, though it may still come

/**
 * The answer to a question. While a word is being typed it counts as the beginning of one; if
 * that brings nothing good, the words are taken as whole, and corrected.
 * @param {Engine} engine
 * @param {Question} question
 */
async function answer(engine, question) {
  const found = await engine.search(question.query, question);
  if (!question.prefix || isGood(found)) return found;
  const whole = await engine.search(question.query, { ...question, prefix: false });
  return isGood(whole) ? whole : found;
}

/** @param {Answer} answer */
const isGood = ({ hits }) => hits.length > 0 && hits[0].match !== "some";

/**
 * Asks an engine, which is opened with the first question, and anew after a failure.
 * @param {object} options
 * @param {() => Promise<Engine>} options.open
 * @param {(state: State) => void} options.show
 */
export function createAsker({ open, show }) {
  let latest = 0;
  /** @type {Promise<Engine> | null} */
  let engine = null;
  /** @type {Question | null} */
  let last = null;
  /** @type {ReturnType<typeof setTimeout>[]} */
  let timers = [];
  /** The last question's answer. @type {Promise<any>} */
  let running = Promise.resolve();

  function begin() {
    timers.forEach(clearTimeout);
    timers = [];
    return ++latest;
  }

  /** The answer. Where an engine fails that was opened before, the site may have been built anew
   * since then: another one is opened, once.
   * @param {Question} question @returns {Promise<Answer>} */
  async function attempt(question) {
    const before = engine;
    const opened = (engine ??= open());
    try {
      return await answer(await opened, question);
    } catch (error) {
      if (engine === opened) engine = null;
      if (!before) throw error;
      return attempt(question);
    }
  }

  /** @param {Question} question */
  async function ask(question) {
    const mine = begin();
    last = question;
    timers = [PATIENCE, LONG].map((time) =>
      setTimeout(() => show({ kind: "loading", slow: time === LONG }), time),
    );
    timers.push(setTimeout(() => {
      engine = null; // what it waits for will not come: to try again is to ask anew
      show({ kind: "failed", offline: navigator.onLine === false, question });
    }, ENDLESS));
    /** @type {Answer | null} */
    let drawn = null; // where the whole answer takes longer
    const early = (/** @type {Answer} */ answer) => {
      if (mine !== latest) return;
      timers.forEach(clearTimeout);
      drawn = answer;
      show({ kind: "answer", answer, question });
    };
    /** @type {State} */
    let state;
    try {
      running = attempt({ ...question, early });
      state = { kind: "answer", answer: await running, question };
    } catch {
      state = { kind: "failed", offline: navigator.onLine === false, question };
    }
    if (mine === latest && (state.kind !== "answer" || state.answer !== drawn)) {
      begin();
      show(state);
    }
  }

  return {
    ask,
    /** Ask when no key has been pressed for a moment: its files would come behind those of an answer that is
     * still to come. What will be needed is on its way before. @param {Question} question */
    askSoon(question) {
      const mine = begin();
      engine?.then((opened) => opened.prepare?.(question.query)).catch(() => {}); // to ask tells why
      const next = () => {
        if (mine === latest) ask(question);
      };
      timers = [
        setTimeout(next, LONGER),
        setTimeout(() => question.query[2] && running.then(next, next), PAUSE),
      ];
    },
    /** Ask the last question again. */
    retry() {
      if (last) ask(last);
    },
    /** Forget the question: its answer is not wanted any more. */
    stop() {
      begin();
    },
    /** Open the engine, since a question is likely to come. */
    warm() {
      engine ??= open();
      engine.catch(() => {
        engine = null;
      });
    },
  };
}
