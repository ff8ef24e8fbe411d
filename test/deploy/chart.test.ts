/** The Helm chart, rendered in every way that ci/ has, and checked by the schemas of what it renders. */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chart, helm, KUBERNETES, render, runHelm, valuesFiles } from './chart.js';
import { missing, schemaFaults } from './schemas.js';

const cannot = 'missing' in helm ? helm.missing : missing;
if (cannot !== '') process.stderr.write(`not tested: ${cannot}\n`);

describe.skipIf(cannot !== '')('the chart', () => {
  it.each(valuesFiles.map((file) => [basename(file), file]))('passes helm lint --strict with %s', (_, file) => {
    const { stdout, status } = runHelm('lint', '--strict', '--kube-version', KUBERNETES, '--values', file, chart);
    expect(status, stdout).toBe(0);
  });

  it.each(valuesFiles.map((file) => [basename(file), file]))(
    'renders objects that Kubernetes takes, with %s',
    (_, file) => {
      const objects = render(['--values', file]);
      expect(schemaFaults(objects)).toEqual([]);
      const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(new Set(names).size).toBe(names.length);
    },
  );
});
