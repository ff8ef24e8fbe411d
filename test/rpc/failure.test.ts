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
