// Gives a page a clock that a test moves: `moveClock(milliseconds)` sets the time forward and runs every timeout that is
// due by then, as it would run if a person had waited. Otherwise time passes as it always does.
{
  let moved = 0;
  const [now, start, stop] = [Date.now.bind(Date), window.setTimeout.bind(window), window.clearTimeout.bind(window)];
  const pending = new Map();

  Date.now = () => now() + moved;
  window.setTimeout = (action, delay = 0, ...values) => {
    const run = () => {
      pending.delete(id);
      action(...values);
    };
    const id = start(run, delay);
    pending.set(id, { run, due: Date.now() + Number(delay) });
    return id;
  };
  window.clearTimeout = (id) => {
    pending.delete(id);
    stop(id);
  };
  window.moveClock = (milliseconds) => {
    moved += milliseconds;
    for (const [id, { run, due }] of [...pending]) {
      if (due > Date.now()) continue;
      stop(id);
      run();
    }
  };
}
