/** The PyPI wheels that TensorFlow's libraries are taken out of, pinned by version and hash. */
import { MlipError } from '../../core/errors.js';

export interface Wheel {
  project: string;
  version: string;
  sha256: string;
  /** Members of the wheel that are kept, by the beginning of their path. */
  keep: readonly string[];
}

export interface WheelSet {
  /** Name of its directory in the cache. */
  id: string;
  wheels: readonly Wheel[];
  /** Size of the downloads, for the progress bar. */
  megabytes: number;
}

const TENSORFLOW = '2.21.0';
const LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];
const NVIDIA = ['nvidia/'];

const cuda = (name: string, version: string, sha256: string): Wheel => {
  return { project: `nvidia-${name}-cu12`, version, sha256, keep: NVIDIA };
};

const tensorFlow = (project: string, sha256: string): Wheel => {
  return { project, version: TENSORFLOW, sha256, keep: LIBRARIES };
};

const SETS: Record<string, Omit<WheelSet, 'id'>> = {
  'linux-x64-cpu': {
    megabytes: 274,
    wheels: [tensorFlow('tensorflow-cpu', 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb')],
  },
  'linux-arm64-cpu': {
    megabytes: 280,
    wheels: [tensorFlow('tensorflow', 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552')],
  },
  'linux-x64-gpu': {
    megabytes: 3300,
    wheels: [
      tensorFlow('tensorflow', 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0'),
      cuda('cublas', '12.9.3.13', 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72'),
      cuda('cuda-cupti', '12.8.90', 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182'),
      cuda('cuda-nvcc', '12.9.86', '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0'),
      cuda('cuda-nvrtc', '12.9.86', '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4'),
      cuda('cuda-runtime', '12.9.79', '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3'),
      cuda('cudnn', '9.28.0.42', '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375'),
      cuda('cufft', '11.4.1.4', 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28'),
      cuda('curand', '10.3.10.19', '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e'),
      cuda('cusolver', '11.7.5.82', '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88'),
      cuda('cusparse', '12.5.10.65', '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78'),
      cuda('nccl', '2.32.3', 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c'),
      cuda('nvjitlink', '12.9.86', 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9'),
    ],
  },
};

function platformKey(gpu: boolean): string {
  return `${process.platform}-${process.arch}-${gpu ? 'gpu' : 'cpu'}`;
}

/** Name of the directory in the cache, whether or not there are wheels for this machine. */
export function wheelSetId(gpu: boolean): string {
  return `tensorflow-${TENSORFLOW}-${platformKey(gpu)}`;
}

/** What this machine needs; MLIP_E_ENGINE_MISSING where there are no wheels for it. */
export function wheelSet(gpu: boolean): WheelSet {
  const set = SETS[platformKey(gpu)];
  if (set !== undefined) return { id: wheelSetId(gpu), ...set };
  throw new MlipError('MLIP_E_ENGINE_MISSING', `there is no pinned TensorFlow for ${platformKey(gpu)}`, {
    remedy: `Known are ${Object.keys(SETS).join(', ')}; or point MLIP_LIBTENSORFLOW at a libtensorflow_cc.so.2 of your own.`,
  });
}

/** Lines of a requirements file that make pip refuse any other file. */
export function requirements(set: WheelSet): string {
  return set.wheels.map(({ project, version, sha256 }) => `${project}==${version} --hash=sha256:${sha256}\n`).join('');
}
