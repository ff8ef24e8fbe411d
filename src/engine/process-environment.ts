/** What the environment of a process that computes should hold from its start: its C library reads it before any code runs. */

/**
 * One arena of glibc's allocator instead of one for each thread. A step's buffers are few and large; what one thread has
 * freed, another one takes. (A fifth less memory at its peak for a step of the whole method, in about the same time.)
 */
export const COMPUTING_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' } as const;
