/** What training changes: parameters, AdamW's moments, running statistics and queues. */
import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { elementCount, type HostTensors } from '../core/host-tensor.js';
import { initialTensors } from '../encoders/init.js';
import { parametersLayout, statisticsLayout } from '../encoders/model-layout.js';
import type { Engine } from '../engine/load.js';
import { queueLayout } from './prototype-queue.js';

/** Tensors of the engine by parameter name. `statistics` goes by its own names. */
export interface TrainingState {
  parameters: tf.NamedTensorMap;
  first: tf.NamedTensorMap;
  second: tf.NamedTensorMap;
  statistics: tf.NamedTensorMap;
  /** Recent embeddings for the prototypes' codes, by the names of `queueLayout`; replaced, never written to. */
  queues: HostTensors;
  /** Steps applied. */
  step: number;
  /** False while an update is under way: the tensors are then of no step. */
  whole: boolean;
}

/** The same in plain memory, as checkpoints hold it: `model` is parameters and statistics, `optimizer` the rest. */
export interface HostState {
  model: HostTensors;
  optimizer: HostTensors;
}

/** The state before the first step, a function of the seed. */
export function initialState(config: Config, vocabularySize: number): HostState {
  const layout = parametersLayout(config, vocabularySize);
  return {
    model: new Map([...initialTensors(layout, config.seed), ...initialTensors(statisticsLayout(config), config.seed)]),
    optimizer: zeroTensors(optimizerLayout(config, vocabularySize)),
  };
}

/** Everything that optimizer.safetensors holds: both moments of each parameter, and the queues. */
export function optimizerLayout(config: Config, vocabularySize: number): { name: string; shape: number[] }[] {
  const parameters = parametersLayout(config, vocabularySize);
  const moments = ['first', 'second'].flatMap((moment) =>
    parameters.map(({ name, shape }) => ({ name: `${moment}.${name}`, shape })),
  );
  return [...moments, ...queueLayout(config)];
}

export function zeroTensors(layout: readonly { name: string; shape: number[] }[]): HostTensors {
  return new Map(layout.map(({ name, shape }) => [name, { shape, data: new Float32Array(elementCount(shape)) }]));
}

export function uploadState({ model, optimizer }: HostState, config: Config, step: number): TrainingState {
  const statisticNames = new Set(statisticsLayout(config).map(({ name }) => name));
  const parameterNames = [...model.keys()].filter((name) => !statisticNames.has(name));
  const upload = (names: Iterable<string>, from: HostTensors, prefix = ''): tf.NamedTensorMap =>
    Object.fromEntries(
      Array.from(names, (name) => {
        const { shape, data } = from.get(prefix + name)!;
        return [name, tf.tensor(data, shape)];
      }),
    );
  return {
    parameters: upload(parameterNames, model),
    first: upload(parameterNames, optimizer, 'first.'),
    second: upload(parameterNames, optimizer, 'second.'),
    statistics: upload(statisticNames, model),
    queues: new Map(queueLayout(config).map(({ name }) => [name, optimizer.get(name)!])),
    step,
    whole: true,
  };
}

export function disposeState({ parameters, first, second, statistics }: TrainingState): void {
  tf.dispose([parameters, first, second, statistics]);
}

export function downloadState(engine: Engine, state: TrainingState): HostState {
  const download = (tensors: tf.NamedTensorMap, prefix = ''): HostTensors =>
    new Map(
      Object.entries(tensors).map(([name, tensor]) => {
        return [prefix + name, { shape: tensor.shape, data: engine.read(tensor) }];
      }),
    );
  return {
    model: new Map([...download(state.parameters), ...download(state.statistics)]),
    optimizer: new Map([...download(state.first, 'first.'), ...download(state.second, 'second.'), ...state.queues]),
  };
}
