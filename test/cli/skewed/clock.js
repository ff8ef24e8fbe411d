// Preloaded by a process whose clock is to be wrong: by so many milliseconds as SKEW_MS says.
const skewMs = Number(process.env.SKEW_MS ?? 0);
const trueNow = Date.now.bind(Date);
Date.now = () => trueNow() + skewMs;
