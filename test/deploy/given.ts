/** What somebody has made in the namespace before the chart is installed, by the values that name it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface NamingValues {
  storage?: { existingClaim?: string };
  data?: { existingClaim?: string };
  token?: { existingSecret?: string };
  objectStore?: { existingSecret?: string };
  nats?: { external?: { existingSecret?: string } };
  tls?: { coordinatorSecret?: string; workerSecret?: string };
  serviceAccount?: { name?: string };
}

/** As Kind/name. */
export function givenFor(valuesFile: string): string[] {
  const { storage, data, token, objectStore, nats, tls, serviceAccount } = parse(
    readFileSync(valuesFile, 'utf8'),
  ) as NamingValues;
  const secrets = [
    ...[token?.existingSecret, objectStore?.existingSecret, nats?.external?.existingSecret],
    ...[tls?.coordinatorSecret, tls?.workerSecret],
  ];
  return [
    ...secrets.map((name) => `Secret/${name}`),
    ...[storage, data].map((claim) => `PersistentVolumeClaim/${claim?.existingClaim}`),
    `ServiceAccount/${serviceAccount?.name}`,
  ];
}
