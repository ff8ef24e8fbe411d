/** Errors keep their code, place and remedy between processes. */
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { MlipError } from '../../src/core/errors.js';
import { fromFailure, fromStatus, toFailure, toStatus } from '../../src/rpc/failure.js';

const given = new MlipError('MLIP_E_DATA_IMAGE', 'not an image', { where: 'row 3: x.png', remedy: 'Remove the row.' });

function serviceError(code: status, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error('details'), { code, details: 'details', metadata });
}

describe('an error on the wire', () => {
  it('is the same error at the other end', () => {
    const { code, message, where, remedy } = fromFailure(toFailure(given));
    expect({ code, message, where, remedy }).toEqual({
      ...{ code: 'MLIP_E_DATA_IMAGE', message: 'not an image', where: 'row 3: x.png', remedy: 'Remove the row.' },
    });
  });

  it('travels as the status of a call', () => {
    const { code, metadata } = toStatus(toFailure(given));
    expect(fromStatus(serviceError(code!, metadata as Metadata), 'host:1')).toMatchObject({
      ...{ code: 'MLIP_E_DATA_IMAGE', where: 'row 3: x.png', remedy: 'Remove the row.' },
    });
  });

  it('has no place or remedy where none was given', () => {
    expect(fromFailure(toFailure(new Error('plain')))).toMatchObject({
      ...{ code: 'MLIP_E_INTERNAL', message: 'plain', where: undefined, remedy: undefined },
    });
  });

  it('is internal if its code is unknown here', () => {
    expect(fromFailure({ code: 'MLIP_E_OF_TOMORROW', message: 'm', where: '', remedy: '' }).code).toBe(
      'MLIP_E_INTERNAL',
    );
  });

  it('is internal if its code is a name of every object', () => {
    expect(fromFailure({ code: 'constructor', message: 'm', where: '', remedy: '' }).exitCode).toBe(1);
  });

  it('has no halves of characters, at which gRPC would throw, and nothing that a terminal obeys', () => {
    const { details, metadata } = toStatus(toFailure(new Error('a\ud800b\x1b[2J\nc')));
    expect(details).toBe('a\ufffdb\ufffd[2J\nc');
    expect(() => encodeURI(details!)).not.toThrow();
    expect(fromStatus(serviceError(status.UNKNOWN, metadata as Metadata), 'host:1').message).toBe(details);
  });

  it('is short enough for the trailers of a call, whatever was thrown', () => {
    const { details, metadata } = toStatus(toFailure(new MlipError('MLIP_E_USAGE', '更'.repeat(100_000))));
    expect(encodeURI(details!).length).toBeLessThan(20_000);
    expect((metadata!.get('mlip-failure-bin')[0] as Buffer).length).toBeLessThan(10_000);
  });

  it('is told by the status where what should carry it is garbage', () => {
    const metadata = new Metadata();
    metadata.set('mlip-failure-bin', Buffer.from([0xff, 0xff]));
    expect(fromStatus(serviceError(status.UNAVAILABLE, metadata), 'host:1').code).toBe('MLIP_E_COORDINATOR_LOST');
  });

  it.each([
    [status.UNAVAILABLE, 'MLIP_E_COORDINATOR_LOST'],
    [status.CANCELLED, 'MLIP_E_COORDINATOR_LOST'],
    [status.UNIMPLEMENTED, 'MLIP_E_RPC_VERSION'],
    [status.RESOURCE_EXHAUSTED, 'MLIP_E_RPC_TOO_LARGE'],
    [status.DEADLINE_EXCEEDED, 'MLIP_E_RUN_TIMEOUT'],
    [status.INTERNAL, 'MLIP_E_RPC_PROTOCOL'],
  ])('gRPC status %i without one of ours is %s, at the address', (code, expected) => {
    expect(fromStatus(serviceError(code), 'host:1')).toMatchObject({ code: expected, where: 'host:1' });
  });
});
